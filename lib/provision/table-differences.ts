// In what a table that exists differs from the request that would create it: keys, indexes, projections. Pure.
import type {
  AttributeDefinition,
  CreateTableCommandInput,
  KeySchemaElement,
  KeyType,
  Projection,
  TableDescription,
} from '@aws-sdk/client-dynamodb'
import type { TableDifference } from './table-mismatch.ts'

const fixedHint =
  'Keys and local indexes are fixed when a table is created. Change the model, or create the table under another name and copy the items.'
const missingHint = 'Add the missing global index with UpdateTable, or take it out of the model.'
const changedHint = 'A global index cannot be changed. Delete it and add it again with UpdateTable, or change the model.'

const streamHint =
  'Enable the stream with UpdateTable; to change its view, disable it first. A consumer then begins with the new one.'

/** What a request and a description of a table have in common. */
type Schema = Pick<
  TableDescription,
  'AttributeDefinitions' | 'KeySchema' | 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes' | 'StreamSpecification'
>

interface Index {
  readonly type: 'global' | 'local'
  readonly partitionKey: string
  readonly sortKey: string
  readonly projection: string
}

/**
 * Compares keys with their types, indexes and projections (the order of projected attributes does not matter) and tells every
 * difference. Billing mode, throughput and tags are not compared, and the stream only when one is wanted.
 *
 * Indexes that the model does not know are no difference. They change neither what Singlet writes nor what it reads, and a
 * deployment must be able to add an index before the code that uses it, and to roll that code back.
 *
 * @example
 * tableDifferences(createTableParams(table), description)
 * // [{ place: 'sortKey', expected: 'SK (S)', actual: 'none', hint: '…' }]
 */
export function tableDifferences(expected: CreateTableCommandInput, actual: TableDescription): readonly TableDifference[] {
  const differences: TableDifference[] = []
  const compare = (place: string, [model, table]: readonly [string, string], hint: string) => {
    if (model !== table) differences.push(Object.freeze({ place, expected: model, actual: table, hint }))
  }
  const [modelKeys, tableKeys] = [keysOf(expected, expected.KeySchema), keysOf(actual, actual.KeySchema)]
  compare('partitionKey', [modelKeys.partitionKey, tableKeys.partitionKey], fixedHint)
  compare('sortKey', [modelKeys.sortKey, tableKeys.sortKey], fixedHint)
  if (expected.StreamSpecification !== undefined) compare('stream', [streamOf(expected), streamOf(actual)], streamHint)
  const existing = indexesOf(actual)
  for (const [name, model] of indexesOf(expected)) {
    const place = `indexes.${name}`
    const table = existing.get(name)
    if (table?.type !== model.type) {
      const found = table === undefined ? 'none' : `a ${table.type} index`
      compare(place, [`a ${model.type} index`, found], model.type === 'global' && table === undefined ? missingHint : fixedHint)
      continue
    }
    const hint = model.type === 'local' ? fixedHint : changedHint
    for (const part of ['partitionKey', 'sortKey', 'projection'] as const)
      compare(`${place}.${part}`, [model[part], table[part]], hint)
  }
  return Object.freeze(differences)
}

function streamOf({ StreamSpecification: stream }: Schema): string {
  return stream?.StreamEnabled === true ? (stream.StreamViewType ?? 'enabled') : 'none'
}

function indexesOf(schema: Schema): ReadonlyMap<string, Index> {
  const indexes = new Map<string, Index>()
  const add = (type: Index['type'], all: Schema['LocalSecondaryIndexes'] = []) => {
    for (const { IndexName = '', KeySchema = [], Projection } of all) {
      const keys = [...(schema.KeySchema ?? []), ...KeySchema].map(({ AttributeName }) => AttributeName)
      indexes.set(IndexName, { type, ...keysOf(schema, KeySchema), projection: projectionOf(Projection, new Set(keys)) })
    }
  }
  add('global', schema.GlobalSecondaryIndexes)
  add('local', schema.LocalSecondaryIndexes)
  return indexes
}

function keysOf({ AttributeDefinitions = [] }: Schema, keySchema: readonly KeySchemaElement[] = []) {
  return {
    partitionKey: keyText(AttributeDefinitions, keySchema, 'HASH'),
    sortKey: keyText(AttributeDefinitions, keySchema, 'RANGE'),
  }
}

/** `GSI1SK (S)`; with commas for the keys of several attributes that an index made elsewhere may have. */
function keyText(definitions: readonly AttributeDefinition[], keySchema: readonly KeySchemaElement[], keyType: KeyType): string {
  const names = keySchema.filter(({ KeyType }) => KeyType === keyType).map(({ AttributeName }) => AttributeName)
  const typeOf = (name: string | undefined) => definitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType
  return names.length === 0 ? 'none' : names.map((name) => `${name} (${typeOf(name)})`).join(', ')
}

/** `ALL`, `KEYS_ONLY` or `INCLUDE a, b`; an INCLUDE of keys alone is KEYS_ONLY. */
function projectionOf(projection: Projection | undefined, keys: ReadonlySet<string | undefined>): string {
  if (projection?.ProjectionType !== 'INCLUDE') return projection?.ProjectionType ?? 'none'
  const names = (projection.NonKeyAttributes ?? []).filter((name) => !keys.has(name)).sort()
  return names.length === 0 ? 'KEYS_ONLY' : `INCLUDE ${names.join(', ')}`
}
