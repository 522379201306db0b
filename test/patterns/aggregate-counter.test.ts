// Counts on parents: equal to the children that there are, whoever writes at once and whatever fails; no way around them.
import { expect } from 'chai'
import fc from 'fast-check'
import { z } from 'zod'
import {
  type Attributes,
  add,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  ItemExistsError,
  ModelError,
  number,
  scan,
  string,
  TransactionCanceledError,
  ulid,
  ValidationError,
  type WriteKind,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { aggregateCounter, counter, deleteWhenEmpty } from '../../patterns/aggregate-counter.ts'
import { counted } from '../../patterns/counter-checks.ts'
import { propertyRuns } from '../property-runs.ts'
import { failure } from './failure.ts'

const table = defineTable({ name: 'counters', partitionKey: 'PK', sortKey: 'SK', timeToLive: 'expiresAt' })
const Album = defineEntity('Album', {
  attributes: { album: string(), title: string().optional(), photos: counter({ max: 4 }), bytes: counter() },
  key: { pk: 'ALBUM#{album}', sk: 'ALBUM' },
  onlyInTransactions: counted.parent,
})
const Photo = defineEntity('Photo', {
  attributes: {
    album: string(),
    photo: ulid(),
    size: number({ min: 0, integer: true }).readOnly(),
    caption: string().optional(),
  },
  key: { pk: 'ALBUM#{album}', sk: 'PHOTO#{photo}' },
  onlyInTransactions: counted.child,
})
const Comment = defineEntity('Comment', {
  attributes: { id: string(), replyTo: string().optional().readOnly(), replies: counter() },
  key: { pk: 'COMMENT#{id}', sk: 'COMMENT' },
  onlyInTransactions: counted.child,
})
const photos = aggregateCounter({
  child: Photo,
  counters: [{ parent: Album, count: 'photos', sum: { bytes: 'size' } }],
  create: 'addPhoto',
  delete: 'deletePhoto',
})
const replies = aggregateCounter({
  child: Comment,
  counters: [{ parent: Comment, key: { id: 'replyTo' }, count: 'replies' }],
  create: 'comment',
  delete: 'uncomment',
  deleteIf: { replies: 0 },
})
const User = defineEntity('User', {
  attributes: { user: string(), sent: counter(), messages: counter() },
  key: { pk: 'USER#{user}', sk: 'USER' },
  onlyInTransactions: counted.parent,
})
const Message = defineEntity('Message', {
  attributes: { id: string(), from: string().readOnly(), to: string().readOnly() },
  key: { pk: 'MESSAGE#{id}', sk: 'MESSAGE' },
  onlyInTransactions: counted.child,
})
const messages = aggregateCounter({
  child: Message,
  counters: [
    { parent: User, key: { user: 'from' }, count: 'sent' },
    { parent: User, key: { user: 'from' }, count: 'messages' },
    { parent: User, key: { user: 'to' }, count: 'messages' },
  ],
  create: 'send',
  delete: 'unsend',
})
const model = defineModel({
  table,
  entities: { Album, Photo, Comment, User, Message },
  accessPatterns: {
    ...photos.accessPatterns,
    ...replies.accessPatterns,
    ...messages.accessPatterns,
    deleteUser: deleteWhenEmpty(User, 'messages'),
    deleteAlbum: deleteWhenEmpty(Album, 'photos'),
    albums: scan(Album).consistent(),
    everyPhoto: scan(Photo).consistent(),
  },
})

describe('an aggregate counter', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client({ maxAttempts: 1 }) })
  let { entities, patterns } = {} as ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    ;({ entities, patterns } = open())
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())
  const reasons = (error: unknown) => (error as TransactionCanceledError).reasons.map((reason) => reason.error?.constructor)

  it('counts a child once for each counter, also where it names one parent twice', async () => {
    for (const user of ['a', 'b']) await entities.User.create({ user })
    const count = async (user: string) => {
      const found = await entities.User.get({ user }, { consistent: true })
      return [found?.sent, found?.messages]
    }
    await patterns.send({ id: '1', from: 'a', to: 'b' })
    await patterns.send({ id: '2', from: 'a', to: 'a' })
    expect([await count('a'), await count('b')]).to.deep.equal([
      [2, 3],
      [0, 1],
    ])
    await patterns.unsend({ id: '2', from: 'a', to: 'a' })
    await patterns.unsend({ id: '1', from: 'a', to: 'b' })
    expect([await count('a'), await count('b')]).to.deep.equal([
      [0, 0],
      [0, 0],
    ])
  })

  it('tells on what condition a child is deleted', () => {
    expect(patterns.unsend.explain().operations[0]?.conditions).to.deep.equal(['(id = id-1 AND from = from-1 AND to = to-1)'])
  })

  it('has a parent deleted only by counts that are then 0', () => {
    expect(() => (deleteWhenEmpty as (parent: object) => unknown)(Album)).to.throw(ModelError, 'Name the counts')
  })

  it('counts and sums a child that is created, and no longer when it is deleted, each once', async () => {
    await entities.Album.create({ album: 'sea' })
    const [photo] = await patterns.addPhoto({ album: 'sea', size: 20, caption: 'Waves' })
    await patterns.addPhoto({ album: 'sea', size: 5 })
    expect(await entities.Album.get({ album: 'sea' })).to.deep.equal({ album: 'sea', photos: 2, bytes: 25 })
    const again = await failure(() => patterns.addPhoto({ album: 'sea', photo: photo.photo, size: 20 }))
    expect(reasons(again)[0]).to.equal(ItemExistsError)
    const key = { album: 'sea', photo: photo.photo }
    expect(await failure(() => patterns.deletePhoto({ ...key, size: 21 }))).to.be.instanceOf(TransactionCanceledError)
    await patterns.deletePhoto({ ...key, size: 20 })
    expect(await failure(() => patterns.deletePhoto({ ...key, size: 20 }))).to.be.instanceOf(TransactionCanceledError)
    expect(await entities.Album.get({ album: 'sea' })).to.deep.equal({ album: 'sea', photos: 1, bytes: 5 })
  })

  it('refuses a child past the maximum, one without a parent, and the deletion of a parent that has some', async () => {
    await entities.Album.create({ album: 'full' })
    const added = []
    for (const size of [1, 2, 3, 4]) added.push((await patterns.addPhoto({ album: 'full', size }))[0])
    expect(await failure(() => patterns.addPhoto({ album: 'full', size: 5 }))).to.be.instanceOf(TransactionCanceledError)
    expect(await failure(() => patterns.addPhoto({ album: 'none', size: 5 }))).to.be.instanceOf(TransactionCanceledError)
    expect(await failure(() => patterns.deleteAlbum({ album: 'full' }))).to.be.instanceOf(TransactionCanceledError)
    for (const { album, photo, size } of added) await patterns.deletePhoto({ album, photo, size })
    await patterns.deleteAlbum({ album: 'full' })
    expect(await entities.Album.get({ album: 'full' })).to.equal(undefined)
  })

  it('counts children of their own kind, and those that have no parent nowhere', async () => {
    await patterns.comment({ id: 'a' })
    await patterns.comment({ id: 'b', replyTo: 'a' })
    expect(await entities.Comment.get({ id: 'a' })).to.deep.equal({ id: 'a', replies: 1 })
    expect(await failure(() => patterns.uncomment({ id: 'a' })), 'a has a reply').to.be.instanceOf(TransactionCanceledError)
    expect(await failure(() => patterns.uncomment({ id: 'b' }))).to.be.instanceOf(TransactionCanceledError)
    await patterns.uncomment({ id: 'b', replyTo: 'a' })
    await patterns.uncomment({ id: 'a' })
    expect(await entities.Comment.get({ id: 'a' })).to.equal(undefined)
  })

  it('leaves no other way to write a child or a count', async () => {
    const key = { album: 'sea', photo: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }
    const writes: (() => unknown)[] = [
      () => entities.Photo.create({ ...key, size: 1 }),
      () => entities.Photo.put({ ...key, size: 1 }),
      () => entities.Photo.delete(key),
      () => entities.Photo.move(key, { ...key, album: 'b' }),
      () => entities.Photo.update(key, { size: 1 }, { upsert: true }),
      () => entities.Album.update({ album: 'sea' }, { photos: add(1) }),
      () => entities.Album.create({ album: 'sea', photos: 1 }),
      () => entities.Album.put({ album: 'sea' }),
      () => entities.Album.delete({ album: 'sea' }),
    ]
    for (const write of writes) expect(write).to.throw(ValidationError, 'done only together with other writes')
    await entities.Album.update({ album: 'sea' }, { title: 'The sea' })
  })

  it('is the number and sum of the children that there are, under concurrent writes and faults', async () => {
    let runs = 0
    const action = fc.record({ photo: fc.integer({ min: 0, max: 5 }), remove: fc.boolean() })
    const sizeOf = (photo: number) => photo * 10 + 1
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(action, { maxLength: 4 }), { maxLength: 8 }), async (rounds) => {
        const album = `p${runs++}`
        await entities.Album.create({ album })
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.15, seed: runs })
        engine.faults.add({ kind: 'internalError', when: 'before', probability: 0.1, seed: runs })
        for (const round of rounds)
          await Promise.all(
            round.map(({ photo: number, remove }) => {
              const photo = { album, photo: `01ARZ3NDEKTSV4RRFFQ69G5FA${number}`, size: sizeOf(number) }
              return failure(() => (remove ? patterns.deletePhoto(photo) : patterns.addPhoto(photo)))
            }),
          )
        engine.faults.clear()
        const there = (await patterns.everyPhoto({}).all()).filter((photo) => photo.album === album)
        expect(await entities.Album.get({ album }, { consistent: true })).to.deep.equal({
          album,
          photos: there.length,
          bytes: there.reduce((sum, { size }) => sum + size, 0),
        })
        expect(there.length).to.be.at.most(4)
        for (const photo of there) await patterns.deletePhoto({ album, photo: photo.photo, size: photo.size })
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  })

  describe('is refused', () => {
    const child = { attributes: { album: string(), photo: ulid() }, key: { pk: 'ALBUM#{album}', sk: 'P#{photo}' } } as const
    const make = (parent: object, counted: object, counter: object) => () =>
      aggregateCounter({ child: counted, counters: [{ parent, ...counter }], create: 'a', delete: 'b' } as never)
    const sound = defineEntity('Photo', { ...child, onlyInTransactions: counted.child })
    const childWith = (attributes: Attributes, kinds: readonly WriteKind[] = [...counted.child, 'update']) =>
      defineEntity('Photo', {
        ...child,
        attributes: { ...child.attributes, ...attributes },
        onlyInTransactions: kinds,
      })
    const mistakes: [string, () => unknown, string][] = [
      ['without counters', () => aggregateCounter({ child: Photo, counters: [], create: 'a', delete: 'b' }), 'counted nowhere'],
      ['with nothing to count', make(Album, sound, {}), 'nothing is counted'],
      ['with a child that others may write', make(Album, defineEntity('Photo', child), { count: 'photos' }), 'counted.child'],
      [
        'with a parent that others may write',
        make(defineEntity('Album', { attributes: { album: string(), photos: counter() }, key: Album.key }), sound, {
          count: 'photos',
        }),
        'counted.parent',
      ],
      ['with a count that others may write', make(Album, sound, { count: 'title' }), 'Declare it as counter()'],
      ['with a sum of what is not there', make(Album, sound, { sum: { bytes: 'size' } }), 'no such attribute'],
      ['with a parent whose key the child has not', make(Comment, sound, { count: 'replies' }), 'no such attribute'],
      [
        'with a sum of what an update may change',
        make(Album, childWith({ size: number({ integer: true }) }, counted.child), { sum: { bytes: 'size' } }),
        'readOnly()',
      ],
      [
        'with a sum of fractions in whole numbers',
        make(Album, childWith({ size: number().readOnly() }), { sum: { bytes: 'size' } }),
        'Count in the smallest unit (cents)',
      ],
      [
        'with a sum that is held by a number with fractions',
        make(
          defineEntity('Album', {
            attributes: { album: string(), bytes: number().default(0).onlyInTransactions() },
            key: Album.key,
            onlyInTransactions: counted.parent,
          }),
          childWith({ size: number().readOnly() }),
          { sum: { bytes: 'size' } },
        ),
        'does not hold sums of fractions exactly',
      ],
      [
        'with a sum of what a schema makes another number of',
        make(Album, childWith({ size: z.number().transform(Math.round) }), { sum: { bytes: 'size' } }),
        'another value than the one that was counted',
      ],
      [
        'with a parent that a schema names',
        make(User, childWith({ of: z.string().transform((name) => name.trim()) }), { key: { user: 'of' }, count: 'sent' }),
        'another value than the one that was counted',
      ],
      ['with children that expire', make(Album, childWith({ until: expiresAt() }), { count: 'photos' }), 'expires'],
    ]
    for (const [title, wrong, message] of mistakes) it(title, () => expect(wrong).to.throw(ModelError, message))
  })
})
