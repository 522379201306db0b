// A small model that has every kind of access pattern, key and attribute, and texts that are unkind to Markdown.
import { z } from 'zod'
import {
  collectSamples,
  type DocumentedModel,
  describeModel,
  type ModelDocumentation,
  type Samples,
} from '../../lib/docs/index.ts'
import {
  binary,
  boolean,
  createdAt,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  get,
  inverted,
  itemCollection,
  list,
  literal,
  many,
  map,
  number,
  one,
  oneOf,
  query,
  record,
  scan,
  string,
  stringSet,
  ulid,
  union,
  version,
} from '../../lib/index.ts'
import { startLocal } from '../../lib/local/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'

export const table = defineTable({
  name: 'shop',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    Queue: { partitionKey: 'QueuePK', sortKey: 'QueueSK', projection: 'KEYS_ONLY' },
    ByCity: { partitionKey: 'city', sortKey: { name: 'points', type: 'number' }, projection: ['n'] },
    Inverted: { partitionKey: 'SK', sortKey: 'PK' },
    ByDate: { type: 'local', sortKey: 'LSI1SK' },
  },
  timeToLive: 'expires',
})

const customerId = () => string({ min: 1, max: 20 }).example('c#1')

export const Customer = defineEntity('Customer', {
  description: 'Somebody who buys | or <might>.\nOne line more.',
  attributes: {
    customerId: customerId(),
    name: string().storedAs('n').describe('A `name` | with *marks*').example('Ada | <b>Lovelace</b>'),
    email: string({ pattern: /^[^@|\s]+@\S+$/ })
      .check((email) => email === email.toLowerCase())
      .example('ada@example.com'),
    city: string().default('Zürich').readOnly(),
    points: number({ min: 0, max: 1_000_000, integer: true }).example(1200),
    password: string().hidden().example('secret'),
    address: map({ street: string().storedAs('s').example('Lane 1'), lines: list(string({ max: 9 }), { max: 2 }) })
      .optional()
      .example({ street: 'Lane 1', lines: ['a'] }),
    settings: z.object({ dark: z.boolean() }).optional(),
    version: version(),
    createdAt: createdAt().example(new Date('2030-01-02T03:04:05Z')),
  },
  key: { pk: 'CUSTOMER#{customerId}', sk: 'PROFILE#{customerId}' },
  indexes: { GSI1: { pk: 'EMAIL#{email}', sk: 'CUSTOMER' }, ByCity: { pk: '{city}', sk: '{points}' } },
  unique: { email: 'CUSTOMER_EMAIL#{email}', place: 'CUSTOMER_PLACE#{city}#{points}' },
})

export const Order = defineEntity('Order', {
  attributes: {
    customerId: customerId(),
    orderId: ulid().example('01KEZ0G8M0ABCDEFGHJKMNPQRS'),
    status: oneOf('open', 'paid').default('open').example('open'),
    placedAt: datetime().default('now').example(new Date('2030-01-01T10:20:30.400Z')),
    total: number({ min: 0 }).example(12.5),
    tags: stringSet()
      .optional()
      .example(new Set(['x', 'y'])),
    lines: list(map({ sku: string().example('s1'), gift: boolean().example(false) }), { min: 1 }).example([
      { sku: 's1', gift: false },
    ]),
    prices: record(map({ amount: number().example(1) })).example({ 'a b': { amount: 1 } }),
    payment: union(map({ kind: literal('card'), last4: string() }), map({ kind: literal('cash') })).example({ kind: 'cash' }),
    seal: binary({ max: 32 }).example(new Uint8Array([1, 2, 255])),
    paidAt: datetime().optional(),
  },
  key: { pk: 'CUSTOMER#{customerId}', sk: 'ORDER#{orderId}' },
  indexes: {
    GSI1: { pk: 'ORDERS#{status}', sk: '{placedAt}', shards: { count: 3, from: 2 } },
    Queue: { pk: 'OPEN', sk: '{placedAt}', when: { status: 'open' } },
    ByDate: { sk: '{placedAt}' },
    Inverted: inverted(),
  },
})

export const Ticket = defineEntity('Ticket', {
  attributes: {
    ticketId: string().example('t1'),
    resolvedAt: datetime().optional(),
    expires: expiresAt().example(new Date('2031-01-01T00:00:00Z')),
  },
  key: { pk: 'TICKET#{ticketId}', sk: 'TICKET#{ticketId}' },
  indexes: { Queue: { pk: 'RESOLVED', sk: '{resolvedAt}' } },
  unique: { resolution: 'TICKET_RESOLVED#{resolvedAt}' },
})

export const shop = defineModel({
  table,
  entities: { Customer, Orders: Order, Ticket },
  accessPatterns: {
    customer: get(Customer).consistent().select('name', 'email').describe('One | customer').rate({ perSecond: 0.5 }),
    customerByEmail: query(Customer).index('GSI1').one().describe('# Sign in\n- with <email>'),
    bestInCity: query(Customer).index('ByCity').descending().select('name', 'points').rate({ perSecond: 0.001 }),
    orders: query(Order).rate({ perSecond: 20 }),
    ordersSince: query(Order).index('ByDate').descending().consistent(),
    ordersByStatus: query(Order).index('GSI1').descending(),
    openOrders: query(Order).index('Queue').hydrate(),
    bigOrders: query(Order).where({ total: { gte: 10 } }),
    orderById: query(Order).index('Inverted').one(),
    customerWithOrders: itemCollection({ customer: one(Customer), orders: many(Order) }).descending(),
    allTickets: scan(Ticket).segments(2).describe('Export'),
    'odd name': get(Ticket),
  },
})

/** The documentation of a model, with samples from a fresh engine. */
export async function documented(model: DocumentedModel): Promise<{ documentation: ModelDocumentation; samples: Samples }> {
  const documentation = describeModel(model, { connectedAs: 'shop' })
  const engine = await startLocal({ clock: documentation.now })
  try {
    await createTable(model, engine.client())
    return { documentation, samples: await collectSamples(model, { client: engine.client(), documentation }) }
  } finally {
    await engine.close()
  }
}
