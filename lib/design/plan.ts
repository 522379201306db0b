// A pattern's plan, as data: what explain() answers, and what documentation is made from.
import type { Bucket } from '../keys/time-bucket.ts'
import type { Estimate } from './estimate.ts'

/** One attribute that a pattern is given. */
export interface PlanInput {
  readonly attribute: string
  /** Which key it is part of; `shard` when it is in none, and only tells which shard to ask. */
  readonly key: 'partition' | 'sort' | 'shard'
  readonly required: boolean
  /** Its type, as the entity declares it. */
  readonly type: string
  /** It stands for the bucket of its time: a range of it needs both ends. */
  readonly bucket?: Bucket
}

/** How an access pattern is answered. Plain data, the same for `explain()` and for the documentation. */
export interface Plan {
  readonly pattern: string
  readonly description?: string
  readonly kind: 'get' | 'query' | 'itemCollection' | 'scan'
  readonly operation: 'GetItem' | 'Query' | 'Scan'
  readonly entities: readonly string[]
  readonly index?: string
  readonly inputs: readonly PlanInput[]
  /** Attributes of its keys that come from the connection; absent when there are none. */
  readonly context?: readonly string[]
  /** With the key attributes' names and the templates: `PK = USER#{userId} AND begins_with(SK, ORDER#)`. */
  readonly keyCondition: string
  readonly filter?: string
  readonly returns: readonly string[]
  readonly order: 'ascending' | 'descending' | 'none'
  readonly consistent: boolean
  /** Requests for a page, in words: `1`, `8, in parallel`. */
  readonly requests: string
  /** The entities whose items the key range can hold; more than those wanted means that a filter is paid for. */
  readonly entitiesInRange: readonly string[]
  readonly estimate: Estimate
  /** What to know before relying on it: filters, scans, eventual consistency. */
  readonly notes: readonly string[]
  /** The plan as text, for a terminal. */
  toString(): string
}
