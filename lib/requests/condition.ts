// A condition as data, compiled to an expression: for ConditionExpression and FilterExpression alike.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import { compareKeys } from '../keys/key-order.ts'
import { logicOf } from '../model/condition.ts'
import { suggestion } from '../model/problems.ts'
import type { ResolvedAttribute, ResolvedEntity } from '../model/resolved.ts'
import { isPlainObject } from '../plain-object.ts'
import type { AttributeDefinition } from '../schema/attribute.ts'
import { compileCodec } from '../schema/codec.ts'
import { wrongType } from '../schema/misfit.ts'
import { fromConnection } from './context.ts'
import { allOf, anyOf, type Clause, clause, type ExpressionAttributes, negated } from './expression.ts'

/** An attribute that a condition asks about: its path in code, its expression, and what it holds. */
interface Operand {
  readonly path: string
  readonly expression: string
  readonly stored: string
  readonly definition: AttributeDefinition
  /** A value to compare it with, as stored. */
  readonly encode: (value: unknown) => AttributeValue
}

const comparators: Readonly<Record<string, string>> = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' }
const ordering: readonly string[] = ['gt', 'gte', 'lt', 'lte', 'between']
const operators = [...Object.keys(comparators), 'between', 'in', 'beginsWith', 'contains', 'exists', 'size', 'type']
const storedTypes = ['S', 'N', 'B', 'BOOL', 'NULL', 'M', 'L', 'SS', 'NS', 'BS']
/** DynamoDB's limit on the operands of IN. */
const maxInOperands = 100

/** Compiles a condition over an entity's items. Throws a `ValidationError` for an attribute or test that does not exist. */
export function compileCondition(
  entity: ResolvedEntity,
  condition: object,
  attributes: ExpressionAttributes,
): Clause | undefined {
  if (!isPlainObject(condition)) throw wrongType('', 'a condition', condition)
  const logic = logicOf(condition)
  if (logic !== undefined) return compileLogic(entity, logic, condition.conditions as readonly object[], attributes)
  const clauses: string[] = []
  for (const [name, test] of Object.entries(condition)) {
    if (test === undefined) continue
    const attribute = entity.attributes[name]
    if (attribute === undefined) throw unknownPath(name, entity.name, Object.keys(entity.attributes))
    if (entity.context.includes(name)) throw fromConnection(name)
    const { stored, definition } = attribute
    compileTest(operandOf(name, attributes.name(stored), stored, definition), test, attributes, clauses)
  }
  return allOf(clauses.map(clause))
}

function compileLogic(
  entity: ResolvedEntity,
  logic: 'and' | 'or' | 'not',
  conditions: readonly object[],
  attributes: ExpressionAttributes,
): Clause | undefined {
  const parts = conditions.map((condition) => compileCondition(entity, condition, attributes))
  if (logic === 'and') return allOf(parts)
  const present = parts.filter((part) => part !== undefined)
  const [first] = present
  // An empty condition always holds: or() of it would be no condition at all, not() of it could never hold.
  if (first === undefined || present.length < parts.length)
    throw new ValidationError('not-allowed', '', `${logic}() needs conditions that test something.`)
  return logic === 'or' ? anyOf(present) : negated(first)
}

function unknownPath(path: string, owner: string, candidates: readonly string[]): ValidationError {
  return new ValidationError(
    'unknown-path',
    path,
    `not an attribute of ${owner}. ${suggestion(path.split('.').at(-1) ?? path, candidates)}`,
  )
}

function operandOf(path: string, expression: string, stored: string, definition: AttributeDefinition): Operand {
  let encode: Operand['encode'] | undefined
  return {
    path,
    expression,
    stored,
    definition,
    encode(value) {
      encode ??= operandEncoder(definition, path)
      return encode(value)
    },
  }
}

/** Encodes values that an attribute is compared with. They need not be values that it could have: bounds and checks do not apply. */
function operandEncoder(definition: AttributeDefinition, path: string): Operand['encode'] {
  const { min, max, pattern, integer, ...others } = definition
  const codec = compileCodec({ ...others, checks: [] })
  return (value) => {
    const encoded = codec.encode(value, path)
    if (encoded === undefined)
      throw new ValidationError('wrong-type', path, 'an empty set is stored as an absent attribute; ask for { exists: false }.')
    return encoded
  }
}

/** The stored value that a condition of equality with `value` asks for. */
export function encodeEqual({ name, definition }: ResolvedAttribute, value: unknown): AttributeValue {
  return operandEncoder(definition, name)(value)
}

function compileTest(operand: Operand, test: unknown, attributes: ExpressionAttributes, clauses: string[]): void {
  const { definition, path } = operand
  if (isPlainObject(test)) {
    for (const [name, value] of Object.entries(test)) {
      if (value === undefined) continue
      const nested =
        definition.attributes !== undefined && Object.hasOwn(definition.attributes, name)
          ? definition.attributes[name]
          : undefined
      if (nested !== undefined) {
        compileNested(operand, name, nested, value, attributes, clauses)
      } else if (operators.includes(name)) {
        clauses.push(compileOperator(operand, name, value, attributes))
      } else if (definition.type === 'record' && definition.element !== undefined) {
        compileNested(operand, name, definition.element, value, attributes, clauses)
      } else if (definition.attributes !== undefined) {
        throw unknownPath(`${path}.${name}`, path, Object.keys(definition.attributes))
      } else {
        throw new ValidationError('unknown-path', `${path}.${name}`, `${name} is not a test. ${suggestion(name, operators)}`)
      }
    }
  } else if (Array.isArray(test) && definition.type !== 'list' && definition.type !== 'any' && definition.type !== 'json') {
    clauses.push(compileOperator(operand, 'in', test, attributes))
  } else {
    clauses.push(compileOperator(operand, 'eq', test, attributes))
  }
}

