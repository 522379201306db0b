// Totals from a stream: those of the items, once every record has come, in whatever order, however often, and whatever fails meanwhile.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  add,
  changes,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  type Item,
  ModelError,
  number,
  query,
  scan,
  string,
  ValidationError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { applyToAggregate, rebuildAggregate } from '../../patterns/apply-aggregate.ts'
import { aggregated, streamAggregate, total } from '../../patterns/stream-aggregate.ts'
import { arnOf, iteratorOf, recordsFrom } from '../local/streams-access.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({
  name: 'aggregates',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
  timeToLive: 'expiresAt',
})
const Order = defineEntity('Order', {
  attributes: { run: string(), id: string(), shop: string(), price: number(), tags: string().default('') },
  key: { pk: 'RUN#{run}', sk: 'ORDER#{id}' },
})
const Sales = defineEntity('Sales', {
  attributes: { run: string(), group: string(), orders: total(), revenue: total('decimal') },
  key: { pk: 'SALES#{run}', sk: '{group}' },
  indexes: { GSI1: { pk: 'TOP#{run}', sk: '{revenue}' } },
  onlyInTransactions: aggregated,
})
/** An order counts for its shop and for each of its tags. */
const contribution = ({ run, shop, price, tags }: Item<typeof Order>) =>
  [shop, ...tags].map((group) => ({ key: { run, group }, add: { orders: 1, revenue: price } }))
const sales = streamAggregate({ name: 'OrderSales', source: Order, aggregate: Sales, contribution })
const { OrderSales } = sales.entities
const model = defineModel({
  table,
  entities: { Order, Sales, ...sales.entities },
  accessPatterns: {
    ...sales.accessPatterns,
    orders: query(Order).consistent(),
    markers: scan(OrderSales).consistent(),
    top: query(Sales).index('GSI1').descending(),
  },
})

