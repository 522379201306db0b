// How an entity takes part in an index: its templates resolved, and what its index keys depend on.
import { isPlainObject } from '../plain-object.ts'
import { bucketOf, checkBuckets } from './check-buckets.ts'
import { isPrimaryKey } from './check-table.ts'
import type { IndexInput, Inverted } from './entity.ts'
import { optionsOf } from './options.ts'
import { type Problems, suggestion } from './problems.ts'
import { resolveKeyPart } from './resolve-key.ts'
import { readShards, resolveShards, type ShardsDeclaration } from './resolve-shards.ts'
import { resolveWhen } from './resolve-when.ts'
import type { KeyPart, ResolvedAttribute, ResolvedIndex, ResolvedKey, ResolvedShards } from './resolved.ts'
import type { Table, TableIndex } from './table.ts'

interface Context {
  readonly entityName: string
  readonly key: ResolvedKey
  readonly keyTemplates: { readonly pk: string; readonly sk?: string }
  readonly attributes: Readonly<Record<string, ResolvedAttribute>>
  readonly table: Table
  readonly problems: Problems
}

/** Resolves one declared index of an entity; undefined when it is wrong, with the reasons in `problems`. */
export function resolveIndex(name: string, input: IndexInput, context: Context): ResolvedIndex | undefined {
  const { table, problems } = context
  const place = `${context.entityName}.indexes.${name}`
  const index = Object.hasOwn(table.indexes, name) ? table.indexes[name] : undefined
  if (index === undefined) {
    problems.add('unknown-index', place, `the table has no index ${name}.`, suggestion(name, Object.keys(table.indexes)))
    return undefined
  }
  const names = isPlainObject(input) && 'inverted' in input ? ['inverted'] : ['pk', 'sk', 'when', 'shards']
  if (optionsOf(input, names, place, problems) === undefined) return undefined
  if (isInverted(input)) return resolveInverted(index, place, context)
  const shardsContext = { ...context, place: `${place}.shards` }
  const declared = input.shards === undefined ? undefined : readShards(input.shards, shardsContext)
  const partition = resolvePartition(index, input.pk, place, declared, context)
  const sort = resolveSort(index, input.sk, place, context)
  if (partition === undefined || (index.sortKey !== undefined && sort === undefined)) return undefined
  checkBuckets(partition, sort, `${place}.${index.type === 'local' ? 'sk' : 'pk'}`, problems)
  const owned = [partition, sort].filter((part) => part?.derived === true && !isPrimaryKey(table, part.attribute)) as KeyPart[]
  const when = input.when === undefined ? undefined : resolveWhen(input.when, context.attributes, place, problems)
  if (when !== undefined && owned.length === 0)
    problems.add(
      'when-without-key',
      `${place}.when`,
      "the index's key is made of the item's own attributes, so nothing can be left out.",
      'Use a template.',
    )
  const used = [partition, sort].flatMap((part) => part?.attributes ?? [])
  const shards = declared
    ? resolveShards(declared, { ...shardsContext, ...context.key, sort: context.key.sort, primary: false })
    : sharedShards(partition, context)
  const byShards = owned.some(({ sharded }) => sharded) ? (shards?.inputs ?? []) : []
  if (shards?.by === 'random') checkReadable(owned, place, context)
  return Object.freeze({
    index,
    partition,
    ...(sort !== undefined && { sort }),
    owned: Object.freeze(owned),
    optional: Object.freeze(used.filter((attribute) => context.attributes[attribute]?.definition.optional)),
    ...(when !== undefined && { when }),
    ...(shards !== undefined && { shards }),
    dependencies: new Set([...used, ...byShards, ...Object.keys(when?.tests ?? {})]),
  })
}

/** An index whose partition key is the table's is spread as the table is. */
function sharedShards(partition: KeyPart, { key }: Context): ResolvedShards | undefined {
  return partition === key.partition ? key.shards : undefined
}

