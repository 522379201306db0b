// Types of the patterns that count, checked by the compiler alone.
import {
  connect,
  decimal,
  defineEntity,
  defineModel,
  defineTable,
  type Item,
  number,
  type PatternInput,
  type PatternResult,
  string,
  ulid,
} from '../../lib/index.ts'
import {
  adjacencyList,
  aggregateCounter,
  aggregated,
  counted,
  counter,
  deleteWhenEmpty,
  nodeAttributes,
  nodeWrites,
  shardedCounter,
  streamAggregate,
  total,
} from '../../patterns/index.ts'
import { type Equal, holds } from './equal.ts'

const table = defineTable({ name: 'counting', partitionKey: 'PK', sortKey: 'SK' })
const User = defineEntity('User', {
  attributes: { userId: string(), name: string(), followers: counter(), following: counter({ max: 5000 }) },
  key: { pk: 'USER#{userId}', sk: 'USER' },
  onlyInTransactions: counted.parent,
})
const Follow = defineEntity('Follow', {
  attributes: {
    follower: string(),
    followee: string(),
    id: ulid(),
    weight: number({ integer: true }).readOnly(),
    note: string().optional(),
  },
  key: { pk: 'USER#{follower}', sk: 'FOLLOWS#{followee}' },
  onlyInTransactions: counted.child,
})
const follows = aggregateCounter({
  child: Follow,
  counters: [
    { parent: User, key: { userId: 'followee' }, count: 'followers', sum: { following: 'weight' } },
    { parent: User, key: { userId: 'follower' }, count: 'following' },
  ],
  create: 'follow',
  delete: 'unfollow',
})
holds<
  Equal<
    PatternInput<typeof follows.accessPatterns.follow>,
    { follower: string; followee: string; id?: string; weight: number; note?: string }
  >
>()
holds<
  Equal<PatternInput<typeof follows.accessPatterns.unfollow>, Pick<Item<typeof Follow>, 'follower' | 'followee' | 'weight'>>
>()

declare const client: Parameters<typeof connect>[1]['client']
const { patterns } = connect(
  defineModel({
    table,
    entities: { User, Follow },
    accessPatterns: { ...follows.accessPatterns, deleteUser: deleteWhenEmpty(User, 'followers', 'following') },
  }),
  { client },
)

export async function accepted() {
  const [follow] = await patterns.follow({ follower: 'a', followee: 'b', weight: 1 })
  holds<Equal<typeof follow, Item<typeof Follow>>>()
  await patterns.unfollow({ follower: 'a', followee: 'b', weight: 1 })
  await patterns.deleteUser({ userId: 'a' })
}

export function refused() {
  // @ts-expect-error no such pattern
  patterns.unfollows({})
  // @ts-expect-error what was summed must be known
  patterns.unfollow({ follower: 'a', followee: 'b' })
  // @ts-expect-error its name is no number
  deleteWhenEmpty(User, 'name')
  const names = { child: Follow, create: 'follow', delete: 'unfollow' } as const
  // @ts-expect-error the child has no userId
  aggregateCounter({ ...names, counters: [{ parent: User, count: 'followers' }] })
  // @ts-expect-error no such attribute of the child
  aggregateCounter({ ...names, counters: [{ parent: User, key: { userId: 'who' }, count: 'followers' }] })
  // @ts-expect-error no number of the parent
  aggregateCounter({ ...names, counters: [{ parent: User, key: { userId: 'followee' }, count: 'name' }] })
  // @ts-expect-error no number of the child
  aggregateCounter({ ...names, counters: [{ parent: User, key: { userId: 'followee' }, sum: { followers: 'note' } }] })
}

const Shelf = defineEntity('Shelf', {
  attributes: { shelf: string(), boxes: counter(), weight: decimal().default('0').onlyInTransactions() },
  key: { pk: 'SHELF#{shelf}', sk: 'SHELF' },
  onlyInTransactions: counted.parent,
})
const Box = defineEntity('Box', {
  attributes: { shelf: string(), box: string(), weight: decimal().readOnly(), tare: number().readOnly() },
  key: { pk: 'SHELF#{shelf}', sk: 'BOX#{box}' },
  onlyInTransactions: counted.child,
})
export function decimals() {
  const names = { child: Box, create: 'shelve', delete: 'unshelve' } as const
  aggregateCounter({ ...names, counters: [{ parent: Shelf, sum: { weight: 'weight' } }] })
  aggregateCounter({ ...names, counters: [{ parent: Shelf, sum: { weight: 'tare' } }] })
  // @ts-expect-error a number does not hold the sum of decimals
  aggregateCounter({ ...names, counters: [{ parent: Shelf, sum: { boxes: 'weight' } }] })
}

