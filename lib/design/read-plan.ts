// How an access pattern is read: key, index, filters, and which entities' items its key range can hold. Derived from the model alone.
import { SingletError } from '../errors.ts'
import { keysOverlap, reachesDefaultRange } from '../keys/key-algebra.ts'
import type { KeyCodec } from '../keys/key-codec.ts'
import { compareKeys } from '../keys/key-order.ts'
import type { KeyRange } from '../keys/key-type.ts'
import { keyRange } from '../keys/range.ts'
import type { Bucket } from '../keys/time-bucket.ts'
import type { PatternDefinition } from '../model/access-pattern.ts'
import { bucketOf } from '../model/check-buckets.ts'
import type { AnyEntity } from '../model/entity.ts'
import { projectionOf } from '../model/projection.ts'
import type { KeyPart, ResolvedEntity, ResolvedKey, ResolvedModel, ResolvedPattern, ResolvedShards } from '../model/resolved.ts'
import type { TableIndex } from '../model/table.ts'
import { type ShardNarrowing, shardNarrowing } from './shard-narrowing.ts'

export interface ReadPlan {
  readonly name: string
  readonly definition: PatternDefinition
  /** The entities whose items are wanted, by the name of the member for an item collection. */
  readonly wanted: ReadonlyMap<string, ResolvedEntity>
  /** The attributes of its keys that come from the connection, and so are no input. */
  readonly context: readonly string[]
  readonly index?: TableIndex
  readonly partition: KeyPart
  readonly sort?: KeyPart
  /** The sort keys of an item collection, from its first member's to its last one's; other patterns take theirs from the input. */
  readonly fixedRange?: KeyRange
  /** The shards of the partition; one partition has none. */
  readonly shards?: ResolvedShards
  /** How an input tells which of them to ask. Without it all are asked, always. */
  readonly narrowing?: ShardNarrowing
  /** The time whose buckets the partitions are; a range of it reads one bucket after the other. */
  readonly bucket?: { readonly attribute: string; readonly bucket: Bucket }
  /** All entities of which the range can hold items, those wanted included. */
  readonly inRange: readonly ResolvedEntity[]
  /**
   * How others are kept out: not at all when there can be none; by a filter on the type attribute; or after reading, by their primary keys,
   * when the index does not hold that attribute.
   */
  readonly separation: 'none' | 'filter' | 'keys'
  /** Whether the index holds the TTL attribute, so that expired items can be filtered out. */
  readonly filtersExpired: boolean
  /** Whether items are fetched whole after the query. DynamoDB itself does so for a local index, and some indexes hold everything. */
  readonly hydrates: boolean
}

/** Plans how a pattern of the model is read. */
export function planRead(model: ResolvedModel, { name, definition }: ResolvedPattern): ReadPlan {
  const wanted = wantedEntities(model, definition)
  const [first] = wanted.values()
  if (first === undefined) throw new SingletError('ModelError', `${name} has no entity.`)
  const index = definition.kind === 'get' || definition.index === undefined ? undefined : model.table.indexes[definition.index]
  const key = keyOf(first, index)
  const { partition, sort } = key
  // A get knows the whole key, and a scan reads everything.
  const own = definition.kind === 'get' || definition.kind === 'scan' ? undefined : key.shards
  const timed = [...wanted.values()].every((entity) => keyOf(entity, index).shards?.time === key.shards?.time)
  const shards = timed ? own : withoutTime(own)
  const narrowing = shardNarrowing(definition, first, key, index, shards)
  const bucket = bucketOf(partition)
  const fixedRange =
    definition.kind === 'itemCollection' && sort !== undefined ? unionRange([...wanted.values()], index) : undefined
  const inRange = Object.values(model.entities).filter((entity) => {
    const present = presentKey(entity, index)
    if (present === undefined) return false
    // A key belongs to one entity.
    if (definition.kind === 'get') return entity === first
    return definition.kind === 'scan' || reaches(present, { partition, sort, fixedRange })
  })
  const others = inRange.some((entity) => ![...wanted.values()].includes(entity))
  const { timeToLive, typeAttribute } = model.table
  return Object.freeze({
    name,
    definition,
    wanted,
    context: Object.freeze([...new Set([...wanted.values()].flatMap(({ context }) => context))]),
    ...(index !== undefined && { index }),
    partition,
    ...(sort !== undefined && { sort }),
    ...(fixedRange !== undefined && { fixedRange }),
    ...(shards !== undefined && { shards }),
    ...(narrowing !== undefined && { narrowing }),
    ...(bucket !== undefined && (definition.kind === 'query' || definition.kind === 'itemCollection') && { bucket }),
    inRange: Object.freeze(inRange),
    separation: separation(definition, others, holdsAttribute(index, typeAttribute)),
    filtersExpired:
      holdsAttribute(index, timeToLive) &&
      [...wanted.values()].some(({ expiresAt }) => expiresAt !== undefined) &&
      timeToLive !== partition.attribute &&
      timeToLive !== sort?.attribute,
    hydrates: definition.kind === 'query' && definition.hydrate && index?.type === 'global' && index.projection !== 'ALL',
  })
}

