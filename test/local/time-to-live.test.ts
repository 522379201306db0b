import {
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { createTable, failureOf, tableName } from './tables.ts'

const now = 1_800_000_000
const fiveYears = 5 * 365 * 24 * 60 * 60

describe('time to live', () => {
  let engine: LocalEngine
  let client: DynamoDBClient
  beforeEach(async () => {
    engine = await startLocal({ clock: now * 1000 })
    client = engine.client()
    await createTable(client)
  })
  afterEach(() => engine.close())

  const enable = (Enabled: boolean, AttributeName = 'expiresAt') =>
    client.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification: { Enabled, AttributeName } }))
  const describeIt = async () =>
    (await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }))).TimeToLiveDescription
  const left = async () => (await client.send(new ScanCommand({ TableName: tableName }))).Items?.map(({ sk }) => sk?.S).sort()
  const put = (sk: string, more = {}) =>
    client.send(new PutItemCommand({ TableName: tableName, Item: { pk: { S: 'p' }, sk: { S: sk }, ...more } }))

  it('is enabled, described and disabled', async () => {
    expect(await describeIt()).to.deep.equal({ TimeToLiveStatus: 'DISABLED' })
    await enable(true)
    expect(await describeIt()).to.deep.equal({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' })
    expect((await failureOf(enable(true))).message).to.equal('TimeToLive is already enabled')
    expect((await failureOf(enable(true, 'other'))).message).to.equal('TimeToLive is active on a different AttributeName')
    await enable(false)
    expect((await failureOf(enable(false))).message).to.equal('TimeToLive is already disabled')
  })

  it('refuses an unknown table', async () => {
    const unknown = client.send(new DescribeTimeToLiveCommand({ TableName: 'none' }))
    expect((await failureOf(unknown)).name).to.equal('ResourceNotFoundException')
  })

  it('sweeps what has expired on the clock, and only that', async () => {
    await enable(true)
    await put('now', { expiresAt: { N: String(now) } })
    await put('later', { expiresAt: { N: String(now + 60) } })
    await put('never')
    await put('text', { expiresAt: { S: String(now - 60) } })
    await put('ancient', { expiresAt: { N: String(now - fiveYears) } })
    await put('old', { expiresAt: { N: String(now - fiveYears + 1) } })
    expect(await left()).to.deep.equal(['ancient', 'later', 'never', 'now', 'old', 'text'])
    expect(await engine.expire()).to.equal(2)
    expect(await left()).to.deep.equal(['ancient', 'later', 'never', 'text'])
    expect(await engine.expire()).to.equal(0)
    engine.clock.advance(60_000)
    expect(await engine.expire()).to.equal(1)
    expect(await left()).to.deep.equal(['ancient', 'never', 'text'])
  })

  it('removes the index rows of what it sweeps', async () => {
    await enable(true)
    await put('a', { expiresAt: { N: String(now) }, g: { S: 'g' }, h: { S: 'h' }, l: { S: 'l' } })
    await engine.expire()
    for (const IndexName of ['byGroup', 'byLabel']) {
      const { Count } = await client.send(new ScanCommand({ TableName: tableName, IndexName }))
      expect(Count).to.equal(0)
    }
    const local = { TableName: tableName, IndexName: 'byLabel', KeyConditionExpression: 'pk = :p' }
    const found = await client.send(new QueryCommand({ ...local, ExpressionAttributeValues: { ':p': { S: 'p' } } }))
    expect(found.Count).to.equal(0)
  })

  it('sweeps nothing of a table without time to live', async () => {
    await put('a', { expiresAt: { N: String(now - 1) } })
    expect(await engine.expire()).to.equal(0)
  })
})
