// A model of which only the shape is known, and its patterns as anything that takes an input.
import type { PageOptions } from '../client/paging.ts'
import type { AccessPatterns, Entities, Model } from '../model/define-model.ts'
import type { Operation } from '../model/operation.ts'

/** Any model. */
export type DocumentedModel = Model<Entities, AccessPatterns>

/** The patterns of a connected model, by name, whatever their inputs and answers. */
export type AnyPatterns = Readonly<Record<string, (input: object, options?: PageOptions) => Operation<unknown>>>
