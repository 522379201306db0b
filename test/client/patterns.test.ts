// Access patterns on tables of every kind: what each answers, with which request, and how bad input is refused before any request.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import {
  and,
  binary,
  type Condition,
  connect,
  defineEntity,
  defineModel,
  defineTable,
  get,
  type Item,
  itemCollection,
  many,
  number,
  one,
  oneOf,
  or,
  type Page,
  query,
  scan,
  string,
  type Table,
  ValidationError,
} from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { failureOf, observed } from './observed-requests.ts'

const User = defineEntity('User', {
  attributes: { userId: string(), name: string(), secret: string().hidden().default('s') },
  key: { pk: 'USER#{userId}', sk: 'PROFILE' },
})
const Order = defineEntity('Order', {
  attributes: {
    userId: string(),
    orderId: string(),
    state: oneOf('open', 'paid').default('open'),
    total: number().default(0),
    note: string().optional(),
    pin: string().hidden().default('1234'),
  },
  key: { pk: 'USER#{userId}', sk: 'ORDER#{orderId}' },
  indexes: {
    ByState: { pk: 'STATE#{state}', sk: '{total}' },
    Slim: { pk: 'SLIM#{state}', sk: '{orderId}' },
    ByTotal: { sk: '{total}' },
  },
})
const Address = defineEntity('Address', {
  attributes: { userId: string(), addressId: string(), street: string() },
  key: { pk: 'USER#{userId}', sk: 'ADDRESS#{addressId}' },
})
/** Lies in the range from ADDRESS# to ORDER#, between its ends. */
const Message = defineEntity('Message', {
  attributes: { userId: string(), messageId: string() },
  key: { pk: 'USER#{userId}', sk: 'MESSAGE#{messageId}' },
})

function shopOn(table: Table) {
  return defineModel({
    table,
    entities: { User, Order, Address, Message },
    accessPatterns: {
      order: get(Order),
      orderTotal: get(Order).select('total').consistent(),
      orders: query(Order),
      newest: query(Order).descending().one(),
      paid: query(Order).where({ state: 'paid' }),
      totals: query(Order).select('total', 'note'),
      byState: query(Order).index('ByState'),
      slim: query(Order).index('Slim').select('orderId', 'state', 'total'),
      byTotal: query(Order).index('ByTotal'),
      everything: scan(Order),
      account: itemCollection({ user: one(User), orders: many(Order) }),
      mail: itemCollection({ addresses: many(Address), orders: many(Order) }),
      alone: itemCollection({ orders: many(Order) }),
    },
  })
}

const keys = {
  name: 'patterns',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    ByState: { partitionKey: 'GPK', sortKey: 'GSK' },
    Slim: { partitionKey: 'LPK', sortKey: 'LSK', projection: ['total'] },
    ByTotal: { type: 'local', sortKey: 'TSK' },
  },
} as const
/** The same model on tables that recognise items in different ways, and write keys differently. */
const tables: Record<string, Table> = {
  'with a type attribute': defineTable(keys),
  'with a type attribute of another name': defineTable({ ...keys, typeAttribute: 'et' }),
  'without a type attribute': defineTable({ ...keys, typeAttribute: false }),
}

