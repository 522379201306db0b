// An afternoon in the network, as steps of the demonstration: what is written, what is refused, and what either leaves in the table.
import { type PatternInput, type SingletError, TransactionCanceledError } from '../../lib/index.ts'
import { createRandom, datasetNow, shifted } from '../demo/random.ts'
import type { ItemChange, Refusal, Step } from '../demo/step.ts'
import { exampleIds } from './attributes.ts'
import { slotOf } from './counter-slot.ts'
import type { Dataset } from './data/row.ts'
import type { social } from './index.ts'
import { refusalOf } from './refusals.ts'

type Patterns = typeof social.accessPatterns
type Inputs = { readonly [P in keyof Patterns]: PatternInput<Patterns[P]> }

/**
 * The steps, in their order, for a table that holds the data set.
 * @throws Error when nobody in the data set could do all of it
 */
export function exampleSteps(dataset: Dataset): readonly Step[] {
  const { fan, author, post, tired } = exampleCast(dataset)
  const now = new Date(datasetNow.getTime())
  const inAMinute = shifted(now, 60_000)
  const random = createRandom(1)
  // Devices make identifiers that hold the time.
  const ids = {
    post: random.ulid(now),
    comment: random.ulid(now),
    message: random.ulid(now),
    lateMessage: random.ulid(shifted(now, 30_000)),
    nextMessage: random.ulid(inAMinute),
    unsent: random.ulid(now),
  }
  const edge = { followerId: fan.userId, followeeId: author.userId }
  const liked = { userId: fan.userId, postId: post.postId }
  const newPost: Inputs['publish'] = {
    postId: ids.post,
    authorId: author.userId,
    text: 'Ice on the oars this morning #rowing',
    hashtags: ['rowing'],
    postedAt: now,
    fanOut: 'write',
    firstReaders: [fan.userId],
  }
  const message: Inputs['sendMessage'] = {
    from: fan.userId,
    to: author.userId,
    messageId: ids.message,
    text: 'Room for one more on Thursday?',
    sentAt: now,
  }
  const late = { ...message, messageId: ids.lateMessage, sentAt: shifted(now, 30_000), text: 'Or on Friday?' }
  const answer: Omit<Inputs['comment'], 'text'> = {
    postId: post.postId,
    postAuthorId: author.userId,
    parentPath: ids.comment,
    authorId: author.userId,
    answeredId: fan.userId,
  }
  const peers = { userId: author.userId, peerId: fan.userId }
  const step = <P extends keyof Inputs & string>(
    title: string,
    pattern: P,
    input: Inputs[P],
    outcome: readonly ItemChange[] | Refusal,
  ): Step => ({
    title,
    write: { pattern },
    input,
    ...('code' in outcome ? { refused: outcome } : { changes: outcome }),
  })
  const counted = (by: number): ItemChange[] => [
    { entity: 'UserCount', key: { userId: author.userId, slot: slotOf(fan.userId) }, attributes: { followers: by } },
    { entity: 'UserCount', key: { userId: fan.userId, slot: slotOf(author.userId) }, attributes: { following: by } },
  ]
  const likes = (by: number): ItemChange[] => [
    { entity: 'PostCount', key: { postId: post.postId, slot: slotOf(fan.userId) }, attributes: { likes: by } },
  ]
  const newcomer = { userId: exampleIds.ben, handle: 'ben_at_the_lake', name: 'Ben Ammann' }
  return [
    step('Somebody comes in', 'register', newcomer, [
      { entity: 'User', key: { userId: newcomer.userId }, attributes: { status: 'active' } },
    ]),
    step(
      'Somebody wants a handle that another has',
      'register',
      { ...newcomer, userId: exampleIds.ada, handle: author.handle },
      refusal('UniqueConstraint', 'handle-taken', `Somebody is @${author.handle} already`),
    ),
    step('A fan follows an author', 'follow', { ...edge, notificationId: exampleIds.notification, followedAt: now }, counted(1)),
    step('Following twice is following once', 'follow', edge, refusal('ItemExists', 'repeated', 'The fan follows already')),
    step('The author posts, and the fan has it at once', 'publish', newPost, [
      {
        entity: 'TimelineEntry',
        key: { userId: fan.userId, postId: ids.post },
        attributes: { authorId: author.userId },
      },
      { entity: 'Delivery', key: { jobId: ids.post }, attributes: { state: 'ready' } },
    ]),
    step('The answer was lost, and the device posts again', 'publish', newPost, refusal('ItemExists', 'repeated', 'It is there')),
    step('The fan likes an older post', 'like', { ...liked, authorId: author.userId }, likes(1)),
    step(
      'A second like is not counted',
      'like',
      { ...liked, authorId: author.userId },
      refusal('ItemExists', 'repeated', 'The fan likes it already'),
    ),
    step('The fan thinks again', 'unlike', liked, likes(-1)),
    step('Nothing is taken off twice', 'unlike', liked, refusal('ConditionFailed', 'gone', 'There is no like')),
    step(
      'The fan comments',
      'comment',
      {
        postId: post.postId,
        postAuthorId: author.userId,
        commentId: ids.comment,
        authorId: fan.userId,
        text: 'Cold?',
        postedAt: now,
      },
      [{ entity: 'PostCount', key: { postId: post.postId, slot: slotOf(fan.userId) }, attributes: { comments: 1 } }],
    ),
    step('The author answers the comment', 'comment', { ...answer, text: 'Ask my fingers' }, []),
    step(
      'The fan removes the comment; the answer stays',
      'removeComment',
      { postId: post.postId, path: ids.comment, commentId: ids.comment, authorId: fan.userId },
      [{ entity: 'PostCount', key: { postId: post.postId, slot: slotOf(fan.userId) }, attributes: { comments: -1 } }],
    ),
    step(
      'A comment that was removed has no new answers',
      'comment',
      { ...answer, text: 'Pardon?' },
      refusal('ConditionFailed', 'gone', 'There is nothing to answer'),
    ),
    step('The fan writes to the author', 'sendMessage', message, [
      { entity: 'Conversation', key: peers, attributes: { lastMessageId: ids.message } },
    ]),
    step('And once more', 'sendMessage', { ...message, messageId: ids.nextMessage, sentAt: inAMinute, text: 'I bring the tea' }, [
      { entity: 'Conversation', key: peers, attributes: { unread: 1, lastMessageId: ids.nextMessage } },
    ]),
    step('The device sends it again', 'sendMessage', message, refusal('ItemExists', 'repeated', 'It was sent')),
    step('What the other device wrote before that comes late', 'sendLateMessage', late, [
      {
        entity: 'Conversation',
        key: peers,
        attributes: { unread: 1, lastMessageId: ids.nextMessage, arrivedId: ids.lateMessage },
      },
    ]),
    step(
      'The fan thinks better of the last message',
      'removeMessage',
      { from: fan.userId, to: author.userId, messageId: ids.nextMessage, isLast: true },
      [{ entity: 'Conversation', key: peers, attributes: { lastMessageId: ids.nextMessage } }],
    ),
    step(
      'The author blocks the fan',
      'block',
      {
        blockerId: author.userId,
        blockedId: fan.userId,
        follows: dataset.Follow.some((one) => one.followerId === author.userId && one.followeeId === fan.userId),
        isFollowed: true,
      },
      counted(-1),
    ),
    step(
      'A message to somebody who has blocked the sender',
      'sendMessage',
      { ...message, messageId: ids.unsent },
      refusal('ConditionFailed', 'blocked', 'The author can’t be written to'),
    ),
    step('The blocked fan can’t follow', 'follow', edge, refusal('ConditionFailed', 'blocked', 'The author can’t be followed')),
    step(
      'The trending job records what it has counted',
      'recordTrend',
      {
        postId: ids.post,
        postedAt: now,
        likes: 12,
        comments: 3,
      },
      [{ entity: 'Post', key: { postId: ids.post }, attributes: { likes: 12, comments: 3 } }],
    ),
    step(
      'And of an older post, which is on no board any more',
      'recordCounts',
      { postId: post.postId, postedAt: post.postedAt, likes: 40, comments: 5 },
      [{ entity: 'Post', key: { postId: post.postId }, attributes: { likes: 40 - post.likes, comments: 5 - post.comments } }],
    ),
    step(
      'The author removes the post',
      'removePost',
      { postId: ids.post, authorId: author.userId, hashtags: ['rowing'], postedAt: now },
      [{ entity: 'UserCount', key: { userId: author.userId, slot: slotOf(author.userId) }, attributes: { posts: -1 } }],
    ),
    step('The author closes the account', 'closeAccount', { userId: author.userId }, [
      { entity: 'User', key: { userId: author.userId }, attributes: { status: 'closed' } },
    ]),
    step(
      'A closed account posts nothing',
      'publish',
      { ...newPost, postId: ids.unsent, firstReaders: [] },
      refusal('ConditionFailed', 'account', 'The account is closed'),
    ),
    step('Somebody else is tired of somebody else', 'unfollow', { followerId: tired.followerId, followeeId: tired.followeeId }, [
      {
        entity: 'UserCount',
        key: { userId: tired.followeeId, slot: slotOf(tired.followerId) },
        attributes: { followers: -1 },
      },
    ]),
  ]
}

