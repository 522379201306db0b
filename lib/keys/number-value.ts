// Numbers in keys, from JavaScript numbers, bigints and decimal text. Nothing is rounded: what does not fit is refused.
import { ValidationError, type ValidationReason } from '../errors.ts'
import {
  compareDecimals,
  type Decimal,
  decimalFault,
  decimalText,
  isInteger,
  maxDigits,
  maxExponent,
  minExponent,
  parseDecimal,
} from './decimal.ts'
import type { KeyType } from './key-type.ts'
import { generalForm, plainForm, rangedForm } from './number-order.ts'
import { noPrefixes } from './prefixes.ts'
import { wrongType } from './refusals.ts'
import type { ValueEncoding, ValueForm } from './value-form.ts'

type NumericType = Extract<KeyType, { kind: 'number' | 'bigint' | 'decimal' }>

/**
 * The form of a numeric attribute: padded to its range when `min` and `max` are declared, else a general form that holds any number of
 * DynamoDB; in verbatim and native keys plain decimal text instead of the latter.
 */
export function numberForm(keyType: NumericType, encoding: ValueEncoding, descending: boolean): ValueForm {
  const { kind } = keyType
  const min = boundOf(keyType.min)
  const max = boundOf(keyType.max)
  const integer = kind === 'bigint' || (kind === 'number' && keyType.integer === true)
  const padded = encoding !== 'native' && isWritable(min) && isWritable(max)
  const form = padded ? rangedForm(min, max, descending) : encoding === 'escaped' ? generalForm(descending) : plainForm
  const fixedWidth = integer && isWritable(min) && isInteger(min) && isWritable(max) && isInteger(max) ? form.width : undefined

  const faultOf = (value: Decimal): [ValidationReason, string] | undefined => {
    const fault = decimalFault(value)
    if (fault === 'precision') return ['precision', `${value.digits.length} significant digits; DynamoDB holds ${maxDigits}.`]
    if (fault !== undefined) return [fault, `the magnitude is not within DynamoDB's 1e${minExponent} to 9.9…e${maxExponent}.`]
    if (min !== undefined && compareDecimals(value, min) < 0)
      return ['out-of-range', `less than the declared min ${keyType.min}.`]
    if (max !== undefined && compareDecimals(value, max) > 0)
      return ['out-of-range', `more than the declared max ${keyType.max}.`]
    if (integer && !isInteger(value)) return ['wrong-type', 'not an integer.']
    return undefined
  }
  const width = padded && !descending && keyType.kind === 'number' && Number(keyType.min) >= 0 ? form.width : undefined
  const encode = (value: unknown, attribute: string): string => {
    // Counters, versions and shards need no arithmetic: their digits, padded, are what the form would give.
    if (
      width !== undefined &&
      Number.isSafeInteger(value) &&
      Number(value) >= Number(keyType.min) &&
      Number(value) <= Number(keyType.max)
    ) {
      return String(value).padStart(width, '0')
    }
    const decimal = readNumber(kind, value)
    if (decimal === undefined) throw wrongType(attribute, expected[kind], value)
    const fault = faultOf(decimal)
    if (fault !== undefined)
      throw new ValidationError(fault[0], attribute, `${String(value)} cannot be part of a key: ${fault[1]}`)
    return form.encode(decimal)
  }
  return {
    encode,
    encodeBound: encode,
    encodePrefix: noPrefixes,
    decode(text) {
      const decimal = form.decode(text)
      if (decimal === undefined || faultOf(decimal) !== undefined || form.encode(decimal) !== text) return undefined
      return writeNumber(kind, decimal)
    },
    ordered: form !== plainForm,
    prefixFree: fixedWidth !== undefined,
    characters: form.characters,
    ...(fixedWidth === undefined ? {} : { length: fixedWidth }),
  }
}

const expected = { number: 'a finite number', bigint: 'a bigint', decimal: 'decimal text' } as const

function readNumber(kind: NumericType['kind'], value: unknown): Decimal | undefined {
  if (kind === 'decimal') return typeof value === 'string' ? parseDecimal(value) : undefined
  // String(number) is the shortest text that reads back as the same number, and for Infinity and NaN it is no decimal.
  return typeof value === kind ? parseDecimal(String(value)) : undefined
}

/** Undefined when a JavaScript number cannot hold the value. */
function writeNumber(kind: NumericType['kind'], decimal: Decimal): number | bigint | string | undefined {
  const text = decimalText(decimal)
  if (kind === 'decimal') return text
  if (kind === 'bigint') return BigInt(text)
  const number = Number(text)
  const back = parseDecimal(String(number))
  return back !== undefined && compareDecimals(back, decimal) === 0 ? number : undefined
}

/** An infinite bound is none. */
function boundOf(bound: number | bigint | string | undefined): Decimal | undefined {
  return bound === undefined ? undefined : parseDecimal(String(bound))
}

/** A bound that DynamoDB could not hold, such as Number.MAX_VALUE, is checked but gives no width. */
function isWritable(bound: Decimal | undefined): bound is Decimal {
  return bound !== undefined && decimalFault(bound) !== 'out-of-range'
}
