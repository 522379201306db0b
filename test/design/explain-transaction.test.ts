// What explain() says of every kind of write in a transaction, and that the transaction costs what is said.
import { expect } from 'chai'
import { z } from 'zod'
import {
  add,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  deleteTable,
  expiresAt,
  ifNotExists,
  list,
  map,
  number,
  or,
  remove,
  string,
  transaction,
  ulid,
  uuid,
  version,
  type Writes,
} from '../../lib/index.ts'
import { startLocal } from '../../lib/local/index.ts'
import { observed } from '../client/observed-requests.ts'

const table = defineTable({ name: 'explained', partitionKey: 'PK', sortKey: 'SK', timeToLive: 'until' })
const User = defineEntity('User', {
  attributes: {
    team: string(),
    id: string(),
    email: string(),
    badge: string().optional(),
    visits: number({ max: 9 }).default(0),
  },
  key: { pk: 'TEAM#{team}', sk: 'USER#{id}' },
  unique: { email: 'EMAIL#{email}', badge: 'BADGE#{team}#{badge}' },
})
const Page = defineEntity('Page', {
  attributes: { id: string(), body: string().example('b'.repeat(2500)), note: string().optional() },
  key: { pk: 'PAGE#{id}', sk: 'PAGE' },
})
const Stock = defineEntity('Stock', {
  attributes: { sku: string(), count: number({ min: 0, max: 10 }), version: version() },
  key: { pk: 'STOCK#{sku}', sk: 'STOCK' },
})
const Session = defineEntity('Session', {
  attributes: { id: string(), token: string(), until: expiresAt().optional() },
  key: { pk: 'SESSION#{id}', sk: 'SESSION' },
  unique: { token: 'TOKEN#{token}' },
})
const Code = defineEntity('Code', {
  attributes: { group: string(), code: string(), uses: number().default(0), version: version() },
  key: { pk: 'CODES#{group}', sk: 'CODE#{code}' },
  unique: { code: 'CODE#{code}' },
})
const entities = { User, Page, Stock, Session, Code }
type All = Writes<typeof entities>

const ada = { team: 'ops', id: 'ada' }
const page = { id: '1' }
const mug = { sku: 'mug' }
const [today, tomorrow] = [new Date('2030-01-01T00:00:00Z'), new Date('2030-01-02T00:00:00Z')]

interface Case {
  readonly title: string
  readonly write: (entities: All) => unknown
  /** What is there before, so that the write takes all the actions that it can. */
  readonly before?: (entities: All) => readonly unknown[]
  readonly conditions?: readonly string[]
  readonly changes?: readonly string[]
  readonly guards?: readonly string[]
  readonly actions?: number
  readonly writeUnits: number
}
const exists = 'the item exists'
const isNew = 'the item does not exist'
const full = ({ User }: All) => [User.create({ ...ada, email: 'a', badge: '1' })]
const stocked = ({ Stock }: All) => [Stock.create({ ...mug, count: 5 })]
const bigPage = ({ Page }: All) => [Page.create({ ...page, body: 'b'.repeat(2500) })]
const session = ({ Session }: All) => [Session.create({ id: '1', token: 't', until: today })]

