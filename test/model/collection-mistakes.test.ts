// Mistakes in item collections.
import { itemCollection, many, number, one } from '../../lib/index.ts'
import { attribute, type Case, inIndex, ofCollection, refuses, type Untyped } from './mistakes.ts'

const other = { key: { pk: 'USER#{userId}', sk: 'OTHER#{orderId}' } }

const collections: readonly Case[] = [
  [
    'without members',
    () => ofCollection(other, () => itemCollection({})),
    'empty-collection',
    'accessPatterns.asked',
    'at least one',
    'one(Entity)',
  ],
  [
    'of a bare entity',
    () => ofCollection(other, (Order) => itemCollection({ orders: Order })),
    'not-a-member',
    'accessPatterns.asked.orders',
    'no member',
    'many(Entity)',
  ],
  [
    'of a member twice',
    () => ofCollection(other, (Order) => itemCollection({ a: many(Order), b: one(Order) })),
    'twice',
    'accessPatterns.asked.b',
    'Order',
    'Keep one',
  ],
  [
    'of two partitions',
    () =>
      ofCollection({ key: { pk: 'CUSTOMER#{userId}', sk: 'O' } }, (Order, Other) =>
        itemCollection({ a: many(Order), b: one(Other) }),
      ),
    'not-one-partition',
    'accessPatterns.asked.b',
    'CUSTOMER#{userId}',
    'share one partition',
  ],
  [
    'of one partition of two types',
    () =>
      ofCollection({ ...other, ...attribute({ userId: number() }) }, (Order, Other) =>
        itemCollection({ a: many(Order), b: one(Other) }),
      ),
    'not-one-partition',
    'accessPatterns.asked.b',
    '{userId} is of another type',
    'same types',
  ],
  [
    'of different shards',
    () =>
      ofCollection(
        { ...other, ...inIndex('GSI2', { pk: 'A', shards: { count: 2 } }) },
        (Order, Other) => itemCollection({ a: many(Order), b: one(Other) }).index('GSI2'),
        inIndex('GSI2', { pk: 'A', shards: { count: 3 } }),
      ),
    'not-one-partition',
    'accessPatterns.asked.b',
    'shards',
    'same shards',
  ],
  [
    'in an index of one of them',
    () =>
      ofCollection(
        other,
        (Order, Other) => itemCollection({ a: many(Order), b: one(Other) }).index('GSI2'),
        inIndex('GSI2', { pk: 'A' }),
      ),
    'not-in-index',
    'accessPatterns.asked.b',
    'GSI2',
    'indexes of Other',
  ],
  [
    'in an index of keys',
    () =>
      ofCollection(
        other,
        (Order) => itemCollection({ a: many(Order) }).index('Keys'),
        inIndex('Keys', { pk: '{status}', sk: '{total}' }),
      ),
    'not-projected',
    'accessPatterns.asked.a',
    'note',
    'Project all',
  ],
  [
    'consistently in a global index',
    () =>
      ofCollection(
        other,
        (Order) =>
          itemCollection({ a: many(Order) })
            .index('GSI2')
            .consistent(),
        inIndex('GSI2', { pk: 'A' }),
      ),
    'consistent-global-index',
    'accessPatterns.asked',
    'consistent',
    'Leave',
  ],
  [
    'of something',
    () => ofCollection(other, () => itemCollection({ a: one(5 as Untyped) })),
    'not-an-entity',
    'accessPatterns.asked.a',
    '5',
    'defineEntity()',
  ],
]

describe('defineModel', () => refuses('refuses item collections', collections))
