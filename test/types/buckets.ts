// Types of time buckets, checked by the compiler alone: a bucket's time is one time or a range with both ends.
import {
  type ClosedRange,
  connect,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  type Key,
  type PatternInput,
  query,
  string,
} from '../../lib/index.ts'
import { type Equal, holds } from './equal.ts'

const table = defineTable({ name: 'series', partitionKey: 'PK', sortKey: 'SK' })
const Reading = defineEntity('Reading', {
  attributes: { sensor: string(), at: datetime(), id: string() },
  key: { pk: 'SENSOR#{sensor}#{at:day}', sk: '{at}#{id}' },
})
const readings = query(Reading)
holds<Equal<Key<typeof Reading>, { readonly sensor: string; readonly at: Date; readonly id: string }>>()
type Input = PatternInput<typeof readings>
holds<Equal<Input['at'], Date | ClosedRange<Date>>>()
holds<Equal<Input['sensor'], string>>()

declare const client: Parameters<typeof connect>[1]['client']
const { patterns } = connect(defineModel({ table, entities: { Reading }, accessPatterns: { readings } }), { client })
const [from, to] = [new Date(0), new Date(1)]

export function accepted() {
  patterns.readings({ sensor: 's', at: from })
  patterns.readings({ sensor: 's', at: from, id: 'a' })
  patterns.readings({ sensor: 's', at: { between: [from, to] } })
  patterns.readings({ sensor: 's', at: { gte: from, lt: to } })
  patterns.readings({ sensor: 's', at: { gt: from, lte: to } })
}

export function refused() {
  // @ts-expect-error no time
  patterns.readings({ sensor: 's' })
  // @ts-expect-error a range without an end
  patterns.readings({ sensor: 's', at: { gte: from } })
  // @ts-expect-error no beginning of a time
  patterns.readings({ sensor: 's', at: { beginsWith: '2030' } })
  // @ts-expect-error no text
  patterns.readings({ sensor: 's', at: '2030-01-01' })
}
