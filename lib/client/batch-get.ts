// batchGet: items of any entities by their keys, in as few requests as DynamoDB allows.
import { UnprocessedError } from '../errors-of-several.ts'
import type { Operation } from '../model/operation.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { itemIdentity } from '../requests/item-identity.ts'
import { type Connection, type OnMisfit, originOf } from './connection.ts'
import { fetchChunks, fetchItems, fetchRequest, type WantedItem } from './fetch-items.ts'
import { type GetOperation, type GetResults, type Read, readsOf, requestOf } from './get.ts'
import { LazyOperation } from './operation.ts'

/** Reads items by key. The results stand where their operations stood. */
export function batchGet<const T extends readonly GetOperation<unknown>[]>(
  connection: Connection,
  operations: T,
): Operation<GetResults<T>> {
  const reads = readsOf(operations)
  return new LazyOperation(
    // Each read gives what its operation gives.
    async () => (await run(connection, operations, reads)) as GetResults<T>,
    () => {
      const requests = fetchChunks([...new Set(wantedBy(connection, reads))]).map((chunk) => fetchRequest(connection, chunk))
      return requests.length === 1 ? requests[0] : requests
    },
  )
}

async function run(connection: Connection, operations: readonly unknown[], reads: readonly Read[]): Promise<unknown[]> {
  const wanted = wantedBy(connection, reads)
  const { found, unfinished } = await fetchItems(connection, [...new Set(wanted)], (chunk) => originOf(chunk))
  const results = (onMisfit?: OnMisfit) => wanted.map((one, index) => reads[index]?.result(found.get(one), onMisfit))
  if (unfinished === undefined) return results()
  const { attempts, cause } = unfinished
  const left = new Set(unfinished.left)
  const unprocessed = wanted.flatMap((one, index) => (left.has(one) ? [operations[index]] : []))
  // Misfits are published, and do not hide what is left.
  throw new UnprocessedError(unprocessed, attempts, { cause, items: results('skip') })
}

interface WantedRead extends WantedItem {
  readonly entity: ResolvedEntity
}

/** What each read wants: the same object where two want the same, since DynamoDB refuses a key that is given twice. */
function wantedBy(connection: Connection, reads: readonly Read[]): WantedRead[] {
  const distinct = new Map<string, WantedRead>()
  return reads.map((read, index) => {
    const { TableName: _, Key = {}, ...settings } = requestOf(connection, read, index)
    const identity = JSON.stringify([settings, itemIdentity(connection.model.table, Key)])
    const wanted = distinct.get(identity) ?? { key: Key, settings, entity: read.entity }
    distinct.set(identity, wanted)
    return wanted
  })
}