/** A fan and an author who are strangers but for a conversation, a post of the author, all counted where the fan counts. */
export function exampleCast({ User, Follow, Block, Post, PostCount, UserCount, Like }: Dataset) {
  const apart = new Set(Block.flatMap(({ blockerId, blockedId }) => [`${blockerId} ${blockedId}`, `${blockedId} ${blockerId}`]))
  const follows = new Set(Follow.map(({ followerId, followeeId }) => `${followerId} ${followeeId}`))
  const likes = new Set(Like.map(({ userId, postId }) => `${userId} ${postId}`))
  const slots = new Set([
    ...PostCount.map((row) => `${row.postId} ${row.slot}`),
    ...UserCount.map((row) => `${row.userId} ${row.slot}`),
  ])
  const [tired] = Follow
  for (const post of Post) {
    const author = User.find(({ userId }) => userId === post.authorId)
    if (author === undefined || author.fanOut !== 'write' || author.status !== 'active' || post.deletedAt !== undefined) continue
    for (const fan of User) {
      const pair = `${fan.userId} ${author.userId}`
      if (fan === author || apart.has(pair) || follows.has(pair) || likes.has(`${fan.userId} ${post.postId}`)) continue
      const counted = [
        `${post.postId} ${slotOf(fan.userId)}`,
        `${author.userId} ${slotOf(fan.userId)}`,
        `${fan.userId} ${slotOf(author.userId)}`,
        `${author.userId} ${slotOf(author.userId)}`,
      ]
      if (tired !== undefined && counted.every((slot) => slots.has(slot))) return { fan, author, post, tired }
    }
  }
  throw new Error('The data set has no two users who could still meet.')
}

/** A refusal, and what it means to those who were refused. */
function refusal(code: string, expected: ReturnType<typeof refusalOf>, meaning: string): Refusal {
  return {
    code,
    meaning: (error: SingletError) =>
      error instanceof TransactionCanceledError && refusalOf(error) === expected ? meaning : undefined,
  }
}
