// The intentions: carts of customers and guests.
import { datasetNow, day, hour, type Random, shifted } from '../../demo/random.ts'
import type { Cart, CartItem } from '../cart.ts'
import type { Row, Rows } from './row.ts'

/** A cart for two customers in five, most of them open, and half as many carts of guests. */
export function makeCarts(random: Random, { Customer, Product }: Rows<'Customer' | 'Product'>): Rows<'Cart' | 'CartItem'> {
  const owners = Customer.filter(() => random.chance(0.4)).map(({ customerId }) => customerId)
  const guests = Array.from({ length: Math.ceil(owners.length / 2) }, () => undefined)
  const carts = [...owners, ...guests].map((customerId) => cart(random, customerId))
  const sold = Product.filter(({ status }) => status === 'active')
  const items = carts.flatMap((one) => {
    return random.some(sold, 1, 5).map(
      ({ productId, name, priceCents, sizes }): Row<typeof CartItem> => ({
        cartId: one.cartId,
        productId,
        name,
        quantity: random.int(1, 3),
        priceCents,
        ...(sizes && { options: { size: String(random.pick([...sizes])) } }),
        addedAt: random.before(one.lastActiveAt, 0, hour),
        expiresAt: one.expiresAt,
      }),
    )
  })
  return { Cart: carts, CartItem: items }
}

function cart(random: Random, customerId: string | undefined): Row<typeof Cart> {
  const lastActiveAt = random.before(datasetNow, 60_000, 30 * day)
  return {
    cartId: random.ulid(random.before(lastActiveAt, hour, 2 * day)),
    ...(customerId !== undefined && { customerId }),
    status: customerId !== undefined && random.chance(0.2) ? 'ordered' : 'open',
    currency: 'CHF',
    ...(random.chance(0.1) && { couponCodes: new Set(['SPRING30']) }),
    lastActiveAt,
    // Whole seconds, as the table keeps times of expiry.
    expiresAt: new Date(Math.floor(shifted(lastActiveAt, 90 * day).getTime() / 1000) * 1000),
  }
}
