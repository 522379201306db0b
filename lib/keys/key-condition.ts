// What a caller asks of a key, checked for shape: equality from the left, and at most one range at the end.
import { ValidationError } from '../errors.ts'

/** Values by attribute: a plain value asks for equality, an object of operators for a range. */
export type KeyConditions = Readonly<Record<string, unknown>>

/** One end of a range. */
export interface Bound {
  readonly value: unknown
  readonly inclusive: boolean
}

/** The range that is asked of one attribute. */
export type AttributeRange = { readonly beginsWith: unknown } | BoundedRange

/** At least one end. */
export interface BoundedRange {
  readonly lower?: Bound
  readonly upper?: Bound
}

export interface ReadConditions {
  /** How many attributes, from the left, have a value to be equal to. */
  readonly fixed: number
  /** Their values, by attribute. */
  readonly values: Readonly<Record<string, unknown>>
  /** Asked of the attribute after those. */
  readonly range?: AttributeRange
}

const operators = ['eq', 'gt', 'gte', 'lt', 'lte', 'between', 'beginsWith'] as const
type Operators = Readonly<Partial<Record<(typeof operators)[number], unknown>>>

/**
 * Reads conditions on the attributes of a key, which are given in the order of its template. What is undefined counts as absent.
 *
 * @throws ValidationError 'unknown-attribute' or 'bad-range'.
 */
export function readConditions(attributes: readonly string[], conditions: KeyConditions): ReadConditions {
  const given = Object.keys(conditions).filter((name) => isPresent(conditions[name]))
  for (const name of given) {
    if (!attributes.includes(name)) {
      const list = attributes.length === 0 ? 'it is made of literals only' : `it is made of ${attributes.join(', ')}`
      throw new ValidationError('unknown-attribute', name, `is not part of this key; ${list}.`)
    }
  }
  const values: Record<string, unknown> = Object.create(null)
  let fixed = 0
  for (const [index, name] of attributes.entries()) {
    if (!given.includes(name)) {
      const later = attributes.slice(index + 1).find((other) => given.includes(other))
      if (later !== undefined) {
        throw new ValidationError('bad-range', later, `${name} must be given first: keys are compared from the left.`)
      }
      break
    }
    const condition = readCondition(name, conditions[name])
    if ('range' in condition) {
      const later = attributes.slice(index + 1).find((other) => given.includes(other))
      if (later !== undefined) {
        throw new ValidationError(
          'bad-range',
          later,
          `${name} has a range, after which nothing more can be asked. Filter instead.`,
        )
      }
      return { fixed, values, range: condition.range }
    }
    values[name] = condition.value
    fixed++
  }
  return { fixed, values }
}

function isPresent(condition: unknown): boolean {
  if (!isOperators(condition)) return condition !== undefined
  return Object.values(condition).some((operand) => operand !== undefined)
}

/** Dates and bytes are values; only plain objects hold operators. */
function isOperators(condition: unknown): condition is Operators {
  if (typeof condition !== 'object' || condition === null) return false
  const prototype: unknown = Object.getPrototypeOf(condition)
  return prototype === Object.prototype || prototype === null
}

/** What is asked of one attribute: a value, or a range. Throws a `ValidationError` for what is neither. */
export function readCondition(name: string, condition: unknown): { value: unknown } | { range: AttributeRange } {
  if (!isOperators(condition)) return { value: condition }
  const given = Object.keys(condition).filter((operator) => condition[operator as keyof Operators] !== undefined)
  const unknown = given.find((operator) => !operators.some((known) => known === operator))
  if (unknown !== undefined) throw badRange(name, `${unknown} is not an operator on keys; these are: ${operators.join(', ')}.`)
  const { eq, gt, gte, lt, lte, between, beginsWith } = condition
  for (const alone of ['eq', 'between', 'beginsWith'] as const) {
    if (condition[alone] !== undefined && given.length > 1)
      throw badRange(name, `${alone} cannot be combined with other operators.`)
  }
  if (eq !== undefined) return { value: eq }
  if (beginsWith !== undefined) return { range: { beginsWith } }
  if (between !== undefined) {
    if (!Array.isArray(between) || between.length !== 2) throw badRange(name, 'between takes a list of two values.')
    const [first, last]: unknown[] = between
    return { range: { lower: { value: first, inclusive: true }, upper: { value: last, inclusive: true } } }
  }
  const lower = oneBound(name, 'gt', gt, 'gte', gte)
  const upper = oneBound(name, 'lt', lt, 'lte', lte)
  return { range: { ...(lower === undefined ? {} : { lower }), ...(upper === undefined ? {} : { upper }) } }
}

function oneBound(name: string, exclusive: string, open: unknown, inclusive: string, closed: unknown): Bound | undefined {
  if (open !== undefined && closed !== undefined) throw badRange(name, `${exclusive} and ${inclusive} cannot be combined.`)
  if (open !== undefined) return { value: open, inclusive: false }
  return closed === undefined ? undefined : { value: closed, inclusive: true }
}

/** A range that cannot be asked. */
export function badRange(attribute: string, message: string): ValidationError {
  return new ValidationError('bad-range', attribute, message)
}

/** A range whose lower end is above its upper one is a mistake, and not just empty. */
export function reversed(attribute: string): ValidationError {
  return badRange(attribute, 'the lower bound is above the upper bound.')
}
