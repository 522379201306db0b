// A consumer that writes TypeScript and publishes types of its own.
import {
  type Connected,
  type CreateInput,
  connect,
  createTable,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  type Item,
  itemCollection,
  many,
  number,
  one,
  query,
  string,
  ulid,
} from 'singlet'
import { startLocal } from 'singlet/local'

export const table = defineTable({ name: 'shop', partitionKey: 'PK', sortKey: 'SK' })
export const Customer = defineEntity('Customer', {
  attributes: { customerId: string(), name: string() },
  key: { pk: 'CUSTOMER#{customerId}', sk: 'PROFILE' },
})
export const Order = defineEntity('Order', {
  attributes: { customerId: string(), orderId: ulid(), total: number({ min: 0 }), placedAt: datetime().default('now') },
  key: { pk: 'CUSTOMER#{customerId}', sk: 'ORDER#{orderId}' },
})
export const shop = defineModel({
  table,
  entities: { Customer, Order },
  accessPatterns: { orders: query(Order), everything: itemCollection({ customer: one(Customer), orders: many(Order) }) },
})
export type OrderItem = Item<typeof Order>
export const draft: CreateInput<typeof Order> = { customerId: 'c1', total: 5 }

export async function run(): Promise<Date | undefined> {
  const engine = await startLocal()
  const client = engine.client()
  await createTable(shop, client)
  const connected: Connected<typeof shop.entities, typeof shop.accessPatterns> = connect(shop, { client })
  const order: OrderItem = await connected.entities.Order.create(draft)
  // @ts-expect-error a customer has no total
  await connected.entities.Customer.create({ customerId: 'c1', name: 'Ada', total: 1 })
  const { customer, orders } = await connected.patterns.everything({ customerId: order.customerId })
  const name: string | undefined = customer?.name
  return name === undefined ? orders[0]?.placedAt : undefined
}
