// The four operations of DynamoDB Streams as functions. Their package is loaded when the first stream is read, and its types are not named
// in what is exported, so that whoever reads no streams can do without it.
import { SingletError } from '../errors.ts'
import type { StreamRecord } from './stream-record.ts'

/** A client of DynamoDB Streams, by what is asked of it. */
export interface StreamsSender {
  send(command: never, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>
}

export interface Shard {
  readonly ShardId?: string
  readonly ParentShardId?: string
  readonly SequenceNumberRange?: { readonly EndingSequenceNumber?: string }
}

export interface StreamsApi {
  listStreams(input: object): Promise<{
    readonly Streams?: readonly { readonly StreamArn?: string; readonly StreamLabel?: string }[]
    readonly LastEvaluatedStreamArn?: string
  }>
  describeStream(input: object): Promise<{
    readonly StreamDescription?: {
      readonly StreamStatus?: string
      readonly Shards?: readonly Shard[]
      readonly LastEvaluatedShardId?: string
    }
  }>
  getShardIterator(input: object): Promise<{ readonly ShardIterator?: string }>
  getRecords(input: object): Promise<{ readonly Records?: readonly StreamRecord[]; readonly NextShardIterator?: string }>
}

/** Loads the package's commands and binds them to a client. Every request ends when the signal says so. */
export async function streamsApi(client: StreamsSender, signal: AbortSignal | undefined): Promise<StreamsApi> {
  const { ListStreamsCommand, DescribeStreamCommand, GetShardIteratorCommand, GetRecordsCommand } = await load()
  const options = signal === undefined ? {} : { abortSignal: signal }
  const operation =
    <Output>(Command: new (input: never) => unknown) =>
    async (input: object) =>
      (await client.send(new Command(input as never) as never, options)) as Output
  return {
    listStreams: operation(ListStreamsCommand),
    describeStream: operation(DescribeStreamCommand),
    getShardIterator: operation(GetShardIteratorCommand),
    getRecords: operation(GetRecordsCommand),
  }
}

async function load() {
  try {
    return await import('@aws-sdk/client-dynamodb-streams')
  } catch (cause) {
    const message = 'Reading a stream needs @aws-sdk/client-dynamodb-streams. Run: npm install @aws-sdk/client-dynamodb-streams'
    throw new SingletError('PackageMissing', message, { cause })
  }
}
