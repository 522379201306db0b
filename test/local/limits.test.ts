// Limits, expressions and capacity where dynalite alone differs from DynamoDB.
import {
  type AttributeValue,
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { createTable, failureOf, tableName } from './tables.ts'

type Item = Record<string, AttributeValue>
const Key = { pk: { S: 'p' }, sk: { S: 's' } }

/** A value inside so many maps, or lists and maps in turn. */
function nested(containers: number, mixed = false, innermost: AttributeValue = { S: 'x' }): AttributeValue {
  let value = innermost
  for (let level = 0; level < containers; level++) value = mixed && level % 2 === 1 ? { L: [value] } : { M: { a: value } }
  return value
}

describe('a write', () => {
  let engine: LocalEngine
  let client: DynamoDBClient
  beforeEach(async () => {
    engine = await startLocal()
    client = engine.client()
    await createTable(client)
  })
  afterEach(() => engine.close())

  const put = (more: Item, input: Partial<PutItemCommandInput> = {}) =>
    client.send(new PutItemCommand({ TableName: tableName, Item: { ...Key, ...more }, ...input }))
  const update = (UpdateExpression: string, values?: Item, input: Partial<UpdateItemCommandInput> = {}) =>
    client.send(
      new UpdateItemCommand({ TableName: tableName, Key, UpdateExpression, ExpressionAttributeValues: values, ...input }),
    )
  const item = async () => (await client.send(new GetItemCommand({ TableName: tableName, Key }))).Item

  it('has expressions of up to 4,096 bytes, spaces included', async () => {
    const padded = (text: string, bytes: number) => text + ' '.repeat(bytes - text.length)
    const [there, all] = ['attribute_exists(pk)', 'pk = :p']
    const values = { ':p': { S: 'p' } }
    const requests: Record<string, [(bytes: number) => Promise<unknown>, tellsSize: boolean]> = {
      UpdateExpression: [(bytes) => update(padded('SET a = :p', bytes), values), false],
      ConditionExpression: [(bytes) => put({}, { ConditionExpression: padded(there, bytes) }), true],
      FilterExpression: [
        (bytes) => client.send(new ScanCommand({ TableName: tableName, FilterExpression: padded(there, bytes) })),
        true,
      ],
      KeyConditionExpression: [
        (bytes) =>
          client.send(
            new QueryCommand({
              TableName: tableName,
              KeyConditionExpression: padded(all, bytes),
              ExpressionAttributeValues: values,
            }),
          ),
        true,
      ],
      ProjectionExpression: [
        (bytes) => client.send(new GetItemCommand({ TableName: tableName, Key, ProjectionExpression: padded('pk', bytes) })),
        false,
      ],
    }
    await put({})
    for (const [name, [send, tellsSize]] of Object.entries(requests)) {
      await send(4096)
      const { message } = await failureOf(send(4097))
      const size = tellsSize ? ' expression size: 4097' : ''
      expect(message).to.equal(`Invalid ${name}: Expression size has exceeded the maximum allowed size;${size}`)
    }
    const ConditionExpression = padded(there, 4097)
    const transaction = new TransactWriteItemsCommand({
      TransactItems: [{ ConditionCheck: { TableName: tableName, Key, ConditionExpression } }],
    })
    expect((await failureOf(client.send(transaction))).message).to.match(/^Invalid ConditionExpression: Expression size/)
  })

  const refused: [name: string, item: Item, message: RegExp][] = [
    [
      'an empty index key',
      { g: { S: '' } },
      /not supported\. The AttributeValue for a key attribute cannot contain an empty string value\. IndexName: byGroup, IndexKey: g$/,
    ],
    ['an empty key of a local index', { l: { S: '' } }, /IndexName: byLabel, IndexKey: l$/],
    ['an item over 400 KB in bytes', { d: { S: 'é'.repeat(205_000) } }, /^Item size has exceeded/],
    ['a partition key over 2,048 bytes', { pk: { S: 'é'.repeat(1025) } }, /hashkey has exceeded/],
    ['a sort key over 1,024 bytes', { sk: { S: 'é'.repeat(513) } }, /exceeded the size limit of 1024 bytes/],
    ['an index partition key over 2,048 bytes', { g: { S: 'é'.repeat(1025) } }, /Size limit exceeded.*byGroup/],
    ['an index sort key over 1,024 bytes', { h: { S: 'é'.repeat(513) } }, /Size limit exceeded.*byGroup/],
  ]
  for (const [name, more, message] of refused) {
    it(`is refused with ${name}`, async () => {
      const failure = await failureOf(put(more))
      expect(failure.name).to.equal('ValidationException')
      expect(failure.message).to.match(message)
      const request = { PutRequest: { Item: { ...Key, ...more } } }
      const batch = client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: [request] } }))
      expect((await failureOf(batch)).name).to.equal('ValidationException')
      expect(await item()).to.equal(undefined)
    })
  }

  it('is accepted at the limits', async () => {
    await put({ pk: { S: 'é'.repeat(1024) }, sk: { S: 'é'.repeat(512) }, g: { S: 'é'.repeat(1024) }, h: { S: 'é'.repeat(512) } })
    await put({ d: { S: 'é'.repeat(204_796) } }) // and 7 bytes of names and key
    expect((await item())?.d?.S).to.have.length(204_796)
    expect((await failureOf(put({ d: { S: 'é'.repeat(204_797) } }))).name).to.equal('ValidationException')
  })

  it('is refused when an update makes the item too large, a number too long, or an index key empty', async () => {
    await put({ d: { S: 'é'.repeat(100_000) }, n: { N: '1' } })
    expect((await failureOf(update('SET e = :e', { ':e': { S: 'é'.repeat(105_000) } }))).message).to.match(/Item size to update/)
    expect((await failureOf(update('ADD n :n', { ':n': { N: `0.${'1'.repeat(38)}` } }))).message).to.match(
      /38 significant digits/,
    )
    expect((await failureOf(update('SET n = n + :n', { ':n': { N: `9${'0'.repeat(125)}` } }))).name).to.equal(
      'ValidationException',
    )
    expect((await failureOf(update('SET g = :g', { ':g': { S: '' } }))).message).to.match(
      /update expression attempted.*empty string/,
    )
    expect(await item()).to.deep.equal({ ...Key, d: { S: 'é'.repeat(100_000) }, n: { N: '1' } })
  })

  const tooDeep = 'Nesting Levels have exceeded supported limits'
  const deepItem = `${tooDeep}: Attributes in the item have nested levels beyond supported limit`
  const deepValue = `ExpressionAttributeValues contains invalid value: ${deepItem} for key :v`

  it('is accepted with values of 32 levels and refused with 33', async () => {
    const batch = (d: AttributeValue) =>
      client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: [{ PutRequest: { Item: { ...Key, d } } }] } }))
    const transact = (d: AttributeValue) =>
      client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: tableName, Item: { ...Key, d } } }] }))
    for (const write of [(d: AttributeValue) => put({ d }), batch, transact]) {
      for (const mixed of [false, true]) {
        await write(nested(31, mixed))
        expect(await item()).to.deep.equal({ ...Key, d: nested(31, mixed) })
        const failure = await failureOf(write(nested(32, mixed)))
        expect([failure.name, failure.message]).to.deep.equal(['ValidationException', deepItem])
      }
    }
    await put({ d: { L: [{ S: 'shallow' }, nested(30)] } })
    expect((await failureOf(put({ d: { L: [{ S: 'shallow' }, nested(31)] } }))).message).to.equal(deepItem)
    await put({ d: nested(30, true, { M: {} }) })
    expect((await failureOf(put({ d: nested(31, true, { L: [] }) }))).message, 'an empty list').to.equal(deepItem)
  })

  it('is refused when values of its expressions, or the updated item, have over 32 levels', async () => {
    const values = (levels: number) => ({ ':v': nested(levels) })
    const scan = (levels: number) =>
      client.send(
        new ScanCommand({ TableName: tableName, FilterExpression: 'd = :v', ExpressionAttributeValues: values(levels) }),
      )
    const updateItem = (levels: number) => update('SET d = :v', values(levels))
    const transact = (levels: number) => {
      const Update = { TableName: tableName, Key, UpdateExpression: 'SET d = :v', ExpressionAttributeValues: values(levels) }
      return client.send(new TransactWriteItemsCommand({ TransactItems: [{ Update }] }))
    }
    for (const request of [scan, updateItem, transact]) {
      await request(31)
      expect((await failureOf(request(32))).message).to.equal(deepValue)
    }
    const condition = { ConditionExpression: 'd = :v', ExpressionAttributeValues: values(32) }
    expect((await failureOf(put({}, condition))).message).to.equal(deepValue)

    await put({ m: { M: {} } })
    await update('SET m.a = :v', values(30))
    expect((await failureOf(update('SET m.a = :v', values(31)))).message).to.equal(tooDeep)
    await update('SET l2 = :v', { ':v': { L: [] } })
    expect((await failureOf(update('SET l2 = list_append(l2, :v)', { ':v': { L: [nested(31)] } }))).message).to.equal(deepValue)
    expect(await item()).to.deep.equal({ ...Key, m: { M: { a: nested(30) } }, l2: { L: [] } })
  })

  it('compares documents and sets by content in conditions', async () => {
    const m = { M: { a: { N: '1.0' }, b: { L: [{ S: 'x' }, { M: {} }] } } }
    await put({ m, l2: { L: [{ S: 'a' }] }, tags: { SS: ['a', 'b'] }, blank: { S: '' }, other: { S: '😀' } })
    const holds = (ConditionExpression: string, value: AttributeValue) =>
      put(
        { m, l2: { L: [{ S: 'a' }] }, tags: { SS: ['a', 'b'] }, blank: { S: '' } },
        { ConditionExpression, ExpressionAttributeValues: { ':v': value } },
      )
    await holds('m = :v', { M: { b: { L: [{ S: 'x' }, { M: {} }] }, a: { N: '1' } } })
    await holds('l2 = :v AND m.b[0] <> l2[3]', { L: [{ S: 'a' }] })
    await holds('tags = :v', { SS: ['b', 'a'] })
    await holds('size(blank) = :v', { N: '0' })
    await holds('m IN (:v)', m)
    expect((await failureOf(holds('m <> :v', m))).name).to.equal('ConditionalCheckFailedException')
    expect((await failureOf(holds('absent = alsoAbsent OR l2 = :v', { L: [] }))).name).to.equal('ConditionalCheckFailedException')
    expect((await failureOf(holds('attribute_exists(toString) OR l2 = :v', { L: [] }))).name).to.equal(
      'ConditionalCheckFailedException',
    )
  })

  it('sees the item as it was in every clause of an update', async () => {
    await put({ c: { N: '5' }, l2: { L: ['a', 'b', 'c', 'd'].map((S) => ({ S })) }, m: { M: { n: { N: '1' } } } })
    await update('SET previous = c, copied = m REMOVE l2[0], l2[2] ADD c :one', { ':one': { N: '1' } })
    await update('ADD m.n :one', { ':one': { N: '1' } })
    expect(await item()).to.deep.equal({
      ...Key,
      c: { N: '6' },
      previous: { N: '5' },
      l2: { L: [{ S: 'b' }, { S: 'd' }] },
      m: { M: { n: { N: '2' } } },
      copied: { M: { n: { N: '1' } } },
    })
  })

  it('reports the capacity of table and indexes', async () => {
    const mode = { ReturnConsumedCapacity: 'INDEXES' as const }
    const report = (table: number, byGroup = 0, byNumber = 0, byLabel = 0) => ({
      TableName: tableName,
      CapacityUnits: table + byGroup + byNumber + byLabel,
      Table: { CapacityUnits: table },
      ...(byLabel && { LocalSecondaryIndexes: { byLabel: { CapacityUnits: byLabel } } }),
      ...((byGroup || byNumber) && {
        GlobalSecondaryIndexes: {
          ...(byGroup && { byGroup: { CapacityUnits: byGroup } }),
          ...(byNumber && { byNumber: { CapacityUnits: byNumber } }),
        },
      }),
    })
    const all = { g: { S: 'g' }, h: { S: 'h' }, n: { N: '1' }, l: { S: 'l' } }
    const capacityOf = async (more: Item) => (await put(more, mode)).ConsumedCapacity
    expect(await capacityOf(all)).to.deep.equal(report(1, 1, 1, 1))
    expect(await capacityOf(all)).to.deep.equal(report(1))
    expect(await capacityOf({ ...all, more: { S: 'x' } })).to.deep.equal(report(1, 0, 1))
    expect(await capacityOf({ ...all, more: { S: 'x' }, g: { S: 'g2' } })).to.deep.equal(report(1, 2, 2))
    expect(await capacityOf({ d: { S: 'é'.repeat(1024) } })).to.deep.equal(report(3, 1, 1, 1))
    const remove = () => client.send(new DeleteItemCommand({ TableName: tableName, Key, ...mode }))
    expect((await remove()).ConsumedCapacity).to.deep.equal(report(3))
    expect((await remove()).ConsumedCapacity).to.deep.equal(report(1))
    const empty = { KeyConditionExpression: 'g = :g', ExpressionAttributeValues: { ':g': { S: 'none' } }, IndexName: 'byGroup' }
    const { ConsumedCapacity } = await client.send(new QueryCommand({ TableName: tableName, ...empty, ...mode }))
    expect(ConsumedCapacity).to.deep.equal({ ...report(0, 0.5) })
  })

  it('refuses an empty value in a key condition', async () => {
    const values = { ':p': { S: 'p' }, ':e': { S: '' } }
    const query = { KeyConditionExpression: 'pk = :p AND begins_with(sk, :e)', ExpressionAttributeValues: values }
    expect((await failureOf(client.send(new QueryCommand({ TableName: tableName, ...query })))).message).to.match(
      /empty string.*Key: sk/,
    )
  })
})
