// The shop as one model: table, entities, and every question that the application asks.
import { defineModel } from '../../lib/index.ts'
import { cartPatterns } from './access/carts.ts'
import { cataloguePatterns } from './access/catalogue.ts'
import { checkoutPatterns } from './access/checkout.ts'
import { customerPatterns } from './access/customers.ts'
import { orderPatterns } from './access/orders.ts'
import { stockPatterns } from './access/stock.ts'
import { Cart, CartItem } from './cart.ts'
import { Category } from './category.ts'
import { CheckoutRequest } from './checkout-request.ts'
import { Address, Customer } from './customer.ts'
import { Inventory } from './inventory.ts'
import { Order, OrderItem } from './order.ts'
import { Payment } from './payment.ts'
import { Product } from './product.ts'
import { Review } from './review.ts'
import { Session } from './session.ts'
import { Shipment } from './shipment.ts'
import { table } from './table.ts'

/**
 * An e-commerce shop in a single table.
 *
 * @example
 * const shop = connect(ecommerce, { client: new DynamoDBClient({}) })
 * const { customer, orders } = await shop.patterns.customerWithOrders({ customerId })
 */
export const ecommerce = defineModel({
  table,
  entities: {
    Customer,
    Address,
    Session,
    Category,
    Product,
    Inventory,
    Review,
    Cart,
    CartItem,
    Order,
    OrderItem,
    Payment,
    Shipment,
    CheckoutRequest,
  },
  accessPatterns: {
    ...customerPatterns,
    ...cataloguePatterns,
    ...cartPatterns,
    ...orderPatterns,
    ...checkoutPatterns,
    ...stockPatterns,
  },
})
