// Types of tables, entities and access patterns, checked by the compiler alone: their inputs and results, and which uses are refused.
import { z } from 'zod'
import {
  type AnyEntity,
  bigint,
  type Collection,
  type CreateInput,
  connect,
  datetime,
  decimal,
  defineEntity,
  defineModel,
  defineTable,
  get,
  type Item,
  inverted,
  itemCollection,
  type Key,
  many,
  number,
  one,
  oneOf,
  type PatternInput,
  type PatternResult,
  query,
  type RangeCondition,
  scan,
  string,
  type UpdateInput,
  ulid,
  version,
} from '../../lib/index.ts'
import { type Equal, holds } from './equal.ts'

const table = defineTable({
  name: 'shop',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    Inverted: { partitionKey: 'SK', sortKey: 'PK' },
    Local: { type: 'local', sortKey: 'LSK' },
  },
})

const Order = defineEntity('Order', {
  attributes: {
    userId: string(),
    orderId: ulid(),
    status: oneOf('open', 'paid').default('open'),
    total: number(),
    score: bigint(),
    price: decimal(),
    placedAt: datetime().default('now'),
    note: string().optional(),
    email: z.string(),
    secret: string().hidden(),
    version: version(),
  },
  key: { pk: 'USER#{userId}', sk: 'ORDER#{orderId}' },
  indexes: {
    GSI1: {
      pk: 'S#{status}#{shard}',
      sk: '{placedAt:desc}#N{note}',
      when: { status: ['open'], total: { gte: 1 } },
      shards: { count: 4 },
    },
    Inverted: inverted(),
    Local: { sk: '{score}#{price}' },
  },
})
const User = defineEntity('User', {
  attributes: { userId: string(), name: string() },
  key: { pk: 'USER#{userId}', sk: 'PROFILE' },
})
const Setting = defineEntity('Setting', { attributes: { name: string(), value: number() }, key: { pk: 'SETTING#{name}' } })

const byUser = query(Order)
const byStatus = query(Order).index('GSI1').descending()
const byId = query(Order).index('Inverted')
const byScore = query(Order).index('Local').consistent()
const first = query(Order).index('GSI1').one().describe('The first')
const some = query(Order).select('orderId', 'total')
const single = get(Order).select('total')
const all = scan(Order).segments(2)
const together = itemCollection({ user: one(User), orders: many(Order) })

holds<Equal<PatternInput<typeof byUser>, { readonly userId: string; readonly orderId?: string | RangeCondition<string> }>>()
holds<
  Equal<
    PatternInput<typeof byStatus>,
    {
      readonly status: 'open' | 'paid'
      readonly placedAt?: Date | RangeCondition<Date>
      readonly note?: string | RangeCondition<string>
    }
  >
>()
holds<Equal<PatternInput<typeof byId>, { readonly orderId: string; readonly userId?: string | RangeCondition<string> }>>()
holds<
  Equal<
    PatternInput<typeof byScore>,
    {
      readonly userId: string
      readonly score?: bigint | RangeCondition<bigint>
      readonly price?: string | RangeCondition<string>
    }
  >
>()
holds<Equal<PatternInput<typeof first>, PatternInput<typeof byStatus>>>()
holds<Equal<PatternInput<typeof single>, { readonly userId: string; readonly orderId: string }>>()
holds<Equal<PatternInput<typeof together>, { readonly userId: string }>>()
holds<Equal<PatternResult<typeof byStatus>, Item<typeof Order>>>()
holds<Equal<PatternResult<typeof some>, Pick<Item<typeof Order>, 'orderId' | 'total'>>>()
holds<Equal<PatternResult<typeof single>, { total: number }>>()
holds<Equal<PatternResult<typeof all>, Item<typeof Order>>>()
holds<Equal<PatternResult<typeof together>, { user: Item<typeof User> | undefined; orders: Item<typeof Order>[] }>>()
holds<
  Equal<PatternResult<typeof together>, Collection<{ user: ReturnType<typeof oneUser>; orders: ReturnType<typeof manyOrders> }>>
>()
const oneUser = () => one(User)
const manyOrders = () => many(Order)
holds<Equal<Key<typeof Setting>, { readonly name: string }>>()
holds<Equal<PatternInput<typeof setting>, { readonly name: string }>>()
const setting = query(Setting)

// Entities that are not known are records.
holds<Equal<Item<AnyEntity>, Record<string, unknown>>>()
holds<Equal<CreateInput<AnyEntity>, Record<string, unknown>>>()
holds<Equal<UpdateInput<AnyEntity>, Readonly<Record<string, unknown>>>>()
export const widest: readonly AnyEntity[] = [Order, User, Setting]

declare const client: Parameters<typeof connect>[1]['client']
const entities = { Order, User }
const accessPatterns = { byUser, byStatus, byId, byScore, first, some, single, all, together }
const shop = connect(defineModel({ table, entities, accessPatterns }), { client })

