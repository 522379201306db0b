// A data set for demonstrations, tests and benchmarks: some thousand items of a network in which all counts and timelines are right.
import { createRandom } from '../demo/random.ts'
import { makeDeliveries, makeMessages, makeNotifications, makeTimelines, makeUserCounts } from './data/deliveries.ts'
import { makePeople } from './data/people.ts'
import { makePosts } from './data/posts.ts'
import type { Dataset } from './data/row.ts'

export { datasetNow } from '../demo/random.ts'
export type { Dataset, Row } from './data/row.ts'
export { exampleInputs } from './example-inputs.ts'
export { exampleSteps } from './example-steps.ts'

export interface DatasetOptions {
  /** Another seed gives another network. Default 1. */
  readonly seed?: number
  /** How many users; everything grows with them. Default 64. */
  readonly users?: number
}

/**
 * Makes create inputs for every entity of the network, as of `datasetNow`. The same options give the same data set. What only transactions
 * write is in it, too, and right as a whole: load it through a model with open writes.
 */
export function makeDataset({ seed = 1, users = 64 }: DatasetOptions = {}): Dataset {
  const random = createRandom(seed)
  const people = makePeople(random, users)
  const posts = makePosts(random, people)
  const everything = { ...people, ...posts }
  return Object.freeze({
    ...everything,
    ...makeUserCounts(everything),
    ...makeTimelines(everything),
    ...makeDeliveries(everything),
    ...makeNotifications(random, everything),
    ...makeMessages(random, everything),
  })
}
