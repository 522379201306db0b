// How the input of a sharded pattern can tell the shard, so that a read asks that one and not all.
import type { PatternDefinition } from '../model/access-pattern.ts'
import { bucketOf } from '../model/check-buckets.ts'
import { projectionOf } from '../model/projection.ts'
import type { ResolvedEntity, ResolvedKey, ResolvedShards } from '../model/resolved.ts'
import type { TableIndex } from '../model/table.ts'

export interface ShardNarrowing {
  /** The attributes that tell the shard when all of them are given to be equal to. */
  readonly attributes: readonly string[]
  /** Those of them that need not be given; with none, the shard is told by every input. */
  readonly optional: readonly string[]
  /** One of them that is in no template: an input of its own, which is filtered by, since its shard holds others too. */
  readonly filtered?: string
  /** The attribute that tells how many shards there were, when it is given to be equal to. */
  readonly time?: string
  /** How many shards are asked then: one, or one for each number of shards that there has been. */
  readonly shards: number
}

/** How inputs of a pattern tell the shard; undefined when none does. */
export function shardNarrowing(
  definition: PatternDefinition,
  entity: ResolvedEntity,
  { partition, sort }: ResolvedKey,
  index: TableIndex | undefined,
  shards: ResolvedShards | undefined,
): ShardNarrowing | undefined {
  if (shards === undefined || shards.by === 'random') return undefined
  const { of, time } = shards
  const isCollection = definition.kind === 'itemCollection'
  // Members of a collection have keys of their own, and no input but the partition's.
  if (of === undefined && isCollection) return undefined
  const sorted = isCollection ? [] : (sort?.attributes ?? [])
  // A bucket does not tell the time, which is in the sort key.
  const bucket = bucketOf(partition)?.attribute
  const told = partition.attributes.filter((name) => name !== bucket)
  const attributes = of === undefined ? entity.keyAttributes : [of]
  const outside = attributes.filter((name) => !told.includes(name) && !sorted.includes(name))
  const [filtered, ...others] = outside
  const canFilter = definition.kind === 'query' && filtered === of && projectionOf(entity, index).stored.includes(filtered ?? '')
  if (filtered !== undefined && (others.length > 0 || !canFilter)) return undefined
  const timed = time !== undefined && [...told, ...attributes].includes(time)
  return Object.freeze({
    attributes,
    optional: Object.freeze(attributes.filter((name) => !told.includes(name))),
    ...(filtered !== undefined && { filtered }),
    ...(time !== undefined && (told.includes(time) || sorted.includes(time)) && { time }),
    shards: timed ? 1 : new Set(shards.generations.map(({ count }) => count)).size,
  })
}
