// Copies of several sources in one target that is counted besides: one transaction, with the check of each as a part.
import { expect } from 'chai'
import {
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  number,
  query,
  string,
  TransactionCanceledError,
  transaction,
  ulid,
  version,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { aggregateCounter, counter } from '../../patterns/aggregate-counter.ts'
import { counted } from '../../patterns/counter-checks.ts'
import { copied, derivedCopies } from '../../patterns/derived-copies.ts'
import { refreshCopies } from '../../patterns/fan-out.ts'
import { failureOf } from '../client/observed-requests.ts'

const table = defineTable({ name: 'composed', partitionKey: 'PK', sortKey: 'SK' })
const User = defineEntity('User', {
  attributes: { userId: string(), name: string(), badge: string().optional(), version: version() },
  key: { pk: 'USER#{userId}', sk: 'USER' },
})
const Topic = defineEntity('Topic', {
  attributes: { topicId: string(), title: string(), version: version() },
  key: { pk: 'TOPIC#{topicId}', sk: 'TOPIC' },
})
const Month = defineEntity('Month', {
  attributes: { month: string(), posts: counter() },
  key: { pk: 'MONTH#{month}', sk: 'MONTH' },
  onlyInTransactions: counted.parent,
})
const Post = defineEntity('Post', {
  attributes: {
    month: string(),
    postId: ulid(),
    authorId: string().readOnly(),
    authorName: string().onlyInTransactions(),
    authorVersion: number().onlyInTransactions(),
    topicId: string().readOnly(),
    topicTitle: string().onlyInTransactions(),
    topicVersion: number().onlyInTransactions(),
  },
  key: { pk: 'MONTH#{month}', sk: 'POST#{postId}' },
  onlyInTransactions: [...copied, 'delete'],
})
const authors = derivedCopies({
  source: User,
  target: Post,
  key: { userId: 'authorId' },
  values: { authorName: 'name' },
  version: 'authorVersion',
  create: 'createAsAuthor',
  refresh: 'refreshAuthor',
})
const topics = derivedCopies({
  source: Topic,
  target: Post,
  key: { topicId: 'topicId' },
  values: { topicTitle: 'title' },
  version: 'topicVersion',
  create: 'createInTopic',
  refresh: 'refreshTopic',
})
const posts = aggregateCounter({
  child: Post,
  counters: [{ parent: Month, count: 'posts' }],
  create: 'addPost',
  delete: 'removePost',
})
const { refreshAuthor } = authors.accessPatterns
const { refreshTopic } = topics.accessPatterns
const { addPost, removePost } = posts.accessPatterns
const reference = { authorId: string(), authorName: string(), authorVersion: number() }
const writePost = transaction(
  { addPost, author: authors.check, topic: topics.check },
  { month: string(), ...reference, topicId: string(), topicTitle: string(), topicVersion: number() },
  (input, parts) => [...parts.addPost(input), ...parts.author(input), ...parts.topic(input)],
)
const model = defineModel({
  table,
  entities: { User, Topic, Month, Post },
  accessPatterns: { writePost, removePost, refreshAuthor, refreshTopic, posts: query(Post).consistent() },
})

describe('derived copies of several sources', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client({ maxAttempts: 1 }) })
  let blog: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    blog = open()
    await blog.entities.Month.create({ month: 'may' })
  })
  after(() => engine.close())
  const input = {
    month: 'may',
    authorId: 'ada',
    authorName: 'Ada',
    authorVersion: 1,
    topicId: 'tea',
    topicTitle: 'Tea',
    topicVersion: 1,
  }

  it('are what all of them are when the target is created and counted, or it is not', async () => {
    const user = await blog.entities.User.create({ userId: 'ada', name: 'Ada' })
    await blog.entities.Topic.create({ topicId: 'tea', title: 'Tea' })
    const [post] = await blog.patterns.writePost(input)
    expect(post).to.deep.equal({ ...input, postId: post.postId })
    for (const wrong of [{ authorName: 'Eve' }, { topicTitle: 'Coffee' }, { topicVersion: 2 }, { topicId: 'none' }])
      expect(await failureOf(() => blog.patterns.writePost({ ...input, ...wrong }))).to.be.instanceOf(TransactionCanceledError)
    expect((await blog.entities.Month.get({ month: 'may' }))?.posts).to.equal(1)

    const list = () => blog.patterns.posts({ month: 'may' })
    const renamed = await blog.entities.Topic.update({ topicId: 'tea' }, { title: 'Green tea' })
    await refreshCopies(topics, blog, renamed, list)
    await refreshCopies(authors, blog, user, list)
    const refreshed = { ...post, topicTitle: 'Green tea', topicVersion: 2 }
    expect(await list().all()).to.deep.equal([refreshed])
    await blog.patterns.removePost({ month: 'may', postId: post.postId })
    expect((await blog.entities.Month.get({ month: 'may' }))?.posts).to.equal(0)
  })

  it('are all demanded by what creates the target alone, as its type says', async () => {
    const alone = defineModel({ table, entities: { User, Topic, Month, Post }, accessPatterns: { addPost } })
    const { patterns } = connect(alone, { client: engine.client() })
    const { topicTitle: _, ...less } = input
    // @ts-expect-error the topic's title is missing
    expect(await failureOf(() => patterns.addPost(less))).to.include({ path: 'topicTitle' })
    expect((await patterns.addPost(input))[0]).to.include(input)
  })
})
