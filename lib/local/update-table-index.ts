// A global index of a table with items: created with its rows, or deleted. Each function checks first and answers the change to make.
import type { Dynalite } from './dynalite.ts'
import { dynamoError, validationError } from './service-error.ts'
import { dropIndexRows, indexRowKey, indexRows, projectedRow, type StoredTable } from './store.ts'
import { Turn } from './turn.ts'
import type { IndexDescription, KeyElement, Params, TableDescription, Throughput } from './wire.ts'

const maxGlobalIndexes = 20

export type AttributeDefinition = TableDescription['AttributeDefinitions'][number]

/** The index of a request. */
export interface NewIndex {
  readonly IndexName: string
  readonly KeySchema: KeyElement[]
  readonly Projection: IndexDescription['Projection']
  readonly ProvisionedThroughput?: Throughput
}

/** What creates an index. Throws when the table cannot have it. */
export function createIndex(
  dynalite: Dynalite,
  table: StoredTable,
  index: NewIndex,
  definitions: readonly AttributeDefinition[] = [],
): () => void {
  checkNewIndex(dynalite, table, index, definitions)
  return () => {
    const { description } = table
    const created: IndexDescription = {
      ...index,
      IndexArn: `${description.TableArn}/index/${index.IndexName}`,
      IndexStatus: 'ACTIVE',
      IndexSizeBytes: 0,
      ItemCount: 0,
      ProvisionedThroughput: {
        ...(index.ProvisionedThroughput ?? { ReadCapacityUnits: 0, WriteCapacityUnits: 0 }),
        NumberOfDecreasesToday: 0,
      },
    }
    const indexes = [...(description.GlobalSecondaryIndexes ?? []), created]
    redescribe(table, indexes, [...description.AttributeDefinitions, ...definitions])
    backfill(dynalite, table, created)
  }
}

/** What deletes an index. Throws when the table has no such global index. */
export function deleteIndex(table: StoredTable, name: string): () => void {
  const { GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] } = table.description
  if (LocalSecondaryIndexes.some(({ IndexName }) => IndexName === name)) {
    throw validationError('Cannot delete an index that is not a GlobalSecondaryIndex')
  }
  if (!GlobalSecondaryIndexes.some(({ IndexName }) => IndexName === name)) {
    throw dynamoError('ResourceNotFoundException', 'Requested resource not found')
  }
  return () => {
    dropIndexRows(table, 'Global', name)
    const { GlobalSecondaryIndexes: indexes = [], AttributeDefinitions } = table.description
    redescribe(
      table,
      indexes.filter(({ IndexName }) => IndexName !== name),
      AttributeDefinitions,
    )
  }
}

/** The rows of all items that can be in the index. Those whose key attributes are missing, empty or of another type are not. */
function backfill(dynalite: Dynalite, table: StoredTable, index: IndexDescription): void {
  const rows = indexRows(table, 'Global', index.IndexName)
  for (const item of table.items.values()) {
    const row = projectedRow(table.description, index, item)
    if (row !== undefined) rows.set(indexRowKey(dynalite, table.description, index, item), row)
  }
}

/** Gives the table these indexes, and of the definitions of attributes those that some key uses. */
function redescribe(table: StoredTable, indexes: readonly IndexDescription[], definitions: readonly AttributeDefinition[]): void {
  const { GlobalSecondaryIndexes: _, ...description } = table.description
  const schemas = [description, ...(description.LocalSecondaryIndexes ?? []), ...indexes].map(({ KeySchema }) => KeySchema)
  const used = new Set(schemas.flat().map(({ AttributeName }) => AttributeName))
  const byName = new Map(definitions.map((definition) => [definition.AttributeName, definition]))
  table.description = {
    ...description,
    AttributeDefinitions: [...byName.values()].filter(({ AttributeName }) => used.has(AttributeName)),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: [...indexes] }),
  }
}

function checkNewIndex(
  dynalite: Dynalite,
  { description }: StoredTable,
  index: NewIndex,
  definitions: readonly AttributeDefinition[],
): void {
  const { LocalSecondaryIndexes = [], GlobalSecondaryIndexes = [] } = description
  if ([...LocalSecondaryIndexes, ...GlobalSecondaryIndexes].some(({ IndexName }) => IndexName === index.IndexName)) {
    throw validationError('Attempting to create an index which already exists')
  }
  if (GlobalSecondaryIndexes.length >= maxGlobalIndexes) {
    throw dynamoError('LimitExceededException', 'Number of global secondary indexes exceeds per-table limit')
  }
  // The request must define the keys of the new index, even those that the table defines already.
  const names = definitions.map(({ AttributeName }) => AttributeName)
  const keys = index.KeySchema.map(({ AttributeName }) => AttributeName)
  if (!keys.every((key) => names.includes(key))) {
    throw invalid(
      'Some index key attributes are not defined in AttributeDefinitions. ' +
        `Keys: [${keys.join(', ')}], AttributeDefinitions: [${names.join(', ')}]`,
    )
  }
  checkDefinitions([...description.AttributeDefinitions, ...definitions])
  const message = schemaMistake(dynalite, description, index, definitions)
  if (message !== undefined) throw validationError(message)
  const { ProjectionType, NonKeyAttributes = [] } = index.Projection
  if (ProjectionType === 'INCLUDE' && NonKeyAttributes.length === 0) {
    throw invalid('ProjectionType is INCLUDE, but NonKeyAttributes is not specified')
  }
}

/** Attributes can be defined again, as the same. */
function checkDefinitions(definitions: readonly AttributeDefinition[]): void {
  const types = new Map<string, string>()
  for (const { AttributeName, AttributeType } of definitions) {
    if ((types.get(AttributeName) ?? AttributeType) !== AttributeType) {
      throw validationError('invalid attribute, SchemaElement redefined should be of same type as previously defined')
    }
    types.set(AttributeName, AttributeType)
  }
}

/** The mistakes in keys and projection that dynalite knows from CreateTable, found by asking it for a table with this one index. */
function schemaMistake(
  dynalite: Dynalite,
  { TableName, KeySchema, AttributeDefinitions }: TableDescription,
  index: NewIndex,
  definitions: readonly AttributeDefinition[],
): string | undefined {
  const { ProvisionedThroughput: _, ...withoutThroughput } = index
  const table: Params = {
    TableName,
    KeySchema,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...AttributeDefinitions, ...definitions],
    GlobalSecondaryIndexes: [withoutThroughput],
  }
  return dynalite.rules('CreateTable').custom?.(table, new Turn(dynalite, new Map()))
}

const invalid = (message: string) => validationError(`One or more parameter values were invalid: ${message}`)
