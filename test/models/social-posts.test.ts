// Posts and what hangs on them: how they leave every list, and what keeps their counts and comments right.
import { expect } from 'chai'
import { maxDepth, pathOf } from '../../entities/social/comment.ts'
import { social } from '../../entities/social/index.ts'
import { connect, ValidationError } from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { expectRefused, numbered, postId, refusal, start, userId, watchedNetwork } from './social-network.ts'

const [ada, ben, cleo] = [userId(0), userId(1), userId(2)]

describe('social posts', () => {
  let engine: TestEngine
  let tables = 0
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  const network = (users = 3) => watchedNetwork(engine.client(), { tableName: `posts-${tables++}`, users })
  const post = { postId: postId(1), authorId: ada, postedAt: start, text: 'x', fanOut: 'write' as const }
  const removal = { postId: post.postId, authorId: ada, postedAt: start }

  it('a post is removed with exactly the hashtags that it has, so that it is left in no list', async () => {
    const one = await network()
    const { patterns } = one
    await patterns.publish({ ...post, hashtags: ['lake', 'rowing'] })
    for (const hashtags of [[], ['lake'], ['lake', 'rowing', 'ice'], ['rowing', 'lake']])
      await expectRefused(one, patterns.removePost({ ...removal, hashtags }), 'gone')
    const { hashtags: _, ...forgotten } = { ...removal, hashtags: [] }
    expect(await refusal(patterns.removePost(forgotten as typeof removal & { readonly hashtags: string[] }))).to.include({
      path: 'hashtags',
      reason: 'missing',
    })
    await patterns.removePost({ ...removal, hashtags: ['lake', 'rowing'] })
    expect((await one.table()).of('HashtagPost')).to.deep.equal([])
  })

  it('what is counted about a post, and that it was removed, is left to transactions; its text is not', async () => {
    const { patterns, entities } = await network()
    await patterns.publish(post)
    const key = { postId: post.postId }
    for (const change of [{ deletedAt: start }, { likes: 1_000 }, { comments: 1_000 }])
      expect(await refusal((async () => entities.Post.update(key, change))())).to.be.instanceOf(ValidationError)
    expect(await entities.Post.update(key, { text: 'y', images: ['posts/y.webp'] })).to.include({ text: 'y' })
  })

  it('a removed post leaves the board, is counted no more, and is gone after ninety days', async () => {
    const tableName = 'removed'
    const one = await watchedNetwork(engine.client(), { tableName, users: 3 })
    const { patterns } = one
    await patterns.publish(post)
    const counts = { postId: post.postId, postedAt: start, likes: 3, comments: 2 }
    await patterns.recordTrend(counts)
    const board = { board: 'posts-2030-03-15' }
    expect((await patterns.trending(board).all()).map(({ player, score }) => [player, score])).to.deep.equal([[post.postId, 7]])
    await patterns.removePost({ ...removal, hashtags: [] })
    expect(await patterns.trending(board).all()).to.deep.equal([])
    await expectRefused(one, patterns.recordTrend(counts), 'gone')
    await expectRefused(one, patterns.recordCounts(counts), 'gone')
    const later = (days: number) =>
      connect(social, { client: engine.client(), tableName, now: () => new Date(start.getTime() + days * 86_400_000) })
    expect(await later(89).patterns.postById({ postId: post.postId })).to.not.equal(undefined)
    expect(await later(91).patterns.postById({ postId: post.postId })).to.equal(undefined)
  })

  it('a post is on the board of its own day, whenever it was counted', async () => {
    const one = await network()
    const { patterns } = one
    const postedAt = new Date(start.getTime() - 2 * 86_400_000)
    const older = { postId: numbered(1, postedAt), postedAt }
    await patterns.publish({ ...post, ...older })
    await expectRefused(one, patterns.recordTrend({ ...older, postedAt: start, likes: 1, comments: 0 }), 'gone')
    await patterns.recordCounts({ ...older, likes: 1, comments: 0 })
    expect(await patterns.standings({ player: older.postId }).all()).to.deep.equal([])
    await patterns.recordTrend({ ...older, likes: 2, comments: 0 })
    expect(
      (await patterns.standings({ player: older.postId }).all()).map(({ board, score, expiresAt }) => [board, score, expiresAt]),
    ).to.deep.equal([['posts-2030-03-13', 2, new Date('2030-03-21T00:00:00Z')]])
    expect(await patterns.postById({ postId: older.postId })).to.include({ likes: 2, comments: 0 })
  })

  describe('publishing', () => {
    it('goes the way that stands with the author, or is refused', async () => {
      const one = await network()
      const { patterns, entities } = one
      const ways = ['write', 'both', 'read'] as const
      for (const [n, way] of ways.entries()) {
        await entities.User.update({ userId: ada }, { fanOut: way })
        for (const [m, fanOut] of ways.entries()) {
          const published = patterns.publish({ ...post, postId: postId(10 * n + m), fanOut })
          if (fanOut === way) await published
          else await expectRefused(one, published, 'account')
        }
      }
      const delivered = (await one.table()).of('Delivery').map(({ jobId }) => jobId)
      expect(delivered).to.have.members([postId(0), postId(11)])
    })

    it('is refused to a closed account', async () => {
      const one = await network()
      await one.patterns.closeAccount({ userId: ada })
      await expectRefused(one, one.patterns.publish(post), 'account')
    })

    it('names the author among the first readers as what is wrong', async () => {
      const { patterns } = await network()
      const error = await refusal((async () => patterns.publish({ ...post, firstReaders: [ada] }))())
      expect(error?.message).to.equal('publish: firstReaders: has the author, who has it anyway.')
    })

    const minute = 60_000
    for (const [title, postId] of [
      ['of another time than it says', numbered(1, new Date(start.getTime() + 11 * minute))],
      ['from before', numbered(1, new Date(start.getTime() - 11 * minute))],
      ['from the end of times', '7ZZZZZZZZZZZZZZZZZZZZZZZZZ'],
    ] as const)
      it(`is refused with an identifier ${title}, as comments and messages are`, async () => {
        const { patterns } = await network()
        await patterns.publish(post)
        const attempts = [
          () => patterns.publish({ ...post, postId }),
          () =>
            patterns.comment({
              postId: post.postId,
              postAuthorId: ada,
              authorId: ben,
              text: 'x',
              commentId: postId,
              postedAt: start,
            }),
          () => patterns.sendMessage({ from: ben, to: ada, text: 'x', messageId: postId, sentAt: start }),
          () => patterns.sendLateMessage({ from: ben, to: ada, text: 'x', messageId: postId, sentAt: start }),
        ]
        for (const attempt of attempts)
          expect((await refusal((async () => attempt())()))?.message).to.match(/Id: its time is not that of (posted|sent)At/)
        await patterns.publish({ ...post, postId: numbered(1, new Date(start.getTime() + 9 * minute)) })
      })
  })

  describe('a comment', () => {
    const given = { postId: post.postId, postAuthorId: ada, text: 'x' }

    it('of somebody whom the post’s author has blocked is refused, also as an answer to a third', async () => {
      const one = await network()
      const { patterns } = one
      await patterns.publish(post)
      await patterns.comment({ ...given, authorId: cleo, commentId: numbered(1) })
      await patterns.block({ blockerId: ada, blockedId: ben, follows: false, isFollowed: false })
      await expectRefused(one, patterns.comment({ ...given, authorId: ben }), 'blocked')
      const answer = { ...given, authorId: ben, parentPath: numbered(1), answeredId: cleo }
      await expectRefused(one, patterns.comment(answer), 'blocked')
      await one.entities.Block.delete({ blockerId: ada, blockedId: ben })
      await patterns.block({ blockerId: cleo, blockedId: ben, follows: false, isFollowed: false })
      await expectRefused(one, patterns.comment(answer), 'blocked')
      await patterns.comment({ ...given, authorId: ben })
    })

    it('takes neither the post’s author nor that of what it answers on trust', async () => {
      const one = await network()
      const { patterns } = one
      await patterns.publish(post)
      await patterns.comment({ ...given, authorId: cleo, commentId: numbered(1) })
      await expectRefused(one, patterns.comment({ ...given, postAuthorId: cleo, authorId: ben }), 'gone')
      const answer = { ...given, authorId: ben, parentPath: numbered(1) }
      await expectRefused(one, patterns.comment({ ...answer, answeredId: ada }), 'gone')
      for (const half of [answer, { ...given, authorId: ben, answeredId: cleo }])
        expect((await refusal((async () => patterns.comment(half))()))?.message).to.match(
          /parentPath and answeredId come together/,
        )
    })

    it('is not made on a post that is not there, or that was removed', async () => {
      const one = await network()
      const { patterns } = one
      await expectRefused(one, patterns.comment({ ...given, authorId: ben }), 'gone')
      await patterns.publish(post)
      await patterns.removePost({ ...removal, hashtags: [] })
      await expectRefused(one, patterns.comment({ ...given, authorId: ben }), 'gone')
    })

    it('tells the author of the post, or of what it answers, and nobody of what they wrote themselves', async () => {
      const { patterns } = await network()
      await patterns.publish(post)
      await patterns.comment({ ...given, authorId: ada, commentId: numbered(1) })
      await patterns.comment({ ...given, authorId: cleo, parentPath: numbered(1), answeredId: ada, commentId: numbered(2) })
      const path = `${numbered(1)}/${numbered(2)}`
      await patterns.comment({ ...given, authorId: cleo, parentPath: path, answeredId: cleo })
      const told = await Promise.all([ada, cleo].map((userId) => patterns.notifications({ userId }).all()))
      expect(told.map((news) => news.map(({ kind }) => kind))).to.deep.equal([['reply'], []])
    })

    it('is at most twenty deep in a thread, and says so', async () => {
      const { patterns } = await network()
      await patterns.publish(post)
      let parentPath: string | undefined
      for (let depth = 1; depth <= maxDepth; depth++) {
        const commentId = numbered(depth)
        await patterns.comment({ ...given, authorId: ben, commentId, ...(parentPath && { parentPath, answeredId: ben }) })
        parentPath = pathOf(commentId, parentPath)
      }
      const deeper = { ...given, authorId: ben, ...(parentPath && { parentPath, answeredId: ben }) }
      expect(await refusal((async () => patterns.comment(deeper))())).to.include({
        path: 'parentPath',
        message: 'parentPath: threads are at most 20 comments deep. Answer the one before.',
      })
    })
  })
})
