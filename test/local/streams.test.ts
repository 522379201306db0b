import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  type StreamViewType,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams'
import { expect } from 'chai'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { emptyTable } from '../../lib/local/store.ts'
import type { Streams } from '../../lib/local/stream-log.ts'
import { logChanges, openStream } from '../../lib/local/stream-writer.ts'
import { makeStreamsClient } from '../../lib/local/streams-client.ts'
import { allRecords, arnOf, iteratorOf, recordsFrom, type Streams as StreamsClient, streamOf } from './streams-access.ts'
import { failureOf, tableInput, tableName } from './tables.ts'

const now = 1_800_000_000
const hours = 60 * 60 * 1000
const sequence = (number: number) => String(number).padStart(21, '0')

describe('streams', () => {
  let engine: LocalEngine
  let client: DynamoDBClient
  let streams: StreamsClient
  beforeEach(async () => {
    engine = await startLocal({ clock: now * 1000 })
    client = engine.client({ maxAttempts: 1 })
    streams = engine.streamsClient({ maxAttempts: 1 })
  })
  afterEach(() => engine.close())

  const create = (view: StreamViewType) => client.send(new CreateTableCommand({ ...tableInput, ...streamOf(view) }))
  const key = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } })
  const put = (sk: string, more = {}) => client.send(new PutItemCommand({ TableName: tableName, Item: { ...key(sk), ...more } }))
  const update = (sk: string, UpdateExpression?: string, values?: Record<string, { N: string }>) =>
    client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: key(sk),
        ...(UpdateExpression && { UpdateExpression }),
        ...(values && { ExpressionAttributeValues: values }),
      }),
    )
  const remove = (sk: string) => client.send(new DeleteItemCommand({ TableName: tableName, Key: key(sk) }))
  const records = () => allRecords(streams, tableName)
  const setStream = (StreamEnabled: boolean, StreamViewType?: StreamViewType) =>
    client.send(
      new UpdateTableCommand({
        TableName: tableName,
        StreamSpecification: { StreamEnabled, ...(StreamViewType && { StreamViewType }) },
      }),
    )
  const names = async () => (await records()).map(({ eventName, dynamodb }) => `${eventName} ${dynamodb?.Keys?.sk?.S}`)

  describe('records', () => {
    it('tell what was written, as DynamoDB tells it', async () => {
      await create('NEW_AND_OLD_IMAGES')
      await put('a', { n: { N: '1' } })
      await update('a', 'SET n = :n', { ':n': { N: '2' } })
      await remove('a')
      const found = await records()
      const common = { eventVersion: '1.1', eventSource: 'aws:dynamodb', awsRegion: 'us-east-1' }
      const inside = (number: number, SizeBytes: number) => ({
        ApproximateCreationDateTime: new Date(now * 1000),
        Keys: key('a'),
        SequenceNumber: sequence(number),
        SizeBytes,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      })
      const item = (N: string) => ({ ...key('a'), n: { N } })
      expect(found.map(({ eventID: _, ...record }) => record)).to.deep.equal([
        { ...common, eventName: 'INSERT', dynamodb: { ...inside(1, 15), NewImage: item('1') } },
        { ...common, eventName: 'MODIFY', dynamodb: { ...inside(2, 24), NewImage: item('2'), OldImage: item('1') } },
        { ...common, eventName: 'REMOVE', dynamodb: { ...inside(3, 15), OldImage: item('2') } },
      ])
      expect(new Set(found.map(({ eventID }) => eventID))).to.have.property('size', 3)
    })

    const views: [StreamViewType, string[][]][] = [
      ['KEYS_ONLY', [[], [], []]],
      ['NEW_IMAGE', [['NewImage'], ['NewImage'], []]],
      ['OLD_IMAGE', [[], ['OldImage'], ['OldImage']]],
      ['NEW_AND_OLD_IMAGES', [['NewImage'], ['NewImage', 'OldImage'], ['OldImage']]],
    ]
    for (const [view, images] of views) {
      it(`show the images of ${view}`, async () => {
        await create(view)
        await put('a')
        await put('a', { n: { N: '1' } })
        await remove('a')
        const shown = (await records()).map(({ dynamodb = {} }) => ['NewImage', 'OldImage'].filter((image) => image in dynamodb))
        expect(shown).to.deep.equal(images)
        expect((await records())[0]?.dynamodb?.StreamViewType).to.equal(view)
      })
    }

    it('are not made by what leaves an item as it was', async () => {
      await create('NEW_AND_OLD_IMAGES')
      const values = { n: { N: '1' }, s: { SS: ['x', 'y'] }, m: { M: { l: { L: [{ N: '10' }, { BOOL: true }] } } } }
      await put('a', values)
      await put('a', { ...values, n: { N: '1.0' }, s: { SS: ['y', 'x'] } })
      await update('a', 'SET n = :n', { ':n': { N: '1' } })
      await update('a')
      await remove('absent')
      expect(await names()).to.deep.equal(['INSERT a'])
    })

    it('are made by batches, and by transactions as a whole and in their order', async () => {
      await create('KEYS_ONLY')
      const write = (sk: string) => ({ PutRequest: { Item: key(sk) } })
      await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: [write('a'), write('b')] } }))
      const Put = (sk: string) => ({ Put: { TableName: tableName, Item: key(sk) } })
      const Delete = { Delete: { TableName: tableName, Key: key('a') } }
      await client.send(new TransactWriteItemsCommand({ TransactItems: [Put('z'), Delete, Put('c')] }))
      expect(await names()).to.deep.equal(['INSERT a', 'INSERT b', 'INSERT z', 'REMOVE a', 'INSERT c'])
    })

    it('are not made by a cancelled transaction, a failed condition or a repeated token', async () => {
      await create('KEYS_ONLY')
      const Put = (sk: string) => ({ TableName: tableName, Item: key(sk) })
      const ConditionExpression = 'attribute_exists(pk)'
      const cancelled = { TransactItems: [{ Put: Put('a') }, { Put: { ...Put('b'), ConditionExpression } }] }
      await failureOf(client.send(new TransactWriteItemsCommand(cancelled)))
      await failureOf(client.send(new PutItemCommand({ ...Put('a'), ConditionExpression })))
      const once = { TransactItems: [{ Put: Put('c') }], ClientRequestToken: 'token' }
      await client.send(new TransactWriteItemsCommand(once))
      await remove('c')
      await client.send(new TransactWriteItemsCommand(once))
      expect(await names()).to.deep.equal(['INSERT c', 'REMOVE c'])
    })

    it('name the service as the one that deletes by time to live', async () => {
      await create('OLD_IMAGE')
      const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expiresAt' }
      await client.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification }))
      await put('expired', { expiresAt: { N: String(now) } })
      await put('deleted')
      await remove('deleted')
      await engine.expire()
      const removals = (await records()).filter(({ eventName }) => eventName === 'REMOVE')
      expect(removals.map(({ dynamodb, userIdentity }) => [dynamodb?.Keys?.sk?.S, userIdentity])).to.deep.equal([
        ['deleted', undefined],
        ['expired', { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' }],
      ])
      expect(removals[1]?.dynamodb?.OldImage).to.deep.equal({ ...key('expired'), expiresAt: { N: String(now) } })
    })

    it('keep an attribute named __proto__', async () => {
      await create('NEW_IMAGE')
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: Object.fromEntries([...Object.entries(key('a')), ['__proto__', { S: 'x' }]]),
        }),
      )
      expect(Object.keys((await records())[0]?.dynamodb?.NewImage ?? {})).to.include('__proto__')
    })
  })

  describe('iterators', () => {
    beforeEach(async () => {
      await create('KEYS_ONLY')
      for (const sk of ['a', 'b', 'c']) await put(sk)
    })
    const from = async (position: Partial<GetShardIteratorCommandInput>) => {
      const iterator = await iteratorOf(streams, await arnOf(streams, tableName), position)
      return (await recordsFrom(streams, iterator)).map(({ dynamodb }) => dynamodb?.Keys?.sk?.S)
    }

    const positions: [Partial<GetShardIteratorCommandInput>, string[]][] = [
      [{ ShardIteratorType: 'TRIM_HORIZON' }, ['a', 'b', 'c']],
      [{ ShardIteratorType: 'LATEST' }, []],
      [{ ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: sequence(2) }, ['b', 'c']],
      [{ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: sequence(2) }, ['c']],
      [{ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: sequence(3) }, []],
    ]
    for (const [position, expected] of positions) {
      it(`begin at ${position.ShardIteratorType} ${position.SequenceNumber ?? ''}`, async () => {
        expect(await from(position)).to.deep.equal(expected)
      })
    }

    it('at LATEST see what is written from then on', async () => {
      const iterator = await iteratorOf(streams, await arnOf(streams, tableName), { ShardIteratorType: 'LATEST' })
      await put('d')
      expect((await recordsFrom(streams, iterator)).map(({ dynamodb }) => dynamodb?.Keys?.sk?.S)).to.deep.equal(['d'])
    })

    it('give a page and the next iterator, also when there is nothing yet', async () => {
      const first = await iteratorOf(streams, await arnOf(streams, tableName))
      const page = await streams.send(new GetRecordsCommand({ ShardIterator: first, Limit: 2 }))
      expect(page.Records).to.have.length(2)
      const rest = await streams.send(new GetRecordsCommand({ ShardIterator: page.NextShardIterator }))
      expect(rest.Records).to.have.length(1)
      const none = await streams.send(new GetRecordsCommand({ ShardIterator: rest.NextShardIterator }))
      expect(none.Records).to.deep.equal([])
      await put('d')
      expect(await recordsFrom(streams, none.NextShardIterator ?? '')).to.have.length(1)
    })

    it('give at most 1 MB at once, but always a record', async () => {
      for (const sk of ['d', 'e', 'f']) await put(sk, { text: { S: 'x'.repeat(390_000) } })
      await setStream(false)
      await setStream(true, 'NEW_IMAGE')
      for (const sk of ['g', 'h', 'i']) await put(sk, { text: { S: 'x'.repeat(390_000) } })
      const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
      const iterator = await iteratorOf(streams, Table?.LatestStreamArn ?? '')
      expect((await streams.send(new GetRecordsCommand({ ShardIterator: iterator }))).Records).to.have.length(2)
      expect(await recordsFrom(streams, iterator)).to.have.length(3)
    })

    it('expire after fifteen minutes', async () => {
      const iterator = await iteratorOf(streams, await arnOf(streams, tableName))
      engine.clock.advance(15 * 60 * 1000)
      expect(await recordsFrom(streams, iterator)).to.have.length(3)
      engine.clock.advance(1)
      const failure = await failureOf(streams.send(new GetRecordsCommand({ ShardIterator: iterator })))
      expect(failure.name).to.equal('ExpiredIteratorException')
    })

    it('are refused when they are none', async () => {
      const iterator = await iteratorOf(streams, await arnOf(streams, tableName))
      for (const ShardIterator of ['x', `${iterator}x`, iterator.replace('|1|', '|2|'), iterator.slice(0, -4)]) {
        const failure = await failureOf(streams.send(new GetRecordsCommand({ ShardIterator })))
        expect(failure, ShardIterator).to.include({ name: 'ValidationException', message: 'Invalid ShardIterator' })
      }
    })

    const refused: [string, object, string, RegExp][] = [
      [
        'an unknown shard',
        { ShardId: `shardId-${'0'.repeat(20)}-00000000` },
        'ResourceNotFoundException',
        /Shard does not exist/,
      ],
      [
        'an unknown stream',
        { StreamArn: `arn:aws:dynamodb:us-east-1:000000000000:table/none/stream/x` },
        'ResourceNotFoundException',
        /not found/,
      ],
      ['no sequence number', { ShardIteratorType: 'AT_SEQUENCE_NUMBER' }, 'ValidationException', /Invalid SequenceNumber/],
      [
        'no number',
        { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: 'x'.repeat(21) },
        'ValidationException',
        /Invalid SequenceNumber/,
      ],
      [
        'a short number',
        { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: '1' },
        'ValidationException',
        /at 'sequenceNumber'/,
      ],
      ['a sequence number where none belongs', { SequenceNumber: sequence(1) }, 'ValidationException', /should not be passed/],
      ['an unknown type', { ShardIteratorType: 'FIRST' }, 'ValidationException', /at 'shardIteratorType'/],
    ]
    for (const [what, more, name, message] of refused) {
      it(`are not given for ${what}`, async () => {
        const position = { ShardIteratorType: 'TRIM_HORIZON', ...more } as Partial<GetShardIteratorCommandInput>
        const failure = await failureOf(arnOf(streams, tableName).then((arn) => withShard(arn, position)))
        expect(failure.name).to.equal(name)
        expect(failure.message).to.match(message)
      })
    }
    const withShard = async (StreamArn: string, position: Partial<GetShardIteratorCommandInput>) => {
      const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }))
      const ShardId = StreamDescription?.Shards?.[0]?.ShardId
      return streams.send(new GetShardIteratorCommand({ StreamArn, ShardId, ...position } as GetShardIteratorCommandInput))
    }

    for (const Limit of [0, 1001]) {
      it(`refuse a limit of ${Limit}`, async () => {
        const ShardIterator = await iteratorOf(streams, await arnOf(streams, tableName))
        const failure = await failureOf(streams.send(new GetRecordsCommand({ ShardIterator, Limit })))
        expect(failure.name).to.equal('ValidationException')
      })
    }
  })

  describe('retention', () => {
    it('is 24 hours on the engine clock', async () => {
      await create('KEYS_ONLY')
      await put('a')
      engine.clock.advance(12 * hours)
      await put('b')
      engine.clock.advance(12 * hours - 1)
      expect(await names()).to.deep.equal(['INSERT a', 'INSERT b'])
      engine.clock.advance(1)
      expect(await names()).to.deep.equal(['INSERT b'])
      const trimmed = { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: sequence(1) } as const
      const failure = await failureOf(iteratorOf(streams, await arnOf(streams, tableName), trimmed))
      expect(failure.name).to.equal('TrimmedDataAccessException')
    })

    it('refuses an iterator whose records are gone', async () => {
      await create('KEYS_ONLY')
      await put('a')
      engine.clock.advance(24 * hours - 1)
      const ShardIterator = await iteratorOf(streams, await arnOf(streams, tableName))
      engine.clock.advance(1)
      const failure = await failureOf(streams.send(new GetRecordsCommand({ ShardIterator })))
      expect(failure.name).to.equal('TrimmedDataAccessException')
    })

    it('also bounds what a stream holds that nobody reads', () => {
      const log: Streams = new Map()
      const description = { TableName: 't', TableStatus: 'ACTIVE', KeySchema: [], AttributeDefinitions: [] }
      const table = emptyTable(description)
      openStream(log, table, 'KEYS_ONLY', 0)
      const change = { table: description, key: '', before: undefined, after: {}, indexes: [] }
      for (let hour = 0; hour < 100; hour++) logChanges(new Map([['t', table]]), [change], hour * hours, false)
      expect(table.stream?.changes).to.have.length.within(24, 26)
      expect(table.stream?.next).to.equal(101)
    })
  })

  describe('of a table', () => {
    it('are listed and described', async () => {
      const { TableDescription } = await create('NEW_IMAGE')
      const StreamArn = `arn:aws:dynamodb:us-east-1:000000000000:table/${tableName}/stream/2027-01-15T08:00:00.000`
      expect(TableDescription).to.deep.include({
        LatestStreamArn: StreamArn,
        LatestStreamLabel: '2027-01-15T08:00:00.000',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      })
      const listed = { StreamArn, TableName: tableName, StreamLabel: '2027-01-15T08:00:00.000' }
      expect((await streams.send(new ListStreamsCommand({}))).Streams).to.deep.equal([listed])
      expect((await streams.send(new ListStreamsCommand({ TableName: 'other' }))).Streams).to.deep.equal([])
      const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }))
      expect(StreamDescription).to.deep.include({ ...listed, StreamStatus: 'ENABLED', StreamViewType: 'NEW_IMAGE' })
      expect(StreamDescription?.KeySchema).to.deep.equal(tableInput.KeySchema)
      expect(StreamDescription?.Shards?.map((shard) => shard.SequenceNumberRange)).to.deep.equal([
        { StartingSequenceNumber: sequence(1) },
      ])
    })

    it('are listed page by page', async () => {
      await create('NEW_IMAGE')
      for (const view of ['KEYS_ONLY', 'OLD_IMAGE'] as const) {
        await setStream(false)
        await setStream(true, view)
      }
      const arns: (string | undefined)[] = []
      let start: string | undefined
      do {
        const page = await streams.send(
          new ListStreamsCommand({ TableName: tableName, Limit: 2, ExclusiveStartStreamArn: start }),
        )
        arns.push(...(page.Streams ?? []).map(({ StreamArn }) => StreamArn))
        start = page.LastEvaluatedStreamArn
      } while (start !== undefined)
      expect(new Set(arns)).to.have.property('size', 3)
      expect(arns).to.have.length(3)
    })

    it('are disabled, readable to their end, and enabled as others', async () => {
      await create('KEYS_ONLY')
      const arn = await arnOf(streams, tableName)
      await put('a')
      const { TableDescription } = await setStream(false)
      expect(TableDescription).to.include({ LatestStreamArn: arn }).and.not.have.property('StreamSpecification')
      await put('unseen')
      const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: arn }))
      expect(StreamDescription?.StreamStatus).to.equal('DISABLED')
      expect(StreamDescription?.Shards?.[0]?.SequenceNumberRange?.EndingSequenceNumber).to.equal(sequence(1))
      const last = await streams.send(new GetRecordsCommand({ ShardIterator: await iteratorOf(streams, arn) }))
      expect(last.Records).to.have.length(1)
      expect(last).to.not.have.property('NextShardIterator')
      const again = await setStream(true, 'NEW_IMAGE')
      expect(again.TableDescription?.LatestStreamArn).to.not.equal(arn)
      await put('b')
      expect(await recordsFrom(streams, await iteratorOf(streams, again.TableDescription?.LatestStreamArn ?? ''))).to.have.length(
        1,
      )
      engine.clock.advance(24 * hours)
      expect(await arnOf(streams, tableName)).to.equal(again.TableDescription?.LatestStreamArn)
    })

    it('outlive it for a day', async () => {
      await create('OLD_IMAGE')
      await put('a')
      const arn = await arnOf(streams, tableName)
      await client.send(new DeleteTableCommand({ TableName: tableName }))
      await create('NEW_IMAGE')
      await put('b')
      expect(await recordsFrom(streams, await iteratorOf(streams, arn))).to.have.length(1)
      engine.clock.advance(24 * hours)
      const failure = await failureOf(streams.send(new DescribeStreamCommand({ StreamArn: arn })))
      expect(failure.name).to.equal('ResourceNotFoundException')
    })

    const contradictions: [string, object, RegExp][] = [
      ['enabled without a view', { StreamEnabled: true }, /StreamViewType: Stream ViewType must not be null or empty/],
      [
        'disabled with a view',
        { StreamEnabled: false, StreamViewType: 'NEW_IMAGE' },
        /StreamEnabled was false but a StreamViewType/,
      ],
      ['neither', { StreamViewType: 'NEW_IMAGE' }, /streamEnabled/],
      ['an unknown view', { StreamEnabled: true, StreamViewType: 'ALL' }, /streamViewType/],
    ]
    for (const [what, StreamSpecification, message] of contradictions) {
      it(`are refused when they are ${what}`, async () => {
        const input = { ...tableInput, StreamSpecification } as typeof tableInput
        const failure = await failureOf(client.send(new CreateTableCommand(input)))
        expect(failure.name).to.equal('ValidationException')
        expect(failure.message).to.match(message)
        expect((await failureOf(client.send(new DescribeTableCommand({ TableName: tableName })))).name).to.equal(
          'ResourceNotFoundException',
        )
      })
    }

    it('are neither enabled nor disabled twice', async () => {
      await create('KEYS_ONLY')
      expect((await failureOf(setStream(true, 'NEW_IMAGE'))).message).to.equal('Table already has an enabled stream')
      await setStream(false)
      expect((await failureOf(setStream(false))).message).to.equal('Table has no stream to disable')
    })

    it('are not there unless asked for', async () => {
      await client.send(new CreateTableCommand({ ...tableInput, StreamSpecification: { StreamEnabled: false } }))
      await put('a')
      expect((await streams.send(new ListStreamsCommand({}))).Streams).to.deep.equal([])
    })
  })

  describe('client', () => {
    it('reaches the engine over HTTP too', async () => {
      await create('NEW_IMAGE')
      await put('a', { bytes: { B: new Uint8Array([0, 255]) } })
      const config = { endpoint: engine.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } }
      for (const other of [new DynamoDBStreamsClient(config), engine.streamsClient({ endpoint: engine.endpoint })]) {
        const [record] = await allRecords(other, tableName)
        expect(record?.dynamodb?.NewImage?.bytes?.B).to.deep.equal(new Uint8Array([0, 255]))
        other.destroy()
      }
    })

    it('is refused by a closed engine', async () => {
      await engine.close()
      expect(() => engine.streamsClient()).to.throw(/embedded engine is closed/)
      expect((await failureOf(streams.send(new ListStreamsCommand({})))).message).to.match(/embedded engine is closed/)
    })

    it('says what to install when its package is missing', () => {
      const missing = () => {
        throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' })
      }
      expect(() => makeStreamsClient({}, missing)).to.throw('npm install --save-dev @aws-sdk/client-dynamodb-streams')
    })
  })
})
