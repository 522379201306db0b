// Fetches whole items for rows of an index that does not hold everything: order kept, nothing lost silently.
import type { ReadPlan } from '../design/read-plan.ts'
import { UnprocessedError } from '../errors-of-several.ts'
import type { KeyRange } from '../keys/key-type.ts'
import { keyContent, type StoredItem } from '../requests/index-keys.ts'
import { itemIdentity, primaryKeyOf } from '../requests/item-identity.ts'
import { sameValue } from '../schema/same-value.ts'
import type { Connection } from './connection.ts'
import { inRange } from './cursor-position.ts'
import { fetchItems, type WantedItem } from './fetch-items.ts'

/**
 * The items whose index rows these are, in the same order. A row whose item is gone, or has left the partition or the range of the index since,
 * is left out: the index lags behind the table, and hydrating shows it.
 */
export async function hydrate(
  connection: Connection,
  plan: ReadPlan,
  rows: readonly StoredItem[],
  range: KeyRange | undefined,
): Promise<StoredItem[]> {
  const { table } = connection.model
  // One item may be in an index under one key only, but two shards can both be stale.
  const wanted = new Map<string, WantedItem>()
  for (const row of rows) wanted.set(itemIdentity(table, row), { key: primaryKeyOf(table, row), settings: {} })
  const origin = { pattern: plan.name, entities: [...plan.wanted.values()].map(({ name }) => name) }
  const { found, unfinished } = await fetchItems(connection, [...wanted.values()], () => origin)
  if (unfinished !== undefined) {
    const { left, attempts, cause } = unfinished
    // A read that fails for a reason of its own fails with that: what is left is the whole page, to be asked for again.
    if (cause !== undefined) throw cause
    throw new UnprocessedError([], attempts, { keys: left.map(({ key }) => key) })
  }
  return rows.flatMap((row) => {
    const one = wanted.get(itemIdentity(table, row))
    const item = one && found.get(one)
    return item !== undefined && inSamePartition(plan, row, item) && isStillInRange(plan, item, range) ? [item] : []
  })
}

function inSamePartition({ partition }: ReadPlan, row: StoredItem, item: StoredItem): boolean {
  const [before, now] = [row[partition.attribute], item[partition.attribute]]
  return before !== undefined && now !== undefined && sameValue(before, now)
}

function isStillInRange({ sort }: ReadPlan, item: StoredItem, range: KeyRange | undefined): boolean {
  if (sort === undefined || range === undefined) return true
  const content = keyContent(sort, item[sort.attribute])
  return content !== undefined && inRange(sort.codec.attributeType, content, range)
}
