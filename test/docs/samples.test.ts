import { expect } from 'chai'
import { collectSamples, describeModel } from '../../lib/docs/index.ts'
import {
  connect,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  get,
  itemCollection,
  many,
  one,
  oneOf,
  query,
  SingletError,
  string,
  transaction,
  updatedAt,
} from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine } from '../engine.ts'
import { documented, shop } from './shop.ts'

const table = defineTable({
  name: 'samples',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
  timeToLive: 'expires',
})

async function failure(promise: Promise<unknown>): Promise<SingletError> {
  return promise.then(
    () => expect.fail('succeeded'),
    (error: unknown) => {
      if (error instanceof SingletError) return error
      throw error
    },
  )
}

describe('samples', () => {
  it('has an answer with the example items for every pattern', async () => {
    const { documentation, samples } = await documented(shop)
    expect([...samples.keys()]).to.deep.equal(documentation.patterns.map(({ name }) => name))
    expect(samples.get('customer')).to.deep.equal({ name: 'Ada | <b>Lovelace</b>', email: 'ada@example.com' })
    expect(samples.get('bestInCity')).to.deep.equal({ items: [{ name: 'Ada | <b>Lovelace</b>', points: 1200 }], misfits: [] })
    const { customer, orders } = samples.get('customerWithOrders') as { customer: object; orders: object[] }
    expect(customer).to.include({ customerId: 'c#1', version: 1 }).and.not.have.property('password')
    expect(orders).to.have.length(1)
    expect(orders[0]).to.deep.include({ total: 12.5, seal: new Uint8Array([1, 2, 255]), tags: new Set(['x', 'y']) })
  })

  it('is the same each time', async () => {
    const [first, second] = await Promise.all([documented(shop), documented(shop)])
    expect(second.samples).to.deep.equal(first.samples)
  })

  it('names all patterns that do not find the example, and says why', async () => {
    const Task = defineEntity('Task', {
      attributes: { id: string().example('1'), state: oneOf('open', 'done').example('done') },
      key: { pk: 'TASK#{id}', sk: 'TASK#{id}' },
      indexes: { GSI1: { pk: 'OPEN', sk: '{id}', when: { state: 'open' } } },
    })
    const model = defineModel({
      table,
      entities: { Task },
      accessPatterns: {
        task: get(Task),
        openTasks: query(Task).index('GSI1'),
        stillOpen: query(Task).where({ state: 'open' }),
      },
    })
    const { message } = await failure(documented(model))
    expect(message).to.match(/openTasks: .*The example of Task is not in GSI1, which holds items while state = open\./)
    expect(message).to.match(/stillOpen: .*Check its examples against the filter, state = open\./)
    expect(message).to.not.match(/\btask:/)
  })

  it('says which examples of a collection do not belong together', async () => {
    const attributes = (id: string) => ({ id: string().example(id) })
    const Parent = defineEntity('Parent', { attributes: attributes('1'), key: { pk: 'P#{id}', sk: 'A' } })
    const Child = defineEntity('Child', { attributes: attributes('2'), key: { pk: 'P#{id}', sk: 'B' } })
    const family = itemCollection({ parent: one(Parent), children: many(Child) })
    const model = defineModel({ table, entities: { Parent, Child }, accessPatterns: { family } })
    const { message } = await failure(documented(model))
    expect(message).to.match(/family: answers children with nothing .*The examples of id differ: 1 in Parent, 2 in Child\./)
  })

  it('says when an example has expired', async () => {
    const Token = defineEntity('Token', {
      attributes: {
        id: string().example('1'),
        expires: expiresAt().example(new Date('2030-01-01T00:00:00Z')),
        updatedAt: updatedAt().example(new Date('2030-01-02T00:00:00Z')),
      },
      key: { pk: 'TOKEN#{id}', sk: 'TOKEN#{id}' },
    })
    const model = defineModel({ table, entities: { Token }, accessPatterns: { token: get(Token) } })
    expect((await failure(documented(model))).message).to.match(/token: .*has expired: the samples are taken at 2030-01-02/)
  })

  it('has the examples of entities that only transactions may write', async () => {
    const Note = defineEntity('Note', {
      attributes: { id: string() },
      key: { pk: 'NOTE#{id}', sk: 'NOTE#{id}' },
      onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
    })
    const write = transaction({ Note }, { id: string() }, (note, { Note }) => [Note.create(note)])
    const model = defineModel({ table, entities: { Note }, accessPatterns: { note: query(Note).one(), write } })
    const { samples } = await documented(model)
    expect(samples.get('note')).to.deep.equal({ id: 'id-1' })
  })

  it('does not take another item for the example', async () => {
    const Note = defineEntity('Note', {
      attributes: { author: string().example('a'), id: string().example('2') },
      key: { pk: 'NOTES#{author}', sk: 'NOTE#{id}' },
    })
    const model = defineModel({ table, entities: { Note }, accessPatterns: { firstNote: query(Note).one() } })
    const engine = await startTestEngine()
    try {
      await createTable(model, engine.client())
      await connect(model, { client: engine.client() }).entities.Note.create({ author: 'a', id: '1' })
      const { message } = await failure(collectSamples(model, { client: engine.client() }))
      expect(message).to.include(
        "firstNote: answers Note with [{ author: 'a', id: '1' }] where { author: 'a', id: '2' } is expected.",
      )
    } finally {
      await engine.close()
    }
  })

  it('names the entity whose example the table refuses', async () => {
    const Note = defineEntity('Note', { attributes: { id: string() }, key: { pk: 'NOTE#{id}', sk: 'NOTE#{id}' } })
    const model = defineModel({ table, entities: { Note }, accessPatterns: { note: get(Note) } })
    const client = { send: () => Promise.reject(new Error('no such table')) } as unknown as Parameters<
      typeof collectSamples
    >[1]['client']
    const error = await failure(collectSamples(model, { client, documentation: describeModel(model) }))
    expect(error.message).to.match(/Entities .*\n {2}Note: no such table/)
  })
})
