// Fetches whole items for rows of an index that does not hold everything: BatchGetItem, order kept, nothing lost silently.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { ReadPlan } from '../design/read-plan.ts'
import { UnprocessedError } from '../errors.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import { sameValue } from '../schema/same-value.ts'
import type { Connection } from './connection.ts'
import { send } from './send.ts'
import { backOff } from './write.ts'

/** DynamoDB's limit on the keys of a BatchGetItem. */
const maxKeys = 100
/** How often keys that DynamoDB leaves unprocessed are asked for again. */
const maxAttempts = 10

/**
 * The items whose index rows these are, in the same order. A row whose item is gone, or has left the partition of the index since, is
 * left out: the index lags behind the table, and hydrating shows it.
 */
export async function hydrate(connection: Connection, plan: ReadPlan, rows: readonly StoredItem[]): Promise<StoredItem[]> {
  const found: StoredItem[] = []
  for (let start = 0; start < rows.length; start += maxKeys) {
    const chunk = rows.slice(start, start + maxKeys)
    const items = await fetchItems(
      connection,
      plan,
      chunk.map((row) => primaryKeyOf(plan, row)),
    )
    for (const row of chunk) {
      const item = items.get(identity(primaryKeyOf(plan, row)))
      if (item !== undefined && inSamePartition(plan, row, item)) found.push(item)
    }
  }
  return found
}

async function fetchItems(connection: Connection, plan: ReadPlan, keys: readonly StoredItem[]): Promise<Map<string, StoredItem>> {
  const { tableName } = connection
  const items = new Map<string, StoredItem>()
  // One item may be in an index under one key only, but two shards can both be stale: DynamoDB refuses a key that is given twice.
  let left: StoredItem[] = [...new Map(keys.map((key) => [identity(key), key])).values()]
  for (let tries = 1; left.length > 0; tries++) {
    if (tries > maxAttempts) throw new UnprocessedError(left, maxAttempts)
    if (tries > 1) await backOff(tries)
    const { Responses, UnprocessedKeys } = await send(
      connection,
      'BatchGetItem',
      { RequestItems: { [tableName]: { Keys: left } } },
      { pattern: plan.name },
    )
    for (const item of Object.values(Responses ?? {}).flat()) items.set(identity(primaryKeyOf(plan, item)), item)
    left = Object.values(UnprocessedKeys ?? {}).flatMap(({ Keys }) => Keys ?? [])
  }
  return items
}

function primaryKeyOf({ wanted }: ReadPlan, row: StoredItem): StoredItem {
  const key: StoredItem = {}
  const [entity] = wanted.values()
  for (const part of [entity?.table.partitionKey, entity?.table.sortKey]) {
    const value = part === undefined ? undefined : row[part.name]
    if (part !== undefined && value !== undefined) key[part.name] = value
  }
  return key
}

function identity(key: StoredItem): string {
  return JSON.stringify(Object.values(key).map(({ S, N, B }: AttributeValue) => S ?? N ?? (B && Buffer.from(B).toString('hex'))))
}

function inSamePartition({ partition }: ReadPlan, row: StoredItem, item: StoredItem): boolean {
  const [before, now] = [row[partition.attribute], item[partition.attribute]]
  return before !== undefined && now !== undefined && sameValue(before, now)
}
