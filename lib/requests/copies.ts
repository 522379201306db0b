// Copies: what an item of one entity has in common with an item of another, under a key of the copy's own.
import { sourceAttribute } from '../model/companion-names.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { setOwn } from '../plain-object.ts'
import type { CompanionItem } from './companion-item.ts'
import { storedName } from './found.ts'
import { primaryKey, type StoredItem } from './index-keys.ts'
import { withDerived } from './item.ts'
import { primaryKeyOf } from './item-identity.ts'

/** The copy of an item with these stored attributes; undefined while it lacks one that the copy's key is made of. */
export function copyItem(
  source: ResolvedEntity,
  copy: ResolvedEntity,
  stored: StoredItem,
  asOf: Date,
): CompanionItem | undefined {
  const stub = copyStub(source, copy, stored, asOf)
  if (stub === undefined) return undefined
  const item: StoredItem = { ...stub.item }
  for (const name of Object.keys(copy.attributes)) {
    const from = storedName(source, name)
    const value = Object.hasOwn(stored, from) ? stored[from] : undefined
    if (value !== undefined) setOwn(item, storedName(copy, name), value)
  }
  const indexed = Object.values(copy.indexes).flatMap(({ owned, shards }) => [
    ...owned.flatMap(({ attributes }) => attributes),
    ...(shards?.inputs ?? []),
  ])
  const names = [...indexed, ...copy.natural.flatMap(({ attributes }) => attributes)]
  return { ...stub, item: withDerived(copy, { ...decoded(source, stored, names), ...stub.values }, item) }
}

/** A copy of which no more is known than whose it is. */
export function copyStub(
  source: ResolvedEntity,
  copy: ResolvedEntity,
  stored: StoredItem,
  asOf: Date,
): CompanionItem | undefined {
  const { name, keyAttributes } = copy
  if (keyAttributes.some((attribute) => stored[storedName(source, attribute)] === undefined)) return undefined
  const values = decoded(source, stored, keyAttributes)
  const key = primaryKey(copy, values)
  const item = { ...key, [sourceAttribute]: { M: primaryKeyOf(source.table, stored) } }
  return { kind: 'copy', name, entity: source, key, item, mark: sourceAttribute, values, asOf }
}

function decoded(source: ResolvedEntity, stored: StoredItem, names: readonly string[]): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null)
  for (const name of names) {
    const value = stored[storedName(source, name)]
    if (value !== undefined) values[name] = source.codec.decodeAttribute(name, value, '')
  }
  return values
}
