// What the network's transactions write together, and what refuses them.
import { expect } from 'chai'
import { metered } from '../../entities/demo/meter.ts'
import { views } from '../../entities/social/views.ts'
import { ValidationError } from '../../lib/index.ts'
import { incrementCounter, readCounter } from '../../patterns/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { expectRefused, numbered, postId, refusal, start, userId, watchedNetwork } from './social-network.ts'

const [ada, ben, cleo] = [userId(0), userId(1), userId(2)]

describe('social transactions', () => {
  let engine: TestEngine
  let tables = 0
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  const network = (users = 3) => watchedNetwork(engine.client(), { tableName: `transactions-${tables++}`, users })

  it('register takes a handle that nobody has, and no other', async () => {
    const one = await network()
    await expectRefused(one, one.patterns.register({ handle: 'user_1', name: 'Another' }), 'handle-taken')
    expect((await one.patterns.userByHandle({ handle: 'user_1' }))?.userId).to.equal(ben)
  })

  it('a handle that was given up is free, and one cannot be changed to one that is taken', async () => {
    const { entities, patterns } = await network()
    await entities.User.update({ userId: ben }, { handle: 'benjamin' })
    await patterns.register({ handle: 'user_1', name: 'New' })
    expect((await refusal(entities.User.update({ userId: ben }, { handle: 'user_1' })))?.code).to.equal('UniqueConstraint')
  })

  it('an account is closed once, keeps its handle, and is not made, deleted or closed in any other way', async () => {
    const one = await network()
    const { entities, patterns } = one
    await entities.User.update({ userId: ben }, { fanOut: 'read' })
    expect(await patterns.fanOutOnRead({}).all()).to.have.length(1)
    await patterns.closeAccount({ userId: ben })
    expect(await patterns.fanOutOnRead({}).all()).to.deep.equal([])
    await expectRefused(one, patterns.closeAccount({ userId: ben }), 'account')
    await expectRefused(one, patterns.register({ handle: 'user_1', name: 'Another' }), 'handle-taken')
    const writes = [
      () => entities.User.delete({ userId: ben }),
      () => entities.User.create({ handle: 'cleo', name: 'Cleo' }),
      () => entities.User.update({ userId: ada }, { status: 'closed' }),
    ]
    for (const write of writes) expect(await refusal((async () => write())())).to.be.instanceOf(ValidationError)
  })

  it('follow makes the edge, both counts and the notification; unfollow takes edge and counts away', async () => {
    const one = await network()
    await one.patterns.follow({ followerId: ben, followeeId: ada })
    expect(await one.patterns.isFollowing({ followerId: ben, followeeId: ada })).to.not.equal(undefined)
    const after = await one.table()
    expect(after.sum('UserCount', { userId: ada }, 'followers')).to.equal(1)
    expect(after.sum('UserCount', { userId: ben }, 'following')).to.equal(1)
    expect(await one.patterns.unreadNotifications({ userId: ada }).all()).to.have.length(1)
    await expectRefused(one, one.patterns.follow({ followerId: ben, followeeId: ada }), 'repeated')
    await one.patterns.unfollow({ followerId: ben, followeeId: ada })
    await expectRefused(one, one.patterns.unfollow({ followerId: ben, followeeId: ada }), 'gone')
    expect((await one.table()).sum('UserCount', { userId: ada }, 'followers')).to.equal(0)
  })

  it('nobody follows, blocks or writes to themselves', async () => {
    const { patterns } = await network()
    const attempts = [
      () => patterns.follow({ followerId: ada, followeeId: ada }),
      () => patterns.block({ blockerId: ada, blockedId: ada, follows: false, isFollowed: false }),
      () => patterns.sendMessage({ from: ada, to: ada, text: 'Note to self' }),
    ]
    for (const attempt of attempts) expect(await refusal((async () => attempt())())).to.be.instanceOf(ValidationError)
  })

  it('a block refuses what would reach the other, from either side where both would be reached', async () => {
    const one = await network()
    const { patterns } = one
    await patterns.publish({ postId: postId(1), authorId: ada, text: 'x', fanOut: 'write' })
    await patterns.block({ blockerId: ada, blockedId: ben, follows: false, isFollowed: false })
    await expectRefused(one, patterns.follow({ followerId: ben, followeeId: ada }), 'blocked')
    await expectRefused(one, patterns.follow({ followerId: ada, followeeId: ben }), 'blocked')
    await expectRefused(one, patterns.sendMessage({ from: ben, to: ada, text: 'x' }), 'blocked')
    await expectRefused(one, patterns.sendMessage({ from: ada, to: ben, text: 'x' }), 'blocked')
    await expectRefused(one, patterns.like({ userId: ben, postId: postId(1), authorId: ada }), 'blocked')
    const comment = { postId: postId(1), postAuthorId: ada, authorId: ben, text: 'x' }
    await expectRefused(one, patterns.comment(comment), 'blocked')
    await patterns.follow({ followerId: cleo, followeeId: ada })
    // Unblocking is a delete like any other.
    await one.entities.Block.delete({ blockerId: ada, blockedId: ben })
    await patterns.follow({ followerId: ben, followeeId: ada })
  })

  it('block is refused when the edges are others than it was told', async () => {
    const one = await network()
    await one.patterns.follow({ followerId: ben, followeeId: ada })
    const pair = { blockerId: ada, blockedId: ben }
    await expectRefused(one, one.patterns.block({ ...pair, follows: false, isFollowed: false }), 'gone')
    await expectRefused(one, one.patterns.block({ ...pair, follows: true, isFollowed: true }), 'gone')
    await one.patterns.block({ ...pair, follows: false, isFollowed: true })
    const after = await one.table()
    expect(after.of('Follow')).to.deep.equal([])
    expect(after.sum('UserCount', { userId: ada }, 'followers')).to.equal(0)
  })

  it('a like is counted once, and taken back once', async () => {
    const one = await network()
    const like = { userId: ben, postId: postId(1) }
    await one.patterns.like({ ...like, authorId: ada })
    await expectRefused(one, one.patterns.like({ ...like, authorId: ada }), 'repeated')
    expect((await one.table()).sum('PostCount', { postId: postId(1) }, 'likes')).to.equal(1)
    await one.patterns.unlike(like)
    await expectRefused(one, one.patterns.unlike(like), 'gone')
    expect((await one.table()).sum('PostCount', { postId: postId(1) }, 'likes')).to.equal(0)
  })

  it('views are counted in parts, and read as their sum', async () => {
    const one = await network()
    await Promise.all([1, 2, 3, 4, 5].map((by) => incrementCounter(views, one, { counter: postId(1), by })))
    expect(await readCounter(views, one, { counter: postId(1) })).to.equal(15)
  })

  it('publish brings post, hashtags, count, first entries and delivery; removePost takes it out of all lists', async () => {
    const one = await network()
    const { patterns } = one
    await patterns.follow({ followerId: ben, followeeId: ada })
    const post = { postId: postId(1), authorId: ada, postedAt: start, hashtags: ['lake', 'rowing'] }
    const input = { ...post, text: '#lake #rowing', fanOut: 'write' as const, firstReaders: [ben] }
    const stranger = patterns.publish({ ...input, firstReaders: [ben, cleo] })
    await expectRefused(one, stranger, 'gone')
    await patterns.publish(input)
    await expectRefused(one, patterns.publish(input), 'repeated')
    for (const reader of [ada, ben]) expect(await patterns.timeline({ userId: reader }).all()).to.have.length(1)
    expect(await patterns.timeline({ userId: cleo }).all()).to.deep.equal([])
    const lists = () =>
      Promise.all([
        patterns.postsWithTag({ tag: 'lake', postedAt: start }).all(),
        patterns.postsWithTag({ tag: 'rowing', postedAt: start }).all(),
        patterns.postsOfUser({ authorId: ada }).all(),
      ])
    expect((await lists()).map(({ length }) => length)).to.deep.equal([1, 1, 1])
    expect((await one.table()).sum('UserCount', { userId: ada }, 'posts')).to.equal(1)
    await expectRefused(one, patterns.removePost({ ...post, authorId: ben }), 'gone')
    await patterns.removePost(post)
    await expectRefused(one, patterns.removePost(post), 'gone')
    expect((await lists()).map(({ length }) => length)).to.deep.equal([0, 0, 0])
    expect((await one.table()).sum('UserCount', { userId: ada }, 'posts')).to.equal(0)
    expect((await patterns.postById({ postId: postId(1) }))?.deletedAt).to.be.instanceOf(Date)
  })

  it('a comment needs what it answers; a removed one keeps its place and is counted no more', async () => {
    const one = await network()
    const { patterns } = one
    await patterns.publish({ postId: postId(1), authorId: ada, text: 'x', fanOut: 'write' })
    const ids = { postId: postId(1), authorId: ben }
    const first = { ...ids, postAuthorId: ada }
    await patterns.comment({ ...first, commentId: numbered(1), text: 'first' })
    const answer = { postId: postId(1), postAuthorId: ada, authorId: ada, answeredId: ben, text: 'answer' }
    await expectRefused(one, patterns.comment({ ...answer, parentPath: numbered(9) }), 'gone')
    await patterns.comment({ ...answer, parentPath: numbered(1), commentId: numbered(2) })
    await patterns.comment({ ...first, commentId: numbered(3), text: 'second' })
    const removal = { ...ids, path: numbered(1), commentId: numbered(1) }
    await expectRefused(one, patterns.removeComment({ ...removal, authorId: cleo }), 'gone')
    await patterns.removeComment(removal)
    await expectRefused(one, patterns.removeComment(removal), 'gone')
    await expectRefused(one, patterns.comment({ ...answer, parentPath: numbered(1) }), 'gone')
    const shown = (await patterns.commentsOfPost({ postId: postId(1) }).all()).map(({ path, text }) => [path, text])
    expect(shown).to.deep.equal([
      [numbered(1), undefined],
      [`${numbered(1)}/${numbered(2)}`, 'answer'],
      [numbered(3), 'second'],
    ])
    expect((await one.table()).sum('PostCount', { postId: postId(1) }, 'comments')).to.equal(2)
    expect((await patterns.unreadNotifications({ userId: ben }).all()).map(({ kind }) => kind)).to.deep.equal(['reply'])
  })

  it('badges count what is unread in one request for keys, also what has expired and is not deleted yet', async () => {
    const one = await network()
    const { patterns } = one
    const long = new Date(start.getTime() - 91 * 86_400_000)
    const follow = (n: number, followedAt: Date) =>
      patterns.follow({ followerId: numbered(n), followeeId: ada, notificationId: numbered(n), followedAt })
    for (let n = 100; n < 200; n++) await follow(n, n === 100 ? long : start)
    await patterns.sendMessage({ from: ben, to: ada, messageId: numbered(1), text: 'x' })
    const badge = await metered(() => patterns.notificationBadge({ userId: ada }, { limit: 100 }))
    expect(badge.result.items).to.have.length(100)
    const whole = await metered(() => patterns.unreadNotifications({ userId: ada }, { limit: 100 }))
    expect(whole.result.items).to.have.length(99)
    expect(badge.cost.requests).to.equal(1)
    expect(badge.cost.capacityUnits).to.be.below(whole.cost.capacityUnits / 15)
    expect((await patterns.conversationBadge({ userId: ada })).items).to.deep.equal([{ peerId: ben }])
  })

  it('a read notification leaves the unread ones in the write that reads it, and an expired one is gone', async () => {
    const { patterns, entities } = await network()
    await patterns.follow({ followerId: ben, followeeId: ada, notificationId: numbered(1) })
    const long = new Date(start.getTime() - 91 * 86_400_000)
    await patterns.follow({ followerId: cleo, followeeId: ada, notificationId: numbered(2), followedAt: long })
    expect((await patterns.notifications({ userId: ada }).all()).map(({ actorId }) => actorId)).to.deep.equal([ben])
    await entities.Notification.update({ userId: ada, notificationId: numbered(1) }, { readAt: start })
    expect(await patterns.unreadNotifications({ userId: ada }).all()).to.deep.equal([])
    expect(await patterns.notifications({ userId: ada }).all()).to.have.length(1)
  })
})
