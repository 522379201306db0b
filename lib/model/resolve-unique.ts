// The constraints of an entity: what its items may not have in common, as key templates of the guard items that keep it so.
import { maxPartitionKeyBytes } from '../keys/key-codec.ts'
import type { AnyEntity } from './entity.ts'
import type { Problems } from './problems.ts'
import { resolveKeyPart } from './resolve-key.ts'
import type { ResolvedAttribute, ResolvedUnique } from './resolved.ts'
import type { KeyAttribute, Table } from './table.ts'

/** Resolves the constraints of an entity; those that are wrong are left out, with the reasons in `problems`. */
export function resolveUnique(
  { name, unique = {} }: AnyEntity,
  attributes: Readonly<Record<string, ResolvedAttribute>>,
  table: Table,
  problems: Problems,
): readonly ResolvedUnique[] {
  const resolved = Object.entries(unique).flatMap(([constraint, text]): readonly ResolvedUnique[] => {
    const place = `${name}.unique.${constraint}`
    if (!holdsText(table, place, problems)) return []
    // A sort key allows fewer bytes than a partition key, and a guard's are the same. No attribute is stored under an empty name, so that
    // the key is always made from the template.
    const key: KeyAttribute = { name: '', type: 'S' }
    const part = resolveKeyPart(text, { key, role: table.sortKey ? 'sort' : 'partition', place }, attributes, table, problems)
    if (part === undefined) return []
    if (part.attributes.length === 0) {
      problems.add('no-placeholder', place, 'the template names no attribute.', "Name what is unique: 'USER_EMAIL#{email}'.")
      return []
    }
    for (const attribute of part.attributes) checkAttribute(attributes[attribute], place, problems)
    return [Object.freeze({ constraint, attributes: part.attributes, codec: part.codec })]
  })
  return Object.freeze(resolved)
}

function holdsText({ partitionKey, sortKey }: Table, place: string, problems: Problems): boolean {
  const other = [partitionKey, sortKey].find((key) => key !== undefined && key.type !== 'S')
  if (other === undefined) return true
  problems.add(
    'typed-key',
    place,
    `guards are stored under a text, and ${other.name} is not a string of up to ${maxPartitionKeyBytes} bytes.`,
    'Unique values need a table whose primary key is made of strings.',
  )
  return false
}

function checkAttribute(attribute: ResolvedAttribute | undefined, place: string, problems: Problems): void {
  if (attribute === undefined) return
  const { name, definition } = attribute
  if (definition.type === 'version' || definition.type === 'updatedAt')
    problems.add('changing-key', place, `{${name}} changes with every update.`, 'Name an attribute that the item keeps.')
}
