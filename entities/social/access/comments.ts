// What is asked about comments, and how they are written and removed.
import { add, datetime, get, query, remove, string, transaction, ulid } from '../../../lib/index.ts'
import { exampleIds, otherUserReference, postReference, userReference } from '../attributes.ts'
import { Comment, commentPath, pathOf } from '../comment.ts'
import { slotOf } from '../counter-slot.ts'
import { Notification, notificationExpiry } from '../notification.ts'
import { PostCount } from '../post.ts'
import { Block } from '../relation.ts'

export const commentPatterns = {
  commentsOfPost: query(Comment)
    .describe(
      'The threads below a post, in the order in which they are shown; with path: { beginsWith }, one thread or a part of it',
    )
    .rate({ perSecond: 120 }),

  commentByPath: get(Comment).describe('The comment that a notification or a link leads to').rate({ perSecond: 10 }),

  commentsOfUser: query(Comment).index('GSI1').descending().describe('What a user has said, newest first').rate({ perSecond: 5 }),

  comment: transaction(
    { Comment, PostCount, Block, Notification },
    {
      postId: postReference(),
      commentId: ulid()
        .describe('Made by the author’s device, so that what it sends twice is there once')
        .example(exampleIds.comment),
      parentPath: commentPath().optional().describe('The comment that it answers; absent when it answers the post'),
      authorId: otherUserReference().describe('Who writes it'),
      answeredId: userReference().describe('Who wrote the post, or the comment that it answers'),
      text: string({ min: 1, max: 1000 }).example('Save me a seat'),
      postedAt: datetime().default('now').example(new Date('2030-03-12T09:42:33Z')),
      notificationId: ulid().example(exampleIds.notification),
    },
    ({ parentPath, answeredId, notificationId, ...comment }, { Comment, PostCount, Block, Notification }) => {
      const { postId, commentId, authorId, postedAt } = comment
      return [
        Comment.create({ ...comment, path: pathOf(commentId, parentPath) }),
        PostCount.update({ postId, slot: slotOf(authorId) }, { comments: add(1) }, { upsert: true }),
        ...(parentPath === undefined
          ? []
          : [Comment.conditionCheck({ postId, path: parentPath }, { authorId: answeredId, removedAt: { exists: false } })]),
        ...(answeredId === authorId
          ? []
          : [
              Block.conditionCheck({ blockerId: answeredId, blockedId: authorId }, { blockerId: { exists: false } }),
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
    .describe(
      'A comment, its count, and the news of it. Refused when what it answers was removed, and when its author has blocked the user',
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
