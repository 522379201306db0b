// Sums that patterns keep are exact, whatever is added and taken away again; what a sum could not hold is refused before it is written.
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  createTable,
  decimal,
  defineEntity,
  defineModel,
  defineTable,
  number,
  string,
  ValidationError,
} from '../../lib/index.ts'
import { addDecimals } from '../../lib/keys/decimal.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { aggregateCounter, counter } from '../../patterns/aggregate-counter.ts'
import { applyToAggregate } from '../../patterns/apply-aggregate.ts'
import { counted } from '../../patterns/counter-checks.ts'
import { aggregated, streamAggregate, total } from '../../patterns/stream-aggregate.ts'
import { propertyRuns } from '../property-runs.ts'
import { failure } from './failure.ts'

const table = defineTable({ name: 'sums', partitionKey: 'PK', sortKey: 'SK', timeToLive: 'expiresAt' })
const Shelf = defineEntity('Shelf', {
  attributes: {
    shelf: string(),
    weight: decimal({ min: '0' }).default('0').onlyInTransactions(),
    volume: decimal().default('0').onlyInTransactions(),
    pieces: counter(),
  },
  key: { pk: 'SHELF#{shelf}', sk: 'SHELF' },
  onlyInTransactions: counted.parent,
})
const Box = defineEntity('Box', {
  attributes: {
    shelf: string(),
    box: string(),
    weight: number().readOnly(),
    volume: decimal().readOnly(),
    pieces: number({ integer: true }).readOnly(),
  },
  key: { pk: 'SHELF#{shelf}', sk: 'BOX#{box}' },
  onlyInTransactions: counted.child,
})
const boxes = aggregateCounter({
  child: Box,
  counters: [{ parent: Shelf, sum: { weight: 'weight', volume: 'volume', pieces: 'pieces' } }],
  create: 'shelve',
  delete: 'unshelve',
})
const Order = defineEntity('Order', { attributes: { id: string(), price: number() }, key: { pk: 'ORDER#{id}', sk: 'ORDER' } })
const Sales = defineEntity('Sales', {
  attributes: { shop: string(), orders: total(), revenue: total('decimal') },
  key: { pk: 'SALES#{shop}', sk: 'SALES' },
  onlyInTransactions: aggregated,
})
const sales = streamAggregate({
  name: 'OrderSales',
  source: Order,
  aggregate: Sales,
  contribution: ({ price }) => [{ key: { shop: 'prices' }, add: { orders: 1, revenue: price } }],
})
const model = defineModel({
  table,
  entities: { Shelf, Box, Order, Sales, ...sales.entities },
  accessPatterns: { ...boxes.accessPatterns, ...sales.accessPatterns },
})

