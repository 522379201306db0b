// What is read of an item before it is written, and the refusal of those who may not read.
import { ValidationError } from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { companionDependencies } from '../requests/companion-items.ts'
import type { Reading } from '../requests/found.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import { updateRead } from '../requests/update.ts'
import type { Connection } from './connection.ts'
import { send } from './send.ts'

/** What is there of an item's attributes now. */
export async function readFound(
  connection: Connection,
  entity: ResolvedEntity,
  key: StoredItem,
  names: readonly string[],
): Promise<Reading> {
  const request = updateRead({ entity, tableName: connection.tableName, key }, names)
  const { Item } = await send(connection, 'GetItem', request, { entity: entity.name })
  return { names, item: Item }
}

/** How many attributes a condition compares, of the 300 operators that DynamoDB allows it: two for each, and some for all else. */
const maxCompared = 100

/**
 * The attributes on whose being as they were read a write depends whose answer is made of the reading: all, so that the answer is exact. Of more than a
 * condition can hold, those that guards and copies depend on, and the version.
 */
export function comparedNames(entity: ResolvedEntity): readonly string[] {
  const names = Object.keys(entity.attributes)
  if (names.length <= maxCompared) return names
  return [...companionDependencies(entity), ...(entity.version === undefined ? [] : [entity.version])]
}

/** The refusal of a write whose guards and copies are told only by reading. */
export function readsFirst(entity: ResolvedEntity): ValidationError {
  const names = companionDependencies(entity).join(', ')
  return new ValidationError(
    'reads-first',
    names,
    'guards or copies depend on it, so this write reads first what is there, and has no params() before it.',
  )
}
