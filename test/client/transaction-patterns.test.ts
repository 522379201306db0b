// Transaction patterns: input completed and checked, the writes that the function lists sent as one, what comes back, and what is refused.
import { expect } from 'chai'
import {
  add,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  list,
  ModelError,
  map,
  number,
  query,
  string,
  TransactionCanceledError,
  transaction,
  ulid,
  ValidationError,
} from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { failureOf, observed } from './observed-requests.ts'

const table = defineTable({ name: 'transaction-patterns', partitionKey: 'PK', sortKey: 'SK' })

const Product = defineEntity('Product', {
  attributes: { sku: string(), stock: number({ min: 0, integer: true }) },
  key: { pk: 'PRODUCT#{sku}', sk: 'PRODUCT' },
})
const Order = defineEntity('Order', {
  attributes: { orderId: ulid(), customer: string(), email: string().optional() },
  key: { pk: 'ORDER#{orderId}', sk: 'ORDER' },
  unique: { email: 'ORDER_EMAIL#{email}' },
})
const Line = defineEntity('Line', {
  attributes: { orderId: ulid({ generate: false }), sku: string(), quantity: number({ min: 1, integer: true }) },
  key: { pk: 'ORDER#{orderId}', sk: 'LINE#{sku}' },
})

const placeOrder = transaction(
  { Order, Line, Product },
  {
    orderId: ulid(),
    customer: string({ max: 20 }),
    email: string().optional().example('ada@example.com'),
    lines: list(map({ sku: string(), quantity: number({ min: 1, integer: true }).default(1) }), { min: 1 }),
  },
  ({ lines, ...order }, { Order, Line, Product }) => [
    Order.create(order),
    ...lines.map(({ sku, quantity }) => Line.create({ orderId: order.orderId, sku, quantity })),
    ...lines.map(({ sku, quantity }) => Product.update({ sku }, { stock: add(-quantity) }, { if: { stock: { gte: quantity } } })),
  ],
)
  .describe('Takes the goods and writes the order, or neither')
  .rate({ perSecond: 2 })

const model = defineModel({
  table,
  entities: { Product, Order, Line },
  accessPatterns: { linesOfOrder: query(Line), placeOrder, restock: restockOf(Product) },
})

function restockOf(product: typeof Product) {
  return transaction({ product }, { sku: string(), by: number() }, ({ sku, by }, { product }) => [
    product.update({ sku }, { stock: add(by) }),
  ])
}

