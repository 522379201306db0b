import {
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { loadDynalite } from '../../lib/local/dynalite.ts'
import { startLocal } from '../../lib/local/index.ts'
import { createTable, failureOf, tableName } from './tables.ts'

describe('startLocal', () => {
  it('gives an endpoint on the loopback interface and a client', async () => {
    await using engine = await startLocal()
    expect(engine.endpoint).to.match(/^http:\/\/127\.0\.0\.1:\d+$/)
    const client = engine.client()
    await createTable(client)
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
    expect(Table?.TableStatus).to.equal('ACTIVE')
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexStatus }) => IndexStatus)).to.deep.equal(['ACTIVE', 'ACTIVE'])
  })

  it('listens on the port it is given, and rejects when that is taken', async () => {
    await using first = await startLocal()
    const port = Number(new URL(first.endpoint).port)
    expect(await failureOf(startLocal({ port }))).to.include({ code: 'EADDRINUSE' })
  })

  it('runs independent engines side by side', async () => {
    await using first = await startLocal()
    await using second = await startLocal()
    await createTable(first.client())
    const tables = async (client: DynamoDBClient) => (await client.send(new ListTablesCommand({}))).TableNames
    expect(await tables(first.client())).to.deep.equal([tableName])
    expect(await tables(second.client())).to.deep.equal([])
    await createTable(second.client())
    const key = { pk: { S: 'a' }, sk: { S: 'a' } }
    await first.client().send(new PutItemCommand({ TableName: tableName, Item: key }))
    expect(await second.client().send(new GetItemCommand({ TableName: tableName, Key: key }))).to.not.have.property('Item')
  })

  it('serves document clients, and clients that go through HTTP', async () => {
    await using engine = await startLocal()
    const overHttp = engine.client({ endpoint: engine.endpoint })
    const document = DynamoDBDocumentClient.from(engine.client())
    await createTable(overHttp)
    const item = { pk: 'a', sk: 'b', tags: new Set(['x']), bytes: new Uint8Array([0, 255]), nested: { list: [1, null, true] } }
    await document.send(new PutCommand({ TableName: tableName, Item: item }))
    for (const client of [document, DynamoDBDocumentClient.from(overHttp)]) {
      expect((await client.send(new GetCommand({ TableName: tableName, Key: { pk: 'a', sk: 'b' } }))).Item).to.deep.equal(item)
    }
  })

  it('closes once, and refuses requests from then on', async () => {
    const engine = await startLocal()
    const client = engine.client()
    await Promise.all([engine.close(), engine.close()])
    await engine.close()
    expect((await failureOf(client.send(new ListTablesCommand({})))).message).to.match(/embedded engine is closed/)
    expect(() => engine.client()).to.throw(/embedded engine is closed/)
    expect((await failureOf(engine.expire())).message).to.match(/embedded engine is closed/)
    await failureOf(fetch(engine.endpoint, { method: 'POST' }))
  })

  it('says what to install when dynalite is missing or another version', () => {
    const missing = () => {
      throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' })
    }
    expect(() => loadDynalite(missing)).to.throw('npm install --save-dev dynalite@4.0.0')
    expect(() => loadDynalite(() => ({ version: '3.2.2' }))).to.throw(/3\.2\.2 is installed.*dynalite@4\.0\.0/)
  })

  it('has a clock that stops where it is set', async () => {
    await using engine = await startLocal({ clock: new Date('2030-01-01T00:00:00Z') })
    expect(engine.clock.now()).to.equal(Date.UTC(2030, 0, 1))
    engine.clock.advance(1000)
    expect(engine.clock.now()).to.equal(Date.UTC(2030, 0, 1) + 1000)
    engine.clock.set(5)
    expect(engine.clock.now()).to.equal(5)
    expect(() => engine.clock.advance(Number.NaN)).to.throw(RangeError)
    expect(() => engine.clock.set(new Date('never'))).to.throw(RangeError)
  })
})
