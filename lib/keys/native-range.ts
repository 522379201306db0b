// Ranges on natural keys. There is no prefix to stay within; but DynamoDB takes a single condition on the sort key, and its only one with
// two ends includes both, so an excluded end becomes the neighbouring content: exact, since contents are limited in size and precision.
import { type Decimal, decimalAbove, decimalText, negate, parseDecimal, zero } from './decimal.ts'
import { type Bound, badRange, type KeyConditions, readConditions, reversed } from './key-condition.ts'
import { compareKeys } from './key-order.ts'
import type { KeyContent, KeyRange } from './key-type.ts'
import type { NativeKeyCodec } from './native-key.ts'
import { keyTooLong } from './refusals.ts'
import { byteLength, textAfter, textBefore } from './text-order.ts'

/** As `keyRange`, for a natural key. */
export function nativeRange(codec: NativeKeyCodec, conditions: KeyConditions): KeyRange {
  const { attributeType, attributes, maxBytes } = codec
  const { fixed, values, range } = readConditions(attributes, conditions)
  if (fixed === 1) return { op: '=', value: codec.encode(values) }
  if (range === undefined) return { op: 'all' }
  if ('beginsWith' in range) return beginningWith(codec, range.beginsWith)

  const { lower, upper } = range
  const low = lower && codec.encodeBound(lower.value)
  const high = upper && codec.encodeBound(upper.value)
  if (lower === undefined || low === undefined) {
    if (upper === undefined || high === undefined) return { op: 'all' }
    return { op: upper.inclusive ? '<=' : '<', value: high }
  }
  if (upper === undefined || high === undefined) return { op: lower.inclusive ? '>=' : '>', value: low }
  const order = compareKeys(attributeType, low, high)
  if (order > 0) throw reversed(attributes[0])
  if (order === 0 && !(lower.inclusive && upper.inclusive)) return { op: 'none' }
  const first = end(lower, low, contentAbove(low, codec))
  const last = end(upper, high, contentBelow(high, codec))
  if (first === undefined || last === undefined || last.length === 0) return { op: 'none' }
  if (compareKeys(attributeType, first, last) > 0) return { op: 'none' }
  return { op: 'between', lower: first, upper: last }

  function end({ inclusive }: Bound, content: KeyContent, neighbour: () => KeyContent | undefined): KeyContent | undefined {
    return inclusive ? content : neighbour()
  }

  function beginningWith({ value }: NativeKeyCodec, prefix: unknown): KeyRange {
    if (prefix === '') return { op: 'all' }
    if (attributeType === 'B') {
      if (!(prefix instanceof Uint8Array)) throw badRange(attributes[0], 'beginsWith takes bytes here.')
      if (prefix.length > maxBytes) throw keyTooLong(attributes[0], prefix.length, maxBytes, codec.place)
      return prefix.length === 0 ? { op: 'all' } : { op: 'begins_with', value: prefix }
    }
    const text = value.encodePrefix(prefix, attributes[0])
    const bytes = byteLength(text)
    if (bytes > maxBytes) throw keyTooLong(attributes[0], bytes, maxBytes, codec.place)
    return { op: 'begins_with', value: text }
  }
}

/** The least content above another, found when asked for. */
function contentAbove(content: KeyContent, { attributeType, maxBytes }: NativeKeyCodec): () => KeyContent | undefined {
  return () => {
    if (typeof content !== 'string') return bytesAfter(content, maxBytes)
    return attributeType === 'S' ? textAfter(content, maxBytes, '\u0000') : textOf(decimalAbove(readDecimal(content)))
  }
}

/** The greatest content below another; empty when there is none. */
function contentBelow(content: KeyContent, { attributeType, maxBytes, value }: NativeKeyCodec): () => KeyContent | undefined {
  return () => {
    if (typeof content !== 'string') return bytesBefore(content, maxBytes)
    // Natural text may hold U+10FFFF, so the greatest text below is as long as a key can be, unless all values have one width.
    if (attributeType === 'S') return textBefore(content, maxBytes, value.length === undefined ? 'all' : 'one')
    const above = decimalAbove(negate(readDecimal(content)))
    return textOf(above && negate(above))
  }
}

function readDecimal(content: string): Decimal {
  return parseDecimal(content) ?? zero
}

function textOf(decimal: Decimal | undefined): string | undefined {
  return decimal && decimalText(decimal)
}

function bytesAfter(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  if (bytes.length < maxBytes) return Uint8Array.from([...bytes, 0])
  const last = bytes.findLastIndex((byte) => byte < 0xff)
  return last < 0 ? undefined : withLast(bytes, last, 1)
}

function bytesBefore(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const last = bytes.length - 1
  if (bytes[last] === 0) return bytes.slice(0, last)
  const before = new Uint8Array(maxBytes).fill(0xff)
  before.set(withLast(bytes, last, -1))
  return before
}

/** The bytes up to `last`, and that one changed. */
function withLast(bytes: Uint8Array, last: number, change: 1 | -1): Uint8Array {
  const result = bytes.slice(0, last + 1)
  result[last] = (bytes[last] ?? 0) + change
  return result
}
