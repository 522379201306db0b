// Likes: a relation between user and post, read from both ends.
import { datetime, defineEntity } from '../../lib/index.ts'
import { otherUserReference, postReference } from './attributes.ts'

/**
 * In the partition of the one who likes: a post that goes round the world is written to as many partitions as it has admirers. The list of
 * them is one partition of the index, for the reason that followers are.
 */
export const Like = defineEntity('Like', {
  description: 'A user likes a post. The key allows one for each pair, and only transactions write it, which keep the counts.',
  attributes: {
    userId: otherUserReference().describe('Who likes it'),
    postId: postReference(),
    likedAt: datetime().default('now').readOnly().example(new Date('2030-03-12T09:42:01Z')),
  },
  key: { pk: 'LIKES#{userId}', sk: 'LIKED#{postId}' },
  indexes: {
    GSI1: { pk: 'LIKERS#{postId}', sk: '{likedAt}' },
  },
  onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
})