/** Members of a collection that go by times of their own have been counted by different numbers of shards. */
function withoutTime(shards: ResolvedShards | undefined): ResolvedShards | undefined {
  if (shards === undefined) return undefined
  const { time: _, ...others } = shards
  return others
}

function separation(definition: PatternDefinition, others: boolean, typed: boolean): ReadPlan['separation'] {
  if (definition.kind === 'get' || !others) return 'none'
  return typed ? 'filter' : 'keys'
}

/** Whether items in the index (or the table) have the attribute there. */
function holdsAttribute(index: TableIndex | undefined, attribute: string | undefined): boolean {
  if (attribute === undefined) return false
  // The type and TTL attributes are part of every projection that names attributes.
  return index === undefined || index.projection !== 'KEYS_ONLY'
}

function wantedEntities(model: ResolvedModel, definition: PatternDefinition): ReadonlyMap<string, ResolvedEntity> {
  const resolve = (entity: AnyEntity) => {
    const found = Object.values(model.entities).find((one) => one.entity === entity)
    if (found === undefined) throw new SingletError('ModelError', `${entity.name} is not an entity of the model.`)
    return found
  }
  if (definition.kind !== 'itemCollection') return new Map([[definition.entity.name, resolve(definition.entity)]])
  return new Map(Object.entries(definition.members).map(([name, member]) => [name, resolve(member.entity)]))
}

function keyOf(entity: ResolvedEntity, index: TableIndex | undefined): ResolvedKey {
  const key = index === undefined ? entity.key : entity.indexes[index.name]
  if (key === undefined) throw new SingletError('ModelError', `${entity.name} does not declare index ${index?.name}.`)
  return key
}

function presentKey(entity: ResolvedEntity, index: TableIndex | undefined): ResolvedKey | undefined {
  return index === undefined ? entity.key : entity.presence[index.name]
}

function reaches(key: ResolvedKey, plan: Pick<ReadPlan, 'partition' | 'sort' | 'fixedRange'>): boolean {
  if (!keysOverlap(plan.partition.codec, key.partition.codec)) return false
  if (plan.sort === undefined || key.sort === undefined) return true
  if (plan.fixedRange !== undefined) return meets(keyRange(key.sort.codec, {}), plan.fixedRange)
  return reachesDefaultRange(plan.sort.codec, key.sort.codec)
}

/** The keys from the least to the greatest that a range holds; undefined on a side without a bound. */
interface Interval {
  readonly lower?: string
  readonly upper?: string
}

/** Greater than every key that begins with the prefix. */
const afterPrefix = '\u{10FFFF}'

function intervalOf(range: KeyRange): Interval {
  if (range.op === 'begins_with') return { lower: String(range.value), upper: `${range.value}${afterPrefix}` }
  if (range.op === '=') return { lower: String(range.value), upper: String(range.value) }
  if (range.op === 'between') return { lower: String(range.lower), upper: String(range.upper) }
  return {}
}

function meets(a: KeyRange, b: KeyRange): boolean {
  const [left, right] = [intervalOf(a), intervalOf(b)]
  const reaches = (lower?: string, upper?: string) =>
    lower === undefined || upper === undefined || compareKeys('S', lower, upper) <= 0
  return reaches(left.lower, right.upper) && reaches(right.lower, left.upper)
}

/** The smallest range that holds the keys of all members. */
function unionRange(members: readonly ResolvedEntity[], index: TableIndex | undefined): KeyRange {
  const codecs = members
    .map((entity) => keyOf(entity, index).sort?.codec)
    .filter((codec): codec is KeyCodec => codec !== undefined)
  const ranges = codecs.map((codec) => keyRange(codec, {}))
  const [only] = ranges
  if (only !== undefined && (ranges.length === 1 || ranges.every((range) => sameRange(range, only)))) return only
  if (codecs.some(({ native }) => native)) return { op: 'all' }
  let [lower, upper]: [string | undefined, string | undefined] = [undefined, undefined]
  for (const range of ranges) {
    const interval = intervalOf(range)
    if (interval.lower === undefined || interval.upper === undefined) return { op: 'all' }
    if (lower === undefined || compareKeys('S', interval.lower, lower) < 0) lower = interval.lower
    if (upper === undefined || compareKeys('S', interval.upper, upper) > 0) upper = interval.upper
  }
  return lower === undefined || upper === undefined ? { op: 'all' } : { op: 'between', lower, upper }
}

function sameRange(a: KeyRange, b: KeyRange): boolean {
  return a.op === b.op && (!('value' in a) || !('value' in b) || a.value === b.value)
}

/** The attributes that a pattern gives of an entity. */
export function returnedNames({ definition, index, hydrates }: ReadPlan, entity: ResolvedEntity): readonly string[] {
  if ('select' in definition && definition.select !== undefined) return definition.select
  if (index?.type === 'local' || hydrates) return entity.visible
  const { readable } = projectionOf(entity, index)
  return entity.visible.filter((name) => readable.includes(name))
}
