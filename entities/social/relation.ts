// Relations between users: who follows whom, and who wants nothing more to do with whom.
import { datetime, defineEntity } from '../../lib/index.ts'
import { otherUserReference, userReference } from './attributes.ts'

const since = () => datetime().default('now').readOnly().example(new Date('2030-02-11T20:14:09Z'))

/**
 * An edge is in the partition of the one who follows, so those who rush to follow a celebrity write to as many partitions as they
 * are. The list of followers is one partition of the index, which grows at its end, where DynamoDB can't split it, and takes
 * 1,000 edges a second so. The count of the same transaction takes some 400: with more slots, the list would want shards.
 */
export const Follow = defineEntity('Follow', {
  description:
    'One user follows another. The key allows one for each pair, and only transactions write it, which keep the counts.',
  attributes: {
    followerId: otherUserReference().describe('Who follows'),
    followeeId: userReference().describe('Who is followed'),
    followedAt: since(),
  },
  key: { pk: 'FOLLOWING#{followerId}', sk: 'FOLLOWED#{followeeId}' },
  indexes: {
    GSI1: { pk: 'FOLLOWERS#{followeeId}', sk: '{followedAt}' },
  },
  onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
})

/**
 * Transactions that reach another user check that this item does not exist. It is one for each pair, so the checks do not meet.
 * Reading is another matter: a post is shown to everybody, and who shows it leaves out what `blockedUsers` says.
 */
export const Block = defineEntity('Block', {
  description:
    'One user has blocked another. While it is there, neither can follow the other or write to them, and the blocked one can’t like, comment on or answer what the other wrote.',
  attributes: {
    blockerId: userReference().describe('Who has blocked'),
    blockedId: otherUserReference().describe('Who is blocked'),
    blockedAt: since(),
  },
  key: { pk: 'BLOCKS#{blockerId}', sk: 'BLOCKED#{blockedId}' },
  onlyInTransactions: ['create', 'put', 'update', 'move'],
})
