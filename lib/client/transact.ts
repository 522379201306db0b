// Writes of several items in one transaction: all of them or none.
import { randomUUID } from 'node:crypto'
import {
  IdempotentParameterMismatchException,
  TransactionCanceledException,
  type TransactWriteItem,
  type TransactWriteItemsInput,
} from '@aws-sdk/client-dynamodb'
import { SingletError, ValidationError } from '../errors.ts'
import { TransactionCanceledError, TransactionOutcomeUnknownError } from '../errors-of-several.ts'
import type { WriteOperation, WriteResults } from '../model/entity-writes.ts'
import type { Operation } from '../model/operation.ts'
import { itemIdentity } from '../requests/item-identity.ts'
import { wrongType } from '../schema/misfit.ts'
import { evaluated, reasonsOf } from './cancellation.ts'
import { type Companion, companionsOf, type OthersCompanions } from './companions.ts'
import { type Connection, originOf } from './connection.ts'
import { Delivery } from './delivery.ts'
import { LazyOperation } from './operation.ts'
import { type Meaning, persist } from './persist.ts'
import { send } from './send.ts'
import { transactItem } from './transact-item.ts'
import { contention } from './write.ts'
import { writeResults, writesOf } from './write-list.ts'
import { type Attempt, storedKeyOf, type Write } from './write-request.ts'

/** DynamoDB's limit on the actions of a transaction. */
const maxOperations = 100
/** DynamoDB's limit on the length of a token. */
const maxTokenLength = 36

export interface TransactWriteOptions {
  /**
   * Makes the transaction apply once, however often it is sent: 1 to 36 characters that no other transaction has, such as a UUID. After an
   * error that leaves its outcome open, such as a lost connection, give the *same* operations with the same token again, within the ten
   * minutes that DynamoDB remembers it. Updates that read first are refused with it, since what they send changes with what they read.
   */
  readonly clientRequestToken?: string
}

/** All writes or none. Updates that must read first do so, and the whole is tried again while others interfere. */
export function transactWrite<const T extends readonly WriteOperation<unknown>[]>(
  connection: Connection,
  operations: T,
  options: TransactWriteOptions = {},
  pattern?: string,
): Operation<WriteResults<T>> {
  const writes = writesOf(connection, operations)
  if (writes.length === 0 || writes.length > maxOperations)
    throw new ValidationError('out-of-range', '', `A transaction has 1 to ${maxOperations} operations, not ${writes.length}.`)
  const token = tokenOf(options)
  return new LazyOperation(
    // Each write gives what its operation gives.
    async () => (await run(connection, writes, token, pattern)) as WriteResults<T>,
    () => {
      const attempts = writes.map((write) => ({ request: write.request(), ...write.along?.() }))
      return { TransactItems: transactItems(connection, attempts, companionsOf(connection, attempts)), ...token }
    },
  )
}

type Token = { readonly ClientRequestToken?: string }

function tokenOf({ clientRequestToken: token }: TransactWriteOptions): Token {
  if (token === undefined) return {}
  if (typeof token !== 'string') throw wrongType('clientRequestToken', 'text', token)
  if (token.length > 0 && token.length <= maxTokenLength) return { ClientRequestToken: token }
  throw new ValidationError('out-of-range', 'clientRequestToken', `has 1 to ${maxTokenLength} characters, not ${token.length}.`)
}

/** A transaction that is ready to be sent, with the token that this request is sent under however often. */
interface Prepared {
  readonly attempts: readonly Attempt<unknown>[]
  readonly companions: readonly Companion[]
  readonly transaction: TransactWriteItemsInput & { readonly ClientRequestToken: string }
}

async function run(
  connection: Connection,
  writes: readonly Write<unknown>[],
  token: Token,
  pattern: string | undefined,
): Promise<unknown[]> {
  const origin = originOf(writes, pattern)
  // A token stands for one request. An attempt that reads again would be another one.
  const mayRead = token.ClientRequestToken === undefined
  const delivery = new Delivery()
  const ofOthers: OthersCompanions = new Set()
  const [{ attempts }] = await persist<Prepared, unknown>(delivery, {
    prepare: async () => {
      const attempts = await attemptAll(writes, mayRead)
      const companions = companionsOf(connection, attempts, ofOthers)
      const items = transactItems(connection, attempts, companions)
      return { attempts, companions, transaction: { TransactItems: items, ClientRequestToken: randomUUID(), ...token } }
    },
    send: ({ transaction }) => send(connection, 'TransactWriteItems', transaction, origin, { delivery, repeatable: true }),
    meaning: (error, prepared) => meaningOf(error, prepared, delivery),
    exhausted: (error, prepared, tries) => exhausted(error, writes, prepared, tries),
    unknown: (cause, { transaction }) => new TransactionOutcomeUnknownError(transaction.ClientRequestToken, { cause }),
  })
  return writeResults(writes, attempts)
}

