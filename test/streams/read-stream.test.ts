import { CreateTableCommand, type DynamoDBClient, PutItemCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { SingletError } from '../../lib/index.ts'
import { startLocal } from '../../lib/local/index.ts'
import { type ReadStreamOptions, readStream } from '../../lib/streams/read-stream.ts'
import type { StreamRecord } from '../../lib/streams/stream-record.ts'
import type { StreamsSender } from '../../lib/streams/streams-api.ts'
import { onEmbedded, startTestEngine, type TestEngine } from '../engine.ts'
import { arnOf, streamOf } from '../local/streams-access.ts'
import { failureOf, tableInput, tableName } from '../local/tables.ts'

/** A client that tells when it has first been answered with records, or with none. */
function watched(client: StreamsSender): { client: StreamsSender; polled: Promise<void> } {
  let tell: () => void
  const polled = new Promise<void>((resolve) => {
    tell = resolve
  })
  const send = async (command: never, options?: object) => {
    const answer = await client.send(command, options)
    if ((command as { constructor: { name: string } }).constructor.name === 'GetRecordsCommand') tell()
    return answer
  }
  return { client: { send }, polled }
}

const sequences = (records: readonly StreamRecord[]) => records.map(({ dynamodb }) => dynamodb?.SequenceNumber)

describe('readStream', () => {
  describe('of an engine', () => {
    let engine: TestEngine
    let client: DynamoDBClient
    beforeEach(async () => {
      engine = await startTestEngine()
      client = engine.client()
      await client.send(new CreateTableCommand({ ...tableInput, ...streamOf('KEYS_ONLY') }))
    })
    afterEach(() => engine.close())

    const put = (sk: string) => client.send(new PutItemCommand({ TableName: tableName, Item: { pk: { S: 'p' }, sk: { S: sk } } }))
    const keysIn = (records: readonly StreamRecord[]) =>
      records.map(({ dynamodb }) => (dynamodb?.Keys?.sk as { S: string } | undefined)?.S)
    const disable = () =>
      client.send(new UpdateTableCommand({ TableName: tableName, StreamSpecification: { StreamEnabled: false } }))
    const read = (options: Partial<ReadStreamOptions> = {}) =>
      readStream(engine.streamsClient(), { tableName, pollMs: 0, ...options } as ReadStreamOptions)

    it('gives what was written and what is written then, until it is left', async () => {
      await put('a')
      const seen: unknown[] = []
      for await (const records of read()) {
        seen.push(...keysIn(records))
        if (seen.length === 3) break
        await put(`after ${seen.length}`)
      }
      expect(seen).to.deep.equal(['a', 'after 1', 'after 2'])
    })

    it('gives only what is written from now on, when asked', async () => {
      await put('before')
      const { client: streams, polled } = watched(engine.streamsClient())
      const reading = readStream(streams, { tableName, from: 'latest', pollMs: 0 })
      const first = reading.next()
      await polled
      await put('after')
      expect(keysIn((await first).value ?? [])).to.deep.equal(['after'])
      await reading.return()
    })

    it('ends without an error when the signal says so: before, between and while waiting', async () => {
      await put('a')
      expect((await read({ signal: AbortSignal.abort() }).next()).done).to.equal(true)
      const between = new AbortController()
      const reading = read({ signal: between.signal, pollMs: 60_000 })
      expect((await reading.next()).done).to.equal(false)
      between.abort()
      expect((await reading.next()).done).to.equal(true)
      const waiting = new AbortController()
      const { client: streams, polled } = watched(engine.streamsClient())
      const other = readStream(streams, { tableName, signal: waiting.signal, from: 'latest', pollMs: 60_000 }).next()
      await polled
      await new Promise(setImmediate)
      waiting.abort()
      expect((await other).done).to.equal(true)
    })

    it('reads a disabled stream to its end, by its ARN', async () => {
      const streamArn = await arnOf(engine.streamsClient(), tableName)
      await put('a')
      await disable()
      const seen: unknown[] = []
      for await (const records of read({ tableName: undefined, streamArn } as never)) seen.push(...keysIn(records))
      expect(seen).to.deep.equal(['a'])
    })

    it('of a table is the latest', async () => {
      await put('old')
      await disable()
      await client.send(new UpdateTableCommand({ TableName: tableName, ...streamOf('NEW_IMAGE') }))
      await put('new')
      for await (const records of read()) {
        expect(keysIn(records)).to.deep.equal(['new'])
        break
      }
    })

    it('says that a table has no stream', async () => {
      const failure = await failureOf(read({ tableName: 'none' }).next())
      expect(failure).to.be.instanceOf(SingletError).and.include({ code: 'StreamNotFound' })
      expect(failure.message).to.match(/none has no stream/)
    })

    onEmbedded('its clock', 'goes on after its last record when the reader was slower than its iterator lives', async () => {
      await using local = await startLocal({ clock: 0 })
      await local.client().send(new CreateTableCommand({ ...tableInput, ...streamOf('KEYS_ONLY') }))
      const write = (sk: string) =>
        local.client().send(new PutItemCommand({ TableName: tableName, Item: { pk: { S: 'p' }, sk: { S: sk } } }))
      await write('a')
      const seen: unknown[] = []
      for await (const records of readStream(local.streamsClient(), { tableName, pollMs: 0 })) {
        seen.push(...keysIn(records))
        if (seen.length === 2) break
        local.clock.advance(16 * 60_000)
        await write('b')
      }
      expect(seen).to.deep.equal(['a', 'b'])
    })
  })

  describe('of a stream whose shards split', () => {
    interface ScriptedShard {
      readonly id: string
      readonly parent?: string
      /** Batches of sequence numbers. */
      readonly batches: readonly (readonly string[])[]
      readonly open?: boolean
    }

    /** A stream that answers from a script. Iterators are `shard/position`. */
    function scripted(shards: readonly ScriptedShard[], log: string[] = []): StreamsSender {
      const answer = (name: string, input: Record<string, string | undefined>) => {
        const shardOf = (id: string | undefined) => shards.find((one) => one.id === id)
        if (name === 'DescribeStreamCommand') {
          const after = shards.findIndex(({ id }) => id === input.ExclusiveStartShardId) + 1
          const listed = shards[after]
          const Shards = listed && [
            {
              ShardId: listed.id,
              ParentShardId: listed.parent,
              SequenceNumberRange: { EndingSequenceNumber: listed.open ? undefined : '9' },
            },
          ]
          const last = after + 1 < shards.length ? listed?.id : undefined
          const StreamStatus = shards.some(({ open }) => open) ? 'ENABLED' : 'DISABLED'
          return { StreamDescription: { StreamStatus, Shards, LastEvaluatedShardId: last } }
        }
        if (name === 'GetShardIteratorCommand') {
          log.push(`${input.ShardIteratorType} ${input.ShardId}`)
          const end = shardOf(input.ShardId)?.batches.length ?? 0
          return { ShardIterator: `${input.ShardId}/${input.ShardIteratorType === 'LATEST' ? end : 0}` }
        }
        const [id, position] = input.ShardIterator?.split('/') ?? []
        const shard = shardOf(id)
        const at = Number(position)
        const Records = (shard?.batches[at] ?? []).map((SequenceNumber) => ({ dynamodb: { SequenceNumber } }))
        const ends = shard?.open !== true && at + 1 >= (shard?.batches.length ?? 0)
        return { Records, ...(!ends && { NextShardIterator: `${id}/${at + 1}` }) }
      }
      return {
        send: async (command: never) => {
          const sent = command as { constructor: { name: string }; input: Record<string, string> }
          return answer(sent.constructor.name, sent.input)
        },
      }
    }

    const all = async (shards: readonly ScriptedShard[]) => {
      const seen: (string | undefined)[] = []
      for await (const records of readStream(scripted(shards), { streamArn: 'arn', pollMs: 0 })) seen.push(...sequences(records))
      return seen
    }

    it('reads a parent to its end before its children, whatever order they are listed in', async () => {
      const child = { id: 'child', parent: 'parent', batches: [['3'], [], ['4']] }
      const parent = { id: 'parent', batches: [['1'], [], ['2']] }
      expect(await all([child, parent])).to.deep.equal(['1', '2', '3', '4'])
    })

    it('reads a shard whose parent is gone', async () => {
      expect(await all([{ id: 'child', parent: 'trimmed', batches: [['3']] }])).to.deep.equal(['3'])
    })

    it('reads every shard once', async () => {
      const shards = ['a', 'b', 'c'].map((id, at) => ({ id, ...(at > 0 && { parent: 'a' }), batches: [[id]] }))
      expect(await all(shards)).to.deep.equal(['a', 'b', 'c'])
    })

    it('from the latest passes over shards that are closed, and reads new ones whole', async () => {
      const log: string[] = []
      const shards: ScriptedShard[] = [
        { id: 'closed', batches: [['1']] },
        { id: 'open', parent: 'closed', batches: [['2']], open: true },
      ]
      const abort = new AbortController()
      const { client, polled } = watched(scripted(shards, log))
      const reading = readStream(client, { streamArn: 'arn', from: 'latest', pollMs: 0, signal: abort.signal })
      const first = reading.next()
      await polled
      // The open shard ends, and has a child.
      shards[1] = { id: 'open', parent: 'closed', batches: [['2']] }
      shards.push({ id: 'child', parent: 'open', batches: [['3']], open: true })
      expect(sequences((await first).value ?? [])).to.deep.equal(['3'])
      abort.abort()
      expect((await reading.next()).done).to.equal(true)
      expect(log).to.deep.equal(['LATEST open', 'TRIM_HORIZON child'])
    })
  })
})
