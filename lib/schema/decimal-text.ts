// Decimal text: DynamoDB's numbers as they are stored, compared and written without ever passing through a JavaScript number.

/** A decimal taken apart: its value is `0.digits × 10^exponent`. Digits have no leading or trailing zeros; zero has none at all. */
export interface Decimal {
  readonly negative: boolean
  readonly digits: string
  readonly exponent: number
}

/** DynamoDB keeps 38 significant digits and magnitudes from 1E-130 to 9.99…E+125 (developer guide, "Constraints", Number). */
const maxDigits = 38
const minExponent = -129
const maxExponent = 126

const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/** Takes decimal text such as `12.50`, `-3` or `1e+21` apart; `undefined` when it is not decimal text. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = form.exec(text)
  if (match === null) return undefined
  const whole = match[2] ?? ''
  const fraction = match[3] ?? ''
  const all = whole + fraction
  if (all === '') return undefined
  let start = 0
  while (start < all.length && all.charCodeAt(start) === 48) start++
  if (start === all.length) return { negative: false, digits: '', exponent: 0 }
  let end = all.length
  while (all.charCodeAt(end - 1) === 48) end--
  return {
    negative: match[1] === '-',
    digits: all.slice(start, end),
    exponent: whole.length - start + Number(match[4] ?? 0),
  }
}

/** Why DynamoDB cannot hold a decimal, or `undefined` when it can. */
export function decimalProblem({ digits, exponent }: Decimal): string | undefined {
  if (digits.length > maxDigits) return `DynamoDB keeps ${maxDigits} significant digits, this number has ${digits.length}`
  if (digits !== '' && (exponent < minExponent || exponent > maxExponent))
    return 'DynamoDB holds magnitudes from 1E-130 to 9.99…E+125 (and 0)'
  return undefined
}

/** Writes a decimal the one canonical way: no exponent, no needless zeros, no plus sign (`12.5`, `-0.001`, `0`). */
export function decimalText({ negative, digits, exponent }: Decimal): string {
  if (digits === '') return '0'
  const sign = negative ? '-' : ''
  if (exponent <= 0) return `${sign}0.${'0'.repeat(-exponent)}${digits}`
  if (exponent >= digits.length) return sign + digits + '0'.repeat(exponent - digits.length)
  return `${sign}${digits.slice(0, exponent)}.${digits.slice(exponent)}`
}

/** Below, at or above zero as `left` is less than, equal to or greater than `right`. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  const leftSign = signOf(left)
  const rightSign = signOf(right)
  if (leftSign !== rightSign) return leftSign - rightSign
  if (left.exponent !== right.exponent) return left.exponent < right.exponent ? -leftSign : leftSign
  // With equal exponents the digits stand at the same places, so that comparing text compares values.
  if (left.digits === right.digits) return 0
  return left.digits < right.digits ? -leftSign : leftSign
}

function signOf({ negative, digits }: Decimal): number {
  if (digits === '') return 0
  return negative ? -1 : 1
}
