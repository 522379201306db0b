// The network as a whole: what is in the model, that its data set is sound, and that every access pattern answers what it says.
import { expect } from 'chai'
import { openWrites } from '../../entities/demo/open-writes.ts'
import { total } from '../../entities/social/counter-slot.ts'
import { datasetNow, exampleInputs, makeDataset } from '../../entities/social/dataset.ts'
import { social } from '../../entities/social/index.ts'
import { collectSamples, describeModel } from '../../lib/docs/index.ts'
import { type AnyEntity, connect, createTable } from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { type Inputs, makeOracle } from './social-oracle.ts'

type Name = keyof Inputs
type More = { readonly [P in Name]?: readonly Inputs[P][] }

const all = Object.values(social.accessPatterns).map(({ definition }) => definition)
const patternNames = Object.entries(social.accessPatterns).flatMap(([name, { definition }]) =>
  definition.kind === 'transaction' ? [] : [name as Name],
)
const entities: readonly AnyEntity[] = Object.values(social.entities)
const now = () => new Date(datasetNow.getTime())

describe('social', () => {
  let engine: TestEngine
  before(async () => {
    engine = await startTestEngine()
  })
  after(() => engine.close())

  /** An empty table of its own, connected; and the writes that fill it. */
  async function networkOf(tableName: string) {
    const client = engine.client()
    await createTable(social, client, { tableName })
    const options = { client, tableName, now }
    return { ...connect(social, options), open: openWrites(social, options) }
  }
  type Network = Awaited<ReturnType<typeof networkOf>>

  describe('the model', () => {
    it('answers at least 25 questions, and each pattern says what it is for and how often it is asked', () => {
      expect(patternNames).to.have.length.of.at.least(25)
      for (const definition of all) {
        expect(definition.description).to.be.a('string')
        expect(definition.rate?.perSecond).to.be.greaterThan(0)
      }
    })

    it('describes every entity', () => {
      for (const { name, description } of entities) expect(description, name).to.be.a('string')
    })

    it('reads nothing that it does not want, but for the scan', async () => {
      const { patterns } = await networkOf('plans')
      for (const name of patternNames.filter((name) => name !== 'userExport')) {
        const plan = patterns[name].explain()
        expect([...plan.entitiesInRange].sort(), name).to.deep.equal([...plan.entities].sort())
      }
    })

    it('spreads no list over more partitions than what is written with it can fill', async () => {
      const { patterns } = await networkOf('sizes')
      for (const name of ['followers', 'newestFollowers', 'likersOfPost'] as const)
        expect(patterns[name].explain().requests, name).to.equal('1')
    })

    it('has no index that everything is in, and none that is local', () => {
      for (const { partitionKey, type } of Object.values(social.table.indexes)) {
        expect([social.table.partitionKey.name, social.table.sortKey?.name]).to.not.include(partitionKey.name)
        expect(type).to.equal('global')
      }
    })

    it('writes a timeline entry to the table alone', () => {
      expect(social.entities.TimelineEntry.indexes).to.deep.equal({})
    })

    it('leaves what is counted, and the counts, to transactions', async () => {
      const { entities } = await networkOf('reserved')
      const { Follow, Like, Comment, UserCount, PostCount } = entities
      for (const operations of [Follow, Like, Comment, UserCount, PostCount])
        for (const kind of ['create', 'put', 'update', 'delete', 'move'] as const)
          expect(() => (operations[kind] as (input: object) => unknown)({}), kind).to.throw(/only together with other writes/)
    })
  })

  describe('the examples', () => {
    it('make one item of each entity, which every pattern finds with inputs from the same examples', async () => {
      const client = engine.client()
      await createTable(social, client, { tableName: 'examples' })
      const documentation = describeModel(social)
      const samples = await collectSamples(social, { client, tableName: 'examples', documentation })
      for (const name of patternNames) {
        const answer = samples.get(name)
        expect(answer, name).to.not.equal(undefined)
        const { items } = answer as { readonly items?: readonly unknown[] }
        if (items !== undefined) expect(items, name).to.have.length(1)
      }
    })
  })

  describe('the data set', () => {
    const dataset = makeDataset()

    it('is the same for the same seed, and another for another', () => {
      const small = { users: 30 }
      expect(makeDataset(small)).to.deep.equal(makeDataset(small))
      expect(makeDataset(small)).to.not.deep.equal(makeDataset({ ...small, seed: 2 }))
    })

    it('has 4,000 to 7,500 items', () => {
      expect(Object.values(dataset).flat()).to.have.length.within(4_000, 7_500)
    })

    it('has counts that are those of what they count', () => {
      for (const { userId } of dataset.User) {
        const counts = dataset.UserCount.filter((row) => row.userId === userId)
        expect(total(counts, 'followers')).to.equal(dataset.Follow.filter(({ followeeId }) => followeeId === userId).length)
        expect(total(counts, 'following')).to.equal(dataset.Follow.filter(({ followerId }) => followerId === userId).length)
        const posts = dataset.Post.filter(({ authorId, deletedAt }) => authorId === userId && deletedAt === undefined)
        expect(total(counts, 'posts')).to.equal(posts.length)
      }
      for (const { postId } of dataset.Post) {
        const counts = dataset.PostCount.filter((row) => row.postId === postId)
        expect(total(counts, 'likes')).to.equal(dataset.Like.filter((like) => like.postId === postId).length)
        const comments = dataset.Comment.filter((one) => one.postId === postId && one.removedAt === undefined)
        expect(total(counts, 'comments')).to.equal(comments.length)
      }
    })

    it('has nobody who follows where one has blocked the other', () => {
      const edges = new Set(dataset.Follow.map(({ followerId, followeeId }) => `${followerId} ${followeeId}`))
      expect(dataset.Block).to.not.equal([])
      for (const { blockerId, blockedId } of dataset.Block) {
        expect(edges.has(`${blockerId} ${blockedId}`)).to.equal(false)
        expect(edges.has(`${blockedId} ${blockerId}`)).to.equal(false)
      }
    })
  })

  describe('the access patterns', () => {
    const dataset = makeDataset()
    const inputs = exampleInputs(dataset)
    const oracle = makeOracle(dataset)
    let network: Network
    before(async () => {
      network = await networkOf('answers')
      await Promise.all(
        Object.entries(dataset).map(async ([entity, rows]) => {
          for (const row of rows) await network.open[entity]?.create(row as never)
        }),
      )
    })

    const users = dataset.User.slice(0, 25).map(({ userId }) => userId)
    const posts = dataset.Post.slice(0, 25).map(({ postId }) => postId)
    const of = <N extends string>(name: N, values: readonly string[]) =>
      values.map((value) => ({ [name]: value }) as { readonly [K in N]: string })
    const [threadPath = ''] = dataset.Comment.filter(({ path }) => path.includes('/')).map(({ path }) => path.slice(0, 26))
    const threadOf = dataset.Comment.find(({ path }) => path.startsWith(threadPath))?.postId ?? ''
    const more: More = {
      userById: [{ userId: '00000000000000000000000000' }],
      userByHandle: [{ handle: 'nobody' }],
      profile: of('userId', users),
      following: [...of('followerId', users)],
      followers: [...of('followeeId', users)],
      newestFollowers: of('followeeId', users),
      isFollowing: dataset.Follow.slice(0, 20).map(({ followerId, followeeId }) => ({
        followerId: followeeId,
        followeeId: followerId,
      })),
      blockedUsers: of('blockerId', users),
      postPage: of('postId', posts),
      postsOfUser: of('authorId', users),
      postsWithTag: [
        { tag: 'bread', postedAt: { between: [new Date('2030-02-01T00:00:00Z'), now()] } },
        { tag: 'zürich', postedAt: { gt: new Date('2030-02-27T00:00:00Z'), lt: new Date('2030-03-03T00:00:00Z') } },
        { tag: 'nothing', postedAt: { between: [new Date('2030-02-01T00:00:00Z'), now()] } },
      ],
      likedPosts: of('userId', users),
      likersOfPost: of('postId', posts),
      commentsOfPost: [
        ...of('postId', posts),
        { postId: threadOf, path: { beginsWith: threadPath } },
        { postId: threadOf, path: { beginsWith: `${threadPath}/` } },
      ],
      commentsOfUser: of('authorId', users),
      timeline: of('userId', users),
      latestEntries: of('userId', users),
      deliveryQueue: [
        { state: 'claimed', priority: 0 },
        { state: 'failed', priority: 0 },
      ],
      trending: [{ board: 'tags-2030-03-15' }, { board: 'posts-2030-03-14' }, { board: 'posts-2020-01-01' }],
      inbox: of('userId', users),
      unreadConversations: of('userId', users),
      messages: dataset.Message.slice(0, 20).map(({ conversationId }) => ({ conversationId })),
      notifications: of('userId', users),
      conversationBadge: of('userId', users),
      unreadNotifications: of('userId', users),
      notificationBadge: of('userId', users),
    }

    for (const name of patternNames) {
      it(`${name} answers what filtering and sorting the data set does`, async () => {
        const answered = await compareWith(name, inputs[name])
        expect(answered, 'items for the example').to.be.greaterThan(0)
        for (const input of more[name] ?? []) await compareWith(name, input)
      })
    }

    /** Compares one answer and returns how many items it has. */
    async function compareWith(name: Name, input: object): Promise<number> {
      const expected = (oracle[name] as (input: object) => unknown)(input)
      const answer = ungenerated(await ask(network, name, input))
      // DynamoDB promises no order in a scan.
      if (name === 'userExport') expect(answer).to.have.deep.members(expected as unknown[])
      else expect(answer).to.deep.equal(expected)
      if (Array.isArray(answer)) return answer.length
      return answer === undefined ? 0 : 1
    }
  })

  /** One item, all items, or a collection. */
  async function ask(network: Network, name: Name, input: object): Promise<unknown> {
    const operation = network.patterns[name](input as never)
    return 'all' in operation ? operation.all() : operation
  }
})

const generated = ['version', 'createdAt', 'updatedAt']

/** The answer without what Singlet writes by itself. */
function ungenerated(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(ungenerated)
  if (typeof answer !== 'object' || answer === null || answer instanceof Date) return answer
  const kept = Object.entries(answer).filter(([name]) => !generated.includes(name))
  return Object.fromEntries(kept.map(([name, value]) => [name, ungenerated(value)]))
}
