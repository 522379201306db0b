// What patterns give can be exported by users of the published package, with declarations that name no file inside it.
import { expect } from 'chai'
import { type Consumer, makeConsumer } from './consumer.ts'

const source = `import { connect, datetime, defineEntity, defineModel, defineTable, number, query, string, ulid } from 'singlet'
import {
  adjacencyList, aggregateCounter, counted, counter, hierarchy, invertedIndex, leaderboard, nodeAttributes, nodeRemoval, nodeWrites, sparseIndex, timeSeries, typeList, writeSharding,
} from 'singlet/patterns'

export const table = defineTable({ name: 't', partitionKey: 'PK', sortKey: 'SK' })
export const User = defineEntity('User', {
  attributes: { userId: ulid(), ...nodeAttributes() },
  key: { pk: 'USER#{userId}', sk: 'USER' },
  onlyInTransactions: nodeWrites,
})
export const follows = adjacencyList({
  name: 'Follow',
  from: { node: User, as: 'follower' },
  to: { node: User, as: 'followee' },
  index: 'Inverted',
  attributes: { since: datetime().default('now') },
  indexes: { GSI1: { pk: 'FOLLOWERS#{followee}', sk: '{since}' } },
})
export const { Follow } = follows.entities
export const { outgoing, incoming } = follows.accessPatterns
export const Fan = defineEntity('Fan', {
  attributes: { fan: ulid({ generate: false }), follows: counter() },
  key: { pk: 'FAN#{fan}', sk: 'FAN' },
  onlyInTransactions: counted.parent,
})
export const fans = aggregateCounter({
  child: Follow, counters: [{ parent: Fan, key: { fan: 'follower' }, count: 'follows' }],
  creation: follows.accessPatterns.link, deletion: follows.accessPatterns.unlink, create: 'link', delete: 'unlink',
})
export const { link, unlink } = fans.accessPatterns
export const recent = query(Follow).index('GSI1').descending()
export const { close, drop } = nodeRemoval(User).accessPatterns
export const scores = leaderboard({ name: 'Score', index: 'GSI1', attributes: { level: number() } })
export const readings = timeSeries({ name: 'Reading', attributes: { s: string(), at: datetime() }, of: 's', at: 'at', period: 'day' })
export const key = { pk: 'CHAIN#{chain}', sk: 'SHOP#{country}#{city}' } as const
export const Shop = defineEntity('Shop', {
  attributes: { chain: string(), country: string(), city: string() },
  key,
  indexes: {
    ...invertedIndex({ index: 'Inverted', key }),
    ...sparseIndex({ index: 'GSI1', name: 'Berlin', by: 'chain', when: { city: 'Berlin' } }),
    ...typeList({ index: 'GSI2', name: 'Shop', by: 'chain', shards: writeSharding({ writesPerSecond: 4000, of: 'chain' }) }),
  },
})
export const { within } = hierarchy({ entity: Shop }).accessPatterns
export const model = defineModel({
  table,
  entities: { User, Follow, Fan, Shop, ...scores.entities, ...readings.entities },
  accessPatterns: { link, unlink, outgoing, incoming, recent, close, drop, within, ...scores.accessPatterns, ...readings.accessPatterns },
})
declare const client: Parameters<typeof connect>[1]['client']
export const connected = connect(model, { client })
export const page = await connected.patterns.within({ chain: 'c', country: 'DE', city: { beginsWith: 'B' } })
export const edge = await connected.patterns.link({ follower: 'u', followee: 'v' })
export const top = await connected.patterns.top({ board: 'b' })
`

