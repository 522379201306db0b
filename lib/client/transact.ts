// Writes of several items in one transaction: all of them or none.
import { TransactionCanceledException, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { type CancellationReason, ContentionError, TransactionCanceledError, ValidationError } from '../errors.ts'
import type { Connection } from './connection.ts'
import { LazyWrite, type WriteOperation } from './entity-operations.ts'
import { LazyOperation, type Operation } from './operation.ts'
import { send } from './send.ts'
import { type Attempt, backOff } from './write.ts'

/** DynamoDB's limit on the actions of a transaction. */
const maxOperations = 100
const maxAttempts = 12

/** All writes or none. Updates that must read first do so, and the whole is tried again while others interfere. */
export function transactWrite(connection: Connection, operations: readonly WriteOperation<unknown>[]): Operation<void> {
  const writes = operations.map((operation, index) => {
    if (operation instanceof LazyWrite) return operation.write
    throw new ValidationError('wrong-type', `[${index}]`, 'expected an operation such as Order.create(…), not awaited.')
  })
  if (writes.length === 0 || writes.length > maxOperations)
    throw new ValidationError('out-of-range', '', `A transaction has 1 to ${maxOperations} operations, not ${writes.length}.`)
  return new LazyOperation(
    async () => {
      for (let tries = 1; ; tries++) {
        const attempts = await Promise.all(writes.map((write) => write.attempt()))
        try {
          await send(connection, 'TransactWriteItems', { TransactItems: attempts.map(transactItem) }, {})
          return
        } catch (error) {
          if (!(error instanceof TransactionCanceledException)) throw error
          const meaning = reasonsOf(error, attempts)
          if (meaning !== 'retry') throw new TransactionCanceledError(meaning, { cause: error })
          if (tries === maxAttempts) throw new ContentionError(writes.map(({ entity }) => entity.name).join(', '), {}, tries)
          await backOff(tries)
        }
      }
    },
    () => ({ TransactItems: writes.map((write) => write.params()) }),
  )
}

/** A transaction answers no attributes, so it takes no ReturnValues. */
function transactItem({ request }: Attempt<unknown>): TransactWriteItem {
  if ('Put' in request) return { Put: request.Put as NonNullable<TransactWriteItem['Put']> }
  if ('Update' in request) {
    const { ReturnValues: _, ...update } = request.Update
    return { Update: update as NonNullable<TransactWriteItem['Update']> }
  }
  const { ReturnValues: _, ...deletion } = request.Delete
  return { Delete: deletion as NonNullable<TransactWriteItem['Delete']> }
}

/** `retry` when all that failed are reads that others have overtaken, or conflicts with other transactions. */
function reasonsOf(
  { CancellationReasons = [] }: TransactionCanceledException,
  attempts: readonly Attempt<unknown>[],
): 'retry' | CancellationReason[] {
  let retry = true
  const reasons = CancellationReasons.map(({ Code = 'None', Message, Item }, operation): CancellationReason => {
    const reason = { code: Code, operation, ...(Message !== undefined && { message: Message }) }
    if (Code === 'None' || Code === 'TransactionConflict') return reason
    const meaning = Code === 'ConditionalCheckFailed' ? attempts[operation]?.refused(Item) : undefined
    if (meaning === 'retry') return reason
    retry = false
    return meaning === undefined ? reason : { ...reason, error: meaning }
  })
  return retry && reasons.some(({ code }) => code !== 'None') ? 'retry' : reasons
}