const cases: readonly Case[] = [
  { title: 'a create', write: ({ Stock }) => Stock.create({ ...mug, count: 1 }), conditions: [isNew], writeUnits: 2 },
  {
    title: 'a create of an item that is larger than its example',
    write: ({ Page }) => Page.create({ ...page, body: 'b'.repeat(5000) }),
    conditions: [isNew],
    writeUnits: 10,
  },
  {
    title: 'a create with one of two unique values',
    write: ({ User }) => User.create({ ...ada, email: 'a' }),
    conditions: [isNew],
    guards: ['email'],
    actions: 2,
    writeUnits: 4,
  },
  {
    title: 'a create with all of them',
    write: ({ User }) => User.create({ ...ada, email: 'a', badge: '1' }),
    conditions: [isNew],
    guards: ['email', 'badge'],
    actions: 3,
    writeUnits: 6,
  },
  {
    title: 'a create of what expires, under a condition',
    write: ({ Session }) => Session.create({ id: '1', token: 't' }, { if: { until: { exists: false } } }),
    conditions: ['the item does not exist or has expired', 'attribute_not_exists(until)'],
    guards: ['token'],
    actions: 2,
    writeUnits: 4,
  },
  {
    title: 'a put',
    before: bigPage,
    write: ({ Page }) => Page.put({ ...page, body: 'b'.repeat(2500) }),
    writeUnits: 6,
  },
  {
    title: 'a put with the version that it replaces',
    before: stocked,
    write: ({ Stock }) => Stock.put({ ...mug, count: 1, version: 1 }),
    conditions: ['version = 1'],
    writeUnits: 2,
  },
  {
    title: 'a put without one where there is a version',
    write: ({ Stock }) => Stock.put({ ...mug, count: 1 }),
    conditions: [isNew],
    writeUnits: 2,
  },
  {
    title: 'a put that gives up unique values for others',
    before: full,
    write: ({ User }) => User.put({ ...ada, email: 'b', badge: '2' }),
    guards: ['email', 'badge'],
    actions: 5,
    writeUnits: 10,
  },
  {
    title: 'a put that gives one up and changes the other',
    before: full,
    write: ({ User }) => User.put({ ...ada, email: 'b' }),
    guards: ['email', 'badge'],
    actions: 4,
    writeUnits: 8,
  },
  {
    title: 'an update under a condition',
    before: bigPage,
    write: ({ Page }) => Page.update(page, { note: 'n', body: undefined }, { if: { note: { exists: false } } }),
    conditions: [exists, 'attribute_not_exists(note)'],
    changes: ['note'],
    writeUnits: 6,
  },
  {
    title: 'an update with an alternative, which stands apart from what it demands itself',
    before: bigPage,
    write: ({ Page }) => Page.update(page, { note: 'n' }, { if: or({ note: 'm' }, { body: { size: { gt: 9 } } }) }),
    conditions: [exists, '((note = m) OR (size(body) > 9))'],
    changes: ['note'],
    writeUnits: 6,
  },
  {
    title: 'an update with the version that was read',
    before: stocked,
    write: ({ Stock }) => Stock.update(mug, { count: 3 }, { version: 1 }),
    conditions: [exists, 'version = 1'],
    changes: ['count'],
    writeUnits: 2,
  },
  {
    title: 'a sum that has a lower bound',
    before: stocked,
    write: ({ Stock }) => Stock.update(mug, { count: add(-2) }),
    conditions: [exists, 'count stays at least 0'],
    changes: ['count'],
    writeUnits: 2,
  },
  {
    title: 'a sum that has an upper bound',
    before: stocked,
    write: ({ Stock }) => Stock.update(mug, { count: add(2) }),
    conditions: [exists, 'count stays at most 10'],
    changes: ['count'],
    writeUnits: 2,
  },
  {
    title: 'a sum without a bound on its side',
    before: full,
    write: ({ User }) => User.update(ada, { visits: add(-1) }),
    conditions: [exists],
    changes: ['visits'],
    writeUnits: 2,
  },
  {
    title: 'an update of a unique value, which gives up the old one',
    before: full,
    write: ({ User }) => User.update(ada, { email: 'b' }, { known: { email: 'a' } }),
    conditions: [exists, 'email = a'],
    changes: ['email'],
    guards: ['email'],
    actions: 3,
    writeUnits: 6,
  },
  {
    title: 'an update that takes a unique value away',
    before: full,
    write: ({ User }) => User.update(ada, { badge: remove() }),
    conditions: [exists],
    changes: ['badge'],
    guards: ['badge'],
    actions: 2,
    writeUnits: 4,
  },
  {
    title: 'an update that takes a unique value if there is none',
    before: ({ User }) => [User.create({ ...ada, email: 'a' })],
    write: ({ User }) => User.update(ada, { badge: ifNotExists('1') }),
    conditions: [exists],
    changes: ['badge'],
    guards: ['badge'],
    actions: 2,
    writeUnits: 4,
  },
  {
    title: 'an update of the expiry, which guards share',
    before: session,
    write: ({ Session }) => Session.update({ id: '1' }, { until: tomorrow }),
    conditions: [exists],
    changes: ['until'],
    guards: ['token'],
    actions: 2,
    writeUnits: 4,
  },
  {
    title: 'an upsert',
    write: ({ Page }) => Page.update(page, { body: 'b'.repeat(2500) }, { upsert: true }),
    changes: ['body'],
    writeUnits: 6,
  },
  {
    title: 'an upsert of a unique value',
    before: full,
    write: ({ User }) => User.update(ada, { email: 'b' }, { upsert: true }),
    changes: ['email'],
    guards: ['email'],
    actions: 3,
    writeUnits: 6,
  },
  {
    title: 'an upsert of an item with a unique key attribute',
    write: ({ Code }) => Code.update({ group: 'g', code: 'c' }, { uses: 1 }, { upsert: true }),
    changes: ['uses'],
    guards: ['code'],
    actions: 2,
    writeUnits: 4,
  },
  {
    title: 'a put that makes a new item, with a version and a unique value',
    write: ({ Code }) => Code.put({ group: 'g', code: 'c' }),
    conditions: [isNew],
    guards: ['code'],
    actions: 2,
    writeUnits: 4,
  },
  {
    title: 'a delete, of what has a version',
    before: stocked,
    write: ({ Stock }) => Stock.delete(mug, { version: 1, if: { count: { gte: 1 } } }),
    conditions: ['version = 1', 'count >= 1'],
    writeUnits: 2,
  },
  {
    title: 'a delete of a large item',
    before: bigPage,
    write: ({ Page }) => Page.delete(page),
    writeUnits: 6,
  },
  {
    title: 'a delete, which gives up unique values',
    before: full,
    write: ({ User }) => User.delete(ada),
    guards: ['email', 'badge'],
    actions: 3,
    writeUnits: 6,
  },
  {
    title: 'a move, which is a delete and a put',
    before: bigPage,
    write: ({ Page }) => Page.move(page, { id: '2' }, { note: 'n' }, { if: { note: { exists: false } } }),
    conditions: [exists, `that under the new key does not exist`, 'attribute_not_exists(note)'],
    changes: ['note'],
    actions: 2,
    writeUnits: 12,
  },
  {
    title: 'a move with unique values, which are handed over',
    before: full,
    write: ({ User }) => User.move(ada, { ...ada, id: 'eve' }),
    conditions: [exists, `that under the new key does not exist`],
    guards: ['email', 'badge'],
    actions: 4,
    writeUnits: 8,
  },
  {
    title: 'a move that changes unique values, one of them by the key',
    before: full,
    write: ({ User }) => User.move(ada, { ...ada, team: 'dev' }, { email: 'b' }),
    conditions: [exists, `that under the new key does not exist`],
    changes: ['email'],
    guards: ['email', 'badge'],
    actions: 6,
    writeUnits: 12,
  },
  {
    title: 'a check of a condition, which costs what a write would',
    before: bigPage,
    write: ({ Page }) => Page.conditionCheck(page, { body: { beginsWith: 'b' } }),
    conditions: ['begins_with(body, b)'],
    writeUnits: 6,
  },
]

