// The order in which DynamoDB sorts the contents of a key attribute; for merging the results of several queries.
import { compareDecimals, parseDecimal } from './decimal.ts'
import type { KeyAttributeType, KeyContent } from './key-type.ts'
import { compareText } from './text-order.ts'

/**
 * Compares two contents of a key attribute as DynamoDB does: S by UTF-8 bytes, N by value, B by unsigned bytes.
 *
 * @returns negative, zero or positive, as for Array.prototype.sort.
 * @throws TypeError when a content is not of the type.
 * @example
 * compareKeys('N', '9', '10') // < 0
 * compareKeys('S', '9', '10') // > 0
 */
export function compareKeys(attributeType: KeyAttributeType, a: KeyContent, b: KeyContent): number {
  if (attributeType === 'B') {
    if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  } else if (typeof a === 'string' && typeof b === 'string') {
    if (attributeType === 'S') return compareText(a, b)
    const [left, right] = [parseDecimal(a), parseDecimal(b)]
    if (left !== undefined && right !== undefined) return compareDecimals(left, right)
  }
  throw new TypeError(`A key of type ${attributeType} cannot be compared with these contents.`)
}
