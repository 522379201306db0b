// For every access pattern that reads, an input that finds something in a data set: the most followed user, the most liked post.
import type { AccessPattern, PatternInput } from '../../lib/index.ts'
import { datasetNow, day, shifted } from '../demo/random.ts'
import { commonest, found } from '../demo/telling-rows.ts'
import type { Dataset } from './data/row.ts'
import type { social } from './index.ts'

type Patterns = typeof social.accessPatterns

/** An input for each access pattern of the network, but for transactions: those are in example-steps.ts. */
export type ExampleInputs = {
  readonly [P in keyof Patterns as Patterns[P] extends AccessPattern<'transaction'> ? never : P]: PatternInput<Patterns[P]>
}

/**
 * Inputs that find rows, for every access pattern of the network that reads.
 * @throws Error when the data set is too small to have them
 */
export function exampleInputs(dataset: Dataset): ExampleInputs {
  const { User, Follow, Block, Post, Like, Comment, Conversation, Message, Notification, TimelineEntry, Trend } = dataset
  const { followerId } = commonest(Follow, 'followerId')
  const { followeeId } = commonest(Follow, 'followeeId')
  const star = found(User.find(({ userId }) => userId === followeeId))
  const { authorId } = commonest(
    Post.filter(({ deletedAt }) => deletedAt === undefined),
    'authorId',
  )
  const { postId } = commonest(Like, 'postId')
  const edge = found(Follow[0])
  const block = found(Block[0])
  const like = found(Like[0])
  const commented = commonest(Comment, 'postId')
  const open = Conversation.filter(({ unread }) => unread > 0)
  const conversation = found(Conversation[0])
  const timeline = commonest(TimelineEntry, 'userId')
  const { userId } = commonest(
    Notification.filter(({ readAt }) => readAt === undefined),
    'userId',
  )
  const unseen = { userId }
  const trend = commonest(Trend, 'board')
  return {
    userById: { userId: star.userId },
    userByHandle: { handle: star.handle },
    profile: { userId: star.userId },
    fanOutOnRead: {},
    userExport: {},

    following: { followerId },
    followers: { followeeId },
    newestFollowers: { followeeId },
    isFollowing: { followerId: edge.followerId, followeeId: edge.followeeId },
    blockedUsers: { blockerId: block.blockerId },
    hasBlocked: { blockerId: block.blockerId, blockedId: block.blockedId },

    postById: { postId },
    postPage: { postId },
    postsOfUser: { authorId },
    postsWithTag: { tag: 'lake', postedAt: { between: [shifted(datasetNow, -10 * day), new Date(datasetNow.getTime())] } },
    likedPosts: { userId: commonest(Like, 'userId').userId },
    likersOfPost: { postId },
    shardsOfViews: { counter: postId },
    isLiked: { userId: like.userId, postId: like.postId },

    commentsOfPost: { postId: commented.postId },
    commentByPath: { postId: commented.postId, path: commented.path },
    commentsOfUser: {
      authorId: commonest(
        Comment.filter(({ removedAt }) => removedAt === undefined),
        'authorId',
      ).authorId,
    },

    timeline: { userId: timeline.userId },
    latestEntries: { userId: timeline.userId, postId: { gte: timeline.postId } },
    deliveryQueue: { state: 'ready', priority: 0, dueAt: { lte: new Date(datasetNow.getTime()) } },
    trending: { board: trend.board },
    standing: { board: trend.board, player: trend.player },
    standings: { player: trend.player },

    inbox: { userId: commonest(Conversation, 'userId').userId },
    unreadConversations: { userId: commonest(open, 'userId').userId },
    conversationBadge: { userId: commonest(open, 'userId').userId },
    conversation: { userId: conversation.userId, peerId: conversation.peerId },
    messages: { conversationId: commonest(Message, 'conversationId').conversationId },
    notifications: { userId: commonest(Notification, 'userId').userId },
    unreadNotifications: unseen,
    notificationBadge: unseen,
  }
}
