import {
  type AttributeValue,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndexUpdate,
  type Projection,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  type UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { propertyRuns } from '../property-runs.ts'
import { failureOf } from './tables.ts'

const attribute = (AttributeName: string, AttributeType: 'S' | 'N' | 'B' = 'S') => ({ AttributeName, AttributeType })
const keys = (hash: string, range?: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
]
const TableName = 'updated'
const base: CreateTableCommandInput = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [attribute('pk'), attribute('sk'), attribute('e')],
  KeySchema: keys('pk', 'sk'),
  LocalSecondaryIndexes: [{ IndexName: 'local', KeySchema: keys('pk', 'e'), Projection: { ProjectionType: 'ALL' } }],
  GlobalSecondaryIndexes: [{ IndexName: 'existing', KeySchema: keys('e'), Projection: { ProjectionType: 'ALL' } }],
}
const definitions = [attribute('g'), attribute('h', 'N')]
const index = { IndexName: 'added', KeySchema: keys('g', 'h'), Projection: { ProjectionType: 'ALL' as const } }
const throughput = (units: number) => ({ ProvisionedThroughput: { ReadCapacityUnits: units, WriteCapacityUnits: units } })

describe('UpdateTable', () => {
  let engine: LocalEngine
  let client: DynamoDBClient
  beforeEach(async () => {
    engine = await startLocal()
    client = engine.client({ maxAttempts: 1 })
  })
  afterEach(() => engine.close())

  const create = (more: Partial<CreateTableCommandInput> = {}) => client.send(new CreateTableCommand({ ...base, ...more }))
  const update = async (input: Partial<UpdateTableCommandInput>) =>
    (await client.send(new UpdateTableCommand({ TableName, ...input }))).TableDescription
  const addIndex = (more = {}, AttributeDefinitions = definitions) =>
    update({ AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: { ...index, ...more } }] })
  const dropIndex = (IndexName: string) => update({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] })
  const describeTable = async () => (await client.send(new DescribeTableCommand({ TableName }))).Table
  const put = (sk: string, more: Record<string, AttributeValue> = {}) =>
    client.send(new PutItemCommand({ TableName, Item: { pk: { S: 'p' }, sk: { S: sk }, ...more } }))
  const rows = async (IndexName: string) =>
    (await client.send(new ScanCommand({ TableName, IndexName }))).Items?.map(({ sk }) => sk?.S).sort()

  describe('creating an index', () => {
    it('answers with the index active, its keys defined, and finds what is there', async () => {
      await create()
      await put('a', { g: { S: 'x' }, h: { N: '10' } })
      await put('b', { g: { S: 'x' }, h: { N: '9' } })
      const table = await addIndex()
      expect(table?.TableStatus).to.equal('ACTIVE')
      expect(table?.AttributeDefinitions).to.deep.equal([...(base.AttributeDefinitions ?? []), ...definitions])
      expect(table?.GlobalSecondaryIndexes?.map(({ IndexName, IndexStatus }) => [IndexName, IndexStatus])).to.deep.equal([
        ['existing', 'ACTIVE'],
        ['added', 'ACTIVE'],
      ])
      const query = {
        TableName,
        IndexName: 'added',
        KeyConditionExpression: 'g = :g',
        ExpressionAttributeValues: { ':g': { S: 'x' } },
      }
      expect((await client.send(new QueryCommand(query))).Items?.map(({ sk }) => sk?.S)).to.deep.equal(['b', 'a'])
      const added = (await describeTable())?.GlobalSecondaryIndexes?.[1]
      expect(added).to.deep.include({ ...index, ItemCount: 2 })
      expect(added?.IndexArn).to.equal(`${table?.TableArn}/index/added`)
    })

    const misplaced: [string, Record<string, AttributeValue>][] = [
      ['without the partition key', { h: { N: '1' } }],
      ['without the sort key', { g: { S: 'x' } }],
      ['with an empty key', { g: { S: '' }, h: { N: '1' } }],
      ['with a partition key of another type', { g: { N: '1' }, h: { N: '1' } }],
      ['with a sort key of another type', { g: { S: 'x' }, h: { S: '1' } }],
      ['with a null', { g: { NULL: true }, h: { N: '1' } }],
      ['with a key that is too long', { g: { S: 'é'.repeat(1025) }, h: { N: '1' } }],
    ]
    for (const [what, item] of misplaced) {
      it(`leaves out an item ${what}, which can still be read, changed and deleted`, async () => {
        await create()
        await put('fits', { g: { S: 'é'.repeat(1024) }, h: { N: '1' } })
        await put('not', item)
        await addIndex()
        expect(await rows('added')).to.deep.equal(['fits'])
        const Key = { pk: { S: 'p' }, sk: { S: 'not' } }
        const mend = {
          UpdateExpression: 'SET g = :g, h = :h',
          ExpressionAttributeValues: { ':g': { S: 'x' }, ':h': { N: '1' } },
        }
        await client.send(new UpdateItemCommand({ TableName, Key, ...mend }))
        expect(await rows('added')).to.deep.equal(['fits', 'not'])
        await client.send(new DeleteItemCommand({ TableName, Key }))
        expect(await rows('added')).to.deep.equal(['fits'])
      })
    }

    it('keeps changes of other attributes of an item of another type possible', async () => {
      await create()
      await put('not', { g: { N: '1' } })
      await addIndex()
      const set = { UpdateExpression: 'SET z = :z', ExpressionAttributeValues: { ':z': { S: 'z' } } }
      await client.send(new UpdateItemCommand({ TableName, Key: { pk: { S: 'p' }, sk: { S: 'not' } }, ...set }))
      expect(await rows('added')).to.deep.equal([])
    })

    it('makes the index refuse from then on what it left out before', async () => {
      await create()
      await addIndex()
      const failure = await failureOf(put('a', { g: { N: '1' }, h: { N: '1' } }))
      expect(failure.message).to.match(/Type mismatch for Index Key g/)
    })

    it('can use the attributes of the table, when the request defines them again', async () => {
      await create()
      await put('a')
      await addIndex({ KeySchema: keys('sk', 'pk') }, [attribute('sk'), attribute('pk')])
      expect(await rows('added')).to.deep.equal(['a'])
    })

    const refused: [string, object, ReturnType<typeof attribute>[], RegExp][] = [
      ['no definition of its keys', {}, [], /Some index key attributes are not defined in AttributeDefinitions\. Keys: \[g, h\]/],
      ['one key that is not defined', {}, [attribute('g')], /Some index key attributes are not defined/],
      ['keys that only the table defines', { KeySchema: keys('e') }, [], /Some index key attributes are not defined/],
      ['another type for a key of the table', {}, [...definitions, attribute('e', 'N')], /should be of same type/],
      ['no partition key', { KeySchema: [{ AttributeName: 'g', KeyType: 'RANGE' }] }, definitions, /not a HASH key type/],
      ['the same key twice', { KeySchema: keys('g', 'g') }, definitions, /have the same name/],
      ['no projection type', { Projection: {} }, definitions, /Unknown ProjectionType/],
      [
        'ALL with names',
        { Projection: { ProjectionType: 'ALL', NonKeyAttributes: ['x'] } },
        definitions,
        /NonKeyAttributes is specified/,
      ],
      ['INCLUDE without names', { Projection: { ProjectionType: 'INCLUDE' } }, definitions, /NonKeyAttributes is not specified/],
      ['the name of a global index', { IndexName: 'existing' }, definitions, /already exists/],
      ['the name of a local index', { IndexName: 'local' }, definitions, /already exists/],
      ['a name that is too short', { IndexName: 'x' }, definitions, /length greater than or equal to 3/],
      ['throughput on demand', throughput(1), definitions, /when BillingMode is PAY_PER_REQUEST/],
    ]
    for (const [what, more, given, message] of refused) {
      it(`refuses ${what}, and changes nothing`, async () => {
        await create()
        const before = await describeTable()
        const failure = await failureOf(addIndex(more, given))
        expect(failure.name).to.equal('ValidationException')
        expect(failure.message).to.match(message)
        expect(await describeTable()).to.deep.equal(before)
      })
    }

    it('refuses a twenty-first', async () => {
      const GlobalSecondaryIndexes = Array.from({ length: 20 }, (_, number) => ({
        IndexName: `index${number}`,
        KeySchema: keys('e'),
        Projection: { ProjectionType: 'KEYS_ONLY' as const },
      }))
      await create({ GlobalSecondaryIndexes })
      expect((await failureOf(addIndex())).name).to.equal('LimitExceededException')
    })

    it('asks for throughput in a provisioned table', async () => {
      const provisioned = { BillingMode: 'PROVISIONED' as const, ...throughput(1) }
      const { AttributeDefinitions } = { AttributeDefinitions: [attribute('pk'), attribute('sk')] }
      const { LocalSecondaryIndexes: _, GlobalSecondaryIndexes: __, ...plain } = base
      await client.send(new CreateTableCommand({ ...plain, AttributeDefinitions, ...provisioned }))
      expect((await failureOf(addIndex())).message).to.match(/ProvisionedThroughput must be specified for index: added/)
      const table = await addIndex(throughput(3))
      expect(table?.GlobalSecondaryIndexes?.[0]?.ProvisionedThroughput).to.deep.include({ ReadCapacityUnits: 3 })
    })
  })

  describe('deleting an index', () => {
    it('removes it, its rows and the definitions that nothing else uses', async () => {
      await create()
      await addIndex()
      await put('a', { g: { S: 'x' }, h: { N: '1' }, e: { S: 'e' } })
      const table = await dropIndex('added')
      expect(table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).to.deep.equal(['existing'])
      expect(table?.AttributeDefinitions).to.deep.equal(base.AttributeDefinitions)
      expect((await failureOf(rows('added'))).message).to.match(/does not have the specified index/)
      await put('b', { g: { N: '1' } })
      expect(await rows('existing')).to.deep.equal(['a'])
      await client.send(new DeleteItemCommand({ TableName, Key: { pk: { S: 'p' }, sk: { S: 'a' } } }))
      await addIndex()
      expect(await rows('added')).to.deep.equal([])
    })

    it('removes the last', async () => {
      await create()
      expect(await dropIndex('existing')).to.not.have.property('GlobalSecondaryIndexes')
      expect(await describeTable()).to.not.have.property('GlobalSecondaryIndexes')
    })

    it('refuses an unknown one, and a local one', async () => {
      await create()
      expect((await failureOf(dropIndex('unknown'))).name).to.equal('ResourceNotFoundException')
      expect((await failureOf(dropIndex('local'))).message).to.match(/not a GlobalSecondaryIndex/)
    })
  })

  const Create = { ...index }
  const tooMuch: [string, GlobalSecondaryIndexUpdate[], string][] = [
    ['two indexes', [{ Create }, { Create: { ...index, IndexName: 'second' } }], 'LimitExceededException'],
    ['an index for another', [{ Delete: { IndexName: 'existing' } }, { Create }], 'LimitExceededException'],
    ['both in one entry', [{ Delete: { IndexName: 'existing' }, Create }], 'LimitExceededException'],
    ['one index twice', [{ Delete: { IndexName: 'added' } }, { Create }], 'ValidationException'],
    ['nothing in an entry', [{}], 'ValidationException'],
  ]
  for (const [what, GlobalSecondaryIndexUpdates, name] of tooMuch) {
    it(`changes one index at a time: not ${what}`, async () => {
      await create()
      const before = await describeTable()
      const failure = await failureOf(update({ AttributeDefinitions: definitions, GlobalSecondaryIndexUpdates }))
      expect(failure.name).to.equal(name)
      expect(await describeTable()).to.deep.equal(before)
    })
  }

  describe('settings', () => {
    it('refuses a request that changes nothing, and an unknown table', async () => {
      await create()
      expect((await failureOf(update({}))).name).to.equal('ValidationException')
      expect((await failureOf(update({ AttributeDefinitions: definitions }))).name).to.equal('ValidationException')
      const unknown = update({ TableName: 'unknown', DeletionProtectionEnabled: true })
      expect((await failureOf(unknown)).name).to.equal('ResourceNotFoundException')
    })

    it('protects a table from deletion, from its creation or later', async () => {
      await create({ DeletionProtectionEnabled: true })
      const message =
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.'
      expect((await failureOf(client.send(new DeleteTableCommand({ TableName })))).message).to.equal(message)
      expect(await update({ DeletionProtectionEnabled: false })).to.include({ DeletionProtectionEnabled: false })
      await client.send(new DeleteTableCommand({ TableName }))
      expect((await create()).TableDescription).to.include({ DeletionProtectionEnabled: false })
    })

    it('changes billing and throughput, and does not mix them with streams', async () => {
      await create()
      const toProvisioned = {
        BillingMode: 'PROVISIONED' as const,
        ...throughput(2),
        GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'existing', ...throughput(3) } }],
      }
      const table = await update(toProvisioned)
      expect(table?.BillingModeSummary?.BillingMode).to.equal('PROVISIONED')
      expect(table?.ProvisionedThroughput).to.include({ ReadCapacityUnits: 2, WriteCapacityUnits: 2 })
      expect(table?.GlobalSecondaryIndexes?.[0]?.ProvisionedThroughput).to.include({ ReadCapacityUnits: 3 })
      const StreamSpecification = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' as const }
      const mixed = await failureOf(update({ ...throughput(4), StreamSpecification }))
      expect(mixed.message).to.equal('Cannot change IOPS and Streams at the same time.')
      const both = await update({ ...throughput(5), GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'existing' } }] })
      expect(both?.ProvisionedThroughput).to.include({ ReadCapacityUnits: 5 })
      expect(both).to.not.have.property('GlobalSecondaryIndexes')
      const back = await update({ BillingMode: 'PAY_PER_REQUEST' })
      expect(back?.BillingModeSummary?.BillingMode).to.equal('PAY_PER_REQUEST')
      expect(back?.ProvisionedThroughput).to.include({ ReadCapacityUnits: 0, WriteCapacityUnits: 0 })
    })

    it('refuses throughput of an unknown index, and of any on demand', async () => {
      await create()
      const Update = { IndexName: 'unknown', ...throughput(1) }
      expect((await failureOf(update({ GlobalSecondaryIndexUpdates: [{ Update }] }))).message).to.match(
        /Invalid global secondary index/,
      )
      const existing = { Update: { ...Update, IndexName: 'existing' } }
      expect((await failureOf(update({ GlobalSecondaryIndexUpdates: [existing] }))).message).to.match(/PAY_PER_REQUEST/)
    })
  })

  describe('an index of a live table', () => {
    const value = fc.constantFrom<AttributeValue>(
      { S: 'x' },
      { S: 'y' },
      { S: '' },
      { N: '1' },
      { NULL: true },
      { S: 'x'.repeat(2049) },
    )
    const number = fc.constantFrom<AttributeValue>({ N: '1' }, { N: '-2' }, { N: '10' }, { S: '1' }, { BOOL: true })
    const write = fc.record({
      sk: fc.integer({ min: 0, max: 9 }).map(String),
      item: fc.option(fc.record({ g: value, h: number, other: fc.constantFrom({ S: 'a' }, { S: 'b' }) }, { requiredKeys: [] }), {
        freq: 5,
        nil: undefined,
      }),
    })
    const projection = fc.constantFrom<Projection>(
      { ProjectionType: 'ALL' },
      { ProjectionType: 'KEYS_ONLY' },
      { ProjectionType: 'INCLUDE', NonKeyAttributes: ['other'] },
    )
    const schema = fc.constantFrom(keys('g', 'h'), keys('g'), keys('h', 'sk'))

    it('equals one that existed from the start', async () => {
      const writes = fc.array(write, { maxLength: 8 })
      const plain = { ...base, AttributeDefinitions: [attribute('pk'), attribute('sk')] }
      delete plain.LocalSecondaryIndexes
      delete plain.GlobalSecondaryIndexes
      await fc.assert(
        fc.asyncProperty(writes, writes, projection, schema, async (before, after, Projection, KeySchema) => {
          const added = { ...index, Projection, KeySchema }
          const AttributeDefinitions = [...definitions, attribute('sk')].filter(({ AttributeName }) =>
            KeySchema.some((key) => key.AttributeName === AttributeName),
          )
          const all = [
            ...plain.AttributeDefinitions,
            ...AttributeDefinitions.filter(({ AttributeName }) => AttributeName !== 'sk'),
          ]
          await client.send(new CreateTableCommand({ ...plain, TableName: 'live' }))
          const withIndex = { ...plain, TableName: 'start', AttributeDefinitions: all, GlobalSecondaryIndexes: [added] }
          await client.send(new CreateTableCommand(withIndex))
          // What the index refuses is as good as absent from it.
          const writeTo = async (
            TableName: string,
            { sk, item }: { sk: string; item?: Record<string, AttributeValue> | undefined },
          ) => {
            const Key = { pk: { S: 'p' }, sk: { S: sk } }
            const deleted = () => client.send(new DeleteItemCommand({ TableName, Key }))
            if (item === undefined) await deleted()
            else await client.send(new PutItemCommand({ TableName, Item: { ...Key, ...item } })).catch(deleted)
          }
          for (const each of before) for (const table of ['live', 'start']) await writeTo(table, each)
          const update = { TableName: 'live', AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: added }] }
          await client.send(new UpdateTableCommand(update))
          for (const each of after) for (const table of ['live', 'start']) await writeTo(table, each)
          const scan = async (table: string) =>
            (await client.send(new ScanCommand({ TableName: table, IndexName: 'added' }))).Items
          expect(await scan('live')).to.deep.equal(await scan('start'))
          for (const table of ['live', 'start']) await client.send(new DeleteTableCommand({ TableName: table }))
        }),
        { numRuns: propertyRuns },
      )
    })
  })
})
