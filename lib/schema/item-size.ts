// The size of an item as DynamoDB counts it: for its limit of 400 KB and for capacity units.
// Source: developer guide, "DynamoDB item sizes and formats". Numbers are "approximately" as it says; here they are never too small.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { parseDecimal } from '../keys/decimal.ts'

/** An item may have 400 KB, attribute names included (developer guide, "Constraints"). */
export const maxItemBytes = 400 * 1024

/**
 * The size of an item in bytes: names and texts in UTF-8, binaries raw, booleans and null 1, numbers 1 for two significant digits and 1 more,
 * lists and maps 3 and 1 for each element, sets the sum of their elements.
 *
 * @example itemSizeBytes({ id: { S: 'é' }, done: { BOOL: true } }) // 2 + 2 + 4 + 1
 */
export function itemSizeBytes(item: Readonly<Record<string, AttributeValue>>): number {
  let bytes = 0
  for (const name of Object.keys(item)) bytes += textBytes(name) + valueBytes(item[name])
  return bytes
}

function valueBytes(value: AttributeValue | undefined): number {
  if (value === undefined) return 0
  if (value.S !== undefined) return textBytes(value.S)
  if (value.N !== undefined) return numberBytes(value.N)
  if (value.B !== undefined) return value.B.byteLength
  if (value.BOOL !== undefined || value.NULL !== undefined) return 1
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemSizeBytes(value.M)
  if (value.L !== undefined) return value.L.reduce((bytes, element) => bytes + 1 + valueBytes(element), 3)
  if (value.SS !== undefined) return value.SS.reduce((bytes, element) => bytes + textBytes(element), 0)
  if (value.NS !== undefined) return value.NS.reduce((bytes, element) => bytes + numberBytes(element), 0)
  if (value.BS !== undefined) return value.BS.reduce((bytes, element) => bytes + element.byteLength, 0)
  return 0
}

function textBytes(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

/** Digits are stored in pairs counted from the decimal point, so that a digit alone in its pair takes a byte: `1.5` has two pairs. */
function numberBytes(text: string): number {
  const decimal = parseDecimal(text)
  if (decimal === undefined) return textBytes(text)
  const { negative, digits, exponent } = decimal
  if (digits === '') return 1
  // Of d.ddd × 10^exponent the first digit is the second of its pair when the exponent is even.
  const aloneAtStart = exponent % 2 === 0 ? 1 : 0
  return Math.ceil((digits.length + aloneAtStart) / 2) + 1 + (negative ? 1 : 0)
}
