// Deliveries in bad weather: what fails is tried again, what gets on is not given up, and what is given up can be taken back. And unfollowing.
import { expect } from 'chai'
import fc from 'fast-check'
import { type FanOutOptions, fanOutNext } from '../../entities/social/fan-out.ts'
import type { Social } from '../../entities/social/index.ts'
import { timelineDays } from '../../entities/social/timeline.ts'
import { unfollowUser } from '../../entities/social/unfollow-user.ts'
import { TransactionCanceledError } from '../../lib/index.ts'
import { type ClaimOptions, retryJob } from '../../patterns/index.ts'
import { onEmbedded, startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { itemsIn, networkOf, postId, start, userId } from './social-network.ts'

const author = userId(0)
const day = 86_400_000

describe('social deliveries', () => {
  let engine: TestEngine
  let tables = 0
  before(async () => {
    engine = await startTestEngine()
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())

  /** A network whose first user is followed by all others and has written a post; and its clock. */
  async function published(followers: number) {
    let time = start.getTime()
    const now = () => new Date(time)
    const tableName = `deliveries-${tables++}`
    const client = engine.client({ maxAttempts: 1 })
    const network = await networkOf(client, { tableName, users: 2, now })
    for (let n = 1; n <= followers; n++)
      await network.patterns.follow({ followerId: userId(n), followeeId: author, followedAt: new Date(start.getTime() - n) })
    await network.patterns.publish({ postId: postId(0), authorId: author, text: 'x', postedAt: start, fanOut: 'write' })
    const options: ClaimOptions & FanOutOptions = { worker: 'w', milliseconds: 600_000, pageSize: 2, now }
    return {
      network,
      options,
      now,
      pass: (milliseconds: number) => {
        time += milliseconds
      },
      job: async () => (await network.entities.Delivery.get({ jobId: postId(0) })) ?? expect.fail('no delivery'),
      readers: async () => (await itemsIn(client, tableName)).of('TimelineEntry').map((entry) => entry.userId),
    }
  }
  const followersTo = (n: number) => Array.from({ length: n + 1 }, (_, one) => userId(one))

  it('leave who got it and when they are deleted, and nothing of their work', async () => {
    const { network, options, job } = await published(3)
    await fanOutNext(network, options)
    const { payload, expiresAt, state } = await job()
    expect(state).to.equal('done')
    expect(payload).to.deep.equal({ authorId: author, delivered: 3 })
    expect(expiresAt).to.deep.equal(new Date(start.getTime() + 7 * day))
  })

  it('that fail say what it was, and are due after a pause that grows to five minutes, not when the claim ends', async () => {
    const { network, options, job, now, pass, readers } = await published(1)
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
      await expectLost(fanOutNext(losing(network, 0), options))
      const { state, dueAt, problem } = await job()
      expect(state).to.equal('ready')
      expect(problem).to.equal('Error: no network')
      expect(dueAt.getTime() - now().getTime()).to.equal(seconds * 1_000)
      pass(seconds * 1_000)
    }
    expect(await fanOutNext(network, options)).to.deep.equal({ postId: postId(0), delivered: 1 })
    expect(await readers()).to.have.members(followersTo(1))
  })

  it('are not given up however often they are interrupted, if each worker gets on a page', async () => {
    const interruption = fc.record({ silent: fc.boolean(), batches: fc.integer({ min: 2, max: 4 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 30 }),
        fc.array(interruption, { minLength: 5, maxLength: 9 }),
        async (followers, interruptions) => {
          const { network, options, pass, readers, job } = await published(followers)
          for (const { silent, batches } of interruptions) {
            await expectLost(fanOutNext(losing(network, batches, silent), options))
            pass(options.milliseconds)
          }
          if ((await job()).state !== 'done')
            expect(await fanOutNext(network, options)).to.deep.equal({ postId: postId(0), delivered: followers })
          expect(await job()).to.include({ state: 'done' })
          expect((await job()).payload).to.deep.equal({ authorId: author, delivered: followers })
          expect(await readers()).to.have.members(followersTo(followers))
        },
      ),
      { numRuns: Math.ceil(propertyRuns / 50) },
    )
  })

  it('that lose worker after worker on a page are given up, listed, and go on when they are taken back', async () => {
    const { network, options, job, now, pass, readers } = await published(5)
    const { Delivery } = network.entities
    const connected = { jobs: Delivery, queue: network.patterns.deliveryQueue }
    await expectLost(fanOutNext(losing(network, 3, true), options))
    for (let n = 0; n < 5; n++) {
      pass(options.milliseconds)
      await expectLost(fanOutNext(losing(network, 0, true), options))
    }
    expect(await job()).to.include({ state: 'failed' })
    expect(await fanOutNext(network, options)).to.equal(undefined)
    const failed = await network.patterns.deliveryQueue({ state: 'failed', priority: 0 }).all()
    expect(failed.map(({ jobId }) => jobId)).to.deep.equal([postId(0)])
    for (const one of failed) await retryJob(connected, one, { now })
    expect(await fanOutNext(network, options)).to.deep.equal({ postId: postId(0), delivered: 5 })
    expect(await readers()).to.have.members(followersTo(5))
  })

  it('are done when their entries would have expired', async () => {
    const { network, options, job, pass, readers } = await published(2)
    pass(timelineDays * day)
    expect(await fanOutNext(network, options)).to.deep.equal({ postId: postId(0), delivered: 0 })
    expect(await job()).to.include({ state: 'done' })
    expect(await readers()).to.deep.equal([author])
  })

  describe('unfollowing', () => {
    const pair = { followerId: userId(1), followeeId: author }

    it('takes the posts that were delivered out of the timeline, with the edge, and can be repeated', async () => {
      const { network, options, readers } = await published(2)
      await fanOutNext(network, options)
      await network.patterns.publish({ postId: postId(1), authorId: userId(1), text: 'own', fanOut: 'write' })
      expect(await unfollowUser(network, pair)).to.equal(true)
      expect(await readers()).to.have.members([author, userId(2), userId(1)])
      expect(await network.patterns.isFollowing(pair)).to.equal(undefined)
      expect((await network.patterns.timeline({ userId: userId(1) })).items.map((entry) => entry.postId)).to.deep.equal([
        postId(1),
      ])
      expect(await unfollowUser(network, pair)).to.equal(false)
    })

    it('finishes what was left when it was interrupted after the edge', async () => {
      const { network, options, readers } = await published(2)
      await fanOutNext(network, options)
      await expectLost(unfollowUser(losing(network, 0), pair))
      expect(await readers()).to.include(userId(1))
      expect(await unfollowUser(network, pair)).to.equal(false)
      expect(await readers()).to.have.members([author, userId(2)])
    })

    onEmbedded('faults', 'leaves the timeline alone when the edge could not be removed', async () => {
      const { network, options, readers } = await published(1)
      await fanOutNext(network, options)
      engine.faults.add({ kind: 'throttle', operations: ['TransactWriteItems'] })
      const refused = await unfollowUser(network, pair).then(undefined, (error: unknown) => error)
      expect(refused).to.be.instanceOf(TransactionCanceledError)
      engine.faults.clear()
      expect(await readers()).to.have.members([author, userId(1)])
    })
  })

  /** A network that is gone after so many batches; silent, for the delivery too, as when the worker itself is gone. */
  function losing(network: Social, batches: number, silent = false): Social {
    let left = batches
    const lost = <F extends (...args: never[]) => unknown>(run: F, count: boolean) =>
      ((...args: Parameters<F>) => {
        if (count ? left-- <= 0 : left < 0) throw new Error('no network')
        return run(...args)
      }) as unknown as F
    const { Delivery } = network.entities
    const gone = { ...Delivery, update: lost(Delivery.update, false) }
    return {
      ...network,
      entities: silent ? { ...network.entities, Delivery: gone } : network.entities,
      batchWrite: lost(network.batchWrite, true),
      batchGet: lost(network.batchGet, true),
    }
  }

  async function expectLost(work: PromiseLike<unknown>): Promise<void> {
    try {
      await work
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'no network') throw error
    }
  }
})
