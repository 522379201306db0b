// Whether two stored values are equal, as DynamoDB's `=` compares them: numbers by value, sets and maps without order.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { addDecimals } from '../keys/decimal.ts'
import { compareKeys } from '../keys/key-order.ts'

/** Whether DynamoDB takes the two values for equal. */
export function sameValue(a: AttributeValue, b: AttributeValue): boolean {
  if (a.S !== undefined || b.S !== undefined) return a.S === b.S
  if (a.N !== undefined || b.N !== undefined)
    return a.N !== undefined && b.N !== undefined && (a.N === b.N || compareKeys('N', a.N, b.N) === 0)
  if (a.B !== undefined || b.B !== undefined) return a.B !== undefined && b.B !== undefined && compareKeys('B', a.B, b.B) === 0
  if (a.BOOL !== undefined || b.BOOL !== undefined) return a.BOOL === b.BOOL
  if (a.NULL !== undefined || b.NULL !== undefined) return a.NULL === b.NULL
  if (a.L !== undefined || b.L !== undefined) return sameList(a.L, b.L)
  if (a.M !== undefined || b.M !== undefined) return sameMap(a.M, b.M)
  return sameSet(a, b)
}

function sameList(a: readonly AttributeValue[] | undefined, b: readonly AttributeValue[] | undefined): boolean {
  if (a === undefined || b === undefined || a.length !== b.length) return false
  return a.every((element, index) => {
    const other = b[index]
    return other !== undefined && sameValue(element, other)
  })
}

function sameMap(a: Record<string, AttributeValue> | undefined, b: Record<string, AttributeValue> | undefined): boolean {
  if (a === undefined || b === undefined) return false
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => {
    const [left, right] = [a[name], Object.hasOwn(b, name) ? b[name] : undefined]
    return left !== undefined && right !== undefined && sameValue(left, right)
  })
}

function sameSet(a: AttributeValue, b: AttributeValue): boolean {
  const [left, right] = [setElements(a), setElements(b)]
  return left.size > 0 && left.size === right.size && [...left.keys()].every((key) => right.has(key))
}

/** The elements of a set, each under a text that elements have in common which DynamoDB takes for equal. Empty for what is no set. */
export function setElements(set: AttributeValue | undefined): ReadonlyMap<string, AttributeValue> {
  if (set?.SS !== undefined) return new Map(set.SS.map((S) => [`S${S}`, { S }]))
  if (set?.NS !== undefined) return new Map(set.NS.map((N) => [`N${addDecimals(N, '0')}`, { N }]))
  return new Map(set?.BS?.map((B) => [`B${Buffer.from(B).toString('latin1')}`, { B }]))
}