for (const [what, table] of Object.entries(tables))
  describe(`patterns of a table ${what}`, () => {
    const model = shopOn(table)
    let engine: TestEngine
    const open = () => connect(model, { client: engine.client(), onMisfit: 'throw' })
    const ids = (items: readonly { orderId: string }[]) => items.map(({ orderId }) => orderId)
    const userId = 'u'
    before(async () => {
      engine = await startTestEngine()
      await createTable(model, engine.client())
      const { User, Order, Address, Message } = open().entities
      for (const userId of ['u', 'v']) {
        await User.create({ userId, name: userId.toUpperCase() })
        for (const n of [1, 2, 3])
          await Order.create({
            userId,
            orderId: `${userId}${n}`,
            total: 10 - n,
            state: n === 2 ? 'paid' : 'open',
            ...(n === 3 && { note: 'x' }),
          })
        await Address.create({ userId, addressId: 'a', street: 'High Street' })
        await Message.create({ userId, messageId: 'm' })
      }
    })
    after(() => engine.close())

    it('get gives one item, or undefined', async () => {
      const { order, orderTotal } = open().patterns
      expect(await order({ userId, orderId: 'u1' })).to.deep.equal({ userId, orderId: 'u1', state: 'open', total: 9 })
      expect(await order({ userId, orderId: 'none' })).to.equal(undefined)
      expect(await orderTotal({ userId, orderId: 'u1' })).to.deep.equal({ total: 9 })
      expect(orderTotal({ userId, orderId: 'u1' }).params()).to.include({ ConsistentRead: true })
    })

    it('a query gives the items of its entity, in key order, either way', async () => {
      const { orders, newest } = open().patterns
      expect(ids((await orders({ userId })).items)).to.deep.equal(['u1', 'u2', 'u3'])
      expect(ids((await orders({ userId }, { descending: true })).items)).to.deep.equal(['u3', 'u2', 'u1'])
      expect(ids((await orders({ userId, orderId: { lt: 'u3' } })).items)).to.deep.equal(['u1', 'u2'])
      expect(ids((await orders({ userId, orderId: { beginsWith: 'u3' } })).items)).to.deep.equal(['u3'])
      expect(ids((await orders({ userId, orderId: 'u2' })).items)).to.deep.equal(['u2'])
      expect((await newest({ userId }))?.orderId).to.equal('u3')
      expect((await newest({ userId }, { descending: false }))?.orderId).to.equal('u1')
      expect(await newest({ userId: 'nobody' })).to.equal(undefined)
    })

    it('a filter is that of the pattern and that of the call', async () => {
      const { orders, paid } = open().patterns
      expect(ids((await paid({ userId })).items)).to.deep.equal(['u2'])
      expect(ids((await paid({ userId }, { where: { total: { gt: 8 } } })).items)).to.deep.equal([])
      const either = or<Condition<Item<typeof Order>>>({ note: { exists: true } }, and({ state: 'paid' }, { total: 8 }))
      expect(ids((await orders({ userId }, { where: either })).items)).to.deep.equal(['u2', 'u3'])
      expect(ids((await orders({ userId }, { where: {} })).items)).to.deep.equal(['u1', 'u2', 'u3'])
    })

    it('a selection gives what is selected; hidden attributes are given by a get that names them, and by nothing else', async () => {
      const { totals, orders } = open().patterns
      expect((await totals({ userId }, { descending: true })).items).to.deep.equal([
        { total: 7, note: 'x' },
        { total: 8 },
        { total: 9 },
      ])
      for (const item of await orders({ userId }).all()) expect(item).not.to.have.property('pin')
      const { Order } = open().entities
      expect(await Order.get({ userId, orderId: 'u1' }, { select: ['pin'] })).to.deep.equal({ pin: '1234' })
    })

    it('indexes: global, with some attributes, local', async () => {
      const { byState, slim, byTotal } = open().patterns
      expect(ids((await byState({ state: 'open', total: { gte: 8 } })).items).sort()).to.deep.equal(['u1', 'v1'])
      expect((await slim({ state: 'paid' }, { where: { total: 8 } })).items).to.deep.equal(
        ['u2', 'v2'].map((orderId) => ({ orderId, state: 'paid', total: 8 })),
      )
      expect(ids((await byTotal({ userId, total: { lt: 9 } }, { consistent: true })).items)).to.deep.equal(['u3', 'u2'])
    })

    it('an item collection gives its members apart, and reads the smallest range that holds them', async () => {
      const { account, mail, alone } = open().patterns
      const { user, orders } = await account({ userId })
      expect(user).to.deep.equal({ userId, name: 'U' })
      expect(ids(orders)).to.deep.equal(['u1', 'u2', 'u3'])
      const { addresses, orders: others } = await mail({ userId }, { descending: true })
      expect(addresses.map(({ addressId }) => addressId)).to.deep.equal(['a'])
      expect(ids(others)).to.deep.equal(['u3', 'u2', 'u1'])
      expect(account.explain().entitiesInRange).to.deep.equal(['User', 'Order'])
      expect(mail.explain().entitiesInRange).to.deep.equal(['Order', 'Address', 'Message'])
      expect(alone.explain().keyCondition).to.equal('PK = USER#{userId} AND begins_with(SK, ORDER#)')
      expect(await account({ userId: 'nobody' })).to.deep.equal({ user: undefined, orders: [] })
    })

    it('an item collection comes in pages, when there is a limit', async () => {
      const { account, mail } = open().patterns
      for (const limit of [1, 2, 3, 100]) {
        const found: string[] = []
        const users: unknown[] = []
        let cursor: string | undefined
        do {
          const page = await account({ userId }, { limit, ...(cursor !== undefined && { cursor }) })
          expect(page.orders.length + (page.user === undefined ? 0 : 1)).to.be.at.most(limit)
          found.push(...ids(page.orders))
          if (page.user !== undefined) users.push(page.user)
          cursor = page.cursor
        } while (cursor !== undefined)
        expect(found).to.deep.equal(['u1', 'u2', 'u3'])
        expect(users).to.have.length(1)
      }
      const short = await mail({ userId }, { limit: 100, maxRequests: 1 })
      expect(short.orders).to.have.length(3)
    })

    it('reads on where a request ends at 1 MB', async () => {
      const { entities, patterns } = open()
      const orderIds = Array.from({ length: 24 }, (_, n) => String(n + 10))
      for (const orderId of orderIds)
        await entities.Order.put({ userId: 'big', orderId, state: 'open', note: 'x'.repeat(60_000) })
      try {
        expect(ids((await patterns.orders({ userId: 'big' }, { limit: 20 })).items)).to.deep.equal(orderIds.slice(0, 20))
        expect(ids((await patterns.account({ userId: 'big' })).orders)).to.deep.equal(orderIds)
        const short = await patterns.account({ userId: 'big' }, { maxRequests: 1 })
        expect(short.orders).to.have.length.within(1, 23)
        const { orders: rest, cursor } = await patterns.account({ userId: 'big' }, { cursor: short.cursor ?? '' })
        expect(ids([...short.orders, ...rest])).to.deep.equal(orderIds)
        expect(cursor).to.equal(undefined)
        const none = patterns.newest({ userId: 'big' }, { where: { note: 'y' }, maxRequests: 1 })
        expect(await failureOf(() => none)).to.include({ code: 'RequestsUsedUp' })
        expect(await patterns.newest({ userId: 'big' }, { where: { note: 'y' } })).to.equal(undefined)
      } finally {
        for (const orderId of orderIds) await entities.Order.delete({ userId: 'big', orderId })
      }
    })

    it('a scan gives the items of its entity', async () => {
      expect(ids(await open().patterns.everything({}).all()).sort()).to.deep.equal(['u1', 'u2', 'u3', 'v1', 'v2', 'v3'])
    })
  })

