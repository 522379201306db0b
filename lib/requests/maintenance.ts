// Index maintenance: what an update must do to an item's index keys, from what is known of the item before and after it.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { KeyPart, ResolvedEntity, ResolvedIndex } from '../model/resolved.ts'
import { sameValue } from '../schema/same-value.ts'
import { indexKey, keyContent, type StoredItem, storedKey } from './index-keys.ts'

/** What is known of an attribute: nothing, or its value as stored (undefined: absent). */
export type Knowledge = { readonly known: false } | { readonly known: true; readonly stored: AttributeValue | undefined }

/** What is known of an item around an update. */
export interface Around {
  readonly before: (attribute: string) => Knowledge
  readonly after: (attribute: string) => Knowledge
  readonly changed: ReadonlySet<string>
  /** Whether there may be no item yet, so that no index key is in place, not even one that nothing changes. */
  readonly mayBeNew: boolean
  /** Chooses the random shard of an index key that is not there yet: from 0 up to and without 1. */
  readonly chance: number
}

/** What an update does to index keys; `needs` lists the attributes whose value must be known to tell. */
export interface IndexChanges {
  readonly set: StoredItem
  readonly remove: readonly string[]
  readonly needs: ReadonlySet<string>
}

/** An index to which a key attribute belongs. Several may share one: then it is there as long as one of them holds the item. */
interface Owner {
  readonly index: ResolvedIndex
  readonly part: KeyPart
}

/** The changes that keep all index keys exactly what a fresh put of the item would give. */
export function indexChanges(entity: ResolvedEntity, around: Around): IndexChanges {
  const set: StoredItem = {}
  const remove: string[] = []
  const needs = new Set<string>()
  for (const [attribute, owners] of ownersOfKeys(entity)) {
    const stays = !around.mayBeNew || owners.every(({ index }) => isWithoutNew(entity, index, around))
    if (stays && !owners.some((owner) => isAffected(owner, around))) continue
    const presences = owners.map(({ index }) => presenceAfter(index, around))
    const holder = owners.find((_, position) => presences[position] !== 'out')
    if (holder === undefined) {
      remove.push(attribute)
      continue
    }
    const undecided = presences.includes('in')
      ? []
      : presences.flatMap((presence) => (typeof presence === 'string' ? [] : presence))
    const used = ingredients(holder)
    const present = keepsShard(holder) ? around.before(attribute) : undefined
    const missing = [...undecided, ...used.filter((name) => !around.after(name).known)]
    if (present?.known === false) missing.push(attribute)
    for (const name of missing) needs.add(name)
    if (missing.length > 0) continue
    set[attribute] = newKey(holder, decodeKnown(entity, used, around), present, around.chance)
  }
  return { set, remove, needs }
}

/** The attributes that a key attribute is made of, those that tell its shard included. */
function ingredients({ index, part }: Owner): readonly string[] {
  return part.sharded && index.shards !== undefined ? [...part.attributes, ...index.shards.inputs] : part.attributes
}

/** What no attribute tells is what it is. */
function keepsShard({ index, part }: Owner): boolean {
  return part.sharded && index.shards?.by === 'random'
}

function newKey(
  { index, part }: Owner,
  values: Readonly<Record<string, unknown>>,
  present: Knowledge | undefined,
  chance: number,
): AttributeValue {
  const stored = present?.known === true ? present.stored : undefined
  const shard = stored === undefined ? undefined : part.codec.decode(keyContent(part, stored))?.shard
  return shard === undefined ? indexKey(index, part, values, chance) : storedKey(part, part.codec.encode({ ...values, shard }))
}

function ownersOfKeys({ indexes }: ResolvedEntity): ReadonlyMap<string, readonly Owner[]> {
  const owners = new Map<string, Owner[]>()
  for (const index of Object.values(indexes)) {
    for (const part of index.owned) {
      const others = owners.get(part.attribute)
      if (others === undefined) owners.set(part.attribute, [{ index, part }])
      else others.push({ index, part })
    }
  }
  return owners
}

/** Whether the update may change this key attribute: its text, or whether it is there at all. */
function isAffected(owner: Owner, { before, after, changed }: Around): boolean {
  const { index } = owner
  for (const attribute of index.dependencies) {
    if (!changed.has(attribute)) continue
    const inKey = ingredients(owner).includes(attribute)
    const optional = index.optional.includes(attribute)
    const test = index.when?.tests[attribute]
    if (!inKey && !optional && test === undefined) continue
    const [old, now] = [before(attribute), after(attribute)]
    if (!old.known || !now.known) return true
    if (inKey && !sameOrAbsent(old.stored, now.stored)) return true
    if (optional && (old.stored === undefined) !== (now.stored === undefined)) return true
    if (test !== undefined && test(old.stored) !== test(now.stored)) return true
  }
  return false
}

function sameOrAbsent(old: AttributeValue | undefined, now: AttributeValue | undefined): boolean {
  return old === undefined || now === undefined ? old === now : sameValue(old, now)
}

/** Whether a new item that an upsert makes lacks what the index needs: an optional attribute that the upsert does not write. */
function isWithoutNew({ attributes }: ResolvedEntity, { optional, when }: ResolvedIndex, { changed }: Around): boolean {
  const lacks = (name: string) => attributes[name]?.definition.optional === true && !changed.has(name)
  return optional.some(lacks) || Object.entries(when?.tests ?? {}).some(([name, test]) => lacks(name) && !test(undefined))
}

/** Whether the item is in the index after the update, or the attributes that must be known to tell. */
function presenceAfter({ optional, when }: ResolvedIndex, { after }: Around): 'in' | 'out' | readonly string[] {
  const unknown: string[] = []
  for (const attribute of optional) {
    const value = after(attribute)
    if (!value.known) unknown.push(attribute)
    else if (value.stored === undefined) return 'out'
  }
  for (const [attribute, test] of Object.entries(when?.tests ?? {})) {
    const value = after(attribute)
    if (!value.known) unknown.push(attribute)
    else if (!test(value.stored)) return 'out'
  }
  return unknown.length === 0 ? 'in' : unknown
}

function decodeKnown(entity: ResolvedEntity, attributes: readonly string[], { after }: Around): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null)
  for (const attribute of attributes) {
    const value = after(attribute)
    if (value.known && value.stored !== undefined) values[attribute] = entity.codec.decodeAttribute(attribute, value.stored, '')
  }
  return values
}
