// The same cases through HTTP and in process, and what only HTTP can be asked.
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TagResourceCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { crc32 } from '../../lib/keys/crc32.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { createTable, failureOf, tableName } from './tables.ts'

const key = { pk: { S: 'user' }, sk: { S: 'profile' } }

const cases: Record<string, (client: DynamoDBClient) => Promise<void>> = {
  'puts, gets, updates and deletes': async (client) => {
    await client.send(new PutItemCommand({ TableName: tableName, Item: { ...key, visits: { N: '1' } } }))
    const updated = await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: key,
        UpdateExpression: 'ADD visits :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
        ReturnValues: 'ALL_NEW',
      }),
    )
    expect(updated.Attributes).to.deep.equal({ ...key, visits: { N: '2' } })
    const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: key }))
    expect(Item).to.deep.equal({ ...key, visits: { N: '2' } })
    await client.send(new DeleteItemCommand({ TableName: tableName, Key: key }))
    expect(await client.send(new GetItemCommand({ TableName: tableName, Key: key }))).to.not.have.property('Item')
  },
  'writes and reads batches': async (client) => {
    const keys = ['a', 'b', 'c'].map((sk) => ({ pk: { S: 'batch' }, sk: { S: sk } }))
    const puts = keys.map((Item) => ({ PutRequest: { Item } }))
    await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: puts } }))
    const { Responses } = await client.send(new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: keys } } }))
    expect(Responses?.[tableName]).to.have.deep.members(keys)
    const { Items } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :p AND sk > :s',
        ExpressionAttributeValues: { ':p': { S: 'batch' }, ':s': { S: 'a' } },
        ScanIndexForward: false,
      }),
    )
    expect(Items?.map(({ sk }) => sk?.S)).to.deep.equal(['c', 'b'])
    expect((await client.send(new ScanCommand({ TableName: tableName, Select: 'COUNT' }))).Count).to.equal(3)
  },
  'returns the item with a failed condition when asked': async (client) => {
    const Item = { ...key, v: { N: '1' } }
    await client.send(new PutItemCommand({ TableName: tableName, Item }))
    const put = { TableName: tableName, Item: key, ConditionExpression: 'attribute_not_exists(pk)' }
    const plain = await failureOf(client.send(new PutItemCommand(put)))
    expect(plain).to.include({ name: 'ConditionalCheckFailedException', message: 'The conditional request failed' })
    expect(plain.Item).to.equal(undefined)
    const asked = await failureOf(client.send(new PutItemCommand({ ...put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })))
    expect(asked.Item).to.deep.equal(Item)
  },
  'changes and describes tables': async (client) => {
    const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 6 }
    const indexes = ['byGroup', 'byNumber'].map((IndexName) => ({ Update: { IndexName, ProvisionedThroughput } }))
    const change = { TableName: tableName, ProvisionedThroughput, GlobalSecondaryIndexUpdates: indexes }
    await client.send(new UpdateTableCommand({ ...change, BillingMode: 'PROVISIONED' }))
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
    expect(Table?.TableStatus).to.equal('ACTIVE')
    expect(Table?.ProvisionedThroughput).to.include(ProvisionedThroughput)
    await client.send(new TagResourceCommand({ ResourceArn: Table?.TableArn, Tags: [{ Key: 'team', Value: 'shop' }] }))
    const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: Table?.TableArn }))
    expect(Tags).to.deep.equal([{ Key: 'team', Value: 'shop' }])
  },
  'forgets a deleted table, also when it is created again at once': async (client) => {
    await client.send(new PutItemCommand({ TableName: tableName, Item: key }))
    await client.send(new DeleteTableCommand({ TableName: tableName }))
    expect(await failureOf(client.send(new GetItemCommand({ TableName: tableName, Key: key })))).to.include({
      name: 'ResourceNotFoundException',
    })
    await createTable(client)
    expect(await client.send(new GetItemCommand({ TableName: tableName, Key: key }))).to.not.have.property('Item')
    expect(await failureOf(createTable(client))).to.include({ name: 'ResourceInUseException' })
  },
}