function meaningOf(error: unknown, { attempts, companions, transaction }: Prepared, delivery: Delivery): Meaning {
  if (error instanceof IdempotentParameterMismatchException) return { error: tokenReused(transaction, error) }
  if (!(error instanceof TransactionCanceledException)) return { error }
  if (evaluated(error)) delivery.settle()
  const { reasons, retry } = reasonsOf(error, attempts, companions)
  if (retry === undefined) return { error: new TransactionCanceledError(reasons, { cause: error }) }
  return evaluated(error) ? 'anew' : 'again'
}

function exhausted(
  cause: unknown,
  writes: readonly Write<unknown>[],
  { attempts, companions }: Prepared,
  tries: number,
): unknown {
  if (!(cause instanceof TransactionCanceledException)) return cause
  const { reasons, retry = 0 } = reasonsOf(cause, attempts, companions)
  const code = reasons[retry]?.code
  if (code !== 'ConditionalCheckFailed' && code !== 'TransactionConflict') return new TransactionCanceledError(reasons, { cause })
  return contention(writes[retry] as Write<unknown>, attemptAt(attempts, retry), tries)
}

function tokenReused({ ClientRequestToken }: Token, cause: Error): SingletError {
  return new SingletError(
    'TokenReused',
    `The clientRequestToken ${JSON.stringify(ClientRequestToken)} was given to another transaction in the last ten minutes, and nothing was written now. To try a transaction again, give the same operations, not new ones: those have other times and identifiers. A new transaction needs a new token.`,
    { cause },
  )
}

function attemptAt(attempts: readonly Attempt<unknown>[], index: number): Attempt<unknown> {
  const attempt = attempts[index]
  if (attempt === undefined) throw new TypeError(`The transaction has no operation ${index}.`)
  return attempt
}

/** The attempts of all writes, or the error of the first that fails, once none of them reads any more. */
async function attemptAll(writes: readonly Write<unknown>[], mayRead: boolean): Promise<Attempt<unknown>[]> {
  const results = await Promise.allSettled(writes.map((write) => write.attempt({ mayRead })))
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

/** The actions of the transaction. DynamoDB refuses two on one item without saying which. */
function transactItems(
  { model }: Connection,
  operations: readonly Pick<Attempt<unknown>, 'request' | 'other'>[],
  companions: readonly Companion[],
): TransactWriteItem[] {
  const actions = operations.length + companions.length
  if (actions > maxOperations)
    throw new ValidationError(
      'out-of-range',
      '',
      `A transaction has up to ${maxOperations} actions. These ${operations.length} operations need ${actions}: ${moreActions(companions)}.`,
    )
  const seen = new Map<string, number>()
  return [...operations.map(({ request }, operation) => ({ request, operation })), ...companions].map(
    ({ request, operation }) => {
      const key = itemIdentity(model.table, storedKeyOf(request))
      const earlier = seen.get(key)
      if (earlier !== undefined)
        throw new ValidationError(
          'not-allowed',
          `[${operation}]`,
          `writes the same item as operation ${earlier}. A transaction writes each item once; make one operation of the two.`,
        )
      seen.set(key, operation)
      return transactItem(request)
    },
  )
}

/** Why there are more actions than operations. */
function moreActions(companions: readonly Companion[]): string {
  const whatFor = { old: 'to delete what is moved', guard: 'for the guards of unique values', copy: 'for copies' }
  return Object.entries(whatFor)
    .map(([wanted, purpose]) => ({ purpose, count: companions.filter(({ kind }) => kind === wanted).length }))
    .flatMap(({ purpose, count }) => (count > 0 ? [`${count} more ${purpose}`] : []))
    .join(', ')
}
