// The purchases: orders over the last year with their items, payments and parcels. How far an order has come follows from its age.
import { datasetNow, day, hour, type Random, shifted } from '../../demo/random.ts'
import { carriers, warehouses } from '../attributes.ts'
import type { Order, OrderItem } from '../order.ts'
import type { Payment } from '../payment.ts'
import type { Product } from '../product.ts'
import type { Shipment } from '../shipment.ts'
import type { Row, Rows } from './row.ts'
import { cardBrands, trackingSteps } from './vocabulary.ts'

type Purchase = Rows<'OrderItem' | 'Payment' | 'Shipment'> & { readonly order: Row<typeof Order> }

/** Orders for most customers, many for a few; a spring sale makes one day busy. */
export function makeOrders(
  random: Random,
  people: Rows<'Customer' | 'Address'>,
  products: readonly Row<typeof Product>[],
): Rows<'Order' | 'OrderItem' | 'Payment' | 'Shipment'> {
  const sold = products.filter(({ status }) => status === 'active')
  const homes = new Map(people.Address.map(({ customerId, postal }) => [customerId, postal]))
  const purchases = people.Customer.flatMap(({ customerId }) => {
    const postal = homes.get(customerId)
    if (postal === undefined) return []
    const count = random.pick([0, 1, 1, 2, 2, 3, 3, 4, 5, 12])
    return Array.from({ length: count }, () => purchase(random, customerId, postal, sold))
  })
  return {
    Order: purchases.map(({ order }) => order),
    OrderItem: purchases.flatMap((one) => one.OrderItem),
    Payment: purchases.flatMap((one) => one.Payment),
    Shipment: purchases.flatMap((one) => one.Shipment),
  }
}

/** The spring sale was a week before the data set was taken. */
function placed(random: Random): Date {
  const sale = shifted(datasetNow, -7 * day)
  if (random.chance(0.12)) return random.before(sale, 0, 11 * hour)
  return random.before(datasetNow, 60_000, random.chance(0.3) ? 5 * day : 400 * day)
}

function purchase(
  random: Random,
  customerId: string,
  shippingAddress: Row<typeof Order>['shippingAddress'],
  sold: readonly Row<typeof Product>[],
): Purchase {
  const placedAt = placed(random)
  const orderId = random.ulid(shifted(placedAt, -random.int(30_000, 900_000)))
  const items = random.some(sold, 1, 5).map((product) => orderItem(random, orderId, product))
  const subtotalCents = items.reduce((sum, { quantity, unitPriceCents }) => sum + quantity * unitPriceCents, 0)
  const coupon = random.chance(0.15)
  const discountCents = coupon ? Math.floor(subtotalCents / 10) : 0
  const shippingCents = subtotalCents > 10_000 ? 0 : 900
  const order: Row<typeof Order> = {
    customerId,
    orderId,
    status: statusAt(random, datasetNow.getTime() - placedAt.getTime()),
    placedAt,
    shipBy: shifted(placedAt, random.int(18, 54) * hour),
    warehouseId: random.pick(warehouses),
    itemCount: items.length,
    currency: 'CHF',
    subtotalCents,
    discountCents,
    shippingCents,
    totalCents: subtotalCents - discountCents + shippingCents,
    taxRate: '0.081',
    ...(coupon && { couponCodes: new Set([random.pick(['SPRING30', 'WELCOME', 'NEIGHBOUR'])]) }),
    shippingAddress,
    ...(random.chance(0.1) && { note: 'Please leave it with the neighbours' }),
  }
  return { order, OrderItem: items, Payment: payments(random, order), Shipment: shipments(random, order, items) }
}

function statusAt(random: Random, age: number): Row<typeof Order>['status'] {
  if (age < hour) return 'pending'
  if (random.chance(0.04)) return 'cancelled'
  if (age < day) return random.pick(['confirmed', 'confirmed', 'packed'])
  if (age < 2 * day) return random.pick(['packed', 'part-shipped', 'shipped'])
  return age < 4 * day ? 'shipped' : 'delivered'
}

function orderItem(random: Random, orderId: string, product: Row<typeof Product>): Row<typeof OrderItem> {
  const { productId, sku, name, priceCents: unitPriceCents, sizes } = product
  return {
    orderId,
    productId,
    sku,
    name,
    quantity: random.pick([1, 1, 1, 1, 1, 2, 2, 3, 6]),
    unitPriceCents,
    ...(sizes && { options: { size: String(random.pick([...sizes])) } }),
  }
}

/** One payment, and sometimes a failed attempt before it. */
function payments(random: Random, { orderId, placedAt, status, totalCents, currency }: Row<typeof Order>): Row<typeof Payment>[] {
  const paid = status === 'shipped' || status === 'delivered'
  const provider = random.pick(['northpay', 'swiftcard'] as const)
  const attempt = (minutes: number, outcome: Row<typeof Payment>['status']): Row<typeof Payment> => {
    const authorisedAt = shifted(placedAt, -minutes * 60_000 - random.int(1, 59_000))
    return {
      orderId,
      paymentId: random.ulid(authorisedAt),
      provider,
      providerReference: `${provider.slice(0, 2)}_${random.faker.string.alphanumeric({ length: 12, casing: 'upper' })}`,
      status: outcome,
      amountCents: totalCents,
      currency,
      method: method(random),
      authorisedAt,
    }
  }
  const outcome = status === 'cancelled' ? 'refunded' : paid ? 'captured' : 'authorised'
  return [...(random.chance(0.08) ? [attempt(3, 'failed')] : []), attempt(0, outcome)]
}

function method(random: Random): Row<typeof Payment>['method'] {
  const kind = random.pick(['card', 'card', 'wallet', 'invoice'])
  if (kind === 'card') return { kind, brand: random.pick(cardBrands), last4: random.faker.string.numeric(4) }
  if (kind === 'wallet') return { kind, account: `payer-${random.int(1, 999)}@example.com` }
  return { kind: 'invoice', reference: `RF${random.faker.string.numeric(16)}` }
}

/** One parcel for what has left; of a part-shipped order, the first item. */
function shipments(random: Random, order: Row<typeof Order>, items: readonly Row<typeof OrderItem>[]): Row<typeof Shipment>[] {
  const { orderId, placedAt, status, warehouseId } = order
  if (status !== 'part-shipped' && status !== 'shipped' && status !== 'delivered') return []
  const contents = (status === 'part-shipped' ? items.slice(0, 1) : items).map(({ productId, quantity }) => [productId, quantity])
  const shippedAt = shifted(placedAt, random.int(2 * hour, 20 * hour))
  const steps = trackingSteps.slice(0, status === 'delivered' ? trackingSteps.length : random.int(1, 3))
  return [
    {
      orderId,
      shipmentId: random.ulid(shippedAt),
      carrier: random.pick(carriers),
      trackingNumber: `99.${random.faker.string.numeric(6)}.${random.faker.string.numeric(8)}`,
      warehouseId,
      status: status !== 'delivered' ? 'in-transit' : random.chance(0.03) ? 'returned' : 'delivered',
      contents: Object.fromEntries(contents),
      weightKg: String(random.int(2, 300) / 10),
      shippedAt,
      expectedAt: shifted(shippedAt, random.int(18 * hour, 60 * hour)),
      events: steps.map((what, step) => ({ at: shifted(shippedAt, step * 5 * hour), place: 'Zürich-Mülligen', what })),
    },
  ]
}
