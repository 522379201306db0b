// Stored items that do not fit: they hide nothing, and are not hidden.
import { channel } from 'node:diagnostics_channel'
import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import {
  connect,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  get,
  itemCollection,
  type Misfit,
  MisfitError,
  many,
  number,
  type OnMisfit,
  one,
  query,
  scan,
  string,
} from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { failureOf } from './observed-requests.ts'

const table = defineTable({
  name: 'misfits',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    ByDay: { partitionKey: 'DPK', sortKey: 'DSK' },
    Keys: { partitionKey: 'KPK', sortKey: 'KSK', projection: 'KEYS_ONLY' },
  },
})
const User = defineEntity('User', {
  attributes: { userId: string(), name: string() },
  key: { pk: 'USER#{userId}', sk: 'PROFILE' },
})
const Order = defineEntity('Order', {
  attributes: { userId: string(), orderId: string(), total: number(), day: datetime(), note: string().optional() },
  key: { pk: 'USER#{userId}', sk: 'ORDER#{orderId}' },
  indexes: { ByDay: { pk: 'DAY', sk: '{day}#{orderId}' }, Keys: { pk: 'KEYS', sk: '{orderId}' } },
})
const shopModel = defineModel({
  table,
  entities: { User, Order },
  accessPatterns: {
    order: get(Order),
    orders: query(Order),
    firstOrder: query(Order).one(),
    everythingOf: itemCollection({ user: one(User), orders: many(Order) }),
    byDay: query(Order).index('ByDay'),
    hydrated: query(Order).index('Keys').hydrate(),
    all: scan(Order),
  },
})

type Stored = Record<string, AttributeValue>
const day = '2026-01-02T00:00:00.000Z'

/** An order as it should be stored. */
function stored(orderId: string): Stored {
  return {
    PK: { S: 'USER#u' },
    SK: { S: `ORDER#${orderId}` },
    _type: { S: 'Order' },
    userId: { S: 'u' },
    orderId: { S: orderId },
    total: { N: '5' },
    day: { S: day },
    DPK: { S: 'DAY' },
    DSK: { S: `${day}#${orderId}` },
    KPK: { S: 'KEYS' },
    KSK: { S: orderId },
  }
}

/** What other hands do to an order, and where it then does not fit. `entity` is what it is taken for. */
const damages: Record<
  string,
  { damage: (item: Stored) => Stored; path: string; entity?: string | undefined; filtered?: boolean }
> = {
  'an attribute of a wrong type': { damage: (item) => ({ ...item, total: { S: '5' } }), path: 'total' },
  'a missing attribute': { damage: ({ total: _, ...item }) => item, path: 'total' },
  'a number that JavaScript can not hold': {
    damage: (item) => ({ ...item, total: { N: '12345678901234567890' } }),
    path: 'total',
  },
  'a date in another form': { damage: (item) => ({ ...item, day: { S: '2026-01-02' } }), path: 'day' },
  'a key that its attributes do not give': { damage: (item) => ({ ...item, orderId: { S: 'other' } }), path: 'SK' },
  'a partition key that its attributes do not give': { damage: (item) => ({ ...item, userId: { S: 'v' } }), path: 'PK' },
  'the type of another entity': {
    damage: (item) => ({ ...item, _type: { S: 'User' } }),
    path: '_type',
    entity: undefined,
    filtered: true,
  },
  'an unknown type': { damage: (item) => ({ ...item, _type: { S: 'Ordr' } }), path: '_type', entity: undefined, filtered: true },
  'a type that is no text': {
    damage: (item) => ({ ...item, _type: { N: '1' } }),
    path: '_type',
    entity: undefined,
    filtered: true,
  },
  'no type, and a missing attribute': { damage: ({ _type: _, total: __, ...item }) => item, path: 'total' },
}

const key = (orderId: string) => ({ PK: 'USER#u', SK: `ORDER#${orderId}` })

