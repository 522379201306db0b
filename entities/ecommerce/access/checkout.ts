// The checkout: orders are placed, and cancelled, with everything that belongs to them or not at all.
import { add, datetime, get, list, map, number, transaction, ulid, ValidationError } from '../../../lib/index.ts'
import {
  cartReference,
  cents,
  customerReference,
  exampleIds,
  maxOrderLines,
  orderReference,
  productReference,
  quantity,
  requestReference,
} from '../attributes.ts'
import { Cart } from '../cart.ts'
import { CheckoutRequest } from '../checkout-request.ts'
import { Inventory } from '../inventory.ts'
import { Order, OrderItem } from '../order.ts'
import { Payment } from '../payment.ts'

/** For how long a repeated request is recognised. */
const requestMemoryMs = 7 * 24 * 3_600_000
/** Until the packers have begun, nothing of an order has to be undone by hand. */
const cancellable = ['pending', 'confirmed'] as const

interface Line {
  readonly productId: string
}

/** Each product is one item of the order, and one counter of the stock. */
const eachProductOnce = (lines: readonly Line[]) =>
  new Set(lines.map(({ productId }) => productId)).size === lines.length || 'has a product twice. Add up its quantities'

const { sku, name, options } = OrderItem.attributes
const { shipBy, warehouseId, currency, shippingCents, taxRate, shippingAddress, note } = Order.attributes
const { paymentId, provider, providerReference, method, authorisedAt } = Payment.attributes

/**
 * Sums are made here, from the lines, so that no order can disagree with its items. Prices are given as the customer saw them and the
 * application had them from `productPrice`. That they have not changed since is not part of the transaction: it would cost a third action
 * for each line, and a price that was shown a second ago is a price the shop keeps.
 */
const placeOrder = transaction(
  { CheckoutRequest, Order, Payment, OrderItem, Inventory, Cart },
  {
    requestId: requestReference(),
    customerId: customerReference(),
    orderId: ulid().describe('Issued when checkout began; made here when absent').example(exampleIds.order),
    placedAt: datetime().default('now').describe('When the customer confirmed').example(new Date('2030-03-12T09:41:07Z')),
    warehouseId,
    shipBy,
    shippingAddress,
    currency,
    taxRate,
    shippingCents,
    discountCents: cents().default(0).describe('Taken off by vouchers; at most the sum of the lines').example(0),
    couponCodes: Order.attributes.couponCodes,
    note,
    lines: list(
      map({
        productId: productReference(),
        sku,
        name,
        quantity: quantity().example(6),
        unitPriceCents: cents().describe('As the customer saw it').example(3490),
        options,
      }),
      { min: 1, max: maxOrderLines },
    )
      .check(eachProductOnce)
      .describe('What is bought, each product once; 48 of them, since a transaction has at most 100 actions')
      .example([
        {
          productId: exampleIds.product,
          sku: 'CROCK-100417',
          name: 'Stoneware crock, 5 litres',
          quantity: 6,
          unitPriceCents: 3490,
        },
      ]),
    payment: map({
      paymentId,
      provider,
      providerReference,
      method,
      authorisedAt,
      amountCents: cents().describe('What the provider has authorised: exactly the total of the order').example(21_840),
    })
      .describe('As the provider has authorised it')
      .example({
        paymentId: exampleIds.payment,
        provider: 'northpay',
        providerReference: 'np_7Q2MZK4T',
        method: { kind: 'card', brand: 'maestro', last4: '4242' },
        authorisedAt: new Date('2030-03-12T09:41:05Z'),
        amountCents: 21_840,
      }),
    cart: map({
      cartId: cartReference(),
      version: number({ min: 1, integer: true }).example(5),
    })
      .optional()
      .describe(
        'The cart that was ordered, as it was read: refused when it has changed on another device; none when ordering again',
      )
      .example({ cartId: exampleIds.cart, version: 5 }),
  },
  ({ requestId, lines, payment, cart, ...order }, { CheckoutRequest, Order, Payment, OrderItem, Inventory, Cart }) => {
    const { customerId, orderId, placedAt, currency, warehouseId } = order
    const { subtotalCents, totalCents } = totalsOf({ ...order, lines })
    if (payment.amountCents !== totalCents)
      throw new ValidationError(
        'not-allowed',
        'payment.amountCents',
        `${payment.amountCents} are authorised, and the order comes to ${totalCents}. Have the difference authorised first.`,
      )
    return [
      CheckoutRequest.create({ customerId, requestId, orderId, expiresAt: new Date(placedAt.getTime() + requestMemoryMs) }),
      Order.create({
        ...order,
        status: 'confirmed',
        itemCount: lines.length,
        subtotalCents,
        totalCents,
      }),
      Payment.create({ ...payment, orderId, currency, status: 'authorised' }),
      ...lines.map((line) => OrderItem.create({ ...line, orderId })),
      ...lines.map(({ productId, quantity }) =>
        Inventory.update(
          { productId, warehouseId },
          { available: add(-quantity), reserved: add(quantity) },
          { if: { available: { gte: quantity } } },
        ),
      ),
      ...(cart === undefined
        ? []
        : [
            Cart.update(
              { cartId: cart.cartId },
              { status: 'ordered' },
              { if: { status: 'open', customerId }, version: cart.version },
            ),
          ]),
    ]
  },
)
  .describe(
    'Checkout: the order with its items and its authorised payment, the stock of each line, the cart, and the mark of the request. Refused as a whole when something is sold out, or when the request was done before',
  )
  .rate({ perSecond: 1 })

