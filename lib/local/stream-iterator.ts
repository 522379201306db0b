// A shard iterator: a position in a stream as text that only the engine reads. It is valid for fifteen minutes.
import { crc32 } from './crc32.ts'
import { dynamoError, validationError } from './service-error.ts'

const validMilliseconds = 15 * 60 * 1000

export interface ShardIterator {
  /** The stream's. */
  readonly arn: string
  /** The sequence number of the first record to read. */
  readonly sequence: number
  /** In milliseconds since the epoch. */
  readonly issuedAt: number
}

export function writeIterator({ arn, sequence, issuedAt }: ShardIterator): string {
  const position = `${sequence}|${issuedAt}`
  return `${arn}|1|${Buffer.from(`${position}|${crc32(arn + position)}`).toString('base64')}`
}

/** Throws when the text is no iterator, or its time is over. */
export function readIterator(text: string, now: number): ShardIterator {
  const [arn, , position] = text.split('|')
  const [, sequence, issuedAt] = /^(\d+)\|(-?\d+(?:\.\d+)?)\|\d+$/.exec(Buffer.from(position ?? '', 'base64').toString()) ?? []
  if (arn === undefined || sequence === undefined || issuedAt === undefined) throw validationError('Invalid ShardIterator')
  const iterator = { arn, sequence: Number(sequence), issuedAt: Number(issuedAt) }
  if (writeIterator(iterator) !== text) throw validationError('Invalid ShardIterator')
  if (now - iterator.issuedAt <= validMilliseconds) return iterator
  throw dynamoError(
    'ExpiredIteratorException',
    'The shard iterator has expired. Shard iterators are valid for 15 minutes after they were issued.',
  )
}
