// An item as the table holds it, back to what the application sees; with a check that its key is the one its attributes give.
import { ValidationError } from '../errors.ts'
import { compareKeys } from '../keys/key-order.ts'
import type { KeyPart, ResolvedEntity, ResolvedModel } from '../model/resolved.ts'
import { setOwn } from '../plain-object.ts'
import { decodeKey, keyContent, primaryContent, type StoredItem } from './index-keys.ts'

export interface DecodeItemOptions {
  /** Only these attributes. Default: all that are not hidden. */
  readonly names?: readonly string[]
  /** The keys in which to look for attributes that are not stored: the primary key and that of the index read. */
  readonly keys?: readonly KeyPart[]
}

/** Prepares the decoding of an entity's items. What it gives throws a `ValidationError` for an item that does not fit. */
export function itemDecoder(
  entity: ResolvedEntity,
  { names: asked = entity.visible, keys = [] }: DecodeItemOptions = {},
): (stored: StoredItem) => Record<string, unknown> {
  // The attributes of the key are decoded once, for the check and for the answer.
  const extra = entity.keyAttributes.filter((name) => !asked.includes(name))
  const names = extra.length === 0 ? asked : [...asked, ...extra]
  const primary = [entity.key.partition, entity.key.sort].filter((part) => part !== undefined)
  const recoverable = recoverableFrom(entity, [...primary, ...keys], names)
  // A natural key is the attribute itself.
  const derived = primary.filter((part) => part.derived)
  return (stored) => {
    checkType(entity, stored)
    const recovered = recover(recoverable, stored)
    const kept = recovered === undefined ? names : names.filter((name) => !Object.hasOwn(recovered, name))
    const item = entity.codec.decode(stored, '', { names: kept })
    for (const name in recovered) setOwn(item, name, recovered[name])
    for (const part of derived) checkKey(entity, part, stored, item)
    for (const name of extra) delete item[name]
    return item
  }
}

function checkType({ name, table }: ResolvedEntity, stored: StoredItem): void {
  const { typeAttribute } = table
  const type = typeAttribute === undefined ? undefined : stored[typeAttribute]
  if (typeAttribute === undefined || type === undefined || type.S === name) return
  throw new ValidationError('wrong-type', typeAttribute, `the table holds ${type.S ?? 'no text'} here, not ${name}.`)
}

/** An attribute that a key gives back when it is not stored itself. */
interface Recoverable {
  readonly part: KeyPart
  readonly name: string
  readonly stored: string
}

function recoverableFrom(entity: ResolvedEntity, parts: readonly KeyPart[], names: readonly string[]): readonly Recoverable[] {
  return parts.flatMap((part) =>
    part.attributes.filter((name) => names.includes(name)).map((name) => ({ part, name, stored: storedName(entity, name) })),
  )
}

/**
 * The attributes that are in keys alone, which happens in indexes that project nothing else, and in tables written by others. Undefined
 * when there are none, as there are for most items.
 */
function recover(recoverable: readonly Recoverable[], item: StoredItem): Record<string, unknown> | undefined {
  let recovered: Record<string, unknown> | undefined
  for (const { part, name, stored } of recoverable) {
    if (Object.hasOwn(item, stored)) continue
    const values = decodeKey(part, item)
    if (values === undefined) continue
    recovered ??= {}
    setOwn(recovered, name, values[name])
  }
  return recovered
}

/** An item whose key is not made of its attributes would be changed under one key and read under another. */
function checkKey(entity: ResolvedEntity, part: KeyPart, stored: StoredItem, item: Readonly<Record<string, unknown>>): void {
  const content = keyContent(part, stored[part.attribute])
  if (content === undefined) return
  const { attributeType, template } = part.codec
  const expected = primaryContent(entity, part, item)
  if (expected === content || (attributeType !== 'S' && compareKeys(attributeType, expected, content) === 0)) return
  throw new ValidationError(
    'wrong-type',
    part.attribute,
    `the item's key ${JSON.stringify(content)} is not what ${template.text} of ${entity.name} gives for its attributes.`,
  )
}

function storedName(entity: ResolvedEntity, name: string): string {
  return entity.attributes[name]?.stored ?? name
}

/** The entity that an item belongs to: by its type attribute, or where there is none by its primary key. */
export function entityOf(model: ResolvedModel, stored: StoredItem): ResolvedEntity | undefined {
  const { typeAttribute } = model.table
  const type = typeAttribute === undefined ? undefined : stored[typeAttribute]
  if (type !== undefined) return type.S === undefined ? undefined : model.byType.get(type.S)
  for (const name in model.entities) {
    const entity = model.entities[name]
    if (entity !== undefined && isKeyOf(entity, stored)) return entity
  }
  return undefined
}

function isKeyOf({ key }: ResolvedEntity, stored: StoredItem): boolean {
  return holds(key.partition, stored) && (key.sort === undefined || holds(key.sort, stored))
}

function holds(part: KeyPart, stored: StoredItem): boolean {
  const content = keyContent(part, stored[part.attribute])
  return content !== undefined && part.codec.decode(content) !== undefined
}

/** Whether an item is past its expiry, which DynamoDB deletes only some time later. */
export function isExpired(entity: ResolvedEntity, stored: StoredItem, now: Date): boolean {
  if (entity.expiresAt === undefined) return false
  const seconds = stored[storedName(entity, entity.expiresAt)]?.N
  return seconds !== undefined && Number(seconds) * 1000 <= now.getTime()
}
