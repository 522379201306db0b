// Sharded reads against an oracle: the pages concatenate to exactly the sorted whole, for as many requests as the plan says.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  InvalidCursorError,
  itemCollection,
  many,
  type PageOptions,
  query,
  string,
} from '../../lib/index.ts'
import { startLocal } from '../../lib/local/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { onEmbedded, startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { failureOf, observed } from './observed-requests.ts'
import { growth, type Spread, shardedModel, table } from './sharded-model.ts'

const counts = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(32, 33, 64))
const spreads: fc.Arbitrary<Spread> = fc.record({ count: counts, before: counts, from: fc.constantFrom(0, 1, 7) })

interface Thing {
  readonly id: string
  readonly rank: number
  readonly owner: string
  readonly account: number
  readonly label: string
  readonly old: boolean
}
const things = (options: { minLength?: number; maxLength: number }) =>
  fc.uniqueArray(
    fc.record({
      id: fc.stringMatching(/^[a-z0-9]{1,3}$/),
      rank: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 99 })),
      owner: fc.constantFrom('ada', 'bob', 'c#d', 'é'),
      account: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.maxSafeInteger()),
      label: fc.constantFrom('x', 'y'),
      old: fc.boolean(),
    }),
    { ...options, selector: ({ id }) => id },
  )

/** The patterns that find Tasks, whose order is by rank, label in one, and id. */
type Name = 'hash' | 'of' | 'modulo' | 'random'
const names: readonly Name[] = ['hash', 'of', 'modulo', 'random']

interface Question {
  readonly name: Name
  readonly descending: boolean
  readonly limit: number
  readonly rank?: { readonly gte: number } | { readonly lt: number } | number
  readonly owner?: string
  readonly account?: number
  readonly where?: { readonly owner: string }
}

const questions = (all: readonly Thing[]): fc.Arbitrary<Question> =>
  fc
    .record(
      {
        name: fc.constantFrom(...names),
        descending: fc.boolean(),
        limit: fc.oneof(fc.integer({ min: 1, max: 7 }), fc.constant(50)),
        rank: fc.oneof(
          fc.integer({ min: 0, max: 4 }),
          fc.integer({ min: 0, max: 99 }).map((gte) => ({ gte })),
          fc.integer({ min: 1, max: 99 }).map((lt) => ({ lt })),
        ),
        told: fc.constantFrom('owner', 'account'),
        thing: fc.constantFrom(...all),
        where: fc.constantFrom({ owner: 'ada' }, { owner: 'é' }),
      },
      { requiredKeys: ['name', 'descending', 'limit', 'told'] },
    )
    .map(
      ({ told, thing, where, name, ...question }): Question => ({
        ...question,
        name,
        ...(name === 'of' && told === 'owner' && thing && { owner: thing.owner }),
        ...(name === 'modulo' && told === 'account' && thing && { account: thing.account }),
        ...(name !== 'random' && where && { where }),
      }),
    )

const orderOf = ({ rank, label, id }: Thing, name: Name) =>
  `${String(rank).padStart(2, '0')}#${name === 'random' ? `${label}#` : ''}${id}`

function expected(all: readonly Thing[], { name, descending, rank, owner, account, where }: Question): string[] {
  const found = all.filter(
    (thing) =>
      (rank === undefined ||
        (typeof rank === 'number' ? thing.rank === rank : 'gte' in rank ? thing.rank >= rank.gte : thing.rank < rank.lt)) &&
      (owner === undefined || thing.owner === owner) &&
      (account === undefined || thing.account === account) &&
      (where === undefined || thing.owner === where.owner),
  )
  const ids = found.sort((a, b) => (orderOf(a, name) < orderOf(b, name) ? -1 : 1)).map(({ id }) => id)
  return descending ? ids.reverse() : ids
}

