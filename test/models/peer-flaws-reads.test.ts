// Reads that lie: what has been measured on other libraries for DynamoDB, as cases that must not happen here.
import { BatchGetItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { connect, defineEntity, defineModel, defineTable, InvalidCursorError, number, query, string } from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { failureOf, observed } from '../client/observed-requests.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'

const table = defineTable({
  name: 'chat',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { Keys: { partitionKey: 'KPK', sortKey: 'KSK', projection: 'KEYS_ONLY' } },
})
const Message = defineEntity('Message', {
  attributes: { room: string(), id: string(), author: string(), likes: number() },
  key: { pk: 'ROOM#{room}', sk: 'MESSAGE#{id}' },
  indexes: { Keys: { pk: 'AUTHOR#{author}', sk: '{id}' } },
})
/** Its sort keys come right after those of messages. */
const Note = defineEntity('Note', {
  attributes: { room: string(), id: string() },
  key: { pk: 'ROOM#{room}', sk: 'NOTE#{id}' },
})
/** And these right before. */
const Member = defineEntity('Member', {
  attributes: { room: string(), id: string() },
  key: { pk: 'ROOM#{room}', sk: 'MEMBER#{id}' },
})
const chat = defineModel({
  table,
  entities: { Message, Note, Member },
  accessPatterns: {
    messages: query(Message),
    popular: query(Message).where({ likes: { gte: 40 } }),
    byAuthor: query(Message).index('Keys').hydrate(),
    titles: query(Message).select('author'),
  },
})

describe('reads that lie', () => {
  let engine: TestEngine
  let client: DynamoDBClient
  const open = () => connect(chat, { client })
  const room = 'r'
  const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id)
  before(async () => {
    engine = await startTestEngine()
    client = engine.client()
    await createTable(chat, client)
    const { Message, Note, Member } = open().entities
    for (let n = 10; n < 60; n++) await Message.create({ room, id: `m${n}`, author: 'ada', likes: n })
    for (let n = 0; n < 5; n++) {
      await Note.create({ room, id: `n${n}` })
      await Member.create({ room, id: `p${n}` })
    }
    await Message.create({ room: 'r#MESSAGE', id: 'x', author: 'eve', likes: 0 })
  })
  after(() => engine.close())

  it('an open range does not reach into the items of the next entity, in either direction', async () => {
    const { messages } = open().patterns
    expect(ids((await messages({ room, id: { gt: 'm57' } })).items)).to.deep.equal(['m58', 'm59'])
    expect(ids((await messages({ room, id: { gte: 'm58' } }, { descending: true })).items)).to.deep.equal(['m59', 'm58'])
    expect(ids((await messages({ room, id: { lt: 'm12' } })).items)).to.deep.equal(['m10', 'm11'])
    expect(ids((await messages({ room, id: { lte: 'm10' } }, { descending: true })).items)).to.deep.equal(['m10'])
  })

  it('a page at the end of a range is full, and its cursor holds no key of another entity', async () => {
    const { messages } = open().patterns
    const page = await messages({ room, id: { gt: 'm57' } }, { limit: 2 })
    expect(ids(page.items)).to.deep.equal(['m58', 'm59'])
    expect(Buffer.from(String(page.cursor).slice(1), 'base64url').toString('latin1')).not.to.match(/NOTE|MEMBER/)
    expect((await messages({ room, id: { gt: 'm57' } }, { limit: 2, cursor: page.cursor ?? '' })).items).to.deep.equal([])
  })

  it('a limit counts what matches, not what is read', async () => {
    const { popular } = open().patterns
    const page = await popular({ room }, { limit: 3 })
    expect(ids(page.items)).to.deep.equal(['m40', 'm41', 'm42'])
  })

  it('a filter that lets little through does not read a whole partition unseen: there is a budget', async () => {
    const { popular } = open().patterns
    const { result, requests } = await observed(() => popular({ room }, { limit: 3, maxRequests: 2 }))
    expect(requests).to.have.length(2)
    expect(result.items).to.have.length.of.at.most(2)
    expect(result.cursor).to.be.a('string')
  })

  it('one item that does not fit does not take the page with it', async () => {
    const Item = { PK: { S: 'ROOM#odd' }, SK: { S: 'MESSAGE#2' }, _type: { S: 'Message' }, likes: { S: 'many' } }
    await client.send(new PutItemCommand({ TableName: 'chat', Item }))
    for (const id of ['1', '3']) await open().entities.Message.create({ room: 'odd', id, author: 'bob', likes: 1 })
    const page = await open().patterns.messages({ room: 'odd' })
    expect(ids(page.items)).to.deep.equal(['1', '3'])
    expect(page.misfits.map(({ path }) => path)).to.deep.equal(['author'])
  })

  it('fewer attributes than are required can be selected', async () => {
    expect((await open().patterns.titles({ room }, { limit: 1 })).items).to.deep.equal([{ author: 'ada' }])
    const options = { select: ['likes'] } as const
    expect(await open().entities.Message.get({ room, id: 'm10' }, options)).to.deep.equal({ likes: 10 })
  })

  it('a cursor is of one query and of one tenant', async () => {
    const { messages, popular } = open().patterns
    const { cursor = '' } = await messages({ room }, { limit: 1 })
    for (const other of [
      () => messages({ room: 'other' }, { cursor }),
      () => messages({ room: 'r#MESSAGE' }, { cursor }),
      () => popular({ room }, { cursor }),
    ])
      expect(await failureOf(other)).to.be.instanceOf(InvalidCursorError)
  })

  it('keys that a batch leaves unprocessed are asked for again, and not lost', async () => {
    let batches = 0
    const send = async (command: BatchGetItemCommand) => {
      if (!(command instanceof BatchGetItemCommand)) return client.send(command)
      batches++
      const { Keys = [] } = command.input.RequestItems?.chat ?? {}
      const { Responses } = await client.send(new BatchGetItemCommand({ RequestItems: { chat: { Keys: Keys.slice(0, 30) } } }))
      return { Responses, UnprocessedKeys: Keys.length > 30 ? { chat: { Keys: Keys.slice(30) } } : {} }
    }
    const shop = connect(chat, { client: { config: client.config, send } as unknown as DynamoDBClient })
    expect(ids(await shop.patterns.byAuthor({ author: 'ada' }).all())).to.deep.equal(
      Array.from({ length: 50 }, (_, n) => `m${n + 10}`),
    )
    expect(batches).to.equal(2)
  })

  it('a value that looks like a key prefix finds only its own items', async () => {
    expect(ids(await open().patterns.messages({ room: 'r#MESSAGE' }).all())).to.deep.equal(['x'])
  })
})
