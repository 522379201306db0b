// What the shop's transactions write and refuse, case by case: orders. Sequences of them are in ecommerce-transactions-properties.test.ts.
import { expect } from 'chai'
import { datasetNow, day, hour, shifted } from '../../entities/demo/random.ts'
import { totalsOf } from '../../entities/ecommerce/access/checkout.ts'
import { maxOrderLines } from '../../entities/ecommerce/attributes.ts'
import { makeDataset } from '../../entities/ecommerce/dataset.ts'
import { type CancelOrder, cancellationOf, exampleCheckout, type PlaceOrder } from '../../entities/ecommerce/example-steps.ts'
import { ecommerce } from '../../entities/ecommerce/index.ts'
import { checkoutRefusal } from '../../entities/ecommerce/refusals.ts'
import {
  ConditionFailedError,
  connect,
  createTable,
  TransactionCanceledError,
  ValidationError,
  VersionConflictError,
} from '../../lib/index.ts'
import { startLocal } from '../../lib/local/index.ts'
import { failureOf, observed } from '../client/observed-requests.ts'
import { onEmbedded, startTestEngine, type TestEngine } from '../engine.ts'

const dataset = makeDataset({ customers: 20 })
const order = exampleCheckout(dataset)
const cancellation = cancellationOf(order)
const [line, otherLine] = order.lines
if (line === undefined || otherLine === undefined || order.cart === undefined) throw new Error('The example has no lines.')
const { customerId, orderId = '', warehouseId, cart } = order

/** Why each operation of a cancelled transaction was refused. */
async function refusals(operation: PromiseLike<unknown>): Promise<unknown[]> {
  const error = await failureOf(() => operation)
  expect(error).to.be.instanceOf(TransactionCanceledError)
  return (error as TransactionCanceledError).reasons.flatMap((reason) => reason.error ?? [])
}

/** The order with other lines, paid in full. */
function having(lines: PlaceOrder['lines'], changes: Partial<PlaceOrder> = {}): PlaceOrder {
  const { totalCents } = totalsOf({ lines, shippingCents: order.shippingCents, discountCents: changes.discountCents ?? 0 })
  return { ...order, lines, ...changes, payment: { ...order.payment, amountCents: totalCents } }
}