const Node = defineEntity('Node', {
  attributes: { id: string(), ...nodeAttributes() },
  key: { pk: 'NODE#{id}', sk: 'NODE' },
  onlyInTransactions: nodeWrites,
})
const edges = adjacencyList({
  name: 'Edge',
  from: { node: Node, as: 'a' },
  to: { node: Node, as: 'b' },
  index: 'Inverted',
  attributes: { weight: number({ integer: true }).readOnly(), note: string().optional() },
})
const { link, unlink, unlinkMany } = edges.accessPatterns
const edgeCounts = {
  child: edges.entities.Edge,
  counters: [{ parent: User, key: { userId: 'a' }, count: 'followers', sum: { following: 'weight' } }],
  creation: link,
} as const
const countedEdges = aggregateCounter({ ...edgeCounts, deletion: unlink, create: 'link', delete: 'unlink' }).accessPatterns
holds<Equal<PatternInput<typeof countedEdges.link>, PatternInput<typeof link>>>()
holds<Equal<PatternResult<typeof countedEdges.link>[0], Item<typeof edges.entities.Edge>>>()
holds<Equal<PatternInput<typeof countedEdges.unlink>, { readonly a: string; readonly b: string; weight: number }>>()
const { unlinkMany: several } = aggregateCounter({
  ...edgeCounts,
  deletion: unlinkMany,
  create: 'link',
  delete: 'unlinkMany',
}).accessPatterns
holds<Equal<PatternInput<typeof several>['edges'], PatternInput<typeof unlinkMany>['edges']>>()
// @ts-expect-error a query is no transaction
aggregateCounter({ ...edgeCounts, deletion: edges.accessPatterns.outgoing, create: 'link', delete: 'unlink' })

const views = shardedCounter({ name: 'Views', shards: 3 })
holds<Equal<keyof typeof views.entities, 'Views'>>()
holds<Equal<keyof typeof views.accessPatterns, 'shardsOfViews'>>()
holds<Equal<Item<typeof views.entities.Views>, { counter: string; shard: number; value: number }>>()
const once = shardedCounter({ name: 'Views', shards: 3, tokens: { days: 1 } })
holds<Equal<keyof typeof once.entities, 'Views' | 'ViewsToken'>>()
holds<
  Equal<
    PatternInput<typeof once.accessPatterns.countViewsOnce>,
    { counter: string; shard: number; token: string; until: Date; by?: number }
  >
>()

const Tag = defineEntity('Tag', {
  attributes: { tag: string(), posts: total(), note: string().optional() },
  key: { pk: 'TAG#{tag}', sk: 'TAG' },
  onlyInTransactions: aggregated,
})
const tags = streamAggregate({
  name: 'FollowTags',
  source: Follow,
  aggregate: Tag,
  contribution: (item) => {
    holds<Equal<typeof item, Item<typeof Follow>>>()
    return [{ key: { tag: item.followee }, add: { posts: 1 } }]
  },
})
holds<Equal<keyof typeof tags.entities, 'FollowTags'>>()
holds<Equal<keyof typeof tags.accessPatterns, 'applyFollowTags'>>()
const parts = { name: 'FollowTags', source: Follow, aggregate: Tag } as const
// @ts-expect-error a Tag has no such key
streamAggregate({ ...parts, contribution: () => [{ key: { name: 'a' }, add: { posts: 1 } }] })
const Report = defineEntity('Report', {
  attributes: {
    day: string(),
    posts: total().describe('How many').storedAs('p'),
    hours: total('decimal').hidden(),
    pages: number().default(0).onlyInTransactions(),
  },
  key: { pk: 'REPORT#{day}', sk: 'REPORT' },
  onlyInTransactions: aggregated,
})
const reports = { name: 'FollowReports', source: Follow, aggregate: Report } as const
streamAggregate({ ...reports, contribution: () => [{ key: { day: 'a' }, add: { posts: undefined, hours: 0.5 } }] })
streamAggregate({ ...reports, contribution: () => [{ key: { day: 'a' }, add: { hours: '0.5' } }] })
// @ts-expect-error a number that is not made by total()
streamAggregate({ ...reports, contribution: () => [{ key: { day: 'a' }, add: { pages: 1 } }] })
// @ts-expect-error whole numbers are no text
streamAggregate({ ...reports, contribution: () => [{ key: { day: 'a' }, add: { posts: '1' } }] })
// @ts-expect-error a note is no total
streamAggregate({ ...parts, contribution: () => [{ key: { tag: 'a' }, add: { note: 1 } }] })
