// Types of transaction patterns, checked by the compiler alone: what a call is given, what it answers, and which uses are refused.
import {
  add,
  connect,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  type Item,
  list,
  map,
  number,
  type PatternInput,
  type PatternResult,
  query,
  string,
  type TransactionPlan,
  transaction,
  ulid,
} from '../../lib/index.ts'
import { type Equal, holds } from './equal.ts'

const table = defineTable({ name: 'shop', partitionKey: 'PK', sortKey: 'SK' })
const Order = defineEntity('Order', {
  attributes: { orderId: ulid(), placedAt: datetime(), note: string().optional() },
  key: { pk: 'ORDER#{orderId}', sk: 'ORDER' },
})
const Stock = defineEntity('Stock', {
  attributes: { sku: string(), left: number() },
  key: { pk: 'STOCK#{sku}', sk: 'STOCK' },
})
type OrderItem = Item<typeof Order>

const placeOrder = transaction(
  { Order, Stock },
  {
    orderId: ulid(),
    placedAt: datetime().default('now'),
    note: string().optional(),
    lines: list(map({ sku: string(), quantity: number() })),
  },
  (input, { Order, Stock }) => {
    holds<Equal<typeof input, { orderId: string; placedAt: Date; lines: { sku: string; quantity: number }[]; note?: string }>>()
    const { lines, ...order } = input
    return [
      Order.create(order),
      ...lines.map(({ sku, quantity }) => Stock.update({ sku }, { left: add(-quantity) }, { if: { left: { gte: quantity } } })),
    ]
  },
)
holds<
  Equal<
    PatternInput<typeof placeOrder>,
    {
      orderId?: string
      placedAt?: Date
      note?: string
      lines: readonly { sku: string; quantity: number }[]
    }
  >
>()
holds<Equal<PatternResult<typeof placeOrder>[0], OrderItem>>()

const placeTwo = transaction(
  { placeOrder, Stock },
  { sku: string(), note: string().optional() },
  ({ sku, note = '' }, { placeOrder, Stock }) => [
    ...placeOrder({ lines: [{ sku, quantity: 1 }], note }),
    Stock.conditionCheck({ sku }, { left: { gte: 1 } }),
  ],
)
holds<Equal<PatternInput<typeof placeTwo>, { sku: string; note?: string }>>()
holds<Equal<PatternResult<typeof placeTwo>, [OrderItem, ...undefined[]]>>()
const ofTwo = transaction({ placeOrder, Order }, {}, (_, { placeOrder, Order }) => [
  Order.create({ placedAt: new Date() }),
  ...placeOrder({ lines: [] }),
])
holds<Equal<PatternResult<typeof ofTwo>, [OrderItem, OrderItem, ...undefined[]]>>()

declare const client: Parameters<typeof connect>[1]['client']
const model = defineModel({
  table,
  entities: { Order, Stock },
  accessPatterns: { placeOrder: placeOrder.describe('Buy').rate({ perSecond: 1 }), order: query(Order).one() },
})
const { patterns } = connect(model, { client })

export async function accepted() {
  const [order, ...rest] = await patterns.placeOrder({ lines: [{ sku: 's', quantity: 1 }] }, { clientRequestToken: 't' })
  holds<Equal<typeof order, OrderItem>>()
  holds<Equal<typeof rest, undefined[]>>()
  holds<Equal<ReturnType<typeof patterns.placeOrder.explain>, TransactionPlan>>()
  placeOrder.example({ lines: [] })
  placeOrder.check(({ lines, placedAt }) => lines.length > 0 || `nothing, at ${placedAt.toISOString()}`)
  patterns.placeOrder.explain({ lines: [] })
  transaction({ Order }, {}, (_, { Order }) => [Order.delete({ orderId: 'o' })])
}

export function refused() {
  // @ts-expect-error a name that the input has not
  patterns.placeOrder({ lines: [], coupon: 'X' })
  // @ts-expect-error lines are missing
  patterns.placeOrder({})
  // @ts-expect-error a limit is for reads
  patterns.placeOrder({ lines: [] }, { limit: 1 })
  // @ts-expect-error a transaction is not iterated over
  patterns.placeOrder({ lines: [] }).all()
  // @ts-expect-error Stock is not among its entities
  transaction({ Order }, {}, (_, { Stock }) => [Stock.delete({ sku: 's' })])
  // @ts-expect-error reads have no place in it
  transaction({ Order }, {}, (_, { Order }) => [Order.get({ orderId: 'o' })])
  // @ts-expect-error it lists operations and awaits none
  transaction({ Order }, {}, async (_, { Order }) => [Order.delete({ orderId: 'o' })])
  // @ts-expect-error no number
  transaction({ Order }, { orderId: number() }, ({ orderId }, { Order }) => [Order.delete({ orderId })])
  // @ts-expect-error only transactions are explained by an example
  patterns.order.explain({ orderId: 'o' })
  // @ts-expect-error the input of a part is that of the pattern
  transaction({ placeOrder }, {}, (_, { placeOrder }) => placeOrder({ lines: [{ sku: 1, quantity: 1 }] }))
  // @ts-expect-error the operations of a part are spread
  transaction({ placeOrder }, {}, (_, { placeOrder }) => [placeOrder({ lines: [] })])
  // @ts-expect-error a part is no entity
  transaction({ placeOrder }, {}, (_, { placeOrder }) => [placeOrder.create({ lines: [] })])
  // @ts-expect-error a reading pattern is no part
  transaction({ order: query(Order) }, {}, () => [])
  // @ts-expect-error a check answers true, false or a message
  placeOrder.check(() => 7)
  // @ts-expect-error an example is an input
  placeOrder.example({ orderId: 1, lines: [] })
}
