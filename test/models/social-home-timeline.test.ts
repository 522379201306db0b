// The home timeline of somebody whose authors change: in how their posts reach followers, and in whether they may be followed.
import { expect } from 'chai'
import { blockUser } from '../../entities/social/block-user.ts'
import { fanOutNext } from '../../entities/social/fan-out.ts'
import { authorsToRead, homeTimeline } from '../../entities/social/home-timeline.ts'
import type { Social } from '../../entities/social/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { networkOf, postId, start, userId } from './social-network.ts'

const [author, other, reader] = [userId(0), userId(1), userId(2)]

describe('the home timeline', () => {
  let engine: TestEngine
  let tables = 0
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  /** A network whose third user follows the two others. */
  async function followed() {
    const network = await networkOf(engine.client(), { tableName: `home-${tables++}`, users: 3 })
    for (const followeeId of [author, other]) await network.patterns.follow({ followerId: reader, followeeId })
    const publish = async (n: number, authorId: string, fanOut: 'write' | 'both' | 'read') => {
      await network.entities.User.update({ userId: authorId }, { fanOut })
      await network.patterns.publish({ postId: postId(n), authorId, text: `Post ${n}`, postedAt: start, fanOut })
      while ((await fanOutNext(network, { worker: 'w', milliseconds: 30_000, now: () => start })) !== undefined);
    }
    const shown = async (authorIds: readonly string[], limit = 20) => {
      const posts: string[] = []
      let before: string | undefined
      do {
        const page = await homeTimeline(network, { userId: reader, authorIds, limit, ...(before && { before }) })
        posts.push(...page.posts.map((post) => post.postId))
        before = page.before
      } while (before !== undefined)
      return posts
    }
    return { network, publish, shown }
  }

  it('has each post once of an author who changes from one way to the other', async () => {
    const { network, publish, shown } = await followed()
    for (const [n, fanOut] of (['write', 'both', 'read', 'both'] as const).entries()) {
      await publish(n, author, fanOut)
      const readAuthors = (await network.patterns.fanOutOnRead({}).all()).map((user) => user.userId)
      const all = Array.from({ length: n + 1 }, (_, one) => postId(n - one))
      expect(await shown(await authorsToRead(network, reader, new Set(readAuthors)))).to.deep.equal(all)
      // Whoever has not heard of the change yet lacks only what is read and not delivered.
      expect(await shown([])).to.deep.equal(all.filter((one) => one !== postId(2)))
    }
  })

  for (const [title, end] of [
    ['is blocked by', (network: Social) => blockUser(network, { blockerId: author, blockedId: reader })],
    ['has blocked', (network: Social) => blockUser(network, { blockerId: reader, blockedId: author })],
    ['does not follow any more', (network: Social) => network.patterns.unfollow({ followerId: reader, followeeId: author })],
  ] as const)
    it(`has no posts to read of an author whom the user ${title}, whatever the session has kept`, async () => {
      const { network, publish, shown } = await followed()
      for (const n of [0, 2, 4]) await publish(n, author, 'read')
      for (const n of [1, 3]) await publish(n, other, 'read')
      const kept = await authorsToRead(network, reader, new Set([author, other]))
      for (const limit of [2, 20]) expect(await shown(kept, limit)).to.deep.equal([4, 3, 2, 1, 0].map(postId))
      await end(network)
      for (const limit of [2, 20]) expect(await shown(kept, limit)).to.deep.equal([3, 1].map(postId))
    })
})
