// The operations of DynamoDB Streams. Every stream has one shard, which is closed when the stream is disabled or its table deleted.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
import type { MemberRules } from './dynalite.ts'
import { dynamoError, validationError } from './service-error.ts'
import { check, type EngineState, type Operation, type OperationTable } from './state.ts'
import { readIterator, writeIterator } from './stream-iterator.ts'
import { type LoggedChange, retentionMilliseconds, type StreamLog, trim, trimHorizon } from './stream-log.ts'
import { renderRecord, sequenceNumber } from './stream-record.ts'
import type { Params } from './wire.ts'

const maxListed = 100
const maxRecords = 1000
const maxRecordBytes = 1024 * 1024

const limitTo = (most: number) => ({ type: 'Integer', greaterThanOrEqual: 1, lessThanOrEqual: most })
const textOf = (least: number, most: number) => ({ type: 'String', lengthGreaterThanOrEqual: least, lengthLessThanOrEqual: most })
const streamArn = textOf(37, 1024)
const shardId = textOf(28, 65)

const rules = {
  ListStreams: {
    TableName: { ...textOf(3, 255), regex: '[a-zA-Z0-9_.-]+' },
    Limit: limitTo(maxListed),
    ExclusiveStartStreamArn: streamArn,
  },
  DescribeStream: {
    StreamArn: { ...streamArn, notNull: true },
    Limit: limitTo(maxListed),
    ExclusiveStartShardId: shardId,
  },
  GetShardIterator: {
    StreamArn: { ...streamArn, notNull: true },
    ShardId: { ...shardId, notNull: true },
    ShardIteratorType: {
      type: 'String',
      notNull: true,
      enum: ['AFTER_SEQUENCE_NUMBER', 'AT_SEQUENCE_NUMBER', 'LATEST', 'TRIM_HORIZON'],
    },
    SequenceNumber: textOf(21, 40),
  },
  GetRecords: {
    ShardIterator: { ...textOf(1, 2048), notNull: true },
    Limit: limitTo(maxRecords),
  },
} satisfies { [operation: string]: MemberRules }

/** Every stream that can be read yet, in the order of their ARNs. */
function readableStreams({ streams, clock }: EngineState): StreamLog[] {
  const now = clock.now()
  for (const [arn, { disabledAt }] of streams) {
    if (disabledAt !== undefined && disabledAt <= now - retentionMilliseconds) streams.delete(arn)
  }
  return [...streams.values()].sort((left, right) => (left.arn < right.arn ? -1 : 1))
}

/** The stream with what is past its time forgotten. */
function streamOf(state: EngineState, arn: string): StreamLog {
  const stream = readableStreams(state).find((one) => one.arn === arn)
  if (stream === undefined) {
    throw dynamoError('ResourceNotFoundException', `Requested resource not found: Stream: ${arn} not found`)
  }
  trim(stream, state.clock.now())
  return stream
}

const headOf = ({ arn, tableName, label }: StreamLog) => ({ StreamArn: arn, TableName: tableName, StreamLabel: label })

const listStreams: Operation = (state, params) => {
  const data = check(state, params, rules.ListStreams) as {
    TableName?: string
    Limit?: number
    ExclusiveStartStreamArn?: string
  }
  const rest = readableStreams(state).filter(
    ({ arn, tableName }) =>
      (data.TableName === undefined || tableName === data.TableName) &&
      (data.ExclusiveStartStreamArn === undefined || arn > data.ExclusiveStartStreamArn),
  )
  const listed = rest.slice(0, data.Limit ?? maxListed)
  const last = listed.length < rest.length ? listed.at(-1) : undefined
  return { Streams: listed.map(headOf), ...(last && { LastEvaluatedStreamArn: last.arn }) }
}

