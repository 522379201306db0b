// What is asked about comments, and how they are written and removed.
import { add, datetime, get, query, remove, string, transaction, ulid } from '../../../lib/index.ts'
import { exampleIds, otherUserReference, postReference, userReference } from '../attributes.ts'
import { Comment, commentPath, depthOf, maxDepth, pathOf } from '../comment.ts'
import { slotOf } from '../counter-slot.ts'
import { isOfTime } from '../device-time.ts'
import { Notification, notificationExpiry } from '../notification.ts'
import { Post, PostCount } from '../post.ts'
import { Block } from '../relation.ts'

export const commentPatterns = {
  commentsOfPost: query(Comment)
    .describe(
      'The threads below a post, in the order in which they are shown; with path: { beginsWith }, one thread or a part of it',
    )
    .rate({ perSecond: 120 }),

  commentByPath: get(Comment).describe('The comment that a notification or a link leads to').rate({ perSecond: 10 }),

  commentsOfUser: query(Comment).index('GSI1').descending().describe('What a user has said, newest first').rate({ perSecond: 5 }),

  /**
   * Both who wrote the post and who wrote what is answered must not have blocked the user: without the first, the blocked would
   * go on below the post by answering others. Neither is taken on trust. The check of the post is one item that all who comment
   * on it meet at, and DynamoDB refuses one of two transactions on an item at the same moment: comments on one post get in each
   * other's way from some tens a second on. They are tried again then; likes, which come in greater numbers, do without such a
   * check.
   */
  comment: transaction(
    { Comment, Post, PostCount, Block, Notification },
    {
      postId: postReference(),
      commentId: ulid()
        .describe('Made by the author’s device, so that what it sends twice is there once')
        .example(exampleIds.comment),
      postAuthorId: userReference().describe('Who wrote the post'),
      parentPath: commentPath()
        .check((path) => depthOf(path) < maxDepth || `threads are at most ${maxDepth} comments deep. Answer the one before.`)
        .optional()
        .describe('The comment that it answers; absent when it answers the post'),
      answeredId: ulid({ generate: false })
        .optional()
        .describe('Who wrote the comment that it answers; absent when it answers the post'),
      authorId: otherUserReference().describe('Who writes it'),
      text: string({ min: 1, max: 1000 }).example('Save me a seat'),
      postedAt: datetime()
        .default('now')
        .describe('As in the identifier, to ten minutes; that it is no other time than now is the application’s to check')
        .example(new Date('2030-03-12T09:42:33Z')),
      notificationId: ulid().example(exampleIds.notification),
    },
    ({ postAuthorId, parentPath, answeredId = postAuthorId, notificationId, ...comment }, writes) => {
      const { Comment, Post, PostCount, Block, Notification } = writes
      const { postId, commentId, authorId, postedAt } = comment
      const reached = [...new Set([postAuthorId, answeredId])].filter((userId) => userId !== authorId)
      return [
        Comment.create({ ...comment, path: pathOf(commentId, parentPath) }),
        Post.conditionCheck({ postId }, { authorId: postAuthorId, deletedAt: { exists: false } }),
        PostCount.update({ postId, slot: slotOf(authorId) }, { comments: add(1) }, { upsert: true }),
        ...(parentPath === undefined
          ? []
          : [Comment.conditionCheck({ postId, path: parentPath }, { authorId: answeredId, removedAt: { exists: false } })]),
        ...reached.map((blockerId) => Block.conditionCheck({ blockerId, blockedId: authorId }, { blockerId: { exists: false } })),
        ...(answeredId === authorId
          ? []
          : [
              Notification.create({
                userId: answeredId,
                notificationId,
                kind: parentPath === undefined ? ('comment' as const) : ('reply' as const),
                actorId: authorId,
                postId,
                expiresAt: notificationExpiry(postedAt),
              }),
            ]),
      ]
    },
  )
    .check(({ commentId, postedAt }) => isOfTime(commentId, postedAt) || 'commentId: its time is not that of postedAt.')
    .check(
      ({ parentPath, answeredId }) =>
        (parentPath === undefined) === (answeredId === undefined) ||
        'parentPath and answeredId come together, for an answer, or not at all.',
    )
    .describe(
      'A comment, its count, and the news of it. Refused when the post or what it answers was removed, and when either’s author has blocked the user',
    )
    .rate({ perSecond: 12 }),

  removeComment: transaction(
    { Comment, PostCount },
    {
      postId: postReference(),
      path: Comment.attributes.path,
      commentId: ulid({ generate: false }).example(exampleIds.comment),
      authorId: otherUserReference().describe('Who wrote it'),
      removedAt: datetime().default('now').example(new Date('2030-03-13T10:00:00Z')),
    },
    ({ postId, path, commentId, authorId, removedAt }, { Comment, PostCount }) => [
      Comment.update(
        { postId, path },
        { removedAt, text: remove() },
        { if: { authorId, commentId, removedAt: { exists: false } } },
      ),
      PostCount.update({ postId, slot: slotOf(authorId) }, { comments: add(-1) }),
    ],
  )
    .describe('Removes a comment’s text, and counts it no more; its place stays, for the answers')
    .rate({ perSecond: 0.5 }),
}
