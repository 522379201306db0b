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

/** The names of the tests in the predicates of the index `T` that are wrong. Only the names that are given are looked at, for speed. */
export type WrongTests<A, T> = T extends { readonly when: infer W }
  ? { [N in keyof W]: N extends keyof A ? (W[N] extends WhenTest<OutputOf<A[N]>> ? never : N) : N }[keyof W]
  : never

/** What a predicate could be, in place of what is wrong in it: all tests must hold, and an absent attribute fails all but `exists: false`. */
export type CheckedWhen<A, W> = {
  readonly [N in keyof W]: N extends keyof A ? CheckedTest<W[N], WhenTest<OutputOf<A[N]>>> : `${N & string} is not an attribute`
}

type CheckedTest<T, Allowed> = T extends Allowed ? T : Allowed
