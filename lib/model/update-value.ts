// What an update may do to an attribute besides setting it. lib/requests turns each into a clause of an UpdateExpression.
import type { FlagOf, InputOf, OutputOf } from '../schema/attribute.ts'
import type { AnyEntity, KeyNames } from './entity.ts'

/** The names of the operations. */
export type UpdateOperator = 'add' | 'append' | 'prepend' | 'remove' | 'addToSet' | 'removeFromSet' | 'ifNotExists' | 'patch'

const operator: unique symbol = Symbol('update')

/** An operation on an attribute with values of type `V`. The symbol keeps data from ever passing for one. */
export interface UpdateOperation<out V> {
  readonly [operator]: UpdateOperator
  readonly operand: V
}
/** Takes an optional attribute away. */
export interface Removal {
  readonly [operator]: UpdateOperator
  readonly operand: undefined
}
/** Changes some attributes of a map and leaves the others. */
export interface Patch<out P> {
  readonly [operator]: UpdateOperator
  readonly operand: P
  readonly partial: true
}

function operation<V>(name: UpdateOperator, operand: V): UpdateOperation<V> {
  return Object.freeze({ [operator]: name, operand })
}

/** The operation that a value of an update stands for, or undefined when it is a plain value. */
export function operatorOf(value: unknown): UpdateOperator | undefined {
  return typeof value === 'object' && value !== null && operator in value
    ? (value as UpdateOperation<unknown>)[operator]
    : undefined
}

/** The operand of an update operation. */
export function operandOf(value: unknown): unknown {
  return (value as UpdateOperation<unknown>).operand
}

/**
 * Adds to a number, atomically. An absent number counts as 0.
 * @example Product.update({ productId }, { stock: add(-1) })
 */
export function add<const N extends number | bigint | string>(
  amount: N,
): UpdateOperation<N extends number ? number : N extends bigint ? bigint : string> {
  return operation('add', amount) as never
}

/** Appends to a list; an absent list counts as empty. */
export function append<V>(elements: readonly V[]): UpdateOperation<V[]> {
  return operation('append', [...elements])
}

/** Puts elements before a list's first; an absent list counts as empty. */
export function prepend<V>(elements: readonly V[]): UpdateOperation<V[]> {
  return operation('prepend', [...elements])
}

/** Removes an optional attribute. */
export function remove(): Removal {
  return operation('remove', undefined) as Removal
}

/** Adds elements to a set; those it has already are left alone. */
export function addToSet<V>(...elements: V[]): UpdateOperation<Set<V>> {
  return operation('addToSet', new Set(elements))
}

/** Takes elements out of a set. */
export function removeFromSet<V>(...elements: V[]): UpdateOperation<Set<V>> {
  return operation('removeFromSet', new Set(elements))
}

/** Sets the attribute only when the item does not have it. */
export function ifNotExists<const V>(value: V): UpdateOperation<V> {
  return operation('ifNotExists', value)
}

/**
 * Changes the named attributes of a map and leaves the others; operations may be nested.
 * @example Customer.update({ customerId }, { address: patch({ city: 'Bern', note: remove() }) })
 */
export function patch<const P extends object>(changes: P): Patch<P> {
  return Object.freeze({ ...operation('patch', changes), partial: true })
}

/** The attributes of a map as `patch` accepts them; only optional ones may be removed. Anything else is left as it is. */
type Patchable<V> = {
  readonly [K in keyof V]?:
    | V[K]
    | UpdateOperation<V[K]>
    | Patch<Patchable<NonNullable<V[K]>>>
    | (Record<never, never> extends Pick<V, K> ? Removal : never)
}

type Change<X> =
  | InputOf<X>
  | UpdateOperation<OutputOf<X>>
  | Patch<Patchable<OutputOf<X>>>
  | ('optional' extends FlagOf<X> ? Removal : never)

/**
 * What `update` accepts: any attribute that is neither part of the primary key, nor read-only, nor written by the framework. These are
 * there as `never`, so that a whole item is not taken for changes.
 */
export type UpdateInput<E extends AnyEntity> = string extends keyof E['attributes']
  ? Readonly<Record<string, unknown>>
  : UpdateInputOf<E['attributes'], KeyNames<E>>

type UpdateInputOf<A, Fixed> = {
  readonly [K in keyof A]?: K extends Fixed
    ? never
    : Extract<FlagOf<A[K]>, 'readOnly' | 'generated'> extends never
      ? Change<A[K]>
      : never
}

/** What `update` with `upsert: true` accepts: all that a create needs, save the primary key; each as a value or an operation. */
export type UpsertInput<E extends AnyEntity> = UpsertInputOf<E['attributes'], KeyNames<E>>

type UpsertInputOf<A, Fixed> = {
  readonly [N in RequiredNames<A, Fixed>]: InputOf<A[N]> | UpdateOperation<OutputOf<A[N]>>
} & {
  readonly [N in Exclude<keyof A, Fixed | RequiredNames<A, Fixed> | GeneratedNames<A>>]?:
    | InputOf<A[N]>
    | UpdateOperation<OutputOf<A[N]>>
    | Removal
}
type GeneratedNames<A> = { [N in keyof A]: 'generated' extends FlagOf<A[N]> ? N : never }[keyof A]
type RequiredNames<A, Fixed> = {
  [N in keyof A]: N extends Fixed
    ? never
    : [Extract<FlagOf<A[N]>, 'optional' | 'default' | 'generated'>] extends [never]
      ? N
      : never
}[keyof A]
