// A sparse index: its key attributes are there exactly while the predicate holds.
import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  add,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  ModelError,
  number,
  oneOf,
  query,
  remove,
  string,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { sparseIndex } from '../../patterns/sparse-index.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({
  name: 'orders',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    GSI2: { partitionKey: 'GSI2PK', sortKey: 'GSI2SK', projection: 'KEYS_ONLY' },
  },
})
const Order = defineEntity('Order', {
  attributes: {
    order: string(),
    customer: string(),
    status: oneOf('pending', 'paid', 'shipped').default('pending'),
    total: number({ min: 0, max: 100, integer: true }).default(0),
    flag: string().optional(),
  },
  key: { pk: 'ORDER#{order}', sk: 'ORDER' },
  indexes: {
    ...sparseIndex({ index: 'GSI1', name: 'OpenOrders', by: 'order', when: { status: ['pending', 'paid'], total: { gt: 0 } } }),
    ...sparseIndex({ index: 'GSI2', name: 'Flagged', of: 'customer', by: 'flag', when: { flag: { exists: true } } }),
  },
})
const model = defineModel({
  table,
  entities: { Order },
  accessPatterns: { open: query(Order).index('GSI1'), flagged: query(Order).index('GSI2').hydrate() },
})

describe('a sparse index', () => {
  let engine: LocalEngine
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
  })
  after(() => engine.close())

  it('holds the items for which the predicate holds, and no others, after any writes at once and any failures', async () => {
    const status = fc.constantFrom('pending' as const, 'paid' as const, 'shipped' as const)
    const action = fc.record({
      kind: fc.constantFrom('put', 'status', 'add', 'flag', 'unflag', 'delete'),
      order: fc.constantFrom('1', '2', '3'),
      customer: fc.constantFrom('ada', 'bob'),
      status,
      total: fc.integer({ min: 0, max: 3 }),
    })
    let runs = 0
    const faultless = engine.client()
    const { Order } = connect(model, { client: engine.client({ maxAttempts: 1 }) }).entities
    const { patterns } = connect(model, { client: faultless })
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 15 }), async (actions) => {
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.1, seed: ++runs })
        await Promise.allSettled(
          actions.map(async ({ kind, order, customer, status, total }) => {
            if (kind === 'put') await Order.put({ order, customer, status, total })
            else if (kind === 'status') await Order.update({ order }, { status })
            else if (kind === 'add') await Order.update({ order }, { total: add(total) })
            else if (kind === 'flag') await Order.update({ order }, { flag: `f${total}` })
            else if (kind === 'unflag') await Order.update({ order }, { flag: remove() })
            else await Order.delete({ order })
          }),
        )
        engine.faults.clear()
        const { Items = [] } = await faultless.send(new ScanCommand({ TableName: 'orders' }))
        const isOpen = (item: Record<string, AttributeValue>) => item.status?.S !== 'shipped' && Number(item.total?.N) > 0
        for (const item of Items) {
          expect([item.GSI1PK?.S, item.GSI1SK?.S]).to.deep.equal(
            isOpen(item) ? ['OPEN_ORDERS', item.order?.S] : [undefined, undefined],
          )
          expect(item.GSI2PK?.S).to.equal(item.flag && `FLAGGED#${item.customer?.S}`)
          expect(item.GSI2SK).to.deep.equal(item.flag)
        }
        const open = (await patterns.open({}).all()).map(({ order }) => order)
        expect(open).to.deep.equal(
          Items.filter(isOpen)
            .map(({ order }) => order?.S)
            .sort(),
        )
        const flagged = await patterns.flagged({ customer: 'ada' }).all()
        expect(flagged).to.have.length(Items.filter(({ customer, flag }) => customer?.S === 'ada' && flag).length)
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  })

  for (const [name, partition] of [
    ['FanOutOnRead', 'FAN_OUT_ON_READ'],
    ['Open2ndClassURLs', 'OPEN2ND_CLASS_URLS'],
    ['OPEN_ONES', 'OPEN_ONES'],
  ] as const)
    it(`has ${partition} for its partition when it is named ${name}`, () => {
      const when = { status: 'open' }
      expect(sparseIndex({ index: 'GSI1', name, by: 'order', when }).GSI1.pk).to.equal(partition)
      expect(sparseIndex({ index: 'GSI1', name, of: 'shop', by: 'order', when }).GSI1.pk).to.equal(`${partition}#{shop}`)
    })

  for (const when of [{}, undefined, 'open'])
    it(`is refused with ${JSON.stringify(when)} for a predicate`, () =>
      expect(() => sparseIndex({ index: 'GSI1', name: 'All', by: 'order', when: when as object })).to.throw(
        ModelError,
        'typeList',
      ))
})
