// Types of shards, checked by the compiler alone: what tells the shard is a further input, and its number is none.
import {
  bigint,
  connect,
  createdAt,
  defineEntity,
  defineModel,
  defineTable,
  inverted,
  type Key,
  number,
  type PatternInput,
  query,
  type RangeCondition,
  string,
} from '../../lib/index.ts'
import { type Equal, holds } from './equal.ts'

const table = defineTable({
  name: 'shards',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    GSI2: { partitionKey: 'GSI2PK', sortKey: 'GSI2SK' },
    GSI3: { partitionKey: 'GSI3PK', sortKey: 'GSI3SK' },
    Inverted: { partitionKey: 'SK', sortKey: 'PK' },
  },
})
const attributes = {
  day: string(),
  device: string(),
  account: bigint().readOnly(),
  region: string().readOnly(),
  rank: number(),
  made: createdAt(),
}
const Event = defineEntity('Event', {
  attributes,
  key: { pk: 'E#{day}', sk: '{device}', shards: { count: 8, of: 'device' } },
  indexes: {
    GSI1: { pk: 'R#{region}', sk: '{rank}', shards: { count: 4, by: 'modulo', of: 'account' } },
    GSI2: { pk: '{shard}#ALL', sk: '{region}#{rank}', shards: { count: 4, of: 'region' } },
    GSI3: {
      pk: 'ALL',
      sk: '{rank}',
      shards: { count: [{ count: 4 }, { since: '2027-01-01T00:00:00Z', count: 8 }], by: 'random', time: 'made', from: 1 },
    },
    Inverted: inverted(),
  },
})
holds<Equal<Key<typeof Event>, { readonly day: string; readonly device: string }>>()

const inTable = query(Event)
const told = query(Event).index('GSI1')
const sorted = query(Event).index('GSI2')
const random = query(Event).index('GSI3')
const inverse = query(Event).index('Inverted')
holds<Equal<PatternInput<typeof inTable>, { readonly day: string; readonly device?: string | RangeCondition<string> }>>()
holds<
  Equal<
    PatternInput<typeof told>,
    { readonly region: string; readonly rank?: number | RangeCondition<number>; readonly account?: bigint }
  >
>()
// Of the sort key it may be a range too, which then does not tell the shard.
holds<
  Equal<
    PatternInput<typeof sorted>,
    { readonly region?: string | RangeCondition<string>; readonly rank?: number | RangeCondition<number> }
  >
>()
holds<Equal<PatternInput<typeof random>, { readonly rank?: number | RangeCondition<number> }>>()
holds<Equal<PatternInput<typeof inverse>, { readonly device: string; readonly day?: string | RangeCondition<string> }>>()

declare const client: Parameters<typeof connect>[1]['client']
const { patterns, entities } = connect(defineModel({ table, entities: { Event }, accessPatterns: { inTable, told } }), {
  client,
  random: () => 0.5,
})

export function accepted() {
  patterns.told({ region: 'eu', account: 7n, rank: { gte: 1 } })
  patterns.inTable({ day: 'd', device: 'a' })
  entities.Event.get({ day: 'd', device: 'a' })
}

export function refused() {
  // @ts-expect-error what tells the shard is one value
  patterns.told({ region: 'eu', account: { gte: 7n } })
  // @ts-expect-error no number of a shard
  patterns.told({ region: 'eu', shard: 1 })
  // @ts-expect-error no number of a shard in a key
  entities.Event.get({ day: 'd', device: 'a', shard: 1 })
  const key = { pk: 'E#{day}', sk: '{device}' } as const
  // @ts-expect-error device is misspelt
  defineEntity('Event', { attributes, key: { ...key, shards: { count: 2, of: 'devise' } } })
  // @ts-expect-error region is misspelt
  defineEntity('Event', { attributes, key, indexes: { GSI1: { pk: 'A', sk: '{rank}', shards: { count: 2, of: 'regoin' } } } })
  // @ts-expect-error made is misspelt
  defineEntity('Event', { attributes, key, indexes: { GSI1: { pk: 'A', sk: '{rank}', shards: { count: 2, time: 'maed' } } } })
  // @ts-expect-error no way to shard
  defineEntity('Event', { attributes, key, indexes: { GSI1: { pk: 'A', sk: '{rank}', shards: { count: 2, by: 'range' } } } })
}
