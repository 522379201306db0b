// Transactions in the documentation: as data and as Markdown, the same every day.
import { expect } from 'chai'
import { describeModel, firstDifference, renderMarkdown } from '../../lib/docs/index.ts'
import {
  add,
  createdAt,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  get,
  list,
  map,
  number,
  string,
  transaction,
  ulid,
  version,
} from '../../lib/index.ts'
import type { AnyAccessPattern } from '../../lib/model/access-pattern.ts'
import { documented } from './shop.ts'

const table = defineTable({ name: 'orders', partitionKey: 'PK', sortKey: 'SK' })
const Order = defineEntity('Order', {
  attributes: {
    orderId: ulid(),
    customer: string(),
    invoice: string().optional(),
    paymentId: ulid(),
    secret: string().default(() => `s${Math.random()}`),
    createdAt: createdAt().example(new Date('2030-01-02T03:04:05Z')),
    version: version(),
  },
  key: { pk: 'ORDER#{orderId}', sk: 'ORDER' },
  unique: { invoice: 'INVOICE#{invoice}' },
})
const Event = defineEntity('Event', {
  attributes: { orderId: ulid({ generate: false }), eventId: ulid(), text: string() },
  key: { pk: 'ORDER#{orderId}', sk: 'EVENT#{eventId}' },
})
const Product = defineEntity('Product', {
  attributes: { sku: string(), stock: number({ min: 0, integer: true }) },
  key: { pk: 'PRODUCT#{sku}', sk: 'PRODUCT' },
})

const orderId = '01KEZ0G8M0ABCDEFGHJKMNPQRS'

const placeOrder = transaction(
  { Order, Event, Product },
  {
    orderId: ulid(),
    customer: string({ max: 20 }).describe('Who | *buys*').example('Ada'),
    invoice: string({ pattern: /^\d+$/ }).optional().example('7'),
    coupon: string().optional(),
    at: datetime().default('now'),
    lines: list(map({ sku: string().example('mug'), quantity: number({ min: 1, integer: true }).default(1) }), { min: 1 }),
  },
  ({ orderId, customer, invoice, lines }, { Order, Event, Product }) => [
    Order.create({ orderId, customer, invoice }),
    Event.put({ orderId, text: 'placed' }),
    Event.put({ orderId, text: 'taken' }),
    ...lines.map(({ sku, quantity }) => Product.update({ sku }, { stock: add(-quantity) }, { if: { stock: { gte: quantity } } })),
  ],
)
  .describe('Takes the goods, or <nothing>')
  .rate({ perSecond: 2 })
const move = transaction({ Order }, { from: ulid({ generate: false }), to: ulid() }, ({ from, to }, { Order }) => [
  Order.move({ orderId: from }, { orderId: to }),
])
const sweep = transaction({ Product }, {}, (_, { Product }) => [
  Product.conditionCheck({ sku: 'mug' }, { stock: { lt: 9 } }),
  Product.delete({ sku: 'pan' }),
])
const entities = { Order, Event, Product }
const model = defineModel({ table, entities, accessPatterns: { order: get(Order), placeOrder, 'move it': move, sweep } })

