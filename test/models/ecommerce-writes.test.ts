// The life of the shop's items: how writes move them through the indexes, what locks them, what a sale costs.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect } from 'chai'
import { datasetNow, makeDataset } from '../../entities/ecommerce/dataset.ts'
import { ecommerce } from '../../entities/ecommerce/index.ts'
import {
  add,
  ConditionFailedError,
  connect,
  createTable,
  ItemExistsError,
  ItemNotFoundError,
  type RequestEvent,
  remove,
  TransactionCanceledError,
  ValidationError,
  VersionConflictError,
} from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'

/** What an operation failed with. */
async function failure(operation: PromiseLike<unknown>): Promise<unknown> {
  try {
    await operation
  } catch (error) {
    return error
  }
  throw new Error('It did not fail.')
}

/** The operations that were sent meanwhile. */
async function sentDuring(action: () => PromiseLike<unknown>): Promise<string[]> {
  const operations: string[] = []
  const listen = (message: unknown) => void operations.push((message as RequestEvent).operation)
  subscribe('singlet:request', listen)
  try {
    await action()
  } finally {
    unsubscribe('singlet:request', listen)
  }
  return operations
}

function first<R>(rows: readonly R[], wanted: (row: R) => boolean = () => true): R {
  const row = rows.find(wanted)
  if (row === undefined) throw new Error('The data set has no such row.')
  return row
}