describe('an aggregate from a stream', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client({ maxAttempts: 1 }) })
  let connected: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client(), { stream: 'NEW_IMAGE' })
    connected = open()
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())

  interface Totals {
    [group: string]: { orders: number; revenue: number }
  }
  /** The totals in the table, read past the library; those of nothing left out. */
  const stored = async (run: string): Promise<Totals> => {
    const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: 'aggregates', ConsistentRead: true }))
    const own = Items.filter(({ PK, orders }) => PK?.S === `SALES#${run}` && orders?.N !== '0')
    return Object.fromEntries(
      own.map(({ SK, orders, revenue }) => [SK?.S, { orders: Number(orders?.N), revenue: Number(revenue?.N) }]),
    )
  }
  /** What they should be: the sums over the orders that there are, in tenths. */
  const expected = async (run: string): Promise<Totals> => {
    const totals: Totals = {}
    for (const order of await connected.patterns.orders({ run }).all())
      for (const { key, add } of contribution(order)) {
        const { orders, revenue } = totals[key.group] ?? { orders: 0, revenue: 0 }
        totals[key.group] = { orders: orders + 1, revenue: (Math.round(revenue * 10) + Math.round(add.revenue * 10)) / 10 }
      }
    return totals
  }

  it('has the totals of the items, from the records of a stream, also when they come twice', async () => {
    const { Order: orders } = connected.entities
    const run = 'stream'
    await orders.create({ run, id: '1', shop: 'north', price: 0.1, tags: 'ab' })
    await orders.create({ run, id: '2', shop: 'north', price: 0.2 })
    await orders.create({ run, id: '3', shop: 'south', price: 5 })
    await orders.update({ run, id: '1' }, { shop: 'south', tags: 'b' })
    await orders.delete({ run, id: '3' })
    const streams = engine.streamsClient()
    const records = await recordsFrom(streams, await iteratorOf(streams, await arnOf(streams, 'aggregates')))
    const read = changes(model, records)
    await applyToAggregate(sales, connected, read)
    await applyToAggregate(sales, connected, read.slice(0, 3))
    expect(await stored(run)).to.deep.equal({
      north: { orders: 1, revenue: 0.2 },
      south: { orders: 1, revenue: 0.1 },
      b: { orders: 1, revenue: 0.1 },
    })
    const top = await connected.patterns.top({ run }).all()
    expect(top.slice(0, 1).map(({ group }) => group)).to.deep.equal(['north'])
  })

  it('leaves no other way to write a total', () => {
    const key = { run: 'x', group: 'y' }
    const { Sales: totals, OrderSales: markers } = connected.entities
    const writes: (() => unknown)[] = [
      () => totals.create(key),
      () => totals.put(key),
      () => totals.update(key, { orders: add(1) }),
      () => totals.delete(key),
      () => markers.delete({ run: 'x', id: '1' }),
    ]
    for (const write of writes) expect(write).to.throw(ValidationError, 'Use applyOrderSales')
  })

  const price = fc.integer({ min: 0, max: 99 }).map((tenths) => tenths / 10)
  const write = fc.record({
    id: fc.constantFrom('1', '2', '3'),
    order: fc.option(fc.record({ shop: fc.constantFrom('n', 's'), price, tags: fc.constantFrom('', 'a', 'ab') })),
  })
  /** Writes the items, and gives the changes as a stream would have them. */
  const written = async (run: string, writes: readonly { id: string; order: object | null }[], from = 0) => {
    const records = []
    for (const [at, { id, order }] of writes.entries()) {
      const key = { run, id }
      const item = order === null ? undefined : { ...key, ...(order as { shop: string; price: number; tags: string }) }
      if (item === undefined) await connected.entities.Order.delete(key)
      else await connected.entities.Order.put(item)
      const type = item === undefined ? ('remove' as const) : ('modify' as const)
      records.push({ entity: 'Order', type, key, new: item, sequenceNumber: String(90 + from + at) })
    }
    return records
  }
  let runs = 0

  it('has the totals of the items, whatever the order of delivery, repetitions, concurrent consumers and faults', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 8 }), fc.infiniteStream(fc.nat()), async (writes, chance) => {
        const run = `d${runs++}`
        const records = await written(run, writes)
        const shuffled = [...records, ...records]
          .map((record) => ({ record, order: Number(chance.next().value) }))
          .sort((a, b) => a.order - b.order)
          .map(({ record }) => record)
        const batches = [0, 1, 2].map((at) => shuffled.filter((_, index) => index % 3 === at))
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.15, seed: runs })
        engine.faults.add({ kind: 'internalError', when: 'before', probability: 0.1, seed: runs })
        const deliver = async (batch: typeof records, left = 30): Promise<unknown> =>
          applyToAggregate(sales, connected, batch).catch((error: unknown) => {
            if (left === 0) throw error
            return deliver(batch, left - 1)
          })
        await Promise.all(batches.map((batch) => deliver(batch)))
        engine.faults.clear()
        expect(await stored(run)).to.deep.equal(await expected(run))
      }),
      { numRuns: Math.ceil(propertyRuns / 25) },
    )
  })

  it('is rebuilt from the items while changes come, after some were lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(write, { maxLength: 6 }),
        fc.array(write, { maxLength: 4 }),
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        async (earlier, later, lost) => {
          const run = `r${runs++}`
          const first = await written(run, earlier)
          await applyToAggregate(
            sales,
            connected,
            first.filter((_, at) => lost[at] !== true),
          )
          const rebuild = async () => {
            await rebuildAggregate(sales, connected, connected.patterns.orders({ run }))
            const markers = await connected.patterns.markers({}).all()
            await rebuildAggregate(
              sales,
              connected,
              markers.filter((marker) => marker.run === run),
            )
          }
          const rest = written(run, later, earlier.length)
          await Promise.all([rebuild(), rest.then((records) => applyToAggregate(sales, connected, records))])
          expect(await stored(run)).to.deep.equal(await expected(run))
        },
      ),
      { numRuns: Math.ceil(propertyRuns / 50) },
    )
  })

  it('takes another contribution when it is rebuilt', async () => {
    const run = 'changed'
    const records = await written(run, [{ id: '1', order: { shop: 'n', price: 3, tags: 'a' } }])
    await applyToAggregate(sales, connected, records)
    const onlyShops = { ...sales, contribution: (order: Item<typeof Order>) => contribution(order).slice(0, 1) }
    await rebuildAggregate(onlyShops, connected, [{ run, id: '1' }])
    expect(await stored(run)).to.deep.equal({ n: { orders: 1, revenue: 3 } })
  })

  it('keeps the marker of a deleted item for a week, by the clock that it is given', async () => {
    const now = () => new Date('2040-01-01T00:00:00Z')
    const change = (type: 'insert' | 'remove', at: string) => ({
      entity: 'Order',
      type,
      key: { run: 'clock', id: '1' },
      new: type === 'insert' ? {} : undefined,
      sequenceNumber: at,
    })
    const of = { ...sales, contribution: () => [{ key: { run: 'clock', group: 'y' }, add: { orders: 1 } }] }
    await applyToAggregate(of, connected, [change('insert', '1')], { now })
    await applyToAggregate(of, connected, [change('remove', '2')], { now })
    const marker = () => connected.entities.OrderSales.get({ run: 'clock', id: '1' }, { includeExpired: true })
    expect((await marker())?.until).to.deep.equal(new Date('2040-01-08T00:00:00Z'))
    await rebuildAggregate({ ...of, contribution: () => [] }, connected, [{ run: 'clock', id: '1' }], { now: () => new Date(0) })
    expect((await marker())?.until, 'nothing to write').to.deep.equal(new Date('2040-01-08T00:00:00Z'))
  })

  it('refuses changes without new images', async () => {
    const change = { entity: 'Order', type: 'modify' as const, key: { run: 'x', id: '1' }, sequenceNumber: '1' }
    const refused = await applyToAggregate(sales, connected, [change]).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(TypeError).with.property('message').that.includes('NEW_IMAGE')
  })

  describe('is refused', () => {
    const aggregateOf =
      (aggregate: object, source: object = Order) =>
      () =>
        streamAggregate({ name: 'X', source, aggregate, contribution: () => [] } as never)
    const parts = { attributes: { run: string(), orders: total() }, key: { pk: 'S#{run}', sk: 'S' } } as const
    const mistakes: [string, () => unknown, string][] = [
      ['with totals that others may write', aggregateOf(defineEntity('S', parts)), 'Set it to aggregated'],
      [
        'without totals',
        aggregateOf(defineEntity('S', { ...parts, attributes: { run: string() }, onlyInTransactions: aggregated })),
        'Declare one as total()',
      ],
      [
        'with totals that a number does not hold exactly',
        aggregateOf(
          defineEntity('S', {
            ...parts,
            attributes: { run: string(), revenue: number().default(0).onlyInTransactions() },
            onlyInTransactions: aggregated,
          }),
        ),
        'Declare one as total()',
      ],
      [
        'with an aggregate that expires',
        aggregateOf(
          defineEntity('S', {
            ...parts,
            attributes: { ...parts.attributes, until: expiresAt().optional() },
            onlyInTransactions: aggregated,
          }),
        ),
        'expires',
      ],
      [
        'with an aggregate that needs more than its key and totals',
        aggregateOf(
          defineEntity('S', { ...parts, attributes: { ...parts.attributes, title: string() }, onlyInTransactions: aggregated }),
        ),
        'S.attributes.title',
      ],
      [
        'with a source whose key has a name of its own',
        aggregateOf(Sales, defineEntity('O', { attributes: { last: string() }, key: { pk: 'O#{last}', sk: 'O' } })),
        'Use another name',
      ],
    ]
    for (const [title, wrong, message] of mistakes) it(title, () => expect(wrong).to.throw(ModelError, message))
  })
})
