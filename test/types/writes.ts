// Types of entities and their operations, checked by the compiler alone: what each accepts and answers, and which uses are refused.
import * as v from 'valibot'
import { z } from 'zod'
import {
  add,
  addToSet,
  and,
  append,
  bigint,
  type CreateInput,
  connect,
  createdAt,
  datetime,
  decimal,
  defineEntity,
  defineModel,
  defineTable,
  type Item,
  ifNotExists,
  type Key,
  list,
  literal,
  map,
  not,
  number,
  oneOf,
  or,
  type PutInput,
  patch,
  prepend,
  remove,
  removeFromSet,
  string,
  stringSet,
  type UpdateInput,
  type UpsertInput,
  ulid,
  union,
  version,
} from '../../lib/index.ts'
import { type Equal, holds } from './equal.ts'

const table = defineTable({ name: 'shop', partitionKey: 'PK', sortKey: 'SK' })

const Order = defineEntity('Order', {
  attributes: {
    userId: string(),
    orderId: ulid(),
    status: oneOf('pending', 'paid').default('pending'),
    total: number(),
    placedAt: datetime().default('now'),
    note: string().optional(),
    source: string().readOnly(),
    secret: string().hidden(),
    version: version(),
    made: createdAt(),
  },
  key: { pk: 'USER#{userId}', sk: 'ORDER#{orderId}' },
})

holds<Equal<Key<typeof Order>, { readonly userId: string; readonly orderId: string }>>()
holds<
  Equal<
    Item<typeof Order>,
    {
      userId: string
      orderId: string
      status: 'pending' | 'paid'
      total: number
      placedAt: Date
      source: string
      version: number
      made: Date
      note?: string
    }
  >
>()
interface Given {
  userId: string
  total: number
  source: string
  secret: string
  orderId?: string
  status?: 'pending' | 'paid'
  placedAt?: Date
  note?: string
}
holds<Equal<CreateInput<typeof Order>, { [N in keyof Given]: Given[N] }>>()
holds<Equal<PutInput<typeof Order>['version'], number | undefined>>()
holds<Equal<keyof PutInput<typeof Order>, keyof Given | 'version'>>()
/** What an update may set; the others are there as `never`. */
type Settable<U> = { [N in keyof U]-?: Exclude<U[N], undefined> extends never ? never : N }[keyof U]
holds<Equal<Settable<UpdateInput<typeof Order>>, 'status' | 'total' | 'placedAt' | 'note' | 'secret'>>()
holds<Equal<Settable<UpsertInput<typeof Order>>, 'status' | 'total' | 'placedAt' | 'note' | 'secret' | 'source'>>()

declare const client: Parameters<typeof connect>[1]['client']
const Basket = defineEntity('Basket', {
  attributes: {
    id: string(),
    count: bigint(),
    price: decimal(),
    tags: stringSet(),
    lines: list(map({ sku: string(), note: string().optional() })),
    address: map({ city: string(), note: string().optional(), visits: number() }),
    payment: union(map({ kind: literal('card'), last4: string() }), map({ kind: literal('cash') })).optional(),
    email: z.email(),
    nick: z.string().optional(),
    level: v.optional(v.number(), 1),
    code: v.pipe(v.string(), v.transform(Number)),
  },
  key: { pk: 'BASKET#{id}', sk: 'BASKET' },
})
const shop = connect(defineModel({ table, entities: { Order, Basket } }), { client })
const { Order: orders, Basket: baskets } = shop.entities
const key = { userId: 'u', orderId: 'o' }

export async function accepted(item: Item<typeof Order>) {
  holds<Equal<typeof created, Item<typeof Order>>>()
  const created = await orders.create({ userId: 'u', total: 1, source: 'web', secret: 's' }, { if: { status: 'pending' } })
  const got = await orders.get(key, { consistent: true, select: ['total', 'secret'] })
  holds<Equal<typeof got, Item<typeof Order> | undefined>>()
  await orders.put({ ...item, secret: 's' })
  await orders.update(key, { status: 'paid', total: add(5), note: remove(), placedAt: ifNotExists(new Date()) })
  await orders.update(
    key,
    { total: 1 },
    { if: and({ total: { gte: 1 } }, or({ note: { exists: false } }, not({ status: 'paid' }))) },
  )
  await orders.update(key, { status: 'paid' }, { known: { placedAt: item.placedAt }, version: 3 })
  await orders.update(key, { total: 1, source: 'web', secret: 's' }, { upsert: true })
  await orders.delete(key, { if: { status: ['pending', 'paid'] }, version: 1 })
  await baskets.update({ id: 'b' }, { count: add(1n), price: add('0.5'), tags: addToSet('a') })
  await baskets.update({ id: 'b' }, { lines: append([{ sku: 'a' }]), tags: removeFromSet('a') })
  await baskets.update({ id: 'b' }, { lines: prepend([{ sku: 'a', note: 'b' }]), payment: { kind: 'cash' } })
  await baskets.update({ id: 'b' }, { address: patch({ city: 'Bern', visits: add(1), note: remove() }), payment: remove() })
  await baskets.update(
    { id: 'b' },
    { count: 1n },
    { if: { address: { city: { beginsWith: 'B' } }, tags: { contains: 'a' }, lines: { size: 2 } } },
  )
  const basket = await baskets.create({
    ...{ id: 'b', count: 1n, price: '1', tags: new Set(['a']), lines: [], address: { city: 'Bern', visits: 1 } },
    ...{ email: 'a@b.c', code: '12' },
  })
  holds<Equal<typeof basket.code, number>>()
  holds<Equal<typeof basket.level, number>>()
  holds<Equal<typeof basket.nick, string | undefined>>()
  holds<Equal<typeof basket.payment, { kind: 'card'; last4: string } | { kind: 'cash' } | undefined>>()
  await shop.transactWrite([orders.create(item as never), baskets.delete({ id: 'b' })])
}

