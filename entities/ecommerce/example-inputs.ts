// For every access pattern that reads an input that finds something in a data set: the busiest customer, the best-selling product, the day of the sale.
import type { AccessPattern, PatternInput } from '../../lib/index.ts'
import { datasetNow, day, dayOf, shifted } from '../demo/random.ts'
import { commonest, found } from '../demo/telling-rows.ts'
import type { Dataset } from './data/row.ts'
import type { ecommerce } from './index.ts'

type Patterns = typeof ecommerce.accessPatterns

/** An input for each access pattern of the shop, but for transactions: those are in example-steps.ts. */
export type ExampleInputs = {
  readonly [P in keyof Patterns as Patterns[P] extends AccessPattern<'transaction'> ? never : P]: PatternInput<Patterns[P]>
}

/**
 * Inputs that find rows, for every access pattern of the shop that reads.
 * @throws Error when the data set is too small to have them
 */
export function exampleInputs(dataset: Dataset): ExampleInputs {
  const { Address, Cart, CheckoutRequest, Inventory, Order, OrderItem, Payment, Product, Review, Session, Shipment } = dataset
  const live = Session.filter(({ expiresAt }) => expiresAt > datasetNow)
  const customer = found(dataset.Customer.find(({ customerId }) => customerId === commonest(Order, 'customerId').customerId))
  const { customerId } = customer
  const purchase = found(Order.find((one) => one.customerId === customerId))
  const delivered = new Set(Order.filter(({ status }) => status === 'delivered').map((one) => one.orderId))
  const { orderId } = commonest(
    OrderItem.filter((item) => delivered.has(item.orderId)),
    'orderId',
  )
  const { department, category, subcategory, priceCents } = found(Product.find(({ status }) => status === 'active'))
  const { productId } = commonest(OrderItem, 'productId')
  const product = found(Product.find((one) => one.productId === productId))
  const reviewed = commonest(
    Review.filter(({ status }) => status === 'published'),
    'productId',
  ).productId
  const reviewer = commonest(Review, 'customerId').customerId
  const review = found(Review[0])
  const cart = found(Cart.find((one) => one.customerId !== undefined))
  const busiestDay = dayAround(
    commonest(
      Order.map(({ placedAt }) => ({ day: dayOf(placedAt) })),
      'day',
    ).day,
  )
  const payment = found(Payment[0])
  const shipment = found(Shipment[0])
  const request = found(CheckoutRequest[0])
  const { carrier } = commonest(
    Shipment.filter(({ status, expectedAt }) => status === 'in-transit' && expectedAt < datasetNow),
    'carrier',
  )
  return {
    customerById: { customerId },
    customerByEmail: { email: customer.email },
    customerWithOrders: { customerId },
    checkoutProfile: { customerId },
    deliveryAddresses: { customerId: found(Address.find(({ postal }) => postal.country === 'CH')).customerId },
    sessionById: { sessionId: found(live[0]).sessionId },
    sessionsOfCustomer: { customerId: commonest(live, 'customerId').customerId },
    customerExport: {},

    categoryTree: { department },
    productsInCategory: { department, category, subcategory, priceCents: { lte: priceCents } },
    productById: { productId },
    productPrice: { productId },
    productBySku: { sku: product.sku },
    productPage: { productId },
    availableStock: { productId: found(Inventory.find(({ available }) => available > 0)).productId },
    inventoryOfWarehouse: { warehouseId: 'ZRH1' },
    lowStock: { warehouseId: commonest(withValue(Inventory, 'lowSince'), 'warehouseId').warehouseId },
    latestReviews: { productId: reviewed },
    reviewsByRating: { productId: reviewed, rating: { gte: 3 } },
    reviewByCustomer: { productId: review.productId, customerId: review.customerId },
    reviewsOfCustomer: { customerId: reviewer },
    flaggedReviews: { language: commonest(withValue(Review, 'flaggedAt'), 'language').language },

    cartWithItems: { cartId: cart.cartId },
    cartOfCustomer: { customerId: found(cart.customerId) },
    idleCarts: { lastActiveAt: { lt: shifted(datasetNow, -day) } },

    orderById: { orderId },
    ordersOfCustomer: { customerId },
    ordersOfCustomerInPeriod: { customerId, placedAt: { between: [purchase.placedAt, shifted(purchase.placedAt, 180 * day)] } },
    ordersOnDay: { placedAt: busiestDay },
    ordersToVet: { placedAt: busiestDay },
    ordersToShip: {
      warehouseId: commonest(
        Order.filter(({ status }) => status === 'confirmed' || status === 'packed'),
        'warehouseId',
      ).warehouseId,
    },
    orderDetails: { orderId },
    packingList: { orderId },
    salesOfProduct: { productId },
    paymentByReference: { provider: payment.provider, providerReference: payment.providerReference },
    paymentsToCapture: {
      provider: commonest(
        Payment.filter(({ status }) => status === 'authorised'),
        'provider',
      ).provider,
    },
    shipmentByTracking: { carrier: shipment.carrier, trackingNumber: shipment.trackingNumber },
    overdueShipments: { carrier, expectedAt: { lt: datasetNow } },
    orderOfRequest: { customerId: request.customerId, requestId: request.requestId },
  }
}

/** All times of a UTC day. */
function dayAround(name: string): { gte: Date; lt: Date } {
  return { gte: new Date(name), lt: shifted(new Date(name), day) }
}

/** The rows that have the attribute. */
function withValue<R, K extends keyof R>(rows: readonly R[], name: K): R[] {
  return rows.filter((row) => row[name] !== undefined)
}
