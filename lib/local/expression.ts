// Evaluates condition and filter expressions, as dynalite's parser leaves them, and the legacy parameters of the same purpose.
import { compare } from './comparison.ts'
import { binaryBytes } from './item-size.ts'
import type { AttributeValue, Item } from './wire.ts'

/** A parsed expression: an operator or function with its arguments. */
export interface Expression {
  type: string
  /** The name of a function. */
  name?: string
  args: Operand[]
}

/** A document path, a nested expression, or a value. */
export type Operand = (string | number)[] | Expression | AttributeValue

/** Whether an item satisfies an expression; an absent item is an empty one. */
export function satisfies(item: Item, expression: Expression): boolean {
  const [left, right] = expression.args
  switch (expression.type) {
    case 'and':
      return satisfies(item, left as Expression) && satisfies(item, right as Expression)
    case 'or':
      return satisfies(item, left as Expression) || satisfies(item, right as Expression)
    case 'not':
      return !satisfies(item, left as Expression)
    default: {
      const [value, ...operands] = expression.args.map((operand) => resolve(item, operand))
      return compare(expression.type === 'function' ? (expression.name ?? '') : expression.type, value, operands)
    }
  }
}

function resolve(item: Item, operand: Operand): AttributeValue | undefined {
  if (Array.isArray(operand)) return valueAt(item, operand)
  if (isExpression(operand)) return sizeOf(operand.args[0] === undefined ? undefined : resolve(item, operand.args[0]))
  return operand
}

const isExpression = (operand: Expression | AttributeValue): operand is Expression => 'type' in operand

/** The value at a document path. Only an item's own members count: `constructor` is an attribute like any other. */
function valueAt(item: Item, path: readonly (string | number)[]): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item }
  for (const step of path) {
    if (typeof step === 'number') value = value?.L?.[step]
    else value = value?.M !== undefined && Object.hasOwn(value.M, step) ? value.M[step] : undefined
  }
  return value
}

/** The function `size`: characters of a string, bytes of a binary value, members of anything else. */
function sizeOf(value: AttributeValue | undefined): AttributeValue | undefined {
  if (value === undefined) return undefined
  const members = value.SS ?? value.NS ?? value.BS ?? value.L
  const size =
    value.S?.length ??
    (value.B === undefined ? undefined : binaryBytes(value.B)) ??
    members?.length ??
    (value.M === undefined ? undefined : Object.keys(value.M).length)
  return size === undefined ? undefined : { N: String(size) }
}

/** One attribute's condition in the legacy parameters `Expected`, `QueryFilter` and `ScanFilter`. */
export interface LegacyCondition {
  ComparisonOperator?: string
  AttributeValueList?: AttributeValue[]
  Value?: AttributeValue
  Exists?: boolean
}

/** Whether an item satisfies a legacy condition, all of its attributes or, with `OR`, any. */
export function satisfiesLegacy(item: Item, conditions: { [attribute: string]: LegacyCondition }, operator?: unknown): boolean {
  const holds = ([name, condition]: [string, LegacyCondition]) => {
    const value = Object.hasOwn(item, name) ? item[name] : undefined
    if (condition.ComparisonOperator !== undefined) {
      return compare(condition.ComparisonOperator, value, condition.AttributeValueList ?? condition.Value)
    }
    if (condition.Exists === false) return compare('NULL', value, [])
    return compare('EQ', value, condition.Value)
  }
  return operator === 'OR' ? Object.entries(conditions).some(holds) : Object.entries(conditions).every(holds)
}
