// Shipments of an order: parcels, each on its way by itself.
import { datetime, decimal, defineEntity, list, map, oneOf, record, string, ulid, updatedAt } from '../../lib/index.ts'
import { carrier, exampleIds, orderReference, quantity, warehouse } from './attributes.ts'

/** New tracking events change no key, so the indexes with keys only are not written again. */
export const Shipment = defineEntity('Shipment', {
  description: 'One parcel. An order has as many as it takes, and few.',
  attributes: {
    orderId: orderReference(),
    shipmentId: ulid().example(exampleIds.shipment),
    carrier: carrier(),
    trackingNumber: string({ min: 6, max: 40 }).describe('The carrier’s own number').example('99.00.123456.78901234'),
    warehouseId: warehouse().describe('Where it left'),
    status: oneOf('in-transit', 'delivered', 'returned').default('in-transit').example('in-transit'),
    contents: record(quantity())
      .describe('Quantities by productId')
      .example({ [exampleIds.product]: 4 }),
    weightKg: decimal({ min: '0' }).describe('As weighed').example('17.1'),
    shippedAt: datetime().default('now').example(new Date('2030-03-12T15:05:00Z')),
    expectedAt: datetime().describe('When the carrier means to deliver').example(new Date('2030-03-14T17:00:00Z')),
    events: list(
      map({
        at: datetime().example(new Date('2030-03-12T15:05:00Z')),
        place: string({ max: 80 }).example('Zürich-Mülligen'),
        what: string({ max: 80 }).example('Accepted'),
      }),
      { max: 50 },
    )
      .describe('What the carrier reported, oldest first')
      .default(() => [])
      .example([{ at: new Date('2030-03-12T15:05:00Z'), place: 'Zürich-Mülligen', what: 'Accepted' }]),
    updatedAt: updatedAt().example(new Date('2030-03-12T15:05:00Z')),
  },
  key: { pk: 'ORDER#{orderId}', sk: 'SHIPMENT#{shipmentId}' },
  indexes: {
    GSI1: { pk: 'TRACKING#{carrier}#{trackingNumber}', sk: 'SHIPMENT#{shipmentId}' },
    GSI2: { pk: 'IN_TRANSIT#{carrier}', sk: '{expectedAt}', when: { status: 'in-transit' } },
  },
})
