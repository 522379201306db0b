// The types of items and inputs, inferred from attributes: one mapped type each, flattened once so that editors show plain objects.
import type { AttributeFlag, Attributes, FlagOf, InputOf, OutputOf } from './attribute.ts'

/** The names of the attributes with one of these modifiers. */
type FlaggedNames<A, F extends AttributeFlag> = {
  [K in keyof A]: [Extract<FlagOf<A[K]>, F>] extends [never] ? never : K
}[keyof A]

/** The names of the schemas (zod, valibot …) that take, or give, `undefined`. */
type AbsentInput<A> = {
  [K in keyof A]: undefined extends InputOf<A[K]> ? (unknown extends InputOf<A[K]> ? never : K) : never
}[keyof A]
type AbsentOutput<A> = {
  [K in keyof A]: undefined extends OutputOf<A[K]> ? (unknown extends OutputOf<A[K]> ? never : K) : never
}[keyof A]

/** The same type as one plain object, as a hover shows it. */
type Flat<X> = { [K in keyof X]: X[K] }

/** An item as it is read: every attribute that is not hidden; optional ones may be absent. */
export type ItemOf<A> = Flat<
  { [K in Exclude<keyof A, FlaggedNames<A, 'optional' | 'hidden'> | AbsentOutput<A>>]: OutputOf<A[K]> } & {
    [K in Exclude<FlaggedNames<A, 'optional'> | AbsentOutput<A>, FlaggedNames<A, 'hidden'>>]?: OutputOf<A[K]>
  }
>

/** What creates an item: attributes that are optional or have a default may be absent, generated ones are not given. */
export type CreateInputOf<A> = Flat<
  { [K in Exclude<keyof A, FlaggedNames<A, 'optional' | 'default' | 'generated'> | AbsentInput<A>>]: InputOf<A[K]> } & {
    [K in Exclude<FlaggedNames<A, 'optional' | 'default'> | AbsentInput<A>, FlaggedNames<A, 'generated'>>]?: InputOf<A[K]>
  }
>

/** The names of the attributes that an update may set. */
export type UpdatableOf<A extends Attributes> = Exclude<keyof A, FlaggedNames<A, 'readOnly' | 'generated'>>
