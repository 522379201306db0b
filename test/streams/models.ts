// A model whose entities show what changes must get right: renamed and hidden attributes, binary, times, expiry.
import {
  binary,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  map,
  number,
  oneOf,
  string,
  stringSet,
} from '../../lib/index.ts'

export const table = defineTable({
  name: 'shop',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
  timeToLive: 'expires',
})

export const Order = defineEntity('Order', {
  attributes: {
    userId: string(),
    placedAt: datetime(),
    status: oneOf('pending', 'paid'),
    total: number().storedAs('t'),
    tags: stringSet().optional(),
    address: map({ city: string() }).optional(),
    secret: string().optional().hidden(),
  },
  key: { pk: 'USER#{userId}', sk: 'ORDER#{placedAt}' },
  indexes: { GSI1: { pk: 'STATUS#{status}', sk: '{placedAt}' } },
})

export const Session = defineEntity('Session', {
  attributes: { token: string(), image: binary(), expires: expiresAt().optional() },
  key: { pk: 'SESSION#{token}', sk: 'SESSION' },
})

export const shop = defineModel({ table, entities: { Order, Session } })
