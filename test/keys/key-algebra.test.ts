// Key algebra: it may see an overlap that is none, and must never miss one.
import { expect } from 'chai'
import fc from 'fast-check'
import { ValidationError } from '../../lib/errors.ts'
import { keysOverlap, reachesDefaultRange } from '../../lib/keys/key-algebra.ts'
import type { KeyCodec, TemplateKeyCodec } from '../../lib/keys/key-codec.ts'
import type { KeyType } from '../../lib/keys/key-type.ts'
import { compileNativeKey } from '../../lib/keys/native-key.ts'
import { keyRange } from '../../lib/keys/range.ts'
import { codecOf, inRange } from '../keys/arbitraries.ts'
import { propertyRuns as numRuns } from '../property-runs.ts'

const smallText = fc.string({ unit: fc.constantFrom('A', '0', '1', ':', '#'), minLength: 1, maxLength: 3 })
const types: [KeyType, fc.Arbitrary<unknown>][] = [
  [{ kind: 'text' }, smallText],
  [{ kind: 'text', values: ['A', '0', 'A0', '1:'] }, fc.constantFrom('A', '0', 'A0', '1:')],
  [{ kind: 'text', width: 2 }, fc.string({ unit: fc.constantFrom('A', '0', '1'), minLength: 2, maxLength: 2 })],
  [{ kind: 'number', min: 0, max: 9, integer: true }, fc.integer({ min: 0, max: 2 })],
  [{ kind: 'number', min: -5, max: 9, integer: true }, fc.integer({ min: -5, max: 9 })],
  [{ kind: 'number', min: 0, max: 9 }, fc.constantFrom(0, 0.5, 1, 1.1)],
  [{ kind: 'number' }, fc.constantFrom(0, 1, -1)],
  [{ kind: 'boolean' }, fc.boolean()],
  [{ kind: 'binary' }, fc.constantFrom(Uint8Array.of(0), Uint8Array.of(0x10), Uint8Array.of(0xa1))],
  [{ kind: 'datetime' }, fc.constant(new Date(0))],
]

interface Sample {
  readonly codec: KeyCodec
  readonly keys: readonly string[]
}

function sample(encoding: 'escaped' | 'verbatim', delimiter: string): fc.Arbitrary<Sample> {
  const literal = fc.constantFrom('', 'A', '0', 'A0', '1', 'false', ':', 'p130')
  const segment = fc.record({ literal, type: fc.option(fc.constantFrom(...types), { freq: 3 }) })
  const build = (segments: { literal: string; type: (typeof types)[number] | null }[]): fc.Arbitrary<Sample> => {
    const source = segments.map(({ literal, type }, index) => (type ? `${literal}{a${index}}` : literal)).join(delimiter)
    const keyTypes = Object.fromEntries(segments.flatMap(({ type }, index) => (type ? [[`a${index}`, type[0]]] : [])))
    const values = fc.record(Object.fromEntries(segments.flatMap(({ type }, index) => (type ? [[`a${index}`, type[1]]] : []))))
    const codec = codecOf(source, keyTypes, { encoding, delimiter })
    return fc
      .array(values, { minLength: 1, maxLength: 12 })
      .map((items) => ({ codec, keys: items.flatMap((item) => encodeIfAllowed(codec, item)) }))
  }
  const templates = fc
    .array(segment, { minLength: 1, maxLength: 3 })
    .filter((segments) => segments.some(({ literal, type }) => literal !== '' || type !== null))
    .chain(build)
  const natives = fc.constantFrom<KeyType>({ kind: 'text' }, { kind: 'text', values: ['A', 'A0#1'] }).chain((keyType) => {
    const codec = compileNativeKey({ attribute: 'a', keyType, attributeType: 'S', maxBytes: 1024 })
    const values = keyType.kind === 'text' && keyType.values ? fc.constantFrom(...keyType.values) : smallText
    return fc.array(values, { maxLength: 8 }).map((keys) => ({ codec, keys }))
  })
  return fc.oneof({ weight: 8, arbitrary: templates }, { weight: 1, arbitrary: natives })
}

/** Verbatim keys refuse some values. */
function encodeIfAllowed(codec: TemplateKeyCodec, item: Record<string, unknown>): string[] {
  try {
    return [codec.encode(item)]
  } catch (error) {
    if (error instanceof ValidationError && error.reason === 'delimiter-in-key') return []
    throw error
  }
}

