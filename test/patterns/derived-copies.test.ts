// Copies in many items: what the source is once its changes were fanned out, in any order, again and again, while targets are written.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  add,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  type Item,
  ModelError,
  number,
  query,
  string,
  TransactionCanceledError,
  ValidationError,
  version,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { copied, derivedCopies } from '../../patterns/derived-copies.ts'
import { fanOut, refreshCopies } from '../../patterns/fan-out.ts'
import { propertyRuns } from '../property-runs.ts'
import { failure } from './failure.ts'

const table = defineTable({ name: 'derived-copies', partitionKey: 'PK', sortKey: 'SK' })
const User = defineEntity('User', {
  attributes: { userId: string(), name: string(), badge: string().optional(), posts: number().default(0), version: version() },
  key: { pk: 'USER#{userId}', sk: 'USER' },
})
const parts = {
  attributes: {
    authorId: string(),
    postId: string(),
    text: string().default(''),
    authorName: string().onlyInTransactions(),
    authorBadge: string().optional().onlyInTransactions(),
    authorVersion: number().onlyInTransactions(),
  },
  key: { pk: 'POSTS#{authorId}', sk: '{postId}' },
} as const
const Post = defineEntity('Post', { ...parts, onlyInTransactions: copied })
const names = {
  key: { userId: 'authorId' },
  values: { authorName: 'name', authorBadge: 'badge' },
  version: 'authorVersion',
  create: 'writePost',
  refresh: 'refreshPost',
} as const
const authors = derivedCopies({ source: User, target: Post, ...names })
const model = defineModel({
  table,
  entities: { User, Post },
  accessPatterns: { ...authors.accessPatterns, postsOf: query(Post).consistent() },
})

