// Types of adjacency lists, checked by the compiler alone: ends, counters and edges have the names that the options give.
import { connect, datetime, defineEntity, defineModel, defineTable, type Item, number, string, ulid } from '../../lib/index.ts'
import { adjacencyList, counter, nodeAttributes, nodeRemoval, nodeWrites } from '../../patterns/index.ts'
import { type Equal, holds } from './equal.ts'

const User = defineEntity('User', {
  attributes: { userId: ulid(), followers: counter(), ...nodeAttributes() },
  key: { pk: 'USER#{userId}', sk: 'USER' },
  onlyInTransactions: nodeWrites,
})
const Place = defineEntity('Place', {
  attributes: { place: number(), ...nodeAttributes() },
  key: { pk: 'PLACE#{place}', sk: 'PLACE' },
  onlyInTransactions: nodeWrites,
})
const visits = adjacencyList({
  name: 'Visit',
  from: { node: User, as: 'visitor' },
  to: { node: Place, as: 'place' },
  index: 'Inverted',
  attributes: { at: datetime(), note: string().optional() },
  indexes: { GSI1: { pk: 'VISITS#{place}', sk: '{at}' } },
})
const { Visit } = visits.entities
holds<Equal<Item<typeof Visit>, { visitor: string; place: number; at: Date; note?: string }>>()
holds<Equal<typeof Visit.key, { readonly pk: 'USER#{visitor}'; readonly sk: 'VISIT#{place}' }>>()
const { close } = nodeRemoval(User, 'followers').accessPatterns

declare const client: Parameters<typeof connect>[1]['client']
const table = defineTable({ name: 't', partitionKey: 'PK', sortKey: 'SK' })
const model = defineModel({
  table,
  entities: { User, Place, ...visits.entities },
  accessPatterns: { ...visits.accessPatterns, close },
})
const { patterns } = connect(model, { client })

export async function accepted() {
  const [visit] = await patterns.link({ visitor: 'u', place: 1, at: new Date() })
  holds<Equal<typeof visit, Item<typeof Visit>>>()
  const page = await patterns.outgoing({ visitor: 'u', place: { gte: 3 } })
  holds<Equal<typeof page.items, Item<typeof Visit>[]>>()
  await patterns.incoming({ place: 1 })
  await patterns.unlink({ visitor: 'u', place: 1 })
  await patterns.unlinkMany({ edges: [{ visitor: 'u', place: 1 }] })
  await patterns.close({ userId: 'u' })
}

export function refused() {
  // @ts-expect-error a visit has a time
  patterns.link({ visitor: 'u', place: 1 })
  // @ts-expect-error both ends must be given
  patterns.unlink({ visitor: 'u' })
  // @ts-expect-error places are known by numbers
  patterns.incoming({ place: '1' })
  // @ts-expect-error the partition is that of the visitor
  patterns.outgoing({ place: 1 })
  // @ts-expect-error guests is no attribute of User
  adjacencyList({ name: 'E', from: { node: User, as: 'a', counter: 'guests' }, to: { node: User, as: 'b' }, index: 'Inverted' })
  // @ts-expect-error userId is no number
  adjacencyList({ name: 'E', from: { node: User, as: 'a', counter: 'userId' }, to: { node: User, as: 'b' }, index: 'Inverted' })
  // @ts-expect-error photos is no attribute of User
  nodeRemoval(User, 'photos')
  // @ts-expect-error removing is no number
  nodeRemoval(User, 'followers', 'removing')
}
