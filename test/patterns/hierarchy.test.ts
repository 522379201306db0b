// A hierarchy: a query at any level gives exactly what lies below, no neighbour and no skipped level.
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  ModelError,
  string,
  ValidationError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { hierarchy } from '../../patterns/hierarchy.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({
  name: 'shops',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
})
const Shop = defineEntity('Shop', {
  attributes: { chain: string(), country: string(), state: string(), city: string(), note: string().optional() },
  key: { pk: 'CHAIN#{chain}', sk: 'SHOP#{country}#{state}#{city}' },
  indexes: { GSI1: { pk: 'SHOPS', sk: '{city}#{chain}#{country}#{state}' } },
})
const { within } = hierarchy({ entity: Shop }).accessPatterns
const model = defineModel({
  table,
  entities: { Shop },
  accessPatterns: { within, byCity: hierarchy({ entity: Shop, index: 'GSI1' }).accessPatterns.within },
})
const levels = ['country', 'state', 'city'] as const

describe('a hierarchy', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client() })
  let shops: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    shops = open()
  })
  after(() => engine.close())

  it('gives at any level exactly what lies below, whatever the values are like', async () => {
    const value = fc.oneof(
      fc.constantFrom('NEW', 'NEWARK', 'N', 'NEW#ARK', '#', '$', ' ', 'é'),
      fc.string({ minLength: 1, maxLength: 4 }),
    )
    const shop = fc.record({ country: value, state: value, city: value })
    let runs = 0
    const faulty = connect(model, { client: engine.client({ maxAttempts: 1 }) }).entities.Shop
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(shop, { maxLength: 12, selector: (one) => JSON.stringify(Object.values(one)) }),
        async (all) => {
          const chain = `c${runs++}`
          engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.1, seed: runs })
          await Promise.allSettled(all.map((one) => faulty.put({ chain, ...one })))
          engine.faults.clear()
          for (const one of all)
            for (let depth = 0; depth <= levels.length; depth++) {
              const given = Object.fromEntries(levels.slice(0, depth).map((level) => [level, one[level]]))
              const found = await shops.patterns.within({ chain, ...given } as { chain: string }).all()
              const expected = all.filter((other) => levels.slice(0, depth).every((level) => other[level] === one[level]))
              expect(found.map(({ chain: _, ...rest }) => rest)).to.have.deep.members(expected)
            }
        },
      ),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  })

  it('takes a range at the last level that is given', async () => {
    for (const city of ['New York', 'Newburgh', 'Albany'])
      await shops.entities.Shop.put({ chain: 'r', country: 'US', state: 'NY', city })
    const found = await shops.patterns.within({ chain: 'r', country: 'US', state: 'NY', city: { beginsWith: 'New' } })
    expect(found.items.map(({ city }) => city)).to.deep.equal(['New York', 'Newburgh'])
    expect((await shops.patterns.byCity({ city: 'Albany' })).items).to.have.length(1)
  })

  it('refuses to skip a level', async () => {
    const skipped = { chain: 'r', country: 'US', city: 'Albany' } as never
    const error = await Promise.resolve(shops.patterns.within(skipped)).catch((error) => error)
    expect(error).to.be.instanceOf(ValidationError)
    expect(error.message).to.include('state')
  })

  const Odd = defineEntity('Odd', {
    attributes: { chain: string(), country: string(), state: string().optional() },
    key: { pk: 'CHAIN#{chain}', sk: 'ODD#{country}' },
    indexes: { GSI1: { pk: 'ODD', sk: '{country}#{state}' } },
  })
  it('is refused with a single level', () => expect(() => hierarchy({ entity: Odd })).to.throw(ModelError, 'no two levels'))
  it('is refused with a level that items may lack', () =>
    expect(() => hierarchy({ entity: Odd, index: 'GSI1' })).to.throw(ModelError, 'items without {state}'))
  it('is refused in an index that the entity is not in', () =>
    expect(() => hierarchy({ entity: Odd, index: 'GSI9' as 'GSI1' })).to.throw(ModelError, 'no such index'))
})
