// Consumed capacity, as DynamoDB reports it: for the table, and for each index a write touches or a query reads.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
import { itemBytes } from './item-size.ts'
import type { ItemChange } from './store.ts'
import type { IndexScope, Item, Params } from './wire.ts'

const readUnitBytes = 4096
const writeUnitBytes = 1024

/** What one request, or one part of it, has consumed of one table. */
export interface Consumption {
  readonly table: string
  readonly tableUnits: number
  readonly indexes: readonly { readonly scope: IndexScope; readonly name: string; readonly units: number }[]
}

/** The units of a read of so many bytes. A read that finds nothing costs as much as the smallest. */
export function readUnits(bytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / readUnitBytes)) * (consistent ? 1 : 0.5)
}

const writeUnits = (...items: (Item | undefined)[]) =>
  Math.max(1, ...items.map((item) => Math.ceil((item === undefined ? 0 : itemBytes(item)) / writeUnitBytes)))

/** What a write consumes: the larger of old and new item, and each index row removed or stored. */
export function writeConsumption({ table, before, after, indexes }: ItemChange): Consumption {
  return {
    table: table.TableName,
    tableUnits: writeUnits(before, after),
    indexes: indexes.map(({ scope, name, removed, stored }) => ({
      scope,
      name,
      units: (removed ? writeUnits(removed.row) : 0) + (stored ? writeUnits(stored.row) : 0),
    })),
  }
}

/** The member `ConsumedCapacity` of a request on one table, or nothing when it was not asked for. */
export function reportOne(mode: unknown, consumptions: readonly Consumption[]): Params {
  const [report] = reports(mode, consumptions, {})
  return report === undefined ? {} : { ConsumedCapacity: report }
}

/** The member `ConsumedCapacity` of a request on several tables: a list. */
export function reportAll(mode: unknown, consumptions: readonly Consumption[], options: ReportOptions = {}): Params {
  return mode === 'TOTAL' || mode === 'INDEXES' ? { ConsumedCapacity: reports(mode, consumptions, options) } : {}
}

interface ReportOptions {
  /** Transactions name the kind of units as well. */
  readonly kind?: 'ReadCapacityUnits' | 'WriteCapacityUnits'
  /** Transactions cost twice as much. */
  readonly factor?: number
}

function reports(mode: unknown, consumptions: readonly Consumption[], { kind, factor = 1 }: ReportOptions): Params[] {
  if (mode !== 'TOTAL' && mode !== 'INDEXES') return []
  const units = (count: number) => ({ CapacityUnits: count * factor, ...(kind && { [kind]: count * factor }) })
  return groups(consumptions, ({ table }) => table).map(([table, parts]) => {
    const tableUnits = sum(parts, (part) => part.tableUnits)
    const total = tableUnits + sum(parts, (part) => sum(part.indexes, (index) => index.units))
    const report: Params = { TableName: table, ...units(total) }
    if (mode === 'TOTAL') return report
    report.Table = units(tableUnits)
    for (const scope of ['Local', 'Global'] as const) {
      const ofScope = parts.flatMap(({ indexes }) => indexes).filter((index) => index.scope === scope)
      if (ofScope.length === 0) continue
      const byName = groups(ofScope, ({ name }) => name)
      report[`${scope}SecondaryIndexes`] = Object.fromEntries(
        byName.map(([name, entries]) => [name, units(sum(entries, (entry) => entry.units))]),
      )
    }
    return report
  })
}

function groups<Entry>(entries: readonly Entry[], keyOf: (entry: Entry) => string): [string, Entry[]][] {
  const byKey = new Map<string, Entry[]>()
  for (const entry of entries) byKey.set(keyOf(entry), [...(byKey.get(keyOf(entry)) ?? []), entry])
  return [...byKey]
}

function sum<Entry>(entries: readonly Entry[], numberOf: (entry: Entry) => number): number {
  return entries.reduce((total, entry) => total + numberOf(entry), 0)
}
