// What is asked about carts.
import { itemCollection, many, one, query } from '../../../lib/index.ts'
import { Cart, CartItem } from '../cart.ts'

export const cartPatterns = {
  cartWithItems: itemCollection({ cart: one(Cart), items: many(CartItem) })
    .consistent()
    .describe('The cart page; shows what was put in a moment ago')
    .rate({ perSecond: 80 }),

  cartOfCustomer: query(Cart)
    .index('GSI1')
    .descending()
    .one()
    .describe('After sign-in on another device: the customer’s newest cart')
    .rate({ perSecond: 10 }),

  idleCarts: query(Cart)
    .index('GSI2')
    .hydrate()
    .describe('Open carts of customers, longest idle first: those before yesterday get a reminder')
    .rate({ perSecond: 0.01 }),
}
