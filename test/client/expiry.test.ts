// Items past their expiry: DynamoDB deletes them only some time later, so reads leave them out.
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  add,
  ConditionFailedError,
  connect,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  get,
  ItemExistsError,
  itemCollection,
  many,
  number,
  one,
  query,
  scan,
  string,
} from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { onEmbedded, startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({
  name: 'expiry',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    Keys: { partitionKey: 'KPK', sortKey: 'SK', projection: 'KEYS_ONLY' },
    Some: { partitionKey: 'KPK', sortKey: 'SK', projection: ['device'] },
  },
  timeToLive: 'ttl',
})
const User = defineEntity('User', { attributes: { user: string() }, key: { pk: 'U#{user}', sk: 'A' } })
const Session = defineEntity('Session', {
  attributes: { user: string(), id: string(), device: string(), until: expiresAt().storedAs('ttl').optional() },
  key: { pk: 'U#{user}', sk: 'SESSION#{id}' },
  indexes: { Keys: { pk: 'SESSIONS' }, Some: { pk: 'SESSIONS' } },
})
const login = defineModel({
  table,
  entities: { User, Session },
  accessPatterns: {
    session: get(Session),
    selected: get(Session).select('device'),
    sessions: query(Session),
    devices: query(Session).select('device'),
    first: query(Session).one(),
    hydrated: query(Session).index('Keys').hydrate(),
    unhydrated: query(Session).index('Keys').select('id'),
    some: query(Session).index('Some').select('id', 'device'),
    all: scan(Session),
    account: itemCollection({ user: one(User), sessions: many(Session) }),
  },
})

