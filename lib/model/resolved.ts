// A model with its entities placed in the table: what every layer above works with. Made once, by defineModel; frozen.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { KeyCodec } from '../keys/key-codec.ts'
import type { KeyType } from '../keys/key-type.ts'
import type { AttributeDefinition } from '../schema/attribute.ts'
import type { ObjectCodec } from '../schema/codecs/objects.ts'
import type { PatternDefinition, TransactionDefinition } from './access-pattern.ts'
import type { AnyEntity } from './entity.ts'
import type { Table, TableIndex } from './table.ts'

export interface ResolvedAttribute {
  readonly name: string
  /** Its name in the table. */
  readonly stored: string
  readonly definition: AttributeDefinition
  /** How it is written in a key, when it can be part of one. */
  readonly keyType: KeyType | undefined
}

/** Whether an item with this value of the attribute (undefined when absent) may be in the index. */
export type WhenTest = (stored: AttributeValue | undefined) => boolean

export interface ResolvedWhen {
  /** By attribute name; all must hold. */
  readonly tests: Readonly<Record<string, WhenTest>>
  /** The predicate as text, for documentation. */
  readonly text: string
}

/** One key attribute of the table or an index, and how an entity fills it. */
export interface KeyPart {
  /** The key attribute's name in the table. */
  readonly attribute: string
  readonly codec: KeyCodec
  /** The attributes of the entity that it is made of: all that the codec takes but the shard. */
  readonly attributes: readonly string[]
  /** The codec takes the number of a shard, as `shard`. */
  readonly sharded: boolean
  /** Written by Singlet; false for a natural key, which is one of the entity's own attributes. */
  readonly derived: boolean
}

export interface ResolvedKey {
  readonly partition: KeyPart
  readonly sort?: KeyPart
  /** How the partition is spread. */
  readonly shards?: ResolvedShards
}

/** How the shard of an item is told. */
export interface ResolvedShards {
  readonly by: 'hash' | 'modulo' | 'random'
  /** The attribute that decides; without one it is the primary key, or chance. */
  readonly of?: string
  readonly from: number
  /** How many shards there are for readers: the most that there have been. */
  readonly count: number
  /** Oldest first; more than one when the number has changed. */
  readonly generations: readonly ResolvedGeneration[]
  /** The attribute that tells the generation, when there are several. */
  readonly time?: string
  /** All attributes that the shard is told by. */
  readonly inputs: readonly string[]
  /** What is hashed: the texts of these keys. A partition template that is a shard and nothing else has none. */
  readonly hashed: readonly (KeyCodec | undefined)[]
}

export interface ResolvedGeneration {
  /** Epoch milliseconds; of the first, minus infinity. */
  readonly since: number
  readonly count: number
}

/** How an entity takes part in an index that it declares. */
export interface ResolvedIndex extends ResolvedKey {
  readonly index: TableIndex
  /** The key attributes that exist for this index: derived, and not part of the primary key. */
  readonly owned: readonly KeyPart[]
  /** What decides whether the item is in the index: optional attributes in its templates, and the predicate's. */
  readonly optional: readonly string[]
  readonly when?: ResolvedWhen
  /** All attributes on which the owned key attributes depend, the primary key's included. */
  readonly dependencies: ReadonlySet<string>
}

/** A constraint: no two items of the entity give the same key. */
export interface ResolvedUnique {
  readonly constraint: string
  /** The attributes that the key is made of. An item without one of them is not constrained. */
  readonly attributes: readonly string[]
  readonly codec: KeyCodec
}

export interface ResolvedEntity {
  readonly entity: AnyEntity
  readonly name: string
  readonly table: Table
  readonly attributes: Readonly<Record<string, ResolvedAttribute>>
  readonly definitions: Readonly<Record<string, AttributeDefinition>>
  readonly codec: ObjectCodec
  readonly key: ResolvedKey
  /** The attributes that the primary key is made of. They can't change. */
  readonly keyAttributes: readonly string[]
  readonly indexes: Readonly<Record<string, ResolvedIndex>>
  /** How the entity's items fill the key of every index that they are physically in, declared or not. */
  readonly presence: Readonly<Record<string, ResolvedKey>>
  /** Index keys that are attributes of the entity itself, and so must be neither empty nor too long. */
  readonly natural: readonly KeyPart[]
  readonly unique: readonly ResolvedUnique[]
  /** The entities whose items are copies of this one's. */
  readonly copies: readonly ResolvedEntity[]
  /** The attributes that reads give: all but the hidden ones. */
  readonly visible: readonly string[]
  /** The attributes that Singlet writes: version, createdAt, updatedAt. */
  readonly generated: readonly string[]
  /** The attributes that come from the connection. All are part of the primary key. */
  readonly context: readonly string[]
  readonly version: string | undefined
  readonly updatedAt: readonly string[]
  readonly expiresAt: string | undefined
  /** Some attribute is checked by a Standard Schema. */
  readonly hasSchemas: boolean
}

export interface ResolvedPattern {
  readonly name: string
  readonly definition: PatternDefinition
}

export interface ResolvedTransaction {
  readonly name: string
  readonly definition: TransactionDefinition
  /** The entities that it writes, by the name under which its function has them. */
  readonly entities: Readonly<Record<string, ResolvedEntity>>
  /** The transactions that are parts of it, by the name under which its function has them. */
  readonly parts: Readonly<Record<string, ResolvedTransaction>>
  /** Each entity that it or a part of it writes, once. */
  readonly written: readonly ResolvedEntity[]
  readonly input: {
    readonly definitions: Readonly<Record<string, AttributeDefinition>>
    /** Judges the input; nothing is stored in this form. */
    readonly codec: ObjectCodec
    readonly hasSchemas: boolean
  }
}

export interface ResolvedModel {
  readonly table: Table
  /** By the name under which the model has them. */
  readonly entities: Readonly<Record<string, ResolvedEntity>>
  /** By the name in the type attribute. */
  readonly byType: ReadonlyMap<string, ResolvedEntity>
  /** The access patterns that read. */
  readonly patterns: Readonly<Record<string, ResolvedPattern>>
  readonly transactions: Readonly<Record<string, ResolvedTransaction>>
}
