// Sharded counters: each count is the sum of several items, its slots, so that many can count at once.
import { number } from '../../lib/index.ts'

/**
 * How many slots a count has at most. Those that nobody has counted in do not exist.
 *
 * A slot takes some fifty transactions a second, beyond which they get in each other's way more often than they succeed; so a
 * count takes some 400. Whatever else is in these transactions need not be spread for more than that: a shard too many is one
 * query more for every reader.
 */
export const slots = 8

export const slot = () =>
  number({ min: 0, max: slots - 1, integer: true })
    .describe('Which part of the counts this is')
    .example(4)

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * The slot that a user counts in, by the last character of a ULID, which is random. The same user always counts in the same one, so that what
 * was added is taken off where it was added, and no slot falls below 0.
 *
 * @param ulid whoever follows, likes or comments
 */
export function slotOf(ulid: string): number {
  return crockford.indexOf(ulid.slice(-1)) % slots
}

/** The sum over all slots of one count. */
export function total<C extends string>(items: readonly { readonly [N in C]: number }[], count: C): number {
  return items.reduce((sum, item) => sum + item[count], 0)
}
