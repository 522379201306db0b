// An entity as documentation: the templates of all its keys with an example of each, and its attributes.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { KeyPart, ResolvedEntity, ResolvedIndex, ResolvedKey } from '../model/resolved.ts'
import { type AttributeDocumentation, describeAttributes } from './attribute-documentation.ts'
import type { ExampleItem } from './example-items.ts'

export interface EntityDocumentation {
  readonly name: string
  /** Under which name the connected model has its operations. */
  readonly operations: string
  readonly description?: string
  readonly key: KeyDocumentation
  readonly indexes: readonly IndexKeyDocumentation[]
  readonly attributes: readonly AttributeDocumentation[]
  /** The access patterns that answer it. */
  readonly readBy: readonly string[]
  readonly example: ExampleItem
}

export interface KeyDocumentation {
  readonly partition: KeyPartDocumentation
  readonly sort?: KeyPartDocumentation
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
  readonly shards?: { readonly count: number; readonly from: number }
}

interface Context {
  readonly operations: string
  readonly example: ExampleItem | undefined
  readonly readBy: readonly string[]
}

export function describeEntity(entity: ResolvedEntity, { operations, example, readBy }: Context): EntityDocumentation {
  if (example === undefined) throw new TypeError(`${entity.name} has no example.`)
  const { description } = entity.entity
  return Object.freeze({
    name: entity.name,
    operations,
    ...(description !== undefined && { description }),
    key: describeKey(entity.key, example),
    indexes: Object.values(entity.indexes).map((index) => describeIndexKey(index, example)),
    attributes: describeAttributes(entity),
    readBy,
    example,
  })
}

function describeIndexKey(index: ResolvedIndex, example: ExampleItem): IndexKeyDocumentation {
  const { when, shards, optional } = index
  return {
    index: index.index.name,
    ...describeKey(index, example),
    ...(when !== undefined && { when: when.text }),
    // What the predicate asks for by itself need not be said twice.
    requires: optional.filter((name) => when === undefined || !Object.hasOwn(when.tests, name)),
    ...(shards !== undefined && { shards }),
  }
}

function describeKey({ partition, sort }: ResolvedKey, { stored }: ExampleItem): KeyDocumentation {
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
  return { partition: describe(partition), ...(sort !== undefined && { sort: describe(sort) }) }
}

function keyText(stored: AttributeValue | undefined): string | undefined {
  return stored?.S ?? stored?.N ?? (stored?.B === undefined ? undefined : Buffer.from(stored.B).toString('base64'))
}