export async function accepted(now: Date) {
  const page = await shop.patterns.byStatus({ status: 'open', placedAt: { gte: now, lt: now } }, { limit: 5 })
  holds<Equal<typeof page.items, Item<typeof Order>[]>>()
  holds<Equal<typeof page.cursor, string | undefined>>()
  for await (const order of shop.patterns.some({ userId: 'u' })) holds<Equal<typeof order, { orderId: string; total: number }>>()
  holds<Equal<typeof found, Item<typeof Order> | undefined>>()
  const found = await shop.patterns.first({ status: 'paid' })
  const { user, orders, cursor } = await shop.patterns.together({ userId: 'u' })
  holds<Equal<typeof user, Item<typeof User> | undefined>>()
  holds<Equal<typeof orders, Item<typeof Order>[]>>()
  holds<Equal<typeof cursor, string | undefined>>()
  await shop.patterns.all({})
  shop.patterns.byUser({ userId: 'u', orderId: { beginsWith: '01' } }).params()
  return shop.patterns.single.explain()
}

export function refusedCalls(now: Date) {
  // @ts-expect-error a partition attribute is missing
  shop.patterns.byStatus({ placedAt: now })
  // @ts-expect-error a partition attribute as a range
  shop.patterns.byStatus({ status: { gte: 'open' } })
  // @ts-expect-error a range of another type
  shop.patterns.byStatus({ status: 'open', placedAt: { gte: '2024' } })
  // @ts-expect-error an unknown bound
  shop.patterns.byStatus({ status: 'open', placedAt: { after: now } })
  // @ts-expect-error an attribute of no template
  shop.patterns.byStatus({ status: 'open', total: 1 })
  // @ts-expect-error no number of a shard
  shop.patterns.byStatus({ status: 'open', shard: 1 })
  // @ts-expect-error an item has no limit
  shop.patterns.first({ status: 'open' }, { limit: 1 })
  // @ts-expect-error an unknown option
  shop.patterns.byUser({ userId: 'u' }, { limt: 1 })
}

export function refusedPatterns() {
  // @ts-expect-error an unknown index
  query(Order).index('GSI2')
  // @ts-expect-error an index of the table that the entity is not in
  query(User).index('GSI1')
  // @ts-expect-error an unknown attribute
  query(Order).select('totl')
  // @ts-expect-error a hidden attribute
  query(Order).select('secret')
  // @ts-expect-error an attribute that is not selected any more
  query(Order).select('total').select('status')
  // @ts-expect-error an unknown attribute in a condition
  query(Order).where({ stauts: 'open' })
  // @ts-expect-error a value of another type in a condition
  scan(Order).where({ total: '1' })
  // @ts-expect-error an unknown unit
  query(Order).rate({ perMinute: 1 })
  // @ts-expect-error a get has no index
  get(Order).index('GSI1')
  // @ts-expect-error no entity
  query(table)
  // @ts-expect-error a bare entity is no member
  itemCollection({ user: User })
  // @ts-expect-error an entity is no pattern
  defineModel({ table, entities, accessPatterns: { User } })
  // @ts-expect-error a pattern is no entity
  defineModel({ table, entities: { byUser } })
  // @ts-expect-error an unknown option
  defineModel({ table, entities, accesPatterns })
}

const attributes = { id: string(), status: oneOf('open', 'paid'), total: number() }
export function refusedEntities() {
  // @ts-expect-error a misspelt placeholder
  defineEntity('A', { attributes, key: { pk: 'A#{ide}', sk: 'A' } })
  // @ts-expect-error a misspelt placeholder behind others
  defineEntity('A', { attributes, key: { pk: 'A#{id}', sk: '{status}#{totl}' } })
  // @ts-expect-error a key without pk
  defineEntity('A', { attributes, key: { sk: 'A' } })
  // @ts-expect-error a misspelt placeholder of an index
  defineEntity('A', { attributes, key: { pk: '{id}' }, indexes: { GSI1: { pk: '{stauts}' } } })
  // @ts-expect-error an unknown option of an index
  defineEntity('A', { attributes, key: { pk: '{id}' }, indexes: { GSI1: { pk: 'A', skk: 'B' } } })
  // @ts-expect-error an unknown attribute in a predicate
  defineEntity('A', { attributes, key: { pk: '{id}' }, indexes: { GSI1: { pk: 'A', when: { stauts: 'open' } } } })
  // @ts-expect-error a value of another type in a predicate
  defineEntity('A', { attributes, key: { pk: '{id}' }, indexes: { GSI1: { pk: 'A', when: { status: 'opne' } } } })
  // @ts-expect-error an unknown test in a predicate
  defineEntity('A', { attributes, key: { pk: '{id}' }, indexes: { GSI1: { pk: 'A', when: { total: { gtee: 1 } } } } })
  // @ts-expect-error shards without a count
  defineEntity('A', { attributes, key: { pk: '{id}' }, indexes: { GSI1: { pk: 'A', shards: { from: 1 } } } })
  // @ts-expect-error an unknown option
  defineEntity('A', { attributes, key: { pk: '{id}' }, indices: {} })
  // @ts-expect-error a type by name
  defineEntity('A', { attributes: { id: 'string' }, key: { pk: '{id}' } })
  // @ts-expect-error a misspelt option
  defineTable({ name: 'shop', partitonKey: 'PK' })
  // @ts-expect-error a projection that does not exist
  defineTable({ name: 'shop', partitionKey: 'PK', indexes: { GSI1: { partitionKey: 'A', projection: 'KEYS' } } })
  // @ts-expect-error a local index has the table's partition key
  defineTable({ name: 'shop', partitionKey: 'PK', indexes: { LSI1: { type: 'local', partitionKey: 'A', sortKey: 'B' } } })
}
