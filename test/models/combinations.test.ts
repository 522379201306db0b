// What parts of a model do together that were each specified alone: buckets with descending keys and with tenants, copies with reserved
// attributes, transaction patterns with generated attributes and with what comes from the connection.
import { expect } from 'chai'
import {
  add,
  connect,
  copyOf,
  createTable,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  fromContext,
  itemCollection,
  ModelError,
  many,
  number,
  query,
  string,
  transaction,
  ulid,
} from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'

const table = defineTable({
  name: 'combinations',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
})
const winter = { between: [new Date('2026-01-01'), new Date('2026-02-28')] } as const

describe('combinations', () => {
  let engine: TestEngine
  beforeEach(async () => {
    engine = await startTestEngine()
  })
  afterEach(() => engine.close())

  for (const shards of [{}, { shards: { count: 3 } }]) {
    const spread = 'shards' in shards ? ', in shards' : ''
    it(`read the buckets of a descending time latest first, page by page${spread}`, async () => {
      const Note = defineEntity('Note', {
        attributes: { at: datetime(), id: string() },
        key: { pk: 'NOTE#{id}', sk: 'NOTE' },
        indexes: { GSI1: { pk: 'NOTES#{at:month}', sk: '{at:desc}', ...shards } },
      })
      const model = defineModel({ table, entities: { Note }, accessPatterns: { notes: query(Note).index('GSI1') } })
      const client = engine.client()
      await createTable(model, client)
      const { entities, patterns } = connect(model, { client })
      const days = ['2026-01-05', '2026-01-20', '2026-02-03', '2026-02-20']
      for (const day of days) await entities.Note.create({ id: day, at: new Date(day) })
      const read = async (descending: boolean) => {
        const found: string[] = []
        let cursor: string | undefined
        do {
          const page = await patterns.notes({ at: winter }, { limit: 1, descending, ...(cursor !== undefined && { cursor }) })
          found.push(...page.items.map(({ id }) => id))
          cursor = page.cursor
        } while (cursor !== undefined)
        return found
      }
      expect(await read(false)).to.deep.equal(days.toReversed())
      expect(await read(true)).to.deep.equal(days)
    })
  }

  it('refuse a pattern whose tenant stands behind the time of a bucket, which is read as a range', () => {
    const Event = defineEntity('Event', {
      attributes: { tenantId: fromContext(), at: datetime(), id: string() },
      key: { pk: 'EVENTS#{at:month}', sk: '{at}#{tenantId}#{id}' },
    })
    const define = () => defineModel({ table, entities: { Event }, accessPatterns: { events: query(Event) } })
    expect(define)
      .to.throw(ModelError)
      .with.property('problems')
      .that.satisfies((problems: readonly { readonly code: string }[]) => problems.some(({ code }) => code === 'not-confined'))
  })

  it('copy an attribute that only transactions write, and refuse writes of the copy with the name of its source', async () => {
    const Page = defineEntity('Page', {
      attributes: { id: string(), views: number().default(0).onlyInTransactions() },
      key: { pk: 'PAGE#{id}', sk: 'PAGE' },
    })
    const Rank = copyOf(Page, 'Rank', { attributes: ['id', 'views'], key: { pk: 'RANK', sk: '{views}#{id}' } })
    const view = transaction({ Page }, { id: string() }, ({ id }, entities) => [entities.Page.update({ id }, { views: add(1) })])
    const model = defineModel({ table, entities: { Page, Rank }, accessPatterns: { view, ranks: query(Rank) } })
    const client = engine.client()
    await createTable(model, client)
    const { entities, patterns } = connect(model, { client })
    await entities.Page.create({ id: 'a' })
    await patterns.view({ id: 'a' })
    expect(await patterns.ranks({}).all()).to.deep.equal([{ id: 'a', views: 1 }])
    const { put } = entities.Rank as unknown as { put(input: object): unknown }
    expect(() => put({ id: 'a', views: 2 })).to.throw('Use Page.put()')
  })

  it('send the transaction that params() has shown, with what its entities generate', async () => {
    const Entry = defineEntity('Entry', {
      attributes: { id: ulid(), text: string() },
      key: { pk: 'ENTRY#{id}', sk: 'ENTRY' },
    })
    const enter = transaction({ Entry }, { text: string() }, ({ text }, entities) => [entities.Entry.create({ text })])
    const model = defineModel({ table, entities: { Entry }, accessPatterns: { enter } })
    const client = engine.client()
    await createTable(model, client)
    const operation = connect(model, { client }).patterns.enter({ text: 'x' })
    const shown = operation.params()
    expect(operation.params()).to.deep.equal(shown)
    const [{ id }] = await operation
    expect(JSON.stringify(shown)).to.include(`"ENTRY#${id}"`)
  })

  it('explain the guards and copies whose keys begin with what comes from the connection', () => {
    const User = defineEntity('User', {
      attributes: { tenantId: fromContext(), id: string(), email: string() },
      key: { pk: 'T#{tenantId}#USER#{id}', sk: 'USER' },
      unique: { email: 'T#{tenantId}#EMAIL#{email}' },
    })
    const Card = copyOf(User, 'Card', {
      attributes: ['tenantId', 'id', 'email'],
      key: { pk: 'T#{tenantId}#CARD#{email}', sk: 'CARD' },
    })
    const join = transaction({ User }, { id: string(), email: string() }, (input, entities) => [entities.User.create(input)])
    const model = defineModel({ table, entities: { User, Card }, accessPatterns: { join } })
    const { patterns } = connect(model, { client: engine.client(), context: { tenantId: 't' } })
    const [created] = patterns.join.explain().operations
    expect(created).to.deep.include({ guards: ['email'], copies: ['Card'], actions: 3 })
  })

  it('find all members of a collection whose shards have grown by times of their own', async () => {
    const count = [{ count: 2 }, { since: '2026-06-01T00:00:00Z', count: 7 }] as const
    const Day = defineEntity('Day', {
      attributes: { day: datetime(), id: string() },
      key: { pk: 'DAY#{day}', sk: 'DAY#{id}', shards: { count, of: 'day', time: 'day' } },
    })
    const Late = defineEntity('Late', {
      attributes: { day: datetime(), at: datetime() },
      key: { pk: 'DAY#{day}', sk: 'LATE#{at}', shards: { count, of: 'day', time: 'at' } },
    })
    const accessPatterns = { all: itemCollection({ days: many(Day), lates: many(Late) }) }
    const model = defineModel({ table, entities: { Day, Late }, accessPatterns })
    const client = engine.client()
    await createTable(model, client)
    const { entities, patterns } = connect(model, { client })
    for (let date = 1; date < 10; date++) {
      const day = new Date(Date.UTC(2026, 0, date))
      const late = await entities.Late.create({ day, at: new Date('2026-07-01') })
      expect((await patterns.all({ day })).lates).to.deep.equal([late])
    }
  })
})
