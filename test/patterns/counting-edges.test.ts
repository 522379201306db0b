// Where counting meets other things: children that are parents, updates, misfits, spellings, and sources that do not hold still.
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import {
  connect,
  createTable,
  decimal,
  defineEntity,
  defineModel,
  defineTable,
  type Item,
  MisfitError,
  ModelError,
  number,
  query,
  string,
  TransactionCanceledError,
  transaction,
  ValidationError,
  version,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import {
  aggregateCounter,
  aggregated,
  claimJob,
  copied,
  counted,
  counter,
  derivedCopies,
  extendClaim,
  fanOut,
  queue,
  rebuildAggregate,
  streamAggregate,
  total,
} from '../../patterns/index.ts'
import { failureOf } from '../client/observed-requests.ts'

const indexes = { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } }
const table = defineTable({ name: 'counting', partitionKey: 'PK', sortKey: 'SK', indexes, timeToLive: 'expiresAt' })

describe('counting', () => {
  let engine: LocalEngine
  beforeEach(async () => {
    engine = await startLocal()
    await createTable(defineModel({ table, entities: { Plain }, accessPatterns: {} }), engine.client())
  })
  afterEach(() => engine.close())
  const Plain = defineEntity('Plain', { attributes: { id: string() }, key: { pk: 'PLAIN#{id}', sk: 'PLAIN' } })

  const Album = defineEntity('Album', {
    attributes: { album: string(), photos: counter(), bytes: counter() },
    key: { pk: 'ALBUM#{album}', sk: 'ALBUM' },
    onlyInTransactions: counted.parent,
  })
  const Photo = defineEntity('Photo', {
    attributes: { album: string(), photo: string(), size: number({ integer: true }), comments: counter() },
    key: { pk: 'ALBUM#{album}', sk: 'PHOTO#{photo}' },
    onlyInTransactions: [...counted.child, 'update'],
  })
  const Comment = defineEntity('Comment', {
    attributes: { album: string(), photo: string(), comment: string() },
    key: { pk: 'ALBUM#{album}', sk: 'COMMENT#{photo}#{comment}' },
    onlyInTransactions: counted.child,
  })
  const onAlbum = { parent: Album, count: 'photos', sum: { bytes: 'size' } } as const

  it('keeps a child on which others are counted', async () => {
    const photos = aggregateCounter({ child: Photo, counters: [onAlbum], create: 'addPhoto', delete: 'deletePhoto' })
    const comments = aggregateCounter({
      child: Comment,
      counters: [{ parent: Photo, count: 'comments' }],
      create: 'comment',
      delete: 'uncomment',
    })
    const accessPatterns = { ...photos.accessPatterns, ...comments.accessPatterns }
    const { entities, patterns } = connect(defineModel({ table, entities: { Album, Photo, Comment }, accessPatterns }), {
      client: engine.client(),
    })
    await entities.Album.create({ album: 'a' })
    const photo = { album: 'a', photo: '1' }
    await patterns.addPhoto({ ...photo, size: 5 })
    await patterns.comment({ ...photo, comment: 'x' })
    expect(await failureOf(() => patterns.deletePhoto({ ...photo, size: 5 }))).to.be.instanceOf(TransactionCanceledError)
    await patterns.uncomment({ ...photo, comment: 'x' })
    await patterns.deletePhoto({ ...photo, size: 5 })
    expect(await entities.Album.get({ album: 'a' })).to.include({ photos: 0, bytes: 0 })
  })

  it('refuses a transaction that changes what a child counts for', async () => {
    const input = { album: string(), photo: string(), size: number({ integer: true }) }
    const resize = transaction({ Photo }, input, ({ size, ...key }, { Photo }) => [Photo.update(key, { size })])
    const photos = aggregateCounter({
      child: Photo,
      counters: [onAlbum],
      creation: resize,
      create: 'add',
      delete: 'remove',
    } as never)
    const { patterns } = connect(
      defineModel({
        table,
        entities: { Album, Photo },
        accessPatterns: photos.accessPatterns as unknown as Record<string, typeof resize>,
      }),
      { client: engine.client() },
    )
    const refused = await failureOf(() => patterns.add?.({ album: 'a', photo: '1', size: 9 }))
    expect(refused).to.be.instanceOf(ValidationError).and.have.property('message').that.includes('changes what one counts for')
  })

  const Order = defineEntity('Order', {
    attributes: { id: string(), shop: string(), rate: string(), cents: number({ integer: true }) },
    key: { pk: 'ORDER#{id}', sk: 'ORDER' },
  })
  const Sales = defineEntity('Sales', {
    attributes: { rate: decimal(), cents: total() },
    key: { pk: 'SALES', sk: '{rate}' },
    onlyInTransactions: aggregated,
  })
  const sales = streamAggregate({
    name: 'OrderSales',
    source: Order,
    aggregate: Sales,
    contribution: ({ rate, cents }) => [{ key: { rate }, add: { cents } }],
  })
  const salesModel = defineModel({ table, entities: { Order, Sales, ...sales.entities }, accessPatterns: sales.accessPatterns })

  it('takes an item that does not fit for one that is there, whatever the connection does with misfits', async () => {
    const shop = connect(salesModel, { client: engine.client(), onMisfit: 'skip' })
    await shop.entities.Order.create({ id: '1', shop: 'a', rate: '1', cents: 5 })
    await rebuildAggregate(sales, shop, [{ id: '1' }])
    const Key = { PK: { S: 'ORDER#1' }, SK: { S: 'ORDER' } }
    const change = { UpdateExpression: 'SET shop = :n', ExpressionAttributeValues: { ':n': { N: '1' } } }
    await engine.client().send(new UpdateItemCommand({ TableName: 'counting', Key, ...change }))
    expect(await failureOf(() => rebuildAggregate(sales, shop, [{ id: '1' }]))).to.be.instanceOf(MisfitError)
    expect(await shop.entities.Sales.get({ rate: '1' })).to.include({ cents: 5 })
  })

  it('knows an aggregate however its decimal is spelled', async () => {
    const shop = connect(salesModel, { client: engine.client() })
    await shop.entities.Order.create({ id: '1', shop: 'a', rate: '1.50', cents: 5 })
    await rebuildAggregate(sales, shop, [{ id: '1' }])
    for (const rate of ['1.5', '01.500']) {
      await shop.entities.Order.update({ id: '1' }, { rate, cents: 7 })
      await rebuildAggregate(sales, shop, [{ id: '1' }])
    }
    expect(await shop.entities.Sales.get({ rate: '1.5' })).to.include({ cents: 7 })
  })

  const User = defineEntity('User', {
    attributes: { id: string(), name: string({ max: 20 }), version: version() },
    key: { pk: 'USER#{id}', sk: 'USER' },
  })
  const having = (max: number) =>
    defineEntity('Post', {
      attributes: {
        id: string(),
        post: string(),
        userName: string({ max }).onlyInTransactions(),
        userVersion: number().onlyInTransactions(),
      },
      key: { pk: 'POSTS#{id}', sk: '{post}' },
      onlyInTransactions: copied,
    })
  const copiesIn = (target: ReturnType<typeof having>) =>
    derivedCopies({
      source: User,
      target,
      key: { id: 'id' },
      values: { userName: 'name' },
      version: 'userVersion',
      create: 'write',
      refresh: 'refresh',
    })

  it('of a change ends although the source goes on changing', async () => {
    const Post = having(20)
    const copies = copiesIn(Post)
    const accessPatterns = { ...copies.accessPatterns, posts: query(Post).consistent() }
    const blog = connect(defineModel({ table, entities: { User, Post }, accessPatterns }), { client: engine.client() })
    const user = await blog.entities.User.create({ id: 'u', name: '0' })
    await blog.patterns.write({ id: 'u', post: '1', userName: '0', userVersion: 1 })
    let changes = 0
    // Whoever reads the targets meets another name each time.
    async function* restless(): AsyncGenerator<Item<typeof Post>> {
      await blog.entities.User.update({ id: 'u' }, { name: String(++changes) })
      yield* await blog.patterns.posts({ id: 'u' }).all()
    }
    await fanOut(copies, blog, [{ entity: 'User', type: 'modify', changed: ['name'], new: user }], restless)
    expect(changes).to.be.within(2, 20)
  })

  it('has no copies that refuse what their source takes', () => {
    expect(() => copiesIn(having(5))).to.throw(ModelError, 'refuses values that User.name takes')
    expect(() => copiesIn(having(30))).not.to.throw()
  })

  it('gives a job to nobody for no time, nor up for no loss', async () => {
    const jobs = queue({ name: 'Job', index: 'GSI1', payload: string() })
    const { entities, patterns } = connect(defineModel({ table, ...jobs }), { client: engine.client() })
    const connected = { jobs: entities.Job, queue: patterns.jobQueue }
    await entities.Job.create({ payload: 'x' })
    const claim = (options: object) => claimJob(connected, { worker: 'w', milliseconds: 1000, ...options })
    for (const wrong of [{ milliseconds: 0 }, { milliseconds: Number.NaN }, { maxLosses: 0 }, { maxLosses: Number.NaN }])
      expect(await failureOf(() => claim(wrong)), JSON.stringify(wrong)).to.be.instanceOf(ValidationError)
    const job = await claim({})
    expect(job).to.include({ state: 'claimed' })
    if (job !== undefined)
      expect(await failureOf(() => extendClaim(connected, job, { milliseconds: -5 }))).to.be.instanceOf(ValidationError)
  })
})
