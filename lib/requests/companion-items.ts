// Companion items: those that are written with their owner or not at all. A guard of a unique value is one, and a copy is one with content.
import { isDeepStrictEqual } from 'node:util'
import type { ConditionCheck, DeleteItemInput, PutItemInput } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import type { KeyPart, ResolvedEntity } from '../model/resolved.ts'
import { sameValue } from '../schema/same-value.ts'
import type { CompanionItem } from './companion-item.ts'
import { withoutContext } from './context.ts'
import { copyItem, copyStub } from './copies.ts'
import { isExpired } from './decode.ts'
import { anyOf, type Clause, clause, ExpressionAttributes } from './expression.ts'
import { storedName } from './found.ts'
import { decodeKey, type StoredItem } from './index-keys.ts'
import { itemIdentity } from './item-identity.ts'
import type { Around } from './maintenance.ts'
import { guardItem } from './unique.ts'

/** What happens to one companion item: its old owner gives it up, a new one takes it, or both. */
export interface CompanionChange {
  readonly release?: CompanionItem
  readonly claim?: CompanionItem
}

/** Whether writes of an entity's items write others with them. */
export function hasCompanions({ unique, copies }: ResolvedEntity): boolean {
  return unique.length > 0 || copies.length > 0
}

/** The names of the attributes that tell which companions an item has: those in their keys, and the expiry that they share with their owner. */
export function companionDependencies({ unique, copies, expiresAt }: ResolvedEntity): readonly string[] {
  const names = [...unique.flatMap(({ attributes }) => attributes), ...copies.flatMap(({ keyAttributes }) => keyAttributes)]
  return withExpiry(names, expiresAt)
}

/** The names of all attributes that go into companions. */
function companionContents({ unique, copies, expiresAt }: ResolvedEntity): readonly string[] {
  const names = [
    ...unique.flatMap(({ attributes }) => attributes),
    ...copies.flatMap(({ attributes }) => Object.keys(attributes)),
  ]
  return withExpiry(names, expiresAt)
}

function withExpiry(names: readonly string[], expiresAt: string | undefined): readonly string[] {
  return [...new Set(names.length === 0 || expiresAt === undefined ? names : [...names, expiresAt])]
}

/**
 * The companions that an item with these stored attributes is to have. None for an item that is past its expiry: it holds nothing any more,
 * and its companions, which expired with it, are free to be taken.
 */
export function companionItems(entity: ResolvedEntity, stored: StoredItem | undefined, now: Date): readonly CompanionItem[] {
  if (stored === undefined || !hasCompanions(entity) || isExpired(entity, stored, now)) return []
  return [
    ...entity.unique.flatMap((unique) => guardItem(entity, unique, stored, now) ?? []),
    ...entity.copies.flatMap((copy) => copyItem(entity, copy, stored, now) ?? []),
  ]
}

/**
 * The companions that an item has, as it was found, or as much of it as `companionDependencies` names. A value that does not fit its
 * attribute has no guard, and no copy where it would be in the key.
 */
export function companionItemsFound(entity: ResolvedEntity, stored: StoredItem | undefined, now: Date): readonly CompanionItem[] {
  if (stored === undefined || !hasCompanions(entity) || isExpired(entity, stored, now)) return []
  const whole = withKeyAttributes(entity, stored)
  return [
    ...entity.unique.flatMap((unique) => fitting(() => guardItem(entity, unique, whole, now)) ?? []),
    ...entity.copies.flatMap(
      (copy) => fitting(() => copyItem(entity, copy, whole, now)) ?? fitting(() => copyStub(entity, copy, whole, now)) ?? [],
    ),
  ]
}

function fitting<T>(make: () => T | undefined): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof ValidationError) return undefined
    throw error
  }
}

/** An item written by others may have the attributes of its key in the key alone. */
function withKeyAttributes(entity: ResolvedEntity, stored: StoredItem): StoredItem {
  if (entity.keyAttributes.every((name) => stored[storedName(entity, name)] !== undefined)) return stored
  const whole = { ...stored }
  for (const [name, value] of Object.entries(keyValues(entity, stored) ?? {})) {
    const encoded = entity.codec.encodeAttribute(name, value, '')
    if (encoded !== undefined) whole[storedName(entity, name)] ??= encoded
  }
  return whole
}

