// Natural keys: stored as they are, and their ranges, exact although DynamoDB has one condition and only an inclusive `between`.
import { expect } from 'chai'
import fc from 'fast-check'
import { SingletError, ValidationError } from '../../lib/errors.ts'
import { compareKeys } from '../../lib/keys/key-order.ts'
import type { KeyContent, KeyRange, KeyType } from '../../lib/keys/key-type.ts'
import { compileNativeKey, type NativeKeyCodec } from '../../lib/keys/native-key.ts'
import { keyRange } from '../../lib/keys/range.ts'
import { propertyRuns as numRuns } from '../property-runs.ts'
import { compareBytes, decimal, text } from './arbitraries.ts'

function native(keyType: KeyType, attributeType: 'S' | 'N' | 'B', maxBytes = 1024): NativeKeyCodec {
  return compileNativeKey({ attribute: 'a', keyType, attributeType, maxBytes })
}

const byteArrays = fc
  .array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xfe, 0xff), { minLength: 1, maxLength: 4 })
  .map((each) => Uint8Array.from(each))
/** Numbers of up to 38 digits and their closest neighbours. */
const closeDecimals = fc.oneof(
  decimal,
  fc.constantFrom(
    '0',
    '1e-130',
    '-1e-130',
    '1',
    '-1',
    '10',
    '9.9999999999999999999999999999999999999e125',
    '-9.9999999999999999999999999999999999999e125',
  ),
  fc.constantFrom(
    '1.0000000000000000000000000000000000001',
    '0.99999999999999999999999999999999999999',
    '9.9999999999999999999999999999999999999',
  ),
)

function contains(type: 'S' | 'N' | 'B', range: KeyRange, key: KeyContent): boolean {
  const order = (other: KeyContent): number =>
    type === 'S' ? compareBytes(String(key), String(other)) : compareKeys(type, key, other)
  if (range.op === 'all' || range.op === 'none') return range.op === 'all'
  if (range.op === 'between') return order(range.lower) >= 0 && order(range.upper) <= 0
  if (range.op === 'begins_with')
    return Buffer.from(key as string)
      .subarray(0, range.value.length)
      .equals(Buffer.from(range.value as string))
  const sign = order(range.value)
  return { '=': sign === 0, '<': sign < 0, '<=': sign <= 0, '>': sign > 0, '>=': sign >= 0 }[range.op]
}

function exactRanges<T>(codec: NativeKeyCodec, values: fc.Arbitrary<T>): void {
  const type = codec.attributeType
  const operators = fc.tuple(fc.constantFrom('gt', 'gte'), fc.constantFrom('lt', 'lte'))
  const property = fc.property(
    values,
    values,
    fc.array(values, { maxLength: 8 }),
    operators,
    fc.integer({ min: 0, max: 2 }),
    (one, two, others, [lower, upper], ends) => {
      const content = (a: T): KeyContent => codec.encode({ a })
      const [low, high] = compareKeys(type, content(one), content(two)) <= 0 ? [one, two] : [two, one]
      const condition = { ...(ends === 1 ? {} : { [lower]: low }), ...(ends === 0 ? {} : { [upper]: high }) }
      const range = keyRange(codec, { a: condition })
      for (const value of [one, two, ...others]) {
        const [fromLow, fromHigh] = [
          compareKeys(type, content(value), content(low)),
          compareKeys(type, content(value), content(high)),
        ]
        const above = ends === 1 || fromLow > 0 || (lower === 'gte' && fromLow === 0)
        const below = ends === 0 || fromHigh < 0 || (upper === 'lte' && fromHigh === 0)
        expect(contains(type, range, content(value)), `${value} in ${JSON.stringify(range)}`).to.equal(above && below)
      }
      if (range.op === 'between') {
        expect(range.lower.length).to.be.greaterThan(0)
        expect(compareKeys(type, range.lower, range.upper)).to.be.at.most(0)
        // A neighbour must itself be a content that DynamoDB takes.
        if (type !== 'B') expect([codec.decode(range.lower), codec.decode(range.upper)]).to.not.include(undefined)
      }
    },
  )
  fc.assert(property, { numRuns })
}

