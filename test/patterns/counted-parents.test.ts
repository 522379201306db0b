// What is counted on an item that another pattern deletes keeps the item: purged, deleted in parts or removed only when it is 0.
import { expect } from 'chai'
import {
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  ModelError,
  number,
  string,
  TransactionCanceledError,
  version,
} from '../../lib/index.ts'
import {
  adjacencyList,
  aggregateCounter,
  copied,
  counted,
  counter,
  derivedCopies,
  largeItem,
  nodeAttributes,
  nodeWrites,
  softDelete,
  verticalPartitioning,
} from '../../patterns/index.ts'
import { failureOf } from '../client/observed-requests.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'

const table = defineTable({
  name: 'counted-parents',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { Inverted: { partitionKey: 'SK', sortKey: 'PK' } },
})
const albums = softDelete({
  name: 'Album',
  attributes: { albumId: string(), photos: counter() },
  key: { pk: 'ALBUM#{albumId}', sk: 'ALBUM' },
  onlyInTransactions: counted.parent,
})
const wikis = verticalPartitioning({
  name: 'Wiki',
  key: { wikiId: string() },
  parts: { head: { attributes: { title: string() } }, stats: { attributes: { pages: counter() } } },
})
const { Album } = albums.entities
const { WikiStats } = wikis.entities
const Photo = defineEntity('Photo', {
  attributes: { albumId: string(), photoId: string() },
  key: { pk: 'ALBUM#{albumId}', sk: 'PHOTO#{photoId}' },
  onlyInTransactions: counted.child,
})
const Page = defineEntity('Page', {
  attributes: { wikiId: string(), pageId: string() },
  key: { pk: 'WIKI_PAGES#{wikiId}', sk: 'PAGE#{pageId}' },
  onlyInTransactions: counted.child,
})
const photos = aggregateCounter({
  child: Photo,
  counters: [{ parent: Album, count: 'photos' }],
  create: 'addPhoto',
  delete: 'removePhoto',
})
const pages = aggregateCounter({
  child: Page,
  counters: [{ parent: WikiStats, count: 'pages' }],
  create: 'addPage',
  delete: 'removePage',
})
const model = defineModel({
  table,
  entities: { ...albums.entities, ...wikis.entities, Photo, Page },
  accessPatterns: { ...albums.accessPatterns, ...wikis.accessPatterns, ...photos.accessPatterns, ...pages.accessPatterns },
})

describe('an item on which something is counted', () => {
  let engine: TestEngine
  const open = () => connect(model, { client: engine.client() })
  let shop: ReturnType<typeof open>
  before(async () => {
    engine = await startTestEngine()
    await createTable(model, engine.client())
    shop = open()
  })
  after(() => engine.close())

  it('is purged when nothing is counted any more, and not before', async () => {
    const { patterns, entities } = shop
    await entities.Album.create({ albumId: 'a' })
    await patterns.addPhoto({ albumId: 'a', photoId: '1' })
    await patterns.deleteAlbum({ albumId: 'a' })
    expect(await failureOf(() => patterns.purgeAlbum({ albumId: 'a' }))).to.be.instanceOf(TransactionCanceledError)
    await patterns.removePhoto({ albumId: 'a', photoId: '1' })
    await patterns.purgeAlbum({ albumId: 'a' })
    expect(await entities.Album.get({ albumId: 'a' })).to.equal(undefined)
  })

  it('is deleted with all of its parts when nothing is counted on one of them any more', async () => {
    const { patterns, entities } = shop
    await patterns.createWiki({ wikiId: 'w', title: 'Tea' })
    await patterns.addPage({ wikiId: 'w', pageId: '1' })
    expect(await failureOf(() => patterns.deleteWiki({ wikiId: 'w' }))).to.be.instanceOf(TransactionCanceledError)
    expect(await entities.WikiHead.get({ wikiId: 'w' })).to.include({ title: 'Tea' })
    await patterns.removePage({ wikiId: 'w', pageId: '1' })
    await patterns.deleteWiki({ wikiId: 'w' })
    await patterns.deleteWiki({ wikiId: 'w' })
    expect(await entities.WikiStats.get({ wikiId: 'w' })).to.equal(undefined)
  })

  it('is no node that is purged with its edges', async () => {
    const users = softDelete({
      name: 'User',
      attributes: { userId: string(), ...nodeAttributes() },
      key: { pk: 'USER#{userId}', sk: 'USER' },
      onlyInTransactions: nodeWrites,
    })
    const ends = { from: { node: users.entities.User, as: 'a' }, to: { node: users.entities.User, as: 'b' } } as const
    const { entities: edges, accessPatterns } = adjacencyList({ name: 'Tie', ...ends, index: 'Inverted' })
    const { link } = accessPatterns
    const ties = connect(
      defineModel({
        table,
        entities: { ...users.entities, ...edges },
        accessPatterns: { ...users.accessPatterns, link },
      }),
      { client: engine.client() },
    )
    for (const userId of ['1', '2']) await ties.entities.User.create({ userId })
    await ties.patterns.link({ a: '1', b: '2' })
    await ties.patterns.deleteUser({ userId: '1' })
    expect(await failureOf(() => ties.patterns.purgeUser({ userId: '1' }))).to.be.instanceOf(TransactionCanceledError)
  })

  it('neither goes by itself, nor is set back by what a large item does', () => {
    const attributes = { albumId: string(), photos: counter() }
    const expiring = () => softDelete({ name: 'Album', attributes, key: { pk: 'ALBUM#{albumId}', sk: 'A' }, purgeAfterDays: 3 })
    expect(expiring).to.throw(ModelError, 'would be left when it goes by itself')
    const large = () =>
      largeItem({ name: 'File', key: { path: string() }, attributes: { readers: counter() }, index: 'Inverted' })
    expect(large).to.throw(ModelError, 'each new content would set it back')
  })

  it('has no copies that what creates it does not write', () => {
    const Source = defineEntity('Source', {
      attributes: { sourceId: string(), name: string(), version: version() },
      key: { pk: 'SOURCE#{sourceId}', sk: 'SOURCE' },
    })
    const copies = { sourceName: string().onlyInTransactions(), sourceVersion: number().onlyInTransactions() }
    const parts = verticalPartitioning({
      name: 'Doc',
      key: { sourceId: string() },
      parts: { head: { attributes: copies }, body: { attributes: { text: string() } } },
    })
    const wrong = () =>
      derivedCopies({
        source: Source,
        target: parts.entities.DocHead,
        key: { sourceId: 'sourceId' },
        values: { sourceName: 'name' },
        version: 'sourceVersion',
        create: 'c',
        refresh: 'r',
      } as never)
    expect(copied).to.include('create')
    expect(wrong).to.throw(ModelError, 'verticalPartitioning creates it, without the copies')
  })
})
