// A table declaration as a CreateTable request: pure, and the one place that knows which attributes an index projects.
import type {
  AttributeDefinition,
  CreateTableCommandInput,
  GlobalSecondaryIndex,
  KeySchemaElement,
  Projection,
} from '@aws-sdk/client-dynamodb'
import { ModelError } from '../errors.ts'
import { checkTable } from '../model/check-table.ts'
import { Problems } from '../model/problems.ts'
import type { KeyAttribute, Table, TableIndex } from '../model/table.ts'

/** Names that an INCLUDE projection may list: per index (API reference, `Projection`), and in all indexes of a table (quotas). */
const maxProjectedPerIndex = 20
const maxProjectedPerTable = 100

interface Keys {
  readonly partitionKey: KeyAttribute
  readonly sortKey?: KeyAttribute
}

/**
 * The CreateTable request of a table, billed on demand. Pure. An index that names the attributes it holds also gets the table's type
 * attribute and TTL attribute, so that reads through it can tell entities apart and leave expired items out.
 *
 * @param tableName The table's name in this environment, in place of the declared one.
 * @throws {ModelError} When DynamoDB would refuse the table: bad names, too many indexes or projected attributes.
 *
 * @example
 * createTableParams(defineTable({ name: 'shop', partitionKey: 'PK' }))
 * // { TableName: 'shop', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [ … ], KeySchema: [ … ] }
 */
export function createTableParams(table: Table, tableName: string = table.name): CreateTableCommandInput {
  const problems = new Problems()
  checkTable({ ...table, name: tableName }, problems)
  checkProjections(table, problems)
  if (problems.found.length > 0) throw new ModelError(problems.found)
  const indexes = Object.values(table.indexes)
  const globals = indexes.filter(({ type }) => type === 'global').map((index) => indexParams(table, index))
  const locals = indexes.filter(({ type }) => type === 'local').map((index) => indexParams(table, index))
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributeDefinitions([table, ...indexes]),
    KeySchema: keySchema(table),
    // An empty list is refused.
    ...(globals.length > 0 && { GlobalSecondaryIndexes: globals }),
    ...(locals.length > 0 && { LocalSecondaryIndexes: locals }),
  }
}

function indexParams(table: Table, index: TableIndex): GlobalSecondaryIndex {
  return { IndexName: index.name, KeySchema: keySchema(index), Projection: projection(table, index) }
}

function keySchema({ partitionKey, sortKey }: Keys): KeySchemaElement[] {
  return [
    { AttributeName: partitionKey.name, KeyType: 'HASH' },
    ...(sortKey === undefined ? [] : [{ AttributeName: sortKey.name, KeyType: 'RANGE' } as const]),
  ]
}

function attributeDefinitions(all: readonly Keys[]): AttributeDefinition[] {
  const keys = all.flatMap(({ partitionKey, sortKey }) => (sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]))
  const types = new Map(keys.map(({ name, type }) => [name, type]))
  return [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }))
}

function projection(table: Table, index: TableIndex): Projection {
  if (index.projection === 'ALL') return { ProjectionType: 'ALL' }
  const names = projectedNames(table, index)
  // A list without names is refused, and means the same.
  if (names.length === 0) return { ProjectionType: 'KEYS_ONLY' }
  return { ProjectionType: 'INCLUDE', NonKeyAttributes: [...names] }
}

/** What an INCLUDE projection lists. Key attributes are always in an index, and are not to be listed. */
function projectedNames(table: Table, index: TableIndex): readonly string[] {
  if (typeof index.projection === 'string') return []
  const keys = new Set([table.partitionKey, table.sortKey, index.partitionKey, index.sortKey].map((key) => key?.name))
  const names = new Set([...index.projection, table.typeAttribute, table.timeToLive])
  return [...names].filter((name) => name !== undefined && !keys.has(name)) as string[]
}

function checkProjections(table: Table, problems: Problems): void {
  let total = 0
  for (const index of Object.values(table.indexes)) {
    const { length } = projectedNames(table, index)
    total += length
    if (length > maxProjectedPerIndex)
      problems.add(
        'too-many-projected-attributes',
        `table.indexes.${index.name}.projection`,
        `${length} attributes, those for the entity's name and time to live included; DynamoDB allows ${maxProjectedPerIndex}.`,
        "Name fewer, or use projection: 'ALL'.",
      )
  }
  if (total > maxProjectedPerTable)
    problems.add(
      'too-many-projected-attributes',
      'table.indexes',
      `${total} projected attributes in all indexes together; DynamoDB allows ${maxProjectedPerTable}.`,
      "Name fewer, or use projection: 'ALL' for some indexes.",
    )
}
