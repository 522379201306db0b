// What is asked about orders, their payments and their parcels.
import { itemCollection, many, query } from '../../../lib/index.ts'
import { Order, OrderItem } from '../order.ts'
import { Payment } from '../payment.ts'
import { Shipment } from '../shipment.ts'

/** From this total on somebody looks at an order before it leaves. */
const vettingTotalCents = 20_000

export const orderPatterns = {
  orderById: query(Order)
    .index('Inverted')
    .hydrate()
    .one()
    .describe('Support, warehouse and webhooks know the order number only: the order’s key read backwards')
    .rate({ perSecond: 20 }),

  ordersOfCustomer: query(Order).descending().describe('My orders, newest first').rate({ perSecond: 12 }),

  ordersOfCustomerInPeriod: query(Order)
    .index('ByDate')
    .consistent()
    .describe('A customer’s orders confirmed in a period, for the yearly statement; includes the order of a moment ago')
    .rate({ perSecond: 1 }),

  ordersOnDay: query(Order)
    .index('GSI1')
    .descending()
    .describe('Orders of a day or several, newest first; each day is merged from eight shards')
    .rate({ perSecond: 1 }),

  ordersToVet: query(Order)
    .index('GSI1')
    .where({ totalCents: { gte: vettingTotalCents } })
    .select('customerId', 'orderId', 'placedAt', 'status', 'totalCents', 'currency', 'shippingAddress')
    .describe('Large orders of a day, which the fraud desk looks at')
    .rate({ perSecond: 0.02 }),

  ordersToShip: query(Order)
    .index('GSI2')
    .hydrate()
    .describe('The packers’ queue of a warehouse: what must leave first comes first')
    .rate({ perSecond: 0.5 }),

  orderDetails: itemCollection({ items: many(OrderItem), payments: many(Payment), shipments: many(Shipment) })
    .describe('What was bought, how it was paid and where it is, in one query')
    .rate({ perSecond: 25 }),

  packingList: query(OrderItem)
    .consistent()
    .select('productId', 'sku', 'name', 'quantity', 'options')
    .describe('What goes into the box')
    .rate({ perSecond: 2 }),

  salesOfProduct: query(OrderItem)
    .index('Inverted')
    .descending()
    .hydrate()
    .describe('The newest orders that contain a product, for recalls and reports')
    .rate({ perSecond: 0.05 }),

  paymentByReference: query(Payment)
    .index('GSI1')
    .one()
    .describe('A provider’s webhook names its own reference')
    .rate({ perSecond: 10 }),

  paymentsToCapture: query(Payment)
    .index('GSI2')
    .hydrate()
    .describe('Authorised and not yet captured, oldest first: authorisations lapse after seven days')
    .rate({ perSecond: 0.02 }),

  shipmentByTracking: query(Shipment)
    .index('GSI1')
    .one()
    .describe('A carrier reports on one of its parcels')
    .rate({ perSecond: 15 }),

  overdueShipments: query(Shipment)
    .index('GSI2')
    .select('orderId', 'shipmentId', 'carrier', 'expectedAt')
    .describe('Parcels on their way with a carrier that were expected before a time, most overdue first')
    .rate({ perSecond: 0.02 }),
}
