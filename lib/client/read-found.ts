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

/** The refusal of a write whose guards and copies are told only by reading. */
export function readsFirst(entity: ResolvedEntity): ValidationError {
  const names = companionDependencies(entity).join(', ')
  return new ValidationError(
    'reads-first',
    names,
    'guards or copies depend on it, so this write reads first what is there, and has no params() before it.',
  )
}
