// The requests that became the orders of the last week. Those before have expired.
import { datasetNow, day, type Random, shifted } from '../../demo/random.ts'
import type { Rows } from './row.ts'

export function makeCheckoutRequests(random: Random, { Order }: Rows<'Order'>): Rows<'CheckoutRequest'> {
  const recent = Order.filter(({ placedAt }) => shifted(placedAt, 7 * day) > datasetNow)
  return {
    CheckoutRequest: recent.map(({ customerId, orderId, placedAt }) => ({
      customerId,
      requestId: random.faker.string.uuid(),
      orderId,
      // Whole seconds, as the table keeps times of expiry.
      expiresAt: new Date(Math.floor(shifted(placedAt, 7 * day).getTime() / 1000) * 1000),
    })),
  }
}
