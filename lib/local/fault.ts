// What a fault is, as data: which requests it strikes, and what it does to them.
import type { OperationName } from './operation-name.ts'
import type { Params } from './wire.ts'

/** A request as the predicate of a fault sees it. */
export interface FaultRequest {
  readonly operation: OperationName
  /** The tables that the request names. */
  readonly tables: readonly string[]
  /** The parameters as they travel: attribute values with their types, binary values in base64. */
  readonly params: Readonly<Params>
}

/** Which requests a fault strikes: those of which everything given here holds. Without any of it, all. */
export interface FaultScope {
  /** Only these operations. */
  readonly operations?: readonly OperationName[]
  /** Only requests that name this table. Of a batch or transaction, only what concerns this table fails. */
  readonly table?: string
  /** Only requests for which this holds. */
  readonly matching?: (request: FaultRequest) => boolean
  /** Only so many requests; the fault is gone after the last. By default it stays until it is removed. */
  readonly times?: number
  /** Each request with this probability, above 0 and at most 1. By default every one. */
  readonly probability?: number
  /** Makes everything random about this fault repeatable, for the same requests in the same order. 0 by default. */
  readonly seed?: number
}

/**
 * Not enough throughput: nothing is done. A transaction is cancelled, with the reason `ProvisionedThroughputExceeded` or `ThrottlingError`
 * on one of its actions.
 */
export interface Throttle {
  readonly kind: 'throttle'
  /** `ProvisionedThroughputExceededException` by default. */
  readonly error?: 'ProvisionedThroughputExceededException' | 'ThrottlingException'
}

/** Some of a batch is left undone and comes back as `UnprocessedItems` or `UnprocessedKeys`. Strikes batches only. */
export interface Unprocessed {
  readonly kind: 'unprocessed'
  /** The share of the entries that is left, each at random, but at least one. 1, all of them, by default. */
  readonly share?: number
}

/**
 * Another transaction is in the way: nothing is done. A single write fails with `TransactionConflictException`; a transaction is cancelled,
 * with the reason `TransactionConflict` on one of its actions. Strikes only these.
 */
export interface TransactionConflict {
  readonly kind: 'transactionConflict'
}

/** Status 500, `InternalServerError`. */
export interface InternalError {
  readonly kind: 'internalError'
  /** `before` (by default): nothing is done. `after`: the request has been done, and its answer is lost. */
  readonly when?: 'before' | 'after'
}

/** The answer takes longer. */
export interface Latency {
  readonly kind: 'latency'
  /** How much longer, in real milliseconds. */
  readonly milliseconds: number
  /**
   * `after` (by default): the request is done when it arrives, and the answer is late. `before`: the request itself is late, so that
   * others overtake it.
   */
  readonly when?: 'before' | 'after'
}

/** The connection is lost; clients see `ECONNRESET`, which the SDK calls `TimeoutError`. */
export interface Disconnect {
  readonly kind: 'disconnect'
  /** `before` (by default): nothing is done. `after`: the request has been done, and its answer is lost. */
  readonly when?: 'before' | 'after'
}

/** A fault to inject. */
export type Fault = FaultScope & (Throttle | Unprocessed | TransactionConflict | InternalError | Latency | Disconnect)
