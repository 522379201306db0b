// Items that are hidden and kept: out of every index while they are deleted, restored or purged later.
import {
  type AnyEntity,
  type AttributeBuilder,
  type Attributes,
  and,
  ConditionFailedError,
  datetime,
  defineEntity,
  type Entity,
  type EntityWrites,
  expiresAt,
  type IndexTemplates,
  ItemNotFoundError,
  type Key,
  type KeyTemplates,
  literal,
  ModelError,
  type Problem,
  remove,
  TransactionCanceledError,
  type TransactionPattern,
  transaction,
  type UniqueTemplates,
} from '../lib/index.ts'
import type { EntityInput } from '../lib/model/entity.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { type ConnectedModel, patternIn } from './connected.ts'
import { givenInput } from './create-input.ts'
import { countNames, nothingCounted } from './empty-counts.ts'
import { keyNames } from './key-names.ts'

/** What soft deletion adds to an entity. */
type DeletionAttributes = {
  readonly deletedAt: AttributeBuilder<Date, 'optional'>
  readonly purgeAt: AttributeBuilder<Date, 'optional'>
  readonly live: AttributeBuilder<'live', 'optional' | 'default' | 'hidden'>
}
type UnlessDeleted = {
  readonly when: { readonly deletedAt: { readonly exists: false } }
}
type SparseIndexes<I> = { readonly [X in keyof I]: Omit<I[X], 'when'> & UnlessDeleted }

export interface SoftDeleteOptions<N, A, K, I, U> extends EntityInput<A, K, I, U> {
  readonly name: N
  /** What becomes of unique values while an item is deleted: kept for it, or released for others. Needed where there are any. */
  readonly uniqueValues?: 'keep' | 'release'
  /** TTL deletes the item for good so many days after it was deleted. Default: it is kept until it is purged. */
  readonly purgeAfterDays?: number
}

/** What `softDelete` gives. */
export interface SoftDelete<N extends string, A, K, I> {
  readonly entities: { readonly [E in N]: SoftDeleted<E, A, K, I> }
  readonly accessPatterns: {
    readonly [P in `delete${N}` | `restore${N}` | `purge${N}` | `adopt${N}`]: TransactionPattern<
      DeletedKey<SoftDeleted<N, A, K, I>>,
      [undefined]
    >
  }
}
type SoftDeleted<N extends string, A, K, I> = Entity<N, Both<A, DeletionAttributes>, K, SparseIndexes<I>>
type Both<A, B> = { readonly [P in keyof A | keyof B]: P extends keyof B ? B[P] : P extends keyof A ? A[P] : never }
type DeletedKey<E> = E extends AnyEntity ? Key<E> : never

/**
 * An entity whose items can be deleted so that they can be restored.
 *
 * **Problem.** Deleting by mistake happens; gone should still mean gone from every list.
 *
 * **Layout.** The item stays where it is, with `deletedAt`; it has no index keys.
 *
 * | PK | SK | GSI1PK, … | |
 * | --- | --- | --- | --- |
 * | its own | its own | absent while it is deleted | deletedAt, purgeAt (TTL) |
 *
 * **Invariant.** A deleted item is in no declared index and a restored one in all of them again, in the same write. Its unique values are
 * kept for it, or released and claimed again when it is restored, which is refused when another item has them by then. Only the access
 * patterns delete and restore; `put` and upserts are left to transactions, for they would restore by accident.
 *
 * An item on which something is counted (`counter()`, `nodeAttributes()`) is purged only when that is 0.
 *
 * **Mistake.** A filter on `deletedAt`: pages shrink, counts are wrong, and one query forgets it. So read lists through an index. By its
 * primary key, and in queries of the table, a deleted item is found, with its `deletedAt`; and so are its copies (`copyOf`), unless their key
 * has `{live}` in it.
 *
 * Items that were there before their entity could be deleted so stay in their indexes and are deleted and restored like all others. What is
 * released with an item (unique values with `release`, copies whose keys need `live`) they get by `adoptItems`.
 * Source: the guide's chapter on sparse indexes.
 *
 * @example
 * const notes = softDelete({
 *   name: 'Note',
 *   attributes: { owner: string(), noteId: ulid(), slug: string() },
 *   key: { pk: 'OWNER#{owner}', sk: 'NOTE#{noteId}' },
 *   indexes: { GSI1: { pk: 'NOTES#{owner}', sk: '{noteId}' } },
 *   unique: { slug: 'NOTE_SLUG#{slug}' },
 *   uniqueValues: 'release',
 *   purgeAfterDays: 30,
 * })
 * const { Note } = notes.entities // deleteNote, restoreNote, purgeNote and adoptNote are in notes.accessPatterns
 * @throws {ModelError} when an index cannot be sparse, or nothing says what becomes of unique values
 */
