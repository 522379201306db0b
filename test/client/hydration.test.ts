// Indexes that do not hold whole items: what is fetched from the table, in which order, and what DynamoDB leaves unprocessed.
import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  type GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import {
  connect,
  defineEntity,
  defineModel,
  defineTable,
  number,
  query,
  string,
  UnprocessedError,
  ValidationError,
} from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { failureOf, observed } from './observed-requests.ts'

const table = defineTable({
  name: 'hydration',
  partitionKey: 'PK',
  sortKey: { name: 'n', type: 'number' },
  indexes: {
    Keys: { partitionKey: 'KPK', sortKey: 'KSK', projection: 'KEYS_ONLY' },
    Some: { partitionKey: 'KPK', sortKey: 'KSK', projection: ['title'] },
    Whole: { partitionKey: 'KPK', sortKey: 'KSK' },
    Local: { type: 'local', sortKey: 'KSK', projection: 'KEYS_ONLY' },
  },
})
const attributes = { owner: string(), n: number(), title: string(), list: string(), text: string() }
const keys = { pk: 'LIST#{list}', sk: '{title}' }
const Task = defineEntity('Task', {
  attributes,
  key: { pk: 'OWNER#{owner}', sk: '{n}' },
  indexes: { Keys: keys, Some: keys, Whole: keys, Local: { sk: '{title}' } },
})
const Draft = defineEntity('Draft', {
  attributes,
  key: { pk: 'DRAFT#{owner}', sk: '{n}' },
  indexes: { Keys: keys, Some: keys, Whole: keys },
})
const todo = defineModel({
  table,
  entities: { Task, Draft },
  accessPatterns: {
    keys: query(Task).index('Keys').hydrate(),
    titles: query(Task).index('Keys').hydrate().select('title', 'text'),
    some: query(Task)
      .index('Some')
      .hydrate()
      .where({ title: { beginsWith: 'T' } }),
    whole: query(Task).index('Whole').hydrate(),
    local: query(Task).index('Local').hydrate(),
  },
})

type Keys = Record<string, AttributeValue>[]

/** A client whose BatchGetItem does only so many keys of each request, and says that the rest is left. */
function partial(client: DynamoDBClient, processed: number): { client: DynamoDBClient; asked: Keys[] } {
  const asked: Keys[] = []
  const send = async (command: BatchGetItemCommand) => {
    if (!(command instanceof BatchGetItemCommand)) return client.send(command)
    const [[name, { Keys = [] }] = ['', {}]] = Object.entries(command.input.RequestItems ?? {})
    asked.push(Keys)
    const [done, left] = [Keys.slice(0, processed), Keys.slice(processed)]
    const { Responses } =
      done.length === 0 ? {} : await client.send(new BatchGetItemCommand({ RequestItems: { [name]: { Keys: done } } }))
    return { Responses, UnprocessedKeys: left.length === 0 ? {} : { [name]: { Keys: left } } }
  }
  return { client: { config: client.config, send } as unknown as DynamoDBClient, asked }
}

