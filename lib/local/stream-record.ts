// A logged change as a reader of the stream receives it.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
import { createHash } from 'node:crypto'
import { itemBytes } from './item-size.ts'
import type { LoggedChange, StreamLog } from './stream-log.ts'
import type { Item, Params } from './wire.ts'

const sequenceDigits = 21

/** Sequence numbers are text of one length, so that their order as text is that of the changes. */
export const sequenceNumber = (sequence: number): string => String(sequence).padStart(sequenceDigits, '0')

export interface RenderedRecord {
  readonly record: Params
  readonly bytes: number
}

/** The record of a change with what the stream's view shows of it. */
export function renderRecord(stream: StreamLog, change: LoggedChange): RenderedRecord {
  const { before, after, expired, sequence } = change
  const { viewType } = stream
  const keys = keysOf(stream, after ?? before ?? {})
  const newImage = viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? after : undefined
  const oldImage = viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? before : undefined
  const bytes = [keys, newImage, oldImage].reduce((sum, image) => sum + (image === undefined ? 0 : itemBytes(image)), 0)
  const record = {
    eventID: createHash('md5').update(`${stream.arn}/${sequence}`).digest('hex'),
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: stream.arn.split(':')[3],
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(change.at / 1000),
      Keys: keys,
      ...(newImage && { NewImage: newImage }),
      ...(oldImage && { OldImage: oldImage }),
      SequenceNumber: sequenceNumber(sequence),
      SizeBytes: bytes,
      StreamViewType: viewType,
    },
    ...(expired && { userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' } }),
  }
  return { record, bytes }
}

function keysOf({ keySchema }: StreamLog, item: Item): Item {
  const keys: Item = {}
  for (const { AttributeName } of keySchema) {
    const value = item[AttributeName]
    if (value !== undefined) keys[AttributeName] = value
  }
  return keys
}