export function softDelete<
  const N extends string,
  const A extends Attributes,
  const K extends KeyTemplates,
  const I extends { readonly [index: string]: IndexTemplates } = Record<never, never>,
  const U extends UniqueTemplates = Record<never, never>,
>(options: SoftDeleteOptions<N, A, K, I, U>): SoftDelete<N, A, K, I> {
  const { name, uniqueValues, purgeAfterDays, ...given } = options
  const { attributes, unique, ...rest } = given as unknown as AnyInput
  checkOptions(options as unknown as SoftDeleteOptions<string, Attributes, KeyTemplates, IndexMap, UniqueTemplates>)
  const releases = uniqueValues === 'release'
  const entity: AnyEntity = defineEntity<string, Attributes, KeyTemplates, IndexMap, UniqueTemplates>(name, {
    ...rest,
    attributes: { ...attributes, ...deletionAttributes(purgeAfterDays) },
    indexes: mapped(rest.indexes ?? {}, (templates) => ({ ...templates, when: { deletedAt: { exists: false } } })),
    // Without the attribute there is no guard, so that a value is released with it.
    ...(unique !== undefined && { unique: mapped(unique, (template) => (releases ? `${template}#{live}` : template)) }),
    onlyInTransactions: [...new Set([...(rest.onlyInTransactions ?? []), ...(['put', 'delete'] as const)])],
    writtenBy: 'softDelete',
  })
  const patterns = { ...deletionPatterns(name, entity, purgeAfterDays) }
  // The types are those of the options.
  return Object.freeze({ entities: Object.freeze({ [name]: entity }), accessPatterns: Object.freeze(patterns) }) as never
}

type IndexMap = Readonly<Record<string, IndexTemplates>>
type AnyInput = EntityInput<Attributes, KeyTemplates, IndexMap, UniqueTemplates>
const day = 86_400_000

function deletionAttributes(purgeAfterDays: number | undefined): Attributes {
  return {
    deletedAt: datetime().optional().onlyInTransactions().describe('Since when it is deleted; absent while it is not'),
    ...(purgeAfterDays !== undefined && {
      purgeAt: expiresAt().optional().onlyInTransactions().describe('When it is deleted for good'),
    }),
    live: literal('live').optional().default('live').hidden().onlyInTransactions(),
  }
}

function mapped<V, W>(parts: Readonly<Record<string, V>>, change: (part: V) => W): Readonly<Record<string, W>> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, change(part)]))
}

/** The transitions. Each is refused when the item is not in the state that it leads out of. */
function deletionPatterns(name: string, entity: AnyEntity, purgeAfterDays: number | undefined) {
  const key = givenInput(entity, keyNames(entity))
  const purges = purgeAfterDays !== undefined
  const pattern = (text: string, write: (writes: EntityWrites<AnyEntity>, key: object, at: Date) => unknown) =>
    transaction<Record<string, AnyEntity>, Attributes, never[]>(
      { entity },
      { ...key, now: datetime().default('now') },
      (input, writes) => {
        const { now, ...itemKey } = input
        return (writes.entity === undefined ? [] : [write(writes.entity, itemKey, now as Date)]) as never[]
      },
    ).describe(text)
  return {
    [`delete${name}`]: pattern('Hides an item, which can be restored', (writes, itemKey, now) =>
      writes.update(
        itemKey,
        { deletedAt: now, live: remove(), ...(purges && { purgeAt: new Date(now.getTime() + purgeAfterDays * day) }) },
        { if: { deletedAt: { exists: false } } },
      ),
    ),
    [`restore${name}`]: pattern('Brings a deleted item back', (writes, itemKey, now) =>
      writes.update(
        itemKey,
        { deletedAt: remove(), live: 'live', ...(purges && { purgeAt: remove() }) },
        { if: and({ deletedAt: { exists: true }, ...(purges && { purgeAt: { gt: now } }) }) },
      ),
    ),
    [`purge${name}`]: pattern('Deletes a deleted item for good', (writes, itemKey) =>
      writes.delete(itemKey, { if: and({ deletedAt: { exists: true } }, ...nothingCounted(entity.attributes)) }),
    ),
    [`adopt${name}`]: pattern('Gives an item that is older than its soft deletion what new ones have', (writes, itemKey) =>
      writes.update(itemKey, { live: 'live' }, { if: and({ live: { exists: false }, deletedAt: { exists: false } }) }),
    ),
  }
}

