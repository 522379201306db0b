// How jobs end: failed when they lose worker after worker, listed then and put back when told to, and deleted some days after the end.
import { expect } from 'chai'
import fc from 'fast-check'
import { connect, createTable, defineModel, defineTable, ModelError, map, patch, string } from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { queue } from '../../patterns/queue.ts'
import { claimJob, completeJob, extendClaim, failJob, retryJob } from '../../patterns/queue-claims.ts'
import { propertyRuns } from '../property-runs.ts'

const plain = {
  name: 'queue',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
} as const
const table = defineTable({ ...plain, timeToLive: 'expiresAt' })
const payload = map({ task: string(), notes: string().optional() })
const model = defineModel({ table, ...queue({ name: 'Job', index: 'GSI1', payload, expiresAfterDays: 7 }) })
const day = 86_400_000

describe('the end of a job', () => {
  let engine: LocalEngine
  let time = 1_000_000
  let tables = 0
  const now = () => new Date(time)
  const open = async () => {
    const tableName = `endings${tables++}`
    const client = engine.client()
    await createTable(model, client, { tableName })
    const { entities, patterns } = connect(model, { client, tableName, now })
    return { jobs: entities.Job, queue: patterns.jobQueue }
  }
  let connected: Awaited<ReturnType<typeof open>>
  before(async () => {
    engine = await startLocal()
  })
  beforeEach(async () => {
    connected = await open()
  })
  after(() => engine.close())
  const claim = (maxLosses = 3) => claimJob(connected, { worker: 'w', milliseconds: 100, now, maxLosses })
  const claimed = async () => (await claim()) ?? expect.fail('nothing to claim')
  const add = () => connected.jobs.create({ payload: { task: 'x' }, dueAt: now() })
  const failed = () => connected.queue({ state: 'failed', priority: 0 }).all()

  it('is failure when it has lost enough workers, one after the other', async () => {
    const { jobId } = await add()
    for (const losses of [undefined, 1, 2]) {
      expect((await claimed()).losses).to.equal(losses)
      time += 100
    }
    expect(await claim()).to.equal(undefined)
    expect(await connected.jobs.get({ jobId })).to.include({ state: 'failed', attempts: 3, losses: 3 })
    expect((await connected.jobs.get({ jobId }))?.problem).to.contain('3 workers')
  })

  it('is not failure for being interrupted, while workers get on with it or say that they failed', async () => {
    // What each worker does before it is lost, or in place of it.
    const step = fc.constantFrom('is lost', 'gets on', 'fails', 'only holds')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        connected = await open()
        const { jobId } = await add()
        let losses = 0
        for (const step of steps) {
          if (losses >= 3) break
          const job = await claimed()
          const changes = { payload: patch({ notes: step }) }
          if (step === 'gets on') await extendClaim(connected, job, { milliseconds: 100, now, changes })
          if (step === 'only holds') await extendClaim(connected, job, { milliseconds: 100, now })
          if (step === 'fails') await failJob(connected, job, { problem: 'busy', retryAt: now(), now })
          losses = step === 'fails' ? 0 : step === 'gets on' ? 1 : losses + 1
          time += 100
        }
        if (losses >= 3) expect(await claim()).to.equal(undefined)
        else expect(await completeJob(connected, await claimed(), { now })).to.not.have.property('losses')
        expect((await connected.jobs.get({ jobId }))?.state).to.equal(losses < 3 ? 'done' : 'failed')
        expect((await failed()).map((job) => job.jobId)).to.deep.equal(losses < 3 ? [] : [jobId])
      }),
      { numRuns: Math.ceil(propertyRuns / 5) },
    )
  })

  it('is listed when it is failure, by its time, and can be taken back, once', async () => {
    await add()
    const first = await failJob(connected, await claimed(), { problem: 'no such address', now })
    time += 10
    await add()
    await failJob(connected, await claimed(), { problem: 'no such street', now })
    expect((await failed()).map(({ problem }) => problem)).to.deep.equal(['no such address', 'no such street'])
    expect(await claim()).to.equal(undefined)
    const job = first ?? expect.fail()
    expect(await retryJob(connected, job, { now })).to.include({ state: 'ready', problem: 'no such address' })
    expect(await retryJob(connected, job, { now })).to.equal(undefined)
    expect(await failed()).to.have.length(1)
    const again = await claimed()
    expect(again).to.include({ jobId: job.jobId, attempts: 2 }).and.not.have.any.keys('losses', 'expiresAt')
    expect(await retryJob(connected, again, { now })).to.equal(undefined)
  })

  it('taken back, begins to count lost workers anew', async () => {
    await add()
    const lose = async (times: number) => {
      for (let n = 0; n < times; n++) {
        await claimed()
        time += 100
      }
    }
    await lose(3)
    expect(await claim()).to.equal(undefined)
    const [job = expect.fail()] = await failed()
    await retryJob(connected, job, { now })
    await lose(3)
    expect(await claim()).to.equal(undefined)
  })

  it('is deleted so many days later: done, failed, or lost; and a job that is to be done is not', async () => {
    time = 5_000_500
    const after = (days: number) => new Date(5_000_000 + days * day)
    expect(await add())
      .to.include({ expiresAfterDays: 7 })
      .and.not.have.property('expiresAt')
    const held = await claimed()
    expect(held).to.not.have.property('expiresAt')
    expect((await completeJob(connected, held, { now }))?.expiresAt).to.deep.equal(after(7))
    await connected.jobs.create({ payload: { task: 'x' }, dueAt: now(), expiresAfterDays: 1 })
    expect((await failJob(connected, await claimed(), { problem: 'x', now }))?.expiresAt).to.deep.equal(after(1))
    await add()
    const waits = await failJob(connected, await claimed(), { problem: 'x', retryAt: now(), now })
    expect(waits).to.not.have.property('expiresAt')
    await claimed()
    time += 100
    expect(await claim(1)).to.equal(undefined)
    expect((await failed()).map(({ expiresAt }) => expiresAt)).to.deep.equal([after(1), after(7)])
  })

  it('leaves out what the work alone needed', async () => {
    await connected.jobs.create({ payload: { task: 'x', notes: 'long' }, dueAt: now() })
    const held = await claimed()
    const done = await completeJob(connected, held, { now, changes: { payload: { task: 'x' } } })
    expect(done?.payload).to.deep.equal({ task: 'x' })
    expect((await connected.jobs.get({ jobId: held.jobId }))?.payload).to.deep.equal({ task: 'x' })
  })

  it('keeps of a problem what there is room for, in whole characters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 990, max: 1010 }), fc.string({ unit: 'binary', maxLength: 20 }), async (length, end) => {
        await add()
        const problem = `${'x'.repeat(length)}${end}${'y'.repeat(2000)}`
        const text = (await failJob(connected, await claimed(), { problem, now }))?.problem ?? expect.fail('not failed')
        expect(problem.startsWith(text)).to.equal(true)
        expect(text.length).to.be.within(999, 1000)
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
    const cases = [
      ['half a character: \ud83d.', 'half a character: \ufffd.'],
      [`${'x'.repeat(999)}😀`, 'x'.repeat(999)],
      [`${'x'.repeat(998)}😀`, `${'x'.repeat(998)}😀`],
    ]
    for (const [problem = '', kept] of cases) {
      await add()
      expect((await failJob(connected, await claimed(), { problem, now }))?.problem).to.equal(kept)
    }
  })

  it('stays, and needs no TTL, when nothing is said of days', async () => {
    const kept = defineModel({ table: defineTable(plain), ...queue({ name: 'Job', index: 'GSI1', payload }) })
    expect(kept.entities.Job.attributes).to.not.have.any.keys('expiresAt', 'expiresAfterDays')
    const client = engine.client()
    await createTable(kept, client, { tableName: 'kept' })
    const { entities, patterns } = connect(kept, { client, tableName: 'kept', now })
    const jobs = { jobs: entities.Job, queue: patterns.jobQueue }
    await jobs.jobs.create({ payload: { task: 'x' }, dueAt: now() })
    const job = (await claimJob(jobs, { worker: 'w', milliseconds: 100, now })) ?? expect.fail()
    const lost = (await failJob(jobs, job, { problem: 'x', now })) ?? expect.fail()
    await retryJob(jobs, lost, { now })
    const again = (await claimJob(jobs, { worker: 'w', milliseconds: 100, now })) ?? expect.fail()
    expect(await completeJob(jobs, again, { now })).to.include({ state: 'done' })
  })

  it('is refused a number of days that is none', () => {
    for (const expiresAfterDays of [0, -1, Number.NaN])
      expect(() => queue({ name: 'Job', index: 'GSI1', payload, expiresAfterDays })).to.throw(ModelError, 'expiresAfterDays')
  })
})
