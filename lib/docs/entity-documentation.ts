// An entity as documentation: the templates of all its keys with an example of each, and its attributes.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { KeyPart, ResolvedEntity, ResolvedIndex, ResolvedKey, ResolvedShards, ResolvedUnique } from '../model/resolved.ts'
import { type AttributeDocumentation, describeAttributes } from './attribute-documentation.ts'
import type { ExampleItem } from './example-items.ts'

export interface EntityDocumentation {
  readonly name: string
  /** Under which name the connected model has its operations. */
  readonly operations: string
  readonly description?: string
  /** The entity of whose items these are copies. */
  readonly copyOf?: string
  /** The entities whose items are copies of this one's. */
  readonly copies: readonly string[]
  /** Optional attributes of its key: a copy is there only while its source has them. */
  readonly requires: readonly string[]
  readonly key: KeyDocumentation
  readonly indexes: readonly IndexKeyDocumentation[]
  readonly unique: readonly UniqueDocumentation[]
  readonly attributes: readonly AttributeDocumentation[]
  /** The access patterns that answer it. */
  readonly readBy: readonly string[]
  /** The transactions that may write it. */
  readonly writtenBy: readonly string[]
  readonly example: ExampleItem
}

export interface KeyDocumentation {
  readonly partition: KeyPartDocumentation
  readonly sort?: KeyPartDocumentation
  readonly shards?: ShardsDocumentation
}

/** How a partition is spread. */
export interface ShardsDocumentation extends Pick<ResolvedShards, 'by' | 'of' | 'from' | 'count' | 'time'> {
  /** How the number of shards grew, when it did; `since` is absent in the first. */
  readonly generations?: readonly { readonly count: number; readonly since?: Date }[]
}

export interface KeyPartDocumentation {
  /** The key attribute in the table. */
  readonly attribute: string
  readonly template: string
  /** One of the entity's own attributes, stored once as it is. */
  readonly natural: boolean
  /** The example item's key; absent when the example is not in the index. */
  readonly example?: string
}

export interface IndexKeyDocumentation extends KeyDocumentation {
  readonly index: string
  /** The item is in the index only while this holds. */
  readonly when?: string
  /** Optional attributes without which the item is not in the index. */
  readonly requires: readonly string[]
}

/** Values that no two items have at once, and the guard item that is there for them. */
export interface UniqueDocumentation {
  readonly constraint: string
  /** The attributes whose values are unique together. */
  readonly attributes: readonly string[]
  /** The template of the guard's partition key, and of its sort key where the table has one. */
  readonly template: string
  /** The key attributes of the guard, which have the same text. */
  readonly keyAttributes: readonly string[]
  /** The guard of the example item; absent when that lacks an attribute. */
  readonly example?: string
  /** Optional attributes without which an item is not constrained. */
  readonly requires: readonly string[]
  /** Whether a guard expires together with its item. */
  readonly expires: boolean
}

interface Context {
  readonly operations: string
  readonly example: ExampleItem | undefined
  readonly readBy: readonly string[]
  readonly writtenBy: readonly string[]
}

export function describeEntity(entity: ResolvedEntity, { operations, example, readBy, writtenBy }: Context): EntityDocumentation {
  if (example === undefined) throw new TypeError(`${entity.name} has no example.`)
  const { description, source } = entity.entity
  return Object.freeze({
    name: entity.name,
    operations,
    ...(description !== undefined && { description }),
    ...(source !== undefined && { copyOf: source.name }),
    copies: entity.copies.map(({ name }) => name),
    requires: entity.keyAttributes.filter((name) => entity.attributes[name]?.definition.optional),
    key: describeKey(entity.key, example),
    indexes: Object.values(entity.indexes).map((index) => describeIndexKey(index, example)),
    unique: entity.unique.map((unique) => describeUnique(entity, unique, example)),
    attributes: describeAttributes(entity),
    readBy,
    writtenBy,
    example,
  })
}

function describeIndexKey(index: ResolvedIndex, example: ExampleItem): IndexKeyDocumentation {
  const { when, optional } = index
  return {
    index: index.index.name,
    ...describeKey(index, example),
    ...(when !== undefined && { when: when.text }),
    // What the predicate asks for by itself need not be said twice.
    requires: optional.filter((name) => when === undefined || !Object.hasOwn(when.tests, name)),
  }
}

function describeUnique(entity: ResolvedEntity, unique: ResolvedUnique, { values }: ExampleItem): UniqueDocumentation {
  const { constraint, attributes, codec } = unique
  const { partitionKey, sortKey, timeToLive } = entity.table
  const complete = attributes.every((name) => values[name] !== undefined)
  return {
    constraint,
    attributes,
    template: codec.template.text,
    keyAttributes: [partitionKey.name, ...(sortKey === undefined ? [] : [sortKey.name])],
    ...(complete && { example: String(codec.encode(values)) }),
    requires: attributes.filter((name) => entity.definitions[name]?.optional),
    expires: timeToLive !== undefined && entity.expiresAt !== undefined,
  }
}

function describeShards({ by, of, from, count, time, generations }: ResolvedShards): ShardsDocumentation {
  return {
    by,
    ...(of !== undefined && { of }),
    from,
    count,
    ...(time !== undefined && { time }),
    ...(generations.length > 1 && {
      generations: generations.map(({ since, count }) => ({ count, ...(Number.isFinite(since) && { since: new Date(since) }) })),
    }),
  }
}

function describeKey({ partition, sort, shards }: ResolvedKey, { stored }: ExampleItem): KeyDocumentation {
  const complete = [partition, sort].every((part) => part === undefined || stored[part.attribute] !== undefined)
  const describe = ({ attribute, codec, derived }: KeyPart): KeyPartDocumentation => {
    const example = complete ? keyText(stored[attribute]) : undefined
    return {
      attribute,
      template: codec.template.text,
      natural: !derived,
      ...(example !== undefined && { example }),
    }
  }
  return {
    partition: describe(partition),
    ...(sort !== undefined && { sort: describe(sort) }),
    ...(shards !== undefined && { shards: describeShards(shards) }),
  }
}

function keyText(stored: AttributeValue | undefined): string | undefined {
  return stored?.S ?? stored?.N ?? (stored?.B === undefined ? undefined : Buffer.from(stored.B).toString('base64'))
}
