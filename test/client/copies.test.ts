// Copies: how they are read, that nobody else writes them, what each write of a source does to them, and what is refused.
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import {
  add,
  append,
  CopyConflictError,
  connect,
  copyOf,
  createdAt,
  defineEntity,
  defineModel,
  defineTable,
  patch,
  query,
  remove,
  string,
  TransactionCanceledError,
  transaction,
  UniqueConstraintError,
  ValidationError,
} from '../../lib/index.ts'
import { changes } from '../../lib/streams/changes.ts'
import { companionsDue, companionsIn, people, rawItems, startPeople } from './copies-model.ts'
import { errorOf, intercept, requestsDuring } from './writes-model.ts'

type Setup = Awaited<ReturnType<typeof startPeople>>

describe('copies of an item', () => {
  let setup: Setup
  beforeEach(async () => {
    setup = await startPeople()
  })
  afterEach(() => setup.engine.close())

  const ada = { club: 'c', id: 'ada', handle: 'lace' }
  const bob = { club: 'c', id: 'bob', handle: 'bob' }
  const key = ({ club, id }: { club: string; id: string }) => ({ club, id })
  const keys = async () => Object.keys(companionsIn(await rawItems(setup.client), setup.clock.now))
  const expectCopies = async () => {
    const items = await rawItems(setup.client)
    expect(companionsIn(items, setup.clock.now)).to.deep.equal(companionsDue(items, setup.clock.now))
  }

  it('are read as items of an entity, with the attributes that they copy', async () => {
    const { Person, patterns, Card } = setup
    await Person.create({ ...ada, points: 7, nick: 'ad', secret: 's', about: { text: 't' } })
    const card = { handle: 'lace', club: 'c', id: 'ada', points: 7, about: { text: 't' } }
    expect(await patterns.card({ handle: 'lace' })).to.deep.equal(card)
    expect(await Card.get({ handle: 'lace' }, { consistent: true })).to.deep.equal(card)
    expect(await patterns.best({}).all()).to.deep.equal([card])
    expect(await patterns.nicks({}).all()).to.deep.equal([{ nick: 'ad', marks: [], since: setup.clock.now, version: 1 }])
    expect((await patterns.club({ club: 'c' })).scores).to.deep.equal([{ club: 'c', id: 'ada', points: 7 }])
    expect((await patterns.everyCard({}).all()).length).to.equal(1)
  })

  it('are no items of their source to scans, and changes of their own to a stream', async () => {
    const { Person, patterns, client } = setup
    await Person.create({ ...ada, nick: 'ad' })
    const page = await patterns.everybody({}, { limit: 10 })
    expect([page.items.length, page.misfits]).to.deep.equal([1, []])
    const records = (await rawItems(client)).map(({ PK, SK, ...rest }, index) => ({
      eventName: 'INSERT' as const,
      dynamodb: {
        Keys: { ...(PK && { PK }), ...(SK && { SK }) },
        NewImage: { ...(PK && { PK }), ...(SK && { SK }), ...rest },
        SequenceNumber: String(index),
      },
    }))
    const found = changes(people, records)
    expect(found.map(({ entity }) => entity).sort()).to.deep.equal(['Card', 'Nick', 'Person', 'Score'])
  })

  it('are written with their source alone, and whoever writes them is told so', async () => {
    const { Card } = setup
    // The types refuse it; those who write JavaScript do it all the same.
    const writes = Card as unknown as Record<string, (...given: unknown[]) => PromiseLike<unknown>>
    for (const kind of ['create', 'put', 'update', 'delete', 'move']) {
      const error = await errorOf(async () => writes[kind]?.({ handle: 'x' }, { handle: 'y' }))
      expect(error).to.be.instanceOf(ValidationError)
      expect((error as Error).message).to.equal(`Card is a copy of Person, and is written with it. Use Person.${kind}().`)
    }
    expect(await keys()).to.deep.equal([])
  })

  it('are refused in transaction patterns too', async () => {
    const { client } = setup
    const { entities, table } = people
    const wrong = transaction({ Card: entities.Card }, { handle: string() }, ({ handle }, { Card }) => [
      (Card as unknown as { delete(key: object): never }).delete({ handle }),
    ])
    const { patterns } = connect(defineModel({ table, entities, accessPatterns: { wrong } }), { client })
    expect(await errorOf(async () => patterns.wrong({ handle: 'x' }))).to.be.instanceOf(ValidationError)
    expect(() => patterns.wrong.explain()).to.throw(ValidationError, 'Card is a copy of Person')
  })

  it('can be what a transaction depends on', async () => {
    const { Person, Card, Invite, transactWrite } = setup
    await Person.create(ada)
    const invite = (handle: string) =>
      transactWrite([Card.conditionCheck({ handle }, { handle: { exists: true } }), Invite.create({ code: handle })])
    await invite('lace')
    expect(await errorOf(() => invite('nobody'))).to.be.instanceOf(TransactionCanceledError)
  })

  it('get what each update changes, however it changes it', async () => {
    const { Person } = setup
    await Person.create({ ...ada, nick: 'ad', about: { text: 't' } })
    const updates = [
      { points: 5 },
      { points: add(2) },
      { about: patch({ mood: 'm' }) },
      { marks: append(['x']) },
      { about: remove() },
      { handle: 'a#b' },
      { secret: 's' },
      { nick: remove() },
      { nick: 'again' },
    ]
    for (const changes of updates) {
      const updated = await Person.update(key(ada), changes)
      expect(updated).to.deep.equal(await Person.get(key(ada), { consistent: true }))
      await expectCopies()
    }
    expect(await keys()).to.deep.equal(['CLUB#c SCORE#7#ada', 'HANDLE#a$Sb CARD', 'NICK#again NICK#again', 'NICKS BY#again'])
  })

  it('are there only while their source has all of their key', async () => {
    const { Invite, patterns } = setup
    await Invite.create({ code: 'i', text: 't' })
    expect(await keys()).to.deep.equal([])
    await Invite.update({ code: 'i' }, { slug: 's' })
    expect(await patterns.link({ slug: 's' })).to.deep.equal({ slug: 's', text: 't' })
    await Invite.update({ code: 'i' }, { slug: remove() })
    expect(await keys()).to.deep.equal([])
    await Invite.put({ code: 'i', slug: 'p' })
    await Invite.put({ code: 'i', slug: 'q' })
    expect(await keys()).to.deep.equal(['LINK#q LINK'])
    await Invite.update({ code: 'j' }, { slug: 'r' }, { upsert: true })
    await Invite.update({ code: 'j' }, { slug: 'o', text: 'u' }, { upsert: true })
    expect(await keys()).to.deep.equal(['LINK#o LINK', 'LINK#q LINK'])
    expect(await Invite.delete({ code: 'i' })).to.deep.equal({ code: 'i', slug: 'q' })
    expect(await keys()).to.deep.equal(['LINK#o LINK'])
  })

  it('come with the item of a move, and say where it is', async () => {
    const { Person } = setup
    await Person.create({ ...ada, nick: 'ad' })
    await Person.move(key(ada), { club: 'd', id: 'ada' }, { handle: 'moved' })
    await expectCopies()
    expect(await keys()).to.deep.equal(['CLUB#d SCORE#0#ada', 'HANDLE#moved CARD', 'NICK#ad NICK#ad', 'NICKS BY#ad'])
  })

  it('cost nothing where an update leaves them alone', async () => {
    const { Invite } = setup
    const { Note, NoteTitle } = notes()
    await Invite.create({ code: 'i', slug: 's' })
    expect(await requestsDuring(() => Invite.update({ code: 'i' }, { slug: 's' }))).to.deep.equal(['GetItem', 'UpdateItem'])
    const { entities } = connect(defineModel({ table: people.table, entities: { Note, NoteTitle } }), { client: setup.client })
    await entities.Note.create({ id: '1', title: 't', body: 'b' })
    expect(await requestsDuring(() => entities.Note.update({ id: '1' }, { body: 'c' }))).to.deep.equal(['UpdateItem'])
    const both = () => entities.Note.update({ id: '1' }, { title: 'u' })
    expect(await requestsDuring(both)).to.deep.equal(['GetItem', 'TransactWriteItems'])
  })

  it('need no reading where what they are made of is given as known', async () => {
    const { Note, NoteTitle } = notes()
    const { entities, transactWrite } = connect(defineModel({ table: people.table, entities: { Note, NoteTitle } }), {
      client: setup.client,
    })
    await entities.Note.create({ id: '1', title: 't', body: 'b' })
    const update = (title: string) => entities.Note.update({ id: '1' }, { title: 'u' }, { known: { title } })
    const { TransactItems } = update('t').params() as { TransactItems: object[] }
    expect(TransactItems.map((item) => Object.keys(item)[0])).to.deep.equal(['Update', 'Delete', 'Put'])
    expect(await errorOf(() => transactWrite([update('other')]))).to.be.instanceOf(TransactionCanceledError)
    expect(await requestsDuring(() => transactWrite([update('t')]))).to.deep.equal(['TransactWriteItems'])
    expect((await entities.NoteTitle.get({ title: 'u' }))?.id).to.equal('1')
  })

  it('refuse an item whose copy would stand in the place of the copy of another', async () => {
    const { Person } = setup
    await Person.create(ada)
    const writes = [
      () => Person.create({ ...bob, handle: 'lace' }),
      () => Person.put({ ...bob, handle: 'lace' }),
      () => Person.update(key(bob), { handle: 'lace' }, { upsert: true }),
    ]
    for (const write of writes) {
      const error = await errorOf(write)
      expect(error).to.be.instanceOf(CopyConflictError).and.instanceOf(UniqueConstraintError)
      const { entity, copy, values, owner, code, message } = error as CopyConflictError
      expect({ entity, copy, values, owner, code }).to.deep.equal({
        entity: 'Person',
        copy: 'Card',
        values: { handle: 'lace' },
        owner: { club: 'c', id: 'ada' },
        code: 'CopyConflict',
      })
      expect(message).to.include('Card: the copy of the Person with the key {"club":"c","id":"ada"}')
    }
    await Person.create(bob)
    expect(await errorOf(() => Person.update(key(bob), { handle: 'lace' }))).to.be.instanceOf(CopyConflictError)
    const moved = () => Person.move(key(bob), { club: 'd', id: 'bob' }, { handle: 'lace' })
    expect(await errorOf(moved)).to.be.instanceOf(CopyConflictError)
    await expectCopies()
  })

  it('never overwrite what stands in their place and is no copy', async () => {
    const { Person, client } = setup
    const Item = { PK: { S: 'HANDLE#lace' }, SK: { S: 'CARD' }, by: { S: 'hand' } }
    await client.send(new PutItemCommand({ TableName: 'people', Item }))
    const error = await errorOf(() => Person.create(ada))
    expect(error).to.be.instanceOf(CopyConflictError)
    expect((error as CopyConflictError).owner).to.equal(undefined)
    expect(await rawItems(client)).to.deep.equal([Item])
  })

  it('can be handed from one item to another in one transaction, and swapped by two', async () => {
    const { Person, transactWrite } = setup
    await Person.create(ada)
    await transactWrite([Person.update(key(ada), { handle: 'l2' }), Person.create({ ...bob, handle: 'lace' })])
    await expectCopies()
    await transactWrite([Person.update(key(ada), { handle: 'lace' }), Person.update(key(bob), { handle: 'l2' })])
    await expectCopies()
  })

  it('name the operation of a transaction that is refused for them', async () => {
    const { Person, Invite, transactWrite } = setup
    await Person.create(ada)
    const cases = [
      [Invite.create({ code: 'i', slug: 's' }), Person.create({ ...bob, handle: 'lace' })],
      [Person.create({ ...bob, handle: 'z' }), Person.create({ ...bob, id: 'bob2', handle: 'z' })],
    ]
    for (const operations of cases) {
      const error = await errorOf(() => transactWrite(operations))
      expect(error).to.be.instanceOf(TransactionCanceledError)
      const { reasons } = error as TransactionCanceledError
      expect(reasons.map(({ error, operation }) => [operation, error?.code])).to.deep.equal([
        [0, undefined],
        [1, 'CopyConflict'],
      ])
    }
  })

  it('are read again when the source has changed between the reading and the write', async () => {
    const { Person, client } = setup
    await Person.create(ada)
    let disturbances = 0
    const stop = intercept(client, 'TransactWriteItems', async () => {
      if (disturbances++ === 0) await Person.update(key(ada), { handle: 'between' })
    })
    await Person.update(key(ada), { points: 9 })
    stop()
    await expectCopies()
    expect(await keys()).to.deep.equal(['CLUB#c SCORE#9#ada', 'HANDLE#between CARD'])
  })

  it('count against the 100 actions of a transaction', async () => {
    const { Person, transactWrite } = setup
    const creates = Array.from({ length: 34 }, (_, index) => Person.create({ ...ada, id: `m${index}`, handle: `${index}` }))
    const error = await errorOf(() => transactWrite(creates))
    expect(error).to.be.instanceOf(ValidationError)
    expect((error as Error).message).to.match(/up to 100 actions\. These 34 operations need 102: 68 more for copies/)
    expect(await keys()).to.deep.equal([])
    await transactWrite(creates.slice(0, 33))
    expect((await keys()).length).to.equal(66)
  })

  it('keep their sources out of batches, which could not write them', async () => {
    const { Invite, batchWrite } = setup
    for (const operation of [Invite.put({ code: 'i', slug: 's' }), Invite.delete({ code: 'i' })]) {
      const error = await errorOf(async () => batchWrite([operation]))
      expect(error).to.be.instanceOf(ValidationError)
      expect((error as Error).message).to.include('Invite has copies')
    }
  })

  it('have no params() before what is there is read', async () => {
    const { Invite } = setup
    expect(() => Invite.put({ code: 'i', slug: 's' }).params()).to.throw(ValidationError, 'reads first')
    expect(() => Invite.delete({ code: 'i' }).params()).to.throw(ValidationError, 'reads first')
    const { TransactItems } = Invite.create({ code: 'i', slug: 's' }).params() as { TransactItems: object[] }
    expect(TransactItems.length).to.equal(2)
  })

  it('expire with their source, and are not read from then on', async () => {
    const { Invite, patterns, clock, client } = setup
    await Invite.create({ code: 'a', slug: 's', until: new Date('2026-06-02T00:00:00Z') })
    await Invite.update({ code: 'a' }, { until: new Date('2026-06-05T00:00:00Z') })
    const expiries = (await rawItems(client)).map(({ ttl }) => ttl?.N)
    expect(expiries).to.deep.equal(Array(2).fill(String(Date.parse('2026-06-05T00:00:00Z') / 1000)))
    expect(await patterns.link({ slug: 's' })).to.deep.equal({ slug: 's' })
    clock.now = new Date('2026-06-06T00:00:00Z')
    expect(await patterns.link({ slug: 's' })).to.equal(undefined)
    await Invite.create({ code: 'b', slug: 's' })
    expect(await patterns.link({ slug: 's' })).to.deep.equal({ slug: 's' })
    // Its place is taken, and so it cannot come back.
    const revive = () => Invite.update({ code: 'a' }, { until: remove() })
    expect(await errorOf(revive)).to.be.instanceOf(CopyConflictError)
    await Invite.delete({ code: 'a' })
    expect(await keys()).to.deep.equal(['LINK#s LINK'])
  })

  it('refuse a value that cannot stand in their key, with its name', async () => {
    const { Person } = setup
    for (const handle of ['', 'x'.repeat(2100)]) {
      const error = await errorOf(() => Person.create({ ...ada, handle }))
      expect(error).to.be.instanceOf(ValidationError)
      expect((error as ValidationError).path).to.equal('handle')
    }
    await Person.create(ada)
    expect(await errorOf(() => Person.update(key(ada), { handle: '' }))).to.be.instanceOf(ValidationError)
    await expectCopies()
  })

  it('are made for items from before them when those are put, or what they copy changes', async () => {
    const { Invite, client } = setup
    const old = connect(defineModel({ table: people.table, entities: { Invite: people.entities.Invite } }), { client })
    await old.entities.Invite.create({ code: 'a', slug: 's' })
    await old.entities.Invite.create({ code: 'b', slug: 't' })
    await Invite.put({ code: 'a', slug: 's' })
    await Invite.update({ code: 'b' }, { text: 'new' })
    await expectCopies()
    expect(await keys()).to.deep.equal(['LINK#s LINK', 'LINK#t LINK'])
  })

  it('stay with their owner when an item from before them that would have the same one is changed or deleted', async () => {
    const { Invite, client, transactWrite } = setup
    const old = connect(defineModel({ table: people.table, entities: { Invite: people.entities.Invite } }), { client })
    for (const code of ['a', 'b', 'c', 'd']) await old.entities.Invite.create({ code, slug: 's' })
    await Invite.put({ code: 'a', slug: 's' })
    expect(await errorOf(() => Invite.put({ code: 'b', slug: 's' }))).to.be.instanceOf(CopyConflictError)
    await Invite.update({ code: 'b' }, { slug: 't' })
    await Invite.delete({ code: 'c' })
    await transactWrite([Invite.delete({ code: 'd' })])
    await expectCopies()
    expect(await keys()).to.deep.equal(['LINK#s LINK', 'LINK#t LINK'])
  })

  it('are not left behind when their owner changes in the very moment', async () => {
    const { Invite, client } = setup
    const old = connect(defineModel({ table: people.table, entities: { Invite: people.entities.Invite } }), { client })
    await old.entities.Invite.create({ code: 'a', slug: 's' })
    await old.entities.Invite.create({ code: 'b', slug: 's' })
    await Invite.put({ code: 'a', slug: 's' })
    let attempts = 0
    const stop = intercept(client, 'TransactWriteItems', async () => {
      attempts++
      // Once the delete goes by what it has found, the copy becomes its own.
      if (attempts !== 2) return
      await Invite.delete({ code: 'a' })
      await Invite.put({ code: 'b', slug: 's' })
    })
    await Invite.delete({ code: 'b' })
    stop()
    expect(await rawItems(client)).to.deep.equal([])
  })

  it('follow items that others have written without the attributes of their key', async () => {
    const { client } = setup
    const { Note } = notes()
    const Title = copyOf(Note, 'Title', { attributes: ['title', 'id'], key: { pk: 'TITLE#{title}', sk: 'NOTE#{id}' } })
    const { entities, transactWrite } = connect(defineModel({ table: people.table, entities: { Note, Title } }), { client })
    const write = async () => {
      const Item = { PK: { S: 'NOTE#1' }, SK: { S: 'NOTE' }, title: { S: 't' }, body: { S: 'b' } }
      await client.send(new PutItemCommand({ TableName: 'people', Item }))
      await entities.Note.update({ id: '1' }, { title: 'u' })
    }
    await write()
    expect((await rawItems(client)).map(({ PK, SK, id }) => [PK?.S, SK?.S, id?.S])).to.deep.include(['TITLE#u', 'NOTE#1', '1'])
    await entities.Note.delete({ id: '1' })
    expect(await rawItems(client)).to.deep.equal([])
    await write()
    await transactWrite([entities.Note.delete({ id: '1' })])
    expect(await rawItems(client)).to.deep.equal([])
  })

  it('are deleted with a source that does not fit', async () => {
    const { Person, client, transactWrite } = setup
    await Person.create({ ...ada, nick: 'ad' })
    const [person] = (await rawItems(client)).filter(({ _type }) => _type?.S === 'Person')
    await client.send(new PutItemCommand({ TableName: 'people', Item: { ...person, since: { S: 'never' } } }))
    await transactWrite([Person.delete(key(ada))])
    expect(await rawItems(client)).to.deep.equal([])
  })
})

