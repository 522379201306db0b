// The four guarantees on keys: injective, order-preserving, reversible, non-empty and bounded.
import { expect } from 'chai'
import fc from 'fast-check'
import { ValidationError } from '../../lib/errors.ts'
import { compareKeys } from '../../lib/keys/key-order.ts'
import { propertyRuns as numRuns } from '../property-runs.ts'
import {
  bytes,
  character,
  codecOf,
  compareBytes,
  itemsOf,
  kinds,
  type Layout,
  layout,
  text,
  verbatimText,
} from './arbitraries.ts'

const encodings = ['escaped', 'verbatim'] as const

function compareTuples({ names, kinds, descending }: Layout, a: Record<string, unknown>, b: Record<string, unknown>): number {
  for (const [index, name] of names.entries()) {
    const order = kinds[index]?.compare(a[name], b[name]) ?? 0
    if (order !== 0) return descending[index] ? -order : order
  }
  return 0
}

describe('guarantees of keys', () => {
  for (const encoding of encodings) {
    it(`${encoding}: equal keys come from equal values only, and values come back`, () => {
      const property = fc.property(layout(encoding), (given) => {
        const seen = new Map<string, Record<string, unknown>>()
        for (const item of itemsOf(given)) {
          const key = given.codec.encode(item)
          const decoded = given.codec.decode(key)
          if (decoded === undefined) throw new Error(`${key} does not decode`)
          expect(compareTuples(given, decoded, item)).to.equal(0)
          expect(Object.keys(decoded)).to.deep.equal(given.names)
          expect(given.codec.encode(decoded)).to.equal(key)
          const other = seen.get(key)
          if (other !== undefined) expect(compareTuples(given, item, other)).to.equal(0)
          seen.set(key, item)
        }
      })
      fc.assert(property, { numRuns })
    })
  }

  it('escaped: keys sort in UTF-8 bytes as their tuples of values do, across segment boundaries', () => {
    const property = fc.property(layout('escaped'), (given) => {
      const items = itemsOf(given)
      const keys = items.map((item) => given.codec.encode(item))
      for (let left = 0; left < items.length; left++) {
        for (let right = left + 1; right < items.length; right++) {
          const [a = {}, b = {}, keyA = '', keyB = ''] = [items[left], items[right], keys[left], keys[right]]
          expect(Math.sign(compareBytes(keyA, keyB))).to.equal(Math.sign(compareTuples(given, a, b)))
          expect(Math.sign(compareKeys('S', keyA, keyB))).to.equal(Math.sign(compareBytes(keyA, keyB)))
        }
      }
    })
    fc.assert(property, { numRuns })
  })

  for (const kind of kinds) {
    for (const descending of kind.descends ? [false, true] : [false]) {
      it(`${kind.name}${descending ? ' descending' : ''}: order, equality and value of each`, () => {
        const codec = codecOf(`{a${descending ? ':desc' : ''}}`, { a: kind.keyType })
        const property = fc.property(kind.value, kind.value, (a, b) => {
          const [keyA, keyB] = [codec.encode({ a }), codec.encode({ a: b })]
          const order = kind.compare(a, b)
          expect(Math.sign(compareBytes(keyA, keyB))).to.equal(Math.sign(descending ? -order : order))
          expect(kind.compare(codec.decode(keyA)?.a, a)).to.equal(0)
          expect([...keyA].every((each) => each >= '$' && each !== '\u{10ffff}')).to.equal(true)
        })
        fc.assert(property, { numRuns })
      })
    }
  }

  it('no value ends up inside the key prefix of another', () => {
    const codec = codecOf('USER#{user}#{rest}', { user: { kind: 'text' }, rest: { kind: 'text' } })
    const property = fc.property(text, text, text, (user, rest, other) => {
      const prefix = codec.encode({ user: other, rest: 'x' }).slice(0, -1)
      expect(codec.encode({ user, rest }).startsWith(prefix)).to.equal(user === other)
    })
    fc.assert(property, { numRuns })
  })

  it('decoding is strict: any text either is the key of what it decodes to, or decodes to nothing', () => {
    const anyText = fc
      .array(fc.oneof(character, fc.constantFrom('#', 'v', '0', '1', 'p', '-', '~', '.')), { maxLength: 8 })
      .map((each) => each.join(''))
    const property = fc.property(
      fc.constantFrom(...encodings).chain((encoding) => layout(encoding)),
      anyText,
      fc.nat(),
      (given, noise, at) => {
        const key = given.codec.encode(itemsOf(given)[0] ?? {})
        const cut = at % (key.length + 1)
        for (const candidate of [noise, key.slice(0, cut) + noise + key.slice(cut), key.slice(0, cut) + key.slice(cut + 1)]) {
          const decoded = given.codec.decode(candidate)
          if (decoded !== undefined) expect(given.codec.encode(decoded)).to.equal(candidate)
        }
      },
    )
    fc.assert(property, { numRuns })
  })

  it('is never empty and never over the limit, and says which attribute is too long', () => {
    const codec = codecOf('U#{a}#{b}', { a: { kind: 'text' }, b: { kind: 'text' } }, { maxBytes: 40 })
    const long = fc.array(character, { maxLength: 20 }).map((each) => each.join(''))
    const property = fc.property(long, long, (a, b) => {
      try {
        const size = bytes(codec.encode({ a, b })).length
        expect(a !== '' && b !== '' && size <= 40).to.equal(true)
      } catch (error) {
        if (!(error instanceof ValidationError)) throw error
        if (error.reason === 'empty-key') expect(error.path === 'a' ? a : b).to.equal('')
        else {
          expect(error.reason).to.equal('key-too-long')
          const free = codecOf('{a}', { a: { kind: 'text' } })
          const [sizeA, sizeB] = [bytes(free.encode({ a })).length, bytes(free.encode({ a: b })).length]
          expect(sizeA + sizeB + 3).to.be.greaterThan(40)
          expect(error.path).to.equal(sizeA >= sizeB ? 'a' : 'b')
        }
      }
    })
    fc.assert(property, { numRuns })
  })

  it('refuses lone surrogates wherever they stand', () => {
    const codec = codecOf('{a}', { a: { kind: 'text' } })
    const verbatim = codecOf('{a}', { a: { kind: 'text' } }, { encoding: 'verbatim' })
    const lone = fc.tuple(
      fc.constantFrom('', 'a', '#', '\u{1f600}'),
      fc.constantFrom('\ud800', '\udbff', '\udc00', '\udfff'),
      fc.constantFrom('', 'a', '#'),
    )
    const property = fc.property(lone, (parts) => {
      const a = parts.join('')
      for (const each of [codec, verbatim]) {
        expect(() => each.encode({ a }))
          .to.throw(ValidationError)
          .with.property('reason', 'wrong-type')
        expect(each.decode(a)).to.equal(undefined)
      }
    })
    fc.assert(property, { numRuns: 50 })
  })

  it('verbatim with a delimiter of several characters stays injective', () => {
    const keyTypes = { a: { kind: 'text' }, b: { kind: 'text' } } as const
    const codec = codecOf('{a}::x:{b}', keyTypes, { encoding: 'verbatim', delimiter: '::' })
    const part = fc.oneof(verbatimText, fc.string({ unit: fc.constantFrom(':', 'x', 'a'), minLength: 1, maxLength: 4 }))
    const property = fc.property(part, part, (a, b) => {
      let key: string
      try {
        key = codec.encode({ a, b })
      } catch (error) {
        expect(error).to.be.instanceOf(ValidationError).with.property('reason', 'delimiter-in-key')
        return
      }
      expect(codec.decode(key)).to.deep.equal({ a, b })
    })
    fc.assert(property, { numRuns })
  })
})
