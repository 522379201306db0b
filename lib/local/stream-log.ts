// The changes of a table, in order, for as long as its stream keeps them. stream-writer.ts adds to it, streams.ts reads it.
// DynamoDB splits a stream into shards; here one shard holds all of it, so the order is that of the writes across all items.
import type { Item, KeyElement } from './wire.ts'

/** A record can be read for this long, and so can a stream after it was disabled. */
export const retentionMilliseconds = 24 * 60 * 60 * 1000

export interface LoggedChange {
  readonly sequence: number
  /** When, in milliseconds since the epoch. */
  readonly at: number
  readonly before: Item | undefined
  readonly after: Item | undefined
  /** Deleted by time to live. */
  readonly expired: boolean
}

export interface StreamLog {
  readonly arn: string
  readonly label: string
  readonly tableName: string
  readonly viewType: string
  readonly keySchema: readonly KeyElement[]
  readonly createdAt: number
  readonly shardId: string
  /** Consecutive, the oldest first. */
  readonly changes: LoggedChange[]
  /** The sequence number of the next change. */
  next: number
  disabledAt?: number
}

/** The streams of one engine by ARN, those of disabled streams and deleted tables among them. */
export type Streams = Map<string, StreamLog>

/** Forgets the changes that are past their time. */
export function trim({ changes }: StreamLog, now: number): void {
  const kept = changes.findIndex(({ at }) => at > now - retentionMilliseconds)
  changes.splice(0, kept < 0 ? changes.length : kept)
}

/** The sequence number of the oldest change that can be read, or of the next one when there is none. */
export function trimHorizon({ changes, next }: StreamLog): number {
  return changes[0]?.sequence ?? next
}
