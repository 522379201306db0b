// The size of an item in bytes as DynamoDB counts it, for the 400 KB limit, the 1 MB page and capacity units.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
import { utf8Length } from './byte-order.ts'
import type { AttributeValue, Item } from './wire.ts'

/** A list or map costs three bytes, and one more for each element. */
const containerBytes = 3

/** The size of an item: names and values, in UTF-8 bytes. */
export function itemBytes(item: Item): number {
  let bytes = 0
  for (const name in item) bytes += utf8Length(name) + valueBytes(item[name])
  return bytes
}

function valueBytes(value: AttributeValue | undefined): number {
  if (value === undefined) return 0
  if (value.S !== undefined) return utf8Length(value.S)
  if (value.N !== undefined) return numberBytes(value.N)
  if (value.B !== undefined) return binaryBytes(value.B)
  if (value.SS !== undefined) return sum(value.SS, utf8Length)
  if (value.NS !== undefined) return sum(value.NS, numberBytes)
  if (value.BS !== undefined) return sum(value.BS, binaryBytes)
  if (value.L !== undefined) return containerBytes + sum(value.L, (element) => 1 + valueBytes(element))
  if (value.M !== undefined) return containerBytes + Object.keys(value.M).length + itemBytes(value.M)
  return 1 // BOOL, NULL
}

function sum<Value>(values: readonly Value[], bytesOf: (value: Value) => number): number {
  let bytes = 0
  for (const value of values) bytes += bytesOf(value)
  return bytes
}

export function binaryBytes(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return (base64.length / 4) * 3 - padding
}

/** A number in the plain notation that dynalite normalises to: sign, digits, perhaps a point; no exponent. */
export function significantDigits(number: string): { negative: boolean; digits: string; exponent: number } {
  const negative = number.startsWith('-')
  const [whole = '', fraction = ''] = (negative ? number.slice(1) : number).split('.')
  const all = whole + fraction
  const unpadded = all.replace(/^0+/, '')
  const leadingZeros = all.length - unpadded.length
  return { negative, digits: unpadded.replace(/0+$/, ''), exponent: whole.length - 1 - leadingZeros }
}

/** One byte for each pair of digits, aligned to even exponents, one for the exponent, one more when negative. */
function numberBytes(number: string): number {
  const { negative, digits, exponent } = significantDigits(number)
  if (digits === '') return 1
  const unaligned = digits.length % 2 !== 0 || exponent % 2 !== 0 ? 0 : 1
  return 1 + Math.ceil(digits.length / 2) + unaligned + (negative ? 1 : 0)
}