describe('a sharded read', () => {
  let engine: TestEngine
  let client: DynamoDBClient
  before(async () => {
    engine = await startTestEngine()
    client = engine.client()
    await createTable(shardedModel({ count: 1, before: 1, from: 0 }), client)
  })
  after(() => engine.close())

  let worlds = 0
  /** A partition of its own with these things in it, and others between them. */
  async function fill(spread: Spread, all: readonly Thing[], notes: readonly number[] = []) {
    const tenant = `w${worlds++}`
    let now = growth
    const shop = connect(shardedModel(spread), { client, now: () => now })
    const { Task, Note } = shop.entities
    const add = ({ old: _, ...thing }: Thing) => Task.put({ tenant, ...thing })
    for (const old of [true, false]) {
      now = old ? new Date(growth.getTime() - 1) : growth
      await shop.batchWrite(all.filter((thing) => thing.old === old).map(add))
    }
    await shop.batchWrite(notes.map((rank, index) => Note.put({ tenant, id: `${index}`, rank })))
    const ask = ({ name, rank, owner, account, where, descending }: Question, options: PageOptions = {}) => {
      const input = { tenant, ...(rank !== undefined && { rank }) }
      const every = { ...options, descending, ...(where && { where }) }
      if (name === 'of') return shop.patterns.of({ ...input, ...(owner !== undefined && { owner }) }, every)
      if (name === 'modulo') return shop.patterns.modulo({ ...input, ...(account !== undefined && { account }) }, every)
      return shop.patterns[name](input, every)
    }
    return { ask, add, shop, tenant }
  }

  /** How many queries a round of a question is. */
  function sourcesOf({ name, owner, account }: Question, { count, before }: Spread): number {
    if (name === 'of') return owner === undefined ? count : 1
    if (name !== 'modulo') return count
    if (account === undefined) return Math.max(count, before)
    const shards = [before, count].map((modulus) => ((account % modulus) + modulus) % modulus)
    return new Set(shards).size
  }

  const world = fc
    .tuple(spreads, things({ minLength: 1, maxLength: 25 }), fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }))
    .chain(([spread, all, notes]) =>
      fc.record({
        spread: fc.constant(spread),
        all: fc.constant(all),
        notes: fc.constant(notes),
        asked: fc.array(questions(all), { minLength: 1, maxLength: 4 }),
        late: things({ maxLength: 8 }),
      }),
    )

  it('has pages that concatenate to exactly the sorted whole, for the requests that its plan says', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ spread, all, notes, asked }) => {
        const { ask } = await fill(spread, all, notes)
        for (const question of asked) {
          const { limit, name, where, owner, account } = question
          const whole = expected(all, question)
          const sources = sourcesOf(question, spread)
          const filtered =
            where !== undefined || owner !== undefined || account !== undefined || (name === 'hash' && notes.length > 0)
          const found: string[] = []
          let cursor: string | undefined
          do {
            const { result, requests } = await observed(() => ask(question, { limit, ...(cursor && { cursor }) }))
            const queries = requests.filter(({ operation }) => operation === 'Query').length
            // Behind a filter it takes as many rounds as it takes; otherwise one, in which what has ended is not asked.
            if (cursor === undefined && !filtered) expect(queries).to.equal(sources)
            else if (!filtered) expect(queries).to.be.at.most(sources)
            if (result.cursor !== undefined) expect(result.items).to.have.length(limit)
            found.push(...result.items.map(({ id }) => id))
            cursor = result.cursor
          } while (cursor !== undefined)
          expect(found).to.deep.equal(whole)
          expect((await ask(question).all()).map(({ id }) => id)).to.deep.equal(whole)
          expect((await ask(question).first())?.id).to.equal(whole[0])
        }
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  })

  it('asks only the shard that an attribute tells, and gives nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(spreads, things({ minLength: 1, maxLength: 30 }), async (spread, all) => {
        const { ask } = await fill(spread, all)
        for (const { owner, account } of all.slice(0, 3))
          for (const question of [
            { name: 'of', owner, descending: false, limit: 50 },
            { name: 'modulo', account, descending: true, limit: 50 },
          ] as const) {
            const { result, requests } = await observed(() => ask(question, { limit: 50 }))
            expect(requests).to.have.length(sourcesOf(question, spread))
            expect(result.items.map(({ id }) => id)).to.deep.equal(expected(all, question))
          }
      }),
      { numRuns: Math.ceil(propertyRuns / 20) },
    )
  })

  it('gives what is there throughout exactly once, and in order, while others write', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ spread, all, asked, late }) => {
        const { ask, add } = await fill(spread, all)
        const fresh = late.filter(({ id }) => all.every((thing) => thing.id !== id))
        const present = [...all]
        for (const question of asked) {
          const { limit, descending, name } = question
          const found: string[] = []
          let cursor: string | undefined
          do {
            const thing = fresh.pop()
            const page = ask(question, { limit, ...(cursor && { cursor }) }).page()
            const [{ items, cursor: next }] = await Promise.all([page, thing && add(thing)])
            found.push(...items.map((item) => orderOf({ ...item, old: false }, name)))
            if (thing !== undefined) present.push({ ...thing, id: thing.id })
            cursor = next
          } while (cursor !== undefined)
          expect(new Set(found).size).to.equal(found.length)
          const sorted = [...found].sort()
          expect(found).to.deep.equal(descending ? sorted.reverse() : sorted)
          const order = new Map(present.map((thing) => [thing.id, orderOf(thing, name)]))
          expect(found).to.include.members(expected(all, question).map((id) => order.get(id)))
          expect(expected(present, question).map((id) => order.get(id))).to.include.members(found)
          all = [...present]
        }
      }),
      { numRuns: Math.ceil(propertyRuns / 20) },
    )
  })

  const spread = { count: 5, before: 3, from: 2 }
  const six = ['a', 'b', 'c', 'd', 'e', 'f'].map(
    (id, rank): Thing => ({ id, rank, owner: rank % 2 ? 'ada' : 'bob', account: rank - 3, label: 'x', old: rank % 2 === 0 }),
  )

  onEmbedded('1 MB is before the filter', 'of a whole collection ends when few requests are left', async () => {
    const table = defineTable({ name: 'collections', partitionKey: 'PK', sortKey: 'SK', timeToLive: 'until' })
    const Note = defineEntity('Note', {
      attributes: { of: string(), id: string(), text: string(), until: expiresAt() },
      key: { pk: 'NOTES#{of}', sk: '{id}', shards: { count: 2 } },
    })
    const model = defineModel({ table, entities: { Note }, accessPatterns: { whole: itemCollection({ notes: many(Note) }) } })
    await createTable(model, client)
    const { entities, patterns } = connect(model, { client })
    const text = 'x'.repeat(350_000)
    const notes = Array.from({ length: 16 }, (_, id) => ({ of: 'a', id: String(id), text, until: new Date(0) }))
    for (const note of notes) await entities.Note.create(note)
    const sent = async (options: { readonly maxRequests?: number }) => {
      const { result, requests } = await observed(async () => patterns.whole({ of: 'a' }, options))
      expect(result.notes).to.deep.equal([])
      return { requests: requests.length, goesOn: result.cursor !== undefined }
    }
    // Each shard has more than one page, and in none is there anything to give.
    for (const maxRequests of [1, 2, 3]) expect(await sent({ maxRequests })).to.deep.equal({ requests: 2, goesOn: true })
    expect(await sent({ maxRequests: 4 })).to.have.property('requests', 4)
    expect(await sent({})).to.have.property('goesOn', false)
  })

  it('resumes from a cursor only the shards that it was made for', async () => {
    const { shop, tenant } = await fill(spread, six)
    const { cursor = '' } = await shop.patterns.of({ tenant, owner: 'ada' }, { limit: 1 })
    for (const input of [{ tenant }, { tenant, owner: 'bob' }])
      expect(await failureOf(() => shop.patterns.of(input, { cursor }))).to.be.instanceOf(InvalidCursorError)
    const grown = connect(shardedModel({ ...spread, count: 6 }), { client })
    const page = await shop.patterns.hash({ tenant }, { limit: 1 })
    const failure = await failureOf(() => grown.patterns.hash({ tenant }, { cursor: page.cursor ?? '' }))
    expect(failure).to.be.instanceOf(InvalidCursorError)
  })

  it('says what can tell the shard only as a value, and only where it is', async () => {
    const { shop, tenant } = await fill(spread, [])
    const { of, hash, modulo } = shop.patterns as unknown as Record<string, (input: object) => PromiseLike<unknown>>
    const failures = [
      () => of?.({ tenant, owner: { beginsWith: 'a' } }),
      () => of?.({ tenant, owner: 7 }),
      () => modulo?.({ tenant, account: 1.5 }),
      () => hash?.({ tenant, owner: 'ada' }),
    ]
    for (const failure of failures) expect(await failureOf(failure)).to.have.property('code', 'ValidationError')
  })

  it('asks all shards when the attribute is given as a range', async () => {
    const { shop, tenant } = await fill(spread, [])
    expect(shop.patterns.events({ tenant, rank: { gte: 1 } }).params()).to.have.length(5)
    expect(shop.patterns.events({ tenant, rank: 1, id: { beginsWith: 'a' } }).params()).to.have.length(5)
    expect(shop.patterns.events({ tenant, rank: 1, id: 'a' }).params()).to.have.length(1)
  })

  onEmbedded('its request log', 'sends no request that the plan does not promise, to its end', async () => {
    const log = await startLocal()
    try {
      const model = shardedModel({ count: 10, before: 10, from: 0 })
      await createTable(model, log.client())
      const shop = connect(model, { client: log.client() })
      const events = Array.from({ length: 200 }, (_, index) => ({
        tenant: 'a',
        id: `${index}`.padStart(3, '0'),
        rank: index % 50,
      }))
      await Promise.all(events.map((event) => shop.entities.Event.put(event)))
      log.requests.clear()
      const partitions = () =>
        log.requests.of('Query').map(({ params }) => Object.values(Object(params).ExpressionAttributeValues))
      await shop.patterns.events({ tenant: 'a' }, { limit: 15 })
      // One query of each shard, each for a page at the most.
      expect(new Set(partitions().map((values) => JSON.stringify(values))).size).to.equal(10)
      expect(log.requests.of('Query').map(({ params }) => Object(params).Limit)).to.deep.equal(Array(10).fill(15))
      log.requests.clear()
      await shop.patterns.events({ tenant: 'a', rank: 7, id: '007' })
      await shop.entities.Event.get({ tenant: 'a', rank: 7, id: '007' })
      expect([...log.requests].map(({ operation }) => operation)).to.deep.equal(['Query', 'GetItem'])
      log.requests.clear()
      expect(await shop.patterns.events({ tenant: 'a' }).all()).to.have.length(200)
      // No page is over 1 MB, so one query of each shard reads everything.
      expect(log.requests.of('Query')).to.have.length(10)
    } finally {
      await log.close()
    }
  })

  it('reads time buckets one after the other, and the shards of each at once', async () => {
    const Reading = defineEntity('Reading', {
      attributes: { sensor: string(), at: datetime() },
      key: { pk: 'B#{at:month}', sk: '{at}#{sensor}', shards: { count: 3, of: 'sensor' } },
    })
    const model = defineModel({ table, entities: { Reading }, accessPatterns: { readings: query(Reading) } })
    const { entities, patterns, batchWrite } = connect(model, { client })
    const times = Array.from({ length: 30 }, (_, index) => new Date(Date.UTC(2026, index % 3, 1 + index, 3)))
    await batchWrite(times.map((at, index) => entities.Reading.put({ sensor: `s${index % 4}`, at })))
    const [first = new Date(0), last = first] = [times[0], new Date(Date.UTC(2026, 3, 30))]
    const sorted = [...times].sort((a, b) => a.getTime() - b.getTime())
    const found: Date[] = []
    let cursor: string | undefined
    do {
      const page = await patterns.readings({ at: { between: [first, last] } }, { limit: 7, ...(cursor && { cursor }) })
      found.push(...page.items.map(({ at }) => at))
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(found).to.deep.equal(sorted)
    const down = await patterns.readings({ at: { between: [first, last] } }, { descending: true }).all()
    expect(down.map(({ at }) => at)).to.deep.equal(sorted.reverse())
    // A range of times does not tell the sensor's shard: `sensor` stands behind the time. One time and a sensor do.
    expect(patterns.readings({ at: first }).params()).to.have.length(3)
    expect(patterns.readings({ at: first, sensor: 's0' }).params()).to.have.length(1)
    expect(await entities.Reading.get({ at: first, sensor: 's0' })).to.deep.equal({ at: first, sensor: 's0' })
    expect(patterns.readings.explain().requests).to.equal(
      '3, in parallel for each month, one after the other; 1 when sensor is given',
    )
  })
})
