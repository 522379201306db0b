// Comments on posts, as threads: every comment knows the way from the post to itself.
import { datetime, defineEntity, string, ulid } from '../../lib/index.ts'
import { exampleIds, otherUserReference, postReference } from './attributes.ts'

/** How deep threads go. A path has 27 characters for each level, and a sort key at most 1,024 bytes. */
export const maxDepth = 20

/** How many comments a path leads over, its own among them. */
export function depthOf(path: string): number {
  return path.split('/').length
}

/** The path of a comment: the identifiers of those it answers, from the first, and its own. */
export function pathOf(commentId: string, parentPath?: string): string {
  return parentPath === undefined ? commentId : `${parentPath}/${commentId}`
}

export const commentPath = () =>
  string({ max: maxDepth * 27 - 1, pattern: /^[0-9A-Z]{26}(\/[0-9A-Z]{26})*$/ }).describe(
    'The identifiers from the first comment of the thread to this one',
  )

/**
 * The path is the sort key, so that a query gives threads as they are shown: each comment followed by its answers, and those of one comment
 * by time. All below a comment begins with its path. Moderators remove texts, not comments: the answers would lose their place.
 */
export const Comment = defineEntity('Comment', {
  description: 'What somebody says to a post, or to another comment.',
  attributes: {
    postId: postReference(),
    path: commentPath().example(exampleIds.comment),
    commentId: ulid({ generate: false }).readOnly().describe('The last part of the path').example(exampleIds.comment),
    authorId: otherUserReference().readOnly().describe('Who wrote it'),
    text: string({ max: 1000 }).optional().describe('Absent when it was removed').example('Save me a seat'),
    postedAt: datetime().default('now').readOnly().example(new Date('2030-03-12T09:42:33Z')),
    removedAt: datetime().optional().describe('When the text was removed; absent otherwise'),
  },
  key: { pk: 'COMMENTS#{postId}', sk: '{path}' },
  indexes: {
    GSI1: { pk: 'COMMENTS_OF#{authorId}', sk: 'COMMENT#{commentId}', when: { removedAt: { exists: false } } },
  },
  onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
})
