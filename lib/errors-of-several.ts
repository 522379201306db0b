// What is thrown for several operations at once, by batches and transactions: which of them, why, and what is left.
import { SingletError } from './errors.ts'

/** Why one operation of a transaction kept it from being done. */
export interface CancellationReason {
  /** DynamoDB's code: `None`, `ConditionalCheckFailed`, `TransactionConflict` … */
  readonly code: string
  readonly message?: string
  /** The position of the operation in the list that was given. */
  readonly operation: number
  /** What this operation alone would have thrown; absent where it was not the reason. */
  readonly error?: SingletError
}

/** A transaction was cancelled; nothing of it was written. */
export class TransactionCanceledError extends SingletError {
  readonly reasons: readonly CancellationReason[]
  constructor(reasons: readonly CancellationReason[], options?: ErrorOptions) {
    const failed = reasons.filter(({ code }) => code !== 'None')
    const lines = failed.map(
      ({ operation, code, message, error }) => `  operation ${operation}: ${error?.message ?? message ?? code}`,
    )
    super('TransactionCanceled', `The transaction was cancelled, and nothing was written.\n${lines.join('\n')}`, options)
    this.reasons = reasons
  }
}

/** What is known when some of a batch could not be done. */
interface UnprocessedOptions extends ErrorOptions {
  readonly items?: readonly unknown[]
  readonly keys?: readonly object[]
}

/**
 * An operation that a batch has left, to be given to a batch of the same kind. Its type fits both kinds, since the error does not know which
 * it was: what it is and what it gives are those of the operation that you made.
 */
export interface UnprocessedOperation extends PromiseLike<never> {
  /** In fact the operation's own. */
  readonly kind: never
  params(): object
  catch<R = never>(onRejected?: ((reason: unknown) => R | PromiseLike<R>) | null): Promise<R>
  finally(onFinally?: (() => void) | null): Promise<never>
}

/**
 * Some of a batch could not be done: DynamoDB went on leaving it unprocessed, or a request failed with `cause`. `unprocessed` is exactly
 * what is left to do; everything else is done. What a failed request was to do is among what is left, whether or not it arrived; doing it
 * twice is doing it once.
 *
 * @example
 * try {
 *   await shop.batchWrite(lines.map((line) => OrderItem.put(line)))
 * } catch (error) {
 *   if (!(error instanceof UnprocessedError)) throw error
 *   await shop.batchWrite(error.unprocessed) // when it is time
 * }
 */
export class UnprocessedError extends SingletError {
  /** The operations that are left, to be given to `batchGet` or `batchWrite` again, whichever left them. */
  readonly unprocessed: readonly UnprocessedOperation[]
  /** Of a pattern that hydrates: the keys of the rows whose items were not read. */
  readonly keys: readonly object[]
  /** Of a `batchGet`: what was read, each at the place of its operation, and undefined at those of what is left. */
  readonly items: readonly unknown[]
  constructor(unprocessed: readonly unknown[], attempts: number, { items = [], keys = [], cause }: UnprocessedOptions = {}) {
    const why = cause instanceof Error ? `: ${cause.name}: ${cause.message}` : ''
    const place = keys.length === 0 ? 'unprocessed' : 'keys'
    super(
      'Unprocessed',
      `${unprocessed.length + keys.length} of the batch were still not processed after ${attempts} attempts${why}. They are in error.${place}.`,
      cause === undefined ? undefined : { cause },
    )
    // Lazy operations, of a type that is declared further up.
    this.unprocessed = unprocessed as readonly UnprocessedOperation[]
    this.keys = keys
    this.items = items
  }
}

/**
 * The answer to a transaction was lost, and nothing since has told what became of it: all of it may have been done, once, or nothing.
 * After any other error of a transaction nothing was written.
 */
export class TransactionOutcomeUnknownError extends SingletError {
  /** The token under which it was sent. The same operations with it again, within ten minutes, are done once altogether. */
  readonly clientRequestToken: string
  constructor(clientRequestToken: string, options?: ErrorOptions) {
    super(
      'TransactionOutcomeUnknown',
      'The answer to a transaction was lost: all of it may have been done, or nothing. Give the same operations with the same clientRequestToken (error.clientRequestToken) again within ten minutes, or read the items before you repeat it.',
      options,
    )
    this.clientRequestToken = clientRequestToken
  }
}
