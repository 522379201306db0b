// What an upsert has beyond an update: it may make the item, so it carries and writes all that a create would.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { defaultValue, withNestedDefaults } from '../schema/defaults.ts'
import type { StoredItem } from './index-keys.ts'
import type { Change } from './update-changes.ts'

/** What Singlet writes itself, and sets, whose absence stands for the empty set. */
const suppliedTypes: readonly string[] = ['version', 'createdAt', 'updatedAt', 'stringSet', 'numberSet', 'binarySet']

/** Throws a `ValidationError` when a new item made of these changes would lack something. */
export function checkUpsert(entity: ResolvedEntity, changes: readonly Change[]): void {
  for (const { name, operator } of changes)
    if (operator === 'patch')
      throw new ValidationError('not-allowed', name, 'an upsert can not patch what a new item lacks. Set the whole map.')
  const given = new Set(changes.map(({ name }) => name))
  for (const { name, definition } of Object.values(entity.attributes)) {
    const supplied = definition.optional || definition.default !== undefined || suppliedTypes.includes(definition.type)
    if (!supplied && !entity.keyAttributes.includes(name) && !given.has(name))
      throw new ValidationError('missing', name, 'is required: an upsert carries everything that a new item needs.')
  }
}

/** An upsert's changes, with defaults for what a new item would lack. What exists keeps its value, and read-only attributes theirs. */
export function upsertChanges(entity: ResolvedEntity, changes: readonly Change[], now: Date): Change[] {
  const all = changes.map(
    (change): Change =>
      change.definition.readOnly && change.operator === 'set' ? { ...change, operator: 'ifNotExists' } : change,
  )
  const given = new Set([...changes.map(({ name }) => name), ...entity.keyAttributes])
  for (const { name, stored, definition } of Object.values(entity.attributes)) {
    if (given.has(name) || definition.type === 'version' || definition.type === 'updatedAt') continue
    const value = definition.type === 'createdAt' ? now : defaultValue(definition, now)
    const encoded =
      value === undefined ? undefined : entity.codec.encodeAttribute(name, withNestedDefaults(definition, value, now), '')
    if (encoded !== undefined) all.push({ name, stored, definition, operator: 'ifNotExists', value: encoded })
  }
  return all
}

/** What identifies a new item besides its primary key: the key's attributes and the entity's name. */
export function identity(entity: ResolvedEntity, known: ReadonlyMap<string, AttributeValue | undefined>): StoredItem {
  const written: StoredItem = {}
  for (const name of entity.keyAttributes) {
    const [stored, value] = [entity.attributes[name]?.stored ?? name, known.get(name)]
    const isKey = stored === entity.key.partition.attribute || stored === entity.key.sort?.attribute
    if (value !== undefined && !isKey) written[stored] = value
  }
  const { typeAttribute } = entity.table
  if (typeAttribute !== undefined) written[typeAttribute] = { S: entity.name }
  return written
}