interface Priced {
  readonly lines: readonly { readonly quantity: number; readonly unitPriceCents: number }[]
  readonly discountCents: number
  readonly shippingCents: number
}

/**
 * What an order comes to: for the authorisation of its payment, and for the order.
 * @throws ValidationError when more is taken off than there is
 */
export function totalsOf({ lines, discountCents, shippingCents }: Priced) {
  const subtotalCents = lines.reduce((sum, { quantity, unitPriceCents }) => sum + quantity * unitPriceCents, 0)
  if (discountCents > subtotalCents)
    throw new ValidationError('out-of-range', 'discountCents', `takes ${discountCents} off lines that come to ${subtotalCents}.`)
  return { subtotalCents, totalCents: subtotalCents - discountCents + shippingCents }
}

/**
 * Reads nothing, so the order's parts are given as `orderDetails` has them, and every one of them is checked: an item by its quantity, a
 * payment by its amount, and that none is missing by what the order says of their number and sum.
 */
const cancelOrder = transaction(
  { Order, Payment, OrderItem, Inventory },
  {
    customerId: customerReference(),
    orderId: orderReference(),
    warehouseId,
    lines: list(map({ productId: productReference(), quantity: quantity().example(6) }), { min: 1, max: maxOrderLines })
      .check(eachProductOnce)
      .describe('All items of the order')
      .example([{ productId: exampleIds.product, quantity: 6 }]),
    payments: list(
      map({
        paymentId: ulid({ generate: false }).example(exampleIds.payment),
        amountCents: cents().describe('As it was authorised').example(21_840),
      }),
      { min: 1, max: 3 },
    )
      .describe('All payments that hold money, authorised or captured: together what the order cost')
      .example([{ paymentId: exampleIds.payment, amountCents: 21_840 }]),
  },
  ({ customerId, orderId, warehouseId, lines, payments }, { Order, Payment, OrderItem, Inventory }) => [
    Order.update(
      { customerId, orderId },
      { status: 'cancelled' },
      {
        if: {
          status: cancellable,
          warehouseId,
          itemCount: lines.length,
          totalCents: payments.reduce((sum, { amountCents }) => sum + amountCents, 0),
        },
      },
    ),
    ...payments.map(({ paymentId, amountCents }) =>
      Payment.update({ orderId, paymentId }, { status: 'refunded' }, { if: { status: ['authorised', 'captured'], amountCents } }),
    ),
    ...lines.map(({ productId, quantity }) => OrderItem.conditionCheck({ orderId, productId }, { quantity })),
    ...lines.map(({ productId, quantity }) =>
      Inventory.update(
        { productId, warehouseId },
        { available: add(quantity), reserved: add(-quantity) },
        { if: { reserved: { gte: quantity } } },
      ),
    ),
  ],
)
  .describe(
    'Until the packers begin: the order is cancelled, its payments are refunded, and what it had reserved can be sold again. Doing it twice is refused',
  )
  .rate({ perSecond: 0.05 })

export const checkoutPatterns = {
  placeOrder,
  cancelOrder,

  orderOfRequest: get(CheckoutRequest)
    .consistent()
    .describe('After a lost answer, or a refused repetition: which order this request has become, if it has')
    .rate({ perSecond: 0.1 }),
}
