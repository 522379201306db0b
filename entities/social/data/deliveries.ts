// What reaches the people: timelines, deliveries, notifications, messages and conversations.
import { datasetNow, day, hour, type Random, shifted } from '../../demo/random.ts'
import { slotOf } from '../counter-slot.ts'
import { type Conversation, conversationOf, type Message, previewOf } from '../message.ts'
import { type Notification, notificationExpiry } from '../notification.ts'
import { type deliveries, deliveryDays, entryExpiry, type TimelineEntry } from '../timeline.ts'
import type { UserCount } from '../user.ts'
import type { Row, Rows } from './row.ts'
import { messages } from './vocabulary.ts'

type Relations = Rows<'User' | 'Follow'>

/** Each post in the timeline of its author, and of those who followed when it was published. Expired entries are gone. */
export function makeTimelines({ User, Follow, Post }: Relations & Rows<'Post'>): Rows<'TimelineEntry'> {
  const delivered = new Set(User.filter(({ fanOut }) => fanOut === 'write').map(({ userId }) => userId))
  const entries = Post.flatMap(({ postId, authorId, postedAt }): Row<typeof TimelineEntry>[] => {
    const expiresAt = entryExpiry(postedAt)
    if (expiresAt <= datasetNow) return []
    const followers = Follow.filter((edge) => edge.followeeId === authorId && edge.followedAt < postedAt)
    const readers = [authorId, ...(delivered.has(authorId) ? followers.map(({ followerId }) => followerId) : [])]
    return readers.map((userId) => ({ userId, postId, authorId, expiresAt }))
  })
  return { TimelineEntry: entries }
}

/** The last posts are still on their way, one of them with a worker that has some followers behind it. */
export function makeDeliveries({ User, Post }: Rows<'User' | 'Post'>): Rows<'Delivery'> {
  const delivered = new Set(User.filter(({ fanOut }) => fanOut === 'write').map(({ userId }) => userId))
  const posts = Post.filter(({ authorId }) => delivered.has(authorId)).sort((a, b) => b.postedAt.getTime() - a.postedAt.getTime())
  return {
    Delivery: posts.slice(0, 5).map(
      ({ postId, authorId, postedAt }, position): Row<typeof deliveries.entities.Delivery> => ({
        jobId: postId,
        state: position === 4 ? 'claimed' : 'ready',
        priority: 0,
        dueAt: position === 4 ? shifted(datasetNow, 20_000) : postedAt,
        attempts: position === 4 ? 1 : 0,
        ...(position === 4 && { worker: 'worker-1' }),
        expiresAfterDays: deliveryDays,
        payload: { authorId, delivered: position === 4 ? 100 : 0 },
      }),
    ),
  }
}

/** New followers of the last days, and comments on one's posts. */
export function makeNotifications(
  random: Random,
  { Follow, Post, Comment }: Rows<'Follow' | 'Post' | 'Comment'>,
): Rows<'Notification'> {
  const recent = shifted(datasetNow, -10 * day)
  const authors = new Map(Post.map(({ postId, authorId }) => [postId, authorId]))
  const news = [
    ...Follow.map(({ followeeId: userId, followerId: actorId, followedAt: at }) => ({
      userId,
      actorId,
      at,
      kind: 'follow' as const,
    })),
    ...Comment.filter(({ path, commentId }) => path === commentId).map(({ postId, authorId: actorId, postedAt: at }) => ({
      userId: authors.get(postId) ?? '',
      actorId,
      at,
      kind: 'comment' as const,
      postId,
    })),
  ]
  const told = news.filter(({ at, userId, actorId }) => at > recent && userId !== actorId)
  return {
    Notification: told.map(
      ({ at, ...one }): Row<typeof Notification> => ({
        ...one,
        notificationId: random.ulid(at),
        ...(random.chance(0.7) && { readAt: shifted(at, random.int(1, hour)) }),
        expiresAt: notificationExpiry(at),
      }),
    ),
  }
}

/** Conversations between some of those who follow each other, and both views of each. */
export function makeMessages(random: Random, { Follow }: Rows<'Follow'>): Rows<'Message' | 'Conversation'> {
  const edges = new Set(Follow.map(({ followerId, followeeId }) => `${followerId} ${followeeId}`))
  const friends = Follow.filter(
    ({ followerId, followeeId }) => followerId < followeeId && edges.has(`${followeeId} ${followerId}`) && random.chance(0.7),
  )
  const threads = friends.map(({ followerId, followeeId }) => {
    const start = random.before(datasetNow, day, 20 * day)
    return Array.from({ length: random.int(1, 8) }, (_, position): Row<typeof Message> => {
      const sentAt = shifted(start, position * 17 * 60_000 + random.int(0, 60_000))
      return {
        conversationId: conversationOf(followerId, followeeId),
        messageId: random.ulid(sentAt),
        senderId: random.pick([followerId, followeeId]),
        text: random.pick(messages),
        sentAt,
      }
    })
  })
  return { Message: threads.flat(), Conversation: threads.flatMap((thread) => views(random, thread)) }
}

function views(random: Random, thread: readonly Row<typeof Message>[]): Row<typeof Conversation>[] {
  const last = thread.at(-1)
  if (last === undefined) return []
  const [one = '', other = ''] = last.conversationId.split('.')
  return [
    [one, other],
    [other, one],
  ].map(([userId = '', peerId = '']) => {
    // What came after one's own last message, and nobody reads half of a conversation.
    const own = thread.findLastIndex(({ senderId }) => senderId === userId)
    const unread = random.chance(0.5) ? thread.length - 1 - own : 0
    return {
      userId,
      peerId,
      lastMessageId: last.messageId,
      lastMessageAt: last.sentAt,
      ...(last.text !== undefined && { preview: previewOf(last.text) }),
      arrivedId: last.messageId,
      unread,
      ...(unread > 0 && { unreadAt: last.sentAt }),
    }
  })
}

/** The counts of users: edges in the slot of the other end, posts in the own one. */
export function makeUserCounts({ Follow, Post }: Rows<'Follow' | 'Post'>): Rows<'UserCount'> {
  const counts = new Map<string, Row<typeof UserCount>>()
  const count = (userId: string, by: string, what: 'followers' | 'following' | 'posts') => {
    const slot = slotOf(by)
    const row = counts.get(`${userId} ${slot}`) ?? { userId, slot, followers: 0, following: 0, posts: 0 }
    counts.set(`${userId} ${slot}`, { ...row, [what]: row[what] + 1 })
  }
  for (const { followerId, followeeId } of Follow) {
    count(followeeId, followerId, 'followers')
    count(followerId, followeeId, 'following')
  }
  for (const { authorId, deletedAt } of Post) if (deletedAt === undefined) count(authorId, authorId, 'posts')
  return { UserCount: [...counts.values()] }
}
