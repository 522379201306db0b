import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  type ReturnItemCollectionMetrics,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { createTable, failureOf, tableInput, tableName } from './tables.ts'

const other = 'without'

describe('item collection metrics', () => {
  let engine: LocalEngine
  let client: DynamoDBClient
  beforeEach(async () => {
    engine = await startLocal()
    client = engine.client({ maxAttempts: 1 })
    await createTable(client)
    const { LocalSecondaryIndexes: _, ...withoutLocal } = tableInput
    const AttributeDefinitions = tableInput.AttributeDefinitions?.filter(({ AttributeName }) => AttributeName !== 'l')
    await client.send(new CreateTableCommand({ ...withoutLocal, AttributeDefinitions, TableName: other }))
  })
  afterEach(() => engine.close())

  const key = (pk: string, sk = 'a') => ({ pk: { S: pk }, sk: { S: sk } })
  const asked = { ReturnItemCollectionMetrics: 'SIZE' as const }
  const collection = (pk: string) => ({ ItemCollectionKey: { pk: { S: pk } }, SizeEstimateRangeGB: [0, 1] })

  const single = (TableName: string, mode?: ReturnItemCollectionMetrics) => {
    const options = { TableName, ...(mode && { ReturnItemCollectionMetrics: mode }) }
    return [
      client.send(new PutItemCommand({ ...options, Item: key('p') })),
      client.send(new UpdateItemCommand({ ...options, Key: key('p') })),
      client.send(new DeleteItemCommand({ ...options, Key: key('p') })),
      client.send(new DeleteItemCommand({ ...options, Key: key('p', 'absent') })),
    ]
  }

  it('come with every kind of single write', async () => {
    for (const { ItemCollectionMetrics } of await Promise.all(single(tableName, 'SIZE'))) {
      expect(ItemCollectionMetrics).to.deep.equal(collection('p'))
    }
  })

  it('do not come unasked, nor from a table without local indexes', async () => {
    const replies = await Promise.all([...single(tableName), ...single(tableName, 'NONE'), ...single(other, 'SIZE')])
    for (const reply of replies) expect(reply).to.not.have.property('ItemCollectionMetrics')
  })

  it('name each collection of a batch once, by table', async () => {
    const put = (pk: string, sk: string) => ({ PutRequest: { Item: key(pk, sk) } })
    const RequestItems = {
      [tableName]: [put('p', 'a'), put('p', 'b'), { DeleteRequest: { Key: key('q') } }],
      [other]: [put('p', 'a')],
    }
    const { ItemCollectionMetrics } = await client.send(new BatchWriteItemCommand({ RequestItems, ...asked }))
    expect(ItemCollectionMetrics).to.deep.equal({ [tableName]: [collection('p'), collection('q')] })
    const without = await client.send(new BatchWriteItemCommand({ RequestItems: { [other]: [put('p', 'c')] }, ...asked }))
    expect(without).to.not.have.property('ItemCollectionMetrics')
  })

  it('name the collections that a transaction writes to, not those that it checks', async () => {
    const Key = key('checked')
    const TransactItems = [
      { Put: { TableName: tableName, Item: key('p') } },
      {
        Update: {
          TableName: tableName,
          Key: key('q'),
          UpdateExpression: 'SET x = :x',
          ExpressionAttributeValues: { ':x': { S: 'x' } },
        },
      },
      { Delete: { TableName: tableName, Key: key('p', 'b') } },
      { ConditionCheck: { TableName: tableName, Key, ConditionExpression: 'attribute_not_exists(pk)' } },
      { Put: { TableName: other, Item: key('p') } },
    ]
    const { ItemCollectionMetrics } = await client.send(new TransactWriteItemsCommand({ TransactItems, ...asked }))
    expect(ItemCollectionMetrics).to.deep.equal({ [tableName]: [collection('p'), collection('q')] })
  })

  it('are refused in another unit than size', async () => {
    const [put = Promise.resolve()] = single(tableName, 'COUNT' as ReturnItemCollectionMetrics)
    expect((await failureOf(put)).name).to.equal('ValidationException')
  })
})
