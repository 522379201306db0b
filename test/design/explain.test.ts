// Plans: what explain() says of each kind of pattern, as data and as text.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import {
  connect,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  get,
  inverted,
  itemCollection,
  many,
  number,
  one,
  oneOf,
  or,
  type Plan,
  query,
  scan,
  string,
} from '../../lib/index.ts'

const table = defineTable({
  name: 'plans',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GPK', sortKey: 'GSK' },
    Keys: { partitionKey: 'KPK', sortKey: 'KSK', projection: 'KEYS_ONLY' },
    Inverted: { partitionKey: 'SK', sortKey: 'PK' },
  },
  timeToLive: 'expires',
})
const User = defineEntity('User', {
  attributes: { userId: string(), email: string() },
  key: { pk: 'USER#{userId}', sk: 'PROFILE' },
  indexes: { GSI1: { pk: 'EMAIL#{email}', sk: 'USER' } },
})
const Order = defineEntity('Order', {
  attributes: { userId: string(), orderId: string(), state: oneOf('open', 'paid'), total: number(), placedAt: datetime() },
  key: { pk: 'USER#{userId}', sk: 'ORDER#{orderId}' },
  indexes: {
    GSI1: { pk: 'STATE#{state}', sk: '{placedAt}', shards: { count: 8 } },
    Keys: { pk: 'KEYS', sk: '{placedAt}' },
    Inverted: inverted(),
  },
})
const Item = defineEntity('Item', {
  attributes: { userId: string(), orderId: string(), line: number() },
  key: { pk: 'USER#{userId}', sk: 'ORDER#{orderId}#LINE#{line}' },
  indexes: { Keys: { pk: 'KEYS', sk: '{userId}' } },
})
const Session = defineEntity('Session', {
  attributes: { userId: string(), id: string(), until: expiresAt().storedAs('expires') },
  key: { pk: 'USER#{userId}', sk: 'SESSION#{id}' },
})
const model = defineModel({
  table,
  entities: { User, Order, Item, Session },
  accessPatterns: {
    order: get(Order).consistent().describe('One order'),
    userByEmail: query(User).index('GSI1').one(),
    orders: query(Order).descending(),
    items: query(Item),
    bigOrders: query(Order).where(or({ total: { gte: 100 } }, { state: ['open'] })),
    byState: query(Order).index('GSI1'),
    recent: query(Order).index('Keys').hydrate(),
    recentIds: query(Order).index('Keys').select('orderId', 'placedAt'),
    buyers: query(Order).index('Inverted'),
    sessions: query(Session),
    account: itemCollection({ user: one(User), orders: many(Order) }),
    everything: scan(Order).segments(3),
  },
})
type Name = keyof typeof model.accessPatterns

const { patterns } = connect(model, { client: new DynamoDBClient({ region: 'us-east-1' }) })