describe('hydrating', () => {
  let engine: TestEngine
  let client: DynamoDBClient
  const open = (more: object = {}) => connect(todo, { client, ...more })
  const list = 'l'
  beforeEach(async () => {
    engine = await startTestEngine()
    client = engine.client()
    await createTable(todo, client)
    const { Task, Draft } = open().entities
    for (let n = 0; n < 12; n++) {
      await Task.put({ owner: 'o', n, title: `T${30 - n}`, list, text: n % 2 === 0 ? 'x' : 'y' })
      await Draft.put({ owner: 'o', n, title: `T${30 - n}`, list, text: 'draft' })
    }
  })
  afterEach(() => engine.close())

  it('gives whole items in the order of the index, with one BatchGetItem for a page', async () => {
    const { result, requests } = await observed(() => open().patterns.keys({ list }, { descending: true, limit: 4 }))
    expect(result.items.map(({ n }) => n)).to.deep.equal([0, 1, 2, 3])
    expect(result.items[0]).to.deep.equal({ owner: 'o', n: 0, title: 'T30', list, text: 'x' })
    expect(requests.filter(({ operation }) => operation === 'BatchGetItem')).to.have.length(1)
    expect(result.misfits).to.deep.equal([])
  })

  it('fetches no items of other entities', async () => {
    const { asked, client: counting } = partial(client, 100)
    const shop = open({ client: counting })
    expect(await shop.patterns.keys({ list }).all()).to.have.length(12)
    expect(asked.flat()).to.have.length(12)
    for (const key of asked.flat()) expect(key.PK).to.deep.equal({ S: 'OWNER#o' })
  })

  it('gives only what is selected', async () => {
    expect((await open().patterns.titles({ list }, { limit: 1 })).items).to.deep.equal([{ title: 'T19', text: 'y' }])
  })

  it('is left to DynamoDB for a local index', async () => {
    const { result, requests } = await observed(() => open().patterns.local({ owner: 'o' }, { consistent: true, limit: 2 }))
    expect(result.items.map(({ n, text }) => ({ n, text }))).to.deep.equal([
      { n: 11, text: 'y' },
      { n: 10, text: 'x' },
    ])
    expect(requests.map(({ operation }) => operation)).to.deep.equal(['Query'])
  })

  it('does not make what an index lacks something to filter by', async () => {
    const { patterns } = open()
    for (const ask of [
      () => patterns.local({ owner: 'o' }, { where: { text: 'x' } }),
      () => patterns.keys({ list }, { where: { text: 'x' } }),
    ])
      expect(await failureOf(ask))
        .to.be.instanceOf(ValidationError)
        .and.to.include({ path: 'text', reason: 'not-allowed' })
  })

  it('is not needed where the index holds everything', async () => {
    const { result, requests } = await observed(() => open().patterns.whole({ list }))
    expect(result.items).to.have.length(12)
    expect(requests.map(({ operation }) => operation)).to.deep.equal(['Query'])
  })

  it('filters before it fetches', async () => {
    const { asked, client: counting } = partial(client, 100)
    await open({ client: counting }).patterns.some({ list }, { where: { title: 'T21' } })
    expect(asked.flat()).to.deep.equal([{ PK: { S: 'OWNER#o' }, n: { N: '9' } }])
  })

  it('leaves out rows whose item is gone, or has moved to another partition of the index', async () => {
    // A client that answers Query with rows as they were before these writes: an index that lags behind.
    const stale = await open().patterns.keys({ list }).params()
    const [rows] = await Promise.all(stale.map((params) => client.send(new QueryCommand(params as QueryCommandInput))))
    await client.send(new DeleteItemCommand({ TableName: 'hydration', Key: { PK: { S: 'OWNER#o' }, n: { N: '3' } } }))
    await open().entities.Task.update({ owner: 'o', n: 5 }, { list: 'other' })
    const send = (command: GetItemCommand) => (command instanceof QueryCommand ? Promise.resolve(rows) : client.send(command))
    const lagging = open({ client: { config: client.config, send } })
    const { items, misfits } = await lagging.patterns.keys({ list })
    expect(items.map(({ n }) => n)).to.deep.equal([11, 10, 9, 8, 7, 6, 4, 2, 1, 0])
    expect(misfits).to.deep.equal([])
  })

  it('leaves out rows whose item has moved out of the range that was asked for', async () => {
    const asked = { list, title: { lt: 't05' } }
    const stale = await open().patterns.keys(asked).params()
    const [rows] = await Promise.all(stale.map((params) => client.send(new QueryCommand(params as QueryCommandInput))))
    const before = (await open().patterns.keys(asked)).items
    const [first, second] = before
    if (first === undefined || second === undefined) throw new Error('The range holds nothing.')
    await open().entities.Task.update({ owner: first.owner, n: first.n }, { title: 't99' })
    await open().entities.Task.update({ owner: second.owner, n: second.n }, { title: 't00' })
    const send = (command: GetItemCommand) => (command instanceof QueryCommand ? Promise.resolve(rows) : client.send(command))
    const { items } = await open({ client: { config: client.config, send } }).patterns.keys(asked)
    expect(items.map(({ n }) => n)).to.deep.equal(before.slice(1).map(({ n }) => n))
  })

  it('asks again for keys that DynamoDB leaves unprocessed, and loses none', async () => {
    const { asked, client: slow } = partial(client, 5)
    const { items } = await open({ client: slow }).patterns.keys({ list })
    expect(items.map(({ n }) => n)).to.deep.equal([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    expect(asked.map((keys) => keys.length)).to.deep.equal([12, 7, 2])
  })

  it('fails with exactly the keys that are left when DynamoDB goes on leaving them', async () => {
    const { asked, client: stuck } = partial(client, 0)
    const error = await failureOf(() => open({ client: stuck }).patterns.keys({ list }, { limit: 1 }))
    expect(error).to.be.instanceOf(UnprocessedError)
    const { keys, unprocessed, message } = error as UnprocessedError
    expect(keys).to.deep.equal(asked[0])
    expect(unprocessed).to.deep.equal([])
    expect(message).to.match(new RegExp(`^${keys.length} of the batch .* error\\.keys\\.$`))
    expect(asked.length).to.be.greaterThan(1)
  })

  it('asks for 100 items at a time', async () => {
    const { Task } = open().entities
    for (let n = 100; n < 250; n++) await Task.put({ owner: 'many', n, title: 'many', list: 'many', text: '' })
    const { asked, client: counting } = partial(client, 100)
    expect((await open({ client: counting }).patterns.keys({ list: 'many' }, { limit: 150 })).items).to.have.length(150)
    expect(asked.map((keys) => keys.length)).to.deep.equal([100, 50])
  })
})