describe('a sum that a pattern keeps', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client() })
  let { entities, patterns } = {} as ReturnType<typeof open>
  let connected: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    connected = open()
    ;({ entities, patterns } = connected)
  })
  after(() => engine.close())
  const revenueOf = async (shop: string) => (await entities.Sales.get({ shop }, { consistent: true }))?.revenue
  let sequence = 0
  /** Applies a change of an order that counts for this, or of one that is gone. */
  const apply = (shop: string, add: object | undefined, id = shop) => {
    const told = { ...sales, contribution: () => [{ key: { shop }, add: add ?? {} }] }
    const type = add === undefined ? ('remove' as const) : ('modify' as const)
    const change = { entity: 'Order', type, key: { id }, new: add && {}, sequenceNumber: String(++sequence) }
    return applyToAggregate(told, connected, [change])
  }

  it('holds fractions of children in a decimal, and none when they are gone', async () => {
    await entities.Shelf.create({ shelf: 's' })
    const weights = [0.1, 0.2, 10, 1 / 3]
    const box = (weight: number, at: number) => {
      return { shelf: 's', box: `${at}`, weight, volume: '0.00000000000000000001', pieces: 2 }
    }
    for (const one of weights.map(box)) await patterns.shelve(one)
    expect(await entities.Shelf.get({ shelf: 's' })).to.deep.equal({
      shelf: 's',
      weight: '10.6333333333333333',
      volume: '0.00000000000000000004',
      pieces: 8,
    })
    for (const one of weights.map(box)) await patterns.unshelve(one)
    expect(await entities.Shelf.get({ shelf: 's' })).to.deep.equal({ shelf: 's', weight: '0', volume: '0', pieces: 0 })
  })

  it('refuses a child with an amount that it would not hold exactly', async () => {
    const error = await failure(() => patterns.shelve({ shelf: 's', box: 'b', weight: 1, volume: '1', pieces: 2 ** 53 }))
    expect(error).to.be.instanceOf(ValidationError).with.property('message').that.includes('Shelf.pieces: 9007199254740992 is no')
  })

  it('is that of the fractions that there are, from a stream', async () => {
    let runs = 0
    const fraction = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((price) => Math.round(price * 1e9) / 1e9)
    const change = fc.record({ id: fc.constantFrom('1', '2'), price: fc.option(fraction, { nil: undefined }) })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const shop = `p${runs++}`
        const there = new Map<string, string>()
        for (const { id, price } of changes) {
          await apply(shop, price === undefined ? undefined : { revenue: price }, `${shop} ${id}`)
          there.set(id, String(price ?? 0))
        }
        const sum = [...there.values()].reduce(addDecimals, '0')
        expect((await revenueOf(shop)) ?? '0').to.equal(sum)
      }),
      { numRuns: Math.ceil(propertyRuns / 20) },
    )
  })

  it('keeps no digit of a price that was multiplied and replaced', async () => {
    const write = async (price: number | undefined) => {
      const change = { entity: 'Order', key: { id: 'o' }, sequenceNumber: String(++sequence) }
      const item = price === undefined ? undefined : { id: 'o', price }
      await applyToAggregate(sales, connected, [{ ...change, type: item === undefined ? 'remove' : 'modify', new: item }])
      return revenueOf('prices')
    }
    expect(await write(19.99 * 1.19)).to.equal('23.788099999999996')
    expect(await write(100)).to.equal('100')
    expect(await write(undefined)).to.equal('0')
  })

  it('takes decimals in whatever form they are written', async () => {
    const forms: [string | number, string][] = [
      ['+1.50', '1.5'],
      ['-2e-1', '-0.2'],
      [1e-7, '0.0000001'],
      ['12345678901234567890.12345', '12345678901234567890.12345'],
      [-0, '0'],
    ]
    for (const [revenue, held] of forms) {
      await apply('forms', { revenue })
      expect(await revenueOf('forms'), String(revenue)).to.equal(held)
    }
  })

  it('takes an amount that is absent for 0', async () => {
    await apply('sparse', { orders: 1, revenue: undefined })
    expect(await entities.Sales.get({ shop: 'sparse' })).to.deep.equal({ shop: 'sparse', orders: 1, revenue: '0' })
  })

  it('refuses fractions of what is counted in whole numbers, and amounts of what is no total', async () => {
    const cases: [object, string][] = [
      [{ orders: 0.5 }, 'OrderSales.contribution[0].add.orders: 0.5 is no whole number up to 2^53. Count in the smallest unit'],
      [{ orders: Number.NaN }, 'add.orders: NaN is no whole number'],
      [{ orders: 2 ** 60 }, 'add.orders: 1152921504606847000 is no whole number'],
      [{ revenue: 'much' }, 'add.revenue: much cannot be added: it is no number'],
      [{ revenue: 1e300 }, 'add.revenue: 1e+300 cannot be added: DynamoDB holds'],
      [{ shop: 1 }, 'add.shop: is no total() of Sales'],
    ]
    for (const [add, message] of cases) {
      const error = await failure(() => apply('refused', add))
      expect(error).to.be.instanceOf(ValidationError).with.property('message').that.includes(message)
    }
    expect(await revenueOf('refused')).to.equal(undefined)
  })
})
