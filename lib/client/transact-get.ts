// transactGet: items of any entities as they were at one moment, with no write of another transaction half done.
import { type Get, type TransactGetItem, TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import { TransactionCanceledError } from '../errors-of-several.ts'
import type { Operation } from '../model/operation.ts'
import { itemIdentity } from '../requests/item-identity.ts'
import { backOff, maxAttempts } from './back-off.ts'
import { passes } from './cancellation.ts'
import { type Connection, originOf } from './connection.ts'
import { type GetOperation, type GetResults, type Read, readsOf, requestOf } from './get.ts'
import { LazyOperation } from './operation.ts'
import { send } from './send.ts'

/** DynamoDB's limit on the actions of a transaction. */
const maxOperations = 100

/** Reads items by key, all at one moment. The results stand where their operations stood. */
export function transactGet<const T extends readonly GetOperation<unknown>[]>(
  connection: Connection,
  operations: T,
): Operation<GetResults<T>> {
  const reads = readsOf(operations)
  if (reads.length === 0 || reads.length > maxOperations)
    throw new ValidationError('out-of-range', '', `A transaction has 1 to ${maxOperations} operations, not ${reads.length}.`)
  return new LazyOperation(
    // Each read gives what its operation gives.
    async () => (await run(connection, reads)) as GetResults<T>,
    () => ({ TransactItems: itemsOf([...new Set(getsOf(connection, reads))]) }),
  )
}

async function run(connection: Connection, reads: readonly Read[]): Promise<unknown[]> {
  const gets = getsOf(connection, reads)
  const distinct = [...new Set(gets)]
  const places = gets.map((get) => distinct.indexOf(get))
  for (let tries = 1; ; tries++) {
    try {
      const { Responses = [] } = await send(connection, 'TransactGetItems', { TransactItems: itemsOf(distinct) }, originOf(reads))
      return places.map((place, index) => reads[index]?.result(Responses[place]?.Item))
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error
      const { CancellationReasons = [] } = error
      const failed = CancellationReasons.filter(({ Code = 'None' }) => Code !== 'None')
      if (tries === maxAttempts || failed.length === 0 || !failed.every(({ Code = '' }) => passes(Code)))
        throw new TransactionCanceledError(
          places.map((place, operation) => {
            const { Code = 'None', Message } = CancellationReasons[place] ?? {}
            return { code: Code, operation, ...(Message !== undefined && { message: Message }) }
          }),
          { cause: error },
        )
    }
    await backOff(tries)
  }
}

function itemsOf(gets: readonly Get[]): TransactGetItem[] {
  return gets.map((get) => ({ Get: get }))
}

/**
 * What is sent for each read. DynamoDB refuses two gets of one item, so reads of one share a get; of the whole item where they select
 * differently, since each takes from it what it selects.
 */
function getsOf(connection: Connection, reads: readonly Read[]): Get[] {
  const requests = reads.map((read, index) => {
    const { ConsistentRead: _, ...get } = requestOf(connection, read, index)
    return { identity: itemIdentity(connection.model.table, get.Key ?? {}), get: get as Get }
  })
  const shared = new Map<string, Get>()
  for (const { identity, get } of requests) {
    const earlier = shared.get(identity)
    if (earlier === undefined) shared.set(identity, get)
    else if (JSON.stringify(earlier) !== JSON.stringify(get)) shared.set(identity, { TableName: get.TableName, Key: get.Key })
  }
  return requests.map(({ identity, get }) => shared.get(identity) ?? get)
}
