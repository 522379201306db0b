// Numbers are exact or an error: any decimal text in the table, read as each of the types that hold numbers.
import { expect } from 'chai'
import fc from 'fast-check'
import { ValidationError } from '../../lib/errors.ts'
import { compareDecimals, decimalText, parseDecimal } from '../../lib/keys/decimal.ts'
import { compileCodec } from '../../lib/schema/codec.ts'
import { any, bigint, decimal, number } from '../../lib/schema/scalars.ts'
import { propertyRuns } from '../property-runs.ts'

const runs = { numRuns: propertyRuns }
const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 40 })

/** Decimal text as `[sign]digits[.digits][e±n]`, with its value as a fraction of bigints. */
const stored = fc
  .record({ sign: fc.constantFrom('', '-'), digits, places: fc.nat(40), exponent: fc.option(fc.integer({ min: -60, max: 60 })) })
  .map(({ sign, digits, places, exponent }) => {
    const point = Math.max(0, digits.length - places)
    const fraction = digits.slice(point)
    const text = `${sign}${digits.slice(0, point) || '0'}${fraction === '' ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`
    return { text, whole: BigInt(sign + digits), scale: (exponent ?? 0) - fraction.length }
  })

/** The text as whole × 10^scale, by plain arithmetic: independent of the code under test. */
function sameValue(text: string, whole: bigint, scale: number): boolean {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [left = '', right = ''] = mantissa.split('.')
  const ownScale = Number(exponent) - right.length
  const least = Math.min(ownScale, scale)
  return BigInt(left + right) * 10n ** BigInt(ownScale - least) === whole * 10n ** BigInt(scale - least)
}

function attempt<R>(read: () => R): R | ValidationError {
  try {
    return read()
  } catch (error) {
    if (error instanceof ValidationError) return error
    throw error
  }
}

describe('a stored number', () => {
  it('is read by number() exactly or refused', () => {
    const codec = compileCodec(number().definition)
    fc.assert(
      fc.property(stored, ({ text, whole, scale }) => {
        const value = attempt(() => codec.decode({ N: text }, 'x'))
        if (value instanceof ValidationError) {
          expect(value.reason).to.equal('precision')
          expect(sameValue(String(Number(text)), whole, scale), 'refused without need').to.equal(false)
        } else {
          expect(sameValue(String(value), whole, scale)).to.equal(true)
          expect(Object.is(value, -0)).to.equal(false)
        }
      }),
      runs,
    )
  })

  it('is read by bigint() exactly or refused', () => {
    const codec = compileCodec(bigint().definition)
    fc.assert(
      fc.property(stored, ({ text, whole, scale }) => {
        const value = attempt(() => codec.decode({ N: text }, 'x'))
        if (value instanceof ValidationError) {
          const tooLong =
            String(whole)
              .replace(/^-|0+$/g, '')
              .replace(/^0+/, '').length > 38
          const isWhole = scale >= 0 || whole % 10n ** BigInt(-scale) === 0n
          expect(value.reason).to.equal('precision')
          expect(isWhole && !tooLong, 'refused without need').to.equal(false)
        } else {
          expect(sameValue(String(value), whole, scale)).to.equal(true)
        }
      }),
      runs,
    )
  })

  it('is read and written by decimal() exactly or refused', () => {
    const codec = compileCodec(decimal().definition)
    fc.assert(
      fc.property(stored, ({ text, whole, scale }) => {
        const value = attempt(() => codec.decode({ N: text }, 'x'))
        if (value instanceof ValidationError) return
        expect(sameValue(String(value), whole, scale)).to.equal(true)
        expect(value).to.match(/^(0|-?(0\.\d*[1-9]|[1-9]\d*(\.\d*[1-9])?))$/)
        expect(codec.encode(text, 'x')).to.deep.equal({ N: value })
      }),
      runs,
    )
  })

  it('is read by any() as an exact number, an exact bigint, or refused', () => {
    const codec = compileCodec(any().definition)
    fc.assert(
      fc.property(stored, ({ text, whole, scale }) => {
        const value = attempt(() => codec.decode({ N: text }, 'x'))
        if (value instanceof ValidationError) expect(value.reason).to.equal('precision')
        else expect(sameValue(String(value), whole, scale)).to.equal(true)
      }),
      runs,
    )
  })

  it('compares as its value does', () => {
    const whole = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
    fc.assert(
      fc.property(whole, whole, fc.nat(30), (left, right, places) => {
        const texts = [left, right].map((value) => parseDecimal(`${value}e-${places}`))
        const [first, second] = texts
        if (first === undefined || second === undefined) throw new Error('not decimal')
        expect(Math.sign(compareDecimals(first, second))).to.equal(left < right ? -1 : left > right ? 1 : 0)
      }),
      runs,
    )
  })

  const canonical: [string, string][] = [
    ['12.50', '12.5'],
    ['+7', '7'],
    ['-0', '0'],
    ['0.000', '0'],
    ['1e3', '1000'],
    ['1.25E1', '12.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['-1e-3', '-0.001'],
    ['00012', '12'],
  ]
  for (const [text, expected] of canonical) {
    it(`${text} is canonically ${expected}`, () => {
      const decimal = parseDecimal(text)
      expect(decimal && decimalText(decimal)).to.equal(expected)
    })
  }

  for (const text of ['', ' ', '.', '-', '1e', '0x10', '1_000', 'Infinity', 'NaN', ' 1', '1 ', '١'])
    it(`${JSON.stringify(text)} is not a number`, () => {
      expect(parseDecimal(text)).to.equal(undefined)
      expect(() => compileCodec(number().definition).decode({ N: text }, 'x')).to.throw(ValidationError)
      expect(() => compileCodec(bigint().definition).decode({ N: text }, 'x')).to.throw(ValidationError)
      expect(() => compileCodec(any().definition).decode({ N: text }, 'x')).to.throw(ValidationError)
    })

  it('has at most 38 digits', () => {
    const digits = '1'.repeat(38)
    expect(compileCodec(decimal().definition).encode(`0.${digits}`, 'x')).to.deep.equal({ N: `0.${digits}` })
    expect(() => compileCodec(decimal().definition).encode(`0.${digits}1`, 'x')).to.throw(/38 significant digits/)
    expect(() => compileCodec(bigint().definition).encode(BigInt(`${digits}1`), 'x')).to.throw(/38 significant digits/)
    expect(compileCodec(bigint().definition).encode(BigInt(`${digits}0`), 'x')).to.deep.equal({ N: `${digits}0` })
  })
})
