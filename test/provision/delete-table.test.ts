import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { createTable } from '../../lib/provision/create-table.ts'
import { deleteTable } from '../../lib/provision/delete-table.ts'
import { TableNotReadyError } from '../../lib/provision/table-not-ready.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { shop } from './models.ts'
import { type Answer, fails, failureOf, script } from './scripted-client.ts'

describe('deleteTable', () => {
  let engine: TestEngine
  beforeEach(async () => {
    engine = await startTestEngine()
  })
  afterEach(() => engine.close())

  const tableNames = async () => (await engine.client().send(new ListTablesCommand({}))).TableNames

  it('deletes the table, and creating it again makes a new one', async () => {
    const client = DynamoDBDocumentClient.from(engine.client())
    await createTable(shop, client)
    await createTable(shop, client, { tableName: 'shop-test' })
    expect(await deleteTable(shop, client)).to.deep.equal({ tableName: 'shop', deleted: true })
    expect(await tableNames()).to.deep.equal(['shop-test'])
    expect(await createTable(shop, client)).to.include({ created: true })
    expect(await deleteTable(shop, client, { tableName: 'shop-test' })).to.deep.equal({ tableName: 'shop-test', deleted: true })
    expect(await tableNames()).to.deep.equal(['shop'])
  })

  it('is content when there is no table', async () => {
    expect(await deleteTable(shop, engine.client())).to.deep.equal({ tableName: 'shop', deleted: false })
  })

  it('succeeds for all that try at once', async () => {
    await createTable(shop, engine.client())
    await Promise.all(Array.from({ length: 10 }, () => deleteTable(shop, engine.client())))
    expect(await tableNames()).to.deep.equal([])
  })

  it('waits for a table that is in use, and until it is gone', async () => {
    const client = engine.client()
    await createTable(shop, client)
    const deleting: Answer = () => ({ Table: { TableName: 'shop', TableStatus: 'DELETING' } })
    const deleted: Answer = async (engine) => {
      await engine()
      return { TableDescription: { TableName: 'shop' } }
    }
    const sent = script(client, {
      DeleteTable: [fails('ResourceInUseException'), deleted],
      DescribeTable: [deleting, deleting],
    })
    await deleteTable(shop, client)
    expect(sent.filter((operation) => operation === 'DeleteTable')).to.have.lengthOf(2)
    expect(sent.filter((operation) => operation === 'DescribeTable')).to.have.lengthOf(3)
  })

  it('does not wait for a table of the same name that has been created since', async () => {
    const client = engine.client()
    await createTable(shop, client)
    script(client, {
      DeleteTable: [() => ({ TableDescription: { TableName: 'shop', TableId: 'old' } })],
      DescribeTable: [() => ({ Table: { TableName: 'shop', TableId: 'new', TableStatus: 'CREATING' } })],
    })
    expect(await deleteTable(shop, client)).to.include({ deleted: true })
  })

  it('passes a refusal on, and gives up when time is up', async () => {
    const client = engine.client()
    const inUse = fails('ResourceInUseException', 'it is being created')
    script(client, { DeleteTable: [fails('ValidationException', 'protected'), ...Array.from({ length: 100 }, () => inUse)] })
    expect(await failureOf(deleteTable(shop, client))).to.include({ name: 'ValidationException' })
    const error = await failureOf(deleteTable(shop, client, { timeoutMs: 30 }))
    expect(error).to.be.instanceOf(TableNotReadyError)
    expect(error).to.include({ waitingFor: 'its deletion to be accepted (it is being created)' })
  })
})
