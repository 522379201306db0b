// Mistakes in the conditions of access patterns.
import { and, or, query, scan, string } from '../../lib/index.ts'
import { attribute, type Case, inIndex, ofPattern, refuses, type Untyped } from './mistakes.ts'

const conditions: readonly Case[] = [
  [
    'a misspelt condition',
    () => ofPattern((Order) => query(Order).where({ stauts: 'open' } as Untyped)),
    'unknown-attribute',
    'accessPatterns.asked.where',
    'stauts',
    'Did you mean status?',
  ],
  [
    'a misspelt condition among others',
    () => ofPattern((Order) => query(Order).where(and<Untyped>({ total: 1 }, or({ stauts: 'open' })) as Untyped)),
    'unknown-attribute',
    'accessPatterns.asked.where',
    'stauts',
    'Did you mean status?',
  ],
  [
    'a misspelt condition in a map',
    () => ofPattern((Order) => query(Order).where({ address: { ctiy: 'Bern' } } as Untyped)),
    'unknown-attribute',
    'accessPatterns.asked.where.address',
    'ctiy',
    'Did you mean city?',
  ],
  [
    'a misspelt test in a map',
    () => ofPattern((Order) => query(Order).where({ address: { city: { beginsWit: 'B' } } } as Untyped)),
    'unknown-operator',
    'accessPatterns.asked.where.address.city',
    'beginsWit',
    'Did you mean beginsWith?',
  ],
  [
    'a misspelt condition in a record',
    () => ofPattern((Order) => query(Order).where({ flags: { beta: { no: true } } } as Untyped)),
    'unknown-attribute',
    'accessPatterns.asked.where.flags.beta',
    'no',
    'Did you mean on?',
  ],
  [
    'a misspelt test',
    () => ofPattern((Order) => query(Order).where({ total: { gtee: 1 } } as Untyped)),
    'unknown-operator',
    'accessPatterns.asked.where.total',
    'gtee',
    'Did you mean gte?',
  ],
  [
    'a condition of another type',
    () => ofPattern((Order) => query(Order).where({ total: { gte: 'a' } } as Untyped)),
    'bad-value',
    'accessPatterns.asked.where.total.gte',
    'number',
    'number',
  ],
  [
    'a list of values of another type',
    () => ofPattern((Order) => query(Order).where({ status: ['open', 'opne'] } as Untyped)),
    'bad-value',
    'accessPatterns.asked.where.status',
    '"open" or "paid"',
    'oneOf',
  ],
  [
    'a condition that was forgotten',
    () => ofPattern((Order) => query(Order).where(undefined as Untyped)),
    'not-an-object',
    'accessPatterns.asked.where',
    'null',
    'status',
  ],
  [
    'an empty condition',
    () => ofPattern((Order) => scan(Order).where({})),
    'empty-condition',
    'accessPatterns.asked.where',
    'nothing',
    'Leave it out',
  ],
  [
    'an empty test',
    () => ofPattern((Order) => scan(Order).where({ total: {} })),
    'empty-condition',
    'accessPatterns.asked.where.total',
    'nothing',
    'Leave it out',
  ],
  [
    'a test of undefined',
    () => ofPattern((Order) => scan(Order).where({ total: undefined })),
    'empty-condition',
    'accessPatterns.asked.where',
    'nothing',
    'Leave it out',
  ],
  [
    'or() of nothing',
    () => ofPattern((Order) => scan(Order).where(or() as Untyped)),
    'empty-condition',
    'accessPatterns.asked.where',
    'or()',
    'Give it conditions',
  ],
  [
    'a filter on the key',
    () =>
      ofPattern(
        (Order) =>
          query(Order)
            .index('Owner')
            .where({ owner: 'a' } as Untyped),
        { ...attribute({ owner: string() }), ...inIndex('Owner', { pk: '{owner}' }) },
      ),
    'key-in-filter',
    'accessPatterns.asked.where',
    'owner',
    'as input',
  ],
  [
    'a filter that nothing in the index passes',
    () =>
      ofPattern(
        (Order) => query(Order).index('GSI2').where({ status: 'paid' }),
        inIndex('GSI2', { pk: 'A', when: { status: 'open' } }),
      ),
    'never-holds',
    'accessPatterns.asked.where',
    'status = open',
    'status',
  ],
]

describe('defineModel', () => refuses('refuses patterns with', conditions))
