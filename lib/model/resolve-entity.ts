// An entity placed in the table: attributes, primary key, indexes, and what its items have in every index's key.
import { maxPartitionKeyBytes } from '../keys/key-codec.ts'
import { compileNativeKey, nativeAttributeType } from '../keys/native-key.ts'
import type { AttributeDefinition } from '../schema/attribute.ts'
import { compileObject } from '../schema/codec.ts'
import { hasSchemas } from '../schema/standard-validation.ts'
import { checkBuckets } from './check-buckets.ts'
import { isPrimaryKey } from './check-table.ts'
import type { AnyEntity } from './entity.ts'
import { messageOf, optionsOf } from './options.ts'
import { Problems } from './problems.ts'
import { namesOfType, resolveAttributes, storedAsKey } from './resolve-attributes.ts'
import { resolveIndex } from './resolve-index.ts'
import { keyPart, resolveKeyPart } from './resolve-key.ts'
import { readShards, resolveShards, sameShards } from './resolve-shards.ts'
import { resolveUnique } from './resolve-unique.ts'
import type { KeyPart, ResolvedAttribute, ResolvedEntity, ResolvedIndex, ResolvedKey } from './resolved.ts'
import type { KeyAttribute, Table } from './table.ts'

/**
 * Resolves an entity; undefined when its primary key is wrong. All problems found go to `problems`.
 *
 * @param copies the entities whose items are copies of this one's
 */
export function resolveEntity(
  entity: AnyEntity,
  table: Table,
  problems: Problems,
  copies: readonly ResolvedEntity[] = [],
): ResolvedEntity | undefined {
  const { name, source } = entity
  // What is wrong with attributes that are copied is reported where they are declared.
  const ofAttributes = source === undefined ? problems : new Problems()
  const attributes = resolveAttributes(entity.attributes, table, name, ofAttributes)
  const key = resolvePrimaryKey(entity, attributes, table, problems)
  if (key === undefined) return undefined
  const indexes: Record<string, ResolvedIndex> = Object.create(null)
  for (const [index, input] of Object.entries(entity.indexes)) {
    const context = { entityName: name, key, keyTemplates: entity.key, attributes, table, problems }
    const resolved = resolveIndex(index, input, context)
    if (resolved !== undefined) indexes[index] = resolved
  }
  checkOwnership(name, indexes, problems)
  checkNaturalKeys(name, attributes, key, indexes, table, problems)
  const all = Object.values(attributes)
  const definitions = Object.fromEntries(all.map(({ name, stored, definition }) => [name, { ...definition, storedAs: stored }]))
  const codec = codecOf(name, definitions, ofAttributes)
  if (codec === undefined) return undefined
  const present = presence(attributes, key, indexes, table)
  return Object.freeze({
    entity,
    name,
    table,
    attributes,
    definitions,
    codec,
    key,
    keyAttributes: Object.freeze([...new Set([...key.partition.attributes, ...(key.sort?.attributes ?? [])])]),
    indexes: Object.freeze(indexes),
    presence: present,
    natural: naturalKeys(present, table),
    unique: resolveUnique(entity, attributes, table, problems),
    copies: Object.freeze(copies),
    visible: Object.freeze(all.filter(({ definition }) => !definition.hidden).map((attribute) => attribute.name)),
    generated: Object.freeze(['version', 'createdAt', 'updatedAt'].flatMap((type) => namesOfType(attributes, type as 'version'))),
    context: Object.freeze(namesOfType(attributes, 'fromContext')),
    version: namesOfType(attributes, 'version')[0],
    updatedAt: Object.freeze(namesOfType(attributes, 'updatedAt')),
    expiresAt: namesOfType(attributes, 'expiresAt')[0],
    hasSchemas: all.some(({ definition }) => hasSchemas(definition)),
  })
}

/** The codec of whole items; undefined when the attributes, each right by itself, do not go together. */
function codecOf(
  name: string,
  definitions: Readonly<Record<string, AttributeDefinition>>,
  problems: Problems,
): ResolvedEntity['codec'] | undefined {
  try {
    return compileObject(definitions)
  } catch (error) {
    const place = `${name}.attributes`
    // Names that are taken or empty have been reported, each in its place.
    if (!problems.found.some((problem) => problem.place.startsWith(place)))
      problems.add('bad-attributes', place, messageOf(error), 'Change the attribute that it names.')
    return undefined
  }
}

