// Codecs of points in time, `Date` in code: ISO 8601 text (S) for `datetime`, epoch seconds (N) for `expiresAt`.
import { ValidationError } from '../../errors.ts'
import { storedMisfit, wrongType } from '../misfit.ts'
import type { Codec } from './codec.ts'
import { storedNumber } from './numbers.ts'

/** Years 0000 to 9999 have one fixed width (24 characters), so that text sorts as time does. */
const firstTime = Date.parse('0000-01-01T00:00:00.000Z')
const lastTime = Date.parse('9999-12-31T23:59:59.999Z')

const fixedWidth = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Fixed-width UTC with milliseconds: `2024-05-06T07:08:09.010Z`. Only that form is read back, as keys and ranges rely on its order. */
export function datetimeCodec(): Codec {
  return {
    encode(value, path) {
      const time = timeOf(value, path)
      if (time < firstTime || time > lastTime)
        throw new ValidationError('out-of-range', path, 'a date must be in the years 0000 to 9999.')
      return { S: (value as Date).toISOString() }
    },
    decode(stored, path) {
      const text = stored.S
      const date = new Date(typeof text === 'string' && fixedWidth.test(text) ? text : Number.NaN)
      // 30 February parses as 1 March. (An invalid date has no day either.)
      if (date.getUTCDate() !== Number(text?.slice(8, 10)))
        throw storedMisfit(path, 'S (UTC date with milliseconds, such as "2024-05-06T07:08:09.010Z")', stored)
      return date
    },
  }
}

/** The last second of the year 9999. */
const lastSecond = 253_402_300_799

/**
 * Whole epoch seconds, as DynamoDB's time to live wants them; milliseconds are cut off. Fractions that another writer stored are read to
 * the millisecond.
 */
export function epochSecondsCodec(): Codec {
  return {
    encode(value, path) {
      const seconds = Math.floor(timeOf(value, path) / 1000)
      if (seconds < 0 || seconds > lastSecond)
        throw new ValidationError('out-of-range', path, 'an expiry must be in the years 1970 to 9999.')
      return { N: String(seconds) }
    },
    decode(stored, path) {
      const text = storedNumber(stored, path)
      const seconds = text === '' ? Number.NaN : Number(text)
      if (!(seconds >= 0 && seconds < lastSecond + 1))
        throw storedMisfit(path, 'N (epoch seconds, not milliseconds, in the years 1970 to 9999)', stored)
      return new Date(Math.floor(seconds * 1000))
    },
  }
}

function timeOf(value: unknown, path: string): number {
  if (!(value instanceof Date)) throw wrongType(path, 'a Date', value)
  const time = value.getTime()
  if (Number.isNaN(time)) throw wrongType(path, 'a valid Date', value)
  return time
}
