// Writes of several items in one transaction: all of them or none.
import { TransactionCanceledException, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { type CancellationReason, ItemNotFoundError, TransactionCanceledError, ValidationError } from '../errors.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import type { Connection } from './connection.ts'
import { LazyWrite, type WriteOperation } from './entity-operations.ts'
import { LazyOperation, type Operation } from './operation.ts'
import { send } from './send.ts'
import { type Attempt, backOff, contention, maxAttempts, tooLarge, type Write, type WriteRequest } from './write.ts'

/** DynamoDB's limit on the actions of a transaction. */
const maxOperations = 100

/** DynamoDB's codes for what passes: another transaction on the item, or too much traffic. */
const passing: readonly string[] = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']

/** All writes or none. Updates that must read first do so, and the whole is tried again while others interfere. */
export function transactWrite(connection: Connection, operations: readonly WriteOperation<unknown>[]): Operation<void> {
  const writes = operations.map((operation, index) => {
    if (operation instanceof LazyWrite) return operation.write as Write<unknown>
    throw new ValidationError('wrong-type', `[${index}]`, 'expected an operation such as Order.create(…), not awaited.')
  })
  if (writes.length === 0 || writes.length > maxOperations)
    throw new ValidationError('out-of-range', '', `A transaction has 1 to ${maxOperations} operations, not ${writes.length}.`)
  return new LazyOperation(
    () => run(connection, writes),
    () => ({ TransactItems: transactItems(writes, (write) => write.request()) }),
  )
}

async function run(connection: Connection, writes: readonly Write<unknown>[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    const attempts = await attemptAll(writes)
    try {
      const items = transactItems(writes, (_, index) => attemptAt(attempts, index).request)
      await send(connection, 'TransactWriteItems', { TransactItems: items }, {})
      return
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error
      const { reasons, retry } = reasonsOf(error, attempts)
      if (retry === undefined) throw new TransactionCanceledError(reasons, { cause: error })
      if (tries === maxAttempts) {
        const code = reasons[retry]?.code
        if (code !== 'ConditionalCheckFailed' && code !== 'TransactionConflict')
          throw new TransactionCanceledError(reasons, { cause: error })
        throw contention(writes[retry] as Write<unknown>, attemptAt(attempts, retry), tries)
      }
      await backOff(tries)
    }
  }
}

function attemptAt(attempts: readonly Attempt<unknown>[], index: number): Attempt<unknown> {
  const attempt = attempts[index]
  if (attempt === undefined) throw new TypeError(`The transaction has no operation ${index}.`)
  return attempt
}

/** The attempts of all writes. An update that finds no item to read is a reason like any other, not an error of its own. */
async function attemptAll(writes: readonly Write<unknown>[]): Promise<Attempt<unknown>[]> {
  const results = await Promise.allSettled(writes.map((write) => write.attempt()))
  const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  const other = failed.find((error) => !(error instanceof ItemNotFoundError))
  if (other !== undefined) throw other
  if (failed.length > 0)
    throw new TransactionCanceledError(
      results.map((result, operation) =>
        result.status === 'fulfilled'
          ? { code: 'None', operation }
          : { code: 'ConditionalCheckFailed', operation, error: result.reason as ItemNotFoundError },
      ),
    )
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

/** The actions of the transaction. DynamoDB refuses two on one item without saying which. */
function transactItems(
  writes: readonly Write<unknown>[],
  requestOf: (write: Write<unknown>, index: number) => WriteRequest,
): TransactWriteItem[] {
  const seen = new Map<string, number>()
  return writes.map((write, index) => {
    const request = requestOf(write, index)
    const key = JSON.stringify(keyOf(write, request))
    const earlier = seen.get(key)
    if (earlier !== undefined)
      throw new ValidationError(
        'not-allowed',
        `[${index}]`,
        `writes the same item as operation ${earlier}. A transaction writes each item once; make one operation of the two.`,
      )
    seen.set(key, index)
    return transactItem(request)
  })
}

function keyOf({ entity }: Write<unknown>, request: WriteRequest): unknown {
  const stored: StoredItem =
    ('Put' in request ? request.Put.Item : 'Update' in request ? request.Update.Key : request.Delete.Key) ?? {}
  return [entity.key.partition, entity.key.sort].map((part) => {
    const value = part && stored[part.attribute]
    return value?.B === undefined ? value : Buffer.from(value.B).toString('base64')
  })
}

/** A transaction answers no attributes, so it takes no ReturnValues; and an update that changes nothing is a check of its condition. */
function transactItem(request: WriteRequest): TransactWriteItem {
  if ('Put' in request) return { Put: request.Put as NonNullable<TransactWriteItem['Put']> }
  if ('Update' in request) {
    const { ReturnValues: _, ...update } = request.Update
    if (update.UpdateExpression === undefined)
      return { ConditionCheck: update as NonNullable<TransactWriteItem['ConditionCheck']> }
    return { Update: update as NonNullable<TransactWriteItem['Update']> }
  }
  const { ReturnValues: _, ...deletion } = request.Delete
  return { Delete: deletion as NonNullable<TransactWriteItem['Delete']> }
}

/** The reasons, and the first operation to try again for: set when all that failed are overtaken reads and what passes by itself. */
function reasonsOf(
  { CancellationReasons = [] }: TransactionCanceledException,
  attempts: readonly Attempt<unknown>[],
): { readonly reasons: readonly CancellationReason[]; readonly retry: number | undefined } {
  let retry: number | undefined
  let final = false
  const reasons = CancellationReasons.map(({ Code = 'None', Message, Item }, operation): CancellationReason => {
    const reason = { code: Code, operation, ...(Message !== undefined && { message: Message }) }
    if (Code === 'None') return reason
    const meaning = passing.includes(Code) ? 'retry' : meaningOf(Code, Message, Item, attempts[operation])
    if (meaning === 'retry') retry ??= operation
    else final = true
    return meaning === 'retry' || meaning === undefined ? reason : { ...reason, error: meaning }
  })
  return { reasons, retry: final ? undefined : retry }
}

function meaningOf(
  code: string,
  message: string | undefined,
  item: StoredItem | undefined,
  attempt: Attempt<unknown> | undefined,
): ReturnType<Attempt<unknown>['refused']> | undefined {
  if (code === 'ConditionalCheckFailed') return attempt?.refused(item)
  return code === 'ValidationError' ? tooLarge(Object.assign(new Error(message), { name: 'ValidationException' })) : undefined
}
