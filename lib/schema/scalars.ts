// Builders of attributes with a single value: text, numbers, bytes, fixed choices, and data of any shape.
import { compareDecimals, type Decimal, decimalProblem, decimalText, parseDecimal } from '../keys/decimal.ts'
import { type AttributeBuilder, attributeOf, type TypeDetails } from './modifiers.ts'

/** Bounds on a length, both inclusive. */
export interface LengthOptions {
  readonly min?: number
  readonly max?: number
}

/**
 * Text. `min` and `max` bound its length in UTF-16 code units, as JavaScript counts; `pattern` must match somewhere in it.
 *
 * @example string({ min: 1, max: 80, pattern: /^\S+$/ })
 */
export function string(options: LengthOptions & { readonly pattern?: RegExp } = {}): AttributeBuilder<string> {
  const { pattern } = options
  if (pattern === undefined) return attributeOf('string', lengthDetails('string', options))
  if (!(pattern instanceof RegExp)) throw new TypeError('string(): pattern is a regular expression, such as /^[a-z]+$/.')
  // With these flags a regular expression remembers where it last matched, and would answer differently each time.
  const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
  return attributeOf('string', { ...lengthDetails('string', options), pattern: stateless })
}

/**
 * A JavaScript number; `min` and `max` are inclusive. A stored number that JavaScript cannot hold exactly is an error on reading:
 * use `bigint()` or `decimal()` for those.
 *
 * @example number({ min: 0, max: 100, integer: true })
 */
export function number(
  options: { readonly min?: number; readonly max?: number; readonly integer?: boolean } = {},
): AttributeBuilder<number> {
  const { min, max, integer } = options
  for (const bound of [min, max]) {
    if (bound !== undefined && !Number.isFinite(bound)) throw new TypeError('number(): min and max are finite numbers.')
  }
  if (min !== undefined && max !== undefined && min > max)
    throw new TypeError(`number(): min (${min}) is greater than max (${max}).`)
  return attributeOf('number', { ...given('min', min), ...given('max', max), ...given('integer', integer) })
}

/** `true` or `false`. */
export function boolean(): AttributeBuilder<boolean> {
  return attributeOf('boolean')
}

/**
 * Bytes: a `Uint8Array` (a `Buffer` is one), always read back as a plain `Uint8Array`. `min` and `max` bound their number.
 * They are copied when they are written, so that the buffer may be used again.
 */
export function binary(options: LengthOptions = {}): AttributeBuilder<Uint8Array> {
  return attributeOf('binary', lengthDetails('binary', options))
}

/**
 * Whole numbers of any size up to DynamoDB's 38 significant digits, stored as numbers.
 *
 * @example bigint({ min: 0n })
 */
export function bigint(options: { readonly min?: bigint; readonly max?: bigint } = {}): AttributeBuilder<bigint> {
  const { min, max } = options
  for (const bound of [min, max]) {
    if (bound !== undefined && typeof bound !== 'bigint') throw new TypeError('bigint(): min and max are bigints, such as 10n.')
  }
  if (min !== undefined && max !== undefined && min > max)
    throw new TypeError(`bigint(): min (${min}) is greater than max (${max}).`)
  return attributeOf('bigint', { ...given('min', min), ...given('max', max) })
}

/**
 * Decimal numbers as text, up to DynamoDB's 38 significant digits, stored as numbers. `'12.50'` and `'1.25e1'` are accepted; what is read is
 * always the canonical text `'12.5'`.
 *
 * @example decimal({ min: '0', max: '999.99' })
 */
export function decimal(options: { readonly min?: string; readonly max?: string } = {}): AttributeBuilder<string> {
  const min = options.min === undefined ? undefined : decimalBound(options.min)
  const max = options.max === undefined ? undefined : decimalBound(options.max)
  if (min !== undefined && max !== undefined && compareDecimals(min, max) > 0)
    throw new TypeError(`decimal(): min (${options.min}) is greater than max (${options.max}).`)
  return attributeOf('decimal', {
    ...given('min', min && decimalText(min)),
    ...given('max', max && decimalText(max)),
  })
}

function decimalBound(text: string): Decimal {
  const bound = typeof text === 'string' ? parseDecimal(text) : undefined
  if (bound === undefined || decimalProblem(bound) !== undefined)
    throw new TypeError("decimal(): min and max are decimal texts of up to 38 digits, such as '12.5'.")
  return bound
}

/**
 * One of some known texts, or of some known numbers.
 *
 * @example oneOf('pending', 'paid', 'shipped')
 */
export function oneOf<const V extends string | number>(...values: readonly V[]): AttributeBuilder<V> {
  if (values.length === 0) throw new TypeError('oneOf() needs at least one value.')
  const [first] = values
  if (!values.every((value) => typeof value === typeof first)) throw new TypeError('oneOf() takes texts only, or numbers only.')
  for (const value of values) checkChoice('oneOf', value)
  if (new Set(values).size < values.length) throw new TypeError('oneOf() has a value twice.')
  return attributeOf('oneOf', { values: Object.freeze(values.map(withoutNegativeZero)) })
}

/**
 * One known value; tells the alternatives of a union apart.
 *
 * @example union(map({ kind: literal('card'), last4: string() }), map({ kind: literal('cash') }))
 */
export function literal<const V extends string | number | boolean>(value: V): AttributeBuilder<V> {
  checkChoice('literal', value)
  return attributeOf('literal', { values: Object.freeze([withoutNegativeZero(value)]) })
}

function checkChoice(builder: string, value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value === 'string' && !/\p{Surrogate}/u.test(value)) return
  if (typeof value === 'boolean' && builder === 'literal') return
  throw new TypeError(`${builder}() takes texts and finite numbers${builder === 'literal' ? ', true and false' : ''}.`)
}

function withoutNegativeZero<V>(value: V): V {
  return value === 0 ? (0 as V) : value
}

/**
 * Data stored as JSON text, out of reach of conditions on its parts, and not bound to DynamoDB's nesting limit. What JSON would change
 * (NaN, Date, Map, bytes, `undefined` in arrays) is refused.
 *
 * @example json<{ theme: string; panels: string[] }>()
 */
export function json<T = unknown>(): AttributeBuilder<T> {
  return attributeOf('json')
}

/**
 * Data of any shape, stored in DynamoDB's own types: strings, finite numbers, bigints, booleans, null, `Uint8Array`, sets of one kind,
 * arrays, plain objects. A whole number is read as a number when one holds it exactly, as a bigint otherwise.
 */
export function any<T = unknown>(): AttributeBuilder<T> {
  return attributeOf('any')
}

/** The checked bounds on a length. */
export function lengthDetails(builder: string, { min, max }: LengthOptions): TypeDetails {
  for (const bound of [min, max]) {
    if (bound !== undefined && !(Number.isSafeInteger(bound) && bound >= 0))
      throw new TypeError(`${builder}(): min and max are lengths, whole numbers from 0.`)
  }
  if (min !== undefined && max !== undefined && min > max)
    throw new TypeError(`${builder}(): min (${min}) is greater than max (${max}).`)
  return { ...given('min', min), ...given('max', max) }
}

/** The property when there is a value, so that definitions have no properties that are `undefined`. */
function given<K extends string, V>(name: K, value: V | undefined): { readonly [N in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in K]: V })
}
