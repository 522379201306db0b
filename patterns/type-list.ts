// All items of an entity, newest or oldest first: a list that no primary key gives, spread so that it takes every write.
import type { Shards } from '../lib/index.ts'
import { type KeyPrefix, keyUnder } from './key-prefix.ts'
import { refusePattern } from './pattern-problem.ts'

export interface TypeListOptions<X, N, By, S> {
  readonly index: X
  /** The entity's name; in the partition key in capitals: `ORDER_LINE` of `OrderLine`. */
  readonly name: N
  /** The attribute that sorts the list: a time of creation, or a `ulid()`. */
  readonly by: By
  /** Every write of the entity comes here: `{ count }`, or what `writeSharding()` gives. */
  readonly shards: S
}

/** The entry of `indexes`. */
export interface TypeListEntry<N extends string, By extends string, S> {
  readonly pk: `ENTITY#${KeyPrefix<N>}`
  readonly sk: `{${By}}`
  readonly shards: S
}

/**
 * A type list: all items of an entity, by time.
 *
 * **Problem.** The newest orders of everybody; an export of one entity without a scan of all of them.
 *
 * **Layout.** An index with a partition for each shard.
 *
 * | GSI PK | GSI SK |
 * | --- | --- |
 * | `ENTITY#ORDER#0` … `ENTITY#ORDER#3` | `{createdAt}` |
 *
 * **Invariant.** Each item of the entity is in exactly one shard, and a read gives each once, in order of time.
 *
 * **Mistake.** One constant partition, where the writes of the whole entity wait for each other. That is why `shards` must be given, be it
 * `{ count: 1 }`; `count` can grow later without moving anything, if it is a list then.
 *
 * For items in one state there is `sparseIndex()`, and `scan()` for a rare export, which needs no index. Source: the guide's chapter on
 * write sharding.
 *
 * @example
 * indexes: typeList({ index: 'GSI3', name: 'Order', by: 'createdAt', shards: { count: 4 } })
 */
export function typeList<const X extends string, const N extends string, const By extends string, const S extends Shards>(
  options: TypeListOptions<X, N, By, S>,
): { readonly [P in X]: TypeListEntry<N, By, S> } {
  const { index, name, by, shards } = options
  if (shards === undefined)
    refusePattern(
      'bad-shards',
      `${name}.shards`,
      'all items of an entity in one partition make it hot.',
      'Say how many partitions share them: shards: { count: 4 }.',
    )
  const entry = Object.freeze({ pk: `ENTITY#${keyUnder(name, '')}`, sk: `{${by}}`, shards })
  return Object.freeze({ [index]: entry }) as unknown as { readonly [P in X]: TypeListEntry<N, By, S> }
}