const plans: Record<Name, Partial<Plan>> = {
  order: {
    kind: 'get',
    operation: 'GetItem',
    description: 'One order',
    keyCondition: 'PK = USER#{userId} AND SK = ORDER#{orderId}',
    consistent: true,
    order: 'none',
    requests: '1',
    entities: ['Order'],
    // The items of an order begin with its key, but no other key is its own.
    entitiesInRange: ['Order'],
    notes: [],
  },
  userByEmail: {
    index: 'GSI1',
    keyCondition: 'GPK = EMAIL#{email} AND GSK = USER',
    entitiesInRange: ['User'],
    requests: '1',
    notes: ['Eventually consistent: a global index may lag behind the table for a moment.'],
  },
  orders: {
    kind: 'query',
    operation: 'Query',
    keyCondition: 'PK = USER#{userId} AND begins_with(SK, ORDER#)',
    filter: '_type = Order',
    order: 'descending',
    consistent: false,
    entitiesInRange: ['Order', 'Item'],
    returns: ['userId', 'orderId', 'state', 'total', 'placedAt'],
    inputs: [
      { attribute: 'userId', key: 'partition', required: true, type: 'string' },
      { attribute: 'orderId', key: 'sort', required: false, type: 'string' },
    ],
    notes: ['Items of Item lie in the range too; they are read, paid for and filtered out.'],
  },
  items: { filter: '_type = Item', entitiesInRange: ['Order', 'Item'] },
  bigOrders: { filter: '_type = Order AND (total >= 100) OR (state IN (open))' },
  byState: {
    keyCondition: 'GPK = STATE#{state}#{shard}',
    requests: '8, in parallel',
    entitiesInRange: ['Order'],
    inputs: [
      { attribute: 'state', key: 'partition', required: true, type: 'oneOf' },
      { attribute: 'placedAt', key: 'sort', required: false, type: 'datetime' },
    ],
  },
  recent: {
    requests: '1 + 1 BatchGetItem per 100 items',
    entitiesInRange: ['Order', 'Item'],
    returns: ['userId', 'orderId', 'state', 'total', 'placedAt'],
    notes: [
      'Eventually consistent: a global index may lag behind the table for a moment.',
      'Items of Item lie in the range too; they are read, paid for and told apart by their keys.',
      'The index does not hold whole items; they are fetched from the table, in order.',
    ],
  },
  recentIds: { requests: '1', returns: ['orderId', 'placedAt'] },
  buyers: { keyCondition: 'SK = ORDER#{orderId} AND begins_with(PK, USER#)', entitiesInRange: ['Order'] },
  sessions: { filter: 'expires > now', entitiesInRange: ['Session'], notes: [] },
  account: {
    kind: 'itemCollection',
    keyCondition: 'PK = USER#{userId} AND SK BETWEEN ORDER# AND PROFILE',
    filter: '_type IN (User, Order)',
    entities: ['User', 'Order'],
    entitiesInRange: ['User', 'Order', 'Item'],
    inputs: [{ attribute: 'userId', key: 'partition', required: true, type: 'string' }],
  },
  everything: {
    operation: 'Scan',
    keyCondition: 'none: every item is read',
    filter: '_type = Order',
    inputs: [],
    order: 'none',
    requests: '3 segments in parallel, 1 per MB of the table',
    entitiesInRange: ['User', 'Order', 'Item', 'Session'],
  },
}

describe('explain()', () => {
  for (const [name, expected] of Object.entries(plans))
    it(`of ${name}`, () => {
      const plan = patterns[name as Name].explain()
      expect(plan.pattern).to.equal(name)
      for (const [property, value] of Object.entries(expected))
        expect(plan[property as keyof Plan], property).to.deep.equal(value)
    })

  it('has no filter where only wanted items are in range', () => {
    for (const name of ['order', 'userByEmail', 'byState', 'buyers'] as const)
      expect(patterns[name].explain()).not.to.have.property('filter')
  })

  it('is plain data that survives JSON, and prints as text', () => {
    const plan = patterns.orders.explain()
    expect(JSON.parse(JSON.stringify(plan))).to.deep.include({ pattern: 'orders', filter: '_type = Order' })
    expect(Object.isFrozen(plan)).to.equal(true)
    const lines = String(plan).split('\n')
    expect(lines[0]).to.equal('orders')
    expect(lines.map((line) => line.slice(2, 12).trim())).to.deep.equal([
      'ders',
      'input',
      'operation',
      'key',
      'filter',
      'order',
      'requests',
      'in range',
      'cost',
      'note',
    ])
    expect(String(plan)).to.include('input      userId: string, orderId?: string')
  })

  it('estimates more for shards, for consistency and for items that are fetched', () => {
    const units = (name: Name) => patterns[name].explain().estimate.readUnitsPerPage
    expect(units('order')).to.equal(1)
    expect(units('userByEmail')).to.equal(0.5)
    expect(units('byState')).to.equal(8 * units('orders'))
    expect(units('recent')).to.equal(units('orders') + 25 * 0.5)
  })
})
