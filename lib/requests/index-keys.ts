// The key attributes of an item, derived from its attributes: the primary key, and the key of each index that the item is in.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { crc32 } from '../keys/crc32.ts'
import type { KeyContent } from '../keys/key-type.ts'
import type { KeyPart, ResolvedEntity, ResolvedIndex } from '../model/resolved.ts'

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

/** The primary key of the item with these attributes. Throws a `ValidationError` for a part that is missing, empty or too long. */
export function primaryKey({ key }: ResolvedEntity, values: Values): StoredItem {
  const stored: StoredItem = { [key.partition.attribute]: storedKey(key.partition, key.partition.codec.encode(values)) }
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

/** An index's key attribute for these values. */
export function indexKey(entity: ResolvedEntity, index: ResolvedIndex, part: KeyPart, values: Values): AttributeValue {
  if (index.shards === undefined) return storedKey(part, part.codec.encode(values))
  return storedKey(part, part.codec.encode({ ...values, shard: shardOf(entity, index.shards, values) }))
}

/**
 * The shard of an item: the CRC-32 of its primary key modulo the number of shards. The primary key is the UTF-8 text of the partition
 * key, U+0000, and that of the sort key; it never changes, so neither does the shard.
 */
export function shardOf({ key }: ResolvedEntity, shards: { count: number; from: number }, values: Values): string {
  const text = (part: KeyPart | undefined) => {
    const content = part?.codec.encode(values)
    return typeof content === 'string' || content === undefined ? (content ?? '') : Buffer.from(content).toString('hex')
  }
  const hash = crc32(Buffer.from(`${text(key.partition)}\u0000${text(key.sort)}`))
  return String(shards.from + (hash % shards.count))
}

/** Writes into `item` what Singlet adds to an entity's attributes: primary key, index keys, and the entity's name. */
export function addDerived(entity: ResolvedEntity, values: Values, item: StoredItem): void {
  const stored = (attribute: string) => item[entity.attributes[attribute]?.stored ?? attribute]
  Object.assign(item, primaryKey(entity, values))
  for (const name in entity.indexes) {
    const index = entity.indexes[name]
    if (index === undefined || index.owned.length === 0 || !inIndex(index, stored)) continue
    for (const part of index.owned) item[part.attribute] = indexKey(entity, index, part, values)
  }
  if (entity.table.typeAttribute !== undefined) item[entity.table.typeAttribute] = { S: entity.name }
}
