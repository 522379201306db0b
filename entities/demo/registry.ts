// The models that can be demonstrated, each with a data set, an input for every access pattern that reads, and steps that
// write.
import type { AccessPatterns, Entities, Model } from '../../lib/index.ts'
import * as shop from '../ecommerce/dataset.ts'
import { ecommerce } from '../ecommerce/index.ts'
import * as network from '../social/dataset.ts'
import { social } from '../social/index.ts'
import { datasetNow } from './random.ts'
import type { Step } from './step.ts'

export interface Demonstration {
  readonly model: Model<Entities, AccessPatterns>
  /** The moment at which the data are looked at. */
  readonly now: Readonly<Date>
  /** Create inputs by the model's name of the entity. */
  readonly rows: Readonly<Record<string, readonly object[]>>
  /** An input that finds something, by access pattern that reads. */
  readonly inputs: Readonly<Record<string, object>>
  /** What is written after the reads, one after the other. Each transaction of the model succeeds in some step. */
  readonly steps: readonly Step[]
}

type Registry = Readonly<Record<string, () => Demonstration>>

/** Data sets are made only when their model is asked for. */
export const demonstrations: Registry = Object.freeze({
  ecommerce: () => {
    const dataset = shop.makeDataset()
    return {
      model: ecommerce,
      now: datasetNow,
      rows: { ...dataset },
      inputs: { ...shop.exampleInputs(dataset) },
      steps: shop.exampleSteps(dataset),
    }
  },
  social: () => {
    const dataset = network.makeDataset()
    return {
      model: social,
      now: datasetNow,
      rows: { ...dataset },
      inputs: { ...network.exampleInputs(dataset) },
      steps: network.exampleSteps(dataset),
    }
  },
})
