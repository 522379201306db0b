// Types of the patterns of keys and indexes, checked by the compiler alone: inputs and items have the names that the options give.
import {
  connect,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  type Item,
  number,
  oneOf,
  query,
  string,
} from '../../lib/index.ts'
import {
  aroundScore,
  hierarchy,
  invertedIndex,
  leaderboard,
  sparseIndex,
  submitScore,
  timeSeries,
  typeList,
  writeSharding,
} from '../../patterns/index.ts'
import { type Equal, holds } from './equal.ts'

const key = { pk: 'ORDER#{orderId}', sk: 'PRODUCT#{productId}' } as const
const Line = defineEntity('Line', {
  attributes: {
    orderId: string().readOnly(),
    productId: string(),
    status: oneOf('open', 'done'),
    at: datetime(),
    country: string(),
    city: string(),
  },
  key,
  indexes: {
    ...invertedIndex({ index: 'Inverted', key }),
    ...sparseIndex({ index: 'GSI1', name: 'Open', of: 'country', by: 'at', when: { status: 'open' } }),
    ...typeList({ index: 'GSI2', name: 'Line', by: 'at', shards: writeSharding({ writesPerSecond: 1e4, of: 'orderId' }) }),
    GSI3: { pk: 'PLACES', sk: '{country}#{city}' },
  },
})
const { within } = hierarchy({ entity: Line, index: 'GSI3' }).accessPatterns
const scores = leaderboard({ name: 'Score', index: 'GSI1', attributes: { level: number().optional() } })
const readings = timeSeries({
  name: 'Reading',
  attributes: { sensor: string(), at: datetime(), celsius: number() },
  of: 'sensor',
  at: 'at',
  period: 'day',
})
holds<Equal<typeof readings.entities.Reading.key.pk, 'READING#{sensor}#{at:day}'>>()
holds<Equal<Item<typeof scores.entities.Score>, { board: string; player: string; score: number; level?: number }>>()

const openInCity = sparseIndex({ index: 'GSI1', name: 'Open2ndClassURLs', of: 'city', by: 'at', when: { status: 'open' } })
holds<Equal<(typeof openInCity)['GSI1']['pk'], 'OPEN2ND_CLASS_URLS#{city}'>>()
const openOnes = sparseIndex({ index: 'GSI1', name: 'open_ones', by: 'at', when: { status: 'open' } })
holds<Equal<(typeof openOnes)['GSI1']['pk'], 'OPEN_ONES'>>()

declare const client: Parameters<typeof connect>[1]['client']
const table = defineTable({ name: 't', partitionKey: 'PK', sortKey: 'SK' })
const model = defineModel({
  table,
  entities: { Line, ...scores.entities, ...readings.entities },
  accessPatterns: {
    within,
    ...scores.accessPatterns,
    ...readings.accessPatterns,
    ordersOf: query(Line).index('Inverted'),
    open: query(Line).index('GSI1'),
    all: query(Line).index('GSI2'),
  },
})
const { entities, patterns } = connect(model, { client })
const [gte, lt] = [new Date(), new Date()]

export async function accepted() {
  await patterns.ordersOf({ productId: 'p' })
  await patterns.open({ country: 'DE', at: { gte } })
  await patterns.all({ orderId: 'o' })
  await patterns.all({})
  await patterns.within({})
  await patterns.within({ country: { beginsWith: 'D' } })
  const page = await patterns.within({ country: 'DE', city: { beginsWith: 'B' } })
  holds<Equal<typeof page.items, Item<typeof Line>[]>>()
  await patterns.during({ sensor: 's', at: { gte, lt } })
  const { items } = await patterns.top({ board: 'b' }, { limit: 10 })
  holds<Equal<(typeof items)[0]['level'], number | undefined>>()
  await submitScore(entities.Score, { board: 'b', player: 'p', score: 1, level: 2 })
  const around = await aroundScore(patterns, { board: 'b', player: 'p', score: 1 }, 3)
  holds<Equal<(typeof around.above)[0], Item<typeof scores.entities.Score>>>()
}

export function refused() {
  // @ts-expect-error a level is skipped
  patterns.within({ city: 'Berlin' })
  // @ts-expect-error only the last level may be a range
  patterns.within({ country: { beginsWith: 'D' }, city: 'Berlin' })
  // @ts-expect-error the range has no end
  patterns.during({ sensor: 's', at: { gte } })
  // @ts-expect-error a score is a number
  submitScore(entities.Score, { board: 'b', player: 'p', score: '1' })
  // @ts-expect-error each country has a list of its own
  patterns.open({})
  // @ts-expect-error a score has no rank
  submitScore(entities.Score, { board: 'b', player: 'p', score: 1, rank: 2 })
  // @ts-expect-error where is no attribute
  timeSeries({ name: 'R', attributes: { at: datetime() }, of: 'where', at: 'at', period: 'day' })
  // @ts-expect-error there is no such period
  timeSeries({ name: 'R', attributes: { s: string(), at: datetime() }, of: 's', at: 'at', period: 'week' })
  defineEntity('E', {
    attributes: { e: string() },
    key: { pk: 'E#{e}', sk: 'E' },
    // @ts-expect-error d is no attribute
    indexes: typeList({ index: 'GSI1', name: 'E', by: 'd', shards: { count: 1 } }),
  })
}
