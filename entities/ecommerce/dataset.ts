// A realistic data set for demonstrations, tests and benchmarks: some four thousand items that belong together.
import { createRandom } from '../demo/random.ts'
import { makeCarts } from './data/carts.ts'
import { makeCatalogue } from './data/catalogue.ts'
import { makeCheckoutRequests } from './data/checkouts.ts'
import { makeCustomers } from './data/customers.ts'
import { makeOrders } from './data/orders.ts'
import { reserve } from './data/reservations.ts'
import { makeReviews } from './data/reviews.ts'
import type { Dataset } from './data/row.ts'

export { datasetNow } from '../demo/random.ts'
export type { Dataset, Row } from './data/row.ts'
export { exampleInputs } from './example-inputs.ts'
export { exampleSteps } from './example-steps.ts'

export interface DatasetOptions {
  /** Another seed gives another shop. Default 1. */
  readonly seed?: number
  /** How many customers; everything but the catalogue grows with them. Default 130. */
  readonly customers?: number
}

/**
 * Makes create inputs for every entity of the shop, as of `datasetNow`. The same options give the same data set.
 *
 * @example
 * const dataset = makeDataset({ customers: 50 })
 * for (const order of dataset.Order) await shop.entities.Order.create(order)
 */
export function makeDataset({ seed = 1, customers = 130 }: DatasetOptions = {}): Dataset {
  const random = createRandom(seed)
  const people = makeCustomers(random, customers)
  const catalogue = makeCatalogue(random)
  const orders = makeOrders(random, people, catalogue.Product)
  const reviews = makeReviews(random, orders)
  const carts = makeCarts(random, { ...people, ...catalogue })
  const checkouts = makeCheckoutRequests(random, orders)
  const stock = reserve(catalogue.Inventory, orders)
  return Object.freeze({ ...people, ...catalogue, ...stock, ...orders, ...reviews, ...carts, ...checkouts })
}