describe('keys of every type', () => {
  let engine: TestEngine
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  it('a table without a sort key', async () => {
    const Flag = defineEntity('Flag', { attributes: { name: string(), on: number() }, key: { pk: 'FLAG#{name}' } })
    const model = defineModel({
      table: defineTable({ name: 'flags', partitionKey: 'id' }),
      entities: { Flag },
      accessPatterns: { flag: get(Flag), same: query(Flag), together: itemCollection({ flag: one(Flag) }) },
    })
    await createTable(model, engine.client())
    const { entities, patterns } = connect(model, { client: engine.client() })
    const flag = await entities.Flag.create({ name: 'a', on: 1 })
    expect(await patterns.flag({ name: 'a' })).to.deep.equal(flag)
    expect((await patterns.same({ name: 'a' }, { limit: 1 })).items).to.deep.equal([flag])
    expect(await patterns.together({ name: 'a' })).to.deep.equal({ flag })
    expect(patterns.same.explain().order).to.equal('none')
  })

  it('keys that are numbers and bytes', async () => {
    const Reading = defineEntity('Reading', {
      attributes: { device: binary(), at: number(), value: number() },
      key: { pk: '{device}', sk: '{at}' },
      indexes: { ByValue: { pk: '{value}', sk: '{device}' } },
    })
    const model = defineModel({
      table: defineTable({
        name: 'readings',
        partitionKey: { name: 'device', type: 'binary' },
        sortKey: { name: 'at', type: 'number' },
        indexes: { ByValue: { partitionKey: { name: 'value', type: 'number' }, sortKey: { name: 'device', type: 'binary' } } },
      }),
      entities: { Reading },
      accessPatterns: { readings: query(Reading), withValue: query(Reading).index('ByValue') },
    })
    await createTable(model, engine.client())
    const { entities, patterns } = connect(model, { client: engine.client() })
    const device = new Uint8Array([0, 255])
    for (const at of [-10, -9.5, 0, 2, 10]) await entities.Reading.create({ device, at, value: 1 })
    for (const last of [1, 2]) await entities.Reading.create({ device: new Uint8Array([last]), at: 0, value: 1 })
    const times: number[] = []
    let cursor: string | undefined
    do {
      const page = await patterns.readings({ device, at: { gt: -10 } }, { limit: 1, ...(cursor !== undefined && { cursor }) })
      times.push(...page.items.map(({ at }) => at))
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(times).to.deep.equal([-9.5, 0, 2, 10])
    const found: Item<typeof Reading>[] = []
    do {
      const page: Page<Item<typeof Reading>> = await patterns.withValue(
        { value: 1, device: { gte: new Uint8Array([1]) } },
        { limit: 1, descending: true, ...(cursor !== undefined && { cursor }) },
      )
      found.push(...page.items)
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(found.map((reading) => [...reading.device])).to.deep.equal([[2], [1]])
  })

  it('an attribute that is part of both keys needs to be given once, and narrows the range where it can', async () => {
    const Part = defineEntity('Part', {
      attributes: { project: string(), folder: string(), name: string() },
      key: { pk: 'P#{project}', sk: 'F#{folder}#{project}#{name}' },
    })
    const model = defineModel({
      table: defineTable({ name: 'parts', partitionKey: 'PK', sortKey: 'SK' }),
      entities: { Part },
      accessPatterns: { parts: query(Part) },
    })
    await createTable(model, engine.client())
    const { entities, patterns } = connect(model, { client: engine.client() })
    for (const folder of ['a', 'b']) for (const name of ['1', '2']) await entities.Part.create({ project: 'p', folder, name })
    const names = async (input: Parameters<typeof patterns.parts>[0]) =>
      (await patterns.parts(input).all()).map(({ folder, name }) => folder + name)
    expect(await names({ project: 'p' })).to.deep.equal(['a1', 'a2', 'b1', 'b2'])
    expect(await names({ project: 'p', folder: 'b' })).to.deep.equal(['b1', 'b2'])
    expect(await names({ project: 'p', folder: { eq: 'b' }, name: { gt: '1' } })).to.deep.equal(['b2'])
    expect(await names({ project: 'p', folder: { lt: 'b' } })).to.deep.equal(['a1', 'a2'])
    expect(await failureOf(() => names({ project: 'p', name: '1' }))).to.include({ path: 'name', reason: 'bad-range' })
  })

  it('a table whose keys are written as they are', async () => {
    const Visit = defineEntity('Visit', {
      attributes: { site: string(), day: string(), visitor: string() },
      key: { pk: 'site|{site}', sk: '{day}|{visitor}' },
    })
    const Site = defineEntity('Site', { attributes: { site: string() }, key: { pk: 'site|{site}', sk: 'site' } })
    const model = defineModel({
      table: defineTable({
        name: 'visits',
        partitionKey: 'a',
        sortKey: 'b',
        keyEncoding: 'verbatim',
        delimiter: '|',
        typeAttribute: false,
      }),
      entities: { Visit, Site },
      accessPatterns: { visits: query(Visit), all: itemCollection({ site: one(Site), visits: many(Visit) }) },
    })
    await createTable(model, engine.client())
    const { entities, patterns } = connect(model, { client: engine.client(), onMisfit: 'throw' })
    await entities.Site.create({ site: 's' })
    for (const visitor of ['x', 'y#z', 'é']) await entities.Visit.create({ site: 's', day: '2026-01-01', visitor })
    const visits = await patterns.visits({ site: 's' }).all()
    expect(visits.map(({ visitor }) => visitor)).to.deep.equal(['x', 'y#z', 'é'])
    expect((await patterns.visits({ site: 's', day: '2026-01-01', visitor: { gt: 'x' } })).items).to.have.length(2)
    const all = await patterns.all({ site: 's' })
    expect(all.site).to.deep.equal({ site: 's' })
    expect(all.visits).to.have.length(3)
  })
})

describe('bad input of a pattern', () => {
  const Score = defineEntity('Score', {
    attributes: { game: string(), points: number(), at: number(), player: string(), text: string() },
    key: { pk: 'GAME#{game}', sk: '{points}#{at}#{player}' },
    indexes: {
      ByPlayer: { pk: '{player}', sk: '{points}' },
      Sharded: { pk: 'S#{game}', sk: '{at}', shards: { count: 4 } },
    },
  })
  const model = defineModel({
    table: defineTable({
      name: 'scores',
      partitionKey: 'PK',
      sortKey: 'SK',
      indexes: {
        ByPlayer: { partitionKey: 'player', sortKey: { name: 'points', type: 'number' }, projection: ['at'] },
        Sharded: { partitionKey: 'SPK', sortKey: 'SSK' },
      },
    }),
    entities: { Score },
    accessPatterns: {
      scores: query(Score),
      best: query(Score).descending().one(),
      ofPlayer: query(Score).index('ByPlayer').select('points', 'at'),
      sharded: query(Score).index('Sharded'),
      score: get(Score),
      together: itemCollection({ scores: many(Score) }),
      all: scan(Score),
    },
  })
  type Ask = (input: unknown, options?: object) => PromiseLike<unknown> & { params(): unknown }
  const sent: object[] = []
  const client = {
    config: {},
    send: (command: object) => Promise.resolve({ sent: sent.push(command) }),
  } as unknown as DynamoDBClient
  const patterns = connect(model, { client }).patterns as unknown as Record<string, Ask>
  const game = 'g'

  const cases: readonly [what: string, pattern: string, input: unknown, options: object, path: string, reason: string][] = [
    ['an unknown attribute', 'scores', { game, poinst: 1 }, {}, 'poinst', 'unknown-attribute'],
    ['an attribute that is not part of the key', 'scores', { game, text: 'x' }, {}, 'text', 'unknown-attribute'],
    ['no partition attribute', 'scores', {}, {}, 'game', 'missing'],
    ['no partition attribute, and an empty range', 'scores', { points: { gt: 1, lt: 1 } }, {}, 'game', 'missing'],
    ['an undefined partition attribute', 'sharded', { game: undefined }, {}, 'game', 'missing'],
    ['an empty partition attribute', 'scores', { game: '' }, {}, 'game', 'empty-key'],
    ['a range on an attribute that is not next', 'scores', { game, at: { gt: 1 } }, {}, 'at', 'bad-range'],
    ['a value behind a range', 'scores', { game, points: { gt: 1 }, at: 2 }, {}, 'at', 'bad-range'],
    ['an unknown operator', 'scores', { game, points: { above: 1 } }, {}, 'points', 'bad-range'],
    ['two lower bounds', 'scores', { game, points: { gt: 1, gte: 1 } }, {}, 'points', 'bad-range'],
    ['a reversed range', 'scores', { game, points: { between: [2, 1] } }, {}, 'points', 'bad-range'],
    ['a partition value of a wrong type', 'scores', { game: 5 }, {}, 'game', 'wrong-type'],
    ['a range on the partition', 'scores', { game: { beginsWith: 'g' } }, {}, 'game', 'wrong-type'],
    ['a sort value of a wrong type', 'scores', { game, points: '5' }, {}, 'points', 'wrong-type'],
    ['a bound of a wrong type', 'scores', { game, points: { gte: '5' } }, {}, 'points', 'wrong-type'],
    ['a bound of a wrong type on a natural key', 'ofPlayer', { player: 'p', points: { gte: '5' } }, {}, 'points', 'wrong-type'],
    ['no object', 'scores', null, {}, '', 'wrong-type'],
    ['text for the input', 'scores', 'g', {}, '', 'wrong-type'],
    ['a list for the input', 'together', [game], {}, '', 'wrong-type'],
    ['the shard, which is not for callers', 'sharded', { game, shard: '1' }, {}, 'shard', 'unknown-attribute'],
    ['a limit of 0', 'scores', { game }, { limit: 0 }, 'limit', 'out-of-range'],
    ['a negative limit', 'scores', { game }, { limit: -1 }, 'limit', 'out-of-range'],
    ['a limit that is no whole number', 'all', {}, { limit: 1.5 }, 'limit', 'out-of-range'],
    ['a limit that is text', 'scores', { game }, { limit: '5' }, 'limit', 'out-of-range'],
    ['a limit of 0 of a collection', 'together', { game }, { limit: 0 }, 'limit', 'out-of-range'],
    ['a budget of 0 requests', 'scores', { game }, { maxRequests: 0 }, 'maxRequests', 'out-of-range'],
    ['a budget of 0 requests for one item', 'best', { game }, { maxRequests: 0 }, 'maxRequests', 'out-of-range'],
    ['consistency on a global index', 'ofPlayer', { player: 'p' }, { consistent: true }, 'consistent', 'not-allowed'],
    ['a filter on a natural key', 'ofPlayer', { player: 'p' }, { where: { points: 5 } }, 'points', 'not-allowed'],
    [
      'a filter on a natural key, inside of a condition',
      'ofPlayer',
      { player: 'p' },
      { where: or({ at: 1 }, { points: 5 }) },
      'points',
      'not-allowed',
    ],
    ['a filter on what an index does not hold', 'ofPlayer', { player: 'p' }, { where: { text: 'x' } }, 'text', 'not-allowed'],
    ['a filter on an unknown attribute', 'scores', { game }, { where: { nothing: 1 } }, 'nothing', 'unknown-path'],
    ['a filter that is no condition', 'scores', { game }, { where: null }, 'where', 'wrong-type'],
    ['a filter on a collection', 'together', { game }, { where: { text: 'x' } }, 'where', 'not-allowed'],
    ['an input for a scan', 'all', { game }, {}, 'game', 'unknown-attribute'],
    ['a get without its whole key', 'score', { game }, {}, 'points', 'missing'],
    [
      'a get with more than its key',
      'score',
      { game, points: 1, at: 1, player: 'p', text: 'x' },
      {},
      'text',
      'unknown-attribute',
    ],
  ]
  for (const [what, name, input, options, path, reason] of cases)
    it(`is refused: ${what}`, async () => {
      const ask = patterns[name]
      if (ask === undefined) throw new Error(`There is no pattern ${name}.`)
      const { requests } = await observed(async () => {
        for (const way of [() => ask(input, options), () => ask(input, options).params()]) {
          const error = await failureOf(way)
          expect(error).to.be.instanceOf(ValidationError)
          expect(error).to.include({ path, reason })
        }
      })
      expect(requests).to.deep.equal([])
      expect(sent).to.deep.equal([])
    })

  it('is not what has a name that every object has', async () => {
    for (const name of ['constructor', 'toString', '__proto__'])
      expect(await failureOf(() => patterns.scores?.(JSON.parse(`{"game":"g","${name}":1}`)))).to.include({ path: name })
  })
})