/** A model with one pattern that writes this. */
function modelOf(writes: (entities: All) => readonly unknown[]) {
  const pattern = transaction(entities, {}, (_, given) => writes(given) as never)
  return defineModel({ table, entities, accessPatterns: { pattern } })
}

describe('explain() of a transaction', () => {
  let engine: Awaited<ReturnType<typeof startLocal>>
  before(async () => {
    engine = await startLocal()
  })
  after(() => engine.close())
  beforeEach(() =>
    createTable(
      modelOf(() => []),
      engine.client(),
    ),
  )
  afterEach(() =>
    deleteTable(
      modelOf(() => []),
      engine.client(),
    ),
  )

  for (const { title, write, before, conditions = [], changes = [], guards = [], actions = 1, writeUnits } of cases)
    it(`tells ${title}, and what it costs`, async () => {
      const { patterns } = connect(
        modelOf((given) => [write(given)]),
        { client: engine.client() },
      )
      const { operations, estimate } = patterns.pattern.explain()
      expect(operations).to.have.length(1)
      expect(operations[0]).to.deep.include({ conditions, changes, guards, actions, writeUnits })
      expect(estimate).to.deep.equal({ actions, writeUnits })
      if (before !== undefined) await connect(modelOf(before), { client: engine.client() }).patterns.pattern({})
      const { requests } = await observed(async () => patterns.pattern({}))
      expect(requests.at(-1)).to.include({ operation: 'TransactWriteItems', consumedCapacity: writeUnits })
    })

  it('adds up its writes', async () => {
    const both = modelOf((given) => [...stocked(given), ...bigPage(given), ...full(given)])
    const { patterns } = connect(both, { client: engine.client() })
    expect(patterns.pattern.explain().estimate).to.deep.equal({ actions: 5, writeUnits: 2 + 6 + 6 })
  })

  describe('by example', () => {
    const order = {
      orderId: ulid(),
      ticket: uuid().example('11111111-1111-4111-8111-111111111111'),
      token: string().default(() => String(Math.random())),
      lines: list(map({ lineId: ulid(), sku: string() })),
    }
    const place = transaction({ Page }, order, ({ orderId }, { Page }) => [Page.create({ id: orderId, body: 'b' })])
    const planOf = (pattern: typeof place) =>
      connect(defineModel({ table, entities, accessPatterns: { pattern } }), {
        client: engine.client(),
      }).patterns.pattern.explain()

    it('has the same identifiers each time, and none twice', () => {
      const example = { lines: [{ sku: 'a' }, { sku: 'b' }] }
      const plan = planOf(place.example(example))
      expect(planOf(place.example(example)).example).to.deep.equal(plan.example)
      const { orderId, ticket, token, lines } = plan.example as {
        orderId: string
        lines: { lineId: string }[]
      } & typeof plan.example
      const ids = [orderId, ...lines.map(({ lineId }) => lineId)]
      expect(new Set(ids).size).to.equal(3)
      for (const id of ids) expect(id).to.match(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
      expect(ticket).to.equal('11111111-1111-4111-8111-111111111111')
      expect(token).to.equal('token-1')
    })

    it('is what the schemas of the input make of it', () => {
      const remove = transaction({ Page }, { id: z.string().trim() }, ({ id }, { Page }) => [Page.delete({ id })])
      const { patterns } = connect(defineModel({ table, entities, accessPatterns: { remove: remove.example({ id: ' 1 ' }) } }), {
        client: engine.client(),
      })
      expect(patterns.remove.explain().example).to.deep.equal({ id: '1' })
    })

    it('is refused with the name of the pattern when it is no input', () => {
      expect(() => planOf(place.example({ lines: [{ sku: 7 as never }] }))).to.throw(
        /^lines\[0\]\.sku: .*The example of pattern is no input.*Give \.example/s,
      )
    })
  })
})
