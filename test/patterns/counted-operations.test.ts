// Counted children that another pattern creates and deletes: its transactions are counted, and nothing is beside them.
import { expect } from 'chai'
import fc from 'fast-check'
import {
  type AnyEntity,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  type Item,
  ModelError,
  number,
  oneOf,
  scan,
  string,
  TransactionCanceledError,
  transaction,
  ulid,
  ValidationError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { adjacencyList } from '../../patterns/adjacency-list.ts'
import { aggregateCounter, counter } from '../../patterns/aggregate-counter.ts'
import { counted } from '../../patterns/counter-checks.ts'
import { nodeAttributes, nodeWrites } from '../../patterns/graph-node.ts'
import { largeItem } from '../../patterns/large-item.ts'
import { queue } from '../../patterns/queue.ts'
import { softDelete } from '../../patterns/soft-delete.ts'
import { versionHistory } from '../../patterns/version-history.ts'
import { verticalPartitioning } from '../../patterns/vertical-partitioning.ts'
import { propertyRuns } from '../property-runs.ts'
import { failure } from './failure.ts'

const table = defineTable({
  name: 'counted',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { Inverted: { partitionKey: 'SK', sortKey: 'PK' }, GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
})
const Club = defineEntity('Club', {
  attributes: { club: string(), friends: counter(), weight: counter(), documents: counter(), notes: counter() },
  key: { pk: 'CLUB#{club}', sk: 'CLUB' },
  onlyInTransactions: counted.parent,
})
const User = defineEntity('User', {
  attributes: { userId: string(), ...nodeAttributes() },
  key: { pk: 'USER#{userId}', sk: 'USER' },
  onlyInTransactions: nodeWrites,
})

const friendships = adjacencyList({
  name: 'Friend',
  from: { node: User, as: 'a' },
  to: { node: User, as: 'b' },
  directed: false,
  index: 'Inverted',
})
const { Friend } = friendships.entities
const byFirst = { child: Friend, counters: [{ parent: Club, key: { club: 'a' }, count: 'friends' }] } as const
const { link, unlink, unlinkMany } = friendships.accessPatterns
const friends = aggregateCounter({ ...byFirst, creation: link, deletion: unlink, create: 'link', delete: 'unlink' })
const many = aggregateCounter({ ...byFirst, creation: link, deletion: unlinkMany, create: 'link', delete: 'unlinkMany' })

const follows = adjacencyList({
  name: 'Follow',
  from: { node: User, as: 'a' },
  to: { node: User, as: 'b' },
  index: 'Inverted',
  attributes: { weight: number({ integer: true }).readOnly() },
})
const byWeight = {
  child: follows.entities.Follow,
  counters: [{ parent: Club, key: { club: 'b' }, sum: { weight: 'weight' } }],
  creation: follows.accessPatterns.link,
} as const
const weights = aggregateCounter({ ...byWeight, deletion: follows.accessPatterns.unlink, create: 'follow', delete: 'unfollow' })
const unweighed = aggregateCounter({
  ...byWeight,
  deletion: follows.accessPatterns.unlinkMany,
  create: 'follow',
  delete: 'unfollowMany',
})

const documents = versionHistory({
  name: 'Document',
  attributes: { id: string(), club: string(), text: string() },
  partitionKey: 'DOCUMENT#{id}',
})
const { Document } = documents.entities
const saved = aggregateCounter({
  child: Document,
  counters: [{ parent: Club, count: 'documents' }],
  creation: documents.accessPatterns.saveDocument,
  deletion: transaction({ Document }, { id: string() }, (key, writes) => [writes.Document.delete(key)]),
  create: 'saveDocument',
  delete: 'dropDocument',
})

const notes = softDelete({
  name: 'Note',
  attributes: { club: string().readOnly(), id: string() },
  key: { pk: 'NOTE#{id}', sk: 'NOTE' },
  onlyInTransactions: counted.child,
})
const { Note } = notes.entities
const kept = aggregateCounter({
  child: Note,
  counters: [{ parent: Club, count: 'notes' }],
  creation: transaction({ Note }, { club: string(), id: ulid() }, (note, writes) => [writes.Note.create(note)]),
  deletion: notes.accessPatterns.purgeNote,
  create: 'addNote',
  delete: 'purgeNote',
})

const model = defineModel({
  table,
  entities: { Club, User, ...friendships.entities, ...follows.entities, ...documents.entities, ...notes.entities },
  accessPatterns: {
    ...friends.accessPatterns,
    unlinkMany: many.accessPatterns.unlinkMany,
    ...weights.accessPatterns,
    unfollowMany: unweighed.accessPatterns.unfollowMany,
    ...documents.accessPatterns,
    ...saved.accessPatterns,
    ...notes.accessPatterns,
    ...kept.accessPatterns,
    everyFriend: scan(Friend).consistent(),
  },
})

describe('an aggregate counter of what another pattern writes', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client({ maxAttempts: 1 }) })
  let { entities, patterns } = {} as ReturnType<typeof open>
  const users = ['1', '2', '3', '4']
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    ;({ entities, patterns } = open())
    for (const userId of users) await entities.User.create({ userId })
    for (const club of [...users, 'x', 'y']) await entities.Club.create({ club })
  })
  after(() => engine.close())
  const count = async (club: string) => {
    const found = await entities.Club.get({ club }, { consistent: true })
    expect(found).not.to.equal(undefined)
    return found as Item<typeof Club>
  }

  it('counts edges as they are stored, whichever end is named first', async () => {
    await patterns.link({ a: '2', b: '1' })
    await patterns.link({ a: '1', b: '3' })
    expect([await count('1'), await count('2')].map(({ friends }) => friends)).to.deep.equal([2, 0])
    expect(await failure(() => patterns.link({ a: '1', b: '2' })), 'there already').to.be.instanceOf(TransactionCanceledError)
    await patterns.unlink({ a: '2', b: '1' })
    expect(await failure(() => patterns.unlink({ a: '2', b: '1' })), 'gone').to.be.instanceOf(TransactionCanceledError)
    await patterns.unlinkMany({ edges: [{ a: '3', b: '1' }] })
    expect((await count('1')).friends).to.equal(0)
  })

  it('counts several edges of one transaction, once each', async () => {
    for (const b of ['2', '3', '4']) await patterns.link({ a: '1', b })
    await patterns.link({ a: '2', b: '3' })
    expect((await count('1')).friends).to.equal(3)
    const edges = ['2', '3', '4'].map((a) => ({ a, b: '1' }))
    await patterns.unlinkMany({ edges: [...edges, { a: '2', b: '3' }] })
    expect([await count('1'), await count('2')].map(({ friends }) => friends)).to.deep.equal([0, 0])
  })

  it('is the number of the edges that there are, under concurrent writes', async () => {
    const end = fc.constantFrom(...users)
    const action = fc.record({ a: end, b: end, remove: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(action, { maxLength: 4 }), { maxLength: 6 }), async (rounds) => {
        for (const round of rounds)
          await Promise.all(
            round.map(({ remove, ...pair }) => failure(() => (remove ? patterns.unlink(pair) : patterns.link(pair)))),
          )
        const there = await patterns.everyFriend({}).all()
        for (const user of users) expect((await count(user)).friends, user).to.equal(there.filter(({ a }) => a === user).length)
      }),
      { numRuns: Math.ceil(propertyRuns / 20) },
    )
  })

  it('has a deletion know what was summed, and refuses what leaves it unknown', async () => {
    await patterns.follow({ a: '1', b: '2', weight: 5 })
    await patterns.follow({ a: '3', b: '2', weight: 7 })
    expect((await count('2')).weight).to.equal(12)
    expect(await failure(() => patterns.unfollow({ a: '1', b: '2', weight: 6 }))).to.be.instanceOf(TransactionCanceledError)
    const pairs = [
      { a: '1', b: '2' },
      { a: '3', b: '2' },
    ]
    const several = await failure(() => patterns.unfollowMany({ edges: pairs, weight: 5 }))
    expect(several).to.be.instanceOf(ValidationError).with.property('message').that.includes('one at a time')
    await patterns.unfollowMany({ edges: pairs.slice(0, 1), weight: 5 })
    await patterns.unfollow({ a: '3', b: '2', weight: 7 })
    expect((await count('2')).weight).to.equal(0)
  })

  it('counts a record once, which its versions replace as long as they count for the same', async () => {
    const document = { id: '1', club: 'x', text: 'a' }
    await patterns.saveDocument({ ...document, base: 0 })
    await patterns.saveDocument({ ...document, text: 'b', base: 1 })
    expect((await count('x')).documents).to.equal(1)
    const elsewhere = await failure(() => patterns.saveDocument({ ...document, club: 'y', base: 2 }))
    expect(elsewhere).to.be.instanceOf(TransactionCanceledError)
    expect(await failure(() => patterns.dropDocument({ id: '1', club: 'y' }))).to.be.instanceOf(TransactionCanceledError)
    await patterns.dropDocument({ id: '1', club: 'x' })
    expect([(await count('x')).documents, (await count('y')).documents]).to.deep.equal([0, 0])
  })

  it('counts what is deleted softly until it is purged, which takes what its own pattern demands', async () => {
    await patterns.addNote({ club: 'x', id: '01ARZ3NDEKTSV4RRFFQ69G5FAV' })
    const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
    expect(await failure(() => patterns.purgeNote({ id, club: 'x' })), 'live').to.be.instanceOf(TransactionCanceledError)
    await patterns.deleteNote({ id })
    expect((await count('x')).notes).to.equal(1)
    await patterns.purgeNote({ id, club: 'x' })
    expect((await count('x')).notes).to.equal(0)
  })

  describe('is refused', () => {
    const names = { create: 'c', delete: 'd' }
    const parts = verticalPartitioning({
      name: 'Record',
      key: { club: string() },
      parts: { a: { attributes: {} }, b: { attributes: {} } },
    })
    const soft = softDelete({
      name: 'Soft',
      attributes: { club: string() },
      key: { pk: 'S#{club}', sk: 'S' },
      onlyInTransactions: counted.child,
    })
    const own: [string, AnyEntity][] = [
      ['adjacencyList', Friend],
      ['versionHistory', documents.entities.Document],
      ['versionHistory', documents.entities.DocumentVersion],
      ['verticalPartitioning', parts.entities.RecordA],
      ['largeItem', largeItem({ name: 'File', key: { club: string() }, index: 'GSI1' }).entities.File],
      ['softDelete', soft.entities.Soft],
      ['queue', queue({ name: 'Job', index: 'GSI1', payload: oneOf('a') }).entities.Job],
    ]
    for (const [pattern, child] of own)
      it(`without the transactions of ${pattern} that write a ${child.name}`, () => {
        const options = { child, counters: [{ parent: Club, count: 'friends' }], ...names }
        expect(() => aggregateCounter(options as never)).to.throw(ModelError, `${pattern} writes it, uncounted`)
        expect(() => aggregateCounter({ ...options, creation: link } as never)).to.throw(ModelError, 'uncounted')
      })

    it('with a transaction that does not write what is counted', () => {
      const options = { ...byFirst, ...names, creation: documents.accessPatterns.saveDocument, deletion: unlink }
      expect(() => aggregateCounter(options)).to.throw(ModelError, 'its creation does not write it')
    })

    const Plain = defineEntity('Plain', {
      attributes: { id: string(), club: string().default('x').readOnly() },
      key: { pk: 'PLAIN#{id}', sk: 'PLAIN' },
      onlyInTransactions: counted.child,
    })
    const wrong = (operation: 'upsert' | 'move' | 'default' | 'delete') =>
      transaction({ Plain }, { id: string() }, ({ id }, { Plain: plain }) => [
        operation === 'upsert'
          ? plain.update({ id }, {}, { upsert: true })
          : operation === 'move'
            ? plain.move({ id }, { id: `${id}2`, club: 'x' } as never)
            : operation === 'default'
              ? plain.create({ id })
              : plain.delete({ id }),
      ])
    const cases: ['upsert' | 'move' | 'default' | 'delete', string][] = [
      ['upsert', 'upserts one'],
      ['move', 'moves one'],
      ['default', 'club: is counted: who creates a Plain gives it'],
      ['delete', 'deletes one whose club nothing tells'],
    ]
    for (const [operation, message] of cases)
      it(`in a call whose creation leaves open what is counted (${operation})`, async () => {
        const plain = aggregateCounter({
          child: Plain,
          counters: [{ parent: Club, count: 'friends' }],
          creation: wrong(operation),
          ...names,
        })
        const other = defineModel({ table, entities: { Club, Plain }, accessPatterns: plain.accessPatterns as never })
        const call = connect(other, { client: engine.client() }).patterns as unknown as { c(input: object): PromiseLike<unknown> }
        const error = await failure(() => call.c({ id: '1' }))
        expect(error).to.be.instanceOf(ValidationError).with.property('message').that.includes(message)
      })
  })
})
