// Records of a DynamoDB stream as they arrive: from Lambda, where binary is base64 text, or from GetRecords, where it is bytes.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { setOwn } from '../plain-object.ts'
import type { StoredItem } from '../requests/index-keys.ts'

type Image = Readonly<Record<string, unknown>>

/** A record of either shape: a `DynamoDBRecord` of a Lambda event, or a `_Record` of GetRecords. */
export interface StreamRecord {
  readonly eventName?: string | undefined
  readonly dynamodb?:
    | {
        readonly Keys?: Image | undefined
        readonly NewImage?: Image | undefined
        readonly OldImage?: Image | undefined
        readonly SequenceNumber?: string | undefined
      }
    | undefined
  /** Who made the change, when it was a service. Lambda writes the names of its members in lower case. */
  readonly userIdentity?: unknown
}

export type ChangeType = 'insert' | 'modify' | 'remove'

/** A record of one shape. */
export interface ReadRecord {
  readonly type: ChangeType
  readonly keys: StoredItem
  readonly newImage: StoredItem | undefined
  readonly oldImage: StoredItem | undefined
  readonly sequenceNumber: string
  readonly expired: boolean
}

const types: Readonly<Record<string, ChangeType>> = { INSERT: 'insert', MODIFY: 'modify', REMOVE: 'remove' }

/** Reads a record of either shape. Throws a `TypeError` for anything else. */
export function readRecord({ eventName = '', dynamodb, userIdentity }: StreamRecord): ReadRecord {
  const type = Object.hasOwn(types, eventName) ? types[eventName] : undefined
  if (type === undefined || dynamodb?.Keys === undefined || dynamodb.SequenceNumber === undefined)
    throw new TypeError(
      'This is no record of a DynamoDB stream: it needs an eventName, and dynamodb with Keys and SequenceNumber.',
    )
  const { Keys, NewImage, OldImage, SequenceNumber } = dynamodb
  return {
    type,
    keys: readImage(Keys),
    newImage: NewImage && readImage(NewImage),
    oldImage: OldImage && readImage(OldImage),
    sequenceNumber: SequenceNumber,
    expired: isTimeToLive(userIdentity),
  }
}

/** Deletions by time to live are those that the service itself makes. */
function isTimeToLive(userIdentity: unknown): boolean {
  if (typeof userIdentity !== 'object' || userIdentity === null) return false
  const { PrincipalId, principalId = PrincipalId } = userIdentity as { PrincipalId?: unknown; principalId?: unknown }
  return principalId === 'dynamodb.amazonaws.com'
}

function readImage(image: Image): StoredItem {
  const item: StoredItem = {}
  for (const name in image) setOwn(item, name, readValue(image[name] as WireValue))
  return item
}

/** An attribute value that may have its binary as text. */
type WireValue = Omit<AttributeValue, 'B' | 'BS' | 'L' | 'M'> & {
  readonly B?: Uint8Array | string
  readonly BS?: readonly (Uint8Array | string)[]
  readonly L?: readonly WireValue[]
  readonly M?: Readonly<Record<string, WireValue>>
}

function readValue(value: WireValue): AttributeValue {
  if (value.B !== undefined) return { B: bytesOf(value.B) }
  if (value.BS !== undefined) return { BS: value.BS.map(bytesOf) }
  if (value.L !== undefined) return { L: value.L.map(readValue) }
  if (value.M !== undefined) return { M: readImage(value.M) }
  return value as AttributeValue
}

function bytesOf(binary: Uint8Array | string): Uint8Array {
  return typeof binary === 'string' ? new Uint8Array(Buffer.from(binary, 'base64')) : binary
}
