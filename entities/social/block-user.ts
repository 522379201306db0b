// Blocking: a transaction for what is between two users, and then their timelines, which are too long for one.
import { ItemExistsError, TransactionCanceledError } from '../../lib/index.ts'
import type { Social } from './index.ts'
import { Block } from './relation.ts'
import { takeBack } from './take-back.ts'

/** How often the edges may change between the reading and the transaction. */
const maxAttempts = 10

export interface BlockRequest {
  readonly blockerId: string
  readonly blockedId: string
}

/**
 * One user blocks another: neither follows the other from then on, and neither has the other's posts in the timeline. It can be repeated, and has
 * to be after an error: then it finishes what was left.
 *
 * The edges go first and the entries after, which is the order that `fanOut` relies on.
 *
 * @throws TransactionCanceledError when the edges keep changing
 */
export async function blockUser(network: Social, request: BlockRequest): Promise<void> {
  const { blockerId, blockedId } = request
  for (let attempt = 1; !(await tryToBlock(network, request, attempt === maxAttempts)); attempt++);
  await Promise.all([takeBack(network, blockerId, blockedId), takeBack(network, blockedId, blockerId)])
}

/** Whether the block is there. */
async function tryToBlock(network: Social, { blockerId, blockedId }: BlockRequest, last: boolean): Promise<boolean> {
  const { Follow } = network.entities
  const [forward, backward] = await network.batchGet([
    Follow.get({ followerId: blockerId, followeeId: blockedId }, { consistent: true }),
    Follow.get({ followerId: blockedId, followeeId: blockerId }, { consistent: true }),
  ])
  const edges = { follows: forward !== undefined, isFollowed: backward !== undefined }
  try {
    await network.patterns.block({ blockerId, blockedId, ...edges })
    return true
  } catch (error) {
    if (!(error instanceof TransactionCanceledError)) throw error
    if (error.reasons.some((reason) => reason.error instanceof ItemExistsError && reason.error.entity === Block.name)) return true
    if (last) throw error
    return false
  }
}
