// Any sequence of the shop's transactions against an oracle, and any of them at once: what must hold of stock and orders.
import { expect } from 'chai'
import fc from 'fast-check'
import { datasetNow, day, shifted } from '../../entities/demo/random.ts'
import { totalsOf } from '../../entities/ecommerce/access/checkout.ts'
import { exampleIds, warehouses } from '../../entities/ecommerce/attributes.ts'
import { makeDataset } from '../../entities/ecommerce/dataset.ts'
import { cancellationOf, exampleCheckout, type PlaceOrder } from '../../entities/ecommerce/example-steps.ts'
import { ecommerce } from '../../entities/ecommerce/index.ts'
import { checkoutRefusal } from '../../entities/ecommerce/refusals.ts'
import { connect, createTable, SingletError, TransactionCanceledError } from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { type Command, type Counts, createStockOracle, type Ending, type Line, placeOf } from './ecommerce-stock-oracle.ts'

const products = 3
const requests = 3
/** Each run is a shop of its own, with some requests for every command. */
const numRuns = Math.ceil(propertyRuns / 10)

const product = fc.nat({ max: products - 1 })
const warehouse = fc.nat({ max: warehouses.length - 1 })
const lines = fc.uniqueArray(fc.record({ product, quantity: fc.integer({ min: 1, max: 4 }) }), {
  minLength: 1,
  maxLength: 2,
  selector: (line) => line.product,
})
const request = fc.nat({ max: requests - 1 })
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('place' as const), request, warehouse, lines }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('cancel' as const), request }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('transfer' as const),
      product,
      from: warehouse,
      to: warehouse,
      quantity: fc.integer({ min: 1, max: 3 }),
    }),
  },
)
/** What lies where at first; one place in six is not listed. */
const stock = fc
  .array(fc.option(fc.nat({ max: 8 }), { freq: 6, nil: undefined }), {
    minLength: products * warehouses.length,
    maxLength: products * warehouses.length,
  })
  .map((counts) => {
    const rows = counts.flatMap((available, place): [string, Counts][] =>
      available === undefined ? [] : [[placeOf(place % products, Math.floor(place / products)), { available, reserved: 0 }]],
    )
    return new Map(rows)
  })

const example = exampleCheckout(makeDataset({ customers: 20 }))

/** A ULID of this number. */
const numbered = (n: number) => `01Q9${String(n).padStart(22, '0')}`
const productId = (n: number) => numbered(1_000 + n)
const customerId = exampleIds.customer

interface Refused extends SingletError {
  readonly input?: PlaceOrder
}