describe('a transaction pattern', () => {
  let engine: TestEngine
  const shopOf = () => connect(model, { client: engine.client() })
  let shop: ReturnType<typeof shopOf>
  before(async () => {
    engine = await startTestEngine()
    await createTable(model, engine.client())
    shop = shopOf()
  })
  after(() => engine.close())
  const stockOf = async (sku: string) => (await shop.entities.Product.get({ sku }, { consistent: true }))?.stock

  it('writes what its function lists, in one request that names it, and gives the items at their places', async () => {
    await shop.entities.Product.put({ sku: 'mug', stock: 5 })
    const { requests } = await observed(async () => {
      const [order, line, taken] = await shop.patterns.placeOrder({ customer: 'c1', lines: [{ sku: 'mug', quantity: 2 }] })
      expect(order.customer).to.equal('c1')
      expect(line).to.deep.equal({ orderId: order.orderId, sku: 'mug', quantity: 2 })
      expect(taken).to.equal(undefined)
      expect(await shop.patterns.linesOfOrder({ orderId: order.orderId }).all()).to.deep.equal([line])
    })
    expect(requests.map(({ operation, pattern }) => `${operation} ${pattern}`)).to.deep.equal([
      'TransactWriteItems placeOrder',
      'Query linesOfOrder',
    ])
    expect(await stockOf('mug')).to.equal(3)
  })

  it('gives its function defaults and what is generated, also inside the input, once for params() and for the request', async () => {
    await shop.entities.Product.put({ sku: 'bowl', stock: 5 })
    const operation = shop.patterns.placeOrder({ customer: 'c1', lines: [{ sku: 'bowl' }] })
    const { TransactItems } = operation.params() as { TransactItems: { Put: { Item: { orderId: { S: string } } } }[] }
    const [order, line] = await operation
    expect(order.orderId).to.equal(TransactItems[0]?.Put.Item.orderId.S)
    expect(line).to.have.property('quantity', 1)
    expect(await operation).to.equal(await operation)
    expect(await stockOf('bowl')).to.equal(4)
  })

  it('writes nothing when one condition fails, and says which operation it was of', async () => {
    await shop.entities.Product.put({ sku: 'pan', stock: 1 })
    await shop.entities.Product.put({ sku: 'lid', stock: 9 })
    const order = {
      customer: 'c1',
      lines: [
        { sku: 'lid', quantity: 1 },
        { sku: 'pan', quantity: 2 },
      ],
    }
    const error = await failureOf(async () => shop.patterns.placeOrder(order))
    expect(error).to.be.instanceOf(TransactionCanceledError)
    const { reasons } = error as TransactionCanceledError
    expect(reasons.map(({ code }) => code)).to.deep.equal(['None', 'None', 'None', 'None', 'ConditionalCheckFailed'])
    expect([await stockOf('lid'), await stockOf('pan')]).to.deep.equal([9, 1])
  })

  it('applies once with the same clientRequestToken and the same input', async () => {
    await shop.entities.Product.put({ sku: 'once', stock: 0 })
    const options = { clientRequestToken: '3f0a4c1e-8d52-4b7e-9a36-5c1d2e3f4a5b' }
    await shop.patterns.restock({ sku: 'once', by: 4 }, options)
    await shop.patterns.restock({ sku: 'once', by: 4 }, options)
    expect(await stockOf('once')).to.equal(4)
  })

  it('is part of the registry in its place, and explains its writes for an example', () => {
    expect(Object.keys(shop.patterns)).to.deep.equal(['linesOfOrder', 'placeOrder', 'restock'])
    const plan = shop.patterns.placeOrder.explain()
    expect(plan.inputs).to.deep.equal([
      { attribute: 'orderId', required: false, type: 'ulid' },
      { attribute: 'customer', required: true, type: 'string' },
      { attribute: 'email', required: false, type: 'string' },
      { attribute: 'lines', required: true, type: 'list' },
    ])
    expect(String(plan).replace(/\d+ write units/, 'n write units')).to.equal(
      [
        'placeOrder: Takes the goods and writes the order, or neither',
        '  input      orderId?: ulid, customer: string, email?: string, lines: list',
        '  operation  TransactWriteItems',
        '  create     Order PK = ORDER#{orderId} AND SK = ORDER; if the item does not exist; with the guard of email',
        '  create     Line PK = ORDER#{orderId} AND SK = LINE#{sku}; if the item does not exist',
        '  update     Product PK = PRODUCT#{sku} AND SK = PRODUCT; changes stock; if the item exists AND stock stays at least 0 AND stock >= 1',
        '  cost       about n write units for 4 actions, and those of the indexes',
        '  note       All of it is written or nothing; a failed condition refuses the whole with a reason for each operation.',
        '  note       Guards of unique values of Order are written along, each an action.',
      ].join('\n'),
    )
    expect(plan.estimate).to.deep.equal({ actions: 4, writeUnits: 8 })
  })

  it('is explained by the example that it declares', () => {
    const lines = [{ sku: 'a' }, { sku: 'b', quantity: 3 }]
    const accessPatterns = { placeOrder: placeOrder.example({ customer: 'Ada', lines }) }
    const told = defineModel({ table, entities: { Product, Order, Line }, accessPatterns })
    const plan = connect(told, { client: engine.client() }).patterns.placeOrder.explain()
    expect(plan.example).to.deep.include({
      customer: 'Ada',
      lines: [
        { sku: 'a', quantity: 1 },
        { sku: 'b', quantity: 3 },
      ],
    })
    expect(plan.operations.map(({ entity, conditions }) => `${entity}: ${conditions.at(-1)}`)).to.deep.equal([
      'Order: the item does not exist',
      'Line: the item does not exist',
      'Line: the item does not exist',
      'Product: stock >= 1',
      'Product: stock >= 3',
    ])
  })

  it('is explained by the input that it is given', () => {
    const plan = shop.patterns.placeOrder.explain({ customer: 'Ada', lines: [{ sku: 'a', quantity: 7 }] })
    expect(plan.operations.at(-1)?.conditions).to.include('stock >= 7')
    expect(() => shop.patterns.placeOrder.explain({ customer: 'Ada', lines: [] })).to.throw(ValidationError)
  })

  it('judges its input as a whole, completed, before its function sees it', async () => {
    const seen: unknown[] = []
    const move = transaction({ Product }, { from: string(), to: string().default('store') }, ({ from, to }, { Product }) => {
      seen.push([from, to])
      return [Product.delete({ sku: from }), Product.delete({ sku: to })]
    }).check(({ from, to }) => from !== to || `${from} is where it lies already`)
    const { patterns } = connect(defineModel({ table, entities: { Product }, accessPatterns: { move } }), {
      client: engine.client(),
    })
    const refusal = await failureOf(async () => patterns.move({ from: 'store' }))
    expect(refusal).to.be.instanceOf(ValidationError).with.property('message', 'move: store is where it lies already')
    expect(seen).to.deep.equal([])
    await patterns.move({ from: 'shelf' })
    expect(seen).to.deep.equal([['shelf', 'store']])
  })

  const line = { sku: 'mug', quantity: 1 }
  const badInputs: [string, unknown, string][] = [
    ['no object', 'order', ''],
    ['a value that is missing', { lines: [line] }, 'customer'],
    ['a value that does not fit', { customer: 'c'.repeat(21), lines: [line] }, 'customer'],
    ['a value inside that does not fit', { customer: 'c1', lines: [line, { sku: 'mug', quantity: 0 }] }, 'lines[1].quantity'],
    ['an empty list where one is needed', { customer: 'c1', lines: [] }, 'lines'],
    ['a name that is not of the input', { customer: 'c1', lines: [line], coupon: 'X' }, 'coupon'],
  ]
  for (const [title, input, path] of badInputs)
    it(`refuses ${title}, before its function sees it`, async () => {
      const refusal = await failureOf(async () => shop.patterns.placeOrder(input as never))
      expect(refusal).to.be.instanceOf(ValidationError).with.property('path', path)
      expect(() => shop.patterns.placeOrder(input as never).params()).to.throw(ValidationError)
    })

  it('refuses two writes of one item, as transactWrite does', async () => {
    const refusal = await failureOf(async () => shop.patterns.placeOrder({ customer: 'c1', lines: [line, line] }))
    expect(refusal).to.be.instanceOf(ValidationError).with.property('path', '[2]')
  })

  it('does the writes that its entities leave to it alone, which are refused on the entity itself', async () => {
    const Like = defineEntity('Like', {
      attributes: { sku: string(), who: string() },
      key: { pk: 'PRODUCT#{sku}', sk: 'LIKE#{who}' },
      onlyInTransactions: ['create', 'put'],
    })
    const like = transaction({ Like }, { sku: string(), who: string() }, (input, { Like }) => [Like.create(input)])
    const { entities, patterns } = connect(defineModel({ table, entities: { Like }, accessPatterns: { like } }), {
      client: engine.client(),
    })
    const key = { sku: 'mug', who: 'Ada' }
    for (const kind of ['create', 'put'] as const)
      expect(() => entities.Like[kind](key)).to.throw(
        ValidationError,
        `Like.${kind}() is done only together with other writes. Use like `,
      )
    await patterns.like(key)
    expect(await entities.Like.delete(key)).to.deep.equal(key)
  })

  it('writes the attributes that are left to it, which creates give their default and other writes are refused with', async () => {
    const Album = defineEntity('Album', {
      attributes: { name: string(), title: string(), photos: number().default(0).onlyInTransactions() },
      key: { pk: 'ALBUM#{name}', sk: 'ALBUM' },
    })
    const count = transaction({ Album }, { name: string() }, (key, { Album }) => [Album.update(key, { photos: add(1) })])
    const { entities, patterns } = connect(defineModel({ table, entities: { Album }, accessPatterns: { count } }), {
      client: engine.client(),
    })
    const key = { name: 'sea' }
    expect(await entities.Album.create({ ...key, title: 'Sea' })).to.have.property('photos', 0)
    await patterns.count(key)
    expect(await entities.Album.update(key, { title: 'The sea' })).to.deep.equal({ ...key, title: 'The sea', photos: 1 })
    const refused: (() => unknown)[] = [
      () => entities.Album.create({ name: 'b', title: 'B', photos: 3 }),
      () => entities.Album.update(key, { photos: add(1) }),
      () => entities.Album.update(key, { title: 'Sea', photos: 3 }, { upsert: true }),
      () => entities.Album.move(key, { name: 'c' }, { photos: 3 }),
    ]
    for (const write of refused) expect(write).to.throw(ValidationError, 'Use count of the').with.property('path', 'photos')
    expect(() => entities.Album.put({ ...key, title: 'Sea' })).to.throw(ValidationError, 'Album.put() is done only together')
  })

  it('makes the items whose creation is left to it, which puts and upserts are refused for', async () => {
    const Like = defineEntity('Like', {
      attributes: { sku: string(), who: string(), note: string().optional() },
      key: { pk: 'PRODUCT#{sku}', sk: 'LIKE#{who}' },
      onlyInTransactions: ['create'],
    })
    const like = transaction({ Like }, { sku: string(), who: string() }, (input, { Like }) => [Like.create(input)])
    const { entities, patterns } = connect(defineModel({ table, entities: { Like }, accessPatterns: { like } }), {
      client: engine.client(),
    })
    const key = { sku: 'cup', who: 'Ada' }
    expect(() => entities.Like.update(key, { note: 'n' }, { upsert: true })).to.throw(ValidationError, 'An upsert of Like')
    expect(() => entities.Like.put(key)).to.throw(ValidationError, 'Like.put() is done only together')
    await patterns.like(key)
    expect(await entities.Like.update(key, { note: 'n' })).to.deep.equal({ ...key, note: 'n' })
  })

  describe('whose function is wrong', () => {
    const badFunctions: [string, (product: { update(key: object, changes: object): unknown }) => unknown, RegExp][] = [
      ['is asynchronous', async (product) => [product.update({ sku: 'a' }, { stock: 1 })], /read first/],
      ['awaits an operation', async (product) => [await product.update({ sku: 'a' }, { stock: 1 })], /read first/],
      [
        'asks for params()',
        (product) => [(product.update({ sku: 'a' }, {}) as { params(): object }).params()],
        /lists operations/,
      ],
      ['gives no list', (product) => product.update({ sku: 'a' }, { stock: 1 }), /no list/],
      ['gives something else in the list', () => [{ sku: 'a' }], /is no operation/],
      ['gives nothing to do', () => [], /1 to 100 operations/],
    ]
    for (const [title, operations, message] of badFunctions)
      it(`says so when it ${title}, and sends nothing`, async () => {
        const wrong = defineModel({
          table,
          entities: { Product },
          accessPatterns: { wrong: transaction({ Product }, {}, (_, { Product }) => operations(Product as never) as never) },
        })
        const { patterns } = connect(wrong, { client: engine.client() })
        const { requests } = await observed(async () => {
          expect(((await failureOf(async () => patterns.wrong({}))) as Error).message).to.match(message)
        })
        expect(requests).to.deep.equal([])
      })
  })

  describe('is refused by defineModel', () => {
    const list = (): never => [] as never
    const mistakes: [string, () => unknown, string, string][] = [
      ['without entities', () => transaction({}, {}, list), 'no-entity', 'accessPatterns.wrong.entities'],
      [
        'with an entity that is not of the model',
        () => transaction({ Order }, {}, list),
        'unknown-entity',
        'accessPatterns.wrong.entities.Order',
      ],
      [
        'with what is no entity',
        () => transaction({ Order: 'Order' as never }, {}, list),
        'not-an-entity',
        'accessPatterns.wrong.entities.Order',
      ],
      [
        'with an input that is no attribute',
        () => transaction({ Product }, { sku: 'text' as never }, list),
        'bad-attributes',
        'accessPatterns.wrong.input',
      ],
      [
        'with an input that only items have',
        () => transaction({ Product }, { sku: string().hidden() }, list),
        'bad-attributes',
        'accessPatterns.wrong.input',
      ],
      ['without a function', () => transaction({ Product }, {}, undefined as never), 'not-a-function', 'accessPatterns.wrong'],
      [
        'with an example that is no input',
        () => transaction({ Product }, {}, list).example(7 as never),
        'not-an-object',
        'accessPatterns.wrong.example',
      ],
      [
        'with an impossible rate',
        () => transaction({ Product }, {}, list).rate({ perSecond: 0 }),
        'bad-rate',
        'accessPatterns.wrong.rate',
      ],
    ]
    it('when it leaves out an entity that only transactions write', () => {
      const Like = defineEntity('Like', {
        attributes: { who: string() },
        key: { pk: 'LIKE#{who}', sk: 'LIKE' },
        onlyInTransactions: ['create'],
      })
      expect(() => defineModel({ table, entities: { Like, Product }, accessPatterns: { restock: restockOf(Product) } })).to.throw(
        ModelError,
        'no transaction pattern of the model writes it',
      )
    })
    it('when it leaves out an entity of which only transactions write an attribute', () => {
      const Album = defineEntity('Album', {
        attributes: { name: string(), photos: number().default(0).onlyInTransactions() },
        key: { pk: 'ALBUM#{name}', sk: 'ALBUM' },
      })
      expect(() => defineModel({ table, entities: { Album } })).to.throw(ModelError, 'no transaction pattern')
    })
    it('when an entity leaves to them what is no write', () => {
      const Like = defineEntity('Like', {
        attributes: { who: string() },
        key: { pk: 'LIKE#{who}', sk: 'LIKE' },
        onlyInTransactions: ['get' as never],
      })
      expect(() => defineModel({ table, entities: { Like } })).to.throw(ModelError, "Give some of 'create', 'put'")
    })
    for (const [title, wrong, code, place] of mistakes)
      it(title, () => {
        const define = () => defineModel({ table, entities: { Product }, accessPatterns: { wrong: wrong() as never } })
        expect(define).to.throw(ModelError)
        try {
          define()
        } catch (error) {
          expect((error as ModelError).problems.map((problem) => [problem.code, problem.place])).to.deep.equal([[code, place]])
        }
      })
  })
})
