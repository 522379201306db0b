// Guards of unique values: one item per value, under the constraint's key, that says which item has it.
import { guardAttribute, guardType } from '../model/companion-names.ts'
import type { ResolvedEntity, ResolvedModel, ResolvedUnique } from '../model/resolved.ts'
import type { CompanionItem } from './companion-item.ts'
import { storedName } from './found.ts'
import type { StoredItem } from './index-keys.ts'
import { primaryKeyOf } from './item-identity.ts'

/** The guard of a value of an item with these stored attributes; undefined while it lacks one of them. */
export function guardItem(
  entity: ResolvedEntity,
  unique: ResolvedUnique,
  stored: StoredItem,
  asOf: Date,
): CompanionItem | undefined {
  const { table } = entity
  const values: Record<string, unknown> = Object.create(null)
  for (const name of unique.attributes) {
    const value = stored[storedName(entity, name)]
    if (value === undefined) return undefined
    values[name] = entity.codec.decodeAttribute(name, value, '')
  }
  const text = { S: unique.codec.encode(values) as string }
  const guardKey = { [table.partitionKey.name]: text, ...(table.sortKey && { [table.sortKey.name]: text }) }
  const expiry = entity.expiresAt === undefined ? undefined : stored[storedName(entity, entity.expiresAt)]
  return {
    kind: 'guard',
    name: unique.constraint,
    entity,
    key: guardKey,
    mark: guardAttribute,
    values,
    asOf,
    item: {
      ...guardKey,
      ...(table.typeAttribute !== undefined && { [table.typeAttribute]: { S: guardType } }),
      [guardAttribute]: {
        M: { entity: { S: entity.name }, constraint: { S: unique.constraint }, owner: { M: primaryKeyOf(table, stored) } },
      },
      // The same expiry as its owner's, so that DynamoDB deletes both.
      ...(table.timeToLive !== undefined && expiry !== undefined && { [table.timeToLive]: expiry }),
    },
  }
}

/**
 * Whether a stored item is a guard and not an item of an entity. By its type; or by its key, which is never an entity's, where an index
 * shows nothing else of it.
 */
export function isGuard({ table, entities }: ResolvedModel, stored: StoredItem): boolean {
  if (table.typeAttribute !== undefined && stored[table.typeAttribute] !== undefined)
    return stored[table.typeAttribute]?.S === guardType
  const text = stored[table.partitionKey.name]?.S
  return Object.values(entities).some(({ unique }) => unique.some(({ codec }) => codec.decode(text) !== undefined))
}
