// Whether two stored values are equal, as DynamoDB's `=` compares them: numbers by value, sets and maps without order.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
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
  return sameSet(setElements(a), setElements(b))
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

function setElements(set: AttributeValue): AttributeValue[] | undefined {
  if (set.SS !== undefined) return set.SS.map((S) => ({ S }))
  if (set.NS !== undefined) return set.NS.map((N) => ({ N }))
  return set.BS?.map((B) => ({ B }))
}

function sameSet(a: readonly AttributeValue[] | undefined, b: readonly AttributeValue[] | undefined): boolean {
  if (a === undefined || b === undefined || a.length !== b.length) return false
  return a.every((element) => b.some((other) => sameValue(element, other)))
}
