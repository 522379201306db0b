// A time series: between two times exactly what happened, whichever periods it lies in.
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  createTable,
  datetime,
  defineModel,
  defineTable,
  ItemExistsError,
  ModelError,
  number,
  string,
  transaction,
  ulid,
  ValidationError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { timeSeries } from '../../patterns/time-series.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({ name: 'series', partitionKey: 'PK', sortKey: 'SK' })
const readings = timeSeries({
  name: 'Reading',
  attributes: { sensor: string(), at: datetime(), celsius: number() },
  of: 'sensor',
  at: 'at',
  period: 'day',
})
const ticks = timeSeries({
  name: 'Tick',
  attributes: { sensor: string(), at: datetime(), celsius: number() },
  of: 'sensor',
  at: 'at',
  period: 'hour',
  shards: { count: 3 },
})
const events = timeSeries({
  name: 'Event',
  attributes: { account: string(), time: datetime(), eventId: ulid() },
  of: 'account',
  at: 'time',
  tie: 'eventId',
  period: 'month',
})
const model = defineModel({
  table,
  entities: { ...readings.entities, ...ticks.entities, ...events.entities },
  accessPatterns: { ...readings.accessPatterns, ticks: ticks.accessPatterns.during, events: events.accessPatterns.during },
})

describe('a time series', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client() })
  let series: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    series = open()
  })
  after(() => engine.close())

  it('has between two times exactly what happened, in order, also when writes fail and are repeated', async () => {
    const day = 86_400_000
    const start = Date.UTC(2026, 1, 27)
    // Near midnights as often as not.
    const time = fc
      .tuple(fc.integer({ min: 0, max: 4 }), fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: 0, max: day - 1 })))
      .map(([days, rest]) => start + days * day + rest)
    let runs = 0
    const faulty = connect(model, { client: engine.client({ maxAttempts: 1 }) }).entities
    const input = fc.record({
      times: fc.uniqueArray(time, { maxLength: 15 }),
      from: time,
      to: time,
      bounds: fc.constantFrom(['gte', 'lte'] as const, ['gte', 'lt'] as const, ['gt', 'lte'] as const, ['gt', 'lt'] as const),
    })
    await fc.assert(
      fc.asyncProperty(input, async ({ times, bounds: [low, high], ...ends }) => {
        const [from, to] = [Math.min(ends.from, ends.to), Math.max(ends.from, ends.to) + 1]
        const sensor = `s${runs++}`
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.2, seed: runs })
        const write = async (at: number): Promise<void> => {
          const item = { sensor, at: new Date(at), celsius: at % 40 }
          await Promise.all([faulty.Reading.put(item), faulty.Tick.put(item)]).catch(() => write(at))
        }
        await Promise.all([...times, ...times].map(write))
        engine.faults.clear()
        const expected = times
          .filter((at) => (low === 'gte' ? at >= from : at > from) && (high === 'lte' ? at <= to : at < to))
          .sort((a, b) => a - b)
        const range = { sensor, at: { [low]: new Date(from), [high]: new Date(to) } as { gte: Date; lt: Date } }
        const timesOf = (items: readonly { at: Date }[]) => items.map(({ at }) => at.getTime())
        expect(timesOf(await series.patterns.during(range).all())).to.deep.equal(expected)
        expect(timesOf(await series.patterns.latest(range).all())).to.deep.equal([...expected].reverse())
        expect(timesOf(await series.patterns.ticks(range).all())).to.deep.equal(expected)
        const pages = await series.patterns.during(range, { limit: 3 }).page()
        expect(timesOf(pages.items)).to.deep.equal(expected.slice(0, 3))
      }),
      { numRuns: Math.ceil(propertyRuns / 15) },
    )
  })

  it('has one item in a millisecond, or with a tie any number', async () => {
    const at = new Date('2026-05-05T05:05:05.005Z')
    await series.entities.Reading.create({ sensor: 'roof', at, celsius: 1 })
    const again = await series.entities.Reading.create({ sensor: 'roof', at, celsius: 2 }).catch((error) => error)
    expect(again).to.be.instanceOf(ItemExistsError)
    for (let n = 0; n < 3; n++) await series.entities.Event.create({ account: 'a', time: at })
    expect((await series.patterns.events({ account: 'a', time: at })).items).to.have.length(3)
  })

  it('says what it is told of the entity, and leaves what it is told to the transactions of the model', async () => {
    const { entities } = timeSeries({
      name: 'Count',
      attributes: { sensor: string(), at: datetime() },
      of: 'sensor',
      at: 'at',
      period: 'day',
      description: 'Counted with something else.',
      onlyInTransactions: ['create'],
    })
    expect(entities.Count).to.include({ description: 'Counted with something else.' })
    const counts = defineModel({
      table,
      entities,
      accessPatterns: {
        count: transaction(entities, { sensor: string(), at: datetime() }, (input, { Count }) => [Count.create(input)]),
      },
    })
    const connected = connect(counts, { client: engine.client() })
    const count = { sensor: 'door', at: new Date(0) }
    expect(() => connected.entities.Count.create(count)).to.throw(ValidationError, 'together with other writes')
    await connected.patterns.count(count)
    expect(await connected.entities.Count.get(count)).to.deep.equal(count)
  })

  it('is refused without a time that every item has', () => {
    const attributes = { sensor: string(), at: datetime().optional(), day: string() }
    for (const at of ['at', 'day', 'then' as 'day'] as const)
      expect(() => timeSeries({ name: 'R', attributes, of: 'sensor', at, period: 'day' })).to.throw(
        ModelError,
        `${at} is no datetime()`,
      )
  })
})
