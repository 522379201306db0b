// Soft deletion: gone from every index and back in all of them, unique values kept or released, whoever writes at once and whatever fails.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  copyOf,
  createTable,
  defineModel,
  defineTable,
  expiresAt,
  inverted,
  ModelError,
  query,
  string,
  TransactionCanceledError,
  UniqueConstraintError,
  ValidationError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { softDelete } from '../../patterns/soft-delete.ts'
import { propertyRuns } from '../property-runs.ts'
import { failure } from './failure.ts'

const table = defineTable({
  name: 'soft-delete',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    ByTitle: { type: 'local', sortKey: 'LSI1SK' },
    Inverted: { partitionKey: 'SK', sortKey: 'PK' },
  },
  timeToLive: 'expiresAt',
})
const parts = {
  attributes: { owner: string(), id: string(), slug: string().optional(), title: string().default('Untitled') },
  key: { pk: 'OWNER#{owner}', sk: '{id}' },
  indexes: { GSI1: { pk: 'ALL', sk: '{owner}#{id}' }, ByTitle: { sk: 'TITLE#{title}' } },
} as const
const notes = softDelete({
  name: 'Note',
  ...parts,
  unique: { slug: 'NOTE_SLUG#{slug}' },
  uniqueValues: 'release',
  purgeAfterDays: 30,
})
const files = softDelete({
  name: 'File',
  ...parts,
  key: { pk: 'FILES#{owner}', sk: '{id}' },
  indexes: {},
  unique: { slug: 'FILE_SLUG#{slug}' },
  uniqueValues: 'keep',
})
const { Note } = notes.entities
const Card = copyOf(Note, 'Card', {
  attributes: ['id', 'owner', 'title', 'live'],
  key: { pk: 'CARD#{id}#{live}', sk: 'CARD#{owner}' },
})
const Title = copyOf(Note, 'Title', {
  attributes: ['owner', 'title', 'id'],
  key: { pk: 'TITLES#{owner}', sk: 'TITLE#{title}#{id}' },
})
const model = defineModel({
  table,
  entities: { ...notes.entities, ...files.entities, Card, Title },
  accessPatterns: {
    ...notes.accessPatterns,
    ...files.accessPatterns,
    notes: query(Note).index('GSI1'),
    byTitle: query(Note).index('ByTitle'),
  },
})

