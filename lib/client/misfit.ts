// Stored items on their way to the application: decoded, or reported when they do not fit their entity.
import { channel } from 'node:diagnostics_channel'
import { type Misfit, MisfitError, ValidationError } from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import type { Table } from '../model/table.ts'
import { type DecodeItemOptions, itemDecoder } from '../requests/decode.ts'
import { decodeKey, type StoredItem } from '../requests/index-keys.ts'
import type { OnMisfit } from './connection.ts'
import { misfitChannelName } from './send.ts'

const misfitChannel = channel(misfitChannelName)

/** Decodes an item where there is nothing else to give: throws a `MisfitError` when it does not fit. */
export function decodeOrMisfit(entity: ResolvedEntity, stored: StoredItem, options?: DecodeItemOptions): Record<string, unknown> {
  const decoded = tryDecode(entity, stored, options)
  if ('item' in decoded) return decoded.item
  misfitChannel.publish(decoded.misfit)
  throw new MisfitError(decoded.misfit)
}

/** What a stored item is, or why it does not fit. */
export type Decoded = { readonly item: Record<string, unknown> } | { readonly misfit: Misfit }

/** Decodes an item, or says what does not fit. */
export function tryDecode(entity: ResolvedEntity, stored: StoredItem, options?: DecodeItemOptions): Decoded {
  return tryDecoder(entity, itemDecoder(entity, options), stored)
}

/** As `tryDecode`, with a decoder of the entity that was made before. */
export function tryDecoder(
  entity: ResolvedEntity,
  decode: (stored: StoredItem) => Record<string, unknown>,
  stored: StoredItem,
): Decoded {
  try {
    return { item: decode(stored) }
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    return { misfit: misfitOf(entity.table, entity.name, stored, error.path, error.message) }
  }
}

export function misfitOf(table: Table, entity: string | undefined, stored: StoredItem, path: string, message: string): Misfit {
  return Object.freeze({ entity, key: rawKey(table, stored), path, message, stored })
}

/** The primary key as it stands in the table. */
function rawKey({ partitionKey, sortKey }: Table, stored: StoredItem): Record<string, unknown> {
  const keys = [partitionKey, sortKey].filter((key) => key !== undefined)
  return Object.fromEntries(keys.map(({ name, type }) => [name, stored[name]?.[type]]))
}

/** Reports a misfit as the setting says. */
export function reportMisfit(onMisfit: OnMisfit | undefined, misfit: Misfit): void {
  misfitChannel.publish(misfit)
  if (onMisfit === 'throw') throw new MisfitError(misfit)
  if (typeof onMisfit === 'function') onMisfit(misfit)
}

/** As much of a stored item as can be decoded, for error messages and for the item that an error carries. */
export function readable(entity: ResolvedEntity, stored: StoredItem): Record<string, unknown> {
  const decoded = tryDecode(entity, stored)
  if ('item' in decoded) return decoded.item
  const parts = [entity.key.partition, entity.key.sort].filter((part) => part !== undefined)
  return Object.assign({}, ...parts.map((part) => decodeKey(part, stored) ?? {}))
}
