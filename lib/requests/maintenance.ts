// Index maintenance: what an update must do to an item's index keys, from what is known of the item before and after it.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { ResolvedEntity, ResolvedIndex } from '../model/resolved.ts'
import { sameValue } from '../schema/same-value.ts'
import { indexKey, type StoredItem } from './index-keys.ts'

/** What is known of an attribute: nothing, or its value as stored (undefined: absent). */
export type Knowledge = { readonly known: false } | { readonly known: true; readonly stored: AttributeValue | undefined }

/** What is known of an item around an update. */
export interface Around {
  readonly before: (attribute: string) => Knowledge
  readonly after: (attribute: string) => Knowledge
  readonly changed: ReadonlySet<string>
}

/** What an update does to index keys; `needs` lists the attributes whose value must be known to tell. */
export interface IndexChanges {
  readonly set: StoredItem
  readonly remove: readonly string[]
  readonly needs: ReadonlySet<string>
}

/** The changes that keep all index keys exactly what a fresh put of the item would give. */
export function indexChanges(entity: ResolvedEntity, around: Around): IndexChanges {
  const set: StoredItem = {}
  const remove = new Set<string>()
  const needs = new Set<string>()
  for (const index of Object.values(entity.indexes)) {
    const touched = [...index.dependencies].filter((attribute) => around.changed.has(attribute))
    if (touched.length === 0 || touched.every((attribute) => hasNoEffect(index, attribute, around))) continue
    const presence = knownPresence(entity, index, around)
    if (presence === 'out') {
      for (const part of index.owned) remove.add(part.attribute)
      continue
    }
    for (const attribute of presence) needs.add(attribute)
    const decides = touched.some((attribute) => decidesPresence(index, attribute))
    const parts = decides
      ? index.owned
      : index.owned.filter(({ codec }) => codec.attributes.some((attribute) => touched.includes(attribute)))
    const used = new Set(parts.flatMap(({ codec }) => codec.attributes).filter((attribute) => attribute in entity.attributes))
    for (const attribute of used) if (!around.after(attribute).known) needs.add(attribute)
    if (needs.size > 0) continue
    const values = decodeKnown(entity, [...used, ...entity.keyAttributes], around)
    for (const part of parts) set[part.attribute] = indexKey(entity, index, part, values)
  }
  return { set, remove: [...remove], needs }
}

function decidesPresence(index: ResolvedIndex, attribute: string): boolean {
  return index.optional.includes(attribute) || index.when?.tests[attribute] !== undefined
}

/** A change that leaves the value as it was, or leaves the answer of `when` as it was, does nothing to the index. */
function hasNoEffect(index: ResolvedIndex, attribute: string, { before, after }: Around): boolean {
  const [old, now] = [before(attribute), after(attribute)]
  if (!old.known || !now.known) return false
  if (old.stored === undefined || now.stored === undefined) return old.stored === now.stored
  if (sameValue(old.stored, now.stored)) return true
  const inKey = index.owned.some(({ codec }) => codec.attributes.includes(attribute))
  const test = index.when?.tests[attribute]
  return !inKey && test !== undefined && test(old.stored) === test(now.stored)
}

/** `out` when the item is certainly not in the index, else the attributes that must be known to tell. */
function knownPresence(entity: ResolvedEntity, index: ResolvedIndex, { after }: Around): 'out' | string[] {
  const unknown: string[] = []
  for (const attribute of index.optional) {
    const value = after(attribute)
    if (!value.known) unknown.push(attribute)
    else if (value.stored === undefined) return 'out'
  }
  for (const [attribute, test] of Object.entries(index.when?.tests ?? {})) {
    const value = after(attribute)
    if (!value.known) unknown.push(attribute)
    else if (!test(value.stored)) return 'out'
  }
  return unknown.filter((attribute) => attribute in entity.attributes)
}

function decodeKnown(entity: ResolvedEntity, attributes: readonly string[], { after }: Around): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null)
  for (const attribute of attributes) {
    const value = after(attribute)
    if (value.known && value.stored !== undefined) values[attribute] = entity.codec.decodeAttribute(attribute, value.stored, '')
  }
  return values
}
