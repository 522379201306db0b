// An item as the table holds it, back to what the application sees; with a check that its key is the one its attributes give.
import { ValidationError } from '../errors.ts'
import type { KeyPart, ResolvedEntity, ResolvedModel } from '../model/resolved.ts'
import { keyContent, type StoredItem } from './index-keys.ts'

export interface DecodeItemOptions {
  /** Only these attributes. Default: all that are not hidden. */
  readonly names?: readonly string[]
  /** The keys in which to look for attributes that are not stored: the primary key and that of the index read. */
  readonly keys?: readonly KeyPart[]
}

/** Decodes an item of an entity. Throws a `ValidationError` when it does not fit. */
export function decodeItem(entity: ResolvedEntity, stored: StoredItem, options: DecodeItemOptions = {}): Record<string, unknown> {
  const { typeAttribute } = entity.table
  const type = typeAttribute === undefined ? undefined : stored[typeAttribute]
  if (type !== undefined && type.S !== entity.name)
    throw new ValidationError(
      'wrong-type',
      typeAttribute ?? '',
      `the table holds ${type.S ?? 'no text'} here, not ${entity.name}.`,
    )
  const names = options.names ?? entity.visible
  const complete = withRecovered(entity, stored, [...entity.keyAttributes, ...names], options.keys)
  checkKey(entity, complete)
  return entity.codec.decode(complete, '', { names })
}

/** Adds the attributes that are in keys alone, which happens in indexes that project nothing else, and in tables written by others. */
function withRecovered(
  entity: ResolvedEntity,
  stored: StoredItem,
  names: readonly string[],
  keys: readonly KeyPart[] = [],
): StoredItem {
  const absent = names.filter((name) => !(storedName(entity, name) in stored))
  if (absent.length === 0) return stored
  const complete = { ...stored }
  for (const part of [entity.key.partition, entity.key.sort, ...keys]) {
    if (part === undefined || !part.codec.attributes.some((name) => absent.includes(name))) continue
    const content = keyContent(part, stored[part.attribute])
    const values = content === undefined ? undefined : part.codec.decode(content)
    for (const [name, value] of Object.entries(values ?? {})) {
      if (!absent.includes(name)) continue
      const encoded = entity.codec.encodeAttribute(name, value, '')
      if (encoded !== undefined) complete[storedName(entity, name)] = encoded
    }
  }
  return complete
}

/** An item whose key is not made of its attributes would be changed under one key and read under another. */
function checkKey(entity: ResolvedEntity, stored: StoredItem): void {
  for (const part of [entity.key.partition, entity.key.sort]) {
    const content = part === undefined ? undefined : keyContent(part, stored[part.attribute])
    if (part === undefined || content === undefined) continue
    const values: Record<string, unknown> = {}
    for (const name of part.codec.attributes) {
      const value = stored[storedName(entity, name)]
      if (value === undefined) throw misplaced(entity, part, content)
      values[name] = entity.codec.decodeAttribute(name, value, '')
    }
    const expected = part.codec.encode(values)
    const same =
      typeof expected === 'string'
        ? expected === content || part.codec.native
        : Buffer.compare(expected, content as Uint8Array) === 0
    if (!same) throw misplaced(entity, part, content)
  }
}

function misplaced(entity: ResolvedEntity, part: KeyPart, content: unknown): ValidationError {
  const { text } = part.codec.template
  return new ValidationError(
    'wrong-type',
    part.attribute,
    `the item's key ${JSON.stringify(content)} is not what ${text} of ${entity.name} gives for its attributes.`,
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
  return Object.values(model.entities).find(
    ({ key }) => holds(key.partition, stored) && (key.sort === undefined || holds(key.sort, stored)),
  )
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
