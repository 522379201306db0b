// The few items in a state, in an index that holds no others.
import type { Shards } from '../lib/index.ts'
import { type KeyPrefix, keyUnder } from './key-prefix.ts'
import { refusePattern } from './pattern-problem.ts'

export interface SparseIndexOptions<X, N, By, W, Of, S> {
  readonly index: X
  /** What is listed, the prefix of the partition in capitals: `'OpenOrders'` gives `OPEN_ORDERS`. */
  readonly name: N
  /** The attribute that sorts the list. */
  readonly by: By
  /** Which items are listed: the predicate of an index. */
  readonly when: W
  /** An attribute of which each value has a list of its own. Default: one list. */
  readonly of?: Of
  /** Spreads a list that many items come into at once. */
  readonly shards?: S
}

type PartitionOf<N extends string, Of> = [Of] extends [string] ? `${KeyPrefix<N>}#{${Of}}` : KeyPrefix<N>
type SparseEntry<N extends string, By extends string, W, Of, S> = {
  readonly pk: PartitionOf<N, Of>
  readonly sk: `{${By}}`
  readonly when: W
} & (S extends Shards ? { readonly shards: S } : unknown)

/**
 * A sparse index: the items for which a predicate holds, and no others.
 *
 * **Problem.** Few of many items are in a state, and those are wanted: open orders, unread messages, accounts to be checked.
 *
 * **Layout.** The index's keys are there only while the predicate holds.
 *
 * | GSI PK | GSI SK | |
 * | --- | --- | --- |
 * | `OPEN_ORDERS` | `{placedAt}` | while status is pending or paid |
 *
 * **Invariant.** An item has the keys exactly while the predicate holds: the write that makes it untrue removes them.
 *
 * **Mistake.** Keys that are written always, or set to an empty text; a filter in place of the index, which reads, and pays for, all the others.
 *
 * The library does it by itself: this is an entry of `indexes` with `when`, which it refuses to leave empty. An item that lacks the attribute it is
 * sorted by is not in the index.
 * Source: the guide's chapter on sparse indexes.
 *
 * @example
 * indexes: sparseIndex({ index: 'GSI2', name: 'OpenOrders', by: 'placedAt', when: { status: ['pending', 'paid'] } })
 */
export function sparseIndex<
  const X extends string,
  const N extends string,
  const By extends string,
  const W extends object,
  const Of extends string | undefined = undefined,
  const S extends Shards | undefined = undefined,
>(options: SparseIndexOptions<X, N, By, W, Of, S>): { readonly [P in X]: SparseEntry<N, By, W, Of, S> } {
  const { index, name, by, when, of, shards } = options
  if (typeof when !== 'object' || when === null || Object.keys(when).length === 0)
    refusePattern(
      'not-sparse',
      `${name}.when`,
      'without a predicate every item would be in the index.',
      "Say which are: when: { status: 'open' }. For all items there is typeList().",
    )
  const partition = keyUnder(name, of === undefined ? '' : `#{${of}}`)
  const entry = Object.freeze({ pk: partition, sk: `{${by}}`, when, ...(shards !== undefined && { shards }) })
  return Object.freeze({ [index]: entry }) as unknown as { readonly [P in X]: SparseEntry<N, By, W, Of, S> }
}