describe('key algebra', () => {
  for (const [encoding, delimiter] of [
    ['escaped', '#'],
    ['verbatim', '#'],
    ['verbatim', '::'],
  ] as const) {
    it(`${encoding} with ${delimiter}: never misses an overlap`, () => {
      const property = fc.property(sample(encoding, delimiter), sample(encoding, delimiter), (a, b) => {
        const shared = a.keys.some((key) => b.keys.includes(key) || b.codec.decode(key) !== undefined)
        if (shared) expect(keysOverlap(a.codec, b.codec)).to.equal(true)
        expect(keysOverlap(a.codec, b.codec)).to.equal(keysOverlap(b.codec, a.codec))
        if (a.keys.length > 0) expect(keysOverlap(a.codec, a.codec)).to.equal(true)
        const range = keyRange(a.codec, {})
        if (b.keys.some((key) => inRange(range, key))) expect(reachesDefaultRange(a.codec, b.codec)).to.equal(true)
      })
      fc.assert(property, { numRuns: numRuns * 5 })
    })
  }

  it('is exact for literals', () => {
    const literal = fc
      .array(fc.constantFrom('', 'A', 'AB', 'B'), { minLength: 1, maxLength: 3 })
      .map((segments) => segments.join('#'))
    const property = fc.property(literal.filter(Boolean), literal.filter(Boolean), (a, b) => {
      expect(keysOverlap(codecOf(a, {}), codecOf(b, {}))).to.equal(a === b)
      expect(reachesDefaultRange(codecOf(a, {}), codecOf(b, {}))).to.equal(a === b)
      expect(reachesDefaultRange(codecOf(`${a}{x}`, { x: { kind: 'text' } }), codecOf(b, {}))).to.equal(b.startsWith(a))
    })
    fc.assert(property, { numRuns })
  })

  const text: KeyType = { kind: 'text' }
  const date: KeyType = { kind: 'datetime' }
  const digits: KeyType = { kind: 'number', min: 0, max: 999, integer: true }
  const status: KeyType = { kind: 'text', values: ['open', 'closed'] }
  const keyTypes = { x: text, at: date, n: digits, status, flag: { kind: 'boolean' }, any: { kind: 'number' } } as const
  const pairs: [a: string, b: string, overlap: boolean, reached: boolean][] = [
    ['USER#{x}', 'USER#PROFILE', true, true],
    ['USER#{x}', 'ORDER#{x}', false, false],
    ['USER#{x}', 'USER#{x}#ORDERS', false, true],
    ['USER#{x}', 'USERS', false, false],
    ['USER#{x}', 'USER#', false, true],
    ['O#{n}', 'O#META', false, true],
    ['O#{n}', 'O#042', true, true],
    ['O#{n}', 'O#42', false, true],
    ['O#{at}', 'O#{n}', false, true],
    ['O#{status}', 'O#{flag}', false, true],
    ['O#{status}', 'O#op{x}', true, true],
    ['O#op{x}', 'O#{status}', true, true],
    ['O#x{x}', 'O#{status}', false, false],
    ['O#v{n}', 'O#{x}', true, true],
    ['O#v{n}', 'O#{n}', false, false],
    ['O#v{n}', 'O#w{n}', false, false],
    ['O#1{n}', 'O#{n}', false, true],
    ['{at}', 'PROFILE', false, true],
    ['PROFILE', '{at}', false, false],
    ['PROFILE', '{x}', true, true],
    ['A#{x}#B', 'A#{x}#C', false, true],
    ['{x}#{n}', '{n}#{x}', true, true],
  ]
  for (const [a, b, overlap, reached] of pairs) {
    it(`${a} and ${b}: ${overlap ? 'overlap' : 'apart'}, ${reached ? 'reached' : 'not reached'}`, () => {
      const used = (source: string) =>
        Object.fromEntries(Object.entries(keyTypes).filter(([name]) => source.includes(`{${name}}`)))
      const [left, right] = [codecOf(a, used(a)), codecOf(b, used(b))]
      expect(keysOverlap(left, right)).to.equal(overlap)
      expect(keysOverlap(right, left)).to.equal(overlap)
      expect(reachesDefaultRange(left, right)).to.equal(reached)
    })
  }

  it('knows natural keys', () => {
    const native = (keyType: KeyType, attributeType: 'S' | 'N') =>
      compileNativeKey({ attribute: 'a', keyType, attributeType, maxBytes: 1024 })
    const template = codecOf('O#{n}', { n: digits })
    expect(keysOverlap(native(text, 'S'), template)).to.equal(true)
    expect(keysOverlap(native(digits, 'N'), template)).to.equal(false)
    expect(keysOverlap(native(digits, 'N'), native({ kind: 'number' }, 'N'))).to.equal(true)
    expect(keysOverlap(native(status, 'S'), template)).to.equal(false)
    expect(keysOverlap(native({ kind: 'text', values: ['O#001'] }, 'S'), template)).to.equal(true)
    expect(keysOverlap(native(status, 'S'), native({ kind: 'text', values: ['paid'] }, 'S'))).to.equal(false)
    expect(reachesDefaultRange(template, native(status, 'S'))).to.equal(false)
    expect(reachesDefaultRange(template, native(text, 'S'))).to.equal(true)
    expect(reachesDefaultRange(native(text, 'S'), template)).to.equal(true)
  })
})
