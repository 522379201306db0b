// What each access pattern of the network must answer, by filtering and sorting plain arrays. Written by hand from the patterns' descriptions;
// knows nothing of keys, indexes or requests.
import { type Dataset, datasetNow, type exampleInputs } from '../../entities/social/dataset.ts'
import { ascending, descending, is, pick } from './plain-rows.ts'

export type Inputs = ReturnType<typeof exampleInputs>

/** For each pattern, the answer to an input: one row or undefined, rows in order, or a collection of both. */
export type Oracle = { readonly [P in keyof Inputs]: (input: Inputs[P]) => unknown }

export function makeOracle(data: Dataset): Oracle {
  const entries = data.TimelineEntry.filter(({ expiresAt }) => expiresAt > datasetNow)
  const shown = data.Post.filter(({ deletedAt }) => deletedAt === undefined)
  const news = data.Notification.filter(({ expiresAt }) => expiresAt > datasetNow)
  const unreadConversations = (input: Inputs['unreadConversations']) =>
    data.Conversation.filter(is(input))
      .filter(({ unread }) => unread > 0)
      .sort(descending('lastMessageAt'))
  const unreadNotifications = (input: Inputs['unreadNotifications']) =>
    news
      .filter(is(input))
      .filter(({ readAt }) => readAt === undefined)
      .sort(descending('notificationId'))
  return {
    userById: (input) => data.User.find(is(input)),
    userByHandle: (input) => data.User.find(is(input)),
    profile: (input) => ({
      counts: data.UserCount.filter(is(input)).sort(ascending('slot')),
      user: data.User.find(is(input)),
    }),
    fanOutOnRead: () =>
      data.User.filter(({ fanOut, status }) => fanOut !== 'write' && status === 'active')
        .sort(ascending('userId'))
        .map((user) => pick(user, 'userId')),
    userExport: () => data.User.map((user) => pick(user, 'userId', 'handle', 'status')),

    following: (input) => data.Follow.filter(is(input)).sort(ascending('followeeId')),
    followers: (input) => data.Follow.filter(is(input)).sort(ascending('followedAt')),
    newestFollowers: (input) => data.Follow.filter(is(input)).sort(descending('followedAt')),
    isFollowing: (input) => data.Follow.find(is(input)),
    blockedUsers: (input) => data.Block.filter(is(input)).sort(ascending('blockedId')),
    hasBlocked: (input) => data.Block.find(is(input)),

    postById: (input) => data.Post.find(is(input)),
    postPage: (input) => ({
      counts: data.PostCount.filter(is(input)).sort(ascending('slot')),
      post: data.Post.find(is(input)),
    }),
    postsOfUser: (input) => shown.filter(is(input)).sort(descending('postId')),
    postsWithTag: (input) => data.HashtagPost.filter(is(input)).sort(descending('postedAt', 'postId')),
    likedPosts: (input) => data.Like.filter(is(input)).sort(descending('postId')),
    likersOfPost: (input) => data.Like.filter(is(input)).sort(descending('likedAt')),
    shardsOfViews: (input) => data.Views.filter(is(input)).sort(ascending('shard')),
    isLiked: (input) => data.Like.find(is(input)),

    commentsOfPost: (input) => data.Comment.filter(is(input)).sort(ascending('path')),
    commentByPath: (input) => data.Comment.find(is(input)),
    commentsOfUser: (input) =>
      data.Comment.filter(is(input))
        .filter(({ removedAt }) => removedAt === undefined)
        .sort(descending('commentId')),

    timeline: (input) => entries.filter(is(input)).sort(descending('postId')),
    latestEntries: (input) => entries.filter(is(input)).sort(descending('postId')),
    deliveryQueue: (input) => data.Delivery.filter(is(input)).sort(ascending('dueAt')),
    trending: (input) => data.Trend.filter(is(input)).sort(ascending('player')).sort(descending('score')),
    standing: (input) => data.Trend.find(is(input)),
    standings: (input) => data.Trend.filter(is(input)).sort(ascending('board')),

    inbox: (input) => data.Conversation.filter(is(input)).sort(descending('lastMessageAt')),
    unreadConversations,
    conversationBadge: (input) => unreadConversations(input).map((one) => pick(one, 'peerId')),
    conversation: (input) => data.Conversation.find(is(input)),
    messages: (input) => data.Message.filter(is(input)).sort(descending('messageId')),
    notifications: (input) => news.filter(is(input)).sort(descending('notificationId')),
    unreadNotifications,
    notificationBadge: (input) => unreadNotifications(input).map((one) => pick(one, 'notificationId')),
  }
}
