// Conditions on attributes as one condition on the sort key that DynamoDB understands. Always bounded by the literal text around the
// placeholder on both sides, so that a range never bleeds into the items of other templates.
import type { KeyCodec, KeyPart, TemplateKeyCodec } from './key-codec.ts'
import { tooLong } from './key-codec.ts'
import { type Bound, type BoundedRange, badRange, type KeyConditions, readConditions, reversed } from './key-condition.ts'
import type { KeyRange } from './key-type.ts'
import { nativeRange } from './native-range.ts'
import { keyTooLong } from './refusals.ts'
import { byteLength, compareText, lastWithPrefix, textAfter, textBefore } from './text-order.ts'

/**
 * The key condition for what is asked of the attributes of a key. Equality from the left, at most one range, and it last.
 * Exact: of the keys of this template, those and only those whose values fit. No key outside the literal prefix is in it.
 *
 * @param conditions by attribute: a value, `{ eq }`, `{ gt | gte, lt | lte }`, `{ between: [a, b] }` or `{ beginsWith }`.
 * @throws ValidationError 'bad-range' or 'unknown-attribute', and what encoding a value throws. A bound over the size limit of keys
 * is refused as 'key-too-long', since DynamoDB refuses it.
 * @example
 * keyRange(sk, {})                         // ORDER#{orderId}: { op: 'begins_with', value: 'ORDER#' }
 * keyRange(sk, { orderId: { gte: '7' } })  // { op: 'between', lower: 'ORDER#7', upper: 'ORDER#\u{10FFFF}' }
 */
export function keyRange(codec: KeyCodec, conditions: KeyConditions): KeyRange {
  return codec.native ? nativeRange(codec, conditions) : templateRange(codec, conditions)
}

function templateRange(codec: TemplateKeyCodec, conditions: KeyConditions): KeyRange {
  const { fixed, values, range } = readConditions(codec.attributes, conditions)
  const part = codec.parts[fixed]
  if (part === undefined) return { op: '=', value: codec.encode(values) }

  let prefix = ''
  for (const { lead, attribute, value } of codec.parts.slice(0, fixed))
    prefix += lead + value.encode(values[attribute], attribute)
  prefix += part.lead
  if (byteLength(prefix) > codec.maxBytes) throw tooLong(codec, values, byteLength(prefix))
  if (range === undefined) return beginningWith(prefix)
  if ('beginsWith' in range) {
    const begin = prefix + part.value.encodePrefix(range.beginsWith, part.attribute)
    refuseLong(codec, part, begin)
    return beginningWith(begin)
  }
  const isLast = fixed === codec.parts.length - 1 && codec.tail === ''
  return boundedRange(codec, part, prefix, isLast, range)
}

function beginningWith(prefix: string): KeyRange {
  return prefix === '' ? { op: 'all' } : { op: 'begins_with', value: prefix }
}

function boundedRange(codec: TemplateKeyCodec, part: KeyPart, prefix: string, isLast: boolean, range: BoundedRange): KeyRange {
  const { attribute, value } = part
  if (!value.ordered)
    throw badRange(attribute, 'these keys hold plain numbers, whose text has another order. Declare min and max.')
  const escaped = codec.encoding === 'escaped'
  if (!escaped && !isLast && !value.prefixFree) {
    throw badRange(attribute, 'in the middle of a verbatim key only values of a fixed width have a range.')
  }
  const encodeEnd = (bound: Bound): string => {
    const text = value.encodeBound(bound.value, attribute)
    if (!escaped && !isLast && value.length !== undefined && text.length !== value.length) {
      throw badRange(attribute, `in the middle of a verbatim key a bound needs all ${value.length} characters.`)
    }
    refuseLong(codec, part, prefix + text)
    return text
  }
  const ends = inKeyOrder(range, value.descending)
  const low = ends.lower && { text: encodeEnd(ends.lower), inclusive: ends.lower.inclusive }
  const high = ends.upper && { text: encodeEnd(ends.upper), inclusive: ends.upper.inclusive }
  if (low !== undefined && high !== undefined) {
    const order = compareText(low.text, high.text)
    if (order > 0) throw reversed(attribute)
    if (order === 0 && !(low.inclusive && high.inclusive)) return { op: 'none' }
  }

  // With nothing to be bounded by, one end is enough, and '' could not be sent as the other.
  if (prefix === '' && isLast && high === undefined && low !== undefined)
    return { op: low.inclusive ? '>=' : '>', value: low.text }
  if (prefix === '' && low === undefined && high !== undefined && (isLast || !high.inclusive)) {
    return { op: high.inclusive ? '<=' : '<', value: high.text }
  }
  const lower = low === undefined ? prefix : low.inclusive ? prefix + low.text : aboveAll(codec, prefix + low.text, isLast)
  const upper =
    high === undefined
      ? lastWithPrefix(prefix, codec.maxBytes)
      : high.inclusive
        ? lastOf(codec, prefix + high.text, isLast)
        : textBefore(prefix + high.text, codec.maxBytes)
  if (lower === undefined || compareText(lower, upper) > 0) return { op: 'none' }
  if (prefix === '' && high === undefined) return { op: '>=', value: lower }
  if (prefix === '' && low === undefined) return { op: '<=', value: upper }
  return { op: 'between', lower, upper }
}

/** A placeholder that descends has the mirrored range in its keys. */
function inKeyOrder({ lower, upper }: BoundedRange, descending: boolean): { lower: Bound | undefined; upper: Bound | undefined } {
  return descending ? { lower: upper, upper: lower } : { lower, upper }
}

/** The least text above every key whose ranged value is written as the end of `text`. */
function aboveAll({ encoding, maxBytes, template }: TemplateKeyCodec, text: string, isLast: boolean): string | undefined {
  // In escaped keys a longer value goes on with `$` or above; a key of this value ends here or goes on with `#`, which is below.
  if (encoding === 'escaped') return textAfter(text, maxBytes, '$')
  if (isLast) return textAfter(text, maxBytes, '\u0000')
  // Fixed width: nothing longer begins with this value, so all that does is a key of it.
  const key = text + template.delimiter
  if (byteLength(key) > maxBytes) return text
  const last = lastWithPrefix(key, maxBytes)
  return last.endsWith('\u{10FFFF}') ? last : textAfter(last, maxBytes, '\u0000')
}

/** The greatest text that a key whose ranged value is written as the end of `text` can be. */
function lastOf({ maxBytes, template }: TemplateKeyCodec, text: string, isLast: boolean): string {
  const key = text + template.delimiter
  return isLast || byteLength(key) > maxBytes ? text : lastWithPrefix(key, maxBytes)
}

function refuseLong({ maxBytes, place }: TemplateKeyCodec, { attribute }: KeyPart, text: string): void {
  const bytes = byteLength(text)
  if (bytes > maxBytes) throw keyTooLong(attribute, bytes, maxBytes, place)
}
