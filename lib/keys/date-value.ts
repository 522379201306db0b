// Dates in keys: fixed-width ISO 8601 UTC with milliseconds, or whole epoch seconds. Years 0000 to 9999, since only these sort as text.
import { ValidationError } from '../errors.ts'
import { noPrefixes } from './prefixes.ts'
import { wrongType } from './refusals.ts'
import type { ValueEncoding, ValueForm } from './value-form.ts'

const earliestMs = Date.parse('0000-01-01T00:00:00.000Z')
const latestMs = Date.parse('9999-12-31T23:59:59.999Z')
const latestSeconds = Math.floor(latestMs / 1000)
const secondsDigits = 12
const isoMask = 'dddd-dd-ddTdd:dd:dd.dddZ'

function millisecondsOf(value: unknown, attribute: string, earliest: number): number {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) throw wrongType(attribute, 'a valid Date', value)
  const time = value.getTime()
  if (time >= earliest && time <= latestMs) return time
  const years = earliest === 0 ? '1970 to 9999' : '0000 to 9999'
  throw new ValidationError('out-of-range', attribute, `a date in a key must be in the years ${years}.`)
}

/** `2024-05-01T12:00:00.000Z`; descending, the date as far from the end of the year 9999 as the value is from the year 0000. */
export function datetimeForm(descending: boolean): ValueForm {
  const mirror = (time: number): number => (descending ? earliestMs + latestMs - time : time)
  const encode = (value: unknown, attribute: string): string =>
    new Date(mirror(millisecondsOf(value, attribute, earliestMs))).toISOString()
  return {
    encode,
    encodeBound: encode,
    encodePrefix: descending ? noPrefixes : isoPrefix,
    decode(text) {
      const time = text.length === isoMask.length ? Date.parse(text) : Number.NaN
      // Date.parse also reads other forms, and 24:00 and 30 February as the day after.
      if (Number.isNaN(time) || new Date(time).toISOString() !== text) return undefined
      return new Date(mirror(time))
    },
    ordered: true,
    prefixFree: true,
    characters: '0123456789-T:.Z',
    length: isoMask.length,
  }
}

/** A beginning of an ISO date such as `2024-05`. */
function isoPrefix(prefix: unknown, attribute: string): string {
  const matches =
    typeof prefix === 'string' &&
    prefix.length <= isoMask.length &&
    [...prefix].every((character, index) => (isoMask[index] === 'd' ? /[0-9]/.test(character) : isoMask[index] === character))
  if (matches) return prefix
  throw new ValidationError(
    'bad-range',
    attribute,
    'beginsWith on a date takes the beginning of an ISO date in UTC, such as 2024-05.',
  )
}

/** Whole seconds since 1970, cut off below, in 12 digits; natural keys hold them unpadded. */
export function epochSecondsForm(encoding: ValueEncoding, descending: boolean): ValueForm {
  const width = encoding === 'native' ? 0 : secondsDigits
  const write = (seconds: number): string => String(descending ? latestSeconds - seconds : seconds).padStart(width, '0')
  const encode = (value: unknown, attribute: string): string => write(Math.floor(millisecondsOf(value, attribute, 0) / 1000))
  return {
    encode,
    encodeBound: encode,
    encodePrefix: noPrefixes,
    decode(text) {
      const written = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN
      const seconds = descending ? latestSeconds - written : written
      return seconds >= 0 && seconds <= latestSeconds && write(seconds) === text ? new Date(seconds * 1000) : undefined
    },
    ordered: encoding !== 'native',
    prefixFree: encoding !== 'native',
    characters: '0123456789',
    ...(encoding === 'native' ? {} : { length: secondsDigits }),
  }
}
