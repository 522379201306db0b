// What `shards` may say: the mistakes that defineModel reports, and the plans of what is right.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import {
  bigint,
  connect,
  createdAt,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  get,
  inverted,
  itemCollection,
  many,
  number,
  query,
  scan,
  string,
  ulid,
} from '../../lib/index.ts'
import { attribute, type Case, type Change, inIndex, ofCollection, ofEntity, ofTwo, orderInput, refuses } from './mistakes.ts'

const place = 'Order.indexes.GSI2.shards'
const sharded = (shards: unknown, attributes: Change = {}) =>
  ofEntity({ ...attribute(attributes), ...inIndex('GSI2', { pk: 'A', shards }) })
const shardedKey = (shards: unknown, attributes: Change = {}, key: Change = {}) =>
  ofEntity({ ...attribute(attributes), key: { ...orderInput.key, ...key, shards } })
const grown = (...since: unknown[]) => [{ count: 4 }, ...since.map((since, index) => ({ since, count: index + 5 }))]

const ways: readonly Case[] = [
  ['a way that is none', () => sharded({ count: 2, by: 'hsh' }), 'bad-shards', place, 'hsh', 'Did you mean hash?'],
  ['a way that is no text', () => sharded({ count: 2, by: 1 }), 'bad-shards', place, '1 is no way', 'hash, modulo, random'],
  ['modulo of nothing', () => sharded({ count: 2, by: 'modulo' }), 'bad-shards', place, 'no number', 'of:'],
  [
    'chance by an attribute',
    () => sharded({ count: 2, by: 'random', of: 'userId' }),
    'bad-shards',
    place,
    'no attribute',
    "by: 'hash'",
  ],
  ['of a number', () => sharded({ count: 2, of: 1 }), 'bad-shards', place, 'of is 1', 'Name it'],
  [
    'a random primary key',
    () => shardedKey({ count: 2, by: 'random' }),
    'bad-shards',
    'Order.key.shards',
    "can't be found again",
    "by: 'hash'",
  ],
  [
    'a key attribute of a random shard that is also the name of an attribute',
    () => sharded({ count: 2, by: 'random' }, { GSI2PK: string().storedAs('other') }),
    'reserved-name',
    'Order.indexes.GSI2',
    'GSI2PK',
    'Rename',
  ],
]

const attributes: readonly Case[] = [
  ['one that is none', () => sharded({ count: 2, of: 'userid' }), 'bad-shards', `${place}.of`, 'userid', 'Did you mean userId?'],
  ['one that can change', () => sharded({ count: 2, of: 'total' }), 'bad-shards', `${place}.of`, 'can change', '.readOnly()'],
  ['one that does change', () => sharded({ count: 2, of: 'revision' }), 'bad-shards', `${place}.of`, 'can change', '.readOnly()'],
  [
    'one that is optional',
    () => sharded({ count: 2, of: 'region' }, { region: string().optional().readOnly() }),
    'bad-shards',
    `${place}.of`,
    'optional',
    'required',
  ],
  ['one that no key can hold', () => sharded({ count: 2, of: 'tags' }), 'bad-shards', `${place}.of`, 'stringSet', 'scalar'],
  [
    'modulo of text',
    () => sharded({ count: 2, by: 'modulo', of: 'userId' }),
    'bad-shards',
    `${place}.of`,
    'string',
    'integer: true',
  ],
  [
    'modulo of a fraction',
    () => sharded({ count: 2, by: 'modulo', of: 'weight' }, { weight: number().readOnly() }),
    'bad-shards',
    `${place}.of`,
    'whole numbers',
    'integer: true',
  ],
  [
    'one outside of the primary key that is sharded by it',
    () => shardedKey({ count: 2, of: 'region' }, { region: string().readOnly() }),
    'bad-shards',
    'Order.key.shards.of',
    'not part of the primary key',
    'Put {region} into the key',
  ],
  [
    'one named shard, beside a sharded primary key',
    () => shardedKey({ count: 2 }, { shard: string() }),
    'reserved-name',
    'Order.key.shards',
    'shard',
    'Rename',
  ],
]

