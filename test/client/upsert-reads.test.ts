// Upserts that leave a sparse index as it is: whether there is an item or not, nothing of the index changes, and so nothing need be read.
import { type AttributeValue, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { connect, createTable, defineEntity, defineModel, defineTable, query, string } from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { requestsDuring } from './writes-model.ts'

const table = defineTable({
  name: 'upserts',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    GSI2: { partitionKey: 'GSI2PK', sortKey: 'GSI2SK' },
    GSI3: { partitionKey: 'GSI1PK', sortKey: 'GSI3SK' },
  },
})
const Page = defineEntity('Page', {
  attributes: {
    id: string(),
    title: string(),
    topic: string().optional(),
    place: string().optional(),
    flag: string().optional(),
  },
  key: { pk: 'PAGE#{id}', sk: 'PAGE' },
  indexes: {
    GSI1: { pk: 'TOPIC#{topic}', sk: '{id}' },
    GSI2: { pk: 'FLAGGED', sk: '{id}', when: { flag: { exists: true } } },
    // Shares a key attribute with GSI1.
    GSI3: { pk: 'TOPIC#{topic}', sk: '{place}' },
  },
})
const Draft = defineEntity('Draft', {
  attributes: { id: string(), title: string(), flag: string().optional(), shown: string().optional() },
  key: { pk: 'DRAFT#{id}', sk: 'DRAFT' },
  indexes: {
    GSI1: { pk: 'SHOWN', sk: '{id}', when: { shown: { exists: false } } },
    GSI2: { pk: 'TITLE#{title}', sk: '{flag}' },
  },
})
const model = defineModel({
  table,
  entities: { Page, Draft },
  accessPatterns: { pages: query(Page).index('GSI1'), drafts: query(Draft).index('GSI2') },
})

describe('an upsert that leaves a sparse index alone', () => {
  let engine: TestEngine
  const open = () => connect(model, { client: engine.client() }).entities
  before(async () => {
    engine = await startTestEngine()
    await createTable(model, engine.client())
  })
  after(() => engine.close())
  const indexKeys = async (kind: string, id: string) => {
    const Key = { PK: { S: `${kind}#${id}` }, SK: { S: kind } }
    const { Item = {} } = await engine.client().send(new GetItemCommand({ TableName: 'upserts', Key }))
    const keys = Object.entries(Item).filter(([name]) => name.startsWith('GSI'))
    return Object.fromEntries(keys.map(([name, value]: [string, AttributeValue]) => [name, value.S]))
  }
  const whole = { topic: 't', place: 'p', flag: 'f' }
  const wholeKeys = { GSI1PK: 'TOPIC#t', GSI1SK: '1', GSI2PK: 'FLAGGED', GSI2SK: '1', GSI3SK: 'p' }

  it('is one request, and keeps the keys of an item that is there', async () => {
    const { Page } = open()
    await Page.put({ id: '1', title: 'a', ...whole })
    expect(await requestsDuring(() => Page.update({ id: '1' }, { title: 'b' }, { upsert: true }))).to.deep.equal(['UpdateItem'])
    expect(await Page.get({ id: '1' })).to.deep.equal({ id: '1', title: 'b', ...whole })
    expect(await indexKeys('PAGE', '1')).to.deep.equal(wholeKeys)
  })

  it('is one request, and makes an item that is in none', async () => {
    const { Page } = open()
    expect(await requestsDuring(() => Page.update({ id: '2' }, { title: 'b' }, { upsert: true }))).to.deep.equal(['UpdateItem'])
    expect(await Page.get({ id: '2' })).to.deep.equal({ id: '2', title: 'b' })
    expect(await indexKeys('PAGE', '2')).to.deep.equal({})
  })

  it('still reads for the index that it does not leave alone', async () => {
    const { Page } = open()
    await Page.put({ id: '3', title: 'a', ...whole })
    // The other index of the shared partition key depends on the place.
    const sent = await requestsDuring(() => Page.update({ id: '3' }, { title: 'b', place: 'q' }, { upsert: true }))
    expect(sent).to.deep.equal(['GetItem', 'UpdateItem'])
    expect(await indexKeys('PAGE', '3')).to.deep.equal({ ...wholeKeys, GSI1SK: '3', GSI2SK: '3', GSI3SK: 'q' })
  })

  it('still reads when a new item would be in it, or another part of its key changes', async () => {
    const { Draft } = open()
    const upsert = () => requestsDuring(() => Draft.update({ id: '1' }, { title: 'b' }, { upsert: true }))
    expect(await upsert()).to.deep.equal(['GetItem', 'UpdateItem'])
    expect(await indexKeys('DRAFT', '1')).to.deep.equal({ GSI1PK: 'SHOWN', GSI1SK: '1' })
    await Draft.put({ id: '1', title: 'a', shown: 'yes', flag: 'f' })
    expect(await upsert()).to.deep.equal(['GetItem', 'UpdateItem'])
    expect(await indexKeys('DRAFT', '1')).to.deep.equal({ GSI2PK: 'TITLE#b', GSI2SK: 'f' })
  })
})
