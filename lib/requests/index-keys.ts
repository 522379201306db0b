// The key attributes of an item, derived from its attributes: the primary key, and the key of each index that the item is in.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { KeyContent } from '../keys/key-type.ts'
import type { KeyPart, ResolvedEntity, ResolvedIndex } from '../model/resolved.ts'
import { shardOf } from './shard.ts'

export type StoredItem = Record<string, AttributeValue>
type Values = Readonly<Record<string, unknown>>

/** A key attribute's content as the table holds it. */
export function storedKey(part: KeyPart, content: KeyContent): AttributeValue {
  const { attributeType } = part.codec
  if (attributeType === 'B') return { B: content as Uint8Array }
  return attributeType === 'N' ? { N: content as string } : { S: content as string }
}

/** The content of a stored key attribute, undefined when it is of another type. */
export function keyContent(part: KeyPart, stored: AttributeValue | undefined): KeyContent | undefined {
  return stored?.[part.codec.attributeType]
}

/** The attributes that a stored key attribute was made from; undefined when it is not a key of the part's template. */
export function decodeKey(part: KeyPart, stored: StoredItem): Record<string, unknown> | undefined {
  const values = part.codec.decode(keyContent(part, stored[part.attribute]))
  if (part.sharded && values !== undefined) delete values.shard
  return values
}

/** The content of one attribute of the primary key. */
export function primaryContent({ key }: ResolvedEntity, part: KeyPart, values: Values): KeyContent {
  if (!part.sharded || key.shards === undefined) return part.codec.encode(values)
  return part.codec.encode({ ...values, shard: shardOf(key.shards, values, 0) })
}

/** The primary key of the item with these attributes. Throws a `ValidationError` for a part that is missing, empty or too long. */
export function primaryKey(entity: ResolvedEntity, values: Values): StoredItem {
  const { key } = entity
  const stored: StoredItem = {
    [key.partition.attribute]: storedKey(key.partition, primaryContent(entity, key.partition, values)),
  }
  if (key.sort !== undefined) stored[key.sort.attribute] = storedKey(key.sort, key.sort.codec.encode(values))
  return stored
}

/** Whether an item with these stored attributes is in an index. */
export function inIndex(index: ResolvedIndex, stored: (attribute: string) => AttributeValue | undefined): boolean {
  for (const attribute of index.optional) if (stored(attribute) === undefined) return false
  if (index.when !== undefined) {
    const { tests } = index.when
    for (const attribute in tests) if (tests[attribute]?.(stored(attribute)) === false) return false
  }
  return true
}

/** An index's key attribute for these values; where its shard is random, that of `chance`. */
export function indexKey(index: ResolvedIndex, part: KeyPart, values: Values, chance: number): AttributeValue {
  if (!part.sharded || index.shards === undefined) return storedKey(part, part.codec.encode(values))
  return storedKey(part, part.codec.encode({ ...values, shard: shardOf(index.shards, values, chance) }))
}

/** Writes into `item` what Singlet adds to an entity's attributes: primary key, index keys, and the entity's name. */
export function addDerived(entity: ResolvedEntity, values: Values, item: StoredItem, chance: number): void {
  const stored = (attribute: string) => item[entity.attributes[attribute]?.stored ?? attribute]
  Object.assign(item, primaryKey(entity, values))
  for (const name in entity.indexes) {
    const index = entity.indexes[name]
    if (index === undefined || index.owned.length === 0 || !inIndex(index, stored)) continue
    for (const part of index.owned) item[part.attribute] = indexKey(index, part, values, chance)
  }
  if (entity.table.typeAttribute !== undefined) item[entity.table.typeAttribute] = { S: entity.name }
}