export function refusedCreates() {
  const given = { userId: 'u', total: 1, source: 'web', secret: 's' }
  // @ts-expect-error an unknown attribute
  orders.create({ ...given, totl: 1 })
  // @ts-expect-error a required attribute is missing
  orders.create({ userId: 'u', source: 'web', secret: 's' })
  // @ts-expect-error a value of another type
  orders.create({ ...given, total: '1' })
  // @ts-expect-error no choice
  orders.create({ ...given, status: 'opne' })
  // @ts-expect-error the version is written by Singlet
  orders.create({ ...given, version: 1 })
  // @ts-expect-error an unknown attribute in a condition
  orders.create(given, { if: { stauts: 'paid' } })
  // @ts-expect-error a value of another type in a condition
  orders.create(given, { if: { total: 'a' } })
  // @ts-expect-error an unknown test
  orders.create(given, { if: { total: { above: 1 } } })
  // @ts-expect-error an unknown attribute in joined conditions
  orders.create(given, { if: or({ stauts: 'paid' }, { total: 1 }) })
  // @ts-expect-error an unknown attribute of a map in a condition
  baskets.delete({ id: 'b' }, { if: { address: { ctiy: 'Bern' } } })
}

export function refusedUpdates(item: Item<typeof Order>) {
  // @ts-expect-error an unknown attribute
  orders.update(key, { totl: 1 })
  // @ts-expect-error part of the key
  orders.update(key, { userId: 'v' })
  // @ts-expect-error read-only
  orders.update(key, { source: 'app' })
  // @ts-expect-error written by Singlet
  orders.update(key, { version: 4 })
  // @ts-expect-error written by Singlet
  orders.update(key, { made: new Date() })
  // @ts-expect-error a whole item is no change
  orders.update(key, item)
  // @ts-expect-error only optional attributes can be removed
  orders.update(key, { total: remove() })
  // @ts-expect-error only optional attributes of a map can be removed
  baskets.update({ id: 'b' }, { address: patch({ city: remove() }) })
  // @ts-expect-error a number is added to a number
  orders.update(key, { total: add(1n) })
  // @ts-expect-error nothing is added to text
  orders.update(key, { note: add(1) })
  // @ts-expect-error a bigint is added to a bigint
  baskets.update({ id: 'b' }, { count: add(1) })
  // @ts-expect-error a decimal is added to a decimal
  baskets.update({ id: 'b' }, { price: add(0.5) })
  // @ts-expect-error elements of the list's type
  baskets.update({ id: 'b' }, { lines: append([{ sku: 1 }]) })
  // @ts-expect-error elements of the set's type
  baskets.update({ id: 'b' }, { tags: addToSet(1) })
  // @ts-expect-error no attribute of the map
  baskets.update({ id: 'b' }, { address: patch({ ctiy: 'Bern' }) })
  // @ts-expect-error no value of the union
  baskets.update({ id: 'b' }, { payment: { kind: 'cheque' } })
  // @ts-expect-error known values are the item's
  orders.update(key, { status: 'paid' }, { known: { placedAt: '2024' } })
  // @ts-expect-error an unknown attribute among the known
  orders.update(key, { status: 'paid' }, { known: { placdAt: new Date() } })
  // @ts-expect-error an upsert carries all that a create needs
  orders.update(key, { total: 1 }, { upsert: true })
  // @ts-expect-error half a key
  orders.update({ userId: 'u' }, { total: 1 })
  // @ts-expect-error no attribute of the key
  orders.get({ ...key, total: 1 })
  // @ts-expect-error an unknown attribute is selected
  orders.get(key, { select: ['totl'] })
  // @ts-expect-error an unknown option
  orders.get(key, { consistnt: true })
}
