// Conditions and filters as data: one shape for `if`, `where` and access patterns. lib/requests turns it into an expression.
import { isPlainObject } from '../plain-object.ts'

/** DynamoDB's names of attribute types, as `attribute_type` tests them. */
export type StoredType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'M' | 'L' | 'SS' | 'NS' | 'BS'

/** A number of elements, characters or bytes, or a comparison with one. */
export type SizeTest =
  | number
  | {
      readonly eq?: number
      readonly ne?: number
      readonly gt?: number
      readonly gte?: number
      readonly lt?: number
      readonly lte?: number
    }

/** Tests that apply to every attribute. */
interface AnyTests {
  readonly exists?: boolean
  readonly type?: StoredType
}

/** Tests of a string, number, boolean, date or binary; several in one object must all hold. */
export interface ScalarTests<V> extends AnyTests {
  readonly eq?: V
  readonly ne?: V
  readonly gt?: V
  readonly gte?: V
  readonly lt?: V
  readonly lte?: V
  readonly between?: readonly [V, V]
  readonly in?: readonly V[]
  readonly beginsWith?: string
  /** For text: a part of it. */
  readonly contains?: string
  readonly size?: SizeTest
}

/** Tests of a list or set. */
export interface CollectionTests<V, Element> extends AnyTests {
  readonly eq?: V
  readonly ne?: V
  readonly contains?: Element
  readonly size?: SizeTest
}

/** Tests of a map: of its attributes, by name, and of the map as a whole. An attribute's name wins over a test's. */
export type MapTests<V> = { readonly [K in keyof V]?: Test<V[K]> } & AnyTests

type Scalar = string | number | bigint | boolean | Date | Uint8Array | null | undefined

/** What an attribute may be asked: a value (equality), a list of values (one of them), or named tests. */
export type Test<V> = [V] extends [Scalar]
  ? NonNullable<V> | readonly NonNullable<V>[] | ScalarTests<NonNullable<V>>
  : V extends readonly (infer Element)[]
    ? CollectionTests<V, Element>
    : V extends ReadonlySet<infer Element>
      ? CollectionTests<V, Element>
      : MapTests<V>

export type Tests<Item> = { readonly [K in keyof Item]?: Test<Item[K]> }

const logic: unique symbol = Symbol('logic')

/** Conditions joined by `and()`, `or()` or `not()`. The symbol keeps data from ever passing for one. */
export interface Logical<out C = unknown> {
  readonly [logic]: 'and' | 'or' | 'not'
  readonly conditions: readonly C[]
}

/** A condition over an item: tests by attribute name that must all hold, or conditions joined by `and()`, `or()`, `not()`. */
export type Condition<Item> = Tests<Item> | Logical<Condition<Item>>

function join<C>(operator: 'and' | 'or' | 'not', conditions: readonly C[]): Logical<C> {
  return Object.freeze({ [logic]: operator, conditions: Object.freeze([...conditions]) })
}

/**
 * All conditions must hold. They may be of different kinds, `and({ … }, or({ … }, { … }))`, which is why they are taken as a tuple.
 * @example and({ status: 'paid' }, or({ total: { gte: 100 } }, { note: { exists: true } }))
 */
export function and<const Cs extends readonly unknown[]>(...conditions: Cs): Logical<Cs[number]>
export function and<C>(...conditions: readonly C[]): Logical<C>
export function and(...conditions: readonly unknown[]): Logical {
  return join('and', conditions)
}

/** At least one condition must hold. */
export function or<const Cs extends readonly unknown[]>(...conditions: Cs): Logical<Cs[number]>
export function or<C>(...conditions: readonly C[]): Logical<C>
export function or(...conditions: readonly unknown[]): Logical {
  return join('or', conditions)
}

/** The condition must not hold. */
export function not<const C>(condition: C): Logical<C> {
  return join('not', [condition])
}

/** How a condition was joined, or undefined when it is plain tests. */
export function logicOf(condition: object): 'and' | 'or' | 'not' | undefined {
  return logic in condition ? (condition as Logical)[logic] : undefined
}

/** The attributes that a condition asks about, at the top level. */
export function conditionNames(condition: object): string[] {
  if (logicOf(condition) === undefined) return Object.keys(condition)
  return (condition as Logical).conditions.flatMap((part) => (isPlainObject(part) ? conditionNames(part) : []))
}
