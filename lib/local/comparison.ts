// Comparisons of attribute values as DynamoDB makes them, by the operators of expressions and of the legacy parameters.
// Replaces dynalite's, which compares strings by UTF-16 units and finds no two documents equal.
import { compareUtf8 } from './byte-order.ts'
import { significantDigits } from './item-size.ts'
import type { AttributeValue, Item } from './wire.ts'

type Value = AttributeValue | undefined

/** Whether `value operator operands` holds, where a missing attribute is `undefined`. */
export function compare(operator: string, value: Value, operands: Value | readonly Value[]): boolean {
  const all = Array.isArray(operands) ? (operands as readonly Value[]) : [operands as Value]
  const [first, second] = all
  switch (operator) {
    case 'EQ':
    case '=':
      return valuesEqual(value, first)
    case 'NE':
    case '<>':
      return !valuesEqual(value, first)
    case 'LT':
    case '<':
      return ordered(value, first, (order) => order < 0)
    case 'LE':
    case '<=':
      return ordered(value, first, (order) => order <= 0)
    case 'GT':
    case '>':
      return ordered(value, first, (order) => order > 0)
    case 'GE':
    case '>=':
      return ordered(value, first, (order) => order >= 0)
    case 'BETWEEN':
    case 'between':
      return ordered(value, first, (order) => order >= 0) && ordered(value, second, (order) => order <= 0)
    case 'IN':
    case 'in':
      return all.some((operand) => valuesEqual(value, operand))
    case 'BEGINS_WITH':
    case 'begins_with':
      return beginsWith(value, first)
    case 'CONTAINS':
    case 'contains':
      return contains(value, first)
    case 'NOT_CONTAINS':
      return !contains(value, first)
    case 'NOT_NULL':
    case 'attribute_exists':
      return value !== undefined
    case 'NULL':
    case 'attribute_not_exists':
      return value === undefined
    case 'attribute_type':
      return value !== undefined && typeOf(value) === first?.S
    default:
      throw new Error(`Unknown comparison operator ${operator}.`)
  }
}

const typeOf = (value: AttributeValue) => Object.keys(value)[0]

const bytes = (base64: string) => Buffer.from(base64, 'base64')

/** Deep equality: numbers by value, sets without order. A missing attribute equals nothing, not even another. */
function valuesEqual(left: Value, right: Value): boolean {
  if (left === undefined || right === undefined) return false
  if (left.N !== undefined && right.N !== undefined) return compareNumbers(left.N, right.N) === 0
  if (left.L !== undefined && right.L !== undefined) {
    const others = right.L
    return left.L.length === others.length && left.L.every((element, at) => valuesEqual(element, others[at]))
  }
  if (left.M !== undefined && right.M !== undefined) return mapsEqual(left.M, right.M)
  if (left.SS !== undefined && right.SS !== undefined) return setsEqual(left.SS, right.SS)
  if (left.NS !== undefined && right.NS !== undefined) return setsEqual(left.NS, right.NS)
  if (left.BS !== undefined && right.BS !== undefined) return setsEqual(left.BS, right.BS)
  if (left.NULL !== undefined) return right.NULL !== undefined
  return (
    (left.S !== undefined && left.S === right.S) ||
    (left.B !== undefined && left.B === right.B) ||
    (left.BOOL !== undefined && left.BOOL === right.BOOL)
  )
}

function mapsEqual(left: Item, right: Item): boolean {
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && valuesEqual(left[name], right[name]))
  )
}

/** Members are unique and numbers are in one notation, so equal size and inclusion are equality. */
function setsEqual(left: readonly string[], right: readonly string[]): boolean {
  const members = new Set(right)
  return left.length === members.size && left.every((member) => members.has(member))
}

/** Only two strings, two numbers or two binary values have an order; anything else satisfies no inequality. */
function ordered(left: Value, right: Value, satisfies: (order: number) => boolean): boolean {
  if (left === undefined || right === undefined) return false
  if (left.S !== undefined && right.S !== undefined) return satisfies(compareUtf8(left.S, right.S))
  if (left.N !== undefined && right.N !== undefined) return satisfies(compareNumbers(left.N, right.N))
  if (left.B !== undefined && right.B !== undefined) return satisfies(Buffer.compare(bytes(left.B), bytes(right.B)))
  return false
}

/** Compares numbers of up to 38 digits in plain notation, exactly. */
export function compareNumbers(left: string, right: string): number {
  const a = significantDigits(left)
  const b = significantDigits(right)
  const signOf = (number: typeof a) => (number.digits === '' ? 0 : number.negative ? -1 : 1)
  const sign = signOf(a)
  if (sign !== signOf(b)) return sign - signOf(b)
  if (sign === 0) return 0
  if (a.exponent !== b.exponent) return sign * (a.exponent - b.exponent)
  return a.digits === b.digits ? 0 : a.digits < b.digits ? -sign : sign
}

function beginsWith(value: Value, prefix: Value): boolean {
  if (value?.S !== undefined && prefix?.S !== undefined) return value.S.startsWith(prefix.S)
  if (value?.B !== undefined && prefix?.B !== undefined) {
    const start = bytes(prefix.B)
    return bytes(value.B).subarray(0, start.length).equals(start)
  }
  return false
}

function contains(value: Value, operand: Value): boolean {
  if (value === undefined || operand === undefined) return false
  if (value.L !== undefined) return value.L.some((element) => valuesEqual(element, operand))
  if (operand.S !== undefined) return value.S?.includes(operand.S) ?? value.SS?.includes(operand.S) ?? false
  if (operand.N !== undefined) return value.NS?.includes(operand.N) ?? false
  if (operand.B !== undefined) {
    return value.B !== undefined ? bytes(value.B).includes(bytes(operand.B)) : (value.BS?.includes(operand.B) ?? false)
  }
  return false
}
