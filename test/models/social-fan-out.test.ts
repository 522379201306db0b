// Timelines: fan-out on write and its interruptions, fan-out on read, and what blocking takes out of them.
import { expect } from 'chai'
import fc from 'fast-check'
import { blockUser } from '../../entities/social/block-user.ts'
import { fanOutNext } from '../../entities/social/fan-out.ts'
import { authorsToRead, homeTimeline } from '../../entities/social/home-timeline.ts'
import type { Social } from '../../entities/social/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { itemsIn, networkOf, numbered, postId, refusal, start, userId } from './social-network.ts'

const claim = { worker: 'w1', milliseconds: 30_000, pageSize: 5 }
const author = userId(0)

describe('social timelines', () => {
  let engine: TestEngine
  let tables = 0
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  /** A network whose first user is followed by all others, and its clock. */
  async function followed(followers: number) {
    let time = start.getTime()
    const clock = {
      now: () => new Date(time),
      pass: (milliseconds: number) => {
        time += milliseconds
      },
    }
    const tableName = `timelines-${tables++}`
    const client = engine.client()
    const network = await networkOf(client, { tableName, users: 2, now: clock.now })
    for (let n = 1; n <= followers; n++)
      await network.patterns.follow({ followerId: userId(n), followeeId: author, followedAt: new Date(start.getTime() - n) })
    const publish = (n = 0, fanOut: 'write' | 'read' = 'write') =>
      network.patterns.publish({ postId: postId(n), authorId: author, text: `Post ${n}`, postedAt: start, fanOut })
    const readers = async (n = 0) =>
      (await itemsIn(client, tableName))
        .of('TimelineEntry')
        .filter((entry) => entry.postId === postId(n))
        .map((entry) => entry.userId)
        .sort()
    return { network, clock, publish, readers, options: { ...claim, now: clock.now } }
  }
  const usersTo = (n: number) => Array.from({ length: n + 1 }, (_, one) => userId(one))

  describe('fan-out on write', () => {
    it('brings a post to every follower, page by page, and to its author at once', async () => {
      const { network, publish, readers, options } = await followed(12)
      await publish()
      expect(await readers()).to.deep.equal([author])
      expect(await fanOutNext(network, options)).to.deep.equal({ postId: postId(0), delivered: 12 })
      expect(await readers()).to.deep.equal(usersTo(12))
      expect(await fanOutNext(network, options)).to.equal(undefined)
    })

    it('is done by one of two workers', async () => {
      const { network, publish, options } = await followed(3)
      await publish()
      const done = await Promise.all([fanOutNext(network, options), fanOutNext(network, { ...options, worker: 'w2' })])
      expect(done.filter((one) => one !== undefined)).to.have.length(1)
    })

    it('has nothing to do for an author whose posts are read, nor for a post that was removed', async () => {
      const { network, publish, readers, options } = await followed(3)
      await network.entities.User.update({ userId: author }, { fanOut: 'read' })
      await publish(0, 'read')
      expect(await fanOutNext(network, options)).to.equal(undefined)
      await network.entities.User.update({ userId: author }, { fanOut: 'write' })
      await publish(1)
      await network.patterns.removePost({ postId: postId(1), authorId: author, postedAt: start, hashtags: [] })
      await fanOutNext(network, options)
      expect(await readers(1)).to.deep.equal([author])
    })

    it('takes back what it brought to somebody who stopped following meanwhile', async () => {
      const { network, publish, readers, options } = await followed(3)
      await publish()
      const gone = { followerId: userId(2), followeeId: author }
      expect(
        await fanOutNext(
          interrupting(network, () => network.patterns.unfollow(gone)),
          options,
        ),
      ).to.not.equal(undefined)
      expect(await readers()).to.deep.equal([userId(0), userId(1), userId(3)])
    })

    it('is left to the worker that has claimed it since', async () => {
      const { network, clock, publish, readers, options } = await followed(12)
      await publish()
      let taken: unknown
      const slow = interrupting(network, async () => {
        clock.pass(options.milliseconds + 1)
        taken = await fanOutNext(network, { ...options, worker: 'w2' })
      })
      expect(await fanOutNext(slow, options)).to.deep.equal({ postId: postId(0), delivered: undefined })
      expect(taken).to.deep.equal({ postId: postId(0), delivered: 12 })
      expect(await readers()).to.deep.equal(usersTo(12))
    })

    it('goes on where it was interrupted, wherever that was, and leaves nothing with those who unfollowed', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 8 }),
          fc.integer({ min: 1, max: 4 }),
          fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
          fc.integer({ min: 0, max: 8 }),
          async (followers, pageSize, interruptions, leaver) => {
            const { network, clock, publish, readers, options } = await followed(followers)
            await publish()
            for (const calls of interruptions) {
              await expectLost(fanOutNext(failingAfter(network, calls), { ...options, pageSize }))
              clock.pass(options.milliseconds + 1)
            }
            const leaves = leaver >= 1 && leaver <= followers
            if (leaves) {
              await network.patterns.unfollow({ followerId: userId(leaver), followeeId: author })
            }
            await fanOutNext(network, { ...options, pageSize })
            const wanted = usersTo(followers).filter((one) => !leaves || one !== userId(leaver))
            // What had been delivered before somebody left stays: only blocking takes it out.
            expect(await readers()).to.include.members(wanted)
            if (leaves) await blockUser(network, { blockerId: userId(leaver), blockedId: author })
            expect(await readers()).to.deep.equal(wanted)
          },
        ),
        { numRuns: Math.ceil(propertyRuns / 20) },
      )
    })
  })

  describe('blocking', () => {
    it('ends both edges and takes each out of the other’s timeline, and can be repeated', async () => {
      const { network, publish, readers, options } = await followed(3)
      await network.patterns.follow({ followerId: author, followeeId: userId(1) })
      await publish()
      await fanOutNext(network, options)
      await network.patterns.publish({ postId: postId(9), authorId: userId(1), text: 'Hi', fanOut: 'write' })
      await fanOutNext(network, options)
      expect(await readers(9)).to.deep.equal([author, userId(1)])
      for (let time = 0; time < 2; time++) await blockUser(network, { blockerId: author, blockedId: userId(1) })
      expect(await readers()).to.deep.equal([author, userId(2), userId(3)])
      expect(await readers(9)).to.deep.equal([userId(1)])
      expect(await network.patterns.followers({ followeeId: author }).all()).to.have.length(2)
      expect(await network.patterns.following({ followerId: author }).all()).to.deep.equal([])
      expect(await refusal(network.patterns.follow({ followerId: userId(1), followeeId: author }))).to.not.equal(undefined)
    })

    it('wins against a delivery that is under way', async () => {
      const { network, publish, readers, options } = await followed(3)
      await publish()
      const blocking = { blockerId: userId(2), blockedId: author }
      await fanOutNext(
        interrupting(network, () => blockUser(network, blocking)),
        options,
      )
      expect(await readers()).to.deep.equal([userId(0), userId(1), userId(3)])
    })

    it('tries again when the edges change under it', async () => {
      const { network } = await followed(1)
      const edge = { followerId: userId(1), followeeId: author }
      let times = 0
      const restless: Social = {
        ...network,
        batchGet: ((operations: Parameters<Social['batchGet']>[0]) => {
          const read = network.batchGet(operations)
          return (async () => {
            const answer = await read
            if (times++ === 0) await network.patterns.unfollow(edge)
            return answer
          })()
        }) as unknown as Social['batchGet'],
      }
      await blockUser(restless, { blockerId: author, blockedId: userId(1) })
      expect(times).to.equal(2)
      expect(await network.patterns.hasBlocked({ blockerId: author, blockedId: userId(1) })).to.not.equal(undefined)
    })
  })

  describe('the home timeline', () => {
    it('is what was delivered and what is read, in one order, on pages that join without gap or repetition', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ author: fc.integer({ min: 1, max: 3 }), removed: fc.boolean() }), { maxLength: 12 }),
          fc.integer({ min: 1, max: 5 }),
          async (posts, limit) => {
            const network = await networkOf(engine.client(), { tableName: `timelines-${tables++}`, users: 4 })
            await network.entities.User.update({ userId: userId(1) }, { fanOut: 'read' })
            const { patterns } = network
            const reader = userId(0)
            for (const n of [1, 2, 3]) await patterns.follow({ followerId: reader, followeeId: userId(n) })
            for (const [n, { author, removed }] of posts.entries()) {
              const ids = { postId: postId(n), authorId: userId(author) }
              // Those of the first author are read, those of the others delivered.
              const fanOut = author === 1 ? 'read' : 'write'
              const firstReaders = author === 1 ? [] : [reader]
              await patterns.publish({ ...ids, text: 'x', postedAt: start, fanOut, firstReaders })
              if (removed) await patterns.removePost({ ...ids, postedAt: start, hashtags: [] })
            }
            const authorIds = await authorsToRead(network, reader, new Set([userId(1), numbered(77)]))
            expect(authorIds).to.deep.equal([userId(1)])
            const shown: string[] = []
            let before: string | undefined
            do {
              const page = await homeTimeline(network, {
                userId: reader,
                authorIds,
                limit,
                ...(before !== undefined && { before }),
              })
              expect(page.posts).to.have.length.at.most(limit)
              shown.push(...page.posts.map((post) => post.postId))
              before = page.before
            } while (before !== undefined)
            const expected = posts.flatMap(({ removed }, n) => (removed ? [] : [postId(n)])).reverse()
            expect(shown).to.deep.equal(expected)
          },
        ),
        { numRuns: Math.ceil(propertyRuns / 20) },
      )
    })

    it('leaves out whom the user has hidden', async () => {
      const { network, publish } = await followed(1)
      await publish()
      const page = { userId: author, authorIds: [] }
      expect((await homeTimeline(network, page)).posts).to.have.length(1)
      expect((await homeTimeline(network, { ...page, hidden: new Set([author]) })).posts).to.deep.equal([])
    })
  })

  /** What happens between the reading of a page and its delivery. */
  function interrupting(network: Social, event: () => PromiseLike<unknown>): Social {
    let happened = false
    const batchWrite = ((operations: Parameters<Social['batchWrite']>[0]) =>
      (async () => {
        if (!happened) {
          happened = true
          await event()
        }
        return network.batchWrite(operations)
      })()) as unknown as Social['batchWrite']
    return { ...network, batchWrite }
  }

  /** A worker that is lost after so many batches. */
  function failingAfter(network: Social, calls: number): Social {
    let left = calls
    const lost = <F extends (...args: never[]) => unknown>(run: F) =>
      ((...args: Parameters<F>) => {
        if (left-- <= 0) throw new Lost()
        return run(...args)
      }) as unknown as F
    return { ...network, batchWrite: lost(network.batchWrite), batchGet: lost(network.batchGet) }
  }

  async function expectLost(work: ReturnType<typeof fanOutNext>): Promise<void> {
    try {
      await work
    } catch (error) {
      if (!(error instanceof Lost)) throw error
    }
  }
})

class Lost extends Error {}
