// What the engine keeps in memory: tables, their items, the rows of their indexes, tags and time-to-live settings.
import { compare } from './comparison.ts'
import type { Dynalite } from './dynalite.ts'
import { isIndexKey } from './item-rules.ts'
import { SortedRows } from './sorted-rows.ts'
import type { StreamLog } from './stream-log.ts'
import { type IndexDescription, type IndexScope, type Item, indexesOf, type KeyElement, type TableDescription } from './wire.ts'

/** A table and everything that belongs to it and goes with it. */
export interface StoredTable {
  description: TableDescription
  readonly items: SortedRows<Item>
  /** Rows of each index by `scope~name`. */
  readonly indexes: Map<string, SortedRows<Item>>
  readonly tags: SortedRows<string>
  /** The attribute that holds the time to live, when it is enabled. */
  timeToLive?: string
  /** Where changes are logged, when the table has an enabled stream. */
  stream?: StreamLog
}

/** What a write does to one index; a row that stays as it is makes no change. */
export interface IndexChange {
  readonly scope: IndexScope
  readonly name: string
  readonly removed?: { readonly key: string; readonly row: Item }
  readonly stored?: { readonly key: string; readonly row: Item }
}

/** One item written: what was there before, what is there now, and what follows for the indexes. */
export interface ItemChange {
  readonly table: TableDescription
  readonly key: string
  readonly before?: Item | undefined
  readonly after?: Item | undefined
  readonly indexes: readonly IndexChange[]
}

/** The tables of one engine, by name. */
export type Store = Map<string, StoredTable>

/** A table without items. */
export function emptyTable(description: TableDescription): StoredTable {
  return { description, items: new SortedRows(), indexes: new Map(), tags: new SortedRows() }
}

const indexId = (scope: IndexScope, name: string) => `${scope}~${name}`

/** Forgets the rows of an index. */
export function dropIndexRows(table: StoredTable, scope: IndexScope, name: string): void {
  table.indexes.delete(indexId(scope, name))
}

/** The rows of one index; empty until something is written. */
export function indexRows(table: StoredTable, scope: IndexScope, name: string): SortedRows<Item> {
  const id = indexId(scope, name)
  const rows = table.indexes.get(id) ?? new SortedRows<Item>()
  table.indexes.set(id, rows)
  return rows
}

/**
 * The key of an index row. dynalite ends it with 24 bits of a hash of the primary key, so that many items with one index key lose rows;
 * the whole primary key follows here.
 */
export function indexRowKey({ db }: Dynalite, table: TableDescription, index: IndexDescription, item: Item): string {
  return `${db.createIndexKey(item, table, index.KeySchema)}/${db.createKey(item, table)}`
}

/** What an item shows in an index, or `undefined` when it is not in it: some key attribute of the index is missing or cannot be a key. */
export function projectedRow(table: TableDescription, index: IndexDescription, item: Item): Item | undefined {
  const isKey = ({ AttributeName: name }: KeyElement, position: number) => {
    const value = item[name]
    return value !== undefined && isIndexKey(value, keyType(table, name), position)
  }
  if (!index.KeySchema.every(isKey)) return undefined
  if (index.Projection.ProjectionType === 'ALL') return item
  const row: Item = {}
  for (const name of projectedAttributes(table, index)) {
    const value = item[name]
    if (value !== undefined) row[name] = value
  }
  return row
}

function keyType(table: TableDescription, name: string): string {
  const definition = table.AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)
  if (definition === undefined) throw new Error(`${table.TableName} does not define the key attribute ${name}.`)
  return definition.AttributeType
}

/** The attributes that an index holds beside those of an item that it does not project. */
export function projectedAttributes(table: TableDescription, index: IndexDescription): string[] {
  const keys = [...index.KeySchema, ...table.KeySchema].map(({ AttributeName }) => AttributeName)
  return [...new Set([...keys, ...(index.Projection.NonKeyAttributes ?? [])])]
}

/** Derives what a write does to the indexes of a table. */
export function indexChanges(dynalite: Dynalite, table: TableDescription, before?: Item, after?: Item): IndexChange[] {
  return indexesOf(table).flatMap(({ scope, index }) => {
    const place = (item: Item | undefined) => {
      const row = item && projectedRow(table, index, item)
      return item && row && { key: indexRowKey(dynalite, table, index, item), row }
    }
    const old = place(before)
    const stored = place(after)
    const removed = old !== undefined && old.key !== stored?.key ? old : undefined
    const same = old !== undefined && old.key === stored?.key && compare('=', { M: old.row }, { M: stored.row })
    if (removed === undefined && (stored === undefined || same)) return []
    return [{ scope, name: index.IndexName, ...(removed && { removed }), ...(stored && { stored }) }]
  })
}

/** Writes changes to the store. Nothing here can fail, so a list of changes is made whole or not at all. */
export function applyChanges(store: Store, changes: readonly ItemChange[]): void {
  for (const { table, key, after, indexes } of changes) {
    const stored = store.get(table.TableName)
    if (stored === undefined) continue
    if (after === undefined) stored.items.delete(key)
    else stored.items.set(key, after)
    for (const change of indexes) {
      const rows = indexRows(stored, change.scope, change.name)
      if (change.removed !== undefined) rows.delete(change.removed.key)
      if (change.stored !== undefined) rows.set(change.stored.key, change.stored.row)
    }
  }
}
