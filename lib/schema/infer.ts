// The types of items and inputs, inferred from attributes: plain objects, as a hover shows them.
import type { AttributeFlag, Attributes, Flagged, FlagOf, InputOf, OutputOf } from './attribute.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

/** Whether an item has the attribute. Depends on the attribute alone, so that the compiler answers it once for all that are alike. */
type ItemPresence<X> = X extends StandardSchemaV1 ? SchemaPresence<OutputOf<X>> : ItemPresenceBy<FlagOf<X>>
type ItemPresenceBy<F> = 'hidden' extends F ? 'none' : 'optional' extends F ? 'optional' : 'required'

/** Whether an input has the attribute. */
type InputPresence<X> = X extends StandardSchemaV1 ? SchemaPresence<InputOf<X>> : InputPresenceBy<FlagOf<X>>
type InputPresenceBy<F> = 'generated' extends F ? 'none' : [F] extends ['readOnly' | 'hidden'] ? 'required' : 'optional'

/** Schemas (zod, valibot …) may take, or give, `undefined`. */
type SchemaPresence<V> = unknown extends V ? 'required' : undefined extends V ? 'optional' : 'required'

/** The same type as one plain object. */
type Flat<X> = { [K in keyof X]: X[K] }

/** The same, shown in hovers and declarations as what it is and not by the name of an alias: an intersection has none. */
export type Unnamed<X> = { [K in keyof X]: X[K] } & unknown

/**
 * The names that are not required, and the few of them that are optional. All others are required: looking at the few twice costs the
 * compiler less than looking at all twice.
 */
type ItemExceptions<A> = { [K in keyof A]: ItemPresence<A[K]> extends 'required' ? never : K }[keyof A]
type InputExceptions<A> = { [K in keyof A]: InputPresence<A[K]> extends 'required' ? never : K }[keyof A]

/** Attributes that are not known (`AnyEntity`, or `any`) make a record. */
type ItemWith<A, Exceptions extends keyof A> = [Exceptions] extends [never]
  ? { -readonly [K in keyof A]: OutputOf<A[K]> }
  : string extends Exceptions
    ? Record<string, unknown>
    : Flat<
        { [K in Exclude<keyof A, Exceptions>]: OutputOf<A[K]> } & {
          -readonly [K in Exceptions as ItemPresence<A[K]> extends 'optional' ? K : never]?: OutputOf<A[K]>
        }
      >
type InputWith<A, Exceptions extends keyof A> = [Exceptions] extends [never]
  ? { -readonly [K in keyof A]: InputOf<A[K]> }
  : string extends Exceptions
    ? Record<string, unknown>
    : Flat<
        { [K in Exclude<keyof A, Exceptions>]: InputOf<A[K]> } & {
          -readonly [K in Exceptions as InputPresence<A[K]> extends 'optional' ? K : never]?: InputOf<A[K]>
        }
      >

/** An item as it is read: every attribute that is not hidden; optional ones may be absent. */
export type ItemOf<A> = ItemWith<A, ItemExceptions<A>>

/** What creates an item: attributes that are optional or have a default may be absent, generated ones are not given. */
export type CreateInputOf<A> = InputWith<A, InputExceptions<A>>

/** The names of the attributes that an update may set. */
export type UpdatableOf<A extends Attributes> = {
  [K in keyof A]: [Extract<FlagOf<A[K]>, 'readOnly' | 'generated'>] extends [never] ? K : never
}[keyof A]

/** Attributes none of which comes from the connection: told by assignability, which costs the compiler less than looking at each. */
export type PlainAttributes = {
  readonly [name: string]: Flagged<Exclude<AttributeFlag, 'context'>> | { readonly '~standard': unknown }
}

/** The attributes that callers give in keys: all but those that come from the connection. */
export type Given<A> = A extends PlainAttributes
  ? A
  : { readonly [N in keyof A as 'context' extends FlagOf<A[N]> ? never : N]: A[N] }

/** The names of the attributes that come from the connection. */
export type ContextNames<A> = A extends PlainAttributes
  ? never
  : { [N in keyof A]: 'context' extends FlagOf<A[N]> ? N : never }[keyof A]
