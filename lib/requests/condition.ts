// A condition as data, compiled to an expression: for ConditionExpression and FilterExpression alike.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import { type Logical, logicOf } from '../model/condition.ts'
import { suggestion } from '../model/problems.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import type { AttributeDefinition } from '../schema/attribute.ts'
import { compileCodec } from '../schema/codec.ts'
import { allOf, anyOf, type Clause, clause, type ExpressionAttributes, negated } from './expression.ts'

/** An attribute that a condition asks about: its path in code, its expression, and what it holds. */
interface Operand {
  readonly path: string
  readonly expression: string
  readonly stored: string
  readonly definition: AttributeDefinition
}

const comparators: Readonly<Record<string, string>> = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' }
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
  const logic = logicOf(condition)
  if (logic !== undefined) return compileLogic(entity, logic, (condition as Logical<object>).conditions, attributes)
  const clauses: string[] = []
  for (const [name, test] of Object.entries(condition)) {
    if (test === undefined) continue
    const attribute = entity.attributes[name]
    if (attribute === undefined) throw unknownPath(name, entity.name, Object.keys(entity.attributes))
    const { stored, definition } = attribute
    compileTest({ path: name, expression: attributes.name(stored), stored, definition }, test, attributes, clauses)
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

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
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
        const stored = nested.storedAs ?? name
        const expression = `${operand.expression}.${attributes.name(stored)}`
        compileTest({ path: `${path}.${name}`, expression, stored, definition: nested }, value, attributes, clauses)
      } else if (operators.includes(name)) {
        clauses.push(compileOperator(operand, name, value, attributes))
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

function compileOperator(operand: Operand, operator: string, value: unknown, attributes: ExpressionAttributes): string {
  const { expression, stored, path } = operand
  const place = (encoded: AttributeValue) => attributes.value(encoded, stored)
  const encoded = (one: unknown) => place(encodeOperand(operand, one))
  const comparator = comparators[operator]
  if (comparator !== undefined) return `${expression} ${comparator} ${encoded(value)}`
  switch (operator) {
    case 'between': {
      const [lower, upper] = pair(value, path)
      return `${expression} BETWEEN ${encoded(lower)} AND ${encoded(upper)}`
    }
    case 'in': {
      if (!Array.isArray(value) || value.length === 0 || value.length > maxInOperands)
        throw new ValidationError('out-of-range', path, `takes a list of 1 to ${maxInOperands} values.`)
      return `${expression} IN (${value.map(encoded).join(', ')})`
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

function compileSize({ expression, path }: Operand, test: unknown, place: (encoded: AttributeValue) => string): string {
  const tests = isPlainObject(test) ? Object.entries(test) : [['eq', test] as const]
  return tests
    .map(([operator, value]) => {
      const comparator = comparators[operator]
      if (comparator === undefined || typeof value !== 'number' || !Number.isSafeInteger(value))
        throw new ValidationError(
          'wrong-type',
          path,
          `size takes a whole number, or ${Object.keys(comparators).join(', ')} with one.`,
        )
      return `size(${expression}) ${comparator} ${place({ N: String(value) })}`
    })
    .join(' AND ')
}

function encodeOperand({ definition, path }: Operand, value: unknown): AttributeValue {
  const encoded = compileCodec({ ...definition, checks: [], min: undefined, max: undefined, pattern: undefined }).encode(
    value,
    path,
  )
  if (encoded === undefined)
    throw new ValidationError('wrong-type', path, 'an empty set is stored as an absent attribute; ask for { exists: false }.')
  return encoded
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
      return encodeOperand({ path, expression: '', stored: '', definition: definition.element ?? definition }, value)
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