describe('ecommerce, in transactions', () => {
  let engine: TestEngine
  let tables = 0
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  /** A shop with the stock and the carts of the data set. */
  async function openShop(client = engine.client()) {
    const tableName = `transactions-${tables++}`
    await createTable(ecommerce, client, { tableName })
    const at = (now: Readonly<Date>) => connect(ecommerce, { client, tableName, now: () => new Date(now.getTime()) })
    const shop = at(datasetNow)
    const stocked = dataset.Inventory.filter(({ productId }) => order.lines.some((one) => one.productId === productId))
    for (const row of stocked) await shop.entities.Inventory.create(row)
    for (const row of dataset.Cart.slice(0, 20)) await shop.entities.Cart.create(row)
    const stock = (productId: string, at = warehouseId) =>
      shop.entities.Inventory.get({ productId, warehouseId: at }, { consistent: true })
    return { ...shop, at, stock }
  }
  type Shop = Awaited<ReturnType<typeof openShop>>

  async function everything({ entities, patterns }: Shop) {
    const partitions = await patterns.orderDetails({ orderId })
    const stock = await Promise.all(order.lines.map(({ productId }) => patterns.availableStock({ productId }).all()))
    return {
      partitions,
      stock,
      cart: await entities.Cart.get({ cartId: cart?.cartId ?? '' }),
      orders: await patterns.ordersOfCustomer({ customerId }).all(),
    }
  }

  describe('placeOrder', () => {
    it('writes the order and all that belongs to it in one request, with its sums', async () => {
      const { patterns, entities, stock } = await openShop()
      const before = await stock(line.productId)
      const { requests } = await observed(async () => patterns.placeOrder(order))
      expect(requests.map(({ operation, pattern }) => `${operation} ${pattern}`)).to.deep.equal(['TransactWriteItems placeOrder'])
      const subtotalCents = order.lines.reduce((sum, { quantity, unitPriceCents }) => sum + quantity * unitPriceCents, 0)
      expect(await entities.Order.get({ customerId, orderId })).to.deep.include({
        status: 'confirmed',
        itemCount: order.lines.length,
        subtotalCents,
        totalCents: subtotalCents + order.shippingCents,
      })
      const { items, payments } = await patterns.orderDetails({ orderId })
      expect(items.map(({ productId }) => productId)).to.have.members(order.lines.map(({ productId }) => productId))
      expect(payments).to.have.length(1)
      expect(payments[0]).to.deep.include({ status: 'authorised', amountCents: order.payment.amountCents })
      expect(await stock(line.productId)).to.deep.include({
        available: (before?.available ?? 0) - line.quantity,
        reserved: (before?.reserved ?? 0) + line.quantity,
      })
      expect(await entities.Cart.get({ cartId: cart.cartId })).to.deep.include({ status: 'ordered', version: 2 })
      expect((await patterns.idleCarts({}).all()).map(({ cartId }) => cartId)).to.not.include(cart.cartId)
      expect(await patterns.orderOfRequest({ customerId, requestId: order.requestId })).to.include({ orderId })
      expect(await patterns.ordersToShip({ warehouseId }).all()).to.have.length(1)
    })

    it('leaves lowSince to the stock job', async () => {
      const { patterns, stock } = await openShop()
      const { available = 0 } = (await stock(line.productId)) ?? {}
      const { cart: _, ...rest } = having([{ ...line, quantity: available }])
      await patterns.placeOrder(rest)
      expect(await stock(line.productId))
        .to.deep.include({ available: 0 })
        .and.not.have.property('lowSince')
    })

    it('recognises a request that was done, hours and days later, and takes nothing twice', async () => {
      const shop = await openShop()
      await shop.patterns.placeOrder(order)
      const before = await everything(shop)
      for (const later of [hour, 6 * day]) {
        const { orderId: _, placedAt: __, ...again } = order
        const error = await failureOf(() => shop.at(shifted(datasetNow, later)).patterns.placeOrder(again))
        expect(error).to.be.instanceOf(TransactionCanceledError)
        expect(checkoutRefusal(error as TransactionCanceledError, again).placedAs).to.equal(orderId)
      }
      expect(await everything(shop)).to.deep.equal(before)
    })

    onEmbedded('faults', 'recognises a request whose answer was lost', async () => {
      await using faulty = await startLocal()
      const shop = await openShop(faulty.client())
      const fault = faulty.faults.add({ kind: 'disconnect', when: 'after', operations: ['TransactWriteItems'] })
      expect(await failureOf(() => shop.patterns.placeOrder(order))).to.be.instanceOf(Error)
      fault.remove()
      const before = await everything(shop)
      const { orderId: _, ...again } = order
      const error = await failureOf(() => shop.patterns.placeOrder(again))
      expect(checkoutRefusal(error as TransactionCanceledError, again).placedAs).to.equal(orderId)
      expect(await everything(shop)).to.deep.equal(before)
      expect(before.orders).to.have.length(1)
    })

    it('does a request of the same name for another customer', async () => {
      const { patterns } = await openShop()
      const { cart: _, ...rest } = having([{ ...line, quantity: 1 }])
      await patterns.placeOrder(rest)
      const other = dataset.Customer.find((one) => one.customerId !== customerId)?.customerId ?? ''
      await patterns.placeOrder({ ...rest, customerId: other, orderId: '01Q92N9MZ0CJQP3X7ZDYFN4AJH' })
      expect(await patterns.orderOfRequest({ customerId: other, requestId: order.requestId })).to.include({
        orderId: '01Q92N9MZ0CJQP3X7ZDYFN4AJH',
      })
    })

    it('names every line of which there is too little, and how much there is', async () => {
      const shop = await openShop()
      const before = await everything(shop)
      const { available = 0 } = (await shop.stock(otherLine.productId)) ?? {}
      const unknown = { ...line, productId: '01PTX9P4002D1W44V29V5RHG34' }
      const lines = [unknown, line, { ...otherLine, quantity: available + 1 }]
      const error = await failureOf(() => shop.patterns.placeOrder(having(lines)))
      expect(checkoutRefusal(error as TransactionCanceledError, { lines })).to.deep.equal({
        short: [
          { line: 0, productId: unknown.productId, wanted: unknown.quantity, available: 0 },
          { line: 2, productId: otherLine.productId, wanted: available + 1, available },
        ],
      })
      expect(await everything(shop)).to.deep.equal(before)
    })

    it('is refused for a cart that has changed, and for one of somebody else', async () => {
      const shop = await openShop()
      await shop.entities.Cart.update({ cartId: cart.cartId }, { lastActiveAt: datasetNow })
      const [changed, ...others] = await refusals(shop.patterns.placeOrder(order))
      expect(changed).to.be.instanceOf(VersionConflictError)
      expect(others).to.have.length(0)
      const foreign = dataset.Cart.slice(0, 20).find((one) => one.customerId !== customerId)
      const [refused] = await refusals(
        shop.patterns.placeOrder({ ...order, cart: { cartId: foreign?.cartId ?? '', version: 1 } }),
      )
      expect(refused).to.be.instanceOf(ConditionFailedError).with.property('entity', 'Cart')
      expect(await shop.patterns.ordersOfCustomer({ customerId }).all()).to.have.length(0)
    })

    const many = Array.from({ length: maxOrderLines + 1 }, (_, n) => ({
      ...line,
      productId: `01PTX9P4002D1W44V29V5RHG${n + 10}`,
    }))

    it('has room for as many lines as its input allows, in the 100 actions of a transaction', async () => {
      const { patterns } = await openShop()
      const actions = (operation: { params(): unknown }) => (operation.params() as { TransactItems: unknown[] }).TransactItems
      const largest = having(many.slice(1))
      expect(actions(patterns.placeOrder(largest))).to.have.length(100)
      const { paymentId = '' } = order.payment
      const payments = [paymentId, paymentId.replace(/.$/, '0'), paymentId.replace(/.$/, '1')].map((id) => ({
        paymentId: id,
        amountCents: 100,
      }))
      expect(actions(patterns.cancelOrder({ ...cancellationOf(largest), payments }))).to.have.length(100)
    })

    const badOrders: [string, PlaceOrder, string][] = [
      ['too many lines', having(many), 'lines'],
      ['no line', having([]), 'lines'],
      ['a product in two lines', having([line, line]), 'lines'],
      ['a payment of another amount', { ...order, payment: { ...order.payment, amountCents: 1 } }, 'payment.amountCents'],
      ['a discount beyond the lines', { ...order, discountCents: 99_999_999 }, 'discountCents'],
    ]
    for (const [title, input, path] of badOrders)
      it(`refuses ${title} before it sends anything`, async () => {
        const { patterns } = await openShop()
        const { requests } = await observed(async () => {
          expect(await failureOf(() => patterns.placeOrder(input)))
            .to.be.instanceOf(ValidationError)
            .with.property('path', path)
        })
        expect(requests).to.deep.equal([])
      })
  })

  describe('cancelOrder', () => {
    it('refunds the payment and gives the stock back', async () => {
      const shop = await openShop()
      const before = await everything(shop)
      await shop.patterns.placeOrder(order)
      const { requests } = await observed(async () => shop.patterns.cancelOrder(cancellation))
      expect(requests.map(({ operation }) => operation)).to.deep.equal(['TransactWriteItems'])
      const after = await everything(shop)
      const counts = ({ stock }: typeof after) => stock.flat().map(({ available, reserved }) => [available, reserved])
      expect(counts(after)).to.deep.equal(counts(before))
      expect(after.orders.map(({ status }) => status)).to.deep.equal(['cancelled'])
      expect(after.partitions.payments.map(({ status }) => status)).to.deep.equal(['refunded'])
      expect(await shop.patterns.ordersToShip({ warehouseId }).all()).to.deep.equal([])
      expect(await shop.patterns.paymentsToCapture({ provider: 'northpay' }).all()).to.deep.equal([])
    })

    const wrong: [string, Partial<CancelOrder>][] = [
      ['an item is missing', { lines: cancellation.lines.slice(1) }],
      ['an item has another quantity', { lines: cancellation.lines.map((one) => ({ ...one, quantity: one.quantity + 1 })) }],
      ['a payment has another amount', { payments: cancellation.payments.map((one) => ({ ...one, amountCents: 1 })) }],
      ['it was packed somewhere else', { warehouseId: warehouseId === 'BAS1' ? 'ZRH1' : 'BAS1' }],
      ['there is no such order', { orderId: '01Q92N9MZ0CJQP3X7ZDYFN4AJH' }],
    ]
    for (const [title, changes] of wrong)
      it(`is refused when ${title}, and changes nothing`, async () => {
        const shop = await openShop()
        await shop.patterns.placeOrder(order)
        const before = await everything(shop)
        expect(await refusals(shop.patterns.cancelOrder({ ...cancellation, ...changes }))).to.have.length.of.at.least(1)
        expect(await everything(shop)).to.deep.equal(before)
      })

    it('is refused the second time, and once the packers have begun', async () => {
      const shop = await openShop()
      await shop.patterns.placeOrder(order)
      await shop.entities.Order.update({ customerId, orderId }, { status: 'packed' })
      expect(await refusals(shop.patterns.cancelOrder(cancellation))).to.have.length(1)
      await shop.entities.Order.update({ customerId, orderId }, { status: 'confirmed' })
      await shop.patterns.cancelOrder(cancellation)
      const before = await everything(shop)
      expect(await refusals(shop.patterns.cancelOrder(cancellation))).to.have.length.of.at.least(1)
      expect(await everything(shop)).to.deep.equal(before)
    })

    it('undoes every order of the data set that the packers have not begun', async () => {
      const { entities, patterns } = await openShop()
      const open = dataset.Order.filter(({ status }) => status === 'pending' || status === 'confirmed')
      expect(open).to.have.length.of.at.least(1)
      for (const row of dataset.Inventory) await entities.Inventory.put(row)
      for (const row of open) await entities.Order.create(row)
      for (const one of open) {
        const items = dataset.OrderItem.filter((item) => item.orderId === one.orderId)
        const payments = dataset.Payment.filter((payment) => payment.orderId === one.orderId)
        for (const item of items) await entities.OrderItem.create(item)
        for (const payment of payments) await entities.Payment.create(payment)
        await patterns.cancelOrder({
          customerId: one.customerId,
          orderId: one.orderId,
          warehouseId: one.warehouseId,
          lines: items.map(({ productId, quantity }) => ({ productId, quantity })),
          payments: payments.flatMap(({ status, paymentId, amountCents }) =>
            status === 'failed' ? [] : [{ paymentId, amountCents }],
          ),
        })
      }
      const givenBack = ({ productId, warehouseId }: { productId: string; warehouseId: string }) =>
        dataset.OrderItem.filter(
          (item) =>
            item.productId === productId && open.some((one) => one.orderId === item.orderId && one.warehouseId === warehouseId),
        ).reduce((sum, { quantity }) => sum + quantity, 0)
      for (const { productId, warehouseId, available, reserved } of dataset.Inventory) {
        const quantity = givenBack({ productId, warehouseId })
        expect(await entities.Inventory.get({ productId, warehouseId })).to.deep.include({
          available: available + quantity,
          reserved: reserved - quantity,
        })
      }
    })
  })
})
