// Guards of unique values: one item per value, under the constraint's key, that says which item has it. Written with its owner or not at all.
import { isDeepStrictEqual } from 'node:util'
import type { DeleteItemInput, PutItemInput } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import { guardAttribute, guardType } from '../model/guard-names.ts'
import type { KeyPart, ResolvedEntity, ResolvedModel, ResolvedUnique } from '../model/resolved.ts'
import { sameValue } from '../schema/same-value.ts'
import { isExpired } from './decode.ts'
import { anyOf, type Clause, clause, ExpressionAttributes } from './expression.ts'
import { storedName } from './found.ts'
import { decodeKey, type StoredItem } from './index-keys.ts'
import type { Around } from './maintenance.ts'

/** A guard that an item has, or is to have. */
export interface Guard {
  readonly entity: ResolvedEntity
  readonly unique: ResolvedUnique
  /** Its primary key. */
  readonly key: StoredItem
  readonly item: StoredItem
  /** The values that it guards, by attribute. */
  readonly values: Readonly<Record<string, unknown>>
  /** When it was told that its owner has not expired; another guard that had expired by then may be taken over. */
  readonly asOf: Date
}

/** What happens to one guard: its old owner gives it up, a new one takes it, or both. */
export interface GuardChange {
  readonly release?: Guard
  readonly claim?: Guard
}

/** The names of the attributes that an entity's guards depend on: the unique ones, and the expiry that a guard shares with its owner. */
export function guardDependencies({ unique, expiresAt }: ResolvedEntity): readonly string[] {
  const names = new Set(unique.flatMap(({ attributes }) => attributes))
  if (names.size > 0 && expiresAt !== undefined) names.add(expiresAt)
  return [...names]
}

/**
 * The guards of an item with these stored attributes. None for an item that is past its expiry: it holds nothing any more, and its guards,
 * which expired with it, are free to be taken.
 */
export function guardsOf(entity: ResolvedEntity, stored: StoredItem | undefined, now: Date): readonly Guard[] {
  if (stored === undefined || entity.unique.length === 0 || isExpired(entity, stored, now)) return []
  return entity.unique.flatMap((unique) => guardOf(entity, unique, stored, now) ?? [])
}

/** As `guardsOf`, for an item as it was found: a value that does not fit its attribute has no guard. */
export function guardsFound(entity: ResolvedEntity, stored: StoredItem | undefined, now: Date): readonly Guard[] {
  if (stored === undefined || isExpired(entity, stored, now)) return []
  return entity.unique.flatMap((unique) => {
    try {
      return guardOf(entity, unique, stored, now) ?? []
    } catch (error) {
      if (error instanceof ValidationError) return []
      throw error
    }
  })
}

function guardOf(entity: ResolvedEntity, unique: ResolvedUnique, stored: StoredItem, asOf: Date): Guard | undefined {
  const { table, key } = entity
  const values: Record<string, unknown> = Object.create(null)
  for (const name of unique.attributes) {
    const value = stored[storedName(entity, name)]
    if (value === undefined) return undefined
    values[name] = entity.codec.decodeAttribute(name, value, '')
  }
  const text = { S: unique.codec.encode(values) as string }
  const guardKey = { [table.partitionKey.name]: text, ...(table.sortKey && { [table.sortKey.name]: text }) }
  const owner: StoredItem = {}
  for (const part of [key.partition, key.sort]) {
    const content = part && stored[part.attribute]
    if (part !== undefined && content !== undefined) owner[part.attribute] = content
  }
  const expiry = entity.expiresAt === undefined ? undefined : stored[storedName(entity, entity.expiresAt)]
  return {
    entity,
    unique,
    key: guardKey,
    values,
    asOf,
    item: {
      ...guardKey,
      ...(table.typeAttribute !== undefined && { [table.typeAttribute]: { S: guardType } }),
      [guardAttribute]: { M: { entity: { S: entity.name }, constraint: { S: unique.constraint }, owner: { M: owner } } },
      // The same expiry as its owner's, so that DynamoDB deletes both.
      ...(table.timeToLive !== undefined && expiry !== undefined && { [table.timeToLive]: expiry }),
    },
  }
}

/**
 * What leads from the guards before a write to those after it. A guard that stays as it is needs no write; with `rewrite` it gets one, since
 * an item from before the constraint has none.
 */