/**
 * Gives items that were there before their entity could be deleted softly what those have that were created since: the guards of unique
 * values that are released with an item, and copies whose keys need `live`. Answers how many got it. Items that have it, are deleted or are
 * gone are left alone, so it can be done again, and while others write.
 *
 * @param items all of them, as a query or a `scan` gives them
 * @throws TransactionCanceledError when another item has a unique value of one of them
 * @example await adoptItems(notes, shop, shop.patterns.everyNote({}))
 */
export async function adoptItems(
  softDeleted: { readonly entities: Readonly<Record<string, AnyEntity>> },
  connected: ConnectedModel,
  items: AsyncIterable<object>,
): Promise<number> {
  const [entity] = Object.values(softDeleted.entities)
  if (entity === undefined) throw new TypeError('Give what softDelete() gave.')
  let adopted = 0
  for await (const item of items) {
    const key = Object.fromEntries(keyNames(entity).map((name) => [name, (item as Readonly<Record<string, unknown>>)[name]]))
    try {
      await patternIn(connected, `adopt${entity.name}`)(key)
      adopted++
    } catch (error) {
      if (!isLeftAlone(error)) throw error
    }
  }
  return adopted
}

function isLeftAlone(error: unknown): boolean {
  const reason = error instanceof TransactionCanceledError ? error.reasons[0]?.error : undefined
  return reason instanceof ConditionFailedError || reason instanceof ItemNotFoundError
}

function checkOptions(options: SoftDeleteOptions<string, Attributes, KeyTemplates, IndexMap, UniqueTemplates>): void {
  const { name, attributes, indexes = {}, unique = {}, uniqueValues, purgeAfterDays } = options
  const problems: Problem[] = []
  const report = (place: string, message: string, hint: string) =>
    problems.push({ code: 'bad-soft-delete', place: `${name}.${place}`, message, hint })
  for (const own of ['deletedAt', 'purgeAt', 'live'])
    if (own in attributes) report(`attributes.${own}`, 'soft deletion has an attribute of this name.', 'Use another name.')
  for (const [index, templates] of Object.entries(indexes) as [string, object][]) {
    if ('inverted' in templates)
      report(`indexes.${index}`, 'a deleted item would stay in it.', 'Use an index with keys of its own.')
    if ('when' in templates) report(`indexes.${index}.when`, 'it is what soft deletion sets.', 'Leave it out.')
  }
  if (Object.keys(unique).length > 0 && uniqueValues === undefined)
    report('uniqueValues', 'nothing says whether a deleted item keeps its unique values.', "Set 'keep' or 'release'.")
  if (purgeAfterDays !== undefined && !(Number.isFinite(purgeAfterDays) && purgeAfterDays > 0))
    report('purgeAfterDays', `${purgeAfterDays} is no number of days.`, 'Give a positive one.')
  if (Object.values(attributeDefinitions(attributes)).some(({ type }) => type === 'expiresAt') && purgeAfterDays !== undefined)
    report('purgeAfterDays', 'the entity expires by itself already.', 'Leave one of the two out.')
  if (purgeAfterDays !== undefined && countNames(attributes).length > 0)
    report(
      'purgeAfterDays',
      'what is counted on an item would be left when it goes by itself.',
      'Leave it out, and purge by the pattern.',
    )
  if (problems.length > 0) throw new ModelError(Object.freeze(problems))
}