describe('derived copies', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client({ maxAttempts: 1 }) })
  let blog: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    blog = open()
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())
  const postsOf = ({ userId }: { userId: string }) => blog.patterns.postsOf({ authorId: userId })

  it('are what the source is when the target is created, or it is not', async () => {
    const { version } = await blog.entities.User.create({ userId: 'ada', name: 'Ada', badge: 'new' })
    const post = { authorId: 'ada', postId: '1', authorName: 'Ada', authorBadge: 'new', authorVersion: version }
    const [written] = await blog.patterns.writePost(post)
    expect(written).to.deep.equal({ ...post, text: '' })
    await blog.entities.User.update({ userId: 'ada' }, { posts: add(1) })
    await blog.patterns.writePost({ ...post, postId: '3' })
    await blog.entities.Post.delete({ authorId: 'ada', postId: '3' })
    for (const wrong of [{ authorName: 'Eve' }, { authorVersion: 3 }, { authorId: 'bob' }, { authorBadge: undefined }]) {
      const refused = await failure(() => blog.patterns.writePost({ ...post, postId: '2', ...wrong } as typeof post))
      expect(refused).to.be.instanceOf(TransactionCanceledError)
    }
  })

  it('follow the source, what it has no more included, and never go back', async () => {
    const first = await blog.entities.User.get({ userId: 'ada' })
    const second = await blog.entities.User.update({ userId: 'ada' }, { name: 'Ada L.' })
    const third = await blog.entities.User.put({ userId: 'ada', name: 'Ada Lovelace', version: second.version })
    for (const item of [third, second, first, third]) if (item !== undefined) await refreshCopies(authors, blog, item, postsOf)
    expect(await blog.patterns.postsOf({ authorId: 'ada' }).all()).to.deep.equal([
      { authorId: 'ada', postId: '1', text: '', authorName: 'Ada Lovelace', authorVersion: 4 },
    ])
  })

  it('never go back either where the targets were read before they were refreshed, or are gone by then', async () => {
    const first = await blog.entities.User.create({ userId: 'bob', name: 'Bob' })
    for (const postId of ['1', '2'])
      await blog.patterns.writePost({ authorId: 'bob', postId, authorName: 'Bob', authorVersion: first.version })
    const before = await blog.patterns.postsOf({ authorId: 'bob' }).all()
    const asRead = async function* () {
      yield* before
    }
    const second = await blog.entities.User.update({ userId: 'bob' }, { name: 'Rob' })
    const third = await blog.entities.User.update({ userId: 'bob' }, { name: 'Robert' })
    await blog.entities.Post.delete({ authorId: 'bob', postId: '2' })
    for (const item of [third, second]) await refreshCopies(authors, blog, item, asRead)
    const after = await blog.patterns.postsOf({ authorId: 'bob' }).all()
    expect(after.map(({ postId, authorName }) => `${postId} ${authorName}`)).to.deep.equal(['1 Robert'])
  })

  it('are carried over by no change of anything else', async () => {
    const first = await blog.entities.User.create({ userId: 'eve', name: 'Eve' })
    const post = { authorId: 'eve', postId: '1', authorName: 'Eve', authorVersion: first.version }
    await blog.patterns.writePost(post)
    const second = await blog.entities.User.update({ userId: 'eve' }, { posts: add(1) })
    const change = { entity: 'User', type: 'modify' as const, new: second }
    await fanOut(authors, blog, [{ ...change, changed: ['posts', 'version'] }], () => {
      throw new Error('The targets were read.')
    })
    await fanOut(authors, blog, [{ ...change, changed: ['badge', 'version'] }], postsOf)
    const [copy] = await postsOf({ userId: 'eve' }).all()
    expect(copy?.authorVersion).to.equal(second.version)
  })

  it('are what the source is also in a target with an old version, when it has a value again and the changes come late', async () => {
    const first = await blog.entities.User.create({ userId: 'ann', name: 'Ann' })
    const second = await blog.entities.User.update({ userId: 'ann' }, { name: 'Anna' })
    const third = await blog.entities.User.update({ userId: 'ann' }, { name: 'Ann' })
    const change = { entity: 'User', type: 'modify' as const }
    await fanOut(authors, blog, [{ ...change, new: third }], postsOf)
    await blog.patterns.writePost({ authorId: 'ann', postId: '1', authorName: 'Ann', authorVersion: first.version })
    await fanOut(authors, blog, [{ ...change, new: second }], postsOf)
    const [copy] = await postsOf({ userId: 'ann' }).all()
    expect(copy?.authorName).to.equal('Ann')
  })

  it('are given to targets that were there before they had copies', async () => {
    const attributes = { ...parts.attributes, authorName: string().optional().onlyInTransactions() }
    const Late = defineEntity('Late', {
      attributes: { ...attributes, authorVersion: number().optional().onlyInTransactions() },
      key: { pk: 'LATE#{authorId}', sk: '{postId}' },
      onlyInTransactions: copied,
    })
    const late = derivedCopies({ source: User, target: Late, ...names, create: 'writeLate', refresh: 'refreshLate' })
    const Before = defineEntity('Late', { attributes: { authorId: string(), postId: string(), text: string() }, key: Late.key })
    const client = engine.client()
    const user = await blog.entities.User.create({ userId: 'zoe', name: 'Zoe' })
    const key = { authorId: 'zoe', postId: '1' }
    const item = { ...key, text: '' }
    await connect(defineModel({ table, entities: { Before } }), { client }).entities.Before.create(item)
    const after = connect(defineModel({ table, entities: { User, Late }, accessPatterns: late.accessPatterns }), { client })
    const lateOnes = async function* () {
      yield (await after.entities.Late.get(key, { consistent: true })) as Item<typeof Late>
    }
    await refreshCopies(late, after, user, lateOnes)
    expect(await after.entities.Late.get(key)).to.deep.equal({ ...item, authorName: 'Zoe', authorVersion: 1 })
  })

  it('are written by nobody else', () => {
    const key = { authorId: 'ada', postId: '1' }
    const writes: (() => unknown)[] = [
      () => blog.entities.Post.create({ ...key, authorName: 'x', authorVersion: 1 }),
      () => blog.entities.Post.put({ ...key, authorName: 'x', authorVersion: 1 }),
      () => blog.entities.Post.update(key, { authorName: 'x' }),
      () => blog.entities.Post.move(key, { ...key, authorId: 'bob' }),
    ]
    for (const write of writes) expect(write).to.throw(ValidationError, 'Use writePost or refreshPost')
  })

  it('are what the source is once its changes were fanned out, whatever the order, repetitions and faults', async () => {
    let runs = 0
    const round = fc.record({ name: fc.option(fc.constantFrom('A', 'B', 'C')), posts: fc.nat({ max: 3 }), order: fc.nat() })
    await fc.assert(
      fc.asyncProperty(fc.array(round, { maxLength: 6 }), async (rounds) => {
        const userId = `p${runs++}`
        const first = await blog.entities.User.create({ userId, name: 'A' })
        const records = [{ entity: 'User', type: 'insert' as 'insert' | 'modify', changed: ['name'], new: first, order: 0 }]
        const faulty = (write: () => PromiseLike<unknown>, left: number): Promise<unknown> =>
          failure(write).then((error) => (error !== undefined && left > 0 ? faulty(write, left - 1) : error))
        engine.faults.add({
          kind: 'disconnect',
          when: 'after',
          operations: ['TransactWriteItems'],
          probability: 0.15,
          seed: runs,
        })
        engine.faults.add({ kind: 'internalError', operations: ['TransactWriteItems'], probability: 0.1, seed: runs })
        for (const [at, { name, posts, order }] of rounds.entries()) {
          const writes = Array.from({ length: posts }, (_, n) => {
            // Mostly what the source is, and sometimes what it was.
            const read = records[order % 5 === n ? order % records.length : records.length - 1]?.new ?? first
            const post = { authorId: userId, postId: `${at}.${n}`, authorName: read.name, authorVersion: read.version }
            return failure(() => blog.patterns.writePost(post))
          })
          if (name !== null) {
            const changed = await blog.entities.User.update({ userId }, { name })
            records.push({ entity: 'User', type: 'modify', changed: ['name', 'version'], new: changed, order })
            // Some go out at once, as they come.
            if (order % 2 === 0) writes.push(faulty(() => fanOut(authors, blog, records.slice(-1), postsOf), 1))
          } else {
            const changed = await blog.entities.User.update({ userId }, { posts: add(1) })
            records.push({ entity: 'User', type: 'modify', changed: ['posts', 'version'], new: changed, order })
          }
          await Promise.all(writes)
        }
        const shuffled = [...records].sort((a, b) => a.order - b.order)
        const deliveries = [shuffled, records.slice(0, 2)].map((batch) => faulty(() => fanOut(authors, blog, batch, postsOf), 50))
        expect(await Promise.all(deliveries)).to.deep.equal([undefined, undefined])
        engine.faults.clear()
        const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: 'derived-copies', ConsistentRead: true }))
        const current = await blog.entities.User.get({ userId }, { consistent: true })
        for (const post of Items.filter(({ authorId }) => authorId?.S === userId)) {
          expect(post.authorName?.S).to.equal(current?.name)
          expect(Number(post.authorVersion?.N)).to.be.at.most(current?.version ?? 0)
        }
      }),
      { numRuns: Math.ceil(propertyRuns / 20) },
    )
  })

  describe('are refused', () => {
    const sound = { source: User, target: Post, ...names }
    const reserved = { onlyInTransactions: copied } as const
    const plain = { ...parts.attributes, authorName: string() }
    const other = defineEntity('User', { attributes: { userId: string(), name: string(), badge: string() }, key: User.key })
    const having = (attributes: object) =>
      defineEntity('Post', { ...parts, attributes: { ...parts.attributes, ...attributes }, ...reserved })
    const loose = { ...parts, key: { pk: 'POST#{postId}', sk: 'POST' } } as const
    const mistakes: [string, () => unknown, string][] = [
      ['of a source without a version', () => derivedCopies({ ...sound, source: other }), 'version()'],
      [
        'in a target that others create',
        () => derivedCopies({ ...sound, target: defineEntity('Post', parts) }),
        'could bring old copies',
      ],
      [
        'that others may write',
        () => derivedCopies({ ...sound, target: defineEntity('Post', { ...parts, attributes: plain, ...reserved }) }),
        'onlyInTransactions()',
      ],
      [
        'of what the source has not',
        () => derivedCopies({ ...sound, values: { authorName: 'nick' } as never }),
        'nothing to copy',
      ],
      [
        'that every target has, of what the source may lack',
        () => derivedCopies({ ...sound, target: having({ authorBadge: string().onlyInTransactions() }) }),
        'User.badge may be absent',
      ],
      [
        'with a default, which the source has not',
        () => derivedCopies({ ...sound, target: having({ authorName: string().default('Anonymous').onlyInTransactions() }) }),
        'Leave the default out',
      ],
      [
        'of what is hidden, which no stream brings',
        () =>
          derivedCopies({
            ...sound,
            source: defineEntity('User', { attributes: { ...User.attributes, name: string().hidden() }, key: User.key }),
          }),
        'neither streams nor reads bring what is hidden',
      ],
      [
        'of what a target may leave',
        () => derivedCopies({ ...sound, target: defineEntity('Post', { ...loose, ...reserved }) }),
        'readOnly()',
      ],
    ]
    for (const [title, wrong, message] of mistakes) it(title, () => expect(wrong).to.throw(ModelError, message))
  })
})
