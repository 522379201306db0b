// Time buckets of partition keys: the sort key must hold the whole time, so that bucket and order come from the same instant.
import type { Bucket } from '../keys/time-bucket.ts'
import type { Problems } from './problems.ts'
import type { KeyPart } from './resolved.ts'

/** Reports a bucket whose time is not in the sort key beside it. */
export function checkBuckets(partition: KeyPart, sort: KeyPart | undefined, place: string, problems: Problems): void {
  if (partition.codec.native) return
  for (const { attribute, bucket } of partition.codec.parts) {
    if (bucket === undefined || hasWhole(sort, attribute)) continue
    problems.add(
      'bucket-without-time',
      place,
      `the partition holds a ${bucket} of {${attribute}}, and the sort key does not hold the time itself.`,
      `Put {${attribute}} into the sort key, so that a range of times can be read in order.`,
    )
  }
}

function hasWhole(sort: KeyPart | undefined, attribute: string): boolean {
  if (sort === undefined) return false
  return sort.codec.native
    ? sort.codec.attributes.includes(attribute)
    : sort.codec.parts.some((part) => part.attribute === attribute)
}

/** The part of a partition key that is a bucket, if there is one. */
export function bucketOf({ codec }: KeyPart): { readonly attribute: string; readonly bucket: Bucket } | undefined {
  if (codec.native) return undefined
  const part = codec.parts.find(({ bucket }) => bucket !== undefined)
  return part?.bucket === undefined ? undefined : { attribute: part.attribute, bucket: part.bucket }
}
