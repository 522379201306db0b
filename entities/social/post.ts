// Posts, their counts, and the lists of posts with a hashtag.
import { datetime, defineEntity, expiresAt, list, string, ulid, updatedAt } from '../../lib/index.ts'
import { count, day, exampleIds, hashtag, hashtags, postReference, userReference } from './attributes.ts'
import { slot } from './counter-slot.ts'

/** When a post is gone that was removed then: whole seconds, as the table keeps them. */
export function removalExpiry(deletedAt: Readonly<Date>): Date {
  return new Date(Math.floor(deletedAt.getTime() / 1000) * 1000 + 90 * day)
}

/**
 * A post that its author removed stays for ninety days, for appeals, and takes no more comments. From the write that removes it
 * on, it is neither on the profile nor in the lists of its hashtags nor on the trending board. Timelines and likes have its
 * identifier: who shows them reads the posts, and leaves out those with `deletedAt` and those that are gone. Its comments, likes
 * and counts stay where they are.
 *
 * `likes` and `comments` are what lists show, and may be some minutes old: a timeline of twenty posts would otherwise read twenty
 * times as many counters. Exact counts are the sums of the post's PostCounts.
 */
export const Post = defineEntity('Post', {
  description: 'What a user shows to others.',
  attributes: {
    postId: ulid().describe('Holds the time of the post, so that lists are sorted by it').example(exampleIds.post),
    authorId: userReference().readOnly().describe('Who wrote it'),
    text: string({ min: 1, max: 2000 }).example('Six in the morning, and the whole #lake to ourselves'),
    hashtags: hashtags().readOnly(),
    images: list(string({ max: 200 }), { max: 4 })
      .optional()
      .describe('Paths; the pictures are in an object store')
      .example(['posts/01Q92N-1.webp']),
    likes: count().onlyInTransactions().describe('As the trending job last saw them').example(38),
    comments: count().onlyInTransactions().describe('As the trending job last saw them').example(4),
    postedAt: datetime().readOnly().example(new Date('2030-03-12T09:41:07Z')),
    deletedAt: datetime().optional().onlyInTransactions().describe('When the author removed it; absent otherwise'),
    expiresAt: expiresAt().optional().onlyInTransactions().describe('Ninety days after it was removed; absent otherwise'),
    updatedAt: updatedAt().example(new Date('2030-03-12T15:05:00Z')),
  },
  key: { pk: 'POST#{postId}', sk: 'POST#{postId}' },
  indexes: {
    GSI1: { pk: 'POSTS#{authorId}', sk: 'POST#{postId}', when: { deletedAt: { exists: false } } },
  },
  onlyInTransactions: ['create', 'put', 'delete', 'move'],
})

/** In slots, for the post that everybody likes at once; see UserCount. In the post’s partition: the page of a post is one query. */
export const PostCount = defineEntity('PostCount', {
  description: 'A part of a post’s counts. The counts are the sums over all parts.',
  attributes: {
    postId: postReference(),
    slot: slot(),
    likes: count().example(9),
    comments: count().example(1),
  },
  key: { pk: 'POST#{postId}', sk: 'COUNT#{slot}' },
  onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
})

/**
 * Four partitions for each tag and month, since a tag lives for ever, its list grows at its end, and sometimes everybody has the same one. It holds no text: the post is the only copy of
 * that, and lists read the posts they show.
 */
export const HashtagPost = defineEntity('HashtagPost', {
  description: 'A post is in the list of a hashtag. At most ten for each post.',
  attributes: {
    tag: hashtag().describe('Without the sign'),
    postedAt: datetime().describe('As in the post; names the month’s partition').example(new Date('2030-03-12T09:41:07Z')),
    postId: postReference(),
    authorId: userReference().describe('Who wrote it, to leave out those whom the reader has blocked'),
  },
  key: { pk: 'TAG#{tag}#{postedAt:month}', sk: '{postedAt}#{postId}', shards: { count: 4 } },
  onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
})