/** Updates read the present shard out of the index key, under its name. */
function checkReadable(owned: readonly KeyPart[], place: string, { attributes, problems }: Context): void {
  for (const { attribute } of owned)
    if (attributes[attribute] !== undefined)
      problems.add(
        'reserved-name',
        place,
        `${attribute} is the key attribute with the random shard, and the name of an attribute.`,
        'Rename the attribute.',
      )
}

export function isInverted(input: IndexInput): input is Inverted {
  return 'inverted' in input
}

function resolveInverted(index: TableIndex, place: string, { table, key, problems }: Context): ResolvedIndex | undefined {
  if (
    index.partitionKey.name !== table.sortKey?.name ||
    index.sortKey?.name !== table.partitionKey.name ||
    key.sort === undefined
  ) {
    problems.add(
      'not-inverted',
      place,
      `${index.name} is not the table's key swapped.`,
      `Declare it with partitionKey '${table.sortKey?.name ?? 'SK'}' and sortKey '${table.partitionKey.name}', or give templates.`,
    )
    return undefined
  }
  if (bucketOf(key.partition) !== undefined) {
    problems.add(
      'misplaced-bucket',
      place,
      'the partition key holds the bucket of a time, which would be the sort key here, and has no order within itself.',
      'Give the entity templates of its own in another index.',
    )
    return undefined
  }
  return Object.freeze({
    index,
    partition: key.sort,
    sort: key.partition,
    owned: Object.freeze([]),
    optional: Object.freeze([]),
    dependencies: new Set<string>(),
  })
}

function resolvePartition(
  index: TableIndex,
  template: string | undefined,
  place: string,
  shards: ShardsDeclaration | undefined,
  context: Context,
): KeyPart | undefined {
  const { problems } = context
  if (index.type === 'local') {
    if (template !== undefined && template !== context.keyTemplates.pk)
      problems.add('local-index-partition', `${place}.pk`, "a local index has the table's partition key.", 'Leave pk out.')
    if (shards !== undefined)
      problems.add('local-index-partition', `${place}.shards`, "a local index can't be sharded by itself.", 'Leave shards out.')
    return context.key.partition
  }
  return resolveOwn(index, 'partition', template, `${place}.pk`, shards, context)
}

function resolveSort(index: TableIndex, template: string | undefined, place: string, context: Context): KeyPart | undefined {
  if (index.sortKey !== undefined) return resolveOwn(index, 'sort', template, `${place}.sk`, undefined, context)
  if (template !== undefined)
    context.problems.add(
      'no-sort-key',
      `${place}.sk`,
      `${index.name} has no sort key.`,
      'Leave sk out, or give the index a sortKey.',
    )
  return undefined
}

/** A key attribute of the primary key keeps the primary key's template in every index. */
function resolveOwn(
  index: TableIndex,
  role: 'partition' | 'sort',
  template: string | undefined,
  place: string,
  shards: ShardsDeclaration | undefined,
  { table, key, keyTemplates, attributes, problems }: Context,
): KeyPart | undefined {
  const slot = role === 'partition' ? index.partitionKey : index.sortKey
  if (slot === undefined) return undefined
  if (isPrimaryKey(table, slot.name)) {
    const [part, own] = slot.name === table.partitionKey.name ? [key.partition, keyTemplates.pk] : [key.sort, keyTemplates.sk]
    if (shards !== undefined)
      problems.add(
        'bad-shards',
        place,
        `${slot.name} is part of the primary key, so this index can't be sharded by itself.`,
        'Leave shards out, or give the index a partition key of its own.',
      )
    if (template !== undefined && template !== own)
      problems.add(
        'primary-key-template',
        place,
        `${slot.name} is part of the primary key, whose template is '${own}'.`,
        'Leave this one out.',
      )
    return part
  }
  if (template === undefined) {
    problems.add(
      'missing-template',
      place,
      `${index.name} has a ${role} key, ${slot.name}, which needs a template.`,
      `Add ${role === 'partition' ? 'pk' : 'sk'}.`,
    )
    return undefined
  }
  return resolveKeyPart(
    template,
    { key: slot, role, place, buckets: role === 'partition', ...(shards !== undefined && { shards }) },
    attributes,
    table,
    problems,
  )
}