describe('a stored item that does not fit', () => {
  let engine: TestEngine
  let put: (item: Stored) => Promise<unknown>
  const open = (onMisfit?: OnMisfit) =>
    connect(shopModel, { client: engine.client(), ...(onMisfit !== undefined && { onMisfit }) })
  beforeEach(async () => {
    engine = await startTestEngine()
    const client = engine.client()
    await createTable(shopModel, client)
    put = (Item) => client.send(new PutItemCommand({ TableName: 'misfits', Item }))
    const { User } = open().entities
    await User.create({ userId: 'u', name: 'Ada' })
    for (const orderId of ['1', '3']) await put(stored(orderId))
  })
  afterEach(() => engine.close())

  for (const [what, { damage, path, filtered = false, ...more }] of Object.entries(damages))
    describe(`because of ${what}`, () => {
      const entity = 'entity' in more ? more.entity : 'Order'
      beforeEach(() => put(damage(stored('2'))))

      const pages: Record<
        string,
        (shop: ReturnType<typeof open>) => PromiseLike<{ items: { orderId: string }[]; misfits: readonly Misfit[] }>
      > = {
        'a query': (shop) => shop.patterns.orders({ userId: 'u' }),
        'a query with small pages': (shop) => shop.patterns.orders({ userId: 'u' }, { limit: 2 }),
        'a query of an index': (shop) => shop.patterns.byDay({}),
        'a query that hydrates': (shop) => shop.patterns.hydrated({}),
      }
      for (const [name, read] of Object.entries(pages))
        it(`is listed by the page of ${name}, beside all others`, async () => {
          const { items, misfits } = await read(open())
          expect(items.map(({ orderId }) => orderId)).to.deep.equal(['1', '3'])
          expect(misfits).to.have.length(1)
          expect(misfits[0]).to.deep.include({ entity, path, key: key('2') })
          expect(misfits[0]?.stored).to.deep.include(damage(stored('2')))
          expect(misfits[0]?.message).to.be.a('string').that.is.not.empty
        })

      it('is left out of iteration, all() and a scan, which go on', async () => {
        const shop = open()
        expect(await shop.patterns.orders({ userId: 'u' }).all()).to.have.length(2)
        const { items, misfits } = await shop.patterns.all({})
        expect(items.map(({ orderId }) => orderId).sort()).to.deep.equal(['1', '3'])
        // A scan meets all entities, so it filters by type, and what says to be of another is not its business.
        expect(misfits.map((misfit) => misfit.path)).to.deep.equal(filtered ? [] : [path])
      })

      // What says to be the user is a user that does not fit, see below.
      if (what !== 'the type of another entity')
        it('is listed by an item collection, beside all others', async () => {
          const collection = await open().patterns.everythingOf({ userId: 'u' })
          expect(collection.user).to.deep.equal({ userId: 'u', name: 'Ada' })
          expect(collection.orders.map(({ orderId }) => orderId)).to.deep.equal(['1', '3'])
          const { misfits } = collection as { misfits?: Misfit[] }
          expect(misfits?.map((misfit) => misfit.path)).to.deep.equal([path])
        })

      it('fails a read of a single item', async () => {
        const shop = open()
        const reads = [
          () => shop.entities.Order.get({ userId: 'u', orderId: '2' }),
          () => shop.patterns.order({ userId: 'u', orderId: '2' }),
          () => shop.patterns.firstOrder({ userId: 'u', orderId: { gte: '2' } }),
          () => shop.patterns.orders({ userId: 'u', orderId: { gte: '2' } }).first(),
        ]
        for (const read of reads) {
          const error = await failureOf(read)
          expect(error).to.be.instanceOf(MisfitError)
          expect((error as MisfitError).misfit).to.deep.include({ path, key: key('2') })
        }
      })

      it("fails every read with 'throw', on connect or on the call", async () => {
        const [strict, lenient] = [open('throw'), open('skip')]
        const reads = [
          () => strict.patterns.orders({ userId: 'u' }),
          () => strict.patterns.orders({ userId: 'u' }).all(),
          () => strict.patterns.hydrated({}),
          () => strict.patterns.everythingOf({ userId: 'u' }),
          () => strict.entities.Order.get({ userId: 'u', orderId: '2' }),
          () => lenient.patterns.orders({ userId: 'u' }, { onMisfit: 'throw' }),
          () => lenient.entities.Order.get({ userId: 'u', orderId: '2' }, { onMisfit: 'throw' }),
        ]
        for (const read of reads) expect(await failureOf(read)).to.be.instanceOf(MisfitError)
      })

      it("is left out with 'skip' and with a function, which is called", async () => {
        const seen: Misfit[] = []
        const settings: OnMisfit[] = ['skip', (misfit) => seen.push(misfit)]
        for (const onMisfit of settings) {
          for (const [shop, options] of [
            [open(onMisfit), {}],
            [open('throw'), { onMisfit }],
          ] as const) {
            const orders = await shop.patterns.orders({ userId: 'u' }, options)
            expect(orders.items).to.have.length(2)
            expect(orders.misfits).to.have.length(1)
            expect(await shop.entities.Order.get({ userId: 'u', orderId: '2' }, options)).to.equal(undefined)
            const next = await shop.patterns.firstOrder({ userId: 'u', orderId: { gte: '2' } }, options)
            expect(next?.orderId).to.equal('3')
          }
        }
        expect(seen).to.have.length(6)
        for (const misfit of seen) expect(misfit).to.deep.include({ path, key: key('2') })
      })
    })

  it('is published, whatever the setting', async () => {
    await put({ ...stored('2'), total: { S: '5' } })
    const published: unknown[] = []
    const listen = (misfit: unknown) => {
      published.push(misfit)
    }
    channel('singlet:misfit').subscribe(listen)
    try {
      await open().patterns.orders({ userId: 'u' }).all()
      await open('skip').patterns.orders({ userId: 'u' })
      await failureOf(() => open('throw').patterns.orders({ userId: 'u' }))
      await failureOf(() => open().entities.Order.get({ userId: 'u', orderId: '2' }))
      await open(() => undefined).entities.Order.get({ userId: 'u', orderId: '2' })
    } finally {
      channel('singlet:misfit').unsubscribe(listen)
    }
    expect(published).to.have.length(5)
    for (const misfit of published) expect(misfit).to.deep.include({ entity: 'Order', path: 'total', key: key('2') })
  })

  it('fails an item collection when it is the one that there is of its entity: silence would look like its absence', async () => {
    await put({ PK: { S: 'USER#u' }, SK: { S: 'PROFILE' }, _type: { S: 'User' }, userId: { S: 'u' } })
    const { everythingOf } = open().patterns
    const error = await failureOf(() => everythingOf({ userId: 'u' }))
    expect(error).to.be.instanceOf(MisfitError)
    expect((error as MisfitError).misfit).to.include({ entity: 'User', path: 'name' })
    const { user, orders } = await everythingOf({ userId: 'u' }, { onMisfit: 'skip' })
    expect(user).to.equal(undefined)
    expect(orders).to.have.length(2)
  })

  it('does not end a page early, however many there are', async () => {
    for (let number = 0; number < 30; number++) await put({ ...stored(`1${number}`), total: { S: 'many' } })
    const { items, misfits } = await open().patterns.orders({ userId: 'u' }, { limit: 2 })
    expect(items.map(({ orderId }) => orderId)).to.deep.equal(['1', '3'])
    expect(misfits).to.have.length(30)
  })
})

