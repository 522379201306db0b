// Time buckets: items lie in the bucket of their own time in UTC, and a read of a range visits every bucket in it, once and in order.
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  createTable,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  InvalidCursorError,
  itemCollection,
  many,
  query,
  string,
  ValidationError,
} from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { failureOf, observed } from './observed-requests.ts'

const table = defineTable({
  name: 'time-buckets',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
})

const Reading = defineEntity('Reading', {
  attributes: { sensor: string(), at: datetime(), id: string(), movedAt: datetime().optional() },
  key: { pk: 'SENSOR#{sensor}#{at:day}', sk: 'READING#{at}#{id}' },
  indexes: { GSI1: { pk: 'MOVED#{movedAt:month}', sk: '{movedAt}', shards: { count: 3 } } },
})

const model = defineModel({
  table,
  entities: { Reading },
  accessPatterns: {
    readings: query(Reading),
    latest: query(Reading).descending(),
    moved: query(Reading).index('GSI1'),
    dayOfSensor: itemCollection({ readings: many(Reading) }),
  },
})

const day = 86_400_000
const t = (text: string) => new Date(`${text}Z`)

describe('time buckets', () => {
  let engine: TestEngine
  const shopOf = () => connect(model, { client: engine.client() })
  let db: ReturnType<typeof shopOf>
  before(async () => {
    engine = await startTestEngine()
    await createTable(model, engine.client())
    db = shopOf()
  })
  after(() => engine.close())

  it('put an item into the bucket of its time in UTC', () => {
    const stored = (at: Date) => {
      const { Item } = db.entities.Reading.put({ sensor: 's', at, id: 'a' }).params() as {
        Item: Record<'PK' | 'SK', { S: string }>
      }
      return [Item.PK.S, Item.SK.S]
    }
    expect(stored(new Date('2030-01-01T00:30:00+02:00'))).to.deep.equal([
      'SENSOR#s#2029-12-31',
      'READING#2029-12-31T22:30:00.000Z#a',
    ])
    expect(stored(t('2030-01-01T00:00:00.000'))[0]).to.equal('SENSOR#s#2030-01-01')
  })

  it('are found again by get, and move with the time in an index', async () => {
    const key = { sensor: 'moving', at: t('2030-05-01T10:00:00'), id: 'a' }
    await db.entities.Reading.create({ ...key, movedAt: t('2030-05-31T23:59:59.999') })
    await db.entities.Reading.update(key, { movedAt: t('2030-06-01T00:00:00') })
    const in_ = (month: string) =>
      db.patterns.moved({ movedAt: { between: [t(`${month}-01T00:00:00`), t(`${month}-28T00:00:00`)] } }).all()
    expect(await in_('2030-05')).to.deep.equal([])
    expect((await in_('2030-06')).map(({ id }) => id)).to.deep.equal(['a'])
    expect(await db.entities.Reading.get(key)).to.have.deep.property('movedAt', t('2030-06-01T00:00:00'))
  })

  it('are read one after the other, only as far as the page needs', async () => {
    for (const hour of [1, 30, 31, 60])
      await db.entities.Reading.create({ sensor: 'few', at: new Date(hour * 3_600_000), id: 'a' })
    const range = { sensor: 'few', at: { gte: new Date(0), lt: new Date(10 * day) } }
    const { requests, result } = await observed(() => db.patterns.readings(range, { limit: 2 }))
    expect(result.items.map(({ at }) => at.getTime() / 3_600_000)).to.deep.equal([1, 30])
    expect(requests).to.have.length(2)
    const rest = await db.patterns.readings(range, { limit: 100, cursor: result.cursor })
    expect(rest.items.map(({ at }) => at.getTime() / 3_600_000)).to.deep.equal([31, 60])
    expect(rest.cursor).to.equal(undefined)
    expect(await db.patterns.latest(range).first()).to.have.deep.property('at', new Date(60 * 3_600_000))
  })

  it('open none for the end of a range that is not part of it', async () => {
    const { requests } = await observed(() =>
      db.patterns.readings({ sensor: 'none', at: { gte: t('2030-01-01T00:00:00'), lt: t('2030-01-03T00:00:00') } }).all(),
    )
    expect(requests).to.have.length(2)
  })

  it('of one time are one bucket, and an item collection reads it whole', async () => {
    const at = t('2030-07-01T12:00:00')
    await db.entities.Reading.create({ sensor: 'whole', at, id: 'a' })
    await db.entities.Reading.create({ sensor: 'whole', at: t('2030-07-01T13:00:00'), id: 'b' })
    expect((await db.patterns.readings({ sensor: 'whole', at })).items.map(({ id }) => id)).to.deep.equal(['a'])
    expect((await db.patterns.dayOfSensor({ sensor: 'whole', at })).readings.map(({ id }) => id)).to.deep.equal(['a', 'b'])
  })

  const refused: [string, object, string][] = [
    ['no time', { sensor: 's' }, 'missing'],
    ['a range without an end', { sensor: 's', at: { gte: new Date(0) } }, 'bad-range'],
    ['a range that runs backwards', { sensor: 's', at: { between: [new Date(1), new Date(0)] } }, 'bad-range'],
    ['the beginning of a time', { sensor: 's', at: { beginsWith: '2030' } }, 'bad-range'],
    [
      'more buckets than a question can have',
      { sensor: 's', at: { between: [new Date(0), new Date(10_001 * day)] } },
      'bad-range',
    ],
    ['what is no time', { sensor: 's', at: '2030-01-01' }, 'wrong-type'],
    ['an invalid date', { sensor: 's', at: { gte: new Date(Number.NaN), lt: new Date(0) } }, 'wrong-type'],
  ]
  for (const [title, input, reason] of refused)
    it(`refuse ${title}, and send nothing`, async () => {
      const { requests, result } = await observed(() => failureOf(async () => db.patterns.readings(input as never)))
      expect(result).to.be.instanceOf(ValidationError).with.property('reason', reason)
      expect(requests).to.deep.equal([])
    })

  it('explain what a page costs, and which input they come from', () => {
    const plan = db.patterns.readings.explain()
    expect(plan.requests).to.equal('1 for each day, one after the other')
    expect(plan.keyCondition).to.equal('PK = SENSOR#{sensor}#{at:day} AND begins_with(SK, READING#)')
    expect(plan.inputs.map(({ attribute, required, bucket }) => [attribute, required, bucket])).to.deep.equal([
      ['sensor', true, undefined],
      ['at', true, 'day'],
      ['id', false, undefined],
    ])
    expect(db.patterns.moved.explain().requests).to.equal('3, in parallel for each month, one after the other')
  })

  it('refuse the cursor of another range', async () => {
    const page = await db.patterns.readings({ sensor: 'few', at: { gte: new Date(0), lt: new Date(10 * day) } }, { limit: 1 })
    const elsewhere = { sensor: 'few', at: { gte: new Date(0), lt: new Date(9 * day) } }
    expect(await failureOf(async () => db.patterns.readings(elsewhere, { cursor: page.cursor ?? '' }))).to.be.instanceOf(
      InvalidCursorError,
    )
  })

  it('give every item of a range once and in order, whatever the pages, the direction and the shards', async () => {
    let runs = 0
    const hours = fc.integer({ min: -30, max: 130 })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(hours, { maxLength: 25 }),
        hours,
        hours,
        fc.constantFrom('closed', 'open', 'left', 'right'),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        fc.boolean(),
        async (times, a, b, ends, limit, descending, indexed) => {
          const sensor = `p${runs++}`
          const hour = 3_600_000
          // In the index the whole table shares the months, so every run has years of its own.
          const base = Date.UTC(1000 + runs, 0, 15)
          const at = (hours: number) => new Date(base + hours * (indexed ? 12 : 1) * hour)
          await db.batchWrite(
            times.map((time) =>
              db.entities.Reading.put({ sensor, at: at(time), id: 'x', ...(indexed && { movedAt: at(time) }) }),
            ),
          )
          const [first, last] = [Math.min(a, b), Math.max(a, b)]
          const [above, below] = [ends === 'open' || ends === 'left', ends === 'open' || ends === 'right']
          const range = {
            ...(above ? { gt: at(first) } : { gte: at(first) }),
            ...(below ? { lt: at(last) } : { lte: at(last) }),
          } as { gte: Date; lte: Date }
          const expected = times
            .filter((time) => (above ? time > first : time >= first) && (below ? time < last : time <= last))
            .sort((x, y) => (descending ? y - x : x - y))
          const found: number[] = []
          let cursor: string | undefined
          do {
            const options = { limit, descending, ...(cursor !== undefined && { cursor }) }
            const page = indexed
              ? await db.patterns.moved({ movedAt: range }, options)
              : await db.patterns.readings({ sensor, at: range }, options)
            expect(page.items.length).to.be.at.most(limit)
            found.push(...page.items.map((item) => (item.at.getTime() - base) / hour / (indexed ? 12 : 1)))
            cursor = page.cursor
          } while (cursor !== undefined)
          expect(found).to.deep.equal(expected)
        },
      ),
      { numRuns: propertyRuns },
    )
  })
})
