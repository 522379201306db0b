// Soft deletion of items that were in the table before: they stay in their indexes, and get by adoption what released values need.
import { expect } from 'chai'
import {
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  query,
  string,
  type TransactionCanceledError,
  UniqueConstraintError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { adoptItems, softDelete } from '../../patterns/soft-delete.ts'
import { failureOf as failure } from '../client/observed-requests.ts'

const table = defineTable({
  name: 'adopted',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' }, ByTitle: { type: 'local', sortKey: 'LSI1SK' } },
  timeToLive: 'expiresAt',
})
const parts = {
  attributes: { owner: string(), id: string(), slug: string().optional(), title: string().default('Untitled') },
  key: { pk: 'OWNER#{owner}', sk: '{id}' },
  indexes: { GSI1: { pk: 'ALL', sk: '{owner}#{id}' }, ByTitle: { sk: 'TITLE#{title}' } },
  unique: { slug: 'NOTE_SLUG#{slug}' },
} as const
const Before = defineEntity('Note', parts)
const notes = softDelete({ name: 'Note', ...parts, uniqueValues: 'release', purgeAfterDays: 30 })
const { Note } = notes.entities
const accessPatterns = { ...notes.accessPatterns, notes: query(Note).index('GSI1'), byTitle: query(Note).index('ByTitle') }
const model = defineModel({ table, entities: { Note }, accessPatterns })

describe('soft deletion of items that were there before', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client() })
  let connected: ReturnType<typeof open>
  let { entities, patterns } = {} as ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    connected = open()
    ;({ entities, patterns } = connected)
  })
  after(() => engine.close())
  const listed = async () => (await patterns.notes({}).all()).map(({ owner, id }) => `${owner}/${id}`)
  const byTitle = async (owner: string) => (await patterns.byTitle({ owner }).all()).map(({ id }) => id)
  const old = () => connect(defineModel({ table, entities: { Note: Before } }), { client: engine.client() }).entities.Note

  const listedOf = async (owner: string) => (await listed()).filter((one) => one.startsWith(`${owner}/`))

  it('leaves them in their indexes, whatever is updated, and deletes and restores them', async () => {
    const key = { owner: 'legacy', id: 'n1' }
    await old().create({ ...key, title: 'Tea' })
    await entities.Note.update(key, { title: 'Green tea' })
    expect([await listedOf('legacy'), await byTitle('legacy')]).to.deep.equal([['legacy/n1'], ['n1']])
    await patterns.deleteNote(key)
    expect([await listedOf('legacy'), await byTitle('legacy')]).to.deep.equal([[], []])
    await patterns.restoreNote(key)
    expect([await listedOf('legacy'), await byTitle('legacy')]).to.deep.equal([['legacy/n1'], ['n1']])
    await patterns.deleteNote(key)
    await patterns.purgeNote(key)
  })

  it('claims their unique values when they are adopted, and leaves deleted ones deleted', async () => {
    const items = ['n1', 'n2', 'n3'].map((id) => ({ owner: 'adopted', id, slug: `adopted-${id}` }))
    for (const item of items) await old().create(item)
    await patterns.deleteNote({ owner: 'adopted', id: 'n2' })
    const all = async function* () {
      yield* items
      yield { owner: 'adopted', id: 'gone' }
    }
    expect(await adoptItems(notes, connected, all())).to.equal(2)
    expect(await adoptItems(notes, connected, all())).to.equal(0)
    expect(await byTitle('adopted')).to.deep.equal(['n1', 'n3'])
    const other = { owner: 'other', id: 'n1', slug: 'adopted-n1' }
    expect(await failure(() => entities.Note.create(other))).to.be.instanceOf(UniqueConstraintError)
    await entities.Note.create({ ...other, slug: 'adopted-n2' })
    const late = { owner: 'late', id: 'n1', slug: 'adopted-n1' }
    await old().create({ ...late, slug: 'late' })
    await entities.Note.update({ owner: 'late', id: 'n1' }, { slug: 'adopted-n1' })
    const refused = await failure(() => adoptItems(notes, connected, [late] as never))
    expect((refused as TransactionCanceledError).reasons[0]?.error).to.be.instanceOf(UniqueConstraintError)
  })
})