describe('an item that is stored otherwise, and fits all the same', () => {
  let engine: TestEngine
  before(async () => {
    engine = await startTestEngine()
    await createTable(shopModel, engine.client())
  })
  after(() => engine.close())

  const forms: Record<string, (item: Stored) => Stored> = {
    'without a type': ({ _type: _, ...item }) => item,
    'with its key attributes in the key alone': ({ userId: _, orderId: __, ...item }) => item,
    'with attributes that the entity does not declare': (item) => ({ ...item, extra: { M: {} } }),
    'with NULL for an optional attribute': (item) => ({ ...item, note: { NULL: true } }),
    'with another notation of a number': (item) => ({ ...item, total: { N: '5.0' } }),
  }
  for (const [what, form] of Object.entries(forms))
    it(`is read: ${what}`, async () => {
      const client = engine.client()
      await client.send(new PutItemCommand({ TableName: 'misfits', Item: form(stored('1')) }))
      const shop = connect(shopModel, { client, onMisfit: 'throw' })
      const order = { userId: 'u', orderId: '1', total: 5, day: new Date(day) }
      expect(await shop.entities.Order.get({ userId: 'u', orderId: '1' })).to.deep.equal(order)
      expect((await shop.patterns.orders({ userId: 'u' })).items).to.deep.equal([order])
      expect((await shop.patterns.byDay({})).items).to.deep.equal([order])
      expect((await shop.patterns.hydrated({})).items).to.deep.equal([order])
      expect((await shop.patterns.all({})).items, 'also where other entities are filtered out').to.deep.equal([order])
      expect((await shop.patterns.everythingOf({ userId: 'u' })).orders).to.deep.equal([order])
    })
})
