// Posts and what hangs on them: how they leave every list, and what keeps their counts and comments right.
import { expect } from 'chai'
import { ValidationError } from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { expectRefused, postId, refusal, start, userId, watchedNetwork } from './social-network.ts'

const ada = userId(0)

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
})
