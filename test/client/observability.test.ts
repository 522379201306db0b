// What observers see: each request on a diagnostics channel, and nothing asked of DynamoDB for it while nobody listens.
import { channel } from 'node:diagnostics_channel'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { connect } from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { failureOf, observed } from './observed-requests.ts'
import { readingModel } from './reading-model.ts'

describe('the channel singlet:request', () => {
  const model = readingModel(4)
  let engine: TestEngine
  let client: DynamoDBClient
  const open = () => connect(model, { client })
  const item = { tenant: 't', group: 'g', id: '1', rank: 1, when: new Date(0), flag: 'a' } as const
  before(async () => {
    engine = await startTestEngine()
    client = engine.client()
    await createTable(model, client)
    for (const id of ['1', '2', '3']) await open().entities.Event.create({ ...item, id })
  })
  after(() => engine.close())

  it('has each request with pattern, operation, index, items, capacity and time', async () => {
    const { requests } = await observed(() => open().patterns.hydrated({ tenant: 't' }, { limit: 2 }))
    const [query, fetch, ...more] = requests
    expect(more).to.deep.equal([])
    expect(query).to.deep.include({
      pattern: 'hydrated',
      operation: 'Query',
      tableName: 'reading',
      index: 'Keys',
      itemCount: 2,
      consumedCapacity: 0.5,
    })
    expect(query?.durationMs).to.be.at.least(0)
    expect(fetch).to.deep.include({ pattern: 'hydrated', operation: 'BatchGetItem', itemCount: 2, consumedCapacity: 1 })
  })

  it('has one event for each shard', async () => {
    const { requests } = await observed(() => open().patterns.sharded({ flag: 'a' }, { limit: 2 }))
    expect(requests).to.have.length(4)
    expect(requests.reduce((sum, { itemCount = 0 }) => sum + itemCount, 0)).to.equal(3)
  })

  it('has the entity of a get', async () => {
    const { requests } = await observed(() => open().entities.Event.get({ tenant: 't', group: 'g', id: '1' }))
    expect(requests).to.have.length(1)
    expect(requests[0]).to.deep.include({ entity: 'Event', operation: 'GetItem', itemCount: 1 })
  })

  it('has the entities of batches and transactions, each once, in the requests that are for them', async () => {
    const { batchGet, batchWrite, transactGet, transactWrite, entities } = open()
    const { Event, Log } = entities
    const key = (id: string) => ({ tenant: 't', group: 'g', id })
    const log = (id: string) => ({ tenant: 't', group: 'l', id, rank: 1, when: new Date(0), flag: 'a' }) as const
    const entitiesOf = async (action: () => PromiseLike<unknown>) =>
      (await observed(action)).requests.map(({ operation, entity, entities }) => [operation, entity ?? entities])
    expect(await entitiesOf(() => batchGet([Event.get(key('1')), Log.get(key('1')), Event.get(key('2'))]))).to.deep.equal([
      ['BatchGetItem', ['Event', 'Log']],
    ])
    const apart = () => batchGet([Event.get(key('1')), Log.get(key('1'), { consistent: true })])
    expect(await entitiesOf(apart)).to.have.deep.members([
      ['BatchGetItem', ['Event']],
      ['BatchGetItem', ['Log']],
    ])
    expect(await entitiesOf(() => batchWrite([Log.put(log('8')), Event.delete(key('8')), Log.put(log('9'))]))).to.deep.equal([
      ['BatchWriteItem', ['Log', 'Event']],
    ])
    expect(await entitiesOf(() => transactGet([Log.get(key('9')), Event.get(key('1'))]))).to.deep.equal([
      ['TransactGetItems', ['Log', 'Event']],
    ])
    const writes = () => transactWrite([Event.conditionCheck(key('1'), { rank: 1 }), Log.delete(key('8')), Log.delete(key('9'))])
    expect(await entitiesOf(writes)).to.deep.equal([['TransactWriteItems', ['Event', 'Log']]])
    expect(await entitiesOf(() => open().patterns.hydrated({ tenant: 't' }, { limit: 1 }))).to.deep.equal([
      ['Query', undefined],
      ['BatchGetItem', ['Event']],
    ])
  })

  it('has requests that failed, with their error', async () => {
    const { requests } = await observed(async () => {
      await failureOf(() => connect(model, { client, tableName: 'nowhere' }).patterns.inTable({ tenant: 't' }))
    })
    expect(requests).to.have.length(1)
    expect(requests[0]?.error).to.have.property('name', 'ResourceNotFoundException')
    expect(requests[0]).not.to.have.property('itemCount')
  })

  it('costs nothing while nobody listens: capacity is asked for only then', async () => {
    const inputs: object[] = []
    const send = (command: { input: object }) => {
      inputs.push(command.input)
      return Promise.resolve({ Items: [] })
    }
    const stub = { config: client.config, send } as unknown as DynamoDBClient
    const ask = () => connect(model, { client: stub }).patterns.inTable({ tenant: 't' })
    await ask()
    await observed(ask)
    expect(inputs[0]).not.to.have.property('ReturnConsumedCapacity')
    expect(inputs[1]).to.include({ ReturnConsumedCapacity: 'TOTAL' })
    expect(channel('singlet:request').hasSubscribers).to.equal(false)
  })
})
