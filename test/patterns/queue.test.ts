// A queue: each job has one worker at a time, is done once, and is never lost, whatever fails and whoever claims at once.
import { expect } from 'chai'
import fc from 'fast-check'
import { collectSamples, describeModel } from '../../lib/docs/index.ts'
import { connect, createTable, defineModel, defineTable, ModelError, map, string, ulid, uuid } from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { queue } from '../../patterns/queue.ts'
import { claimJob, completeJob, extendClaim, failJob } from '../../patterns/queue-claims.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({
  name: 'queue',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
})
const model = defineModel({
  table,
  ...queue({ name: 'Job', index: 'GSI1', payload: map({ task: string() }), priorities: 3, shards: { count: 2 } }),
})

describe('a queue', () => {
  let engine: LocalEngine
  let time = 1_000_000
  let tables = 0
  const now = () => new Date(time)
  const open = async () => {
    const tableName = `queue${tables++}`
    const client = engine.client({ maxAttempts: 1 })
    await createTable(model, client, { tableName })
    const { entities, patterns } = connect(model, { client, tableName, now })
    return { jobs: entities.Job, queue: patterns.jobQueue }
  }
  type Queue = Awaited<ReturnType<typeof open>>
  let connected: Queue
  before(async () => {
    engine = await startLocal()
  })
  beforeEach(async () => {
    connected = await open()
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())
  const claim = (worker: string, priorities?: number[]) =>
    claimJob(connected, { worker, milliseconds: 100, now, ...(priorities && { priorities }) })
  const add = (task: string, priority = 0, dueAt = now()) => connected.jobs.create({ payload: { task }, priority, dueAt })

  it('gives jobs by priority, then in the order in which they are due, and none before its time', async () => {
    await add('later', 0, new Date(time + 50))
    await add('second', 1, new Date(time - 1))
    await add('first', 1, new Date(time - 2))
    const tasks = []
    for (let job = await claim('w', [0, 1]); job !== undefined; job = await claim('w', [0, 1])) tasks.push(job.payload.task)
    expect(tasks).to.deep.equal(['first', 'second'])
    time += 50
    expect((await claim('w'))?.payload.task).to.equal('later')
  })

  it('gives a job that is claimed to nobody else, until the claim has ended', async () => {
    await add('a')
    const claimed = await claim('w1')
    expect(claimed).to.include({ state: 'claimed', worker: 'w1', attempts: 1 })
    expect(await claim('w2')).to.equal(undefined)
    time += 100
    expect(await claim('w2')).to.include({ worker: 'w2', attempts: 2 })
  })

  it('does not let a worker whose claim was taken over finish, fail or keep the job', async () => {
    await add('a')
    const lost = (await claim('w1')) ?? expect.fail()
    time += 100
    const held = (await claim('w1')) ?? expect.fail()
    expect(await completeJob(connected, lost)).to.equal(undefined)
    expect(await failJob(connected, lost, { problem: 'x' })).to.equal(undefined)
    expect(await extendClaim(connected, lost, { milliseconds: 100, now })).to.equal(undefined)
    const extended = (await extendClaim(connected, held, { milliseconds: 300, now })) ?? expect.fail()
    time += 200
    expect(await claim('w2')).to.equal(undefined)
    expect(await completeJob(connected, extended)).to.include({ state: 'done' })
    expect((await connected.queue({ state: 'claimed', priority: 0 })).items).to.deep.equal([])
  })

  it('notes with a longer claim what has been done, and of a worker whose claim was taken over nothing', async () => {
    await add('a')
    const lost = (await claim('w1')) ?? expect.fail()
    time += 100
    const held = (await claim('w2')) ?? expect.fail()
    expect(await extendClaim(connected, lost, { milliseconds: 100, now, changes: { payload: { task: 'lost' } } })).to.equal(
      undefined,
    )
    const extended = await extendClaim(connected, held, { milliseconds: 300, now, changes: { payload: { task: 'half' } } })
    expect(extended).to.deep.include({ worker: 'w2', dueAt: new Date(time + 300), payload: { task: 'half' } })
    expect(await connected.jobs.get({ jobId: held.jobId })).to.deep.equal(extended)
  })

  it('leaves a claim alone that was extended, and a job that waits for another attempt, when the index shows them as they were', async () => {
    await add('a')
    await add('b')
    const held = (await claim('w1')) ?? expect.fail()
    const failed = (await claim('w1')) ?? expect.fail()
    time += 100
    await extendClaim(connected, held, { milliseconds: 500, now })
    await failJob(connected, failed, { problem: 'busy', retryAt: new Date(time + 500) })
    const behind = async () => {
      const [one, other] = await Promise.all([held, failed].map(({ jobId }) => connected.jobs.get({ jobId })))
      return { items: [one ?? expect.fail(), other ?? expect.fail()], misfits: [] }
    }
    const late = { jobs: connected.jobs, queue: behind }
    expect(await claimJob(late, { worker: 'w2', milliseconds: 100, now })).to.equal(undefined)
    expect(await claimJob(late, { worker: 'w2', milliseconds: 100, now, maxLosses: 1 })).to.equal(undefined)
    expect(await connected.jobs.get({ jobId: held.jobId })).to.include({ worker: 'w1', state: 'claimed' })
  })

  it('lets the worker finish a job with what it got first, also when it has extended the claim since', async () => {
    await add('a')
    const job = (await claim('w1')) ?? expect.fail()
    await extendClaim(connected, job, { milliseconds: 500, now })
    await extendClaim(connected, job, { milliseconds: 900, now })
    expect(await completeJob(connected, job)).to.include({ state: 'done' })
    expect(await completeJob(connected, job)).to.equal(undefined)
  })

  it('lets nobody finish or fail a job that nobody has claimed', async () => {
    const job = await add('a')
    expect(await completeJob(connected, job)).to.equal(undefined)
    expect(await failJob(connected, job, { problem: 'x' })).to.equal(undefined)
    expect(await claim('w1')).to.include({ state: 'claimed', attempts: 1 })
  })

  it('tries again when told', async () => {
    await add('a')
    const job = (await claim('w')) ?? expect.fail()
    await failJob(connected, job, { problem: 'busy', retryAt: new Date(time + 500) })
    expect(await claim('w')).to.equal(undefined)
    time += 500
    expect(await claim('w')).to.include({ attempts: 2, problem: 'busy' })
  })

  it('does not give a job that is finished, when the index shows it as it was', async () => {
    const { jobId } = await add('a')
    await completeJob(connected, (await claim('w1')) ?? expect.fail())
    time += 100
    const behind = async () => ({ items: [(await connected.jobs.get({ jobId })) ?? expect.fail()], misfits: [] })
    expect(await claimJob({ jobs: connected.jobs, queue: behind }, { worker: 'w2', milliseconds: 100, now })).to.equal(undefined)
  })

  it('does each job once, among many workers, while requests are lost and workers die', async () => {
    const worker = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), dies: fc.boolean(), fails: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.array(worker, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
        async (count, rounds) => {
          connected = await open()
          const ids = await Promise.all(Array.from({ length: count }, (_, n) => add(String(n)).then(({ jobId }) => jobId)))
          const finished: string[] = []
          engine.faults.add({
            kind: 'disconnect',
            when: 'after',
            probability: 0.05,
            operations: ['UpdateItem'],
            seed: rounds.length,
          })
          for (const workers of rounds) {
            await Promise.all(
              workers.map(async ({ name, dies, fails }, position) => {
                const job = await claim(`${name}${position}`).catch(() => undefined)
                if (job === undefined || dies) return
                if (fails) await failJob(connected, job, { problem: 'failed', retryAt: now() }).catch(() => undefined)
                // An answer that was lost leaves open whether the job is done; then it is asked again below.
                else if ((await completeJob(connected, job).catch(() => undefined)) !== undefined) finished.push(job.jobId)
              }),
            )
            time += 60
          }
          engine.faults.clear()
          expect(new Set(finished).size, 'finished twice').to.equal(finished.length)
          time += 1000
          for (let job = await claim('last'); job !== undefined; job = await claim('last')) {
            expect(finished).to.not.include(job.jobId)
            await completeJob(connected, job)
          }
          // None is lost: what is not done is listed as failed.
          const failed = (await connected.queue({ state: 'failed', priority: 0 }).all()).map(({ jobId }) => jobId)
          const states = await Promise.all(ids.map((jobId) => connected.jobs.get({ jobId }).then((job) => job?.state)))
          expect(states).to.deep.equal(ids.map((jobId) => (failed.includes(jobId) ? 'failed' : 'done')))
          for (const jobId of finished) expect((await connected.jobs.get({ jobId }))?.state).to.equal('done')
        },
      ),
      { numRuns: Math.ceil(propertyRuns / 20) },
    )
  })

  it('is documented as a whole, as it is told', async () => {
    const told = { description: 'A mail to be sent.', jobId: uuid().example('6f1f2bb4-2f8e-4a55-9df0-1f0e3f5b6a3c') }
    const mails = defineModel({ table, ...queue({ name: 'Mail', index: 'GSI1', payload: string().example('Hello'), ...told }) })
    const documentation = describeModel(mails)
    const { Mail } = mails.entities
    expect(Mail.description).to.equal(told.description)
    const documented = await startLocal({ clock: documentation.now })
    await createTable(mails, documented.client())
    const samples = await collectSamples(mails, { client: documented.client(), documentation })
    await documented.close()
    const example = { jobId: told.jobId.definition.example, state: 'claimed', attempts: 1, worker: 'worker-1', payload: 'Hello' }
    expect((samples.get('mailQueue') as { items: object[] }).items[0]).to.include(example)
  })

  it('is refused with an identifier that is not made', () => {
    const jobId = ulid({ generate: false })
    expect(() => queue({ name: 'Job', index: 'GSI1', payload: string(), jobId })).to.throw(ModelError, 'jobId')
  })

  it('is named after its entity, twice in one model too', () => {
    const mails = queue({ name: 'Mail', index: 'GSI1', payload: string() })
    const jobs = queue({ name: 'Job', index: 'GSI1', payload: string() })
    const both = defineModel({
      table,
      entities: { ...mails.entities, ...jobs.entities },
      accessPatterns: { ...mails.accessPatterns, ...jobs.accessPatterns },
    })
    expect(Object.keys(both.accessPatterns)).to.deep.equal(['mailQueue', 'jobQueue'])
  })
})
