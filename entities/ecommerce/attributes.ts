// Attributes that several entities declare alike, with examples that fit together: all examples of this model tell one story, of a customer
// who buys six crocks, so that the documentation can build items and requests from them.
import { list, map, number, oneOf, string, stringSet, ulid, uuid } from '../../lib/index.ts'

/** The identifiers in the examples. The time in each ULID is that of the thing's creation. */
export const exampleIds = Object.freeze({
  customer: '01NJMC582G9DD3ZN1KJ9ANVE9G',
  address: '01NJMCBP48886A837WT4DXS82Y',
  product: '01PTX9P4002D1W44V29V5RHG34',
  cart: '01Q92KSC1G46XA80HA4BS1ZRY5',
  order: '01Q92N9MZ0CJQP3X7ZDYFN4AJG',
  payment: '01Q92NC8YGSWFVQA020Z687WC2',
  shipment: '01Q937YTB0G79NT0D19KSS8TAB',
  request: '0b7c3a52-8f1e-4d6a-b1c9-2e5d7f90a314',
  session: '6f0c8f0e-4d0f-4c53-9a55-0d1f6f1c2b7e',
})

/** Currencies the shop sells in. Amounts are whole cents of one of them, never fractions. */
export const currencies = ['CHF', 'EUR'] as const
/** Countries the shop knows addresses in. */
export const countries = ['AT', 'CH', 'DE', 'FR', 'IT', 'LI'] as const
/** Countries it delivers to. */
export const deliveryCountries = ['AT', 'CH', 'DE', 'LI'] as const
/** Fulfilment centres. */
export const warehouses = ['BAS1', 'VIE1', 'ZRH1'] as const
/** Parcel services. */
export const carriers = ['alpine-post', 'rheinpaket', 'velokurier'] as const

export const customerReference = () =>
  ulid({ generate: false }).describe('The customer it belongs to').example(exampleIds.customer)
export const productReference = () => ulid({ generate: false }).describe('The product it is about').example(exampleIds.product)
export const orderReference = () => ulid({ generate: false }).describe('The order it is part of').example(exampleIds.order)
export const cartReference = () => ulid({ generate: false }).describe('The cart it lies in').example(exampleIds.cart)

/** What the client calls its request, made when the visitor confirms and kept for as long as it tries. */
export const requestReference = () =>
  uuid({ generate: false }).describe('Made by the client, once for each checkout').example(exampleIds.request)

/**
 * How many products an order can have: it is placed, and cancelled, in one transaction of at most 100 actions. A line takes two of them, for
 * the order item and for the stock. The other four are order, request, payment and cart; or order and up to three payments.
 */
export const maxOrderLines = 48

export const currency = () =>
  oneOf(...currencies)
    .describe('ISO 4217 code of all amounts in this item')
    .example('CHF')
export const warehouse = () => oneOf(...warehouses).example('ZRH1')
export const carrier = () =>
  oneOf(...carriers)
    .describe('The parcel service')
    .example('alpine-post')

/** Exact money: whole cents. With bounds, so that keys can hold it with a fixed width. */
export const cents = () => number({ min: 0, max: 99_999_999, integer: true })
export const quantity = () => number({ min: 1, max: 999, integer: true })

/** One level of the category path, as it stands in web addresses and keys. */
export const slug = () => string({ min: 1, max: 40, pattern: /^[a-z0-9]+(-[a-z0-9]+)*$/ })
export const department = () => slug().describe('First level of the category path').example('home')
export const category = () => slug().describe('Second level of the category path').example('kitchen')
export const subcategory = () => slug().describe('Third level of the category path').example('storage-jars')

export const sku = () =>
  string({ pattern: /^[A-Z0-9]{3,8}-\d{4,8}$/ })
    .describe('Stock keeping unit, as printed on the label')
    .example('CROCK-100417')
export const productName = () => string({ min: 1, max: 120 }).example('Stoneware crock, 5 litres')

export const couponCodes = () =>
  stringSet({ max: 5 })
    .optional()
    .describe('Vouchers that were entered')
    .example(new Set(['SPRING30']))

/** A postal address. A snapshot wherever it stands: orders keep the one they were sent to. */
export const postalAddress = () =>
  map({
    recipient: string({ min: 1, max: 80 }).example('Lena Brunner'),
    lines: list(string({ max: 80 }), { min: 1, max: 3 })
      .describe('Street, house number, building')
      .example(['Seestrasse 14']),
    postcode: string({ min: 3, max: 10 }).example('8002'),
    city: string({ min: 1, max: 60 }).example('Zürich'),
    country: oneOf(...countries)
      .describe('ISO 3166 code')
      .example('CH'),
  }).example({ recipient: 'Lena Brunner', lines: ['Seestrasse 14'], postcode: '8002', city: 'Zürich', country: 'CH' })