describe('natural keys', () => {
  it('stores each type as it is', () => {
    expect(native({ kind: 'text' }, 'S').encode({ a: 'a#b$ \u{10ffff}' })).to.equal('a#b$ \u{10ffff}')
    expect(native({ kind: 'datetime' }, 'S').encode({ a: new Date(0) })).to.equal('1970-01-01T00:00:00.000Z')
    expect(native({ kind: 'epochSeconds' }, 'N').encode({ a: new Date(1999) })).to.equal('1')
    expect(native({ kind: 'number', min: 0, max: 999 }, 'N').encode({ a: 7 })).to.equal('7')
    expect(native({ kind: 'number' }, 'N').encode({ a: 1e21 })).to.equal('1000000000000000000000')
    expect(native({ kind: 'decimal' }, 'N').encode({ a: '-1.50' })).to.equal('-1.5')
    expect(native({ kind: 'binary' }, 'B').encode({ a: Uint8Array.of(1, 2) })).to.deep.equal(Uint8Array.of(1, 2))
  })

  it('reads each type back', () => {
    expect(native({ kind: 'number' }, 'N').decode('1E+2')).to.deep.equal({ a: 100 })
    expect(native({ kind: 'bigint' }, 'N').decode('12345678901234567890')).to.deep.equal({ a: 12345678901234567890n })
    expect(native({ kind: 'number' }, 'N').decode('12345678901234567890.5')).to.equal(undefined)
    expect(native({ kind: 'text' }, 'S').decode('a#b')).to.deep.equal({ a: 'a#b' })
    expect(native({ kind: 'text', values: ['x'] }, 'S').decode('y')).to.equal(undefined)
    expect(native({ kind: 'binary' }, 'B').decode(Uint8Array.of(1))).to.deep.equal({ a: Uint8Array.of(1) })
    expect(native({ kind: 'epochSeconds' }, 'N').decode('1')).to.deep.equal({ a: new Date(1000) })
  })

  it('refuses what DynamoDB would', () => {
    const failing: [NativeKeyCodec, unknown, string][] = [
      [native({ kind: 'text' }, 'S'), '', 'empty-key'],
      [native({ kind: 'text' }, 'S'), undefined, 'missing'],
      [native({ kind: 'text' }, 'S', 4), 'ééé', 'key-too-long'],
      [native({ kind: 'text' }, 'S'), '\ud800', 'wrong-type'],
      [native({ kind: 'binary' }, 'B'), new Uint8Array(), 'empty-key'],
      [native({ kind: 'binary' }, 'B', 2), new Uint8Array(3), 'key-too-long'],
      [native({ kind: 'decimal' }, 'N'), '1'.repeat(39), 'precision'],
      [native({ kind: 'decimal' }, 'N'), '1e126', 'out-of-range'],
    ]
    for (const [codec, a, reason] of failing) {
      expect(() => codec.encode({ a }))
        .to.throw(ValidationError)
        .with.include({ reason, path: 'a' })
    }
    expect(() => native({ kind: 'boolean' }, 'S')).to.throw(SingletError)
    expect(() => native({ kind: 'text' }, 'N')).to.throw(SingletError)
  })

  it('S: ranges are exact', () => exactRanges(native({ kind: 'text' }, 'S'), text))
  it('S: ranges are exact at the limit on size', () => {
    exactRanges(
      native({ kind: 'text' }, 'S', 8),
      text.filter((each) => Buffer.byteLength(each) <= 8),
    )
  })
  it('S: an excluded upper end keeps the texts with U+10FFFF just below it', () => {
    const range = keyRange(native({ kind: 'text' }, 'S'), { a: { gte: 'a', lt: 'b' } })
    expect(contains('S', range, 'a\u{10ffff}\u{10ffff}x')).to.equal(true)
    expect(contains('S', range, 'b')).to.equal(false)
  })
  it('N: ranges are exact, by neighbours at 38 digits', () => exactRanges(native({ kind: 'decimal' }, 'N'), closeDecimals))
  it('B: ranges are exact', () => exactRanges(native({ kind: 'binary' }, 'B'), byteArrays))
  it('B: ranges are exact at the limit on size', () => exactRanges(native({ kind: 'binary' }, 'B', 4), byteArrays))

  it('takes plain operators where one end is given, and begins_with on text and bytes', () => {
    expect(keyRange(native({ kind: 'number' }, 'N'), { a: { gt: 5 } })).to.deep.equal({ op: '>', value: '5' })
    expect(keyRange(native({ kind: 'number' }, 'N'), { a: { gte: 5, lte: 10 } })).to.deep.equal({
      op: 'between',
      lower: '5',
      upper: '10',
    })
    expect(keyRange(native({ kind: 'text' }, 'S'), { a: { beginsWith: 'x' } })).to.deep.equal({ op: 'begins_with', value: 'x' })
    expect(keyRange(native({ kind: 'text' }, 'S'), {})).to.deep.equal({ op: 'all' })
    expect(keyRange(native({ kind: 'binary' }, 'B'), { a: { beginsWith: Uint8Array.of(1) } })).to.deep.equal({
      op: 'begins_with',
      value: Uint8Array.of(1),
    })
    expect(() => keyRange(native({ kind: 'number' }, 'N'), { a: { beginsWith: '1' } })).to.throw(ValidationError, 'beginsWith')
    expect(() => keyRange(native({ kind: 'number' }, 'N'), { a: { gt: 10, lt: 9 } })).to.throw(ValidationError, 'above the upper')
  })
})
