// Claims in bad weather: lost answers, many workers at once, jobs that do not fit, and the priorities that a queue has.
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  createTable,
  defineModel,
  defineTable,
  MisfitError,
  ModelError,
  map,
  OutcomeUnknownError,
  string,
  ValidationError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { queue } from '../../patterns/queue.ts'
import { claimJob, completeJob, failJob, type Job } from '../../patterns/queue-claims.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({
  name: 'queue',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
})
const payload = map({ task: string() })
const modelOf = (priorities: number, shards = 1) =>
  defineModel({
    table,
    ...queue({ name: 'Job', index: 'GSI1', payload, priorities, ...(shards > 1 && { shards: { count: shards } }) }),
  })
const model = modelOf(3)

/** The SDK's retries without its waiting. */
const atOnce = {
  acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
  refreshRetryTokenForRetry: async (token: { getRetryCount(): number }, { error }: { readonly error?: unknown }) => {
    if (token.getRetryCount() === 3) throw error
    return { getRetryCount: () => token.getRetryCount() + 1, getRetryDelay: () => 0 }
  },
  recordSuccess: () => undefined,
}

describe('claims of a queue', () => {
  let engine: LocalEngine
  let time = 1_000_000
  let tables = 0
  const now = () => new Date(time)
  before(async () => {
    engine = await startLocal()
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())

  const connectedTo = (tableName: string, declared: typeof model) => {
    const { entities, patterns } = connect(declared, { client: engine.client({ retryStrategy: atOnce }), tableName, now })
    return { jobs: entities.Job, queue: patterns.jobQueue }
  }
  async function open(declared: typeof model = model) {
    const tableName = `claims${tables++}`
    await createTable(declared, engine.client(), { tableName })
    return { ...connectedTo(tableName, declared), tableName }
  }
  const request = (worker = 'w') => ({ worker, milliseconds: 100, now })
  const loseAnswer = (times = 1) => engine.faults.add({ kind: 'disconnect', when: 'after', operations: ['UpdateItem'], times })

  describe('when answers are lost', () => {
    it('are answered when they were made, and so is what is done with them', async () => {
      const connected = await open()
      await connected.jobs.create({ payload: { task: 'a' }, dueAt: now() })
      loseAnswer()
      const job = (await claimJob(connected, request())) ?? expect.fail('not claimed')
      expect(job).to.include({ state: 'claimed', worker: 'w', attempts: 1 })
      loseAnswer()
      expect(await failJob(connected, job, { problem: 'x', retryAt: now() })).to.include({ state: 'ready' })
      const again = (await claimJob(connected, request())) ?? expect.fail('not claimed')
      loseAnswer()
      expect(await completeJob(connected, again)).to.include({ state: 'done' })
    })

    it('are open when nothing tells what became of them', async () => {
      const connected = await open()
      await connected.jobs.create({ payload: { task: 'a' }, dueAt: now() })
      loseAnswer(100)
      const outcome = await claimJob(connected, request()).catch((error: unknown) => error)
      expect(outcome).to.be.instanceOf(OutcomeUnknownError)
    })

    it('are one for each job at any time, known to its worker', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 1, max: 6 }),
          async (jobs, workers, seed) => {
            const connected = await open()
            for (let n = 0; n < jobs; n++) await connected.jobs.create({ payload: { task: `${n}` }, dueAt: now() })
            const scope = { operations: ['UpdateItem'], probability: 0.4, seed } as const
            engine.faults.add({ kind: 'disconnect', when: 'after', ...scope })
            const unknown: string[] = []
            const claims = await Promise.all(
              Array.from({ length: workers }, async (_, n) => {
                const worker = `w${n}`
                const job: Job | undefined = await claimJob(connected, request(worker)).catch((error: unknown) => {
                  if (!(error instanceof OutcomeUnknownError) || error.item !== undefined) throw error
                  unknown.push(worker)
                  return undefined
                })
                return job && `${job.jobId} ${worker}`
              }),
            )
            engine.faults.clear()
            const held = await connected.queue({ state: 'claimed', priority: 0 }).all()
            const known = held.filter(({ worker = '' }) => !unknown.includes(worker))
            expect(claims.filter((one) => one !== undefined)).to.have.members(known.map((job) => `${job.jobId} ${job.worker}`))
          },
        ),
        { numRuns: Math.ceil(propertyRuns / 10) },
      )
    })
  })

  it('find a job for every worker, as long as there are jobs, though all read the same candidates', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 7 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(1, 2),
        async (jobs, workers, candidates, shards) => {
          const connected = await open(modelOf(3, shards))
          for (let n = 0; n < jobs; n++) await connected.jobs.create({ payload: { task: `${n}` }, dueAt: new Date(time - n) })
          const claims = await Promise.all(
            Array.from({ length: workers }, (_, n) => claimJob(connected, { ...request(`w${n}`), candidates })),
          )
          const claimed = claims.flatMap((job) => job?.jobId ?? [])
          expect(new Set(claimed).size).to.equal(claimed.length).and.to.equal(Math.min(jobs, workers))
        },
      ),
      { numRuns: Math.ceil(propertyRuns / 20) },
    )
  })

  it('find the jobs behind a page of those that have just failed', async () => {
    const connected = await open()
    for (let n = 0; n < 5; n++) await connected.jobs.create({ payload: { task: `${n}` }, dueAt: now() })
    for (let n = 0; n < 5; n++) await claimJob(connected, request())
    time += 100
    await connected.jobs.create({ payload: { task: 'next' }, dueAt: now() })
    const job = await claimJob(connected, { ...request(), candidates: 2, maxLosses: 1 })
    expect(job?.payload.task).to.equal('next')
    expect(await connected.queue({ state: 'failed', priority: 0 }).all()).to.have.length(5)
  })

  describe('of jobs that do not fit', () => {
    const grown = () =>
      defineModel({
        table,
        ...queue({ name: 'Job', index: 'GSI1', payload: map({ task: string(), by: string() }), priorities: 3 }),
      })

    it('are refused with what does not fit, once there is nothing else to claim', async () => {
      const old = await open()
      const misfit = await old.jobs.create({ payload: { task: 'old' }, dueAt: new Date(time - 5) })
      const { entities, patterns } = connect(grown(), { client: engine.client(), tableName: old.tableName, now })
      const connected = { jobs: entities.Job, queue: patterns.jobQueue }
      await connected.jobs.create({ payload: { task: 'new', by: 'ada' }, priority: 1, dueAt: now() })
      const both = { ...request(), priorities: [0, 1] }
      expect((await claimJob(connected, both))?.payload.task).to.equal('new')
      const refused = await claimJob(connected, both).catch((error: unknown) => error)
      expect(refused).to.be.instanceOf(MisfitError)
      expect((refused as MisfitError).misfit.path).to.equal('payload.by')
      expect(await old.jobs.get({ jobId: misfit.jobId })).to.include({ state: 'ready', attempts: 0 })
      expect(await claimJob(connected, { ...request(), priorities: [2] })).to.equal(undefined)
    })
  })

  describe('by priority', () => {
    it('find what waits after priorities were added, up to ten', async () => {
      const { jobs, tableName } = await open(modelOf(1))
      await jobs.create({ payload: { task: 'before' }, dueAt: now() })
      const grown = connectedTo(tableName, modelOf(10))
      await grown.jobs.create({ payload: { task: 'last' }, priority: 9, dueAt: now() })
      const tasks = []
      for (let n = 0; n < 2; n++) tasks.push((await claimJob(grown, { ...request(), priorities: [0, 9] }))?.payload.task)
      expect(tasks).to.deep.equal(['before', 'last'])
    })

    it('are of priorities that there are', async () => {
      for (const priorities of [11, 0, 1.5, Number.NaN])
        expect(() => queue({ name: 'Job', index: 'GSI1', payload, priorities })).to.throw(ModelError, 'priorities')
      const { jobs } = await open()
      await jobs.create({ payload: { task: 'a' }, priority: 2 })
      const refused = await jobs.create({ payload: { task: 'a' }, priority: 3 }).then(undefined, (error: unknown) => error)
      expect(refused).to.be.instanceOf(ValidationError)
      expect((refused as ValidationError).path).to.equal('priority')
    })
  })
})
