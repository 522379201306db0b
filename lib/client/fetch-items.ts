// Items by their primary keys, with BatchGetItem: 100 to a request, nothing lost silently. For batchGet and for hydrating index rows.
import type { BatchGetItemInput, KeysAndAttributes } from '@aws-sdk/client-dynamodb'
import type { StoredItem } from '../requests/index-keys.ts'
import { itemIdentity } from '../requests/item-identity.ts'
import { chunksOf, performChunks, type Unfinished } from './chunks.ts'
import type { Connection, Origin } from './connection.ts'
import { send } from './send.ts'

/** DynamoDB's limit on the keys of a BatchGetItem. */
const maxKeys = 100

/** An item to fetch, and how. A projection must bring the primary key along, by which the item is recognised. */
export interface WantedItem {
  readonly key: StoredItem
  /** DynamoDB takes these once for all keys of a table, so items with different ones are fetched by different requests. */
  readonly settings: Omit<KeysAndAttributes, 'Keys'>
}

export interface FetchedItems<W> {
  /** What is there. */
  readonly found: ReadonlyMap<W, StoredItem>
  /** Of what is left, nobody knows whether it is there. */
  readonly unfinished: Unfinished<W> | undefined
}

/** Fetches items. DynamoDB refuses a key that is given twice with the same settings. */
export async function fetchItems<W extends WantedItem>(
  connection: Connection,
  wanted: readonly W[],
  origin: (chunk: readonly W[]) => Origin,
): Promise<FetchedItems<W>> {
  const { table } = connection.model
  const found = new Map<W, StoredItem>()
  const unfinished = await performChunks(fetchChunks(wanted), async (chunk) => {
    const byIdentity = new Map(chunk.map((one) => [itemIdentity(table, one.key), one]))
    const wantedOf = (stored: StoredItem) => {
      const one = byIdentity.get(itemIdentity(table, stored))
      if (one === undefined) throw new TypeError(`BatchGetItem answers ${itemIdentity(table, stored)}, which was not asked for.`)
      return one
    }
    const { Responses, UnprocessedKeys } = await send(connection, 'BatchGetItem', fetchRequest(connection, chunk), origin(chunk))
    for (const item of Object.values(Responses ?? {}).flat()) found.set(wantedOf(item), item)
    return Object.values(UnprocessedKeys ?? {}).flatMap(({ Keys = [] }) => Keys.map(wantedOf))
  })
  return { found, unfinished }
}

/** The items of each request. */
export function fetchChunks<W extends WantedItem>(wanted: readonly W[]): W[][] {
  const groups = new Map<string, W[]>()
  for (const one of wanted) {
    const settings = JSON.stringify(one.settings)
    const group = groups.get(settings)
    if (group === undefined) groups.set(settings, [one])
    else group.push(one)
  }
  return [...groups.values()].flatMap((group) => chunksOf(group, maxKeys))
}

/** The request for items of one group. */
export function fetchRequest({ tableName }: Connection, chunk: readonly WantedItem[]): BatchGetItemInput {
  return { RequestItems: { [tableName]: { ...chunk[0]?.settings, Keys: chunk.map(({ key }) => key) } } }
}
