// Item collection metrics: how large the collections are that a write has touched, in tables with local indexes. The limit of 10 GB that
// DynamoDB puts on such a collection is not enforced.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.ItemCollections
import { itemBytes } from './item-size.ts'
import type { EngineState } from './state.ts'
import { indexRows, type StoredTable } from './store.ts'
import type { Item, Params } from './wire.ts'

const gigabyte = 1024 ** 3

/** An item written, or to be deleted: its key or more of it. */
export interface TouchedItem {
  readonly table: string
  readonly item: Item
}

/** The member `ItemCollectionMetrics` of a write of one item, or nothing when it was not asked for or there is no local index. */
export function reportCollection(state: EngineState, mode: unknown, touched: TouchedItem): Params {
  const [metrics] = Object.values(metricsByTable(state, mode, [touched]))
  return metrics === undefined ? {} : { ItemCollectionMetrics: metrics[0] }
}

/** The same of a write of several items: each collection once, by table. */
export function reportCollections(state: EngineState, mode: unknown, touched: readonly TouchedItem[]): Params {
  const metrics = metricsByTable(state, mode, touched)
  return Object.keys(metrics).length === 0 ? {} : { ItemCollectionMetrics: metrics }
}

function metricsByTable({ dynalite, store }: EngineState, mode: unknown, touched: readonly TouchedItem[]) {
  const byTable: { [table: string]: Params[] } = {}
  if (mode !== 'SIZE') return byTable
  const seen = new Set<string>()
  for (const { table: name, item } of touched) {
    const table = store.get(name)
    const [partitionKey] = table?.description.KeySchema ?? []
    const value = partitionKey && item[partitionKey.AttributeName]
    if (table?.description.LocalSecondaryIndexes === undefined || partitionKey === undefined || value === undefined) continue
    const prefix = dynalite.db.createKey(item, table.description, [partitionKey])
    const id = `${name}/${prefix}`
    if (seen.has(id)) continue
    seen.add(id)
    const size = Math.floor(collectionBytes(table, prefix) / gigabyte)
    byTable[name] ??= []
    byTable[name].push({ ItemCollectionKey: { [partitionKey.AttributeName]: value }, SizeEstimateRangeGB: [size, size + 1] })
  }
  return byTable
}

/** The items of a collection and their rows in local indexes. Keys are ASCII, so `~` is above all that can follow the prefix. */
function collectionBytes(table: StoredTable, prefix: string): number {
  const range = { gte: prefix, lt: `${prefix}~` }
  const locals = (table.description.LocalSecondaryIndexes ?? []).map(({ IndexName }) => indexRows(table, 'Local', IndexName))
  let bytes = 0
  for (const rows of [table.items, ...locals]) for (const item of rows.values(range)) bytes += itemBytes(item)
  return bytes
}
