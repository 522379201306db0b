import { CreateTableCommand, DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { createTable } from '../../lib/provision/create-table.ts'
import { TableMismatchError } from '../../lib/provision/table-mismatch.ts'
import { TableNotReadyError } from '../../lib/provision/table-not-ready.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { modelOf, permanentShop, shop, simpleModel } from './models.ts'
import { type Answer, fails, failureOf, script } from './scripted-client.ts'

/** An answer of DescribeTable with another status of the table, or of an index. */
const status =
  (TableStatus: string, indexName?: string, IndexStatus?: string): Answer =>
  async (engine) => {
    const { Table } = (await engine()) as { Table: { GlobalSecondaryIndexes: { IndexName: string }[] } }
    const GlobalSecondaryIndexes = Table.GlobalSecondaryIndexes.map((index) =>
      index.IndexName === indexName ? { ...index, IndexStatus } : index,
    )
    return { Table: { ...Table, TableStatus, GlobalSecondaryIndexes } }
  }

const timeToLive =
  (TimeToLiveStatus: string, AttributeName?: string): Answer =>
  () => ({ TimeToLiveDescription: { TimeToLiveStatus, AttributeName } })

describe('createTable', () => {
  let engine: TestEngine
  beforeEach(async () => {
    engine = await startTestEngine()
  })
  afterEach(() => engine.close())

  const timeToLiveNow = async (TableName = 'shop') =>
    (await engine.client().send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription

  it('creates the table with its indexes and enables time to live', async () => {
    const client = engine.client()
    expect(await createTable(shop, client)).to.deep.equal({ tableName: 'shop', created: true })
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'shop' }))
    expect(Table?.TableStatus).to.equal('ACTIVE')
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).to.have.members(['GSI1', 'GSI2', 'Inverted'])
    expect(Table?.LocalSecondaryIndexes?.map(({ IndexName }) => IndexName)).to.deep.equal(['ByDate'])
    expect(await timeToLiveNow()).to.deep.equal({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' })
  })

  it('leaves a table that matches as it is', async () => {
    await createTable(shop, engine.client())
    const client = engine.client()
    const sent = script(client, {})
    expect(await createTable(shop, client)).to.deep.equal({ tableName: 'shop', created: false })
    expect(sent).to.not.include.members(['CreateTable', 'UpdateTimeToLive'])
  })

  it('gives the table the stream that is wanted, and refuses a table that has none or another', async () => {
    const client = engine.client()
    await createTable(simpleModel(), client)
    const wanted = { stream: 'NEW_AND_OLD_IMAGES' } as const
    const refusal = (await failureOf(createTable(simpleModel(), client, wanted))) as TableMismatchError
    expect(refusal).to.be.instanceOf(TableMismatchError)
    expect(refusal.differences.map(({ place, expected, actual }) => [place, expected, actual])).to.deep.equal([
      ['stream', 'NEW_AND_OLD_IMAGES', 'none'],
    ])
    await createTable(simpleModel(), client, { ...wanted, tableName: 'streamed' })
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'streamed' }))
    expect(Table?.StreamSpecification).to.deep.equal({ StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' })
    for (const options of [wanted, {}])
      expect(await createTable(simpleModel(), client, { ...options, tableName: 'streamed' })).to.include({ created: false })
  })

  it('does nothing until it is awaited, and then runs once', async () => {
    const client = engine.client()
    const sent = script(client, {})
    const operation = createTable(shop, client)
    expect(sent).to.deep.equal([])
    const results = await Promise.all([operation, operation])
    expect(results.map(({ created }) => created)).to.deep.equal([true, true])
    const { length } = sent
    expect(await operation).to.equal(results[0])
    expect(sent).to.have.lengthOf(length)
  })

  it('tells its requests without sending them', () => {
    const client = engine.client()
    const sent = script(client, {})
    const { createTable: create, timeToLive: ttl } = createTable(shop, client, { tableName: 'shop-test' }).params()
    expect(create).to.include({ TableName: 'shop-test' })
    expect(ttl).to.deep.equal({
      TableName: 'shop-test',
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' },
    })
    expect(createTable(permanentShop, client).params()).to.have.all.keys('createTable')
    expect(sent).to.deep.equal([])
  })

  it("creates it under the environment's name", async () => {
    expect(await createTable(shop, engine.client(), { tableName: 'shop-test' })).to.include({ tableName: 'shop-test' })
    expect(await timeToLiveNow('shop-test')).to.include({ AttributeName: 'expiresAt' })
  })

  it('accepts a document client', async () => {
    const client = DynamoDBDocumentClient.from(engine.client())
    expect(await createTable(shop, client)).to.include({ created: true })
    expect(await createTable(shop, client)).to.include({ created: false })
    expect(await timeToLiveNow()).to.include({ AttributeName: 'expiresAt' })
  })

  it('is created by one of many that try at once, and all succeed', async () => {
    const results = await Promise.all(Array.from({ length: 10 }, () => createTable(shop, engine.client())))
    expect(results.filter(({ created }) => created)).to.have.lengthOf(1)
    expect(await timeToLiveNow()).to.include({ AttributeName: 'expiresAt' })
  })

  it('enables time to live on a table that exists without it', async () => {
    const client = engine.client()
    await createTable(simpleModel(), client)
    expect(await createTable(simpleModel('expiresAt'), client)).to.include({ created: false })
    expect(await timeToLiveNow()).to.include({ AttributeName: 'expiresAt' })
  })

  it('refuses a table that differs, with every difference, and changes nothing', async () => {
    const client = engine.client()
    await createTable(permanentShop, client)
    const model = modelOf({ sortKey: 'SK1', indexes: { GSI3: { partitionKey: 'GSI3PK' } } })
    const error = await failureOf(createTable(model, client))
    if (!(error instanceof TableMismatchError)) throw error
    expect(error).to.include({ code: 'TableMismatch', tableName: 'shop' })
    expect(error.differences.map(({ place }) => place)).to.deep.equal(['sortKey', 'indexes.GSI3'])
    expect(error.message).to.include('sortKey: the model says SK1 (S), the table has SK (S)')
    expect(await timeToLiveNow()).to.deep.equal({ TimeToLiveStatus: 'DISABLED' })
  })

  it('refuses time to live on another attribute, and where the model has none', async () => {
    const client = engine.client()
    await createTable(simpleModel('expiresAt'), client)
    for (const declared of [undefined, 'endsAt']) {
      const error = await failureOf(createTable(simpleModel(declared), client))
      if (!(error instanceof TableMismatchError)) throw error
      expect(error.differences).to.have.lengthOf(1)
      expect(error.differences[0]).to.include({ place: 'timeToLive', expected: declared ?? 'none', actual: 'expiresAt' })
    }
  })

  it('tolerates indexes that the model does not know', async () => {
    const client = engine.client()
    await createTable(shop, client)
    const { Inverted, ByDate } = shop.table.indexes
    const model = { table: { ...shop.table, indexes: { Inverted, ByDate } as typeof shop.table.indexes } }
    expect(await createTable(model, client)).to.include({ created: false })
  })

  it('waits until table and indexes are active', async () => {
    const client = engine.client()
    await createTable(shop, client)
    const states = [status('CREATING'), status('UPDATING'), status('ACTIVE', 'GSI1', 'CREATING')]
    const sent = script(client, { DescribeTable: states })
    expect(await createTable(shop, client)).to.include({ created: false })
    expect(sent.filter((operation) => operation === 'DescribeTable')).to.have.lengthOf(states.length + 1)
  })

  it('waits for a table that is being deleted to be gone, and then creates it', async () => {
    const client = engine.client()
    const deleting: Answer = () => ({ Table: { TableName: 'shop', TableStatus: 'DELETING' } })
    script(client, { DescribeTable: [deleting, deleting] })
    expect(await createTable(shop, client)).to.include({ created: true })
  })

  it('goes on when the table is not visible yet after its creation', async () => {
    const client = engine.client()
    const absent = fails('ResourceNotFoundException')
    const creating: Answer = async (engine) => {
      await engine()
      return { TableDescription: { TableName: 'shop', TableStatus: 'CREATING' } }
    }
    const sent = script(client, { DescribeTable: [absent, absent, absent], CreateTable: [creating] })
    expect(await createTable(shop, client)).to.include({ created: true })
    const requests = ['DescribeTable', 'CreateTable', 'DescribeTable', 'DescribeTable', 'DescribeTable']
    expect(sent.slice(0, requests.length)).to.deep.equal(requests)
  })

  it('tries again when too many tables are being created', async () => {
    const client = engine.client()
    script(client, { CreateTable: [fails('LimitExceededException')] })
    expect(await createTable(shop, client)).to.include({ created: true })
  })

  it('passes errors of DynamoDB on', async () => {
    for (const operation of ['DescribeTable', 'CreateTable', 'DescribeTimeToLive', 'UpdateTimeToLive']) {
      const client = engine.client()
      script(client, { [operation]: [fails('AccessDeniedException')] })
      const error = await failureOf(createTable(shop, client, { tableName: operation }))
      expect(error).to.include({ name: 'AccessDeniedException' })
    }
  })

  it('does not wait for a table in a state that it does not leave', async () => {
    const client = engine.client()
    await createTable(shop, client)
    script(client, { DescribeTable: [status('INACCESSIBLE_ENCRYPTION_CREDENTIALS')] })
    const error = await failureOf(createTable(shop, client))
    expect(error).to.be.instanceOf(TableNotReadyError)
    expect(error).to.have.property('message').that.includes('INACCESSIBLE_ENCRYPTION_CREDENTIALS')
  })

  it('gives up when time is up, and says what it was waiting for', async () => {
    const client = engine.client()
    await createTable(shop, client)
    script(client, { DescribeTable: Array.from({ length: 100 }, () => status('ACTIVE', 'GSI1', 'CREATING')) })
    const error = await failureOf(createTable(shop, client, { timeoutMs: 30 }))
    expect(error).to.be.instanceOf(TableNotReadyError)
    expect(error).to.include({ code: 'TableNotReady', waitingFor: 'its index GSI1 to be active (it is CREATING)' })
  })

  it("ends with the signal's reason when it is aborted before or during the wait", async () => {
    const reason = new Error('enough')
    expect(await failureOf(createTable(shop, engine.client(), { signal: AbortSignal.abort(reason) }))).to.equal(reason)
    const controller = new AbortController()
    const client = engine.client()
    const abort: Answer = () => {
      controller.abort(reason)
      return { Table: { TableName: 'shop', TableStatus: 'CREATING' } }
    }
    script(client, { DescribeTable: [abort] })
    expect(await failureOf(createTable(shop, client, { signal: controller.signal }))).to.equal(reason)
  })

  describe('time to live', () => {
    it('is left to the process that is enabling it', async () => {
      const client = engine.client()
      const sent = script(client, { DescribeTimeToLive: [timeToLive('ENABLING', 'expiresAt')] })
      await createTable(shop, client)
      expect(sent).to.not.include('UpdateTimeToLive')
    })

    it('is fine when another process was faster', async () => {
      const client = engine.client()
      await createTable(shop, client)
      const off = timeToLive('DISABLED')
      const sent = script(client, { DescribeTimeToLive: [off, off] })
      await createTable(shop, client)
      expect(sent.slice(-2)).to.deep.equal(['UpdateTimeToLive', 'DescribeTimeToLive'])
    })

    it('is refused when another process was faster with another attribute', async () => {
      const client = engine.client()
      const sent = script(client, {
        UpdateTimeToLive: [fails('ValidationException')],
        DescribeTimeToLive: [timeToLive('DISABLED'), timeToLive('ENABLING', 'other')],
      })
      expect(await failureOf(createTable(shop, client))).to.be.instanceOf(TableMismatchError)
      expect(sent.filter((operation) => operation === 'UpdateTimeToLive')).to.have.lengthOf(1)
    })

    it('passes a refusal on when it stays refused', async () => {
      const client = engine.client()
      const refused = fails('ValidationException', 'modified multiple times within a fixed interval')
      script(client, { UpdateTimeToLive: [refused, refused] })
      expect(await failureOf(createTable(shop, client))).to.include({ name: 'ValidationException' })
    })

    it('is enabled once disabling it is done', async () => {
      const client = engine.client()
      script(client, { DescribeTimeToLive: [timeToLive('DISABLING', 'expiresAt'), timeToLive('DISABLING', 'expiresAt')] })
      await createTable(shop, client)
      expect(await timeToLiveNow()).to.include({ TimeToLiveStatus: 'ENABLED' })
    })

    it('is passed over by an engine that does not know it', async () => {
      const unknown = fails('UnknownOperationException')
      for (const operation of ['DescribeTimeToLive', 'UpdateTimeToLive']) {
        const client = engine.client()
        script(client, { [operation]: [unknown, unknown] })
        expect(await createTable(shop, client, { tableName: operation })).to.include({ created: true })
      }
    })
  })

  it('compares a table that was made elsewhere', async () => {
    const client = engine.client()
    const { createTable: request } = createTable(shop, client).params()
    const GlobalSecondaryIndexes = request.GlobalSecondaryIndexes?.map((index) =>
      index.IndexName === 'GSI1'
        ? { ...index, Projection: { ...index.Projection, NonKeyAttributes: ['expiresAt', 'total', '_type', 'title'] } }
        : index,
    )
    await client.send(new CreateTableCommand({ ...request, GlobalSecondaryIndexes }))
    expect(await createTable(shop, client)).to.deep.equal({ tableName: 'shop', created: false })
  })
})
