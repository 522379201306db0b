// Mistakes in a model as a whole, and how all problems of a model are reported together.
import { expect } from 'chai'
import { defineModel, itemCollection, ModelError, many, one, query, scan, string, version } from '../../lib/index.ts'
import {
  attribute,
  type Case,
  entity,
  inIndex,
  ofCollection,
  ofEntity,
  orderInput,
  problemsOf,
  refuses,
  table,
  tableInput,
  type Untyped,
} from './mistakes.ts'

const other = { key: { pk: 'USER#{userId}', sk: 'OTHER#{orderId}' } }

const models: readonly Case[] = [
  [
    'a table that was not defined',
    () => ({ table: tableInput, entities: {} }),
    'not-a-table',
    'table',
    'no table',
    'defineTable()',
  ],
  ['no table', () => ({ entities: {} }), 'not-a-table', 'table', 'undefined', 'defineTable()'],
  [
    'an entity that was not defined',
    () => ({ table: table(), entities: { Order: orderInput } }),
    'wrong-part',
    'entities.Order',
    'does not belong',
    'defineEntity()',
  ],
  ['entities in a list', () => ({ table: table(), entities: [entity()] }), 'not-an-object', 'entities', 'a list', 'name'],
  ['no entities', () => ({ table: table() }), 'not-an-object', 'entities', 'undefined', 'name'],
  [
    'a misspelt option',
    () => ({ table: table(), entities: {}, accesPatterns: {} }),
    'unknown-option',
    'model.accesPatterns',
    'accesPatterns',
    'Did you mean accessPatterns?',
  ],
  [
    'a misspelt option of an entity',
    () => ofEntity({ indices: {} }),
    'unknown-option',
    'Order.indices',
    'indices',
    'Did you mean indexes?',
  ],
  [
    'an entity without a name',
    () => ({ table: table(), entities: { Order: entity({}, '') } }),
    'bad-name',
    'defineEntity',
    '""',
    'text',
  ],
  [
    'attributes that are a list',
    () => ofEntity({ attributes: [string()], key: { pk: 'A', sk: 'B' } }),
    'not-an-object',
    'Order.attributes',
    'a list',
    '{',
  ],
]

describe('defineModel', () => {
  refuses('refuses models with', models, { alone: false })

  it('finds nothing in what the mistakes are made of', () => {
    expect(problemsOf(ofEntity({}))).to.deep.equal([])
    expect(problemsOf(ofCollection(other, (Order, Other) => itemCollection({ a: many(Order), b: one(Other) })))).to.deep.equal([])
  })

  it('reports all mistakes of a model at once', () => {
    const Order = entity({ key: { pk: 'USER#{usrId}', sk: '{note}' }, ...inIndex('GSI9', { pk: 'A' }) })
    const Other = entity(attribute({ second: version() }), 'Other')
    const accessPatterns = { first: query(Other).index('GSI1'), second: scan(Other).segments(0), third: 5 }
    const problems = problemsOf({ table: table({ name: '', timeToLiv: 'x' }), entities: { Order, Other }, accessPatterns })
    const found = problems.map(({ code, place }) => `${place}: ${code}`)
    expect(found).to.have.members([
      'table.name: bad-name',
      'table.timeToLiv: unknown-option',
      'Order.key.pk: unknown-attribute',
      'Order.key.sk: optional-in-key',
      'Other.attributes: twice',
      'accessPatterns.first: not-in-index',
      'accessPatterns.second: bad-segments',
      'accessPatterns.third: wrong-part',
    ])
  })

  it('lists them in the message, with what to do', () => {
    const model = ofEntity({ key: { pk: 'USER#{usrId}', sk: 'O#{ordrId}' } }) as Untyped
    expect(() => defineModel(model)).to.throw(
      ModelError,
      /^The model has 2 problems:\n {2}Order\.key\.pk: .*\{usrId\}.* Did you mean \{userId\}\?\n {2}Order\.key\.sk: .*\{orderId\}\?$/,
    )
  })
})
