// What keeps a checkout from being done twice: a mark of every request that became an order.
import { defineEntity, expiresAt } from '../../lib/index.ts'
import { customerReference, orderReference, requestReference } from './attributes.ts'

/**
 * Written in the transaction that writes the order, so there is one exactly when there is the other. DynamoDB's own token for repeated
 * transactions is forgotten after ten minutes; a phone that was in a tunnel, or a queue that delivers again, is slower than that.
 *
 * The customer is in the key: whatever identifiers a client makes up, it can only meet its own.
 */
export const CheckoutRequest = defineEntity('CheckoutRequest', {
  description:
    'A checkout that was done, by the identifier that the client gave it. The same request is refused then, and finds its order here.',
  attributes: {
    customerId: customerReference(),
    requestId: requestReference(),
    orderId: orderReference().describe('What it became'),
    expiresAt: expiresAt()
      .describe('Seven days later: by then the authorisation of its payment has lapsed, too')
      .example(new Date('2030-03-19T09:41:07Z')),
  },
  key: { pk: 'CHECKOUT#{customerId}#{requestId}', sk: 'CHECKOUT#{requestId}' },
})
