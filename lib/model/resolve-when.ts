// The predicate of a sparse index, compiled: each attribute's test over the value as the table holds it.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { compareKeys } from '../keys/key-order.ts'
import type { KeyContent } from '../keys/key-type.ts'
import { compileCodec } from '../schema/codec.ts'
import { storedTypeOf } from '../schema/key-type.ts'
import { messageOf, objectOf } from './options.ts'
import type { Problems } from './problems.ts'
import { suggestion } from './problems.ts'
import type { ResolvedAttribute, ResolvedWhen, WhenTest } from './resolved.ts'

const operators = ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'between', 'beginsWith', 'exists']

/** Compiles `when`; what is wrong with it goes to `problems`. */
export function resolveWhen(
  input: unknown,
  attributes: Readonly<Record<string, ResolvedAttribute>>,
  place: string,
  problems: Problems,
): ResolvedWhen {
  const tests: Record<string, WhenTest> = Object.create(null)
  const texts: string[] = []
  const when = objectOf(input, `${place}.when`, "tests by attribute, such as { status: 'open' }", problems)
  if (when !== undefined && Object.keys(when).length === 0)
    problems.add('empty-when', `${place}.when`, 'it tests nothing, so every item is in the index.', 'Leave it out.')
  for (const [name, test] of Object.entries(when ?? {})) {
    const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined
    if (attribute === undefined) {
      problems.add(
        'unknown-attribute',
        `${place}.when`,
        `${name} is not an attribute.`,
        suggestion(name, Object.keys(attributes)),
      )
      continue
    }
    const named = namedTests(test)
    const unknown = Object.keys(named).find((operator) => !operators.includes(operator))
    if (unknown !== undefined) {
      problems.add('unknown-operator', `${place}.when.${name}`, `${unknown} is not a test.`, suggestion(unknown, operators))
      continue
    }
    try {
      if (Object.keys(named).length === 0) throw new TypeError('the test is empty.')
      tests[name] = compileTests(named, attribute)
      texts.push(...Object.entries(named).map(([operator, operand]) => testText(name, operator, operand)))
    } catch (error) {
      problems.add('bad-value', `${place}.when.${name}`, messageOf(error), `Compare it with what ${name} can be.`)
    }
  }
  return Object.freeze({ tests: Object.freeze(tests), text: texts.join(' and ') })
}

/** A plain value means equality, a list of values membership. */
function namedTests(test: unknown): Readonly<Record<string, unknown>> {
  if (Array.isArray(test)) return { in: test }
  if (typeof test === 'object' && test !== null && Object.getPrototypeOf(test) === Object.prototype)
    return test as Record<string, unknown>
  return { eq: test }
}

function compileTests(named: Readonly<Record<string, unknown>>, attribute: ResolvedAttribute): WhenTest {
  const codec = compileCodec(attribute.definition)
  const encode = (value: unknown): AttributeValue => {
    const stored = codec.encode(value, attribute.name)
    if (stored?.S === undefined && stored?.N === undefined && stored?.B === undefined && stored?.BOOL === undefined)
      throw new TypeError(`a ${attribute.definition.type} can't be compared; ask whether it { exists }.`)
    return stored
  }
  if ('beginsWith' in named && (storedTypeOf(attribute.definition) ?? 'S') !== 'S')
    throw new TypeError(`a ${attribute.definition.type} begins with nothing; only text does.`)
  const tests = Object.entries(named).map(([operator, operand]) => compileTest(operator, operand, encode))
  return (stored) => tests.every((test) => test(stored))
}

function compileTest(operator: string, operand: unknown, encode: (value: unknown) => AttributeValue): WhenTest {
  const comparison = (holds: (order: number) => boolean): WhenTest => {
    const wanted = encode(operand)
    return (stored) => {
      const order = compareStored(stored, wanted)
      return order !== undefined && holds(order)
    }
  }
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean') throw new TypeError('exists takes true or false.')
      return (stored) => (stored !== undefined) === (operand === true)
    case 'eq':
      return comparison((order) => order === 0)
    case 'ne':
      return comparison((order) => order !== 0)
    case 'gt':
      return comparison((order) => order > 0)
    case 'gte':
      return comparison((order) => order >= 0)
    case 'lt':
      return comparison((order) => order < 0)
    case 'lte':
      return comparison((order) => order <= 0)
    case 'in': {
      if (!Array.isArray(operand) || operand.length === 0) throw new TypeError('in takes a list of values.')
      const wanted = operand.map(encode)
      return (stored) => wanted.some((one) => compareStored(stored, one) === 0)
    }
    case 'between': {
      if (!Array.isArray(operand) || operand.length !== 2) throw new TypeError('between takes a list of two values.')
      const [lower, upper] = operand.map(encode)
      if ((compareStored(lower, upper) ?? 1) > 0) throw new TypeError('the first value of between is above the second.')
      return (stored) => (compareStored(stored, lower) ?? -1) >= 0 && (compareStored(stored, upper) ?? 1) <= 0
    }
    default: {
      if (typeof operand !== 'string') throw new TypeError('beginsWith takes text.')
      return (stored) => stored?.S?.startsWith(operand) === true
    }
  }
}

/** DynamoDB's order of two values of one scalar type; undefined when they can't be compared. */
function compareStored(a: AttributeValue | undefined, b: AttributeValue | undefined): number | undefined {
  for (const type of ['S', 'N', 'B'] as const) {
    const [left, right] = [a?.[type], b?.[type]] as [KeyContent | undefined, KeyContent | undefined]
    if (left !== undefined && right !== undefined) return compareKeys(type, left, right)
  }
  if (a?.BOOL !== undefined && b?.BOOL !== undefined) return Number(a.BOOL) - Number(b.BOOL)
  return undefined
}

function testText(name: string, operator: string, operand: unknown): string {
  const show = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value))
  const list = () => (operand as readonly unknown[]).map(show)
  switch (operator) {
    case 'exists':
      return operand === true ? `${name} exists` : `${name} is absent`
    case 'in':
      return `${name} in (${list().join(', ')})`
    case 'between':
      return `${name} between ${list().join(' and ')}`
    case 'beginsWith':
      return `${name} begins with ${show(operand)}`
    default:
      return `${name} ${{ eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' }[operator]} ${show(operand)}`
  }
}
