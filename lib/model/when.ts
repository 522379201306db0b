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

/** The predicate of a sparse index: all of its attributes' tests must hold. An absent attribute fails every test but `exists: false`. */
export type When<A> = { readonly [K in keyof A]?: WhenTest<OutputOf<A[K]>> }