function resolvePrimaryKey(
  { name, key, source }: AnyEntity,
  attributes: Readonly<Record<string, ResolvedAttribute>>,
  table: Table,
  problems: Problems,
): ResolvedKey | undefined {
  optionsOf(key, ['pk', 'sk', 'shards'], `${name}.key`, problems)
  const place = `${name}.key.shards`
  const declared = key.shards === undefined ? undefined : readShards(key.shards, { place, attributes, table, problems })
  const resolve = (text: string, slot: KeyAttribute, role: 'partition' | 'sort') => {
    const place = `${name}.key.${role === 'partition' ? 'pk' : 'sk'}`
    const shards = role === 'partition' && declared ? { shards: declared } : {}
    const part = resolveKeyPart(
      text,
      { key: slot, role, place, buckets: role === 'partition', ...shards },
      attributes,
      table,
      problems,
    )
    for (const attribute of part?.attributes ?? []) checkPrimary(attributes[attribute], source === undefined, place, problems)
    return part
  }
  if (key.pk === undefined)
    problems.add(
      'missing-template',
      `${name}.key`,
      `the table's partition key, ${table.partitionKey.name}, needs a template.`,
      'Add pk.',
    )
  const partition = key.pk === undefined ? undefined : resolve(key.pk, table.partitionKey, 'partition')
  if (table.sortKey === undefined) {
    if (key.sk !== undefined) problems.add('no-sort-key', `${name}.key.sk`, 'the table has no sort key.', 'Leave sk out.')
    if (partition !== undefined) checkBuckets(partition, undefined, `${name}.key.pk`, problems)
    return partition && withShards({ partition })
  }
  if (key.sk === undefined) {
    problems.add(
      'missing-template',
      `${name}.key`,
      `the table has a sort key, ${table.sortKey.name}, which needs a template.`,
      'Add sk.',
    )
    return undefined
  }
  const sort = resolve(key.sk, table.sortKey, 'sort')
  if (partition !== undefined && sort !== undefined) checkBuckets(partition, sort, `${name}.key.pk`, problems)
  return partition && sort && withShards({ partition, sort })

  function withShards(parts: Pick<ResolvedKey, 'partition' | 'sort'>): ResolvedKey {
    if (declared === undefined) return Object.freeze(parts)
    const context = { place, attributes, table, problems, sort: undefined, ...parts, primary: true }
    return Object.freeze({ ...parts, shards: resolveShards(declared, context) })
  }
}

/** `whole`: every item has a primary key. A copy is there only while it has one. */
function checkPrimary(attribute: ResolvedAttribute | undefined, whole: boolean, place: string, problems: Problems): void {
  if (attribute === undefined) return
  const { name, definition } = attribute
  if (definition.optional && whole)
    problems.add(
      'optional-in-key',
      place,
      `{${name}} is optional, but every item needs its whole primary key.`,
      'Make it required, or give it a default.',
    )
  if (definition.type === 'version' || definition.type === 'updatedAt')
    problems.add(
      'changing-key',
      place,
      `{${name}} changes with every update, and a primary key can't.`,
      'Use createdAt() or a datetime().',
    )
}

/** A key attribute that two indexes share has one value, so they must agree on how it is made. */
function checkOwnership(name: string, indexes: Readonly<Record<string, ResolvedIndex>>, problems: Problems): void {
  const owners = new Map<string, { index: string; part: KeyPart; resolved: ResolvedIndex }>()
  for (const [index, resolved] of Object.entries(indexes)) {
    for (const part of resolved.owned) {
      const owner = owners.get(part.attribute)
      const differs =
        owner !== undefined &&
        (owner.part.codec.template.text !== part.codec.template.text ||
          owner.resolved.when?.text !== resolved.when?.text ||
          (part.sharded &&
            (!sameShards(owner.resolved.shards, resolved.shards) || owner.resolved.shards?.time !== resolved.shards?.time)))
      if (differs)
        problems.add(
          'key-attribute-conflict',
          `${name}.indexes.${index}`,
          `${part.attribute} is also a key of ${owner.index}, with another template, predicate or shards.`,
          'Make both the same, or give one index a key attribute of its own.',
        )
      owners.set(part.attribute, { index, part, resolved })
    }
  }
}

