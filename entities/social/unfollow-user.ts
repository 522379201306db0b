// Unfollowing: a transaction for the edge and its counts, and then the timeline, which is too long for one.
import { ConditionFailedError, TransactionCanceledError } from '../../lib/index.ts'
import type { Pair } from './access/relations.ts'
import type { Social } from './index.ts'
import { Follow } from './relation.ts'
import { takeBack } from './take-back.ts'

/**
 * One user follows another no more, and has none of the other's posts in the timeline. It can be repeated, and has to be after an error: then it
 * finishes what was left. Answers whether there was an edge to remove.
 *
 * The edge goes first and the entries after, which is the order that `fanOut` relies on. Who follows again while the entries go may miss
 * posts of before; new ones are delivered.
 *
 * @example
 * await unfollowUser(network, { followerId, followeeId })
 */
export async function unfollowUser(network: Social, { followerId, followeeId }: Pair): Promise<boolean> {
  const removed = await removeEdge(network, { followerId, followeeId })
  await takeBack(network, followerId, followeeId)
  return removed
}

async function removeEdge(network: Social, pair: Pair): Promise<boolean> {
  try {
    await network.patterns.unfollow(pair)
    return true
  } catch (error) {
    // Of a transaction that was refused for anything else, such as too much traffic, the edge is still there.
    if (error instanceof TransactionCanceledError && error.reasons.some(isMissingEdge)) return false
    throw error
  }
}

function isMissingEdge({ error }: TransactionCanceledError['reasons'][number]): boolean {
  return error instanceof ConditionFailedError && error.entity === Follow.name
}
