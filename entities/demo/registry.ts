// The models that can be demonstrated, each with a data set, an input for every access pattern that reads, and steps that
// write.
import type { AccessPatterns, Entities, Model } from '../../lib/index.ts'
import { datasetNow, exampleInputs, exampleSteps, makeDataset } from '../ecommerce/dataset.ts'
import { ecommerce } from '../ecommerce/index.ts'
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
    const dataset = makeDataset()
    return {
      model: ecommerce,
      now: datasetNow,
      rows: { ...dataset },
      inputs: { ...exampleInputs(dataset) },
      steps: exampleSteps(dataset),
    }
  },
})
