// The time buckets that an input asks for: one for a time, all between the ends of a range.
import type { ReadPlan } from '../design/read-plan.ts'
import { ValidationError } from '../errors.ts'
import { type BoundedRange, badRange, readCondition, reversed } from '../keys/key-condition.ts'
import { bucketsBetween } from '../keys/time-bucket.ts'
import { ownValue } from '../plain-object.ts'
import { wrongType } from '../schema/misfit.ts'

/** More partitions than this are no answer to one question: the hours of a year. */
const maxBuckets = 10_000

/**
 * A time in each bucket, in the order in which they are read: that of their sort keys, which a `{at:desc}` turns round. Undefined when the
 * partition holds none.
 */
export function bucketTimes(
  { bucket, definition, name: pattern, sort }: ReadPlan,
  input: Readonly<Record<string, unknown>>,
  descending: boolean,
): readonly Date[] | undefined {
  if (bucket === undefined) return undefined
  const { attribute } = bucket
  const given = ownValue(input, attribute)
  if (given === undefined)
    throw new ValidationError(
      'missing',
      attribute,
      `${pattern} reads by the ${bucket.bucket}: give a time, or a range with both ends.`,
    )
  const condition = readCondition(attribute, given)
  if ('value' in condition) return [instant(condition.value, attribute)]
  if (definition.kind === 'itemCollection') throw badRange(attribute, `${pattern} reads one ${bucket.bucket}. Give a time in it.`)
  const times = bucketsBetween(...endsOf(condition.range, attribute, bucket.bucket), bucket.bucket, attribute, maxBuckets)
  return descending === latestFirst(sort, attribute) ? times : times.reverse()
}

/** Whether sort keys put later times before earlier ones. */
function latestFirst(sort: ReadPlan['sort'], attribute: string): boolean {
  if (sort === undefined || sort.codec.native) return false
  return sort.codec.template.segments.some(({ placeholder }) => placeholder?.name === attribute && placeholder.descending)
}

function endsOf(range: BoundedRange | { readonly beginsWith: unknown }, attribute: string, bucket: string): [Date, Date] {
  if ('beginsWith' in range) throw badRange(attribute, 'is the time of a bucket; ask for it with between, or gte and lt.')
  const { lower, upper } = range
  if (lower === undefined || upper === undefined)
    throw badRange(attribute, `needs both ends of its range: each ${bucket} between them is read.`)
  const [first, last] = [instant(lower.value, attribute), instant(upper.value, attribute)]
  if (first > last) throw reversed(attribute)
  // An end that is not part of the range must not open a bucket of its own.
  return [lower.inclusive ? first : moved(first, 1), upper.inclusive ? last : moved(last, -1)]
}

function instant(value: unknown, attribute: string): Date {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value
  throw wrongType(attribute, 'a valid Date', value)
}

function moved(time: Date, milliseconds: number): Date {
  return new Date(time.getTime() + milliseconds)
}
