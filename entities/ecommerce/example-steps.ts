// A morning in the shop, as steps of the demonstration: what is written, what is refused, and what either leaves in the table.
import { type PatternInput, type SingletError, TransactionCanceledError, UniqueConstraintError } from '../../lib/index.ts'
import { datasetNow, day, shifted } from '../demo/random.ts'
import type { ItemChange, Step } from '../demo/step.ts'
import { totalsOf } from './access/checkout.ts'
import { exampleIds } from './attributes.ts'
import type { Dataset } from './data/row.ts'
import type { ecommerce } from './index.ts'
import { checkoutRefusal } from './refusals.ts'

type Patterns = typeof ecommerce.accessPatterns
export type PlaceOrder = PatternInput<Patterns['placeOrder']>
export type CancelOrder = PatternInput<Patterns['cancelOrder']>
export type TransferStock = PatternInput<Patterns['transferStock']>

/**
 * The steps, in their order, for a table that holds the data set.
 * @throws Error when the data set has no cart that can be delivered
 */
export function exampleSteps(dataset: Dataset): readonly Step[] {
  const order = exampleCheckout(dataset)
  const cancellation = cancellationOf(order)
  const greedy = moreThanThereIs(order, dataset)
  const transfer = exampleTransfer(dataset)
  const { cart, customerId, orderId = '' } = order
  const stock = (sign: number) =>
    order.lines.map(({ productId, quantity }) => sold(productId, order.warehouseId, sign * quantity))
  const orderBecomes = (status: string) => ({ entity: 'Order', key: { customerId, orderId }, attributes: { status } })
  const [customer] = dataset.Customer
  return [
    {
      title: 'A customer orders what lies in the cart',
      write: { pattern: 'placeOrder' },
      input: order,
      changes: [
        ...stock(1),
        orderBecomes('confirmed'),
        { entity: 'Cart', key: { cartId: cart?.cartId }, attributes: { status: 'ordered' } },
      ],
    },
    {
      title: 'The answer was lost, and the client sends the request again',
      write: { pattern: 'placeOrder' },
      input: { ...order, orderId: undefined },
      refused: {
        code: 'ItemExists',
        meaning: (error) => {
          const { placedAs } = refusalOf(error, order)
          return placedAs === orderId ? `This request has become the order ${placedAs}` : undefined
        },
      },
    },
    {
      title: 'Somebody wants one more than there is',
      write: { pattern: 'placeOrder' },
      input: greedy,
      refused: {
        code: 'ConditionFailed',
        meaning: (error) => {
          const [short, ...others] = refusalOf(error, greedy).short
          if (short?.line !== greedy.lines.length - 1 || others.length > 0) return undefined
          return `Line ${short.line + 1}, ${greedy.lines[short.line]?.name}: ${short.wanted} are wanted and ${short.available} are there`
        },
      },
    },
    {
      title: 'Stock goes where it is needed',
      write: { pattern: 'transferStock' },
      input: transfer,
      changes: [
        {
          entity: 'Inventory',
          key: { productId: transfer.productId, warehouseId: transfer.from },
          attributes: { available: -2 },
        },
        { entity: 'Inventory', key: { productId: transfer.productId, warehouseId: transfer.to }, attributes: { available: 2 } },
      ],
    },
    {
      title: 'Stock cannot go where it lies',
      write: { pattern: 'transferStock' },
      input: { ...transfer, to: transfer.from },
      refused: { code: 'ValidationError', meaning: messageOf },
    },
    {
      title: 'The customer thinks again',
      write: { pattern: 'cancelOrder' },
      input: cancellation,
      changes: [
        ...stock(-1),
        orderBecomes('cancelled'),
        { entity: 'Payment', key: { orderId, paymentId: order.payment.paymentId }, attributes: { status: 'refunded' } },
      ],
    },
    {
      title: 'Nothing is refunded twice',
      write: { pattern: 'cancelOrder' },
      input: cancellation,
      refused: { code: 'ConditionFailed', meaning: messageOf },
    },
    {
      title: 'Somebody registers with an e-mail address that a customer has',
      write: { create: 'Customer' },
      input: { ...customer, customerId: exampleIds.customer },
      refused: {
        code: 'UniqueConstraint',
        meaning: (error) => (error instanceof UniqueConstraintError && error.constraint === 'email' ? error.message : undefined),
      },
    },
  ]
}

