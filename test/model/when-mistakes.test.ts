// Mistakes in the predicates of sparse indexes.
import { type Case, type Change, inIndex, ofEntity, refuses } from './mistakes.ts'

const when = (predicate: unknown, templates: Change = { pk: 'A' }, name = 'GSI2') =>
  ofEntity(inIndex(name, { ...templates, when: predicate }))

const predicates: readonly Case[] = [
  [
    'an unknown attribute',
    () => when({ stauts: 'open' }),
    'unknown-attribute',
    'Order.indexes.GSI2.when',
    'stauts',
    'Did you mean status?',
  ],
  [
    'an unknown test',
    () => when({ total: { gtee: 5 } }),
    'unknown-operator',
    'Order.indexes.GSI2.when.total',
    'gtee',
    'Did you mean gte?',
  ],
  [
    'a value of another type',
    () => when({ total: 'much' }),
    'bad-value',
    'Order.indexes.GSI2.when.total',
    'number',
    'total can be',
  ],
  [
    'a value that is no choice',
    () => when({ status: 'opne' }),
    'bad-value',
    'Order.indexes.GSI2.when.status',
    '"open" or "paid"',
    'status can be',
  ],
  [
    'one wrong value in a list',
    () => when({ status: ['open', 'opne'] }),
    'bad-value',
    'Order.indexes.GSI2.when.status',
    '"open" or "paid"',
    'status can be',
  ],
  ['an empty list', () => when({ status: [] }), 'bad-value', 'Order.indexes.GSI2.when.status', 'list', 'status can be'],
  [
    'a range that is reversed',
    () => when({ total: { between: [5, 1] } }),
    'bad-value',
    'Order.indexes.GSI2.when.total',
    'above',
    'total can be',
  ],
  [
    'a range of one',
    () => when({ total: { between: [5] } }),
    'bad-value',
    'Order.indexes.GSI2.when.total',
    'two values',
    'total can be',
  ],
  [
    'exists of something',
    () => when({ note: { exists: 'yes' } }),
    'bad-value',
    'Order.indexes.GSI2.when.note',
    'true or false',
    'note can be',
  ],
  [
    'a number that begins with text',
    () => when({ total: { beginsWith: '1' } }),
    'bad-value',
    'Order.indexes.GSI2.when.total',
    'number begins',
    'total can be',
  ],
  [
    'a map that is compared',
    () => when({ address: { eq: { city: 'a', country: 'b' } } }),
    'bad-value',
    'Order.indexes.GSI2.when.address',
    'map',
    'address can be',
  ],
  ['an empty test', () => when({ status: {} }), 'bad-value', 'Order.indexes.GSI2.when.status', 'empty', 'status can be'],
  ['an empty predicate', () => when({}), 'empty-when', 'Order.indexes.GSI2.when', 'tests nothing', 'Leave it out'],
  ['a predicate that is no object', () => when('open'), 'not-an-object', 'Order.indexes.GSI2.when', '"open"', 'status'],
  [
    'a predicate without a key of its own',
    () => when({ status: 'open' }, {}, 'Inverted'),
    'when-without-key',
    'Order.indexes.Inverted.when',
    "item's own",
    'template',
  ],
]

describe('defineModel', () => refuses('refuses sparse indexes with', predicates))
