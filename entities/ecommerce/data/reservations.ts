// What the orders that have not left have taken from the stock, so that cancelling one gives back what is there.
import { shifted } from '../../demo/random.ts'
import type { Inventory } from '../inventory.ts'
import type { Row, Rows } from './row.ts'

/** States in which all of an order is still in the warehouse, or a part of it. */
const waiting: readonly string[] = ['pending', 'confirmed', 'packed', 'part-shipped']

/** The stock with what is reserved of it; and sold out, where an order took the last of what was not listed. */
export function reserve(
  stock: readonly Row<typeof Inventory>[],
  { Order, OrderItem, Shipment }: Rows<'Order' | 'OrderItem' | 'Shipment'>,
): Rows<'Inventory'> {
  const orders = new Map(Order.filter(({ status }) => waiting.includes(status)).map((order) => [order.orderId, order]))
  const left = new Set(
    Shipment.flatMap(({ orderId, contents }) => Object.keys(contents).map((product) => `${orderId} ${product}`)),
  )
  const rows = new Map(stock.map((row) => [keyOf(row), { ...row, reserved: 0 }]))
  for (const { orderId, productId, quantity } of OrderItem) {
    const order = orders.get(orderId)
    if (order === undefined || left.has(`${orderId} ${productId}`)) continue
    const { warehouseId, placedAt } = order
    // Moments apart, since the queue promises no order among those of the same time.
    const lowSince = shifted(placedAt, rows.size - stock.length)
    const soldOut = { productId, warehouseId, available: 0, reserved: 0, reorderPoint: 5, lowSince }
    const row = rows.get(keyOf(order, productId)) ?? soldOut
    rows.set(keyOf(row), { ...row, reserved: row.reserved + quantity })
  }
  return { Inventory: [...rows.values()] }
}

function keyOf({ warehouseId, productId = '' }: Partial<Row<typeof Inventory>>, product = productId): string {
  return `${product} ${warehouseId}`
}