/** The checkout of the first cart of which a warehouse has everything. */
export function exampleCheckout({ Address, Cart, CartItem, Inventory, Product }: Dataset): PlaceOrder {
  const available = new Map(Inventory.map((row) => [`${row.productId} ${row.warehouseId}`, row.available]))
  for (const { cartId, customerId, status, currency } of Cart) {
    const items = CartItem.filter((item) => item.cartId === cartId)
    const home = Address.find((address) => address.customerId === customerId)
    const { warehouseId } =
      Inventory.find(({ warehouseId }) =>
        items.every(({ productId, quantity }) => (available.get(`${productId} ${warehouseId}`) ?? 0) >= quantity),
      ) ?? {}
    if (customerId === undefined || status !== 'open' || items.length < 2 || home === undefined || warehouseId === undefined)
      continue
    const lines = items.map(({ productId, name, quantity, priceCents, options }) => ({
      productId,
      sku: Product.find((product) => product.productId === productId)?.sku ?? '',
      name,
      quantity,
      unitPriceCents: priceCents,
      ...(options !== undefined && { options }),
    }))
    const shippingCents = 900
    return {
      requestId: exampleIds.request,
      customerId,
      orderId: exampleIds.order,
      placedAt: new Date(datasetNow.getTime()),
      warehouseId,
      shipBy: shifted(datasetNow, day),
      shippingAddress: home.postal,
      currency,
      taxRate: '0.081',
      shippingCents,
      lines,
      payment: {
        paymentId: exampleIds.payment,
        provider: 'northpay',
        providerReference: 'np_7Q2MZK4T',
        method: { kind: 'card', brand: 'maestro', last4: '4242' },
        authorisedAt: shifted(datasetNow, -2000),
        amountCents: totalsOf({ lines, shippingCents, discountCents: 0 }).totalCents,
      },
      // As the data set creates it.
      cart: { cartId, version: 1 },
    }
  }
  throw new Error('The data set has no open cart of which one warehouse has everything.')
}

/** What undoes an order. */
export function cancellationOf({ customerId, orderId = '', warehouseId, lines, payment }: PlaceOrder): CancelOrder {
  const { paymentId = '', amountCents } = payment
  return {
    customerId,
    orderId,
    warehouseId,
    lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
    payments: [{ paymentId, amountCents }],
  }
}

/** The same order by another request, with too much in its last line. */
function moreThanThereIs({ cart: _, orderId: __, ...order }: PlaceOrder, { Inventory }: Dataset): PlaceOrder {
  const last = order.lines.at(-1)
  const row = Inventory.find(({ productId, warehouseId }) => productId === last?.productId && warehouseId === order.warehouseId)
  const lines = order.lines.map((line) => (line === last ? { ...line, quantity: (row?.available ?? 0) + 1 } : line))
  const { totalCents } = totalsOf({ lines, shippingCents: order.shippingCents, discountCents: 0 })
  return {
    ...order,
    requestId: '5a1d9e60-7c4b-4f32-8e09-b6d2c3f41a77',
    lines,
    payment: { ...order.payment, amountCents: totalCents },
  }
}

function exampleTransfer({ Inventory }: Dataset): TransferStock {
  const source = Inventory.find(({ available }) => available >= 2)
  const target = Inventory.find(
    ({ productId, warehouseId }) => productId === source?.productId && warehouseId !== source.warehouseId,
  )
  if (source === undefined || target === undefined) throw new Error('The data set has no stock to move.')
  return { productId: source.productId, from: source.warehouseId, to: target.warehouseId, quantity: 2 }
}

function sold(productId: string, warehouseId: string, quantity: number): ItemChange {
  return { entity: 'Inventory', key: { productId, warehouseId }, attributes: { available: -quantity, reserved: quantity } }
}

function refusalOf(error: SingletError, order: PlaceOrder) {
  return error instanceof TransactionCanceledError ? checkoutRefusal(error, order) : { short: [] }
}

/** The reasons of a cancelled transaction, each in its own words. */
function messageOf(error: SingletError): string {
  if (!(error instanceof TransactionCanceledError)) return error.message
  return error.reasons.flatMap((reason) => (reason.error === undefined ? [] : [reason.error.message])).join(' ')
}
