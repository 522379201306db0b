// Write sharding: as many shards as the writes need, and reads that give every item once, also while their number grows.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  createdAt,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  ModelError,
  number,
  query,
  string,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { typeList } from '../../patterns/type-list.ts'
import { writeSharding } from '../../patterns/write-sharding.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({
  name: 'sharded',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    GSI2: { partitionKey: 'GSI2PK', sortKey: 'GSI2SK' },
  },
})
const growth = [{ since: '2030-01-01T00:00:00Z', writesPerSecond: 6000 }]
const Order = defineEntity('Order', {
  attributes: {
    orderId: string(),
    customer: string().readOnly(),
    rank: number({ min: 0, max: 999, integer: true }),
    createdAt: createdAt(),
  },
  key: { pk: 'ORDER#{orderId}', sk: 'ORDER' },
  indexes: {
    GSI1: { pk: 'ORDERS', sk: '{rank}#{orderId}', shards: writeSharding({ writesPerSecond: 2000, growth, of: 'customer' }) },
    ...typeList({ index: 'GSI2', name: 'Order', by: 'createdAt', shards: writeSharding({ writesPerSecond: 3000 }) }),
  },
})
const model = defineModel({
  table,
  entities: { Order },
  accessPatterns: { ranked: query(Order).index('GSI1'), newest: query(Order).index('GSI2').descending() },
})

describe('write sharding and type lists', () => {
  let engine: LocalEngine
  let time = 0
  const now = () => new Date(time)
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
  })
  after(() => engine.close())

  it('give every item once and in order, while the number of shards grows, others write at once, and requests fail', async () => {
    const action = fc.record({
      kind: fc.constantFrom('put', 'put', 'rank', 'delete'),
      orderId: fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8'),
      customer: fc.constantFrom('ada', 'bob', 'eve'),
      rank: fc.integer({ min: 0, max: 999 }),
      wait: fc.integer({ min: 0, max: 40 }),
    })
    let runs = 0
    const faultless = engine.client()
    const { Order } = connect(model, { client: engine.client({ maxAttempts: 1 }), now }).entities
    const { patterns } = connect(model, { client: faultless, now })
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 20 }), fc.integer({ min: 1, max: 4 }), async (actions, limit) => {
        time = Date.UTC(2029, 11, 31, 23, 59, 59, 800)
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.1, seed: ++runs })
        await Promise.allSettled(
          actions.map(({ kind, orderId, customer, rank, wait }) => {
            time += wait
            if (kind === 'put') return Order.put({ orderId, customer, rank })
            if (kind === 'rank') return Order.update({ orderId }, { rank })
            return Order.delete({ orderId })
          }),
        )
        engine.faults.clear()
        const { Items = [] } = await faultless.send(new ScanCommand({ TableName: 'sharded' }))
        const ranked = Items.map((item) => [Number(item.rank?.N), item.orderId?.S ?? ''] as const).sort(
          ([a, x], [b, y]) => a - b || (x < y ? -1 : 1),
        )
        const read: (readonly [number, string])[] = []
        let cursor: string | undefined
        do {
          const page = await patterns.ranked({}, { limit, ...(cursor && { cursor }) })
          read.push(...page.items.map(({ rank, orderId }) => [rank, orderId] as const))
          cursor = page.cursor
        } while (cursor)
        expect(read).to.deep.equal(ranked)
        const ofAda = await patterns.ranked({ customer: 'ada' }).all()
        expect(ofAda).to.have.length(Items.filter(({ customer }) => customer?.S === 'ada').length)
        const newest = await patterns.newest({}).all()
        expect(newest.map(({ orderId }) => orderId)).to.have.members(ranked.map(([, orderId]) => orderId))
        const times = newest.map(({ createdAt }) => createdAt.getTime())
        expect(times).to.deep.equal([...times].sort((a, b) => b - a))
        for (const { GSI1PK, GSI2PK } of Items)
          expect([GSI1PK?.S, GSI2PK?.S].join(' ')).to.match(/^ORDERS#[0-8] ENTITY#ORDER#[0-4]$/)
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  })

  for (const [options, count] of [
    [{ writesPerSecond: 1 }, 1],
    [{ writesPerSecond: 1000 }, 1],
    [{ writesPerSecond: 1001 }, 2],
    [{ writesPerSecond: 4000 }, 6],
    [{ writesPerSecond: 500, itemBytes: 4097 }, 4],
  ] as const)
    it(`make ${count} for ${JSON.stringify(options)}`, () => expect(writeSharding(options)).to.deep.equal({ count }))

  it('grow at the times that are given', () =>
    expect(writeSharding({ writesPerSecond: 2000, growth, by: 'random' })).to.deep.equal({
      count: [{ count: 3 }, { since: '2030-01-01T00:00:00Z', count: 9 }],
      by: 'random',
    }))

  for (const writesPerSecond of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e6])
    it(`are refused for ${writesPerSecond} writes a second`, () =>
      expect(() => writeSharding({ writesPerSecond })).to.throw(ModelError, writesPerSecond === 1e6 ? '1500 shards' : "can't be"))

  it('are refused for a list that does not say how many', () =>
    expect(() => typeList({ index: 'GSI2', name: 'Order', by: 'createdAt' } as never)).to.throw(ModelError, 'count: 4'))
})