describe('transactions in the documentation', () => {
  const documentation = describeModel(model, { connectedAs: 'shop' })
  const [placed, moved, swept] = documentation.transactions

  it('stand apart from the patterns that read', () => {
    expect(documentation.patterns.map(({ name }) => name)).to.deep.equal(['order'])
    expect(documentation.transactions.map(({ name }) => name)).to.deep.equal(['placeOrder', 'move it', 'sweep'])
    expect(placed).to.deep.include({ description: 'Takes the goods, or <nothing>', rate: { perSecond: 2 } })
    expect(moved).to.not.have.any.keys('description', 'rate')
  })

  it('have their inputs in words, with what stands inside them', () => {
    expect(placed?.inputs.map(({ path, type, presence }) => `${path}: ${type}; ${presence}`)).to.deep.equal([
      'orderId: ulid; default',
      'customer: string, up to 20 characters; required',
      'invoice: string; optional',
      'coupon: string; optional',
      'at: datetime; default',
      'lines: list of map of sku, quantity, at least 1 element; required',
      'lines[].sku: string; required',
      'lines[].quantity: whole number, at least 1; default',
    ])
    expect(placed?.inputs[0]).to.deep.equal({
      path: 'orderId',
      kind: 'ulid',
      type: 'ulid',
      presence: 'default',
      default: 'a new one',
      checked: false,
    })
    expect(placed?.inputs[2]).to.include({ pattern: '/^\\d+$/', example: '7' })
  })

  it('have the plan that explain() gives, told at the time of the documentation', () => {
    expect(placed?.plan.operations.map(({ kind, entity }) => `${kind} ${entity}`)).to.deep.equal([
      'create Order',
      'put Event',
      'put Event',
      'update Product',
    ])
    expect(placed?.plan.estimate).to.deep.equal({ actions: 5, writeUnits: 10 })
    expect(placed?.plan.example.at).to.deep.equal(new Date('2030-01-02T03:04:05Z'))
  })

  const calls: [name: string, code: string][] = [
    [
      'placeOrder',
      "await shop.patterns.placeOrder({\n  customer: 'Ada',\n  invoice: '7',\n  lines: [{ sku: 'mug', quantity: 1 }],\n})",
    ],
    ['move it', "await shop.patterns['move it']({ from: '01KEZ0G8M0ABCDEFGHJKMNPQRS' })"],
    ['sweep', 'await shop.patterns.sweep({})'],
  ]
  for (const [name, code] of calls)
    it(`calls ${name} with what must be given and what has an example`, () =>
      expect(documentation.transactions.find((one) => one.name === name)?.example.code).to.equal(code))

  it('have the request, with examples for what is generated, in the input and in the writes', () => {
    const request = placed?.example.request as { TransactItems: { Put?: { Item: Record<string, { S?: string }> } }[] } | undefined
    const items = request?.TransactItems.map(({ Put }) => Put?.Item) ?? []
    const [order, first, second] = items
    const time = { S: '2030-01-02T03:04:05.000Z' }
    expect(order).to.deep.include({ customer: { S: 'Ada' }, secret: { S: 'secret-1' }, createdAt: time })
    const ids = [order?.orderId, order?.paymentId, first?.eventId, second?.eventId].map((id) => id?.S)
    expect(new Set(ids).size).to.equal(4)
    expect(items).to.have.length(5)
  })

  it('have no request where something is read first', () => {
    expect(moved?.example).to.not.have.property('request')
    expect(swept?.example.request).to.deep.include({
      TransactItems: [
        {
          ConditionCheck: {
            TableName: 'orders',
            Key: { PK: { S: 'PRODUCT#mug' }, SK: { S: 'PRODUCT' } },
            ConditionExpression: '#stock < :stock',
            ExpressionAttributeNames: { '#stock': 'stock' },
            ExpressionAttributeValues: { ':stock': { N: '9' } },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        { Delete: { TableName: 'orders', Key: { PK: { S: 'PRODUCT#pan' }, SK: { S: 'PRODUCT' } } } },
      ],
    })
  })

  const slow = {
    '~standard': { version: 1, vendor: 'test', validate: async (value: unknown) => ({ value: String(value) }) },
  } as const
  const unknown: [title: string, pattern: AnyAccessPattern][] = [
    ['put what has unique values', transaction({ Order }, {}, (_, { Order }) => [Order.put({ orderId, customer: 'Ada' })])],
    ['delete what has unique values', transaction({ Order }, {}, (_, { Order }) => [Order.delete({ orderId })])],
    ['change a unique value', transaction({ Order }, {}, (_, { Order }) => [Order.update({ orderId }, { invoice: '8' })])],
    [
      'wait for a schema',
      transaction({ Product }, { sku: slow }, ({ sku }, { Product }) => [Product.delete({ sku })]).example({ sku: 'a' }),
    ],
  ]
  for (const [title, pattern] of unknown)
    it(`have no request but all the rest when they ${title}`, () => {
      const [only] = describeModel(defineModel({ table, entities, accessPatterns: { pattern } })).transactions
      expect(only?.plan.operations).to.have.length(1)
      expect(only?.example).to.have.all.keys('input', 'code')
    })

  it('are named by the entities that they write', () => {
    expect(documentation.entities.map(({ name, writtenBy }) => [name, writtenBy])).to.deep.equal([
      ['Order', ['placeOrder', 'move it']],
      ['Event', ['placeOrder']],
      ['Product', ['placeOrder', 'sweep']],
    ])
  })

  it('are not tried with the samples', async () => {
    const { samples } = await documented(model)
    expect([...samples.keys()]).to.deep.equal(['order'])
  })

  it('are the same each time', () => {
    const pages = [1, 2].map(() => renderMarkdown(describeModel(model, { connectedAs: 'shop' })))
    expect(firstDifference(pages[0] ?? '', pages[1] ?? '')).to.equal(undefined)
  })

  describe('whose example is wrong', () => {
    const wrong: [title: string, pattern: AnyAccessPattern, message: RegExp][] = [
      ['is no input', placeOrder.example({ customer: 7 as never, lines: [] }), /^wrong: .*customer.*\.example\(/s],
      [
        'writes an item twice',
        placeOrder.example({ customer: 'Ada', lines: [{ sku: 'mug' }, { sku: 'mug' }] }),
        /^wrong: .*writes the same item as operation 3/,
      ],
      [
        'is more than the function can do with',
        transaction({ Product }, {}, () => {
          throw new RangeError('too far')
        }),
        /^wrong: .*too far/,
      ],
      ['gives nothing to do', transaction({ Product }, {}, () => []), /^wrong: .*1 to 100 operations/],
    ]
    for (const [title, pattern, message] of wrong)
      it(`are refused with their name when it ${title}`, () => {
        const define = () => describeModel(defineModel({ table, entities, accessPatterns: { wrong: pattern } }))
        expect(define).to.throw(message).with.property('code', 'DocumentationError')
      })
  })

  describe('as Markdown', () => {
    const page = renderMarkdown(documentation)
    const section = (anchor: string) => page.split(/^(?=<a id=)/m).find((part) => part.startsWith(`<a id="${anchor}">`)) ?? ''

    it('are counted, listed and linked, each link to one target', () => {
      expect(page).to.include('One DynamoDB table, 3 entities, 1 access pattern, 3 transactions. ')
      expect(page).to.include(
        '- [Transactions](#section-transactions): [placeOrder](#transaction-placeOrder) · [move it](#transaction-move_20_it) · [sweep](#transaction-sweep)',
      )
      const targets = [...page.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id)
      expect(new Set(targets).size).to.equal(targets.length)
      for (const [, id] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(targets).to.include(id)
    })

    it('have every table in one piece, with as many cells in each row', () => {
      for (const block of page.split('\n\n').filter((one) => one.startsWith('|')))
        expect(new Set(block.split('\n').map((line) => line.split('|').length)).size, block).to.equal(1)
    })

    const fragments: [section: string, fragment: string][] = [
      [
        'entity-Order',
        'Read by [order](#pattern-order), written by [placeOrder](#transaction-placeOrder), [move it](#transaction-move_20_it).',
      ],
      ['entity-Event', 'Read by no access pattern, written by [placeOrder](#transaction-placeOrder).'],
      [
        'section-transactions',
        '| [placeOrder](#transaction-placeOrder)<br>Takes the goods, or &#60;nothing&#62; | `orderId?`<br>`customer`<br>`invoice?`<br>`coupon?`<br>`at?`<br>`lines` | create [Order](#entity-Order)<br>put [Event](#entity-Event)<br>put [Event](#entity-Event)<br>update [Product](#entity-Product) | 5 | 10 |',
      ],
      ['section-transactions', 'the example is told at 2030-01-02T03:04:05.000Z.'],
      [
        'transaction-placeOrder',
        '| **Answers** | a list with what each write answers: [Order](#entity-Order), [Event](#entity-Event), [Event](#entity-Event), `undefined` |',
      ],
      [
        'transaction-placeOrder',
        '| **Rate** | 2 a second |\n| **Cost** | about 10 write units for 5 actions; 20 a second at that rate |',
      ],
      ['transaction-placeOrder', '| `customer` | string, up to 20 characters | required | Who &#124; &#42;buys&#42; | `Ada` |'],
      ['transaction-placeOrder', '| `at` | datetime | default: the time of the write |'],
      [
        'transaction-placeOrder',
        '| `lines` | list of map of sku, quantity, at least 1 element | required |  |  |\n| `lines[].sku` |',
      ],
      [
        'transaction-placeOrder',
        '| create [Order](#entity-Order) | `PK = ORDER#{orderId} AND SK = ORDER` | the item does not exist |  | `invoice` | 2 | 4 |',
      ],
      [
        'transaction-placeOrder',
        '| update [Product](#entity-Product) | `PK = PRODUCT#{sku} AND SK = PRODUCT` | the item exists<br>and stock stays at least 0<br>and stock &#62;= 1 | `stock` |  | 1 | 2 |',
      ],
      ['transaction-placeOrder', '- All of it is written or nothing;'],
      ['transaction-placeOrder', '<summary>Request: TransactWriteItems</summary>\n\n```json\n{\n  "TransactItems": ['],
      ['transaction-move_20_it', 'What it sends depends on what it reads first.'],
      ['transaction-sweep', '| **Input** | none |'],
      ['transaction-sweep', '| check [Product](#entity-Product) |'],
    ]
    for (const [name, fragment] of fragments)
      it(`have in ${name}: ${fragment.split('\n')[0]?.slice(0, 60)}`, () => expect(section(name)).to.include(fragment))

    it('are not spoken of where there are none', () => {
      expect(renderMarkdown(describeModel(defineModel({ table, entities })))).to.not.match(
        /Transactions|section-transactions|written by \[/,
      )
    })
  })
})