for (const transport of ['in process', 'HTTP'] as const) {
  describe(`an engine reached ${transport === 'HTTP' ? 'through HTTP' : transport}`, () => {
    let engine: LocalEngine
    let client: DynamoDBClient
    beforeEach(async () => {
      engine = await startLocal()
      client = engine.client(transport === 'HTTP' ? { endpoint: engine.endpoint } : {})
      await createTable(client)
    })
    afterEach(() => engine.close())
    for (const [name, run] of Object.entries(cases)) it(name, () => run(client))
  })
}

describe('the HTTP endpoint', () => {
  let engine: LocalEngine
  before(async () => {
    engine = await startLocal()
  })
  after(() => engine.close())

  const post = (operation: string, body: string, headers = {}) =>
    fetch(engine.endpoint, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}`, ...headers },
    })

  const refusals: [name: string, operation: string, body: string, status: number, type: RegExp][] = [
    ['broken JSON', 'PutItem', '{"TableName":', 400, /#SerializationException$/],
    ['no body', 'PutItem', '', 400, /#SerializationException$/],
    ['a body that is no object', 'PutItem', '[1]', 400, /#SerializationException$/],
    ['a null body', 'PutItem', 'null', 400, /#SerializationException$/],
    ['a member of the wrong type', 'PutItem', '{"TableName":1}', 400, /#SerializationException$/],
    ['a missing member', 'PutItem', '{}', 400, /#ValidationException$/],
    ['an unknown operation', 'constructor', '{}', 400, /#UnknownOperationException$/],
    ['an unknown table', 'DescribeTable', '{"TableName":"none"}', 400, /#ResourceNotFoundException$/],
    ['more than 16 MB', 'PutItem', `"${'x'.repeat(16 * 1024 * 1024)}"`, 413, /#RequestEntityTooLargeException$/],
  ]
  for (const [name, operation, body, status, type] of refusals) {
    it(`refuses ${name}, and goes on serving`, async () => {
      const response = await post(operation, body)
      expect(response.status).to.equal(status)
      expect(((await response.json()) as { __type: string }).__type).to.match(type)
      expect((await post('ListTables', '{}')).status).to.equal(200)
    })
  }

  // The SDK loses such a name itself, so this is asked without it.
  it('keeps an attribute named __proto__', async () => {
    await createTable(engine.client())
    const item = '{"pk":{"S":"p"},"sk":{"S":"__proto__"},"__proto__":{"M":{"__proto__":{"S":"a \\"__proto__\\": b"}}}}'
    expect((await post('PutItem', `{"TableName":"engine","Item":${item}}`)).status).to.equal(200)
    const get = '{"TableName":"engine","Key":{"pk":{"S":"p"},"sk":{"S":"__proto__"}}'
    expect(await (await post('GetItem', `${get}}`)).text()).to.equal(`{"Item":${item}}`)
    const projection =
      '"ProjectionExpression":"#__proto__.#p","ExpressionAttributeNames":{"#__proto__":"__proto__","#p": "__proto__"}'
    expect(await (await post('GetItem', `${get},${projection}}`)).text()).to.equal(
      '{"Item":{"__proto__":{"M":{"__proto__":{"S":"a \\"__proto__\\": b"}}}}}',
    )
  })

  it('sends a request id, the length in bytes and a checksum', async () => {
    const response = await post('ListTables', '{"ExclusiveStartTableName":"aé€😀"}')
    const body = new Uint8Array(await response.arrayBuffer())
    expect(new TextDecoder().decode(body)).to.include('aé€😀')
    expect(response.headers.get('content-length')).to.equal(String(body.length))
    expect(response.headers.get('x-amz-crc32')).to.equal(String(crc32(body)))
    expect(response.headers.get('x-amzn-requestid')).to.have.length.greaterThan(10)
    expect(response.headers.get('content-type')).to.equal('application/x-amz-json-1.0')
  })

  it('serves others while an upload stalls', async () => {
    const abort = new AbortController()
    const stalled = new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from('{')) })
    const upload = failureOf(
      fetch(engine.endpoint, { method: 'POST', body: stalled, duplex: 'half', signal: abort.signal } as RequestInit),
    )
    expect((await post('ListTables', '{}')).status).to.equal(200)
    abort.abort()
    await upload
  })
})
