// Everything in a table, as it is stored, and what has changed since: so that a refusal can be shown to have left nothing behind.
import { isDeepStrictEqual } from 'node:util'
import { type AttributeValue, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../lib/index.ts'

/** The items by their stored keys. */
export type TableState = ReadonlyMap<string, Readonly<Record<string, AttributeValue>>>

/** How many items are new, different or gone. */
export interface TableChanges {
  readonly created: number
  readonly changed: number
  readonly deleted: number
}

/** Reads the whole table, consistently. */
export async function readTable(
  client: DynamoDBClient,
  { partitionKey, sortKey }: Table,
  tableName: string,
): Promise<TableState> {
  const state = new Map<string, Readonly<Record<string, AttributeValue>>>()
  for await (const { Items = [] } of paginateScan({ client }, { TableName: tableName, ConsistentRead: true }))
    for (const item of Items) state.set(JSON.stringify([item[partitionKey.name], sortKey && item[sortKey.name]]), item)
  return state
}

export function tableChanges(before: TableState, after: TableState): TableChanges {
  const kept = [...after].filter(([key]) => before.has(key))
  return {
    created: after.size - kept.length,
    changed: kept.filter(([key, item]) => !isDeepStrictEqual(item, before.get(key))).length,
    deleted: before.size - kept.length,
  }
}
