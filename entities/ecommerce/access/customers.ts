// What is asked about customers: who they are, where they live, where they are signed in.
import { get, itemCollection, many, one, query, scan } from '../../../lib/index.ts'
import { deliveryCountries } from '../attributes.ts'
import { Address, Customer } from '../customer.ts'
import { Order } from '../order.ts'
import { Session } from '../session.ts'

export const customerPatterns = {
  customerById: get(Customer).describe('The account page').rate({ perSecond: 40 }),

  customerByEmail: query(Customer)
    .index('GSI1')
    .one()
    .describe('Sign-in and password reset: the account with this e-mail address')
    .rate({ perSecond: 10 }),

  customerWithOrders: itemCollection({ customer: one(Customer), orders: many(Order) })
    .descending()
    .describe('Support looks at a customer: the profile and then the orders, newest first, in one query that skips the addresses')
    .rate({ perSecond: 2 }),

  checkoutProfile: itemCollection({ customer: one(Customer), addresses: many(Address) })
    .describe('Checkout: the profile and the whole address book in one query that skips the orders')
    .rate({ perSecond: 15 }),

  deliveryAddresses: query(Address)
    .where({ postal: { country: deliveryCountries } })
    .describe('Addresses that can be delivered to. A filter is right here: an address book is small and is read whole anyway')
    .rate({ perSecond: 15 }),

  sessionById: get(Session)
    .consistent()
    .describe('Every request of a signed-in visitor; not after sign-out or expiry')
    .rate({ perSecond: 900 }),

  sessionsOfCustomer: query(Session)
    .index('GSI1')
    .descending()
    .describe('Where am I signed in? Newest first; also to sign out everywhere')
    .rate({ perSecond: 1 }),

  customerExport: scan(Customer)
    .segments(4)
    .select('customerId', 'email', 'name', 'tier', 'interests')
    .describe(
      'The monthly export to the newsletter service reads the whole table, in four parts, at night. No index would be cheaper',
    ),
}
