// What patterns give can be exported by users of the published package, with declarations that name no file inside it.
import { expect } from 'chai'
import { type Consumer, makeConsumer } from './consumer.ts'

const source = `import { connect, datetime, defineEntity, defineModel, defineTable, number, query, string, ulid } from 'singlet'
import {
  adjacencyList, hierarchy, invertedIndex, leaderboard, nodeAttributes, nodeRemoval, nodeWrites, sparseIndex, timeSeries, typeList, writeSharding,
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
export const { link, outgoing, incoming } = follows.accessPatterns
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
  entities: { User, Follow, Shop, ...scores.entities, ...readings.entities },
  accessPatterns: { link, outgoing, incoming, recent, close, drop, within, ...scores.accessPatterns, ...readings.accessPatterns },
})
declare const client: Parameters<typeof connect>[1]['client']
export const connected = connect(model, { client })
export const page = await connected.patterns.within({ chain: 'c', country: 'DE', city: { beginsWith: 'B' } })
export const edge = await connected.patterns.link({ follower: 'u', followee: 'v' })
export const top = await connected.patterns.top({ board: 'b' })
`

describe('the published types of patterns', () => {
  let consumer: Consumer
  before(() => {
    consumer = makeConsumer()
  })
  after(() => consumer.remove())

  it('let all that they give be exported with declarations', () => {
    const { errors, declarations } = consumer.compile(source)
    expect(errors).to.deep.equal([])
    expect(declarations).not.to.match(/import\("singlet\/(?!patterns")/)
    expect(declarations).not.to.match(/\bany\b/)
  })
})