/** The attributes that the primary key of a stored item is made of; undefined when it is not one of the entity's. */
function keyValues({ key }: ResolvedEntity, stored: StoredItem): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {}
  for (const part of [key.partition, key.sort].filter((one): one is KeyPart => one !== undefined)) {
    const decoded = decodeKey(part, stored)
    if (decoded === undefined) return undefined
    Object.assign(values, decoded)
  }
  return values
}

/**
 * What leads from the companions before a write to those after it. One that stays as it is needs no write; with `rewrite` it gets one, since
 * an item from before its constraint or copy was declared has none.
 */
export function companionChanges(
  before: readonly CompanionItem[],
  after: readonly CompanionItem[],
  rewrite = false,
): readonly CompanionChange[] {
  const changes = new Map<string, { release?: CompanionItem; claim?: CompanionItem }>()
  for (const one of before) changes.set(companionIdentity(one), { release: one })
  for (const one of after) {
    const identity = companionIdentity(one)
    const { release } = changes.get(identity) ?? {}
    if (!rewrite && release !== undefined && isDeepStrictEqual(release.item, one.item)) changes.delete(identity)
    else changes.set(identity, { ...(release && { release }), claim: one })
  }
  return [...changes.values()]
}

/** Tells companions apart. */
export function companionIdentity({ key, entity }: CompanionItem): string {
  return itemIdentity(entity.table, key)
}

/** What an update does to companions; `needs` lists what must be known of the item to tell. */
export interface UpdateCompanions {
  readonly changes: readonly CompanionChange[]
  readonly needs: readonly string[]
}

/** The companions that an update must change. Where the item may or may not be there, that must be known first. */
export function updateCompanions(
  entity: ResolvedEntity,
  key: StoredItem,
  around: Around,
  unread: boolean,
  now: Date,
): UpdateCompanions {
  const { before, after, changed, mayBeNew } = around
  const all = mayBeNew || (entity.expiresAt !== undefined && changed.has(entity.expiresAt))
  const concerns = (names: readonly string[]) => all || names.some((name) => changed.has(name))
  const unique = entity.unique.filter(({ attributes }) => concerns(attributes))
  const copies = entity.copies.filter(({ attributes }) => concerns(Object.keys(attributes)))
  const affected = { ...entity, unique, copies }
  if (!hasCompanions(affected)) return { changes: [], needs: [] }
  const names = companionContents(affected)
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
  const old = mayBeNew ? [] : companionItemsFound(affected, storedBy(before), now)
  return { changes: companionChanges(old, companionItems(affected, storedBy(after), now)), needs }
}

/** The write of a companion. A claim is refused while another item holds it, a release when another has taken it over. */
export function companionRequest(
  { release, claim }: CompanionChange,
  tableName: string,
): { readonly Put: PutItemInput } | { readonly Delete: DeleteItemInput } {
  const attributes = new ExpressionAttributes()
  const companion = claim ?? release
  if (companion === undefined) throw new TypeError('A change of a companion neither takes it nor gives it up.')
  const { entity, item, key, mark } = companion
  const owners: StoredItem[string][] = []
  for (const { item } of [release, claim].filter((one) => one !== undefined)) {
    const owner = item[mark]
    if (owner !== undefined && !owners.some((other) => sameValue(other, owner))) owners.push(owner)
  }
  const free: Clause[] = [
    clause(`attribute_not_exists(${attributes.name(entity.table.partitionKey.name)})`),
    ...owners.map((owner) => clause(`${attributes.name(mark)} = ${attributes.value(owner, mark)}`)),
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

/** The condition that in a companion's place there is another item's. */
export function othersCheck({ entity, item, key, mark }: CompanionItem, tableName: string): ConditionCheck {
  const attributes = new ExpressionAttributes()
  const owner = item[mark]
  if (owner === undefined) throw new TypeError(`A companion of ${entity.name} does not say whose it is.`)
  const there = `attribute_exists(${attributes.name(entity.table.partitionKey.name)})`
  return {
    TableName: tableName,
    Key: key,
    ConditionExpression: `${there} AND NOT ${attributes.name(mark)} = ${attributes.value(owner, mark)}`,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ...attributes.params(),
  }
}

/** The key of the item that holds what was found in a companion's place, by attribute; undefined when it does not tell. */
export function ownerOf(
  { entity, kind, mark }: CompanionItem,
  found: StoredItem | undefined,
): Record<string, unknown> | undefined {
  const said = found?.[mark]?.M
  const owner = kind === 'guard' ? said?.owner?.M : said
  const values = owner && keyValues(entity, owner)
  return values && withoutContext(entity, values)
}