const counts: readonly Case[] = [
  ['none', () => sharded({ count: [] }), 'bad-shards', place, 'empty', 'count: ['],
  ['a number', () => sharded({ count: [4] }), 'bad-shards', place, '4', 'count: ['],
  [
    'a misspelt since',
    () => sharded({ count: [{ count: 4 }, { sinc: '2027-01-01T00:00:00Z', count: 5 }] }),
    'bad-shards',
    place,
    'sinc',
    'count: [',
  ],
  ['no shards', () => sharded({ count: [{ count: 0 }] }), 'bad-shards', place, '0 shards', '1 to 1000'],
  ['too many', () => sharded({ count: [{ count: 1001 }] }), 'bad-shards', place, '1001 shards', '1 to 1000'],
  [
    'a first with a since',
    () => sharded({ count: [{ count: 1, since: '2027-01-01T00:00:00Z' }] }),
    'bad-shards',
    place,
    'first',
    'Leave',
  ],
  ['no since', () => sharded({ count: grown(undefined) }), 'bad-shards', place, 'no moment', 'ISO 8601'],
  ['a time without a zone', () => sharded({ count: grown('2027-01-01T00:00:00') }), 'bad-shards', place, 'no moment', 'zone'],
  ['a day that does not exist', () => sharded({ count: grown('2027-13-01T00:00:00Z') }), 'bad-shards', place, 'no moment', 'ISO'],
  [
    'the wrong order',
    () => sharded({ count: grown('2027-01-01T00:00:00Z', '2026-01-01T00:00:00Z') }),
    'bad-shards',
    place,
    'not after',
    'oldest first',
  ],
  [
    'one moment twice',
    () => sharded({ count: grown('2027-01-01T00:00:00Z', '2027-01-01T01:00:00+01:00') }),
    'bad-shards',
    place,
    'not after',
    'oldest first',
  ],
  [
    'no time of creation',
    () => {
      const { made, ...others } = orderInput.attributes
      return ofEntity({ attributes: others, ...inIndex('GSI2', { pk: 'A', shards: { count: grown('2027-01-01T00:00:00Z') } }) })
    },
    'bad-shards',
    `${place}.time`,
    'no attribute',
    'createdAt()',
  ],
  [
    'a time that can change',
    () => sharded({ count: grown('2027-01-01T00:00:00Z'), time: 'placedAt' }),
    'bad-shards',
    `${place}.time`,
    'can change',
    'readOnly',
  ],
  [
    'a time that is none',
    () => sharded({ count: grown('2027-01-01T00:00:00Z'), time: 'userId' }),
    'bad-shards',
    `${place}.time`,
    'tells no time',
    'ulid()',
  ],
  [
    'a time that the primary key does not tell',
    () => shardedKey({ count: grown('2027-01-01T00:00:00Z') }),
    'bad-shards',
    'Order.key.shards.time',
    'not part of the primary key',
    'Put {made}',
  ],
]

const together: readonly Case[] = [
  [
    'two indexes that share a key attribute of different shards',
    () =>
      ofEntity({
        indexes: { GSI2: { pk: 'A', shards: { count: 2 } }, Same: { pk: 'A', shards: { count: 2, of: 'userId' } } },
      }),
    'key-attribute-conflict',
    'Order.indexes.Same',
    'shards',
    'Make both the same',
  ],
  [
    'two indexes that share a key attribute and grow by different times',
    () => {
      const growing = (time: string) => ({ count: [{ count: 2 }, { since: '2030-01-01T00:00:00Z', count: 4 }], time })
      return ofEntity({
        indexes: { GSI2: { pk: 'A', shards: growing('made') }, Same: { pk: 'A', shards: growing('orderId') } },
      } as never)
    },
    'key-attribute-conflict',
    'Order.indexes.Same',
    'shards',
    'Make both the same',
  ],
  [
    'members of a collection that are spread in different ways',
    () =>
      ofCollection(
        { key: { pk: 'P#{userId}', sk: 'OTHER#{orderId}', shards: { count: 2, of: 'orderId' } } },
        (Order, Other) => itemCollection({ orders: many(Order), others: many(Other) }),
        { key: { pk: 'P#{userId}', sk: 'ORDER#{orderId}', shards: { count: 2 } } },
      ),
    'not-one-partition',
    'accessPatterns.asked.others',
    'its shards',
    'the same shards',
  ],
  [
    'a sharded key and one that has a shard of it in its text',
    () =>
      ofTwo({ key: { pk: 'USER#{userId}#3', sk: 'ORDER#{orderId}' } }).entities.Order && {
        ...ofTwo({ key: { pk: 'USER#{userId}#3', sk: 'ORDER#{orderId}' } }),
        entities: {
          Order: ofEntity({ key: { ...orderInput.key, shards: { count: 4 } } }).entities.Order,
          Other: ofTwo({ key: { pk: 'USER#{userId}#3', sk: 'ORDER#{orderId}' } }).entities.Other,
        },
      },
    'overlapping-keys',
    'Other.key',
    'USER#{userId}#{shard}',
    'literal',
  ],
]

describe('a mistake in shards', () => {
  refuses('in the way', ways)
  refuses('in the attribute', attributes)
  refuses('in the counts', counts)
  refuses('beside others', together)
})

