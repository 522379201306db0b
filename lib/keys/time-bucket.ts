// Time buckets in partition keys: `{at:month}` stands for the UTC month of the attribute's time, so that a series is spread over
// partitions which its readers can name.
import { ValidationError } from '../errors.ts'
import { noPrefixes } from './prefixes.ts'
import { wrongType } from './refusals.ts'
import type { ValueForm } from './value-form.ts'

/** The length of a bucket. They begin where the units of UTC begin, so that no time zone or summer time moves an item. */
export type Bucket = 'year' | 'month' | 'day' | 'hour'

export const buckets: readonly Bucket[] = ['year', 'month', 'day', 'hour']

/** How much of `2024-05-01T12:00:00.000Z` names a bucket, in characters. */
const lengths: Readonly<Record<Bucket, number>> = { year: 4, month: 7, day: 10, hour: 13 }
const wholeInstant = '0000-01-01T00:00:00.000Z'
const earliestMs = Date.parse('0000-01-01T00:00:00.000Z')
const latestMs = Date.parse('9999-12-31T23:59:59.999Z')

/** `2024-05` for a month: the beginning of the time as ISO 8601 in UTC. */
export function bucketForm(bucket: Bucket): ValueForm {
  const encode = (value: unknown, attribute: string): string => bucketName(value, attribute, bucket)
  return {
    encode,
    encodeBound: encode,
    encodePrefix: noPrefixes,
    decode: (text) => startOf(text, bucket),
    ordered: true,
    prefixFree: true,
    characters: '0123456789-T',
    length: lengths[bucket],
  }
}

function bucketName(value: unknown, attribute: string, bucket: Bucket): string {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) throw wrongType(attribute, 'a valid Date', value)
  const time = value.getTime()
  if (time < earliestMs || time > latestMs)
    throw new ValidationError('out-of-range', attribute, 'a date in a key must be in the years 0000 to 9999.')
  return value.toISOString().slice(0, lengths[bucket])
}

/** The first moment of a bucket, or undefined for text that names none. */
function startOf(text: string, bucket: Bucket): Date | undefined {
  const length = lengths[bucket]
  if (text.length !== length) return undefined
  const whole = text + wholeInstant.slice(length)
  const time = Date.parse(whole)
  return Number.isNaN(time) || new Date(time).toISOString() !== whole ? undefined : new Date(time)
}

/**
 * The buckets from the one of `first` to the one of `last`, each as its first moment.
 *
 * @throws {ValidationError} when there are more than `most`
 * @example bucketsBetween(new Date('2024-01-31'), new Date('2024-02-01'), 'month', 'at', 100) // January, February
 */
export function bucketsBetween(first: Date, last: Date, bucket: Bucket, attribute: string, most: number): Date[] {
  const end = bucketName(last, attribute, bucket)
  const starts: Date[] = []
  for (let name = bucketName(first, attribute, bucket); name <= end; ) {
    const start = startOf(name, bucket)
    if (start === undefined) break
    if (starts.length === most)
      throw new ValidationError('bad-range', attribute, `spans more than ${most} buckets of a ${bucket}. Ask for a shorter time.`)
    starts.push(start)
    const next = following(start, bucket)
    if (next.getTime() > latestMs) break
    name = bucketName(next, attribute, bucket)
  }
  return starts
}

/** The bucket that a time is in: from its first moment until the first of the next one. */
export function bucketAround(time: Date, bucket: Bucket): { readonly gte: Date; readonly lt: Date } {
  const start = startOf(time.toISOString().slice(0, lengths[bucket]), bucket) ?? time
  return { gte: start, lt: following(start, bucket) }
}

function following(start: Date, bucket: Bucket): Date {
  const next = new Date(start)
  if (bucket === 'year') next.setUTCFullYear(start.getUTCFullYear() + 1)
  else if (bucket === 'month') next.setUTCMonth(start.getUTCMonth() + 1)
  else next.setTime(start.getTime() + (bucket === 'day' ? 86_400_000 : 3_600_000))
  return next
}
