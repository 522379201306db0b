// Who follows whom and who has blocked whom, and all that changes with it.
import { add, boolean, datetime, get, query, transaction, ulid, ValidationError } from '../../../lib/index.ts'
import { exampleIds, otherUserReference, userReference } from '../attributes.ts'
import { slotOf } from '../counter-slot.ts'
import { Notification, notificationExpiry } from '../notification.ts'
import { Block, Follow } from '../relation.ts'
import { UserCount } from '../user.ts'

const pair = {
  followerId: otherUserReference().describe('Who follows'),
  followeeId: userReference().describe('Who is followed'),
}

export interface Pair {
  readonly followerId: string
  readonly followeeId: string
}

/** Where an edge is counted: for each of its users in the slot of the other. */
export function countsOf({ followerId, followeeId }: Pair) {
  return {
    followee: { userId: followeeId, slot: slotOf(followerId) },
    follower: { userId: followerId, slot: slotOf(followeeId) },
  }
}

export const relationPatterns = {
  following: query(Follow)
    .describe('Whom a user follows; also to know whose posts a timeline must read')
    .rate({ perSecond: 150 }),

  followers: query(Follow)
    .index('GSI1')
    .describe('Who follows a user, from the first: the pages of fan-out')
    .rate({ perSecond: 60 }),

  newestFollowers: query(Follow).index('GSI1').descending().describe('Who follows a user, newest first').rate({ perSecond: 30 }),

  isFollowing: get(Follow).describe('The button on a profile').rate({ perSecond: 200 }),

  blockedUsers: query(Block)
    .describe('In the settings; and for whatever shows users, who must be left out')
    .rate({ perSecond: 100 }),

  hasBlocked: get(Block).describe('Whether one user has blocked another').rate({ perSecond: 100 }),

  /**
   * That both users exist is not checked: a check is an action on their items, and followers of a celebrity would get in each
   * other's way. Accounts are never deleted, so an identifier that the application has read stays good.
   *
   * All who follow the same user meet at the slots of the count, which take some 400 transactions a second together, and at the
   * partition of the notifications, which takes 500 puts in transactions. For more at once, make more slots and have the news of
   * followers gathered, as those of likes are.
   */
  follow: transaction(
    { Follow, Block, UserCount, Notification },
    {
      ...pair,
      followedAt: datetime().default('now').example(new Date('2030-02-11T20:14:09Z')),
      notificationId: ulid().example(exampleIds.notification),
    },
    ({ followedAt, notificationId, ...pair }, { Follow, Block, UserCount, Notification }) => {
      const { followerId, followeeId } = pair
      if (followerId === followeeId) throw new ValidationError('not-allowed', 'followeeId', 'Nobody follows themselves.')
      const counts = countsOf(pair)
      return [
        Follow.create({ ...pair, followedAt }),
        Block.conditionCheck({ blockerId: followeeId, blockedId: followerId }, { blockerId: { exists: false } }),
        Block.conditionCheck({ blockerId: followerId, blockedId: followeeId }, { blockerId: { exists: false } }),
        UserCount.update(counts.followee, { followers: add(1) }, { upsert: true }),
        UserCount.update(counts.follower, { following: add(1) }, { upsert: true }),
        Notification.create({
          userId: followeeId,
          notificationId,
          kind: 'follow',
          actorId: followerId,
          expiresAt: notificationExpiry(followedAt),
        }),
      ]
    },
  )
    .describe(
      'Follow: the edge, both counts and the news of it. Refused when it is there, and when either has blocked the other. One user takes some 400 new followers a second',
    )
    .rate({ perSecond: 20 }),

  unfollow: transaction({ Follow, UserCount }, pair, (pair, { Follow, UserCount }) => {
    const counts = countsOf(pair)
    return [
      Follow.delete(pair, { if: { followerId: { exists: true } } }),
      UserCount.update(counts.followee, { followers: add(-1) }),
      UserCount.update(counts.follower, { following: add(-1) }),
    ]
  })
    .describe('Unfollow: the edge and both counts. Refused when there is no edge')
    .rate({ perSecond: 5 }),

  /** What edges there are must be known, and is a condition: blockUser() in block-user.ts reads them, and tries again when they have changed. */
  block: transaction(
    { Block, Follow, UserCount },
    {
      blockerId: userReference().describe('Who blocks'),
      blockedId: otherUserReference().describe('Who is blocked'),
      follows: boolean().describe('Whether the one who blocks follows the other').example(false),
      isFollowed: boolean().describe('Whether the other follows the one who blocks').example(true),
    },
    ({ blockerId, blockedId, follows, isFollowed }, { Block, Follow, UserCount }) => {
      if (blockerId === blockedId) throw new ValidationError('not-allowed', 'blockedId', 'Nobody blocks themselves.')
      const forward = { followerId: blockerId, followeeId: blockedId }
      const backward = { followerId: blockedId, followeeId: blockerId }
      const removal = (pair: Pair, there: boolean) =>
        there
          ? Follow.delete(pair, { if: { followerId: { exists: true } } })
          : Follow.conditionCheck(pair, { followerId: { exists: false } })
      // Both edges are counted in the same two items, and a transaction takes each item once.
      const [there, back] = [follows ? -1 : 0, isFollowed ? -1 : 0]
      return [
        Block.create({ blockerId, blockedId }),
        removal(forward, follows),
        removal(backward, isFollowed),
        ...(follows || isFollowed
          ? [
              UserCount.update(countsOf(forward).follower, { following: add(there), followers: add(back) }),
              UserCount.update(countsOf(forward).followee, { followers: add(there), following: add(back) }),
            ]
          : []),
      ]
    },
  )
    .describe('Block: from here on neither follows the other, and both counts say so')
    .rate({ perSecond: 0.5 }),
}