describe('an expired item', () => {
  let engine: TestEngine
  let now = new Date('2099-01-01T00:00:00.500Z')
  const open = () => connect(login, { client: engine.client(), now: () => now })
  let shop: ReturnType<typeof open>
  const user = 'u'
  const key = { user, id: '1' }
  beforeEach(async () => {
    now = new Date('2099-01-01T00:00:00.500Z')
    engine = await startTestEngine()
    await createTable(login, engine.client())
    shop = open()
    const { User, Session } = shop.entities
    await User.create({ user })
    await Session.create({ ...key, device: 'old', until: new Date('2099-01-01T00:00:00Z') })
    await Session.create({ user, id: '2', device: 'new', until: new Date('2099-01-01T00:00:01Z') })
    await Session.create({ user, id: '3', device: 'lasting' })
  })
  afterEach(() => engine.close())

  type Options = { includeExpired?: boolean }
  const ids = (items: readonly object[]) => items.map((item) => ('id' in item ? item.id : item))
  const reads: Record<string, (options: Options) => Promise<unknown>> = {
    'a query': async (options) => ids((await shop.patterns.sessions({ user }, options)).items),
    'a query one by one': async (options) => ids(await shop.patterns.sessions({ user }, { ...options, limit: 3 }).all()),
    'a query that hydrates': async (options) => ids((await shop.patterns.hydrated({}, options)).items),
    'an index that holds some attributes': async (options) => ids((await shop.patterns.some({}, options)).items),
    'a scan': async (options) => ids((await shop.patterns.all({}, options)).items),
    'an item collection': async (options) => ids((await shop.patterns.account({ user }, options)).sessions),
  }
  for (const [what, read] of Object.entries(reads))
    it(`is left out by ${what}, unless asked for`, async () => {
      expect(await read({})).to.deep.equal(['2', '3'])
      expect(await read({ includeExpired: true })).to.deep.equal(['1', '2', '3'])
    })

  it('is left out by reads of one item, unless asked for', async () => {
    const { session, selected, first } = shop.patterns
    expect(await session(key)).to.equal(undefined)
    expect(await selected(key)).to.equal(undefined)
    expect(await shop.entities.Session.get(key)).to.equal(undefined)
    expect((await first({ user }))?.id).to.equal('2')
    expect(await session(key, { includeExpired: true })).to.include({ device: 'old' })
    expect(await selected(key, { includeExpired: true })).to.deep.equal({ device: 'old' })
    expect((await first({ user }, { includeExpired: true }))?.id).to.equal('1')
  })

  it('is left out where the expiry is the sort key itself, which no filter can test', async () => {
    const Token = defineEntity('Token', {
      attributes: { id: string(), until: expiresAt() },
      key: { pk: 'TOKEN#{id}' },
      indexes: { Soonest: { pk: 'TOKENS', sk: '{until}' } },
    })
    const tokens = defineModel({
      table: defineTable({
        name: 'tokens',
        partitionKey: 'PK',
        indexes: { Soonest: { partitionKey: 'GPK', sortKey: { name: 'until', type: 'number' } } },
        timeToLive: 'until',
      }),
      entities: { Token },
      accessPatterns: { soonest: query(Token).index('Soonest') },
    })
    await createTable(tokens, engine.client())
    const { entities, patterns } = connect(tokens, { client: engine.client(), now: () => now })
    for (const second of [0, 1, 2])
      await entities.Token.create({ id: String(second), until: new Date(`2099-01-01T00:00:0${second}Z`) })
    expect(ids((await patterns.soonest({})).items)).to.deep.equal(['1', '2'])
    expect(ids((await patterns.soonest({}, { includeExpired: true })).items)).to.deep.equal(['0', '1', '2'])
    expect(ids((await patterns.soonest({}, { limit: 1 })).items)).to.deep.equal(['1'])
    expect(ids((await patterns.soonest({ until: { gt: new Date('2099-01-01T00:00:01Z') } })).items)).to.deep.equal(['2'])
  })

  it('shows in an index that does not hold the expiry, and the plan says so', async () => {
    expect(ids((await shop.patterns.unhydrated({})).items)).to.deep.equal(['1', '2', '3'])
    expect(shop.patterns.unhydrated.explain().notes.join()).to.include('expired items are returned')
    for (const name of ['sessions', 'some', 'hydrated'] as const)
      expect(shop.patterns[name].explain().notes.join(), name).not.to.include('expired items are returned')
  })

  it('does not keep a page from being full', async () => {
    for (let id = 10; id < 40; id++) await shop.entities.Session.create({ user, id: String(id), device: 'x', until: new Date(0) })
    expect(ids((await shop.patterns.sessions({ user }, { limit: 2 })).items)).to.deep.equal(['2', '3'])
    expect(ids((await shop.patterns.hydrated({}, { limit: 2 })).items)).to.deep.equal(['2', '3'])
  })

  it('is an item when its expiry is no number: that is reported, not hidden', async () => {
    const Item = { PK: { S: 'U#u' }, SK: { S: 'SESSION#0' }, _type: { S: 'Session' }, ttl: { S: '2020-01-01' } }
    await engine.client().send(new PutItemCommand({ TableName: 'expiry', Item }))
    const { items, misfits } = await shop.patterns.sessions({ user })
    expect(ids(items)).to.deep.equal(['2', '3'])
    expect(misfits.map(({ path }) => path)).to.deep.equal(['device'])
    expect((await shop.patterns.devices({ user })).misfits).to.have.length(1)
  })

  it('is one at the second it expires, the same for the filter, for a get, and to the millisecond', async () => {
    const moment = fc.integer({ min: -3000, max: 3000 })
    const until = new Date('2099-06-01T00:00:00Z')
    await shop.entities.Session.create({ user: 'v', id: '1', device: 'x', until })
    await fc.assert(
      fc.asyncProperty(moment, async (offset) => {
        now = new Date(until.getTime() + offset)
        const there = offset < 0 ? 1 : 0
        expect((await shop.patterns.sessions({ user: 'v' })).items).to.have.length(there)
        expect([await shop.patterns.session({ user: 'v', id: '1' })].filter(Boolean)).to.have.length(there)
      }),
      { numRuns: Math.ceil(propertyRuns / 5) },
    )
  })

  it('makes room for a new one, though DynamoDB has not deleted it yet', async () => {
    now = new Date('2099-01-01T00:00:00.500Z')
    const key = { user: 'room', id: '1' }
    await shop.entities.Session.put({ ...key, device: 'old', until: new Date('2098-12-31') })
    expect(await shop.entities.Session.get(key)).to.equal(undefined)
    expect(await shop.entities.Session.create({ ...key, device: 'new', until: new Date('2099-01-02') })).to.include({
      device: 'new',
    })
    const again = await shop.entities.Session.create({ ...key, device: 'newer' }).then(undefined, (error) => error)
    expect(again).to.be.instanceOf(ItemExistsError)
  })

  describe('that is upserted', () => {
    const visits = defineTable({
      name: 'visits',
      partitionKey: 'PK',
      indexes: { Top: { partitionKey: 'TPK', sortKey: 'TSK' } },
      timeToLive: 'until',
    })
    const Visit = defineEntity('Visit', {
      attributes: {
        page: string(),
        hits: number().default(0),
        note: string().optional(),
        code: string().optional(),
        until: expiresAt().default(() => new Date(now.getTime() + 60_000)),
      },
      key: { pk: 'VISIT#{page}' },
      indexes: { Top: { pk: 'VISITS', sk: '{hits}' } },
      unique: { code: 'CODE#{code}' },
    })
    const model = defineModel({ table: visits, entities: { Visit }, accessPatterns: { top: query(Visit).index('Top') } })
    const connected = async () => {
      await createTable(model, engine.client())
      const site = connect(model, { client: engine.client(), now: () => now })
      await site.entities.Visit.create({ page: 'a', hits: 7, note: 'old', code: 'x' })
      now = new Date(now.getTime() + 3_600_000)
      return site
    }
    const inAMinute = () => new Date(Math.floor(now.getTime() / 1000) * 1000 + 60_000)

    it('is a new item, with nothing of the old one and none of its keys and guards', async () => {
      const { entities, patterns } = await connected()
      const { until, ...made } = await entities.Visit.update({ page: 'a' }, { hits: add(1) }, { upsert: true })
      expect(made).to.deep.equal({ page: 'a', hits: 1 })
      expect(Math.abs(until.getTime() - inAMinute().getTime())).to.be.at.most(1000)
      expect(await entities.Visit.get({ page: 'a' })).to.deep.include({ hits: 1 })
      expect((await patterns.top({})).items.map(({ hits }) => hits)).to.deep.equal([1])
      expect(await entities.Visit.create({ page: 'b', code: 'x' })).to.include({ code: 'x' })
    })

    it('is one in a transaction too', async () => {
      const { entities, transactWrite } = await connected()
      await transactWrite([
        entities.Visit.update({ page: 'a' }, { hits: add(2) }, { upsert: true }),
        entities.Visit.create({ page: 'c' }),
      ])
      expect(await entities.Visit.get({ page: 'a' })).to.deep.include({ hits: 2 })
    })

    it('is judged by a condition as an item that is not there', async () => {
      const { entities } = await connected()
      const upsert = (condition: object) =>
        entities.Visit.update({ page: 'a' }, { hits: 3 }, { upsert: true, if: condition }).then(
          ({ hits }) => hits,
          (error) => error,
        )
      expect(await upsert({ hits: { lt: 100 } })).to.be.instanceOf(ConditionFailedError)
      expect(await upsert({ hits: { exists: false } })).to.equal(3)
      expect(await upsert({ hits: { exists: false } }), 'and now there is one').to.be.instanceOf(ConditionFailedError)
    })

    it('is a new one also where the old one does not fit', async () => {
      const { entities } = await connected()
      const upsert = (page: string) => entities.Visit.update({ page }, { hits: add(1) }, { upsert: true })
      const Item = { PK: { S: 'VISIT#old' }, _type: { S: 'Visit' }, page: { S: 'old' }, hits: { S: 'x' }, until: { N: '1' } }
      await engine.client().send(new PutItemCommand({ TableName: 'visits', Item }))
      expect(await upsert('old')).to.include({ hits: 1 })
    })

    onEmbedded('faults', 'is a new one also where the answer to the deletion of the old one is lost', async () => {
      const { entities } = await connected()
      engine.faults.add({ kind: 'internalError', when: 'after', operations: ['DeleteItem', 'TransactWriteItems'], times: 1 })
      expect(await entities.Visit.update({ page: 'a' }, { hits: add(1) }, { upsert: true })).to.include({ hits: 1 })
    })

    it('counts each of many upserts at once exactly once', async () => {
      const { entities } = await connected()
      const upserts = Array.from({ length: 8 }, () => entities.Visit.update({ page: 'a' }, { hits: add(1) }, { upsert: true }))
      const done = (await Promise.allSettled(upserts)).filter(({ status }) => status === 'fulfilled')
      expect(done.length).to.be.above(0)
      expect((await entities.Visit.get({ page: 'a' }))?.hits).to.equal(done.length)
    })
  })

  it('whose replacement fails its condition is no existing item', async () => {
    now = new Date('2099-01-01T00:00:00.500Z')
    const key = { user: 'room', id: '2' }
    await shop.entities.Session.put({ ...key, device: 'old', until: new Date('2098-12-31') })
    const refused = await shop.entities.Session.create({ ...key, device: 'new' }, { if: { device: 'other' } }).then(
      undefined,
      (error) => error,
    )
    expect(refused).to.be.instanceOf(ConditionFailedError)
  })
})