describe('soft deletion', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client({ maxAttempts: 1 }), now: () => new Date(engine.clock.now()) })
  let { entities, patterns } = {} as ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    ;({ entities, patterns } = open())
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())
  const listed = async () => (await patterns.notes({}).all()).map(({ owner, id }) => `${owner}/${id}`)
  const byTitle = async (owner: string) => (await patterns.byTitle({ owner }).all()).map(({ id }) => id)

  it('takes an item out of every index and brings it back to all, as it was', async () => {
    const key = { owner: 'ada', id: 'n1' }
    const note = await entities.Note.create({ ...key, title: 'Tea' })
    expect(note).to.deep.equal({ ...key, title: 'Tea' })
    await patterns.deleteNote(key)
    expect([await listed(), await byTitle('ada')]).to.deep.equal([[], []])
    expect(await entities.Note.get(key)).to.have.property('deletedAt')
    await entities.Note.update(key, { title: 'Green tea' })
    expect([await listed(), await byTitle('ada')]).to.deep.equal([[], []])
    await patterns.restoreNote(key)
    expect([await listed(), await byTitle('ada')]).to.deep.equal([['ada/n1'], ['n1']])
    expect(await entities.Note.get(key)).to.deep.equal({ ...key, title: 'Green tea' })
  })

  it('refuses to delete, restore or purge an item that is not in the state for it', async () => {
    const key = { owner: 'bob', id: 'n1' }
    for (const one of [patterns.deleteNote, patterns.restoreNote, patterns.purgeNote])
      expect(await failure(() => one(key))).to.be.instanceOf(TransactionCanceledError)
    await entities.Note.create(key)
    for (const one of [patterns.restoreNote, patterns.purgeNote])
      expect(await failure(() => one(key))).to.be.instanceOf(TransactionCanceledError)
    await patterns.deleteNote(key)
    expect(await failure(() => patterns.deleteNote(key))).to.be.instanceOf(TransactionCanceledError)
    await patterns.purgeNote(key)
    expect(await entities.Note.get(key)).to.equal(undefined)
  })

  it('leaves no other way to delete or restore', () => {
    const key = { owner: 'ada', id: 'n1' }
    const writes: (() => unknown)[] = [
      () => entities.Note.delete(key),
      () => entities.Note.put(key),
      () => entities.Note.update(key, { deletedAt: new Date() }),
      () => entities.Note.create({ ...key, purgeAt: new Date() }),
    ]
    for (const write of writes) expect(write).to.throw(ValidationError, 'done only together')
  })

  it('is not undone by an upsert, which would leave the item live and to be deleted by TTL', async () => {
    const key = { owner: 'zoe', id: 'n1' }
    await entities.Note.create(key)
    await patterns.deleteNote(key)
    const upsert = await failure(() => entities.Note.update(key, { title: 'New' }, { upsert: true }))
    expect(upsert).to.be.instanceOf(ValidationError).with.property('message').that.includes('deleteNote or restoreNote')
    expect(await entities.Note.get(key)).to.have.property('title', 'Untitled')
    expect(await byTitle('zoe')).to.deep.equal([])
    await patterns.restoreNote(key)
    expect(await byTitle('zoe')).to.deep.equal(['n1'])
  })

  it('releases unique values, and refuses to restore an item whose value another has', async () => {
    const [first, second] = [
      { owner: 'eve', id: 'n1' },
      { owner: 'eve', id: 'n2' },
    ] as const
    await entities.Note.create({ ...first, slug: 'tea' })
    expect(await failure(() => entities.Note.create({ ...second, slug: 'tea' }))).to.be.instanceOf(UniqueConstraintError)
    await patterns.deleteNote(first)
    await entities.Note.create({ ...second, slug: 'tea' })
    const refused = await failure(() => patterns.restoreNote(first))
    expect((refused as TransactionCanceledError).reasons[0]?.error).to.be.instanceOf(UniqueConstraintError)
    await patterns.deleteNote(second)
    await patterns.restoreNote(first)
    expect(await failure(() => entities.Note.create({ owner: 'eve', id: 'n3', slug: 'tea' }))).to.be.instanceOf(
      UniqueConstraintError,
    )
  })

  it('keeps unique values when told to', async () => {
    await entities.File.create({ owner: 'eve', id: 'f1', slug: 'tea' })
    await patterns.deleteFile({ owner: 'eve', id: 'f1' })
    const other = { owner: 'eve', id: 'f2', slug: 'tea' }
    expect(await failure(() => entities.File.create(other))).to.be.instanceOf(UniqueConstraintError)
    await patterns.purgeFile({ owner: 'eve', id: 'f1' })
    await entities.File.create(other)
  })

  it('takes along copies whose keys need live, and leaves others to be read', async () => {
    const key = { owner: 'kim', id: 'n1' }
    await entities.Note.create({ ...key, title: 'Tea' })
    const card = { id: 'n1', live: 'live', owner: 'kim' } as const
    const title = { owner: 'kim', title: 'Tea', id: 'n1' }
    const cards = async () => [await entities.Card.get(card), await entities.Title.get(title)]
    const live = { id: 'n1', owner: 'kim', title: 'Tea' }
    expect(await cards()).to.deep.equal([live, title])
    await patterns.deleteNote(key)
    expect(await cards()).to.deep.equal([undefined, title])
    await patterns.restoreNote(key)
    expect(await cards()).to.deep.equal([live, title])
    await patterns.deleteNote(key)
    await patterns.purgeNote(key)
    expect(await cards()).to.deep.equal([undefined, undefined])
  })

  it('leaves a deleted item to TTL, after which it is not restored', async () => {
    const key = { owner: 'old', id: 'n1' }
    await entities.Note.create({ ...key, slug: 'old' })
    await patterns.deleteNote(key)
    engine.clock.advance(29 * 86_400_000)
    await patterns.restoreNote(key)
    await patterns.deleteNote(key)
    engine.clock.advance(31 * 86_400_000)
    expect(await failure(() => patterns.restoreNote(key))).to.be.instanceOf(TransactionCanceledError)
    expect(await entities.Note.get(key)).to.equal(undefined)
  })

  it('has a deleted item in no index and without guards, a live one in all and with its own, under concurrency and faults', async () => {
    let runs = 0
    const action = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom('create', 'delete', 'restore', 'purge'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(action, { maxLength: 4 }), { maxLength: 6 }), async (rounds) => {
        const owner = `p${runs++}`
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.15, seed: runs })
        engine.faults.add({ kind: 'internalError', when: 'before', probability: 0.1, seed: runs })
        for (const round of rounds)
          await Promise.all(
            round.map(({ id, kind }) => {
              const key = { owner, id }
              return failure((): PromiseLike<unknown> => {
                // Two items want one slug.
                if (kind === 'create') return entities.Note.create({ ...key, slug: `${owner}-${id === 'c' ? 'b' : id}` })
                return { delete: patterns.deleteNote, restore: patterns.restoreNote, purge: patterns.purgeNote }[kind](key)
              })
            }),
          )
        engine.faults.clear()
        const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: 'soft-delete', ConsistentRead: true }))
        const items = Items.filter(({ owner: of, _type }) => of?.S === owner && _type?.S === 'Note')
        for (const item of items) {
          const deleted = item.deletedAt !== undefined
          for (const name of ['GSI1PK', 'GSI1SK', 'LSI1SK', 'live']) expect(item[name] === undefined, name).to.equal(deleted)
          expect(item.expiresAt !== undefined).to.equal(deleted)
        }
        const guards = Items.filter(({ PK }) => PK?.S?.startsWith(`NOTE_SLUG#${owner}-`)).map(({ PK }) => PK?.S)
        const live = items.filter(({ deletedAt }) => deletedAt === undefined)
        expect(guards.sort()).to.deep.equal(live.map(({ slug }) => `NOTE_SLUG#${slug?.S}#live`).sort())
        for (const { id = { S: '' }, deletedAt } of items) {
          if (deletedAt === undefined) await patterns.deleteNote({ owner, id: String(id.S) })
          await patterns.purgeNote({ owner, id: String(id.S) })
        }
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  })

  describe('is refused', () => {
    const mistakes: [string, () => unknown, string][] = [
      [
        'with an inverted index',
        () => softDelete({ name: 'N', ...parts, indexes: { Inverted: inverted() as never } }),
        'would stay in it',
      ],
      [
        'with an index that is sparse already',
        () => softDelete({ name: 'N', ...parts, indexes: { GSI1: { ...parts.indexes.GSI1, when: { id: 'a' } } } }),
        'Leave it out',
      ],
      [
        'with unique values of which nothing is said',
        () => softDelete({ name: 'N', ...parts, unique: { slug: 'S#{slug}' } }),
        "Set 'keep' or 'release'",
      ],
      [
        'with attributes of its own names',
        () => softDelete({ name: 'N', ...parts, attributes: { ...parts.attributes, live: string() } }),
        'Use another name',
      ],
      ['with an impossible time', () => softDelete({ name: 'N', ...parts, purgeAfterDays: 0 }), 'no number of days'],
      [
        'with no end of it',
        () => softDelete({ name: 'N', ...parts, purgeAfterDays: Number.POSITIVE_INFINITY }),
        'no number of days',
      ],
      [
        'with two expiries',
        () => softDelete({ name: 'N', ...parts, attributes: { ...parts.attributes, until: expiresAt() }, purgeAfterDays: 1 }),
        'expires by itself',
      ],
    ]
    for (const [title, wrong, message] of mistakes) it(title, () => expect(wrong).to.throw(ModelError, message))
  })
})