function compileNested(
  { path, expression }: Operand,
  name: string,
  definition: AttributeDefinition,
  test: unknown,
  attributes: ExpressionAttributes,
  clauses: string[],
): void {
  const stored = definition.storedAs ?? name
  const nested = operandOf(`${path}.${name}`, `${expression}.${attributes.name(stored)}`, stored, definition)
  compileTest(nested, test, attributes, clauses)
}

function compileOperator(operand: Operand, operator: string, value: unknown, attributes: ExpressionAttributes): string {
  const { expression, stored, path } = operand
  const place = (encoded: AttributeValue) => attributes.value(encoded, stored)
  const encoded = (one: unknown) => {
    const value = operand.encode(one)
    if (ordering.includes(operator) && value.S === undefined && value.N === undefined && value.B === undefined)
      throw new ValidationError('wrong-type', path, `${operator} needs an order, which only text, numbers, dates and bytes have.`)
    return value
  }
  const comparator = comparators[operator]
  if (comparator !== undefined) return `${expression} ${comparator} ${place(encoded(value))}`
  switch (operator) {
    case 'between': {
      const [lower, upper] = pair(value, path).map(encoded)
      if (lower === undefined || upper === undefined || isReversed(lower, upper))
        throw new ValidationError('bad-range', path, 'the first value of between is above the second.')
      return `${expression} BETWEEN ${place(lower)} AND ${place(upper)}`
    }
    case 'in': {
      if (!Array.isArray(value) || value.length === 0 || value.length > maxInOperands)
        throw new ValidationError('out-of-range', path, `takes a list of 1 to ${maxInOperands} values.`)
      return `${expression} IN (${value.map((one) => place(encoded(one))).join(', ')})`
    }
    case 'beginsWith':
      return `begins_with(${expression}, ${place({ S: text(value, path, operator) })})`
    case 'contains':
      return `contains(${expression}, ${place(containedValue(operand, value))})`
    case 'exists':
      if (typeof value !== 'boolean') throw new ValidationError('wrong-type', path, 'exists takes true or false.')
      return `${value ? 'attribute_exists' : 'attribute_not_exists'}(${expression})`
    case 'type':
      if (!storedTypes.includes(String(value)))
        throw new ValidationError('wrong-type', path, `type takes one of ${storedTypes.join(', ')}.`)
      return `attribute_type(${expression}, ${place({ S: String(value) })})`
    default:
      return compileSize(operand, value, place)
  }
}

/** DynamoDB refuses a range that is the wrong way round. */
function isReversed(lower: AttributeValue, upper: AttributeValue): boolean {
  if (lower.S !== undefined && upper.S !== undefined) return compareKeys('S', lower.S, upper.S) > 0
  if (lower.N !== undefined && upper.N !== undefined) return compareKeys('N', lower.N, upper.N) > 0
  return lower.B !== undefined && upper.B !== undefined && compareKeys('B', lower.B, upper.B) > 0
}

function compileSize({ expression, path }: Operand, test: unknown, place: (encoded: AttributeValue) => string): string {
  const tests = isPlainObject(test) ? Object.entries(test).filter(([, value]) => value !== undefined) : [['eq', test] as const]
  const wrong = tests.some(([operator, value]) => !Object.hasOwn(comparators, operator) || !Number.isSafeInteger(value))
  if (tests.length === 0 || wrong)
    throw new ValidationError(
      'wrong-type',
      path,
      `size takes a whole number, or ${Object.keys(comparators).join(', ')} with one.`,
    )
  return tests
    .map(([operator, value]) => `size(${expression}) ${comparators[operator]} ${place({ N: String(value) })}`)
    .join(' AND ')
}

/** What `contains` looks for: text in text, an element in a list or set. */
function containedValue({ definition, path }: Operand, value: unknown): AttributeValue {
  switch (definition.type) {
    case 'stringSet':
      return { S: text(value, path, 'contains') }
    case 'numberSet':
      if (typeof value !== 'number' || !Number.isFinite(value))
        throw new ValidationError('wrong-type', path, 'contains takes a number here.')
      return { N: String(value) }
    case 'binarySet':
      if (!(value instanceof Uint8Array)) throw new ValidationError('wrong-type', path, 'contains takes bytes here.')
      return { B: value }
    case 'list':
      return operandEncoder(definition.element ?? definition, path)(value)
    default:
      return { S: text(value, path, 'contains') }
  }
}

function text(value: unknown, path: string, operator: string): string {
  if (typeof value !== 'string' || !value.isWellFormed()) throw new ValidationError('wrong-type', path, `${operator} takes text.`)
  return value
}

function pair(value: unknown, path: string): readonly [unknown, unknown] {
  if (!Array.isArray(value) || value.length !== 2)
    throw new ValidationError('wrong-type', path, 'between takes a list of two values.')
  return [value[0], value[1]]
}