/** An entity with one copy of little of it. */
function notes() {
  const Note = defineEntity('Note', {
    attributes: { id: string(), title: string(), body: string() },
    key: { pk: 'NOTE#{id}', sk: 'NOTE' },
  })
  const NoteTitle = copyOf(Note, 'NoteTitle', { attributes: ['title', 'id'], key: { pk: 'TITLE#{title}', sk: 'TITLE' } })
  return { Note, NoteTitle }
}

describe('copies in shards', () => {
  it('are found in all of them, by what they are made of', async () => {
    const { engine, client } = await startPeople()
    const Note = defineEntity('Note', {
      attributes: { id: string(), title: string(), by: string().readOnly(), at: createdAt() },
      key: { pk: 'NOTE#{id}', sk: 'NOTE' },
    })
    const count = [{ count: 2 }, { since: '2026-01-01T00:00:00Z', count: 4 }]
    const Sharded = copyOf(Note, 'Sharded', {
      attributes: ['title', 'id', 'by', 'at'],
      key: { pk: 'TITLES', sk: '{title}#{id}', shards: { count: 3 } },
      indexes: { GSI1: { pk: 'INDEX', sk: '{title}', shards: { count, of: 'by' } } },
    })
    const accessPatterns = { titles: query(Sharded).select('title'), index: query(Sharded).index('GSI1').select('title') }
    const model = defineModel({ table: people.table, entities: { Note, Sharded }, accessPatterns })
    const { entities, patterns } = connect(model, { client, now: () => new Date('2026-06-01T00:00:00Z') })
    for (let n = 0; n < 8; n++) await entities.Note.create({ id: `${n}`, title: 'first', by: `${n}` })
    for (let n = 0; n < 8; n++) await entities.Note.update({ id: `${n}` }, { title: `t${n}` })
    const expected = Array.from({ length: 8 }, (_, n) => ({ title: `t${n}` }))
    expect(await patterns.titles({}).all()).to.deep.equal(expected)
    expect(await patterns.index({}).all()).to.deep.equal(expected)
    const copies = (await rawItems(client)).filter(({ _source }) => _source !== undefined)
    expect(new Set(copies.map(({ PK }) => PK?.S)).size).to.be.above(1)
    expect(new Set(copies.map(({ GSI1PK }) => GSI1PK?.S)).size).to.be.above(2)
    for (let n = 0; n < 8; n++) await entities.Note.delete({ id: `${n}` })
    expect(await rawItems(client)).to.deep.equal([])
    await engine.close()
  })
})

describe('copies in a table without types', () => {
  it('are told from their source by their keys', async () => {
    const { engine, client } = await startPeople()
    const table = defineTable({ name: 'people', partitionKey: 'PK', sortKey: 'SK', typeAttribute: false })
    const { Note, NoteTitle } = notes()
    const { entities } = connect(defineModel({ table, entities: { Note, NoteTitle } }), { client })
    await entities.Note.create({ id: '1', title: 't', body: 'b' })
    expect(await entities.NoteTitle.get({ title: 't' })).to.deep.equal({ title: 't', id: '1' })
    expect((await rawItems(client)).map(({ _type }) => _type)).to.deep.equal([undefined, undefined])
    await engine.close()
  })
})
