// The example with which the project introduces itself, written out as a whole model, compiled and run.
import { expect } from 'chai'
import {
  add,
  connect,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  type Item,
  inverted,
  itemCollection,
  many,
  number,
  one,
  oneOf,
  query,
  remove,
  string,
  ulid,
  version,
} from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'

const table = defineTable({
  name: 'ecommerce',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    GSI2: { partitionKey: 'GSI2PK', sortKey: 'GSI2SK', projection: 'KEYS_ONLY' },
    Inverted: { partitionKey: 'SK', sortKey: 'PK' },
    ByDate: { type: 'local', sortKey: 'LSI1SK' },
  },
  timeToLive: 'expiresAt',
})

const User = defineEntity('User', {
  attributes: { userId: string(), email: string(), name: string() },
  key: { pk: 'USER#{userId}', sk: 'PROFILE' },
  indexes: { GSI1: { pk: 'EMAIL#{email}', sk: 'USER' } },
})

const Order = defineEntity('Order', {
  attributes: {
    userId: string(),
    orderId: ulid(),
    status: oneOf('pending', 'paid', 'shipped', 'delivered', 'cancelled').default('pending'),
    total: number({ min: 0 }),
    placedAt: datetime().default('now'),
    note: string().optional(),
    version: version(),
  },
  key: { pk: 'USER#{userId}', sk: 'ORDER#{orderId}' },
  indexes: {
    GSI1: { pk: 'ORDERS#{status}', sk: '{placedAt}', shards: { count: 10 } },
    GSI2: { pk: 'OPEN_ORDERS', sk: '{placedAt}', when: { status: ['pending', 'paid'] } },
  },
})

const Product = defineEntity('Product', {
  attributes: { productId: string(), name: string(), stock: number({ integer: true }) },
  key: { pk: 'PRODUCT#{productId}', sk: 'PRODUCT#{productId}' },
})

const OrderItem = defineEntity('OrderItem', {
  attributes: { orderId: string(), productId: string(), quantity: number({ min: 1 }) },
  key: { pk: 'ORDER#{orderId}', sk: 'PRODUCT#{productId}' },
  indexes: { Inverted: inverted() },
})

const ecommerce = defineModel({
  table,
  entities: { User, Order, OrderItem, Product },
  accessPatterns: {
    userByEmail: query(User).index('GSI1').one().describe('Sign in'),
    ordersOfUser: query(Order).descending(),
    userWithOrders: itemCollection({ user: one(User), orders: many(Order) }),
    ordersByStatus: query(Order).index('GSI1').descending().rate({ perSecond: 50 }),
    // GSI2 holds keys only, so a pattern that returns whole orders says that it fetches them.
    openOrders: query(Order).index('GSI2').hydrate(),
    ordersOfProduct: query(OrderItem).index('Inverted'),
  },
})

describe('the first example', () => {
  let engine: TestEngine
  before(async () => {
    engine = await startTestEngine()
    await createTable(ecommerce, engine.client())
  })
  after(() => engine.close())

  it('runs as it is written', async () => {
    const shop = connect(ecommerce, { client: engine.client() })
    const { Order, User, Product, OrderItem } = shop.entities
    const { ordersByStatus, ordersOfUser, userWithOrders, userByEmail, openOrders, ordersOfProduct } = shop.patterns
    const userId = 'u#1'
    const productId = 'p1'
    await User.create({ userId, email: 'ada@example.com', name: 'Ada' })
    await Product.create({ productId, name: 'Tea', stock: 2 })

    const order = await Order.create({ userId, total: 20 })
    expect(order).to.include({ userId, total: 20, status: 'pending', version: 1 })
    const changed: Item<typeof import('./first-example.test.ts').Order> = await Order.update(
      { userId, orderId: order.orderId },
      { status: 'paid', total: add(5), note: remove() },
      { if: { status: 'pending' } },
    )
    expect(changed).to.include({ status: 'paid', total: 25, version: 2 })

    const monday = new Date(Date.now() - 86_400_000)
    const page = await ordersByStatus({ status: 'paid', placedAt: { gte: monday } }, { limit: 20 })
    expect(page.items).to.deep.equal([changed])
    expect(page.cursor).to.equal(undefined)
    const found: string[] = []
    for await (const order of ordersByStatus({ status: 'paid' })) found.push(order.orderId)
    expect(found).to.deep.equal([order.orderId])
    const { user, orders } = await userWithOrders({ userId })
    expect(user?.name).to.equal('Ada')
    expect(orders).to.deep.equal([changed])
    expect((await userByEmail({ email: 'ada@example.com' }))?.userId).to.equal(userId)
    expect((await openOrders({})).items).to.deep.equal([changed])
    expect(await ordersOfUser({ userId }).all()).to.deep.equal([changed])
    await shop.transactWrite([
      Order.create({ userId, total: 5, orderId: '01KEZ0G8M0ABCDEFGHJKMNPQRS' }),
      OrderItem.create({ orderId: order.orderId, productId, quantity: 1 }),
      Product.update({ productId }, { stock: add(-1) }, { if: { stock: { gte: 1 } } }),
    ])
    expect((await Product.get({ productId }))?.stock).to.equal(1)
    expect((await ordersOfProduct({ productId })).items).to.deep.equal([{ orderId: order.orderId, productId, quantity: 1 }])
    expect(await ordersOfUser({ userId }).all()).to.have.length(2)
  })
})

export { Order }