const describeStream: Operation = (state, params) => {
  const data = check(state, params, rules.DescribeStream) as { StreamArn: string; ExclusiveStartShardId?: string }
  const stream = streamOf(state, data.StreamArn)
  const { disabledAt, next } = stream
  const range = {
    StartingSequenceNumber: sequenceNumber(1),
    ...(disabledAt !== undefined && { EndingSequenceNumber: sequenceNumber(Math.max(1, next - 1)) }),
  }
  const shards = [{ ShardId: stream.shardId, SequenceNumberRange: range }]
  return {
    StreamDescription: {
      ...headOf(stream),
      StreamStatus: disabledAt === undefined ? 'ENABLED' : 'DISABLED',
      StreamViewType: stream.viewType,
      CreationRequestDateTime: stream.createdAt / 1000,
      KeySchema: stream.keySchema,
      Shards: shards.filter(({ ShardId }) => data.ExclusiveStartShardId === undefined || ShardId > data.ExclusiveStartShardId),
    },
  }
}

interface ShardIteratorParams {
  StreamArn: string
  ShardId: string
  ShardIteratorType: string
  SequenceNumber?: string
}

const getShardIterator: Operation = (state, params) => {
  const data = check(state, params, rules.GetShardIterator) as unknown as ShardIteratorParams
  const stream = streamOf(state, data.StreamArn)
  if (data.ShardId !== stream.shardId) throw dynamoError('ResourceNotFoundException', 'Shard does not exist')
  return { ShardIterator: writeIterator({ arn: stream.arn, sequence: startOf(stream, data), issuedAt: state.clock.now() }) }
}

/** The sequence number at which an iterator starts to read. */
function startOf(stream: StreamLog, { ShardIteratorType: type, SequenceNumber: number }: ShardIteratorParams): number {
  if (type === 'LATEST' || type === 'TRIM_HORIZON') {
    if (number !== undefined) throw invalidValue('SequenceNumber should not be passed for this iterator type')
    return type === 'LATEST' ? stream.next : trimHorizon(stream)
  }
  if (number === undefined || !/^\d+$/.test(number)) throw invalidValue('Invalid SequenceNumber')
  // What is far beyond the end is beyond the end, however long its digits.
  const sequence = Math.min(Number(number), Number.MAX_SAFE_INTEGER - 1)
  refuseTrimmed(stream, sequence)
  return type === 'AT_SEQUENCE_NUMBER' ? sequence : sequence + 1
}

function refuseTrimmed(stream: StreamLog, sequence: number): void {
  if (sequence >= trimHorizon(stream)) return
  throw dynamoError(
    'TrimmedDataAccessException',
    `The operation attempted to read past the oldest stream record in a shard: ${sequenceNumber(sequence)} is older than ` +
      `${retentionMilliseconds / 3_600_000} hours.`,
  )
}

const getRecords: Operation = (state, params) => {
  const data = check(state, params, rules.GetRecords) as { ShardIterator: string; Limit?: number }
  const { arn, sequence } = readIterator(data.ShardIterator, state.clock.now())
  const stream = streamOf(state, arn)
  refuseTrimmed(stream, sequence)
  const from = sequence - trimHorizon(stream)
  const records = page(stream, stream.changes.slice(from, from + (data.Limit ?? maxRecords)))
  const next = sequence + records.length
  const ended = stream.disabledAt !== undefined && next >= stream.next
  return {
    Records: records,
    ...(!ended && { NextShardIterator: writeIterator({ arn, sequence: next, issuedAt: state.clock.now() }) }),
  }
}

/** As many records as fit in one reply, and at least one. */
function page(stream: StreamLog, changes: readonly LoggedChange[]): Params[] {
  const records: Params[] = []
  let total = 0
  for (const change of changes) {
    const { record, bytes } = renderRecord(stream, change)
    total += bytes
    if (total > maxRecordBytes && records.length > 0) break
    records.push(record)
  }
  return records
}

const invalidValue = (message: string) => validationError(`One or more parameter values were invalid: ${message}`)

export const streamOperations = Object.freeze({
  ListStreams: listStreams,
  DescribeStream: describeStream,
  GetShardIterator: getShardIterator,
  GetRecords: getRecords,
} satisfies OperationTable)
