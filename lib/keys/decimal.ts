// Exact decimal numbers as DynamoDB has them: 38 significant digits, magnitudes from 1E-130 to 9.99…E+125, and zero.

/** ±d.ddd… × 10^exponent, where `digits` has neither leading nor trailing zeros; zero has no digits. */
export interface Decimal {
  readonly negative: boolean
  readonly digits: string
  readonly exponent: number
}

/** DynamoDB's limits on numbers (developer guide, "Supported data types and naming rules"). */
export const maxDigits = 38
export const minExponent = -130
export const maxExponent = 125

export const zero: Decimal = Object.freeze({ negative: false, digits: '', exponent: 0 })

const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/** Reads decimal text such as `-12.50` or `1e5`; undefined when it is none. Any size: `withinLimits` is asked separately. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = form.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', power = '0'] = match
  if (whole === '' && fraction === '') return undefined
  return decimalOf(sign === '-', whole + fraction, whole.length - 1 + Number(power))
}

/** ±d.ddd… × 10^exponent for digits that may have zeros at both ends. */
function decimalOf(negative: boolean, digits: string, exponent: number): Decimal {
  let start = 0
  let end = digits.length
  while (digits.charCodeAt(start) === 0x30) start++
  while (end > start && digits.charCodeAt(end - 1) === 0x30) end--
  return start === end ? zero : { negative, digits: digits.slice(start, end), exponent: exponent - start }
}

/** What keeps a number from being stored in DynamoDB, if anything. */
export function decimalFault(value: Decimal): 'precision' | 'out-of-range' | undefined {
  if (value.digits.length > maxDigits) return 'precision'
  return value.exponent > maxExponent || value.exponent < minExponent ? 'out-of-range' : undefined
}

/** The same in words, for error messages. */
export function decimalProblem(value: Decimal): string | undefined {
  switch (decimalFault(value)) {
    case 'precision':
      return `DynamoDB keeps ${maxDigits} significant digits, this number has ${value.digits.length}`
    case 'out-of-range':
      return 'DynamoDB holds magnitudes from 1E-130 to 9.99…E+125 (and 0)'
    default:
      return undefined
  }
}

/** Canonical text: no exponent, no `+`, no needless zeros. Equal numbers give equal text. */
export function decimalText({ negative, digits, exponent }: Decimal): string {
  const sign = negative ? '-' : ''
  if (digits === '') return '0'
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0')
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
}

export function isInteger(value: Decimal): boolean {
  return scaleOf(value) === 0
}

export function negate(value: Decimal): Decimal {
  return value.digits === '' ? value : { ...value, negative: !value.negative }
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const signs = signOf(a) - signOf(b)
  if (signs !== 0 || a.digits === '') return signs
  const magnitudes = a.exponent - b.exponent || (a.digits < b.digits ? -1 : a.digits > b.digits ? 1 : 0)
  return a.negative ? -magnitudes : magnitudes
}

function signOf(value: Decimal): number {
  return value.digits === '' ? 0 : value.negative ? -1 : 1
}

/** a − b, exactly. Both within DynamoDB's magnitudes, so this is at most some 260 digits of work. */
export function subtract(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(scaleOf(a), scaleOf(b))
  const difference = scaled(a, scale) - scaled(b, scale)
  const digits = String(difference < 0n ? -difference : difference)
  return decimalOf(difference < 0n, digits, digits.length - 1 - scale)
}

/** How many digits follow the decimal point. */
function scaleOf({ digits, exponent }: Decimal): number {
  return Math.max(0, digits.length - 1 - exponent)
}

function scaled({ negative, digits, exponent }: Decimal, scale: number): bigint {
  if (digits === '') return 0n
  const magnitude = BigInt(digits) * 10n ** BigInt(exponent - digits.length + 1 + scale)
  return negative ? -magnitude : magnitude
}

/** The next number above that DynamoDB can store, or undefined above the greatest. Below: `negate(above(negate(x)))`. */
export function decimalAbove(value: Decimal): Decimal | undefined {
  if (value.digits === '') return { negative: false, digits: '1', exponent: minExponent }
  const coefficient = BigInt(value.digits.padEnd(maxDigits, '0'))
  if (!value.negative) {
    const digits = String(coefficient + 1n)
    const above = decimalOf(false, digits, value.exponent + digits.length - maxDigits)
    return above.exponent > maxExponent ? undefined : above
  }
  // Towards zero; from a power of ten the step is a tenth as wide, since one digit more is free.
  if (value.digits !== '1') return decimalOf(true, String(coefficient - 1n), value.exponent)
  return value.exponent === minExponent ? zero : { negative: true, digits: '9'.repeat(maxDigits), exponent: value.exponent - 1 }
}

/** The exact sum of two numbers in decimal text, as decimal text. Throws a TypeError for what is no number of DynamoDB. */
export function addDecimals(a: string, b: string): string {
  const [left, right] = [parseDecimal(a), parseDecimal(b)]
  if (
    left === undefined ||
    right === undefined ||
    decimalFault(left) === 'out-of-range' ||
    decimalFault(right) === 'out-of-range'
  )
    throw new TypeError(`${a} and ${b} are not both numbers that DynamoDB holds.`)
  return decimalText(subtract(left, negate(right)))
}
