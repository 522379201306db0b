// Codecs of what is stored as a number (N): number, version, bigint and decimal. None of them ever loses a digit silently.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../../errors.ts'
import { compareDecimals, type Decimal, decimalProblem, decimalText, isInteger, parseDecimal } from '../../keys/decimal.ts'
import type { AttributeDefinition } from '../attribute.ts'
import { describeValue, storedMisfit, wrongType } from '../misfit.ts'
import type { Codec } from './codec.ts'

/** JavaScript numbers. */
export function numberCodec(definition: AttributeDefinition): Codec {
  const min = definition.min === undefined ? Number.NEGATIVE_INFINITY : Number(definition.min)
  const max = definition.max === undefined ? Number.POSITIVE_INFINITY : Number(definition.max)
  const integer = definition.integer === true
  return {
    encode(value, path) {
      const text = numberText(value, path)
      const number = value as number
      if (number < min || number > max) throw outOfBounds(path, String(number), definition)
      if (integer && !Number.isInteger(number)) throw wrongType(path, 'a whole number', value)
      return { N: text }
    },
    decode(stored, path) {
      return exactNumber(storedNumber(stored, path), path)
    },
  }
}

/** The shortest text that names exactly this JavaScript number; refuses what DynamoDB cannot hold. */
export function numberText(value: unknown, path: string): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrongType(path, 'a finite number', value)
  const magnitude = Math.abs(value)
  if (magnitude >= 1e126 || (magnitude < 1e-130 && magnitude !== 0))
    throw new ValidationError('out-of-range', path, `DynamoDB holds magnitudes from 1E-130 to 9.99…E+125 (and 0), not ${value}.`)
  // String(-0) is '0': DynamoDB has no negative zero.
  return String(value)
}

/** The JavaScript number that stored text names; an error when there is none, instead of the nearest one. */
export function exactNumber(text: string, path: string): number {
  const number = exactNumberOf(text)
  if (number !== undefined) return number
  if (parseDecimal(text) === undefined) throw storedMisfit(path, 'N (number)', { N: text })
  throw new ValidationError(
    'precision',
    path,
    `a JavaScript number cannot hold ${text} exactly. Declare the attribute as bigint() or decimal().`,
  )
}

/** The JavaScript number whose shortest text is the same decimal, or `undefined`. */
export function exactNumberOf(text: string): number | undefined {
  // Most numbers are short whole numbers, exact by construction: up to 15 digits are below 2^53.
  const { length } = text
  if (length <= 15 && length > 0) {
    let whole = 0
    let index = 0
    for (; index < length; index++) {
      const digit = text.charCodeAt(index) - 48
      if (digit < 0 || digit > 9) break
      whole = whole * 10 + digit
    }
    if (index === length) return whole
  }
  const number = Number(text)
  if (String(number) === text && Number.isFinite(number)) return number
  const stored = parseDecimal(text)
  if (stored === undefined) return undefined
  const held = parseDecimal(String(number))
  if (held === undefined || compareDecimals(stored, held) !== 0) return undefined
  return number === 0 ? 0 : number
}

/** Whole numbers of any size up to 38 significant digits, as `bigint`. */
export function bigintCodec(definition: AttributeDefinition): Codec {
  const { min, max } = definition
  return {
    encode(value, path) {
      const text = bigintText(value, path)
      if ((min !== undefined && (value as bigint) < BigInt(min)) || (max !== undefined && (value as bigint) > BigInt(max)))
        throw outOfBounds(path, text, definition)
      return { N: text }
    },
    decode(stored, path) {
      const text = storedNumber(stored, path)
      const whole = wholeNumberOf(text)
      if (whole !== undefined) return whole
      if (parseDecimal(text) === undefined) throw storedMisfit(path, 'N (number)', stored)
      throw new ValidationError(
        'precision',
        path,
        `${text} is not a whole number. Declare the attribute as decimal() or number().`,
      )
    },
  }
}

/** The text of a bigint; refuses what DynamoDB cannot hold. */
export function bigintText(value: unknown, path: string): string {
  if (typeof value !== 'bigint') throw wrongType(path, 'a bigint', value)
  const text = String(value)
  if (text.length > 38) checkHeld(parseDecimal(text), text, path)
  return text
}

/** The bigint that stored text names, or `undefined` when it has a fraction or is no number. */
export function wholeNumberOf(text: string): bigint | undefined {
  if (/^-?\d+$/.test(text)) return BigInt(text)
  const decimal = parseDecimal(text)
  if (decimal === undefined || decimalProblem(decimal) !== undefined) return undefined
  if (!isInteger(decimal)) return undefined
  return BigInt(decimalText(decimal))
}

/** Decimal text with up to 38 significant digits: `12.50` is accepted, `12.5` is stored and given back. */
export function decimalCodec(definition: AttributeDefinition): Codec {
  const min = definition.min === undefined ? undefined : parseDecimal(String(definition.min))
  const max = definition.max === undefined ? undefined : parseDecimal(String(definition.max))
  return {
    encode(value, path) {
      if (typeof value !== 'string') throw wrongType(path, "decimal text such as '12.5'", value)
      const decimal = parseDecimal(value)
      if (decimal === undefined) throw wrongType(path, "decimal text such as '12.5'", value)
      checkHeld(decimal, value, path)
      if ((min !== undefined && compareDecimals(decimal, min) < 0) || (max !== undefined && compareDecimals(decimal, max) > 0))
        throw outOfBounds(path, value, definition)
      return { N: decimalText(decimal) }
    },
    decode(stored, path) {
      const decimal = parseDecimal(storedNumber(stored, path))
      if (decimal === undefined || decimalProblem(decimal) !== undefined) throw storedMisfit(path, 'N (number)', stored)
      return decimalText(decimal)
    },
  }
}

/** The text of a stored number. */
export function storedNumber(stored: AttributeValue, path: string): string {
  if (typeof stored.N !== 'string') throw storedMisfit(path, 'N (number)', stored)
  return stored.N
}

function checkHeld(decimal: Decimal | undefined, text: string, path: string): void {
  const problem = decimal === undefined ? 'it is not a number' : decimalProblem(decimal)
  if (problem === undefined) return
  throw new ValidationError('out-of-range', path, `${describeValue(text)} cannot be stored: ${problem}.`)
}

function outOfBounds(path: string, text: string, { min, max }: AttributeDefinition): ValidationError {
  const bounds = [min === undefined ? '' : `at least ${min}`, max === undefined ? '' : `at most ${max}`].filter(
    (bound) => bound !== '',
  )
  return new ValidationError('out-of-range', path, `expected ${bounds.join(' and ')}, got ${text}.`)
}
