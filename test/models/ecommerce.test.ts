// The shop as a whole: what is in the model, that its data set is sound, and that every access pattern answers what it says.
import { expect } from 'chai'
import { datasetNow, exampleInputs, makeDataset } from '../../entities/ecommerce/dataset.ts'
import { ecommerce } from '../../entities/ecommerce/index.ts'
import { type AnyEntity, connect, createTable } from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { type Inputs, makeOracle } from './ecommerce-oracle.ts'

type Name = keyof Inputs
type StoredItem = Readonly<Record<string, { readonly S?: string }>>
type More = { readonly [P in Name]?: readonly Inputs[P][] }

const all = Object.values(ecommerce.accessPatterns).map(({ definition }) => definition)
/** Of the patterns that read. What transactions do is in ecommerce-transactions.test.ts. */
const patternNames = Object.entries(ecommerce.accessPatterns).flatMap(([name, { definition }]) =>
  definition.kind === 'transaction' ? [] : [name as Name],
)
const definitions = all.flatMap((definition) => (definition.kind === 'transaction' ? [] : [definition]))
const entities: readonly AnyEntity[] = Object.values(ecommerce.entities)
const now = () => new Date(datasetNow.getTime())

describe('ecommerce', () => {
  let engine: TestEngine
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  /** An empty table of its own, connected. */
  async function shopOf(tableName: string) {
    const client = engine.client()
    await createTable(ecommerce, client, { tableName })
    return connect(ecommerce, { client, tableName, now })
  }
  type Shop = Awaited<ReturnType<typeof shopOf>>

  describe('the model', () => {
    it('answers at least 24 questions, each described', () => {
      expect(patternNames).to.have.length.of.at.least(24)
      for (const definition of all) expect(definition.description).to.be.a('string')
    })

    const queries = definitions.filter((definition) => definition.kind === 'query')
    const kinds: Record<string, boolean> = {
      get: definitions.some(({ kind }) => kind === 'get'),
      'query of the primary key': queries.some(({ index }) => index === undefined),
      'query of at most one item': queries.some(({ one }) => one),
      'item collection': definitions.some(({ kind }) => kind === 'itemCollection'),
      scan: definitions.some(({ kind }) => kind === 'scan'),
      hydrate: queries.some(({ hydrate }) => hydrate),
      where: queries.some(({ where }) => where !== undefined),
      select: queries.some(({ select }) => select !== undefined),
      'local index': queries.some(({ index }) => index === 'ByDate'),
      'inverted index': queries.some(({ index }) => index === 'Inverted'),
      'sparse index': queries.some(({ entity, index = '' }) => 'when' in (entity.indexes[index] ?? {})),
      'sharded index': queries.some(({ entity, index = '' }) => 'shards' in (entity.indexes[index] ?? {})),
    }
    for (const [kind, present] of Object.entries(kinds)) it(`has a pattern with: ${kind}`, () => expect(present).to.equal(true))

    it('describes every entity, and has an example of every attribute', () => {
      for (const { name, description, attributes } of entities) {
        expect(description, name).to.be.a('string')
        for (const [attribute, value] of Object.entries(attributes))
          expect('definition' in value && value.definition.example, `${name}.${attribute}`).to.not.equal(undefined)
      }
    })

    it('reads nothing that it does not want, but for the scan', async () => {
      const { patterns } = await shopOf('plans')
      for (const name of patternNames.filter((name) => name !== 'customerExport')) {
        const plan = patterns[name].explain()
        expect([...plan.entitiesInRange].sort(), name).to.deep.equal([...plan.entities].sort())
      }
    })

    it('has no constant sort key, which would be one partition of the inverted index', () => {
      for (const { name, key } of entities) expect(key.sk, name).to.contain('{')
    })
  })

  describe('the examples', () => {
    it('make one item of each entity, which every pattern finds with inputs from the same examples', async () => {
      const shop = await shopOf('examples')
      for (const [name, { attributes }] of Object.entries(ecommerce.entities)) {
        const { version: _, createdAt: __, updatedAt: ___, ...given } = examplesOf(attributes)
        await create(shop, name, given)
      }
      for (const name of patternNames) {
        const { definition } = ecommerce.accessPatterns[name]
        if (definition.kind === 'transaction') throw new TypeError(`${name} is no read.`)
        const entity = definition.kind === 'itemCollection' ? Object.values(definition.members)[0]?.entity : definition.entity
        const examples = examplesOf(entity?.attributes ?? {})
        const plan = shop.patterns[name].explain()
        const input = Object.fromEntries(plan.inputs.map(({ attribute }) => [attribute, examples[attribute]]))
        const answer = await ask(shop, name, input)
        const lists = definition.kind === 'itemCollection' ? Object.values(answer as object) : [answer]
        for (const list of lists) {
          expect(list, name).to.not.equal(undefined)
          if (Array.isArray(list)) expect(list, name).to.have.length(1)
        }
      }
    })
  })

  describe('the data set', () => {
    it('is the same for the same seed, and another for another', () => {
      const small = { customers: 10 }
      expect(makeDataset(small)).to.deep.equal(makeDataset(small))
      expect(makeDataset(small)).to.not.deep.equal(makeDataset({ ...small, seed: 2 }))
    })

    it('has 3,000 to 5,000 items, and no two with the same primary key or unique value', async () => {
      const shop = await shopOf('validity')
      const rows = Object.entries(makeDataset()).flatMap(([entity, inputs]) => inputs.map((input) => ({ entity, input })))
      expect(rows).to.have.length.within(3_000, 5_000)
      const keys = rows.flatMap(({ entity, input }) =>
        itemsPut(create(shop, entity, input).params()).map(({ PK, SK }) => `${PK?.S} ${SK?.S}`),
      )
      expect(keys).to.have.length.of.at.least(rows.length)
      expect(new Set(keys).size).to.equal(keys.length)
    })
  })

  describe('the access patterns', () => {
    const dataset = makeDataset()
    const inputs = exampleInputs(dataset)
    const oracle = makeOracle(dataset)
    let shop: Shop
    before(async () => {
      shop = await shopOf('answers')
      await Promise.all(
        Object.entries(dataset).map(async ([entity, rows]) => {
          for (const row of rows) await create(shop, entity, row)
        }),
      )
    })

    const { department, category } = inputs.productsInCategory
    const { productId } = inputs.latestReviews
    const customerIds = dataset.Customer.slice(0, 40).map(({ customerId }) => ({ customerId }))
    const orderIds = dataset.Order.slice(0, 40).map(({ orderId }) => ({ orderId }))
    const productIds = dataset.Product.slice(0, 40).map(({ productId }) => ({ productId }))
    const more: More = {
      customerById: [{ customerId: '00000000000000000000000000' }],
      customerByEmail: [{ email: 'nobody@example.com' }],
      customerWithOrders: customerIds,
      checkoutProfile: customerIds,
      deliveryAddresses: customerIds,
      sessionById: dataset.Session.slice(0, 40).map(({ sessionId }) => ({ sessionId })),
      sessionsOfCustomer: customerIds,
      categoryTree: [{ department: 'garden' }, { department, category }, { department: 'nowhere' }],
      productsInCategory: [
        { department },
        { department, category },
        { department, category: { gte: 'kitchen' } },
        { department: 'garden', category: { beginsWith: 'p' } },
        { department, category, subcategory: 'knives', priceCents: { between: [3_000, 10_000] } },
      ],
      productPage: productIds,
      availableStock: productIds,
      latestReviews: [...productIds, { productId, postedAt: { lt: datasetNow } }],
      reviewsByRating: [...productIds, ...[1, 2, 3, 4, 5].map((rating) => ({ productId, rating }))],
      reviewsOfCustomer: customerIds,
      cartOfCustomer: customerIds,
      idleCarts: [{}, { lastActiveAt: { gte: new Date('2030-03-01T00:00:00Z') } }],
      orderById: orderIds,
      ordersOfCustomer: customerIds,
      ordersOfCustomerInPeriod: customerIds.map((one) => ({ ...one, placedAt: { gte: new Date('2030-01-01T00:00:00Z') } })),
      ordersOnDay: [
        { placedAt: { gte: new Date('2030-03-01T00:00:00Z'), lt: new Date('2030-03-04T00:00:00Z') } },
        { placedAt: { gt: new Date('2030-03-08T06:00:00Z'), lte: new Date('2030-03-08T18:00:00Z') } },
        { placedAt: new Date('2000-01-01T00:00:00Z') },
      ],
      ordersToShip: [{ warehouseId: 'ZRH1', shipBy: { lt: datasetNow } }],
      orderDetails: orderIds,
      packingList: orderIds,
      salesOfProduct: productIds,
      overdueShipments: [{ carrier: 'velokurier' }],
    }

    for (const name of patternNames) {
      it(`${name} answers what filtering and sorting the data set does`, async () => {
        const answered = await compareWith(name, inputs[name])
        expect(answered, 'items for the example').to.be.greaterThan(0)
        for (const input of more[name] ?? []) await compareWith(name, input)
      })
    }

    /** Compares one answer and returns how many items it has. */
    async function compareWith(name: Name, input: object): Promise<number> {
      const expected = (oracle[name] as (input: object) => unknown)(input)
      const answer = ungenerated(await ask(shop, name, input))
      // DynamoDB promises no order in a scan, nor between products of one price.
      if (name === 'customerExport' || name === 'productsInCategory') expect(answer).to.have.deep.members(expected as unknown[])
      else expect(answer).to.deep.equal(expected)
      if (name === 'productsInCategory') expect(shelfOrder(answer)).to.deep.equal(shelfOrder(expected))
      if (Array.isArray(answer)) return answer.length
      return answer === undefined ? 0 : 1
    }
  })

  /** A create whose input the caller knows to be the entity's. */
  function create(shop: Shop, entity: string, input: object) {
    const operations = shop.entities[entity as keyof typeof shop.entities]
    return operations.create(input as never)
  }

  /** One item, all items, or a collection. */
  async function ask(shop: Shop, name: Name, input: object): Promise<unknown> {
    const operation = shop.patterns[name](input as never)
    return 'all' in operation ? operation.all() : operation
  }
})

/** The items that a create puts: its own, and the guards of its unique values. */
function itemsPut(params: object): StoredItem[] {
  const { Item, TransactItems = [] } = params as { Item?: StoredItem; TransactItems?: { Put: { Item: StoredItem } }[] }
  return Item === undefined ? TransactItems.map(({ Put }) => Put.Item) : [Item]
}

function examplesOf(attributes: AnyEntity['attributes']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      'definition' in attribute ? attribute.definition.example : undefined,
    ]),
  )
}

const generated = ['version', 'createdAt', 'updatedAt']

/** The answer without what Singlet writes by itself. */
function ungenerated(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(ungenerated)
  if (typeof answer !== 'object' || answer === null || answer instanceof Date || answer instanceof Set) return answer
  const kept = Object.entries(answer).filter(([name]) => !generated.includes(name))
  return Object.fromEntries(kept.map(([name, value]) => [name, ungenerated(value)]))
}

/** What the catalogue is sorted by. */
function shelfOrder(products: unknown): unknown[] {
  return (products as Record<string, unknown>[]).map(({ category, subcategory, priceCents }) => [
    category,
    subcategory,
    priceCents,
  ])
}
