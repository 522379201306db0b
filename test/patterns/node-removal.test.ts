// Removing nodes that are more than ends of edges: with copies and unique values that follow their counts, and with other counts.
import { expect } from 'chai'
import {
  ConditionFailedError,
  connect,
  copyOf,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  string,
  TransactionCanceledError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import {
  adjacencyList,
  aggregateCounter,
  counted,
  counter,
  nodeAttributes,
  nodeRemoval,
  nodeWrites,
  removeNode,
} from '../../patterns/index.ts'

const table = defineTable({
  name: 'removal',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { Inverted: { partitionKey: 'SK', sortKey: 'PK' } },
})
const User = defineEntity('User', {
  attributes: { userId: string(), followers: counter(), photos: counter(), ...nodeAttributes() },
  key: { pk: 'USER#{userId}', sk: 'USER' },
  onlyInTransactions: nodeWrites,
})
const follows = adjacencyList({
  name: 'Follow',
  from: { node: User, as: 'follower' },
  to: { node: User, as: 'followee', counter: 'followers' },
  index: 'Inverted',
})
const Photo = defineEntity('Photo', {
  attributes: { userId: string(), photoId: string() },
  key: { pk: 'USER#{userId}', sk: 'PHOTO#{photoId}' },
  onlyInTransactions: counted.child,
})
const photos = aggregateCounter({
  child: Photo,
  counters: [{ parent: User, count: 'photos' }],
  create: 'addPhoto',
  delete: 'deletePhoto',
})
/** Each has a count of its user, and is written with each edge that changes it; one is deleted and put. */
const copies = {
  Profile: copyOf(User, 'Profile', { attributes: ['userId', 'followers'], key: { pk: 'PROFILE#{userId}', sk: 'PROFILE' } }),
  Badge: copyOf(User, 'Badge', { attributes: ['userId', 'edgeCount'], key: { pk: 'BADGE#{userId}', sk: 'BADGE' } }),
  Ranked: copyOf(User, 'Ranked', { attributes: ['userId', 'followers'], key: { pk: 'RANKED', sk: '{followers}#{userId}' } }),
}
const { close, drop } = nodeRemoval(User, 'photos').accessPatterns
const model = defineModel({
  table,
  entities: { User, Photo, ...copies, ...follows.entities },
  accessPatterns: { ...follows.accessPatterns, ...photos.accessPatterns, close, drop },
})

describe('a node that is removed', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client() })
  let { entities, patterns } = {} as ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    ;({ entities, patterns } = open())
  })
  after(() => engine.close())

  let looks = 0
  const removeUser = (userId: string) =>
    removeNode(
      { userId },
      {
        close: patterns.close,
        drop: patterns.drop,
        edges: [
          {
            edge: follows.entities.Follow,
            at: () => {
              looks++
              return [patterns.outgoing({ follower: userId }), patterns.incoming({ followee: userId })]
            },
            unlinkMany: patterns.unlinkMany,
          },
        ],
      },
    )

  it('loses more edges than fit into a transaction with the copies of its neighbours', async () => {
    await entities.User.create({ userId: 'hub' })
    const ids = Array.from({ length: 30 }, (_, n) => `user${n}`)
    for (const userId of ids) {
      await entities.User.create({ userId })
      await patterns.link({ follower: 'hub', followee: userId })
    }
    expect(await removeUser('hub')).to.equal(true)
    expect(await entities.User.get({ userId: 'hub' })).to.equal(undefined)
    for (const userId of ids) {
      expect(await entities.User.get({ userId })).to.include({ followers: 0, edgeCount: 0 })
      expect(await entities.Ranked.get({ userId, followers: 0 })).to.deep.equal({ userId, followers: 0 })
    }
  })

  it('stays while something else is counted on it, which is told without waiting', async () => {
    for (const userId of ['ada', 'bob']) await entities.User.create({ userId })
    await patterns.link({ follower: 'bob', followee: 'ada' })
    await patterns.addPhoto({ userId: 'ada', photoId: 'p' })
    looks = 0
    const error = await removeUser('ada').catch((error) => error)
    expect(error).to.be.instanceOf(ConditionFailedError)
    expect([error.item.photos, looks]).to.deep.equal([1, 1])
    expect(await patterns.drop({ userId: 'ada' }).then(undefined, (error) => error)).to.be.instanceOf(TransactionCanceledError)
    expect(await entities.Photo.get({ userId: 'ada', photoId: 'p' })).to.not.equal(undefined)
    await patterns.deletePhoto({ userId: 'ada', photoId: 'p' })
    expect(await removeUser('ada')).to.equal(true)
    expect(await entities.User.get({ userId: 'ada' })).to.equal(undefined)
  })
})
