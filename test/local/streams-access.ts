// Reading a stream in tests: all records from some position, page by page.
import type { StreamViewType } from '@aws-sdk/client-dynamodb'
import {
  type _Record,
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams'
import type { LocalEngine } from '../../lib/local/index.ts'

export type Streams = ReturnType<LocalEngine['streamsClient']>

export const streamOf = (StreamViewType: StreamViewType) => ({ StreamSpecification: { StreamEnabled: true, StreamViewType } })

/** The ARN of a table's only stream. */
export async function arnOf(streams: Streams, TableName: string): Promise<string> {
  const { Streams: [stream, ...others] = [] } = await streams.send(new ListStreamsCommand({ TableName }))
  if (stream?.StreamArn === undefined || others.length > 0) throw new Error(`${TableName} has not one stream.`)
  return stream.StreamArn
}

export async function iteratorOf(
  streams: Streams,
  StreamArn: string,
  position: Partial<GetShardIteratorCommandInput> = { ShardIteratorType: 'TRIM_HORIZON' },
): Promise<string> {
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }))
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId
  const input = { StreamArn, ShardId, ...position } as GetShardIteratorCommandInput
  return (await streams.send(new GetShardIteratorCommand(input))).ShardIterator ?? ''
}

/** Every record from an iterator on. */
export async function recordsFrom(streams: Streams, iterator: string, Limit?: number): Promise<_Record[]> {
  const records: _Record[] = []
  let next: string | undefined = iterator
  while (next !== undefined) {
    const page: { Records?: _Record[]; NextShardIterator?: string } = await streams.send(
      new GetRecordsCommand({ ShardIterator: next, ...(Limit && { Limit }) }),
    )
    if (page.Records === undefined || page.Records.length === 0) break
    records.push(...page.Records)
    next = page.NextShardIterator
  }
  return records
}

/** Every record of a table's only stream. */
export async function allRecords(streams: Streams, tableName: string, limit?: number): Promise<_Record[]> {
  return recordsFrom(streams, await iteratorOf(streams, await arnOf(streams, tableName)), limit)
}
