// What users of the published package see: declarations of their own definitions, and errors where the mistake is.
import { expect } from 'chai'
import { type Consumer, makeConsumer } from './consumer.ts'
import { largeModel } from './large-model.ts'

const imports = `import {
  connect, defineEntity, defineModel, defineTable, get, inverted, itemCollection, many, map, number, one, oneOf, query, scan, string, ulid, version,
} from 'singlet'
`
const definitions = `
export const table = defineTable({ name: 'shop', partitionKey: 'PK', sortKey: 'SK', indexes: { Inverted: { partitionKey: 'SK', sortKey: 'PK' } } })
export const User = defineEntity('User', {
  attributes: { userId: string(), address: map({ city: string(), note: string().optional() }) },
  key: { pk: 'USER#{userId}', sk: 'PROFILE' },
})
export const Order = defineEntity('Order', {
  attributes: { userId: string(), orderId: ulid(), status: oneOf('open', 'paid').default('open'), total: number(), version: version() },
  key: { pk: 'USER#{userId}', sk: 'ORDER#{orderId}' },
  indexes: { Inverted: inverted() },
})
export const orders = query(Order).descending()
export const byId = query(Order).index('Inverted')
export const first = query(Order).one()
export const some = query(Order).where({ status: 'open' }).select('total')
export const single = get(Order)
export const all = scan(Order)
export const member = many(Order)
export const together = itemCollection({ user: one(User), orders: member })
export const together2 = together.descending()
export const shop = defineModel({
  table,
  entities: { User, Order },
  accessPatterns: { orders, byId, first, some, single, all, together, together2 },
})
declare const client: Parameters<typeof connect>[1]['client']
export const connected = connect(shop, { client })
export const { User: users } = connected.entities
export const { byId: askById, together: askTogether, first: askFirst, single: askSingle, all: askAll } = connected.patterns
export const created = await users.create({ userId: 'u', address: { city: 'Bern' } })
export const page = await connected.patterns.orders({ userId: 'u' })
export const pending = connected.patterns.together({ userId: 'u' })
export const operation = users.delete({ userId: 'u' })
`

describe('the published types', () => {
  let consumer: Consumer
  before(() => {
    consumer = makeConsumer()
  })
  after(() => consumer.remove())

  it('let all that is defined, connected and answered be exported with declarations', () => {
    expect(consumer.compile(imports + definitions).errors).to.deep.equal([])
    expect(consumer.compile(largeModel(3, 'calls')).errors).to.deep.equal([])
  })

  it('declare entities, items and answers so that they can be read', () => {
    const { declarations } = consumer.compile(imports + definitions)
    const compact = declarations.replace(/\s+/g, ' ')
    expect(compact).to.include('readonly userId: import("singlet").AttributeBuilder<string, never, string>')
    expect(compact).to.include('{ readonly pk: "USER#{userId}"; readonly sk: "ORDER#{orderId}"; }')
    expect(compact).to.match(/created: \{ (userId: string; address: \{[^}]*\}|address: \{[^}]*\}; userId: string); \};/)
    expect(compact).not.to.match(/\bany\b/)
  })

  const mistakes: readonly (readonly [title: string, source: string, mistake: string, message: string])[] = [
    [
      'a misspelt placeholder',
      "defineEntity('A', { attributes: { id: string() }, key: { pk: 'A#{id}', sk: 'B#{ide}' } })",
      'sk:',
      '{ide} is not an attribute',
    ],
    [
      'a misspelt placeholder of an index',
      "defineEntity('A', { attributes: { id: string() }, key: { pk: '{id}' }, indexes: { X: { pk: '{id}', sk: '{ide}' } } })",
      "sk: '{ide}'",
      '{ide} is not an attribute',
    ],
    [
      'an unknown option of an index',
      "defineEntity('A', { attributes: { id: string() }, key: { pk: '{id}' }, indexes: { X: { pk: '{id}', skk: 'A' } } })",
      'skk:',
      'skk is not an option of an index',
    ],
    [
      'an unknown attribute in a predicate',
      "defineEntity('A', { attributes: { id: string() }, key: { pk: '{id}' }, indexes: { X: { pk: '{id}', when: { idd: 'A' } } } })",
      'idd:',
      'idd is not an attribute',
    ],
    ['an unknown index', "query(Order).index('Invertd')", "'Invertd'", '"Inverted"'],
    ['an unknown attribute in a selection', "query(Order).select('totl')", "'totl'", '"total"'],
    ['an unknown attribute in a condition', "query(Order).where({ stauts: 'open' })", 'stauts', "'stauts' does not exist"],
    ['an unknown attribute in a write', "connected.entities.Order.create({ userId: 'u', totl: 1 })", 'totl', "'total'"],
    ['a bound of another type', "connected.patterns.byId({ orderId: 'o', userId: { gte: 5 } })", 'gte: 5', "'string'"],
    [
      'a read-only change',
      "connected.entities.Order.update({ userId: 'u', orderId: 'o' }, { version: 1 })",
      'version: 1',
      "'undefined'",
    ],
  ]
  for (const [title, source, mistake, message] of mistakes)
    it(`say where the mistake is, and what: ${title}`, () => {
      const { errors } = consumer.compile(`${imports}${definitions}\n${source}\n`)
      expect(errors).to.have.length(1)
      const [, line, column] = /\((\d+),(\d+)\)/.exec(errors[0] ?? '') ?? []
      expect(Number(line)).to.equal(`${imports}${definitions}\n`.split('\n').length)
      expect(Number(column)).to.equal(source.indexOf(mistake) + 1)
      expect(errors[0]).to.include(message)
    })
})