describe('ecommerce, in any sequence of transactions', () => {
  let engine: TestEngine
  let tables = 0
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  async function emptyShop() {
    const client = engine.client()
    const tableName = `sequences-${tables++}`
    await createTable(ecommerce, client, { tableName })
    return connect(ecommerce, { client, tableName, now: () => new Date(datasetNow.getTime()) })
  }

  async function openShop(rows: ReadonlyMap<string, Readonly<Counts>>) {
    const shop = await emptyShop()
    for (const warehouse of warehouses.keys())
      for (let product = 0; product < products; product++) {
        const row = rows.get(placeOf(product, warehouse))
        if (row !== undefined)
          await shop.entities.Inventory.create({
            productId: productId(product),
            warehouseId: at(warehouse),
            reorderPoint: 0,
            ...row,
          })
      }
    /** Each attempt to place an order has an identifier of its own, as checkouts have. */
    let attempts = 0
    const placed = new Map<number, PlaceOrder>()
    const tried = new Map<string, PlaceOrder>()

    async function run(command: Command): Promise<Refused | undefined> {
      try {
        if (command.kind === 'place') {
          const input = checkout(command.request, command.warehouse, command.lines, numbered(attempts++))
          tried.set(input.orderId ?? '', input)
          try {
            await shop.patterns.placeOrder(input)
          } catch (error) {
            throw error instanceof SingletError ? Object.assign(error, { input }) : error
          }
          placed.set(command.request, input)
        } else if (command.kind === 'cancel') {
          const input = placed.get(command.request) ?? checkout(command.request, 0, [{ product: 0, quantity: 1 }], numbered(99))
          await shop.patterns.cancelOrder(cancellationOf(input))
        } else {
          const { product, from, to, quantity } = command
          await shop.patterns.transferStock({ productId: productId(product), from: at(from), to: at(to), quantity })
        }
        return undefined
      } catch (error) {
        if (error instanceof SingletError) return error
        throw error
      }
    }

    /** Everything there is, in the oracle's terms. Of an order that was only tried, nothing may be found. */
    async function state() {
      const { entities, patterns } = shop
      const counts = new Map<string, Counts>()
      for (let product = 0; product < products; product++)
        for (const [warehouse, warehouseId] of warehouses.entries()) {
          const row = await entities.Inventory.get({ productId: productId(product), warehouseId }, { consistent: true })
          if (row !== undefined) counts.set(placeOf(product, warehouse), { available: row.available, reserved: row.reserved })
        }
      const found = await patterns.ordersOfCustomer({ customerId }).all()
      const marks = new Map<string, number>()
      for (let n = 0; n < requests; n++) {
        const mark = await patterns.orderOfRequest({ customerId, requestId: requestId(n) })
        if (mark !== undefined) marks.set(mark.orderId, n)
      }
      const orders = new Map<number, { warehouse: number; lines: Line[]; cancelled: boolean }>()
      for (const orderId of tried.keys()) {
        const order = found.find((one) => one.orderId === orderId)
        const { items, payments } = await patterns.orderDetails({ orderId })
        const mark = marks.get(orderId)
        if (order === undefined) {
          expect({ items, payments, mark }, 'of an order that was refused').to.deep.equal({
            items: [],
            payments: [],
            mark: undefined,
          })
          continue
        }
        expect(items, 'items').to.have.length(order.itemCount)
        expect(payments.map(({ status, amountCents }) => [status, amountCents])).to.deep.equal([
          [order.status === 'cancelled' ? 'refunded' : 'authorised', order.totalCents],
        ])
        if (mark === undefined) throw new Error('An order without the mark of its request.')
        orders.set(mark, {
          warehouse: warehouses.indexOf(order.warehouseId),
          lines: items.map((item) => ({ product: numberOf(item.productId), quantity: item.quantity })),
          cancelled: order.status === 'cancelled',
        })
      }
      expect(found, 'orders').to.have.length(orders.size)
      expect(marks.size, 'marks of requests').to.equal(orders.size)
      return { counts, orders }
    }
    return { run, state }
  }

  it('does what the oracle does, and where it refuses, changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(stock, fc.array(command, { minLength: 3, maxLength: 12 }), async (rows, commands) => {
        const shop = await openShop(rows)
        const oracle = createStockOracle(rows)
        for (const command of commands) {
          const ending = oracle.apply(command)
          const error = await shop.run(command)
          expect(error === undefined, `${JSON.stringify(command)}: ${error?.message}`).to.equal(ending.done)
          if (error === undefined) continue
          if (command.kind === 'place') expectReason(error, ending)
          expect(await shop.state()).to.deep.equal(stateOf(oracle))
        }
        expect(await shop.state()).to.deep.equal(stateOf(oracle))
      }),
      { numRuns },
    )
  })

  it('keeps stock and orders whole when everything happens at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        stock,
        fc.array(fc.array(command, { minLength: 2, maxLength: 6 }), { minLength: 1, maxLength: 3 }),
        async (rows, rounds) => {
          const shop = await openShop(rows)
          let done: Command[] = []
          for (const round of rounds) {
            const errors = await Promise.all(round.map((command) => shop.run(command)))
            done = [...done, ...round.filter((_, position) => errors[position] === undefined)]
          }
          const { counts, orders } = await shop.state()

          expect([...counts.values()].every(({ available, reserved }) => available >= 0 && reserved >= 0)).to.equal(true)
          const placed = done.flatMap((command) => (command.kind === 'place' ? [command.request] : []))
          expect([...orders.keys()], 'as many orders as were acknowledged, one for a request').to.have.members(placed)
          const cancelled = [...orders].flatMap(([request, order]) => (order.cancelled ? [request] : []))
          expect(cancelled, 'refunded as often as acknowledged').to.have.members(
            done.flatMap((command) => (command.kind === 'cancel' ? [command.request] : [])),
          )
          for (const [place, { available: first }] of rows) {
            const reserved = [...orders.values()]
              .filter((order) => !order.cancelled)
              .flatMap((order) => order.lines.filter(({ product }) => placeOf(product, order.warehouse) === place))
              .reduce((sum, { quantity }) => sum + quantity, 0)
            const moved = done.reduce((sum, command) => {
              if (command.kind !== 'transfer') return sum
              const { product, from, to, quantity } = command
              return sum + (placeOf(product, to) === place ? quantity : 0) - (placeOf(product, from) === place ? quantity : 0)
            }, 0)
            expect(counts.get(place), place).to.deep.equal({ available: first + moved - reserved, reserved })
          }
        },
      ),
      { numRuns },
    )
  })
})

function expectReason(error: Refused, ending: Ending): void {
  expect(error).to.be.instanceOf(TransactionCanceledError)
  const { placedAs, short } = checkoutRefusal(error as TransactionCanceledError, error.input ?? { lines: [] })
  const { repeated = false, short: expected } = ending.done ? {} : ending
  expect(placedAs !== undefined, 'recognised as a repetition').to.equal(repeated)
  expect(
    short.map(({ line, available }) => ({ line, available })),
    'short lines',
  ).to.deep.equal(expected)
}

/** The oracle's state, with lines in the order in which a query gives them. */
function stateOf({ counts, orders }: ReturnType<typeof createStockOracle>) {
  const sorted = [...orders].map(([request, { warehouse, lines, cancelled }]): [number, object] => [
    request,
    { warehouse, lines: [...lines].sort((a, b) => a.product - b.product), cancelled },
  ])
  return { counts, orders: new Map(sorted) }
}

function checkout(request: number, warehouse: number, wanted: readonly Line[], orderId: string): PlaceOrder {
  const { cart: _, ...rest } = example
  const lines = wanted.map(({ product, quantity }) => ({
    productId: productId(product),
    sku: `SHOP-${10_000 + product}`,
    name: `Product ${product}`,
    quantity,
    unitPriceCents: 100 * (product + 1),
  }))
  const { totalCents } = totalsOf({ lines, shippingCents: rest.shippingCents, discountCents: 0 })
  return {
    ...rest,
    customerId,
    orderId,
    requestId: requestId(request),
    warehouseId: at(warehouse),
    shipBy: shifted(datasetNow, day),
    lines,
    payment: { ...rest.payment, paymentId: orderId, amountCents: totalCents },
  }
}

function requestId(n: number): string {
  return `0b7c3a52-8f1e-4d6a-b1c9-00000000000${n}`
}

function numberOf(id: string): number {
  return Number(id.slice(4)) - 1_000
}

function at(warehouse: number): (typeof warehouses)[number] {
  const id = warehouses[warehouse]
  if (id === undefined) throw new TypeError(`There is no warehouse ${warehouse}.`)
  return id
}
