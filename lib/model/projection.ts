// What an index holds of an entity's items: attributes that are stored in it, and those its keys give back.
import type { ResolvedEntity } from './resolved.ts'
import type { TableIndex } from './table.ts'

export interface Projection {
  /** Everything is there. */
  readonly complete: boolean
  /** Attributes that are stored in the index, which filters can test. */
  readonly stored: readonly string[]
  /** Attributes that a read gives: the stored ones and those recovered from keys. */
  readonly readable: readonly string[]
}

/** What the index, or without one the table, holds of the entity. */
export function projectionOf(entity: ResolvedEntity, index: TableIndex | undefined): Projection {
  const names = Object.keys(entity.attributes)
  if (index === undefined || index.projection === 'ALL') return { complete: true, stored: names, readable: names }
  const included = new Set(index.projection === 'KEYS_ONLY' ? [] : [...index.projection, entity.table.timeToLive])
  const stored = names.filter((name) => {
    const attribute = entity.attributes[name]?.stored
    return included.has(attribute) || keyNames(entity, index).has(attribute)
  })
  const present = entity.presence[index.name]
  const recovered = [entity.key.partition, entity.key.sort, present?.partition, present?.sort].flatMap(
    (part) => part?.attributes ?? [],
  )
  const readable = [...new Set([...stored, ...recovered])].filter((name) => names.includes(name))
  return { complete: readable.length === names.length, stored, readable }
}

/** The key attributes that DynamoDB projects into every index. */
function keyNames({ table }: ResolvedEntity, index: TableIndex): ReadonlySet<string | undefined> {
  return new Set([table.partitionKey.name, table.sortKey?.name, index.partitionKey.name, index.sortKey?.name])
}
