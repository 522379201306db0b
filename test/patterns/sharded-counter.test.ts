// A sharded counter: every increment counted once in one shard, whoever counts at once and whatever fails; read in one request.
import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  createTable,
  defineModel,
  defineTable,
  MisfitError,
  ModelError,
  OutcomeUnknownError,
  SingletError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { incrementCounter, readCounter, shardedCounter } from '../../patterns/sharded-counter.ts'
import { observed } from '../client/observed-requests.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({ name: 'sharded', partitionKey: 'PK', sortKey: 'SK', timeToLive: 'expiresAt' })
const views = shardedCounter({ name: 'PageViews', shards: 5, tokens: { days: 7 } })
const model = defineModel({ table, entities: { ...views.entities }, accessPatterns: { ...views.accessPatterns } })

describe('a sharded counter', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client({ maxAttempts: 1 }) })
  let pages: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    pages = open()
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())
  /** What the table holds, read past the library. */
  const stored = async (counter: string) => {
    const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: 'sharded', ConsistentRead: true }))
    return Items.filter(({ PK, SK }) => PK?.S === `PAGE_VIEWS#${counter}` && SK?.S?.startsWith('SHARD#'))
  }
  const total = async (counter: string) => (await stored(counter)).reduce((sum, { value }) => sum + Number(value?.N), 0)

  it('is the sum of its shards, read in one request; of no shard, 0', async () => {
    expect(await readCounter(views, pages, { counter: 'home' })).to.equal(0)
    for (let n = 0; n < 40; n++) await incrementCounter(views, pages, { counter: 'home' })
    await incrementCounter(views, pages, { counter: 'home', by: -3 })
    expect((await stored('home')).length).to.be.within(2, 5)
    const { requests } = await observed(async () => {
      expect(await readCounter(views, pages, { counter: 'home', consistent: true })).to.equal(37)
    })
    expect(requests.map(({ operation }) => operation)).to.deep.equal(['Query'])
  })

  it('is read whole when there were more shards once than there are now', async () => {
    const wide = shardedCounter({ name: 'PageViews', shards: 300, tokens: { days: 7 } })
    for (let n = 0; n < 300; n++) await incrementCounter(wide, pages, { counter: 'wide', token: `t${n}` })
    expect((await stored('wide')).length).to.be.greaterThan(100)
    const { requests } = await observed(async () => {
      expect(await readCounter(views, pages, { counter: 'wide' })).to.equal(300)
    })
    expect(requests).to.have.length(1)
  })

  it('counts a token once, and another counter’s token for itself', async () => {
    expect(await incrementCounter(views, pages, { counter: 'a', token: 't' })).to.equal(true)
    expect(await incrementCounter(views, pages, { counter: 'a', token: 't', by: 5 })).to.equal(false)
    expect(await incrementCounter(views, pages, { counter: 'b', token: 't' })).to.equal(true)
    expect([await total('a'), await total('b')]).to.deep.equal([1, 1])
  })

  it('counts exactly with tokens, repeated until there is an answer, under concurrency and faults', async () => {
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 }), async (amounts) => {
        const counter = `exact${runs++}`
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.3, seed: runs })
        engine.faults.add({ kind: 'internalError', when: 'before', probability: 0.2, seed: runs })
        const until = async (by: number, token: string): Promise<unknown> =>
          incrementCounter(views, pages, { counter, by, token }).catch(() => until(by, token))
        await Promise.all(amounts.flatMap((by, n) => [until(by, `t${n}`), until(by, `t${n}`)]))
        engine.faults.clear()
        const sum = amounts.reduce((all, by) => all + by, 0)
        expect(await total(counter)).to.equal(sum)
        expect(await readCounter(views, pages, { counter, consistent: true })).to.equal(sum)
      }),
      { numRuns: Math.ceil(propertyRuns / 30) },
    )
  })

  it('counts what was acknowledged without tokens, and beside it only what it says is open', async () => {
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 20 }), async (times) => {
        const counter = `open${runs++}`
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.3, seed: runs })
        const answers = await Promise.all(
          Array.from({ length: times }, () => incrementCounter(views, pages, { counter }).catch((error: unknown) => error)),
        )
        engine.faults.clear()
        const open = answers.filter((answer) => answer !== true)
        for (const answer of open) expect(answer).to.be.instanceOf(OutcomeUnknownError)
        expect(await total(counter)).to.be.within(times - open.length, times)
      }),
      { numRuns: Math.ceil(propertyRuns / 30) },
    )
  })

  it('is not read without a shard that does not fit', async () => {
    await incrementCounter(views, pages, { counter: 'torn', by: 3, token: 't' })
    const torn = { PK: { S: 'PAGE_VIEWS#torn' }, SK: { S: 'SHARD#999' }, _type: { S: 'PageViews' }, value: { S: 'many' } }
    await engine.client().send(new PutItemCommand({ TableName: 'sharded', Item: torn }))
    const refused = await readCounter(views, pages, { counter: 'torn' }).catch((error) => error)
    expect(refused).to.be.instanceOf(MisfitError)
  })

  it('counts no further than to where its value is exact', async () => {
    const narrow = shardedCounter({ name: 'PageViews', shards: 1, tokens: { days: 7 } })
    const most = Math.floor(Number.MAX_SAFE_INTEGER / 1000)
    const count = (given: { by: number; token?: string }) => incrementCounter(narrow, pages, { counter: 'far', ...given })
    expect(await count({ by: Number.MAX_SAFE_INTEGER }).catch((error) => error)).to.be.instanceOf(SingletError)
    await count({ by: most })
    for (const given of [{ by: 1 }, { by: 1, token: 't' }])
      expect(await count(given).catch((error) => error)).to.be.instanceOf(SingletError)
    await count({ by: -1 })
    await count({ by: 1, token: 't' })
    expect(await readCounter(views, pages, { counter: 'far' })).to.equal(most)
  })

  it('is refused with impossible shards, tokens for no time, tokens it has not, or in a table without TTL', async () => {
    for (const shards of [0, 1.5, 1001, Number.NaN])
      expect(() => shardedCounter({ name: 'Likes', shards })).to.throw(RangeError, '1 to 1000')
    for (const days of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => shardedCounter({ name: 'Likes', shards: 1, tokens: { days } })).to.throw(ModelError, 'Likes.tokens.days')
    const { tokenDays, ...plain } = shardedCounter({ name: 'PageViews', shards: 2 })
    const refused = await incrementCounter({ ...plain, tokenDays }, pages, { counter: 'c', token: 't' }).catch((error) => error)
    expect(refused)
      .to.be.instanceOf(TypeError)
      .with.property('message', 'PageViews has no tokens. Give shardedCounter({ tokens: { days: 7 } }).')
    expect(() => defineModel({ table: { ...table, timeToLive: undefined } as never, entities: { ...views.entities } })).to.throw(
      ModelError,
    )
  })
})
