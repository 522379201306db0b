// The model that the tests of reading share: entities that meet in one partition and in every kind of index.
import {
  type ConnectOptions,
  connect,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  type Item,
  inverted,
  itemCollection,
  many,
  number,
  oneOf,
  query,
  scan,
  string,
} from '../../lib/index.ts'

const attributes = {
  tenant: string(),
  group: string(),
  id: string(),
  rank: number(),
  when: datetime(),
  flag: oneOf('a', 'b'),
  label: string().optional(),
}

export const Event = defineEntity('Event', {
  attributes,
  key: { pk: 'T#{tenant}', sk: 'EVENT#{group}#{id}' },
  indexes: {
    Overloaded: { pk: 'G#{group}', sk: 'E#{rank}#{id}' },
    Keys: { pk: 'K#{tenant}', sk: '{when}#{id}' },
    Some: { pk: 'S#{tenant}', sk: '{rank:desc}#{id}' },
    Sharded: { pk: 'H#{flag}', sk: '{when}#{id}', shards: { count: 1 } },
    ByRank: { pk: '{group}', sk: '{rank}' },
    Local: { sk: 'L#{label}' },
    Inverted: inverted(),
  },
})
export type EventItem = Item<typeof Event>

/** Lies in the range of every key that Event has in the table, in Keys and in ByRank. */
export const Log = defineEntity('Log', {
  attributes,
  key: { pk: 'T#{tenant}', sk: 'EVENT#{group}#{id}#LOG' },
  indexes: {
    Overloaded: { pk: 'G#{group}', sk: 'L#{rank}#{id}' },
    Keys: { pk: 'K#{tenant}', sk: '{when}#{id}#LOG' },
    Sharded: { pk: 'H#{flag}', sk: '{when}#{id}#LOG', shards: { count: 1 } },
    Local: { sk: 'L#{label}#LOG' },
  },
})

/** The model, its sharded index having this many shards. */
export function readingModel(count: number) {
  const table = defineTable({
    name: 'reading',
    partitionKey: 'PK',
    sortKey: 'SK',
    indexes: {
      Overloaded: { partitionKey: 'OPK', sortKey: 'OSK' },
      Keys: { partitionKey: 'KPK', sortKey: 'KSK', projection: 'KEYS_ONLY' },
      Some: { partitionKey: 'SPK', sortKey: 'SSK', projection: ['flag'] },
      Sharded: { partitionKey: 'HPK', sortKey: 'HSK' },
      ByRank: { partitionKey: 'group', sortKey: { name: 'rank', type: 'number' } },
      Local: { type: 'local', sortKey: 'LSK', projection: 'KEYS_ONLY' },
      Inverted: { partitionKey: 'SK', sortKey: 'PK' },
    },
  })
  const sharded = <E extends typeof Event | typeof Log>(entity: E): E => {
    const { Sharded } = entity.indexes
    return { ...entity, indexes: { ...entity.indexes, Sharded: { ...Sharded, shards: { count } } } }
  }
  const entities = { Event: sharded(Event), Log: sharded(Log) }
  return defineModel({
    table,
    entities,
    accessPatterns: {
      inTable: query(entities.Event),
      overloaded: query(entities.Event).index('Overloaded'),
      hydrated: query(entities.Event).index('Keys').hydrate(),
      keysOnly: query(entities.Event).index('Keys').select('tenant', 'group', 'id', 'when'),
      some: query(entities.Event).index('Some').select('tenant', 'group', 'id', 'rank', 'flag'),
      sharded: query(entities.Event).index('Sharded'),
      natural: query(entities.Event).index('ByRank'),
      local: query(entities.Event).index('Local'),
      localSelect: query(entities.Event).index('Local').select('id', 'label'),
      inverse: query(entities.Event).index('Inverted'),
      flagged: query(entities.Event).where({ flag: 'a' }).descending(),
      scanned: scan(entities.Event).segments(3),
      collection: itemCollection({ events: many(entities.Event), logs: many(entities.Log) }),
    },
  })
}

export type ReadingModel = ReturnType<typeof readingModel>

export const connectReading = (model: ReadingModel, options: ConnectOptions) => connect(model, options)
