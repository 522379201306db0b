import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type ReturnConsumedCapacity,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { createTable, failureOf, tableName } from './tables.ts'

const keyOf = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } })
const itemOf = (sk: string) => ({ ...keyOf(sk), data: { S: 'x'.repeat(1500) } })
const put = (sk: string) => new PutItemCommand({ TableName: tableName, Item: itemOf(sk) })
const query = new QueryCommand({
  TableName: tableName,
  KeyConditionExpression: 'pk = :p',
  ExpressionAttributeValues: { ':p': { S: 'p' } },
})

describe('the request log', () => {
  let engine: LocalEngine
  let client: DynamoDBClient
  beforeEach(async () => {
    engine = await startLocal()
    client = engine.client({ maxAttempts: 1 })
    await createTable(client)
    engine.requests.clear()
  })
  afterEach(() => engine.close())

  it('lets a test assert one Query of half a unit', async () => {
    await client.send(query)
    expect(engine.requests.of('Query')).to.have.length(1)
    expect(engine.requests.capacity()).to.deep.equal({ read: 0.5, write: 0 })
  })

  it('has each request as it came, in the order of their effects', async () => {
    await client.send(put('a'))
    await client.send(new GetItemCommand({ TableName: tableName, Key: keyOf('a'), ConsistentRead: true }))
    expect([...engine.requests]).to.deep.equal([
      {
        operation: 'PutItem',
        tables: [tableName],
        params: { TableName: tableName, Item: itemOf('a') },
        outcome: 'ok',
        consumedCapacity: 2,
      },
      {
        operation: 'GetItem',
        tables: [tableName],
        params: { TableName: tableName, Key: keyOf('a'), ConsistentRead: true },
        outcome: 'ok',
        consumedCapacity: 1,
      },
    ])
  })

  const indexed = { TableName: tableName, Item: { ...keyOf('a'), g: { S: 'g' }, h: { S: 'h' }, n: { N: '1' } } }
  const gets = [{ Get: { TableName: tableName, Key: keyOf('a') } }]
  const costs: [name: string, run: () => Promise<unknown>, capacity: { read: number; write: number }][] = [
    ['a write, with its index rows', () => client.send(new PutItemCommand(indexed)), { read: 0, write: 3 }],
    ['a scan', () => client.send(new ScanCommand({ TableName: tableName })), { read: 0.5, write: 0 }],
    [
      'a batch of reads',
      () => client.send(new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: [keyOf('a'), keyOf('b')] } } })),
      { read: 1, write: 0 },
    ],
    [
      'a batch of writes',
      () => client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: [{ PutRequest: { Item: itemOf('a') } }] } })),
      { read: 0, write: 2 },
    ],
    [
      'a transaction of writes',
      () => client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: tableName, Item: itemOf('a') } }] })),
      { read: 0, write: 4 },
    ],
    ['a transaction of reads', () => client.send(new TransactGetItemsCommand({ TransactItems: gets })), { read: 2, write: 0 }],
  ]
  for (const [name, run, capacity] of costs) {
    it(`counts the cost of ${name}`, async () => {
      await run()
      expect(engine.requests.capacity()).to.deep.equal(capacity)
      expect([...engine.requests][0]).to.include({ consumedCapacity: capacity.read + capacity.write })
    })
  }

  it('counts the repetition of a transaction as a read', async () => {
    const TransactItems = [{ Put: { TableName: tableName, Item: keyOf('a') } }]
    const write = new TransactWriteItemsCommand({ TransactItems, ClientRequestToken: 'token' })
    await client.send(write)
    await client.send(write)
    expect(engine.requests.capacity()).to.deep.equal({ read: 2, write: 2 })
    expect(engine.requests.capacity('Query')).to.deep.equal({ read: 0, write: 0 })
  })

  for (const mode of [undefined, 'NONE', 'TOTAL', 'INDEXES'] as (ReturnConsumedCapacity | undefined)[]) {
    it(`leaves the answer as it is, when capacity is asked for as ${mode}`, async () => {
      const asked = mode === undefined ? {} : { ReturnConsumedCapacity: mode }
      const { ConsumedCapacity } = await client.send(new PutItemCommand({ TableName: tableName, Item: keyOf('a'), ...asked }))
      const total = { TableName: tableName, CapacityUnits: 1 }
      const answers = { NONE: undefined, TOTAL: total, INDEXES: { ...total, Table: { CapacityUnits: 1 } } }
      expect(ConsumedCapacity).to.deep.equal(answers[mode ?? 'NONE'])
      expect(engine.requests.of('PutItem')[0]?.params).to.deep.equal({ TableName: tableName, Item: keyOf('a'), ...asked })
      expect(engine.requests.capacity()).to.deep.equal({ read: 0, write: 1 })
    })
  }

  it('leaves the answer to a repeated transaction as it is', async () => {
    const TransactItems = [{ Put: { TableName: tableName, Item: keyOf('a') } }]
    const write = () => client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken: 'token' }))
    expect(await write()).to.not.have.property('ConsumedCapacity')
    expect(await write()).to.not.have.property('ConsumedCapacity')
  })

  it('has refusals by name, which consume nothing', async () => {
    await failureOf(client.send(new PutItemCommand({ ...put('a').input, ConditionExpression: 'attribute_exists(pk)' })))
    await failureOf(client.send(new GetItemCommand({ TableName: 'none', Key: keyOf('a') })))
    expect([...engine.requests].map(({ outcome, consumedCapacity }) => [outcome, consumedCapacity])).to.deep.equal([
      ['ConditionalCheckFailedException', 0],
      ['ResourceNotFoundException', 0],
    ])
  })

  it('has the faults, with what has been done in spite of them', async () => {
    const faults = [
      { kind: 'disconnect', times: 1 },
      { kind: 'internalError', when: 'after', times: 1 },
      { kind: 'latency', milliseconds: 0, times: 1 },
    ] as const
    for (const fault of faults) engine.faults.add(fault)
    await failureOf(client.send(put('a')))
    await failureOf(client.send(put('a')))
    await client.send(put('a'))
    expect([...engine.requests].map(({ outcome, consumedCapacity, fault }) => [outcome, consumedCapacity, fault])).to.deep.equal([
      ['TimeoutError', 0, faults[0]],
      ['InternalServerError', 2, faults[1]],
      ['ok', 2, faults[2]],
    ])
  })

  it('has the whole of a batch that was done in part, and the cost of that part', async () => {
    engine.faults.add({ kind: 'unprocessed', share: 0.001 })
    const RequestItems = { [tableName]: ['a', 'b', 'c'].map((sk) => ({ PutRequest: { Item: itemOf(sk) } })) }
    await client.send(new BatchWriteItemCommand({ RequestItems }))
    expect([...engine.requests][0]).to.deep.include({ params: { RequestItems }, outcome: 'ok', consumedCapacity: 4 })
  })

  it('has what came through HTTP, malformed requests among it', async () => {
    const post = (operation: string, body: string) =>
      fetch(engine.endpoint, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}` },
      })
    await post('GetItem', `{"TableName":"${tableName}","Key":{"pk":{"S":"p"},"sk":{"S":"a"}}}`)
    await post('Nothing', '{}')
    await post('GetItem', '{')
    expect([...engine.requests].map(({ operation, params, outcome }) => [operation, Object.keys(params), outcome])).to.deep.equal(
      [
        ['GetItem', ['TableName', 'Key'], 'ok'],
        ['Nothing', [], 'UnknownOperationException'],
        ['GetItem', [], 'SerializationException'],
      ],
    )
  })

  it('names every table of a request', async () => {
    await client.send(
      new TransactGetItemsCommand({
        TransactItems: [...gets, ...gets.map(() => ({ Get: { TableName: tableName, Key: keyOf('b') } }))],
      }),
    )
    await failureOf(
      client.send(new BatchGetItemCommand({ RequestItems: { one: { Keys: [keyOf('a')] }, two: { Keys: [keyOf('a')] } } })),
    )
    await failureOf(
      client.send(new TransactGetItemsCommand({ TransactItems: [...gets, { Get: { TableName: 'none', Key: keyOf('a') } }] })),
    )
    expect([...engine.requests].map(({ tables }) => tables)).to.deep.equal([[tableName], ['one', 'two'], [tableName, 'none']])
  })

  it('gives the same object for the same request, which nobody can change', async () => {
    await client.send(query)
    const [first] = engine.requests
    expect([...engine.requests][0]).to.equal(first)
    expect(engine.requests.of('Query')[0]).to.equal(first)
    expect(Object.isFrozen(first)).to.equal(true)
  })

  it('forgets when told to', async () => {
    await client.send(query)
    engine.requests.clear()
    expect(engine.requests).to.have.length(0)
    expect([...engine.requests]).to.deep.equal([])
    expect(engine.requests.capacity()).to.deep.equal({ read: 0, write: 0 })
  })

  it('sums up the operations that are asked for', async () => {
    await client.send(put('a'))
    await client.send(new GetItemCommand({ TableName: tableName, Key: keyOf('b') }))
    await client.send(query)
    expect(engine.requests.capacity('PutItem')).to.deep.equal({ read: 0, write: 2 })
    expect(engine.requests.of('PutItem', 'Query').map(({ operation }) => operation)).to.deep.equal(['PutItem', 'Query'])
  })
})

describe('the limits of the request log', () => {
  const logged = ({ requests }: LocalEngine) => [...requests].map(({ params }) => (params.Key as ReturnType<typeof keyOf>).sk.S)
  const read = async (engine: LocalEngine, from: number, to: number) => {
    const client = engine.client()
    for (let at = from; at < to; at++) await client.send(new GetItemCommand({ TableName: tableName, Key: keyOf(String(at)) }))
  }

  it('keep the newest requests, and count those that are dropped', async () => {
    await using engine = await startLocal({ requestLimit: 3 })
    await createTable(engine.client())
    engine.requests.clear()
    await read(engine, 0, 3)
    expect(engine.requests.dropped).to.equal(0)
    await read(engine, 3, 20)
    expect(logged(engine)).to.deep.equal(['17', '18', '19'])
    expect(engine.requests).to.include({ length: 3, dropped: 17 })
    engine.requests.clear()
    expect(engine.requests).to.include({ length: 0, dropped: 0 })
  })

  it('keep 64 MB of bodies', async () => {
    await using engine = await startLocal()
    const client = engine.client()
    await createTable(client)
    engine.requests.clear()
    // Ten requests of 8 MB, refused for their size; they are kept all the same.
    const Item = { ...keyOf('a'), data: { S: 'x'.repeat(8 * 1024 * 1024 - 100) } }
    for (let run = 0; run < 10; run++) await failureOf(client.send(new PutItemCommand({ TableName: tableName, Item })))
    expect(engine.requests).to.include({ length: 8, dropped: 2 })
  })

  it('of 0 keep nothing', async () => {
    await using engine = await startLocal({ requestLimit: 0 })
    await createTable(engine.client())
    await read(engine, 0, 2)
    expect(engine.requests).to.include({ length: 0, dropped: 0 })
  })
})
