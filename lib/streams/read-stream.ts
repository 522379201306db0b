// Reads a table's stream from the process that asks, for development and tests. A production consumer is a Lambda trigger or the Kinesis
// Client Library: they keep their position, spread shards over processes and come back after a crash, none of which this does.
import { setTimeout } from 'node:timers/promises'
import { SingletError } from '../errors.ts'
import { Shards } from './shards.ts'
import type { StreamRecord } from './stream-record.ts'
import { type StreamsApi, type StreamsSender, streamsApi } from './streams-api.ts'

interface CommonOptions {
  /** Where to begin: with the oldest record that there is, or with what is written from now on. Default: `start`. */
  readonly from?: 'start' | 'latest'
  /** Ends the reading: the iteration is over, without an error. */
  readonly signal?: AbortSignal
  /** How long to wait after nothing has come, in milliseconds. Default 250: DynamoDB allows five reads of a shard in a second. */
  readonly pollMs?: number
}

/** The stream is named by its ARN, or is the latest one of a table. */
export type ReadStreamOptions = CommonOptions &
  (
    | { readonly tableName: string; readonly streamArn?: undefined }
    | { readonly streamArn: string; readonly tableName?: undefined }
  )

/**
 * The records of a stream as they come, a batch at a time, for `changes`. Follows shards as they split; those of one shard come in order.
 * Ends when the signal says so, or when the stream is disabled and read to its end. **For development and tests, not for production**: it
 * keeps no position, so whoever starts it again starts anew.
 *
 * Needs the package `@aws-sdk/client-dynamodb-streams`.
 *
 * @param client A `DynamoDBStreamsClient`, or `engine.streamsClient()` of the embedded engine.
 * @throws SingletError `StreamNotFound` when the table has no stream
 *
 * @example
 * for await (const records of readStream(new DynamoDBStreamsClient({}), { tableName: 'shop', signal })) {
 *   for (const change of changes(shop, records)) console.log(change.type, change.entity, change.key)
 * }
 */
export async function* readStream(
  client: StreamsSender,
  options: ReadStreamOptions,
): AsyncGenerator<readonly StreamRecord[], void> {
  const { from = 'start', signal, pollMs = 250 } = options
  try {
    signal?.throwIfAborted()
    const api = await streamsApi(client, signal)
    const streamArn = options.streamArn ?? (await latestStream(api.listStreams, options.tableName))
    const shards = new Shards(api, streamArn, from)
    for (;;) {
      let came = false
      for await (const records of shards.round()) {
        came = true
        yield records
        signal?.throwIfAborted()
      }
      if (shards.ended) return
      if (!came) await setTimeout(pollMs, undefined, { signal })
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error
  }
}

/** A stream's label is the time at which it was enabled. */
async function latestStream(list: StreamsApi['listStreams'], tableName: string): Promise<string> {
  let latest = { StreamArn: '', StreamLabel: '' }
  let start: string | undefined
  do {
    const page = await list({ TableName: tableName, ExclusiveStartStreamArn: start })
    for (const { StreamArn = '', StreamLabel = '' } of page.Streams ?? [])
      if (StreamLabel > latest.StreamLabel) latest = { StreamArn, StreamLabel }
    start = page.LastEvaluatedStreamArn
  } while (start !== undefined)
  if (latest.StreamArn !== '') return latest.StreamArn
  throw new SingletError(
    'StreamNotFound',
    `The table ${tableName} has no stream. Enable one with StreamSpecification in CreateTable or UpdateTable.`,
  )
}
