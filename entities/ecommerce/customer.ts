// Customers and their addresses. Both live in the customer's partition, on either side of which lie the orders (see order.ts).
import { boolean, createdAt, defineEntity, map, oneOf, string, stringSet, ulid, updatedAt, version } from '../../lib/index.ts'
import { customerReference, exampleIds, postalAddress } from './attributes.ts'

/**
 * Its sort key begins with PROFILE, between ORDER and SHIPTO: a descending read from it continues with the newest orders, an ascending one
 * with the addresses, each in one query that reads nothing else.
 */
export const Customer = defineEntity('Customer', {
  description: 'Somebody with an account. Guests have carts, but no customer item.',
  attributes: {
    customerId: ulid().example(exampleIds.customer),
    email: string({ max: 254, pattern: /^[^@\s]+@[^@\s]+$/ })
      .check((email) => email === email.toLowerCase() || 'must be in lower case, for it is looked up by key')
      .describe('Sign-in name, in lower case')
      .example('lena.brunner@example.com'),
    name: string({ min: 1, max: 80 }).example('Lena Brunner'),
    phone: string({ max: 20, pattern: /^\+\d{6,}$/ })
      .optional()
      .describe('E.164, for the parcel service')
      .example('+41445550123'),
    passwordHash: string().hidden().describe('Never leaves the table by accident: hidden').example('argon2id$c2FsdA$aGFzaA'),
    tier: oneOf('standard', 'silver', 'gold').default('standard').describe('Loyalty programme').example('gold'),
    interests: stringSet()
      .default(() => new Set<string>())
      .describe('Departments for the newsletter')
      .example(new Set(['home', 'garden'])),
    preferences: map({
      language: oneOf('de', 'en', 'fr').example('de'),
      newsletter: boolean().default(false).example(true),
      theme: oneOf('light', 'dark').optional().example('dark'),
    }).example({ language: 'de', newsletter: true, theme: 'dark' }),
    version: version().describe('Optimistic locking: two open profile forms cannot overwrite each other').example(3),
    createdAt: createdAt().example(new Date('2028-05-04T18:22:10Z')),
    updatedAt: updatedAt().example(new Date('2030-01-20T07:45:00Z')),
  },
  key: { pk: 'CUSTOMER#{customerId}', sk: 'PROFILE#{customerId}' },
  indexes: {
    GSI1: { pk: 'EMAIL#{email}', sk: 'PROFILE#{customerId}' },
  },
  // Compared as it is stored, hence the check for lower case: Lena@ and lena@ are one address.
  unique: { email: 'CUSTOMER_EMAIL#{email}' },
})

export const Address = defineEntity('Address', {
  description: 'An entry of a customer’s address book. The shop allows twenty for each customer.',
  attributes: {
    customerId: customerReference(),
    addressId: ulid().example(exampleIds.address),
    label: string({ max: 40 }).describe('What the customer calls it').example('At home'),
    postal: postalAddress(),
    instructions: string({ max: 200 }).optional().describe('For the courier').example('Ring twice'),
    updatedAt: updatedAt().example(new Date('2028-05-04T18:25:41Z')),
  },
  key: { pk: 'CUSTOMER#{customerId}', sk: 'SHIPTO#{addressId}' },
})
