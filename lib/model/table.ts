// The table: its keys, its indexes and what all items in it have in common. Frozen data; creating it in DynamoDB is lib/provision.
import type { KeyAttributeType } from '../keys/key-type.ts'

/** A key attribute: its name (of type string), or its name and type. */
export type KeyAttributeInput = string | { readonly name: string; readonly type: 'string' | 'number' | 'binary' }

/** What an index holds besides keys: everything, nothing more, or the named attributes (names as stored in the table). */
export type ProjectionInput = 'ALL' | 'KEYS_ONLY' | readonly string[]

/** A global secondary index: keys of its own, eventually consistent. */
export interface GlobalIndexInput {
  readonly type?: 'global'
  readonly partitionKey: KeyAttributeInput
  readonly sortKey?: KeyAttributeInput
  /** Default: `ALL`. */
  readonly projection?: ProjectionInput
}

/** A local secondary index: the table's partition key with another sort key. Exists from the table's creation or never. */
export interface LocalIndexInput {
  readonly type: 'local'
  readonly sortKey: KeyAttributeInput
  readonly projection?: ProjectionInput
}

export interface TableInput {
  /** The table's name; `connect` may give another one per environment. */
  readonly name: string
  readonly partitionKey: KeyAttributeInput
  readonly sortKey?: KeyAttributeInput
  readonly indexes?: Readonly<Record<string, GlobalIndexInput | LocalIndexInput>>
  /** The attribute that holds the time of expiry, in epoch seconds. An entity takes part with an `expiresAt()` attribute. */
  readonly timeToLive?: string
  /** The attribute that holds the entity's name in each item. Default `_type`; `false` recognises items by their keys alone. */
  readonly typeAttribute?: string | false
  /** `escaped` (default): no value can look like another key. `verbatim` adopts a layout that exists: values are written as they are. */
  readonly keyEncoding?: 'escaped' | 'verbatim'
  /** What separates the segments of a key, one character. Default `#`; another one only with `keyEncoding: 'verbatim'`. */
  readonly delimiter?: string
}

export interface KeyAttribute {
  readonly name: string
  readonly type: KeyAttributeType
}

export interface TableIndex {
  readonly name: string
  readonly type: 'global' | 'local'
  readonly partitionKey: KeyAttribute
  readonly sortKey?: KeyAttribute
  readonly projection: ProjectionInput
}

/** A table as `defineTable` answers it: all defaults filled in. */
export interface Table {
  readonly name: string
  readonly partitionKey: KeyAttribute
  readonly sortKey?: KeyAttribute
  readonly indexes: Readonly<Record<string, TableIndex>>
  readonly timeToLive?: string
  readonly typeAttribute: string | undefined
  readonly keyEncoding: 'escaped' | 'verbatim'
  readonly delimiter: string
}

const attributeTypes = { string: 'S', number: 'N', binary: 'B' } as const

function keyAttribute(input: KeyAttributeInput): KeyAttribute {
  return typeof input === 'string'
    ? Object.freeze({ name: input, type: 'S' })
    : Object.freeze({ name: input.name, type: attributeTypes[input.type] })
}

/**
 * Declares a table. Pure data: nothing is sent, and mistakes are reported together with the model's by `defineModel`.
 *
 * @example
 * const table = defineTable({
 *   name: 'shop',
 *   partitionKey: 'PK',
 *   sortKey: 'SK',
 *   indexes: {
 *     GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
 *     Inverted: { partitionKey: 'SK', sortKey: 'PK' },
 *   },
 *   timeToLive: 'expiresAt',
 * })
 */
export function defineTable(input: TableInput): Table {
  const partitionKey = keyAttribute(input.partitionKey)
  const indexes: Record<string, TableIndex> = {}
  for (const [name, index] of Object.entries(input.indexes ?? {})) {
    indexes[name] = Object.freeze({
      name,
      type: index.type ?? 'global',
      partitionKey: index.type === 'local' ? partitionKey : keyAttribute(index.partitionKey),
      ...(index.sortKey !== undefined && { sortKey: keyAttribute(index.sortKey) }),
      projection: index.projection ?? 'ALL',
    })
  }
  return Object.freeze({
    name: input.name,
    partitionKey,
    ...(input.sortKey !== undefined && { sortKey: keyAttribute(input.sortKey) }),
    indexes: Object.freeze(indexes),
    ...(input.timeToLive !== undefined && { timeToLive: input.timeToLive }),
    typeAttribute: input.typeAttribute === false ? undefined : (input.typeAttribute ?? '_type'),
    keyEncoding: input.keyEncoding ?? 'escaped',
    delimiter: input.delimiter ?? '#',
  })
}
