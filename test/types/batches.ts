// Types of batches and transactions, checked by the compiler alone: tuples in give tuples out, and which operations are refused.
import {
  connect,
  defineEntity,
  defineModel,
  defineTable,
  type GetOperation,
  get,
  type Item,
  number,
  query,
  string,
  UnprocessedError,
  type WriteOperation,
} from '../../lib/index.ts'
import { type Equal, holds } from './equal.ts'

const table = defineTable({ name: 'shop', partitionKey: 'PK', sortKey: 'SK' })
const User = defineEntity('User', { attributes: { id: string(), name: string() }, key: { pk: 'USER#{id}', sk: 'USER' } })
const Stock = defineEntity('Stock', {
  attributes: { sku: string(), left: number(), note: string().optional() },
  key: { pk: 'STOCK#{sku}', sk: 'STOCK' },
})
type UserItem = Item<typeof User>
type StockItem = Item<typeof Stock>

declare const client: Parameters<typeof connect>[1]['client']
const shop = connect(
  defineModel({
    table,
    entities: { User, Stock },
    accessPatterns: {
      userById: get(User),
      nameOf: get(User).consistent().select('name'),
      firstStock: query(Stock).one(),
      stocks: query(Stock),
    },
  }),
  { client },
)
const { User: users, Stock: stocks } = shop.entities
const user = { id: 'u', name: 'Ada' }
const stock = { sku: 's', left: 1 }
const userKey = { id: 'u' }
const stockKey = { sku: 's' }

export async function accepted(ids: readonly string[]) {
  const read = await shop.batchGet([
    users.get(userKey),
    stocks.get(stockKey),
    users.get(userKey, { consistent: true, select: ['name'] }),
  ])
  holds<Equal<typeof read, [UserItem | undefined, StockItem | undefined, UserItem | undefined]>>()
  const [first] = await shop.transactGet([stocks.get(stockKey), users.get(userKey)])
  holds<Equal<typeof first, StockItem | undefined>>()
  const many = await shop.batchGet(ids.map((id) => users.get({ id })))
  holds<Equal<typeof many, (UserItem | undefined)[]>>()
  const mixed = await shop.batchGet([stocks.get(stockKey), ...ids.map((id) => users.get({ id }))])
  holds<Equal<typeof mixed, [StockItem | undefined, ...(UserItem | undefined)[]]>>()
  const none = await shop.batchGet([])
  holds<Equal<typeof none, []>>()

  const written = await shop.batchWrite([users.put(user), stocks.delete(stockKey), stocks.put(stock)])
  holds<Equal<typeof written, [UserItem, undefined, StockItem]>>()
  const deleted = await shop.batchWrite(ids.map((id) => users.delete({ id })))
  holds<Equal<typeof deleted, undefined[]>>()

  const done = await shop.transactWrite(
    [
      users.create(user),
      stocks.update(stockKey, { left: 2 }),
      stocks.update(stockKey, { left: 2 }, { upsert: true }),
      users.delete(userKey),
      users.conditionCheck(userKey, { name: { beginsWith: 'A' } }),
      stocks.put(stock, { if: { left: 1 } }),
    ],
    { clientRequestToken: 'token' },
  )
  holds<Equal<typeof done, [UserItem, undefined, undefined, undefined, undefined, StockItem]>>()
  const collected: WriteOperation<unknown>[] = [users.create(user), stocks.delete(stockKey)]
  await shop.transactWrite(collected)
  const gets: GetOperation<UserItem | StockItem | undefined>[] = [users.get(userKey), stocks.get(stockKey)]
  holds<Equal<Awaited<ReturnType<typeof shop.batchGet<typeof gets>>>, (UserItem | StockItem | undefined)[]>>()
}

export async function getPatterns(ids: readonly string[]) {
  const { userById, nameOf } = shop.patterns
  const alone = await userById(userKey, { consistent: true })
  holds<Equal<typeof alone, UserItem | undefined>>()
  const read = await shop.batchGet([userById(userKey), stocks.get(stockKey), nameOf(userKey)])
  holds<Equal<typeof read, [UserItem | undefined, StockItem | undefined, { name: string } | undefined]>>()
  const [first] = await shop.transactGet([nameOf(userKey), userById(userKey)])
  holds<Equal<typeof first, { name: string } | undefined>>()
  const many = await shop.batchGet(ids.map((id) => userById({ id })))
  holds<Equal<typeof many, (UserItem | undefined)[]>>()
  // @ts-expect-error a query of one item is no get
  shop.batchGet([shop.patterns.firstStock(stockKey)])
  // @ts-expect-error a page is no get
  shop.transactGet([shop.patterns.stocks(stockKey)])
  // @ts-expect-error a get among writes
  shop.batchWrite([userById(userKey)])
}

export async function handedBack(error: unknown) {
  if (!(error instanceof UnprocessedError)) throw error
  await shop.batchWrite(error.unprocessed)
  await shop.batchGet(error.unprocessed)
  await shop.batchWrite([...error.unprocessed, users.put(user)])
  // @ts-expect-error one operation is no list
  await shop.batchWrite(error.unprocessed[0])
  // @ts-expect-error the operations are no items
  holds<Equal<(typeof error.unprocessed)[number], UserItem>>()
}

export async function refused() {
  // @ts-expect-error an operation that is awaited is an item
  shop.batchGet([await users.get(userKey)])
  // @ts-expect-error a write among gets
  shop.batchGet([users.get(userKey), users.put(user)])
  // @ts-expect-error a write among gets
  shop.transactGet([users.delete(userKey)])
  // @ts-expect-error a get among writes
  shop.batchWrite([users.put(user), users.get(userKey)])
  // @ts-expect-error a get among writes
  shop.transactWrite([users.get(userKey)])
  // @ts-expect-error an operation that is awaited is an item
  shop.transactWrite([await users.put(user)])
  // @ts-expect-error a batch has no conditions, and a create is one
  shop.batchWrite([users.create(user)])
  // @ts-expect-error a batch has no updates
  shop.batchWrite([stocks.update(stockKey, { left: 1 })])
  // @ts-expect-error a batch has no condition checks
  shop.batchWrite([users.conditionCheck(userKey, { name: 'Ada' })])
  // @ts-expect-error one operation is no list
  shop.transactWrite(users.put(user))
  // @ts-expect-error an unknown option
  shop.transactWrite([users.put(user)], { token: 'a' })
  // @ts-expect-error an unknown attribute
  users.conditionCheck(userKey, { nmae: 'Ada' })
  // @ts-expect-error half a key
  users.conditionCheck({}, { name: 'Ada' })
  // @ts-expect-error a condition check without a condition
  users.conditionCheck(userKey)
}
