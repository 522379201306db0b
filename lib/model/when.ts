// The predicate of a sparse index, as types: which attribute must have which value for an item to be in the index.
import type { OutputOf } from '../schema/attribute.ts'

/** What one attribute of `when` may be asked: a value, one of several values, or comparisons that must all hold. */
export type WhenTest<V> =
  | V
  | readonly V[]
  | {
      readonly eq?: V
      readonly ne?: V
      readonly in?: readonly V[]
      readonly gt?: V
      readonly gte?: V
      readonly lt?: V
      readonly lte?: V
      readonly between?: readonly [V, V]
      readonly beginsWith?: string
      readonly exists?: boolean
    }

/**
 * The predicate `W` of a sparse index, or in place of what is wrong in it what could be there: all tests must hold, and an absent
 * attribute fails every test but `exists: false`. Only the names that are given are looked at, and what is right is given back as it is:
 * mapped over all attributes, or intersected with what could be there, this cost the compiler half of what an entity costs.
 */
export type CheckedWhen<A, W> = {
  readonly [N in keyof W]: N extends keyof A ? CheckedTest<W[N], WhenTest<OutputOf<A[N]>>> : `${N & string} is not an attribute`
}

type CheckedTest<T, Allowed> = T extends Allowed ? T : Allowed