export function guardChanges(before: readonly Guard[], after: readonly Guard[], rewrite = false): readonly GuardChange[] {
  const changes = new Map<string, { release?: Guard; claim?: Guard }>()
  for (const guard of before) changes.set(guardKeyText(guard), { release: guard })
  for (const guard of after) {
    const key = guardKeyText(guard)
    const { release } = changes.get(key) ?? {}
    if (!rewrite && release !== undefined && isDeepStrictEqual(release.item, guard.item)) changes.delete(key)
    else changes.set(key, { ...(release && { release }), claim: guard })
  }
  return [...changes.values()]
}

/** A guard's key as one text, to tell guards apart. */
export function guardKeyText({ key, entity }: Guard): string {
  return key[entity.table.partitionKey.name]?.S ?? ''
}

/** What an update does to guards; `needs` lists what must be known of the item to tell. */
export interface UpdateGuards {
  readonly changes: readonly GuardChange[]
  readonly needs: readonly string[]
}

/** The guards that an update must change. Where the item may or may not be there, that must be known first. */
export function updateGuards(entity: ResolvedEntity, key: StoredItem, around: Around, unread: boolean, now: Date): UpdateGuards {
  const { before, after, changed, mayBeNew } = around
  const isAffected = ({ attributes }: ResolvedUnique) =>
    mayBeNew || (entity.expiresAt !== undefined && changed.has(entity.expiresAt)) || attributes.some((name) => changed.has(name))
  const unique = entity.unique.filter(isAffected)
  if (unique.length === 0) return { changes: [], needs: [] }
  const affected = { ...entity, unique }
  const names = guardDependencies(affected)
  const needs = unread && mayBeNew ? names : names.filter((name) => !before(name).known || !after(name).known)
  if (needs.length > 0) return { changes: [], needs }
  const storedBy = (knowledge: Around['before']): StoredItem => {
    const stored: StoredItem = { ...key }
    for (const name of names) {
      const value = knowledge(name)
      if (value.known && value.stored !== undefined) stored[storedName(entity, name)] = value.stored
    }
    return stored
  }
  const old = mayBeNew ? [] : guardsFound(affected, storedBy(before), now)
  return { changes: guardChanges(old, guardsOf(affected, storedBy(after), now)), needs }
}

/** The write of a guard. A claim is refused while another item holds it, a release when another has taken it over. */
export function guardRequest(
  { release, claim }: GuardChange,
  tableName: string,
): { readonly Put: PutItemInput } | { readonly Delete: DeleteItemInput } {
  const attributes = new ExpressionAttributes()
  const guard = claim ?? release
  if (guard === undefined) throw new TypeError('A change of a guard neither takes it nor gives it up.')
  const { entity, item, key } = guard
  const owners: StoredItem[string][] = []
  for (const { item } of [release, claim].filter((one) => one !== undefined)) {
    const owner = item[guardAttribute]
    if (owner !== undefined && !owners.some((other) => sameValue(other, owner))) owners.push(owner)
  }
  const free: Clause[] = [
    clause(`attribute_not_exists(${attributes.name(entity.table.partitionKey.name)})`),
    ...owners.map((owner) => clause(`${attributes.name(guardAttribute)} = ${attributes.value(owner, guardAttribute)}`)),
  ]
  if (claim !== undefined && entity.expiresAt !== undefined && entity.table.timeToLive !== undefined) {
    const seconds = { N: String(Math.floor(claim.asOf.getTime() / 1000)) }
    free.push(clause(`${attributes.name(entity.table.timeToLive)} <= ${attributes.value(seconds, 'now')}`))
  }
  const condition = { ConditionExpression: anyOf(free).text, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }
  return claim === undefined
    ? { Delete: { TableName: tableName, Key: key, ...condition, ...attributes.params() } }
    : { Put: { TableName: tableName, Item: item, ...condition, ...attributes.params() } }
}

/** The key of the item that holds a guard, by attribute; undefined when the guard does not tell. */
export function ownerOf({ key }: ResolvedEntity, guard: StoredItem | undefined): Record<string, unknown> | undefined {
  const owner = guard?.[guardAttribute]?.M?.owner?.M
  if (owner === undefined) return undefined
  const values: Record<string, unknown> = {}
  for (const part of [key.partition, key.sort].filter((one): one is KeyPart => one !== undefined)) {
    const decoded = decodeKey(part, owner)
    if (decoded === undefined) return undefined
    Object.assign(values, decoded)
  }
  return values
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
