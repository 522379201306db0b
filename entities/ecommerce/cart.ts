// Carts and what lies in them: one partition for each cart, which expires as a whole.
import { datetime, defineEntity, expiresAt, oneOf, record, string, ulid, version } from '../../lib/index.ts'
import {
  cartReference,
  cents,
  couponCodes,
  currency,
  customerReference,
  exampleIds,
  productName,
  productReference,
  quantity,
} from './attributes.ts'

const expiry = () => expiresAt().describe('Ninety days after the last change').example(new Date('2030-06-10T09:31:12Z'))

/** Carts of customers who have left are reminded, those of guests cannot be: the queue holds only carts with a customer. */
export const Cart = defineEntity('Cart', {
  description: 'What a visitor means to buy. Guests have carts too, until they sign in.',
  attributes: {
    cartId: ulid().describe('In the visitor’s cookie').example(exampleIds.cart),
    customerId: customerReference().optional().describe('Absent for guests'),
    status: oneOf('open', 'ordered').default('open').example('open'),
    currency: currency(),
    couponCodes: couponCodes(),
    lastActiveAt: datetime().default('now').describe('Last change by the visitor').example(new Date('2030-03-12T09:31:12Z')),
    version: version().describe('Optimistic locking: a cart open on two devices').example(5),
    expiresAt: expiry(),
  },
  key: { pk: 'CART#{cartId}', sk: 'CART#{cartId}' },
  indexes: {
    // By cart identifier, hence by age, and not by lastActiveAt, which would move the item in the index with every change.
    GSI1: { pk: 'CARTS#{customerId}', sk: 'CART#{cartId}' },
    // Every open cart of a signed-in customer is here, with a key that moves while they shop: sharded against a busy evening.
    GSI2: {
      pk: 'OPEN_CARTS',
      sk: '{lastActiveAt}',
      when: { status: 'open', customerId: { exists: true } },
      shards: { count: 4 },
    },
  },
})

export const CartItem = defineEntity('CartItem', {
  description:
    'A product in a cart. One item for each product, at most 48 in a cart, as in an order; adding it again raises the quantity.',
  attributes: {
    cartId: cartReference(),
    productId: productReference(),
    name: productName(),
    quantity: quantity().example(6),
    priceCents: cents().describe('When it was put in, to tell the customer of changes').example(3490),
    options: record(string({ max: 60 }))
      .optional()
      .describe('Choices, such as a size or an engraving')
      .example({ size: '5' }),
    addedAt: datetime().default('now').example(new Date('2030-03-12T09:14:55Z')),
    expiresAt: expiry(),
  },
  key: { pk: 'CART#{cartId}', sk: 'CART_ITEM#{productId}' },
})
