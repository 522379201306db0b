// What a plan claims of its range holds in the table: no item of an entity that it does not name is ever in it.
import { BatchWriteItemCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  defineEntity,
  defineModel,
  defineTable,
  itemCollection,
  ModelError,
  many,
  number,
  oneOf,
  query,
  string,
} from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'

const attributes = { a: string(), b: string(), n: number({ min: 0, max: 99, integer: true }), kind: oneOf('x', 'ORDER') }
const partitions = ['T#{a}', 'T', 'T#{kind}', '{a}', 'T{a}', 'T#{n}'] as const
const sorts = [
  'ORDER#{b}',
  'ORDER#{b}#LINE#{n}',
  'ORDER',
  'ORDERS#{b}',
  'O{b}',
  '{b}',
  '{kind}#{b}',
  'v{n}',
  '{n}',
  'PROFILE',
  'ORDER#{n:desc}',
  'ORDER#x',
] as const
const texts = ['x', 'ORDER', 'T', 'LINE', '1', 'S#x', '#', '\u0000', '😀', '\u{10FFFF}', '7']

const templates = fc.record({
  pk: fc.constantFrom(...partitions),
  sk: fc.constantFrom(...sorts),
  indexPk: fc.constantFrom(...partitions),
  indexSk: fc.constantFrom(...sorts),
})
const values = fc.record({
  a: fc.constantFrom(...texts),
  b: fc.constantFrom(...texts),
  n: fc.integer({ min: 0, max: 12 }),
  kind: fc.constantFrom('x' as const, 'ORDER' as const),
})
const world = fc.record({
  pool: fc.array(templates, { minLength: 2, maxLength: 4 }),
  items: fc.array(fc.tuple(fc.nat(3), values), { minLength: 1, maxLength: 25 }),
})

describe('the entities that a plan sees in a range', () => {
  let engine: TestEngine
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  it('are all that a query of it ever finds, filtered or not', async () => {
    let tables = 0
    let claims = 0
    await fc.assert(
      fc.asyncProperty(world, async ({ pool, items }) => {
        const entities = Object.fromEntries(
          pool.map(({ pk, sk, indexPk, indexSk }, position) => {
            const name = `E${position}`
            return [name, defineEntity(name, { attributes, key: { pk, sk }, indexes: { GSI: { pk: indexPk, sk: indexSk } } })]
          }),
        )
        const all = Object.entries(entities)
        const accessPatterns = Object.fromEntries([
          ...all.flatMap(([name, entity]) => [
            [name, query(entity)],
            [`${name} in GSI`, query(entity).index('GSI')],
          ]),
          ...all.map(([name, entity]) => [`${name} collected`, itemCollection({ items: many(entity) })]),
        ])
        const table = defineTable({
          name: `sound-${tables++}`,
          partitionKey: 'PK',
          sortKey: 'SK',
          indexes: { GSI: { partitionKey: 'GPK', sortKey: 'GSK' } },
        })
        let model: ReturnType<typeof defineModel>
        try {
          model = defineModel({ table, entities, accessPatterns })
        } catch (error) {
          // Entities whose keys can be equal are no model at all.
          if (error instanceof ModelError) return
          throw error
        }
        const client = engine.client()
        await createTable(model, client)
        const shop = connect(model, { client })
        const rows = new Map<string, Record<string, never>>()
        for (const [at, item] of items) {
          const entity = shop.entities[`E${at % pool.length}`] as unknown as {
            put(item: object): { params(): { Item: Record<string, never> } }
          }
          const { Item } = entity.put(item).params()
          rows.set(JSON.stringify([Item.PK, Item.SK]), Item)
        }
        const puts = [...rows.values()].map((Item) => ({ PutRequest: { Item } }))
        await client.send(new BatchWriteItemCommand({ RequestItems: { [table.name]: puts } }))
        for (const [name, pattern] of Object.entries(shop.patterns)) {
          const { explain } = pattern as unknown as {
            explain(): { entitiesInRange: string[]; entities: string[]; filter?: string }
          }
          const plan = explain()
          if (plan.filter === undefined) claims++
          expect(plan.filter === undefined).to.equal(plan.entitiesInRange.length === plan.entities.length)
          const ask = pattern as unknown as (input: object) => { params(): QueryCommandInput | QueryCommandInput[] }
          for (const [, item] of items) {
            const partition = (explain() as unknown as { inputs: { attribute: keyof typeof item; key: string }[] }).inputs
            const input = Object.fromEntries(
              partition.filter(({ key }) => key === 'partition').map(({ attribute }) => [attribute, item[attribute]]),
            )
            const { FilterExpression: _, ...params } = [ask(input).params()].flat()[0] as QueryCommandInput
            const values = Object.fromEntries(
              Object.entries(params.ExpressionAttributeValues ?? {}).filter(([one]) =>
                params.KeyConditionExpression?.includes(one),
              ),
            )
            const names = Object.fromEntries(
              Object.entries(params.ExpressionAttributeNames ?? {}).filter(([one]) =>
                params.KeyConditionExpression?.includes(one),
              ),
            )
            const unfiltered = { ...params, ExpressionAttributeValues: values, ExpressionAttributeNames: names }
            const { Items = [] } = await client.send(new QueryCommand(unfiltered))
            for (const { _type } of Items) expect(plan.entitiesInRange, name).to.include(_type?.S)
          }
        }
      }),
      { numRuns: propertyRuns },
    )
    expect(claims, 'claims that nothing else is in range').to.be.greaterThan(0)
  })
})
