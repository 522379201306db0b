// The model that the tests of sharded reads and writes share: every way to shard, in indexes and in primary keys.
import {
  createdAt,
  defineEntity,
  defineModel,
  defineTable,
  inverted,
  itemCollection,
  many,
  number,
  query,
  scan,
  string,
  ulid,
} from '../../lib/index.ts'

export const table = defineTable({
  name: 'sharded',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    Hash: { partitionKey: 'HPK', sortKey: 'HSK' },
    ByOwner: { partitionKey: 'OPK', sortKey: 'OSK' },
    Modulo: { partitionKey: 'MPK', sortKey: 'MSK' },
    Random: { partitionKey: 'RPK', sortKey: 'RSK', projection: 'KEYS_ONLY' },
    Labels: { partitionKey: 'BPK', sortKey: 'BSK' },
    Inverted: { partitionKey: 'SK', sortKey: 'PK' },
    Local: { type: 'local', sortKey: 'LSK' },
  },
})

/** When the second number of shards begins. */
export const growth = new Date('2026-06-01T00:00:00Z')

export interface Spread {
  /** The number of shards; where it grows, that after growing. */
  readonly count: number
  /** The number before. */
  readonly before: number
  readonly from: number
}

const rank = number({ min: 0, max: 99, integer: true })

/** A model whose partitions are spread like this. All models lie in one table. */
export function shardedModel({ count, before, from }: Spread) {
  const grown = [{ count: before }, { since: growth.toISOString(), count }]
  const Task = defineEntity('Task', {
    attributes: {
      tenant: string(),
      id: string(),
      rank,
      owner: string().readOnly(),
      account: number({ integer: true }).readOnly(),
      label: string(),
      made: createdAt(),
    },
    key: { pk: 'T#{tenant}#{id}', sk: 'TASK' },
    indexes: {
      Hash: { pk: 'H#{tenant}', sk: '{rank}#{id}', shards: { count, from } },
      ByOwner: { pk: 'O#{tenant}', sk: '{rank}#{id}', shards: { count, of: 'owner' } },
      Modulo: { pk: '{shard}#M#{tenant}', sk: '{rank}#{id}', shards: { count: grown, from, by: 'modulo', of: 'account' } },
      Random: { pk: 'R#{tenant}', sk: '{rank}#{label}#{id}', shards: { count, from, by: 'random' } },
      Labels: { pk: '{shard}#{label}', sk: '{rank}', when: { rank: { gte: 3 } }, shards: { count, from, by: 'random' } },
    },
  })
  // Lies in the range of Task in Hash, so that what is read must be filtered.
  const Note = defineEntity('Note', {
    attributes: { tenant: string(), id: string(), rank },
    key: { pk: 'N#{tenant}#{id}', sk: 'NOTE' },
    indexes: { Hash: { pk: 'H#{tenant}', sk: '{rank}#{id}#NOTE', shards: { count, from } } },
  })
  const Event = defineEntity('Event', {
    attributes: { tenant: string(), id: string(), rank, text: string().optional() },
    key: { pk: 'E#{tenant}', sk: 'EVENT#{rank}#{id}', shards: { count, from } },
    indexes: { Inverted: inverted(), Local: { sk: '{text}' } },
    unique: { text: 'TEXT#{tenant}#{text}' },
  })
  const Alarm = defineEntity('Alarm', {
    attributes: { tenant: string(), id: string(), rank },
    key: { pk: 'E#{tenant}', sk: 'ALARM#{rank}#{id}', shards: { count, from } },
  })
  const Visit = defineEntity('Visit', {
    attributes: { tenant: string(), visitId: ulid(), rank },
    key: { pk: 'V#{tenant}', sk: '{visitId}', shards: { count: grown, of: 'visitId', time: 'visitId' } },
  })
  return defineModel({
    table,
    entities: { Task, Note, Event, Alarm, Visit },
    accessPatterns: {
      hash: query(Task).index('Hash'),
      of: query(Task).index('ByOwner'),
      modulo: query(Task).index('Modulo'),
      random: query(Task).index('Random').hydrate(),
      events: query(Event),
      byText: query(Event).index('Local'),
      inverse: query(Event).index('Inverted'),
      collected: itemCollection({ events: many(Event), alarms: many(Alarm) }),
      visits: query(Visit),
      scanned: scan(Event),
    },
  })
}

export type ShardedModel = ReturnType<typeof shardedModel>
