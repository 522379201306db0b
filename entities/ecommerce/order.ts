// Orders, in the customer's partition, and their items, in a partition of each order.
import {
  createdAt,
  datetime,
  decimal,
  defineEntity,
  inverted,
  number,
  oneOf,
  record,
  string,
  ulid,
  updatedAt,
  version,
} from '../../lib/index.ts'
import {
  cents,
  couponCodes,
  currency,
  customerReference,
  exampleIds,
  maxOrderLines,
  orderReference,
  postalAddress,
  productName,
  productReference,
  quantity,
  sku,
  warehouse,
} from './attributes.ts'

/** States in which the warehouse still has something to do. */
const toShip = ['confirmed', 'packed', 'part-shipped'] as const

/**
 * `orderId` is issued when checkout begins and orders the customer's list; `placedAt` is when the customer confirmed. Orders of one UTC day are
 * one collection, which all checkouts write to at once: eight shards give it eight times a partition's write capacity.
 */
export const Order = defineEntity('Order', {
  description: 'A confirmed purchase: who, when, where to, how much. What was bought is in its OrderItems.',
  attributes: {
    customerId: customerReference(),
    orderId: ulid().describe('Issued when checkout begins').example(exampleIds.order),
    status: oneOf('pending', 'confirmed', 'packed', 'part-shipped', 'shipped', 'delivered', 'cancelled')
      .default('pending')
      .describe('Pending until the payment is authorised')
      .example('part-shipped'),
    placedAt: datetime().readOnly().describe('When the customer confirmed').example(new Date('2030-03-12T09:41:07Z')),
    shipBy: datetime().describe('What the customer was promised').example(new Date('2030-03-13T16:00:00Z')),
    warehouseId: warehouse().describe('Where it is packed'),
    currency: currency(),
    itemCount: number({ min: 1, max: maxOrderLines, integer: true })
      .readOnly()
      .describe('How many OrderItems it has: a cancellation gives all of them back')
      .example(1),
    subtotalCents: cents().describe('Sum of the items').example(20_940),
    discountCents: cents().default(0).describe('Taken off by vouchers').example(0),
    shippingCents: cents().example(900),
    totalCents: cents().describe('What is paid: subtotal, less discount, and shipping').example(21_840),
    taxRate: decimal({ min: '0', max: '1' }).describe('On the day it was placed').example('0.081'),
    couponCodes: couponCodes(),
    shippingAddress: postalAddress().describe('As it was then; later changes of the address book do not reach it'),
    note: string({ max: 500 }).optional().describe('From the customer').example('Please leave it with the neighbours'),
    version: version().describe('Optimistic locking between checkout, warehouse and support').example(4),
    createdAt: createdAt().example(new Date('2030-03-12T09:41:07Z')),
    updatedAt: updatedAt().example(new Date('2030-03-12T15:05:00Z')),
  },
  key: { pk: 'CUSTOMER#{customerId}', sk: 'ORDER#{orderId}' },
  indexes: {
    GSI1: { pk: 'ORDERS#{placedAt:day}', sk: '{placedAt}', shards: { count: 8 } },
    GSI2: { pk: 'TO_SHIP#{warehouseId}', sk: '{shipBy}', when: { status: toShip } },
    ByDate: { sk: '{placedAt}' },
    Inverted: inverted(),
  },
})

export const OrderItem = defineEntity('OrderItem', {
  description:
    'A product in an order, at the price and under the name it then had. An order has at most 48, as many as one transaction can place.',
  attributes: {
    orderId: orderReference(),
    productId: productReference(),
    sku: sku(),
    name: productName().describe('As it was called then'),
    quantity: quantity().example(6),
    unitPriceCents: cents().describe('As it was then').example(3490),
    options: record(string({ max: 60 }))
      .optional()
      .describe('Choices, such as a size or an engraving')
      .example({ size: '5' }),
  },
  key: { pk: 'ORDER#{orderId}', sk: 'ITEM#{productId}' },
  indexes: { Inverted: inverted() },
})
