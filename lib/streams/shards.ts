// The shards of one stream that are being read, and where. A shard that splits is closed; its children are read once it has been.
import type { StreamRecord } from './stream-record.ts'
import type { Shard, StreamsApi } from './streams-api.ts'

interface Reading {
  iterator: string
  /** The last record read, to go on after when the iterator has expired. */
  lastSequence: string | undefined
}

export class Shards {
  readonly #api: StreamsApi
  readonly #streamArn: string
  /** Where to begin in the shards that are there at first. Those that come later are read whole. */
  #from: 'start' | 'latest'
  readonly #open = new Map<string, Reading>()
  readonly #finished = new Set<string>()
  #mustDiscover = true
  #disabled = false

  constructor(api: StreamsApi, streamArn: string, from: 'start' | 'latest') {
    this.#api = api
    this.#streamArn = streamArn
    this.#from = from
  }

  /** The stream is disabled, and everything in it has been read. */
  get ended(): boolean {
    return this.#disabled && this.#open.size === 0 && !this.#mustDiscover
  }

  /** One read of each open shard: the batches that are not empty. */
  async *round(): AsyncGenerator<readonly StreamRecord[]> {
    // Without an open shard there can be new ones at any time.
    if (this.#mustDiscover || this.#open.size === 0) await this.#discover()
    for (const [shardId, reading] of [...this.#open]) {
      const { Records = [], NextShardIterator } = await this.#read(shardId, reading)
      reading.lastSequence = Records.at(-1)?.dynamodb?.SequenceNumber ?? reading.lastSequence
      if (NextShardIterator === undefined) {
        this.#open.delete(shardId)
        this.#finished.add(shardId)
        this.#mustDiscover = true
      } else {
        reading.iterator = NextShardIterator
      }
      if (Records.length > 0) yield Records
    }
  }

  async #read(shardId: string, reading: Reading) {
    try {
      return await this.#api.getRecords({ ShardIterator: reading.iterator })
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ExpiredIteratorException' || reading.lastSequence === undefined)
        throw error
      const after = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: reading.lastSequence }
      reading.iterator = await this.#iterator(shardId, after)
      return this.#api.getRecords({ ShardIterator: reading.iterator })
    }
  }

  /** Opens the shards that can be read now: new ones whose parent has been read, or is gone. */
  async #discover(): Promise<void> {
    const shards = await this.#list()
    const ids = new Set(shards.map(({ ShardId }) => ShardId))
    this.#mustDiscover = false
    for (const { ShardId, ParentShardId, SequenceNumberRange } of shards) {
      if (ShardId === undefined || this.#open.has(ShardId) || this.#finished.has(ShardId)) continue
      if (this.#from === 'latest' && SequenceNumberRange?.EndingSequenceNumber !== undefined) this.#finished.add(ShardId)
      else if (
        this.#from === 'start' &&
        ParentShardId !== undefined &&
        ids.has(ParentShardId) &&
        !this.#finished.has(ParentShardId)
      )
        continue
      else {
        const type = this.#from === 'latest' ? 'LATEST' : 'TRIM_HORIZON'
        this.#open.set(ShardId, {
          iterator: await this.#iterator(ShardId, { ShardIteratorType: type }),
          lastSequence: undefined,
        })
      }
    }
    this.#from = 'start'
  }

  async #list(): Promise<Shard[]> {
    const shards: Shard[] = []
    let start: string | undefined
    do {
      const { StreamDescription } = await this.#api.describeStream({ StreamArn: this.#streamArn, ExclusiveStartShardId: start })
      shards.push(...(StreamDescription?.Shards ?? []))
      this.#disabled = StreamDescription?.StreamStatus === 'DISABLED'
      start = StreamDescription?.LastEvaluatedShardId
    } while (start !== undefined)
    return shards
  }

  async #iterator(shardId: string, position: { ShardIteratorType: string; SequenceNumber?: string }): Promise<string> {
    const { ShardIterator } = await this.#api.getShardIterator({ StreamArn: this.#streamArn, ShardId: shardId, ...position })
    if (ShardIterator === undefined) throw new Error(`DynamoDB gave no iterator for the shard ${shardId}.`)
    return ShardIterator
  }
}