const counting = `import { connect, defineEntity, defineModel, defineTable, number, query, string, ulid, version } from 'singlet'
import {
  aggregateCounter, aggregated, applyToAggregate, copied, counted, counter, deleteWhenEmpty, derivedCopies, incrementCounter, readCounter, shardedCounter, softDelete,
  streamAggregate, total, versionHistory,
} from 'singlet/patterns'

export const table = defineTable({ name: 't', partitionKey: 'PK', sortKey: 'SK', timeToLive: 'expiresAt' })
export const User = defineEntity('User', {
  attributes: { userId: ulid(), name: string(), posts: counter({ max: 9 }), version: version() },
  key: { pk: 'USER#{userId}', sk: 'USER' },
  onlyInTransactions: counted.parent,
})
export const Post = defineEntity('Post', {
  attributes: {
    userId: ulid({ generate: false }), postId: ulid(), size: number({ integer: true }).readOnly(), userName: string().onlyInTransactions(), userVersion: number().onlyInTransactions(),
  },
  key: { pk: 'USER#{userId}', sk: 'POST#{postId}' },
  onlyInTransactions: [...counted.child, ...copied],
})
export const Sizes = defineEntity('Sizes', {
  attributes: { day: string(), size: total(), pages: total('decimal') },
  key: { pk: 'SIZES#{day}', sk: 'SIZES' },
  onlyInTransactions: aggregated,
})
export const posts = aggregateCounter({ child: Post, counters: [{ parent: User, count: 'posts' }], create: 'post', delete: 'unpost' })
export const { unpost } = posts.accessPatterns
export const deleteUser = deleteWhenEmpty(User, 'posts')
export const views = shardedCounter({ name: 'Views', shards: 10, tokens: { days: 1 } })
export const { Views, ViewsToken } = views.entities
export const { shardsOfViews, countViewsOnce } = views.accessPatterns
export const names = derivedCopies({
  source: User, target: Post, key: { userId: 'userId' }, values: { userName: 'name' }, version: 'userVersion', create: 'write', refresh: 'refresh',
})
export const { write, refresh } = names.accessPatterns
export const sizes = streamAggregate({
  name: 'PostSizes', source: Post, aggregate: Sizes, contribution: ({ size }) => [{ key: { day: 'd' }, add: { size, pages: size / 3 } }],
})
export const { PostSizes } = sizes.entities
export const { applyPostSizes } = sizes.accessPatterns
export const notes = softDelete({ name: 'Note', attributes: { id: ulid() }, key: { pk: 'NOTE#{id}', sk: 'NOTE' }, purgeAfterDays: 3 })
export const { Note } = notes.entities
export const { deleteNote } = notes.accessPatterns
export const pages = versionHistory({ name: 'Page', attributes: { id: ulid(), text: string() }, partitionKey: 'PAGE#{id}' })
export const { Page, PageVersion } = pages.entities
export const { savePage, versionsOfPage } = pages.accessPatterns
export const model = defineModel({
  table,
  entities: { User, Post, Sizes, Views, ViewsToken, PostSizes, Note, Page, PageVersion },
  accessPatterns: { ...posts.accessPatterns, deleteUser, shardsOfViews, countViewsOnce, write, refresh, applyPostSizes, ...notes.accessPatterns, ...pages.accessPatterns },
})
declare const client: Parameters<typeof connect>[1]['client']
export const connected = connect(model, { client })
export const [page] = await connected.patterns.savePage({ text: 'T', base: 0 })
export const counted1 = await incrementCounter(views, connected, { counter: 'c', token: 't' })
export const value = await readCounter(views, connected, { counter: 'c' })
export const applied = applyToAggregate(sizes, connected, [])
`

describe('the published types of patterns', () => {
  let consumer: Consumer
  before(() => {
    consumer = makeConsumer()
  })
  after(() => consumer.remove())

  it('let all that they give be exported with declarations', () => {
    for (const program of [source, counting]) {
      const { errors, declarations } = consumer.compile(program)
      expect(errors).to.deep.equal([])
      expect(declarations).not.to.match(/import\("singlet\/(?!patterns")/)
      expect(declarations).not.to.match(/\bany\b/)
    }
  })
})