describe('the plan of a sharded pattern', () => {
  const table = defineTable({
    name: 'shards',
    partitionKey: 'PK',
    sortKey: 'SK',
    indexes: {
      GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
      GSI2: { partitionKey: 'GSI2PK', sortKey: 'GSI2SK' },
      Keys: { partitionKey: 'KPK', sortKey: 'KSK', projection: 'KEYS_ONLY' },
      Inverted: { partitionKey: 'SK', sortKey: 'PK' },
      Local: { type: 'local', sortKey: 'LSK' },
    },
  })
  const Order = defineEntity('Order', {
    attributes: {
      id: ulid(),
      customer: string().readOnly(),
      account: bigint().readOnly(),
      placedAt: datetime(),
      made: createdAt(),
    },
    key: { pk: 'O#{id}', sk: 'ORDER' },
    indexes: {
      GSI1: { pk: '{shard}#ALL', sk: '{placedAt}', shards: { count: 4, from: 1, of: 'customer' } },
      GSI2: {
        pk: 'C#{customer}',
        sk: '{account}#{placedAt}',
        shards: { count: [{ count: 4 }, { since: '2027-01-01T00:00:00Z', count: 9 }], by: 'modulo', of: 'account' },
      },
      Keys: { pk: 'K', sk: '{id}', shards: { count: 3, by: 'random' } },
    },
  })
  const Event = defineEntity('Event', {
    attributes: { day: string(), device: string(), at: datetime() },
    key: { pk: 'E#{day}', sk: '{at}#{device}', shards: { count: 8 } },
    indexes: { Inverted: inverted(), Local: { sk: '{device}' } },
  })
  const Alarm = defineEntity('Alarm', {
    attributes: { day: string(), device: string(), at: datetime() },
    key: { pk: 'A#{day}#{device}', sk: '{at}', shards: { count: 8, of: 'device' } },
  })
  // It lies in no shard of Event: these end at 7.
  const Ninth = defineEntity('Ninth', { attributes: { day: string(), at: datetime() }, key: { pk: 'E#{day}#8', sk: '{at}#X' } })
  const model = defineModel({
    table,
    entities: { Order, Event, Alarm, Ninth },
    accessPatterns: {
      all: query(Order).index('GSI1'),
      ofCustomer: query(Order).index('GSI2'),
      random: query(Order).index('Keys').hydrate(),
      event: get(Event),
      events: query(Event),
      eventsOfDevice: query(Event).index('Local'),
      inverse: query(Event).index('Inverted'),
      alarms: query(Alarm),
      collected: itemCollection({ alarms: many(Alarm) }),
      scanned: scan(Event),
    },
  })
  const { patterns } = connect(model, { client: new DynamoDBClient({ region: 'us-east-1' }) })

  const requests: Record<keyof typeof patterns, string> = {
    all: '4, in parallel; 1 when customer is given',
    ofCustomer: '9, in parallel; up to 2, in parallel when account is given',
    random: '3, in parallel + 1 BatchGetItem per 100 items',
    event: '1',
    events: '8, in parallel; 1 when at, device are given',
    eventsOfDevice: '8, in parallel',
    inverse: '1',
    alarms: '1',
    collected: '1',
    scanned: '1 per MB of the table',
  }
  for (const [name, expected] of Object.entries(requests))
    it(`of ${name} says that a page takes ${expected}`, () => {
      expect(patterns[name as keyof typeof patterns].explain().requests).to.equal(expected)
    })

  it('has the attribute that tells the shard among its inputs', () => {
    expect(patterns.all.explain().inputs).to.deep.equal([
      { attribute: 'placedAt', key: 'sort', required: false, type: 'datetime' },
      { attribute: 'customer', key: 'shard', required: false, type: 'string' },
    ])
    // Here it is one of the sort key's already.
    expect(patterns.ofCustomer.explain().inputs.map(({ attribute }) => attribute)).to.deep.equal([
      'customer',
      'account',
      'placedAt',
    ])
  })

  it('has no shard among its inputs, and in an inverted index nothing that stands behind it', () => {
    expect(patterns.events.explain().inputs.map(({ attribute }) => attribute)).to.deep.equal(['day', 'at', 'device'])
    expect(patterns.inverse.explain().inputs.map(({ attribute }) => attribute)).to.deep.equal(['at', 'device', 'day'])
  })

  it('tells what the shard is told by', () => {
    expect(patterns.alarms.explain().notes).to.deep.equal(['Written to 8 shards; device tells which one.'])
    expect(patterns.all.explain().notes).to.include(
      'Written to 4 shards; a page asks all of them and merges the answers in order. When customer is given, that tells which one: the page asks no other and filters by customer.',
    )
    expect(patterns.ofCustomer.explain().notes).to.include(
      'Written to 9 shards; a page asks all of them and merges the answers in order. When account is given, that tells which 2 of them, for their number has changed: the page asks no other.',
    )
  })

  it('counts a page of every shard that is asked', () => {
    const [many = 0, single = 0] = [patterns.events, patterns.alarms].map(
      (pattern) => pattern.explain().estimate.readUnitsPerPage,
    )
    expect(many).to.equal(8 * single)
  })

  it('has in its range only entities whose keys can have one of its shards', () => {
    expect(patterns.events.explain().entitiesInRange).to.deep.equal(['Event'])
  })
})
