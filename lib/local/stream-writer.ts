// Opens, fills and closes the streams of tables.
import { compare } from './comparison.ts'
import type { ItemChange, Store, StoredTable } from './store.ts'
import { retentionMilliseconds, type StreamLog, type Streams, trim } from './stream-log.ts'
import type { Item } from './wire.ts'

/** Changes past their time are dropped this much later, so that it rarely has to be done. Readers never see them. */
const slackMilliseconds = 60 * 60 * 1000

/** Starts the stream of a table that has none, or none any more. */
export function openStream(streams: Streams, table: StoredTable, viewType: string, now: number): void {
  const { description } = table
  // The label is the stream's name, so a stopped clock must not give the same one twice.
  let at = Math.floor(now)
  const labelOf = (moment: number) => new Date(moment).toISOString().slice(0, -1)
  const arnOf = (moment: number) => `${description.TableArn}/stream/${labelOf(moment)}`
  while (streams.has(arnOf(at))) at++
  const log: StreamLog = {
    arn: arnOf(at),
    label: labelOf(at),
    tableName: description.TableName,
    viewType,
    keySchema: description.KeySchema,
    createdAt: now,
    shardId: `shardId-${String(at).padStart(20, '0')}-00000001`,
    changes: [],
    next: 1,
  }
  streams.set(log.arn, log)
  table.stream = log
  description.StreamSpecification = { StreamEnabled: true, StreamViewType: viewType }
  description.LatestStreamLabel = log.label
  description.LatestStreamArn = log.arn
}

/** Ends the stream of a table, if it has one. It can be read for a while yet. */
export function closeStream(table: StoredTable, now: number): void {
  if (table.stream !== undefined) table.stream.disabledAt = now
  delete table.stream
  delete table.description.StreamSpecification
}

/** Adds changes to the streams of their tables. What leaves an item as it was is no change. */
export function logChanges(store: Store, changes: readonly ItemChange[], now: number, expired: boolean): void {
  for (const { table, before, after } of changes) {
    const stream = store.get(table.TableName)?.stream
    if (stream === undefined || isUnchanged(before, after)) continue
    const [oldest] = stream.changes
    if (oldest !== undefined && oldest.at <= now - retentionMilliseconds - slackMilliseconds) trim(stream, now)
    stream.changes.push({ sequence: stream.next++, at: now, before, after, expired })
  }
}

function isUnchanged(before: Item | undefined, after: Item | undefined): boolean {
  if (before === undefined || after === undefined) return before === after
  return compare('=', { M: before }, { M: after })
}
