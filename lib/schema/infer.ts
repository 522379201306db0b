// The types of items and inputs, inferred from attributes: one mapped type for each, flattened so that editors show plain objects.
import type { Attributes, FlagOf, InputOf, OutputOf } from './attribute.ts'

/** Whether an item has the attribute. Depends on the attribute alone, so that the compiler answers it once for all that are alike. */
type ItemPresence<X> = [FlagOf<X>] extends [never]
  ? SchemaPresence<OutputOf<X>>
  : 'hidden' extends FlagOf<X>
    ? 'none'
    : 'optional' extends FlagOf<X>
      ? 'optional'
      : 'required'

/** Whether an input has the attribute. */
type InputPresence<X> = [FlagOf<X>] extends [never]
  ? SchemaPresence<InputOf<X>>
  : 'generated' extends FlagOf<X>
    ? 'none'
    : [FlagOf<X>] extends ['readOnly' | 'hidden']
      ? 'required'
      : 'optional'

/** Of a value without modifiers: schemas (zod, valibot …) may take, or give, `undefined`. */
type SchemaPresence<V> = unknown extends V ? 'required' : undefined extends V ? 'optional' : 'required'

/** The same type as one plain object, as a hover shows it. */
type Flat<X> = { [K in keyof X]: X[K] }

/** The names with that presence. Two lists of names cost the compiler less than renaming keys, or subtracting one list from the other. */
type ItemNames<A, P> = { [K in keyof A]: ItemPresence<A[K]> extends P ? K : never }[keyof A]
type InputNames<A, P> = { [K in keyof A]: InputPresence<A[K]> extends P ? K : never }[keyof A]

/** An item as it is read: every attribute that is not hidden; optional ones may be absent. */
export type ItemOf<A> = Flat<
  { [K in ItemNames<A, 'required'>]: OutputOf<A[K]> } & { [K in ItemNames<A, 'optional'>]?: OutputOf<A[K]> }
>

/** What creates an item: attributes that are optional or have a default may be absent, generated ones are not given. */
export type CreateInputOf<A> = Flat<
  { [K in InputNames<A, 'required'>]: InputOf<A[K]> } & { [K in InputNames<A, 'optional'>]?: InputOf<A[K]> }
>

/** The names of the attributes that an update may set. */
export type UpdatableOf<A extends Attributes> = {
  [K in keyof A]: [Extract<FlagOf<A[K]>, 'readOnly' | 'generated'>] extends [never] ? K : never
}[keyof A]
