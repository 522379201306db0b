// Builders of attributes with parts: lists, maps, records, sets and unions.
import type { Attribute, Attributes, InputOf, OutputOf } from './attribute.ts'
import { elementDefinition, hasNestedDefaults, nestedDefinitions } from './definitions.ts'
import type { CreateInputOf, ItemOf } from './infer.ts'
import { type AttributeBuilder, attributeOf } from './modifiers.ts'
import { type LengthOptions, lengthDetails } from './scalars.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

/**
 * A list of elements of one kind; `min` and `max` bound their number. `undefined` as an element is an error.
 *
 * @example list(map({ sku: string(), quantity: number() }), { min: 1 })
 */
export function list<X extends Attribute | StandardSchemaV1>(
  of: X,
  options: LengthOptions = {},
): AttributeBuilder<OutputOf<X>[], never, readonly InputOf<X>[]> {
  return attributeOf('list', { ...lengthDetails('list', options), element: elementDefinition('an element of a list', of) })
}

/**
 * An object with declared attributes inside the item. They may be optional, have defaults and stored names of their own.
 *
 * @example map({ street: string(), city: string(), note: string().optional() })
 */
export function map<A extends Attributes>(attributes: A): AttributeBuilder<ItemOf<A>, never, CreateInputOf<A>> {
  return attributeOf('map', { attributes: nestedDefinitions(attributes) })
}

/**
 * An object with any keys, `__proto__` and `constructor` included, whose values are of one kind.
 *
 * @example record(number()) // { apples: 3, pears: 5 }
 */
export function record<X extends Attribute | StandardSchemaV1>(
  of: X,
): AttributeBuilder<Record<string, OutputOf<X>>, never, Readonly<Record<string, InputOf<X>>>> {
  return attributeOf('record', { element: elementDefinition('a value of a record', of) })
}

/** A set of texts. DynamoDB stores no empty sets: one is stored as nothing, and read as an empty set again unless `optional()`. */
export function stringSet(options: LengthOptions = {}): AttributeBuilder<Set<string>, never, ReadonlySet<string>> {
  return attributeOf('stringSet', lengthDetails('stringSet', options))
}

/** A set of numbers; see `stringSet` for empty ones. */
export function numberSet(options: LengthOptions = {}): AttributeBuilder<Set<number>, never, ReadonlySet<number>> {
  return attributeOf('numberSet', lengthDetails('numberSet', options))
}

/** A set of bytes, without elements of the same content; see `stringSet` for empty ones. */
export function binarySet(options: LengthOptions = {}): AttributeBuilder<Set<Uint8Array>, never, ReadonlySet<Uint8Array>> {
  return attributeOf('binarySet', lengthDetails('binarySet', options))
}

/**
 * A value of one of several kinds: the first that fits, on writing and on reading. A value that an earlier alternative would read
 * differently is refused; a `literal()` in each map tells maps apart.
 *
 * @example union(map({ kind: literal('card'), last4: string() }), map({ kind: literal('cash') }))
 */
export function union<const X extends readonly (Attribute | StandardSchemaV1)[]>(
  ...alternatives: X
): AttributeBuilder<OutputOf<X[number]>, never, InputOf<X[number]>> {
  if (alternatives.length < 2) throw new TypeError('union() needs at least two alternatives.')
  const definitions = alternatives.map((alternative) => elementDefinition('an alternative of a union', alternative))
  if (definitions.some(hasNestedDefaults))
    throw new TypeError(
      'default() has no meaning inside a union: it would decide which alternative fits. For identifiers there is ulid({ generate: false }).',
    )
  return attributeOf('union', { alternatives: Object.freeze(definitions) })
}
