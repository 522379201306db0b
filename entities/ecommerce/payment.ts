// Payments of an order. Money is authorised at checkout and captured when the goods leave.
import {
  createdAt,
  datetime,
  defineEntity,
  literal,
  map,
  oneOf,
  string,
  ulid,
  union,
  updatedAt,
  version,
} from '../../lib/index.ts'
import { cents, currency, exampleIds, orderReference } from './attributes.ts'

export const Payment = defineEntity('Payment', {
  description: 'One attempt to pay for an order. Several when one failed, or when a voucher covers a part.',
  attributes: {
    orderId: orderReference(),
    paymentId: ulid().example(exampleIds.payment),
    provider: oneOf('northpay', 'swiftcard').describe('The payment service').example('northpay'),
    providerReference: string({ min: 1, max: 64 })
      .describe('The provider’s own number, which its webhooks carry')
      .example('np_7Q2MZK4T'),
    status: oneOf('authorised', 'captured', 'failed', 'refunded').example('authorised'),
    amountCents: cents().example(21_840),
    currency: currency(),
    method: union(
      map({
        kind: literal('card').example('card'),
        brand: string({ max: 20 }).example('maestro'),
        last4: string({ pattern: /^\d{4}$/ }).example('4242'),
      }),
      map({ kind: literal('wallet').example('wallet'), account: string({ max: 80 }).example('lena.brunner@example.com') }),
      map({ kind: literal('invoice').example('invoice'), reference: string({ max: 40 }).example('RF18539007547034') }),
    )
      .describe('How it is paid; never a full card number')
      .example({ kind: 'card', brand: 'maestro', last4: '4242' }),
    authorisedAt: datetime().describe('When the provider answered').example(new Date('2030-03-12T09:41:05Z')),
    version: version().describe('Optimistic locking between webhooks that come in any order').example(1),
    createdAt: createdAt().example(new Date('2030-03-12T09:40:18Z')),
    updatedAt: updatedAt().example(new Date('2030-03-12T09:41:05Z')),
  },
  key: { pk: 'ORDER#{orderId}', sk: 'PAYMENT#{paymentId}' },
  indexes: {
    GSI1: { pk: 'PAYMENT#{provider}#{providerReference}', sk: 'PAYMENT#{paymentId}' },
    GSI2: { pk: 'TO_CAPTURE#{provider}', sk: '{authorisedAt}', when: { status: 'authorised' } },
  },
})
