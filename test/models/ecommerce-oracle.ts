// What each access pattern of the shop must answer, by filtering and sorting plain arrays. Written by hand from the patterns' descriptions;
// knows nothing of keys, indexes or requests.
import { deliveryCountries } from '../../entities/ecommerce/attributes.ts'
import { type Dataset, datasetNow, type exampleInputs } from '../../entities/ecommerce/dataset.ts'
import { ascending, descending, is, pick } from './plain-rows.ts'

export type Inputs = ReturnType<typeof exampleInputs>

/** For each pattern, the answer to an input: one row or undefined, rows in order, or a collection of both. */
export type Oracle = { readonly [P in keyof Inputs]: (input: Inputs[P]) => unknown }

export function makeOracle(data: Dataset): Oracle {
  const customers = data.Customer.map(({ passwordHash: _, ...visible }) => visible)
  const sessions = data.Session.filter(({ expiresAt }) => expiresAt > datasetNow)
  const published = data.Review.filter(({ status }) => status === 'published')
  const byNewest = descending<{ readonly orderId: string }>('orderId')

  return {
    customerById: (input) => customers.find(is(input)),
    customerByEmail: (input) => customers.find(is(input)),
    customerWithOrders: (input) => ({
      customer: customers.find(is(input)),
      orders: data.Order.filter(is(input)).sort(byNewest),
    }),
    checkoutProfile: (input) => ({
      customer: customers.find(is(input)),
      addresses: data.Address.filter(is(input)).sort(ascending('addressId')),
    }),
    deliveryAddresses: (input) =>
      data.Address.filter(is(input))
        .filter(({ postal }) => deliveryCountries.some((country) => country === postal.country))
        .sort(ascending('addressId')),
    sessionById: (input) => sessions.find(is(input)),
    sessionsOfCustomer: (input) => sessions.filter(is(input)).sort(descending('startedAt')),
    customerExport: () => customers.map((one) => pick(one, 'customerId', 'email', 'name', 'tier', 'interests')),

    categoryTree: (input) => data.Category.filter(is(input)).sort(ascending('category', 'subcategory')),
    productsInCategory: (input) =>
      data.Product.filter(is(input))
        .filter(({ status }) => status === 'active')
        .sort(ascending('category', 'subcategory', 'priceCents'))
        .map((one) =>
          pick(
            one,
            'productId',
            'name',
            'category',
            'subcategory',
            'priceCents',
            'currency',
            'coverImage',
            'averageRating',
            'reviewCount',
          ),
        ),
    productById: (input) => data.Product.find(is(input)),
    productPrice: (input) =>
      data.Product.filter(is(input)).map((one) => pick(one, 'productId', 'name', 'status', 'priceCents', 'currency'))[0],
    productBySku: (input) => data.Product.find(is(input)),
    productPage: (input) => ({
      product: data.Product.find(is(input)),
      inventory: data.Inventory.filter(is(input)).sort(ascending('warehouseId')),
    }),
    availableStock: (input) =>
      data.Inventory.filter(is(input))
        .filter(({ available }) => available > 0)
        .sort(ascending('warehouseId')),
    inventoryOfWarehouse: (input) => data.Inventory.filter(is(input)).sort(ascending('productId')),
    lowStock: (input) =>
      data.Inventory.filter(is(input))
        .filter(({ lowSince }) => lowSince !== undefined)
        .sort(ascending('lowSince'))
        .map((one) => pick(one, 'warehouseId', 'productId', 'lowSince')),
    latestReviews: (input) => published.filter(is(input)).sort(descending('postedAt')),
    reviewsByRating: (input) => published.filter(is(input)).sort(descending('rating', 'postedAt')),
    reviewByCustomer: (input) => data.Review.find(is(input)),
    reviewsOfCustomer: (input) => data.Review.filter(is(input)).sort(ascending('productId')),
    flaggedReviews: (input) =>
      data.Review.filter(is(input))
        .filter(({ flaggedAt }) => flaggedAt !== undefined)
        .sort(ascending('flaggedAt')),

    cartWithItems: (input) => ({
      cart: data.Cart.find(is(input)),
      items: data.CartItem.filter(is(input)).sort(ascending('productId')),
    }),
    cartOfCustomer: (input) => data.Cart.filter(is(input)).sort(descending('cartId'))[0],
    idleCarts: (input) =>
      data.Cart.filter(is(input))
        .filter(({ status, customerId }) => status === 'open' && customerId !== undefined)
        .sort(ascending('lastActiveAt')),

    orderById: (input) => data.Order.find(is(input)),
    ordersOfCustomer: (input) => data.Order.filter(is(input)).sort(byNewest),
    ordersOfCustomerInPeriod: (input) => data.Order.filter(is(input)).sort(ascending('placedAt')),
    ordersOnDay: (input) => data.Order.filter(is(input)).sort(descending('placedAt')),
    ordersToVet: (input) =>
      data.Order.filter(is(input))
        .filter(({ totalCents }) => totalCents >= 20_000)
        .sort(ascending('placedAt'))
        .map((one) => pick(one, 'customerId', 'orderId', 'placedAt', 'status', 'totalCents', 'currency', 'shippingAddress')),
    ordersToShip: (input) =>
      data.Order.filter(is(input))
        .filter(({ status }) => status === 'confirmed' || status === 'packed' || status === 'part-shipped')
        .sort(ascending('shipBy')),
    orderDetails: (input) => ({
      items: data.OrderItem.filter(is(input)).sort(ascending('productId')),
      payments: data.Payment.filter(is(input)).sort(ascending('paymentId')),
      shipments: data.Shipment.filter(is(input)).sort(ascending('shipmentId')),
    }),
    packingList: (input) =>
      data.OrderItem.filter(is(input))
        .sort(ascending('productId'))
        .map((one) => pick(one, 'productId', 'sku', 'name', 'quantity', 'options')),
    salesOfProduct: (input) => data.OrderItem.filter(is(input)).sort(byNewest),
    paymentByReference: (input) => data.Payment.find(is(input)),
    paymentsToCapture: (input) =>
      data.Payment.filter(is(input))
        .filter(({ status }) => status === 'authorised')
        .sort(ascending('authorisedAt')),
    shipmentByTracking: (input) => data.Shipment.find(is(input)),
    overdueShipments: (input) =>
      data.Shipment.filter(is(input))
        .filter(({ status }) => status === 'in-transit')
        .sort(ascending('expectedAt'))
        .map((one) => pick(one, 'orderId', 'shipmentId', 'carrier', 'expectedAt')),
    orderOfRequest: (input) => data.CheckoutRequest.find(is(input)),
  }
}
