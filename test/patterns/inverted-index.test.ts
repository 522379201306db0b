// The inverted index: from either end the same edges, whatever else is in the table.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import { connect, createTable, defineEntity, defineModel, defineTable, ModelError, query, string } from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { invertedIndex } from '../../patterns/inverted-index.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({
  name: 'lines',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { Inverted: { partitionKey: 'SK', sortKey: 'PK' } },
})
const key = { pk: 'ORDER#{order}', sk: 'PRODUCT#{product}' } as const
const Line = defineEntity('Line', {
  attributes: { order: string(), product: string() },
  key,
  indexes: invertedIndex({ index: 'Inverted', key }),
})
const Order = defineEntity('Order', { attributes: { order: string() }, key: { pk: 'ORDER#{order}', sk: 'ORDER' } })
const Product = defineEntity('Product', { attributes: { product: string() }, key: { pk: 'PRODUCT#{product}', sk: 'PRODUCT' } })
const model = defineModel({
  table,
  entities: { Order, Product, Line },
  accessPatterns: { linesOf: query(Line), ordersOf: query(Line).index('Inverted') },
})

describe('an inverted index', () => {
  let engine: LocalEngine
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
  })
  after(() => engine.close())

  it('reads the same items from the other end, after any writes at once and any failures', async () => {
    const name = fc.constantFrom('a', 'ab', 'a#b', '#', 'PRODUCT')
    const action = fc.record({ kind: fc.constantFrom('line', 'line', 'delete', 'order', 'product'), order: name, product: name })
    let runs = 0
    const faultless = engine.client()
    const { patterns } = connect(model, { client: faultless })
    const { entities } = connect(model, { client: engine.client({ maxAttempts: 1 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.1, seed: ++runs })
        await Promise.allSettled(
          actions.map(async ({ kind, order, product }) => {
            if (kind === 'line') await entities.Line.put({ order, product })
            else if (kind === 'delete') await entities.Line.delete({ order, product })
            else if (kind === 'order') await entities.Order.put({ order })
            else await entities.Product.put({ product })
          }),
        )
        engine.faults.clear()
        const { Items = [] } = await faultless.send(new ScanCommand({ TableName: 'lines' }))
        const edges = Items.filter(({ _type }) => _type?.S === 'Line')
        const [product, order] = [actions[0]?.product ?? 'a', actions[0]?.order ?? 'a']
        const orders = (await patterns.ordersOf({ product }).all()).map((line) => line.order)
        expect(orders).to.have.members(edges.filter((edge) => edge.product?.S === product).map((edge) => edge.order?.S))
        const products = (await patterns.linesOf({ order }).all()).map((line) => line.product)
        expect(products).to.have.members(edges.filter((edge) => edge.order?.S === order).map((edge) => edge.product?.S))
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  })

  it('asks for no more than the edges', () =>
    expect(connect(model, { client: engine.client() }).patterns.ordersOf({ product: 'a' }).params()[0]).not.to.have.property(
      'FilterExpression',
    ))

  it('is refused for a sort key that is the same for all items', () =>
    expect(() => invertedIndex({ index: 'Inverted', key: { pk: 'USER#{id}', sk: 'PROFILE' } })).to.throw(
      ModelError,
      'one partition',
    ))

  it('is refused for a sort key that does not say what it identifies', () =>
    expect(() => invertedIndex({ index: 'Inverted', key: { pk: 'USER#{id}', sk: '{group}' } })).to.throw(
      ModelError,
      'THING#{group}',
    ))
})