describe('ecommerce, as it is written', () => {
  const dataset = makeDataset({ customers: 20 })
  let engine: TestEngine
  let tables = 0
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  async function emptyShop(at: Readonly<Date> = datasetNow) {
    const client = engine.client()
    const tableName = `writes-${tables++}`
    await createTable(ecommerce, client, { tableName })
    return connect(ecommerce, { client, tableName, now: () => new Date(at.getTime()) })
  }

  it('takes an order through the packers’ queue and out of it', async () => {
    const { entities, patterns } = await emptyShop()
    const { customerId, orderId, warehouseId, ...rest } = first(dataset.Order)
    const key = { customerId, orderId }
    await entities.Order.create({ ...rest, ...key, warehouseId, status: 'pending' })
    const queue = async () => (await patterns.ordersToShip({ warehouseId }).all()).map((order) => order.status)
    expect(await queue()).to.deep.equal([])
    for (const status of ['confirmed', 'packed', 'part-shipped'] as const) {
      await entities.Order.update(key, { status })
      expect(await queue()).to.deep.equal([status])
    }
    await entities.Order.update(key, { status: 'shipped' })
    expect(await queue()).to.deep.equal([])
  })

  it('moves a product in the catalogue when its price changes, and takes it out when it is discontinued', async () => {
    const { entities, patterns } = await emptyShop()
    const { productId, department, category, subcategory, ...rest } = first(dataset.Product)
    await entities.Product.create({ ...rest, productId, department, category, subcategory, status: 'active', priceCents: 1_000 })
    const cheap = () => patterns.productsInCategory({ department, category, subcategory, priceCents: { lt: 2_000 } }).all()
    expect(await cheap()).to.have.length(1)
    await entities.Product.update({ productId }, { priceCents: 3_000 })
    expect(await cheap()).to.have.length(0)
    expect(await patterns.productsInCategory({ department }).all()).to.have.length(1)
    await entities.Product.update({ productId }, { status: 'discontinued' })
    expect(await patterns.productsInCategory({ department }).all()).to.have.length(0)
    expect(await patterns.productById({ productId })).to.include({ priceCents: 3_000, status: 'discontinued' })
  })

  it('sells in a single request, and never more than there is', async () => {
    const { entities, patterns } = await emptyShop()
    const { lowSince: _, ...stock } = first(dataset.Inventory)
    const { productId, warehouseId } = stock
    const key = { productId, warehouseId }
    await entities.Inventory.create({ ...stock, available: 2 })
    const sell = () => entities.Inventory.update(key, { available: add(-1), reserved: add(1) }, { if: { available: { gte: 1 } } })
    expect(await sentDuring(sell)).to.deep.equal(['UpdateItem'])
    await sell()
    expect(await failure(sell())).to.be.instanceOf(ConditionFailedError)
    expect(await patterns.availableStock({ productId }).all()).to.deep.equal([])
  })

  it('lists low stock while it is low', async () => {
    const { entities, patterns } = await emptyShop()
    const { lowSince: _, ...stock } = first(dataset.Inventory)
    const { productId, warehouseId } = stock
    await entities.Inventory.create(stock)
    const low = async () => (await patterns.lowStock({ warehouseId }).all()).map((row) => row.productId)
    expect(await low()).to.deep.equal([])
    await entities.Inventory.update({ productId, warehouseId }, { lowSince: datasetNow })
    expect(await low()).to.deep.equal([productId])
    await entities.Inventory.update({ productId, warehouseId }, { lowSince: remove() })
    expect(await low()).to.deep.equal([])
  })

  it('hides a review from both lists of the product, and keeps it on record', async () => {
    const { entities, patterns } = await emptyShop()
    const review = first(dataset.Review, ({ status }) => status === 'published')
    const { productId, customerId } = review
    await entities.Review.create(review)
    const listed = async () => [
      (await patterns.latestReviews({ productId }).all()).length,
      (await patterns.reviewsByRating({ productId }).all()).length,
      (await patterns.reviewsOfCustomer({ customerId }).all()).length,
    ]
    expect(await listed()).to.deep.equal([1, 1, 1])
    await entities.Review.update({ productId, customerId }, { status: 'hidden' })
    expect(await listed()).to.deep.equal([0, 0, 1])
    expect(await failure(entities.Review.create(review)), 'a second review').to.be.instanceOf(ItemExistsError)
  })

  it('reminds of a cart from the moment its visitor signs in', async () => {
    const { entities, patterns } = await emptyShop()
    const { customerId: _, ...cart } = first(dataset.Cart, ({ status }) => status === 'open')
    const { customerId } = first(dataset.Customer)
    await entities.Cart.create(cart)
    expect(await patterns.idleCarts({}).all()).to.have.length(0)
    await entities.Cart.update({ cartId: cart.cartId }, { customerId })
    expect(await patterns.idleCarts({}).all()).to.have.length(1)
    expect(await patterns.cartOfCustomer({ customerId })).to.include({ cartId: cart.cartId })
  })

  it('lets one of two profile forms win', async () => {
    const { entities } = await emptyShop()
    const customer = first(dataset.Customer)
    const { customerId } = customer
    const { version } = await entities.Customer.create(customer)
    await entities.Customer.update({ customerId }, { name: 'First Form' }, { version })
    expect(await failure(entities.Customer.update({ customerId }, { name: 'Second Form' }, { version }))).to.be.instanceOf(
      VersionConflictError,
    )
  })

  it('ends a session at its expiry, whether or not DynamoDB has deleted it', async () => {
    const session = first(dataset.Session)
    const shop = await emptyShop(new Date(session.expiresAt.getTime() + 1000))
    await shop.entities.Session.create(session)
    expect(await shop.patterns.sessionById({ sessionId: session.sessionId })).to.equal(undefined)
    expect(await shop.patterns.sessionsOfCustomer({ customerId: session.customerId }).all()).to.deep.equal([])
  })

  it('pages through the shards of a day as if they were one list', async () => {
    const { entities, patterns } = await emptyShop()
    const start = Date.parse('2030-03-08T00:00:00Z')
    const placedAt = { gte: new Date(start), lt: new Date(start + 86_400_000) }
    for (const [minute, order] of dataset.Order.entries())
      await entities.Order.create({ ...order, placedAt: new Date(start + minute * 60_000) })
    const whole = await patterns.ordersOnDay({ placedAt }).all()
    expect(whole).to.have.length(dataset.Order.length)
    const paged: string[] = []
    let cursor: string | undefined
    do {
      const page = await patterns.ordersOnDay({ placedAt }, { limit: 7, ...(cursor !== undefined && { cursor }) })
      paged.push(...page.items.map(({ orderId }) => orderId))
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(paged).to.deep.equal(whole.map(({ orderId }) => orderId))
  })

  describe('transferStock', () => {
    const [from, to] = dataset.Inventory.filter(({ productId }) => productId === first(dataset.Inventory).productId)
    if (from === undefined || to === undefined) throw new Error('The product is in one warehouse only.')
    const { productId } = from
    const transfer = { productId, from: from.warehouseId, to: to.warehouseId, quantity: from.available }

    async function stockedShop() {
      const shop = await emptyShop()
      for (const row of [from, to]) if (row !== undefined) await shop.entities.Inventory.create(row)
      const stock = (at: typeof transfer.to) => shop.entities.Inventory.get({ productId, warehouseId: at }, { consistent: true })
      return { ...shop, stock }
    }
    const reasonsOf = async (operation: PromiseLike<unknown>) => {
      const error = await failure(operation)
      if (!(error instanceof TransactionCanceledError)) throw error
      return error.reasons.flatMap((reason) => reason.error ?? [])
    }

    it('moves what there is, and not more', async () => {
      const { patterns, stock } = await stockedShop()
      const [refused] = await reasonsOf(patterns.transferStock({ ...transfer, quantity: from.available + 1 }))
      expect(refused).to.be.instanceOf(ConditionFailedError)
      await patterns.transferStock(transfer)
      expect((await stock(from.warehouseId))?.available).to.equal(0)
      expect((await stock(to.warehouseId))?.available).to.equal(to.available + from.available)
    })

    it('is refused within one warehouse, and to one where the product is not listed', async () => {
      const { patterns, entities, stock } = await stockedShop()
      expect(await failure(patterns.transferStock({ ...transfer, to: transfer.from })))
        .to.be.instanceOf(ValidationError)
        .with.property('path', 'to')
      await entities.Inventory.delete({ productId, warehouseId: to.warehouseId })
      const [refused] = await reasonsOf(patterns.transferStock({ ...transfer, quantity: 1 }))
      expect(refused).to.be.instanceOf(ItemNotFoundError)
      expect((await stock(from.warehouseId))?.available).to.equal(from.available)
    })
  })
})
