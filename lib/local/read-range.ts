// Query and Scan. dynalite checks the request and turns its key condition into a range of keys; the page is read here: start key, limit,
// 1 MB, filter, projection and capacity.
import { type Consumption, readUnits, reportOne } from './capacity.ts'
import type { Parsed, Path } from './dynalite.ts'
import { type LegacyCondition, satisfies, satisfiesLegacy } from './expression.ts'
import { itemBytes } from './item-size.ts'
import { validationError } from './service-error.ts'
import { type EngineState, type Operation, parse } from './state.ts'
import { indexRowKey, indexRows, projectedAttributes } from './store.ts'
import { type RangeRequest, Turn } from './turn.ts'
import { type IndexDescription, type IndexScope, type Item, indexesOf, type Params, type TableDescription } from './wire.ts'

const maxPageBytes = 1024 * 1024

interface RangeParams extends Params, Parsed {
  TableName: string
  IndexName?: string
  Limit?: number
  Select?: string
  ExclusiveStartKey?: Item
  ConsistentRead?: boolean
  AttributesToGet?: string[]
  KeyConditions?: { [attribute: string]: LegacyCondition }
  QueryFilter?: { [attribute: string]: LegacyCondition }
  ScanFilter?: { [attribute: string]: LegacyCondition }
  ConditionalOperator?: string
}

interface UsedIndex {
  readonly scope: IndexScope
  readonly index: IndexDescription
}

/** Query or Scan. */
export function readRange(operation: 'Query' | 'Scan'): Operation {
  return (state, params) => {
    const data = parse(state, operation, params) as RangeParams
    const table = state.store.get(data.TableName)?.description
    const used = table && indexesOf(table).find(({ index }) => index.IndexName === data.IndexName)
    checkKeyConditions(data)
    const request = rangeOf(state, operation, data, used)
    const fetches = used !== undefined && checkProjection(request.table.description, used, data)
    const page = readPage(state, request, used, data, fetches)
    return answer(state, request, used, data, page)
  }
}

/** A key is never empty, so asking for an empty one is a mistake. dynalite lets it pass. */
function checkKeyConditions({ KeyConditions = {} }: RangeParams): void {
  for (const [name, { AttributeValueList = [] }] of Object.entries(KeyConditions)) {
    if (!AttributeValueList.some(({ S, B }) => S === '' || B === '')) continue
    throw validationError(
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. ' +
        `Key: ${name}`,
    )
  }
}

/** Lets dynalite check the request and say which rows it wants. */
function rangeOf(state: EngineState, operation: string, data: RangeParams, used: UsedIndex | undefined): RangeRequest {
  const turn = new Turn(state.dynalite, state.store)
  const { ReturnConsumedCapacity, ...request } = data
  // dynalite would fetch whole items for a local index, and not at once.
  if (used?.scope === 'Local') delete request.Select
  turn.run((store, callback) => state.dynalite.action(operation)(store, request, callback))
  if (turn.rangeRequest === undefined) throw new Error('dynalite asked for no rows.')
  return turn.rangeRequest
}

const headOf = (path: Path) => String(typeof path === 'string' ? path : path[0])

/** Whether whole items are needed for the rows of an index. Throws when the index cannot give what is asked for. */
function checkProjection(table: TableDescription, { scope, index }: UsedIndex, data: RangeParams): boolean {
  if (index.Projection.ProjectionType === 'ALL') return false
  const projected = projectedAttributes(table, index)
  const missing = (names: readonly string[]) => [...new Set(names)].filter((name) => !projected.includes(name))
  const unprojected = missing((data._projection?.paths ?? data.AttributesToGet ?? []).map(headOf))
  if (scope === 'Global' && unprojected.length > 0) {
    throw validationError(
      'One or more parameter values were invalid: ' +
        `Global secondary index ${index.IndexName} does not project [${unprojected.join(', ')}]`,
    )
  }
  const fetches = scope === 'Local' && (data.Select === 'ALL_ATTRIBUTES' || unprojected.length > 0)
  // Also where whole items are fetched: they are for the answer, a filter sees the row of the index.
  const unfiltered = missing(Object.keys(data._filter?.pathHeads ?? data.QueryFilter ?? data.ScanFilter ?? {}))
  if (unfiltered.length > 0) {
    throw validationError(
      'One or more parameter values were invalid: ' +
        `Secondary index ${index.IndexName} does not project one or more filter attributes: [${unfiltered.join(', ')}]`,
    )
  }
  return fetches
}

interface Page {
  readonly rows: readonly Item[]
  /** The last row read, when the page ended before the range did, or may have. */
  readonly last: Item | undefined
  readonly consumption: Consumption
}

function readPage(
  { dynalite }: EngineState,
  { table, index, range }: RangeRequest,
  used: UsedIndex | undefined,
  data: RangeParams,
  fetches: boolean,
): Page {
  const stored = index === undefined ? table.items : indexRows(table, index.scope, index.name)
  const exact = { ...range }
  if (data.ExclusiveStartKey !== undefined && used !== undefined) {
    const start = indexRowKey(dynalite, table.description, used.index, data.ExclusiveStartKey)
    if (range.reverse === true) exact.lt = start
    else exact.gt = start
  }
  const rows: Item[] = []
  let bytes = 0
  let fetchedUnits = 0
  let ended = true
  const consistent = data.ConsistentRead === true
  for (const row of stored.values(exact)) {
    const item = fetches ? (table.items.get(dynalite.db.createKey(row, table.description)) ?? row) : row
    if (fetches) fetchedUnits += readUnits(itemBytes(item), consistent)
    rows.push(item)
    bytes += itemBytes(row)
    ended = !(rows.length === data.Limit || bytes >= maxPageBytes)
    if (!ended) break
  }
  const units = readUnits(bytes, consistent)
  return {
    rows,
    last: ended ? undefined : rows.at(-1),
    consumption: {
      table: data.TableName,
      tableUnits: index === undefined ? units : fetchedUnits,
      indexes: index === undefined ? [] : [{ ...index, units }],
    },
  }
}

function answer(
  { dynalite }: EngineState,
  request: RangeRequest,
  used: UsedIndex | undefined,
  data: RangeParams,
  page: Page,
): Params {
  const matching = page.rows.filter((row) => matches(row, data))
  const paths = data._projection?.paths ?? data.AttributesToGet
  const { last } = page
  return {
    Count: matching.length,
    ScannedCount: page.rows.length,
    ...(data.Select !== 'COUNT' && { Items: paths ? matching.map((row) => dynalite.db.mapPaths(paths, row)) : matching }),
    ...(last && { LastEvaluatedKey: startKey(request.table.description, used, last) }),
    ...reportOne(data.ReturnConsumedCapacity, [page.consumption]),
  }
}

function matches(row: Item, data: RangeParams): boolean {
  if (data._filter !== undefined) return satisfies(row, data._filter.expression)
  const legacy = data.QueryFilter ?? data.ScanFilter
  return legacy === undefined || satisfiesLegacy(row, legacy, data.ConditionalOperator)
}

/** What the next page starts after: the primary key, and the index's. */
function startKey(table: TableDescription, used: UsedIndex | undefined, row: Item): Item {
  const key: Item = {}
  for (const { AttributeName } of [...table.KeySchema, ...(used?.index.KeySchema ?? [])]) {
    const value = row[AttributeName]
    if (value !== undefined) key[AttributeName] = value
  }
  return key
}
