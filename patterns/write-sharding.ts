// How many shards a partition wants, from how much is written to it.
import type { ShardGeneration } from '../lib/index.ts'
import { refusePattern } from './pattern-problem.ts'

export interface WriteShardingOptions<Of, By> {
  /** Writes to the partition at peak. Inside transactions each counts twice. */
  readonly writesPerSecond: number
  /** The size of an item, or of what an index holds of it. Default 1024: one write unit. */
  readonly itemBytes?: number
  /** Larger peaks that are to come, each from a time on that every writer and reader will have heard of by then. */
  readonly growth?: readonly { readonly since: string; readonly writesPerSecond: number }[]
  /** The attribute that decides on the shard. Default: the primary key. */
  readonly of?: Of
  /** How. Default `hash`. */
  readonly by?: By
}

/** The `shards` of a key or an index. */
export type ShardingOf<Of, By> = { readonly count: number | readonly ShardGeneration[] } & (Of extends string
  ? { readonly of: Of }
  : unknown) &
  (By extends string ? { readonly by: By } : unknown)

/**
 * Write sharding: one logical partition, spread over several.
 *
 * **Problem.** A partition takes 1,000 write units a second, and more than that comes into one: all orders of a status, all events of a day.
 *
 * **Layout.** The number of the shard is the last segment of the partition key, or stands where it says `{shard}`.
 *
 * | GSI PK | GSI SK |
 * | --- | --- |
 * | `ORDERS#{status}#0` … `ORDERS#{status}#9` | `{placedAt}` |
 *
 * **Invariant.** A read asks exactly the shards that are written, in order and once each item, also while their number grows; an item keeps its
 * shard for life.
 *
 * **Mistake.** Writers and readers that disagree about the number; a hash that another language, or a later version, computes differently; a limit
 * that is applied before the shards are merged; an attribute that changes, and leaves its item in two shards.
 *
 * The library does it by itself: `shards` beside a template. This says how many, with half as many again as the writes need, since
 * chance does not spread them evenly.
 * Source: the guide's chapter on write sharding.
 *
 * @example
 * indexes: { GSI1: { pk: 'ORDERS#{status}', sk: '{placedAt}', shards: writeSharding({ writesPerSecond: 4000 }) } } // { count: 6 }
 */
export function writeSharding<
  const Of extends string | undefined = undefined,
  const By extends 'hash' | 'modulo' | 'random' | undefined = undefined,
>(options: WriteShardingOptions<Of, By>): ShardingOf<Of, By> {
  const { writesPerSecond, itemBytes = 1024, growth = [], of, by } = options
  const count = countFor(writesPerSecond, itemBytes, 'writesPerSecond')
  const later = growth.map(({ since, writesPerSecond }, i) =>
    Object.freeze({ since, count: countFor(writesPerSecond, itemBytes, `growth[${i}]`) }),
  )
  return Object.freeze({
    count: later.length === 0 ? count : Object.freeze([Object.freeze({ count }), ...later]),
    ...(of !== undefined && { of }),
    ...(by !== undefined && { by }),
  }) as unknown as ShardingOf<Of, By>
}

/** Write units that a partition takes in a second. */
const partitionUnits = 1000
const headroom = 1.5
const mostShards = 1000

function countFor(writesPerSecond: number, itemBytes: number, place: string): number {
  for (const [name, value] of Object.entries({ writesPerSecond, itemBytes }))
    if (!(value > 0 && value < Number.POSITIVE_INFINITY))
      refusePattern('bad-shards', `writeSharding.${place}`, `${name} can't be ${value}.`, 'Give a number above 0.')
  const units = writesPerSecond * Math.ceil(itemBytes / 1024)
  if (units <= partitionUnits) return 1
  const count = Math.ceil((units / partitionUnits) * headroom)
  if (count > mostShards)
    refusePattern(
      'bad-shards',
      `writeSharding.${place}`,
      `${count} shards would make every read ${count} requests; ${mostShards} are possible.`,
      'Put something else into the partition key as well, such as the hour.',
    )
  return count
}