const typeNames = { S: 'string', N: 'number', B: 'binary' }

/** An attribute under a key attribute's name would be overwritten by the key, unless it is that key. */
function checkNaturalKeys(
  name: string,
  attributes: Readonly<Record<string, ResolvedAttribute>>,
  key: ResolvedKey,
  indexes: Readonly<Record<string, ResolvedIndex>>,
  table: Table,
  problems: Problems,
): void {
  const parts = [key, ...Object.values(indexes)].flatMap(({ partition, sort }) => [partition, sort])
  for (const attribute of Object.values(attributes)) {
    if (!storedAsKey(attribute, table)) continue
    const derived = parts.some((part) => part?.attribute === attribute.stored && part.derived)
    const natural = parts.some((part) => part?.attribute === attribute.stored && !part.derived)
    const slot = keySlot(attribute.stored, table)
    if (!derived && !natural && slot !== undefined && nativeTypeOf(attribute) !== slot.type)
      problems.add(
        'typed-key',
        `${name}.attributes.${attribute.name}`,
        `${attribute.stored} is a key attribute of an index, which is of type ${typeNames[slot.type]}, but this is of type ${attribute.definition.type}.`,
        'Use another storedAs().',
      )
    else if (derived || (isPrimaryKey(table, attribute.stored) && !natural))
      problems.add(
        'reserved-name',
        `${name}.attributes.${attribute.name}`,
        `${attribute.stored} is a key attribute of the table.`,
        `Use another storedAs(), or make it the key itself with the template '{${attribute.name}}'.`,
      )
  }
}

function nativeTypeOf({ keyType }: ResolvedAttribute): KeyAttribute['type'] | undefined {
  return keyType && nativeAttributeType(keyType)
}

/** The key attribute of the table or of an index with that name. */
function keySlot(stored: string, table: Table): KeyAttribute | undefined {
  return [table, ...Object.values(table.indexes)]
    .flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey])
    .find((slot) => slot?.name === stored)
}

/** Every index that the entity's items are physically in: through templates, through natural keys, or through the primary key. */
function presence(
  attributes: Readonly<Record<string, ResolvedAttribute>>,
  key: ResolvedKey,
  indexes: Readonly<Record<string, ResolvedIndex>>,
  table: Table,
): Readonly<Record<string, ResolvedKey>> {
  const parts = new Map<string, KeyPart>()
  for (const { partition, sort } of [key, ...Object.values(indexes)])
    for (const part of [partition, sort]) if (part !== undefined) parts.set(part.attribute, part)
  const natural = (slot: KeyAttribute): KeyPart | undefined => {
    const attribute = Object.values(attributes).find(({ stored, keyType }) => stored === slot.name && keyType !== undefined)
    if (attribute?.keyType === undefined || nativeAttributeType(attribute.keyType) !== slot.type) return undefined
    const codec = compileNativeKey({
      attribute: attribute.name,
      keyType: attribute.keyType,
      attributeType: slot.type,
      maxBytes: maxPartitionKeyBytes,
    })
    return keyPart(slot.name, codec, false, false)
  }
  const present: Record<string, ResolvedKey> = Object.create(null)
  for (const index of Object.values(table.indexes)) {
    const partition = parts.get(index.partitionKey.name) ?? natural(index.partitionKey)
    const sort = index.sortKey && (parts.get(index.sortKey.name) ?? natural(index.sortKey))
    if (partition === undefined || (index.sortKey !== undefined && sort === undefined)) continue
    present[index.name] = Object.freeze({ partition, ...(sort !== undefined && { sort }) })
  }
  return Object.freeze(present)
}

/** The index keys among an entity's own attributes, once each. */
function naturalKeys(present: Readonly<Record<string, ResolvedKey>>, table: Table): readonly KeyPart[] {
  const natural = new Map<string, KeyPart>()
  for (const { partition, sort } of Object.values(present))
    for (const part of [partition, sort])
      if (part !== undefined && !part.derived && !isPrimaryKey(table, part.attribute)) natural.set(part.attribute, part)
  return Object.freeze([...natural.values()])
}
