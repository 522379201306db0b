// An entity's attributes, normalised, with what can be wrong about them: names that are taken, special types used twice.
import type { AttributeDefinition, Attributes } from '../schema/attribute.ts'
import { attributeDefinition } from '../schema/definitions.ts'
import { keyTypeOf } from '../schema/key-type.ts'
import { string } from '../schema/scalars.ts'
import { isPrimaryKey } from './check-table.ts'
import { guardAttribute, sourceAttribute } from './companion-names.ts'
import { messageOf, shown } from './options.ts'
import type { Problems } from './problems.ts'
import type { ResolvedAttribute } from './resolved.ts'
import type { Table } from './table.ts'

/** DynamoDB's limit on attribute names, in bytes. */
const maxNameBytes = 255

/** The attributes of an entity by name, as they stand in the table. */
export function resolveAttributes(
  attributes: Attributes,
  table: Table,
  place: string,
  problems: Problems,
): Readonly<Record<string, ResolvedAttribute>> {
  const resolved: Record<string, ResolvedAttribute> = Object.create(null)
  const owners = new Map<string, string>()
  for (const [name, attribute] of Object.entries(attributes)) {
    const definition = definitionOf(attribute, `${place}.attributes.${name}`, problems)
    const stored = storedName(name, definition, table)
    const at = `${place}.attributes.${name}`
    checkName(name, stored, definition, table, at, problems)
    const owner = owners.get(stored)
    // Two expiresAt() are one mistake, which checkOnce reports.
    const expiries = definition.type === 'expiresAt' && owner !== undefined && resolved[owner]?.definition.type === 'expiresAt'
    if (owner !== undefined && !expiries)
      problems.add(
        'same-stored-name',
        at,
        `${owner} and ${name} are both stored as ${stored}.`,
        'Give one of them another storedAs().',
      )
    owners.set(stored, name)
    resolved[name] = Object.freeze({ name, stored, definition, keyType: keyTypeOf(definition) })
  }
  checkOnce('version', resolved, place, problems)
  checkOnce('expiresAt', resolved, place, problems)
  return Object.freeze(resolved)
}

/** What is no attribute is taken for a text, so that the templates which name it are not wrong as well. */
function definitionOf(attribute: Attributes[string], place: string, problems: Problems): AttributeDefinition {
  try {
    return attributeDefinition(attribute)
  } catch (error) {
    problems.add('not-an-attribute', place, `${shown(attribute)} is no attribute.`, messageOf(error))
    return string().definition
  }
}

/** An expiresAt() attribute is stored where the table's TTL looks for it. */
function storedName(name: string, definition: AttributeDefinition, table: Table): string {
  return definition.storedAs ?? (definition.type === 'expiresAt' ? (table.timeToLive ?? name) : name)
}

function checkName(
  name: string,
  stored: string,
  definition: AttributeDefinition,
  table: Table,
  place: string,
  problems: Problems,
): void {
  if (name === '' || stored === '') problems.add('bad-name', place, 'an attribute needs a name.', 'Name it.')
  if (Buffer.byteLength(stored) > maxNameBytes)
    problems.add('bad-name', place, `the name has more than ${maxNameBytes} bytes.`, 'Give it a shorter storedAs().')
  if (stored === table.typeAttribute)
    problems.add(
      'reserved-name',
      place,
      `${stored} holds the entity's name.`,
      'Use another storedAs(), or another typeAttribute of the table.',
    )
  if (stored === guardAttribute)
    problems.add('reserved-name', place, `${stored} marks the guards of unique values.`, 'Use another storedAs().')
  if (stored === sourceAttribute) problems.add('reserved-name', place, `${stored} marks copies.`, 'Use another storedAs().')
  if (definition.type === 'expiresAt') {
    if (table.timeToLive === undefined)
      problems.add('no-time-to-live', place, 'the table has no TTL attribute.', `Declare timeToLive: '${stored}' in defineTable.`)
    else if (stored !== table.timeToLive)
      problems.add('no-time-to-live', place, `the table's TTL attribute is ${table.timeToLive}.`, 'Leave storedAs() out.')
  } else if (stored === table.timeToLive) {
    problems.add('reserved-name', place, `${stored} is the table's TTL attribute.`, 'Use expiresAt(), or another storedAs().')
  }
}

function checkOnce(
  type: 'version' | 'expiresAt',
  attributes: Readonly<Record<string, ResolvedAttribute>>,
  place: string,
  problems: Problems,
): void {
  const names = namesOfType(attributes, type)
  if (names.length > 1) problems.add('twice', `${place}.attributes`, `${names.join(' and ')} are all ${type}().`, 'Keep one.')
}

/** The attributes of one type. */
export function namesOfType(
  attributes: Readonly<Record<string, ResolvedAttribute>>,
  type: AttributeDefinition['type'],
): string[] {
  return Object.values(attributes)
    .filter(({ definition }) => definition.type === type)
    .map(({ name }) => name)
}

/** Whether an attribute stands in the table under the name of a key attribute, which only a natural key may do. */
export function storedAsKey(attribute: ResolvedAttribute, table: Table): boolean {
  const { stored } = attribute
  return (
    isPrimaryKey(table, stored) ||
    Object.values(table.indexes).some(({ partitionKey, sortKey }) => partitionKey.name === stored || sortKey?.name === stored)
  )
}
