// Numbers as text that sorts as the numbers do. All characters used sort above `$`, so that the order also holds where `#` follows.
import {
  compareDecimals,
  type Decimal,
  decimalText,
  maxExponent,
  minExponent,
  negate,
  parseDecimal,
  subtract,
  zero,
} from './decimal.ts'

/** A way of writing numbers as text. `decode` is lenient: whoever calls it checks that `encode` gives the text back. */
export interface NumberForm {
  encode(value: Decimal): string
  decode(text: string): Decimal | undefined
  /** Every character that occurs in the text. */
  readonly characters: string
  /** Digits before the decimal point, where that is fixed. */
  readonly width?: number
}

/**
 * For numbers of a declared range: digits, zero-padded to the width of the range. Without negative numbers these are the number's own
 * digits; otherwise they count from `min`; and when descending, down from `max`.
 *
 * @example
 * rangedForm(0, 999, false) writes 42 as 042
 * rangedForm(-100, 100, false) writes -42 as 058
 */
export function rangedForm(min: Decimal, max: Decimal, descending: boolean): NumberForm {
  const plain = !descending && compareDecimals(min, zero) >= 0
  const widest = decimalText(plain ? max : subtract(max, min))
  const width = wholePart(widest).length
  return {
    characters: '0123456789.',
    width,
    encode(value) {
      const text = decimalText(plain ? value : descending ? subtract(max, value) : subtract(value, min))
      return '0'.repeat(Math.max(0, width - wholePart(text).length)) + text
    },
    decode(text) {
      const distance = /^\d+(?:\.\d+)?$/.test(text) ? parseDecimal(text) : undefined
      if (distance === undefined) return undefined
      return plain ? distance : descending ? subtract(max, distance) : subtract(distance, negate(min))
    },
  }
}

function wholePart(text: string): string {
  const point = text.indexOf('.')
  return point < 0 ? text : text.slice(0, point)
}

/**
 * For any number of DynamoDB: sign (`-`, `0` for zero, `p`), exponent + 130 in three digits, and the digits without trailing zeros.
 * For negative numbers the exponent and the digits are complemented and `~` ends them, since -4.21 sorts below -4.2.
 *
 * @example
 * generalForm(false) writes 42 as p13142, 0 as 0, and -42 as -12457~
 */
export function generalForm(descending: boolean): NumberForm {
  return {
    characters: '0123456789-p~',
    encode: (value) => encodeGeneral(descending ? negate(value) : value),
    decode(text) {
      const value = decodeGeneral(text)
      return value !== undefined && descending ? negate(value) : value
    },
  }
}

function encodeGeneral({ negative, digits, exponent }: Decimal): string {
  if (digits === '') return '0'
  if (negative) return `-${String(maxExponent - exponent).padStart(3, '0')}${complement(digits)}~`
  return `p${String(exponent - minExponent).padStart(3, '0')}${digits}`
}

function decodeGeneral(text: string): Decimal | undefined {
  if (text === '0') return zero
  const match = /^(?:p(\d{3})(\d+)|-(\d{3})(\d+)~)$/.exec(text)
  if (match === null) return undefined
  const [, exponent, own, complementedExponent, complemented = ''] = match
  const negative = own === undefined
  const digits = own ?? complement(complemented)
  // The digits of a Decimal have no zeros at their ends, and comparing it relies on that.
  if (digits.startsWith('0') || digits.endsWith('0')) return undefined
  return { negative, digits, exponent: negative ? maxExponent - Number(complementedExponent) : Number(exponent) + minExponent }
}

/** Each digit d becomes 9 − d. */
function complement(digits: string): string {
  let result = ''
  for (let index = 0; index < digits.length; index++) result += String.fromCharCode(0x69 - digits.charCodeAt(index))
  return result
}

/** Canonical decimal text, for existing layouts and for attributes of type N. Its order as text is not that of the numbers. */
export const plainForm: NumberForm = Object.freeze({ characters: '0123456789-.', encode: decimalText, decode: parseDecimal })
