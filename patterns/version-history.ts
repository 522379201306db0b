// Every version of a record beside its current one.
import {
  type AnyEntity,
  type Attribute,
  type AttributeBuilder,
  type Attributes,
  and,
  type CreateInput,
  datetime,
  defineEntity,
  type Entity,
  type IndexTemplates,
  type Item,
  type KeyTemplates,
  ModelError,
  number,
  type Problem,
  type QueryPattern,
  query,
  type TransactionPattern,
  transaction,
  type WriteOperation,
} from '../lib/index.ts'
import type { CheckedKey, Placeholders } from '../lib/model/entity.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { createInput } from './create-input.ts'

type VersionAttributes = {
  readonly number: AttributeBuilder<number>
  readonly savedAt: AttributeBuilder<Date, 'default'>
}
type CurrentAttributes = { readonly latest: AttributeBuilder<number>; readonly savedAt: AttributeBuilder<Date, 'default'> }
type SaveAttributes = { readonly base: AttributeBuilder<number>; readonly savedAt: AttributeBuilder<Date, 'default'> }
type Both<A, B> = { readonly [P in keyof A | keyof B]: P extends keyof B ? B[P] : P extends keyof A ? A[P] : never }

export interface VersionHistoryOptions<N, A, P, I> {
  /** The name of the entity of current records; that of the versions is made of it: `DocumentVersion`. */
  readonly name: N
  /** What a record and each of its versions hold, the identifier included. */
  readonly attributes: A
  /** The template of the partition key, which says whose versions they are: `'DOCUMENT#{documentId}'`. */
  readonly partitionKey: P
  /** The indexes that current records are in. Versions are in none. */
  readonly indexes?: I
}

type CurrentEntity<N extends string, A, P extends string, I> = Entity<
  N,
  Both<A, CurrentAttributes>,
  { readonly pk: P; readonly sk: 'v0' },
  I
>
type VersionEntity<N extends string, A, P extends string> = Entity<
  N,
  Both<A, VersionAttributes>,
  { readonly pk: P; readonly sk: 'v{number}' },
  Record<never, never>
>
type AsEntity<E> = E extends AnyEntity ? E : never
type SavePattern<N extends string, A, P extends string, I> = TransactionPattern<
  SaveInput<Both<A, SaveAttributes>>,
  [Item<AsEntity<CurrentEntity<N, A, P, I>>>, Item<AsEntity<VersionEntity<`${N}Version`, A, P>>>]
>
type SaveInput<A> = CreateInput<AsEntity<Entity<string, A, KeyTemplates>>>

/** What `versionHistory` gives. */
export interface VersionHistory<N extends string, A, P extends string, I> {
  readonly entities: { readonly [E in N]: CurrentEntity<E, A, P, I> } & {
    readonly [E in `${N}Version`]: VersionEntity<E, A, P>
  }
  readonly accessPatterns: { readonly [Q in `save${N}`]: SavePattern<N, A, P, I> } & {
    readonly [Q in `versionsOf${N}`]: QueryPattern<
      AsEntity<VersionEntity<`${N}Version`, A, P>>,
      undefined,
      Item<AsEntity<VersionEntity<`${N}Version`, A, P>>>
    >
  }
}

/**
 * A record with its history: the current version under a fixed key, and every version beside it.
 *
 * **Problem.** Who changed what and when, or what did it say in May; and the current version is still one get.
 *
 * **Layout.** One partition for each record.
 *
 * | | PK | SK | |
 * | --- | --- | --- | --- |
 * | Document | `DOCUMENT#{documentId}` | `v0` | latest, savedAt, the attributes |
 * | DocumentVersion | `DOCUMENT#{documentId}` | `v{number}`: `v00001` … | savedAt, the attributes |
 *
 * **Invariant.** v0 is what the highest version is, `latest` its number, and there is every version from 1 to it. A save writes both in one
 * transaction, on condition that `latest` is the `base` that the caller has read (0 for a new record), so that nobody's save is lost.
 * Nothing else writes either.
 *
 * **Mistake.** A history row written beside the update, which is missing when one fails; numbers that are not padded, so that 10 comes
 * before 9.
 *
 * A record has up to 99,999 versions. Each costs what the record costs: keep large content apart.
 * Source: the guide's chapter on sort keys (version control).
 *
 * @example
 * const documents = versionHistory({
 *   name: 'Document',
 *   attributes: { documentId: string(), text: string() },
 *   partitionKey: 'DOCUMENT#{documentId}',
 * })
 * const [document] = await wiki.patterns.saveDocument({ documentId, text: 'First', base: 0 })
 * await wiki.patterns.saveDocument({ documentId, text: 'Second', base: document.latest })
 * await wiki.patterns.versionsOfDocument({ documentId }) // newest first
 * @throws {ModelError} for attributes that a version cannot have
 */
export function versionHistory<
  const N extends string,
  const A extends Attributes,
  const P extends string,
  const I extends { readonly [index: string]: IndexTemplates } = Record<never, never>,
>({
  name,
  attributes,
  partitionKey,
  indexes,
}: VersionHistoryOptions<N, A, CheckedPartition<A, P>, I>): VersionHistory<N, A, P, I> {
  checkAttributes(name, attributes)
  type Templates = { readonly [index: string]: IndexTemplates }
  const pk: string = partitionKey
  const own = { savedAt: datetime().default('now').describe('When this version was saved') }
  const latest = number({ min: 1, max: maxVersions, integer: true }).describe('The number of the current version')
  const current = defineEntity<string, Attributes, KeyTemplates, Templates>(name, {
    description: 'The current version of a record.',
    attributes: { ...attributes, ...own, latest },
    key: { pk, sk: 'v0' },
    indexes: { ...indexes },
    onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
    writtenBy: 'versionHistory',
  })
  const version = defineEntity<string, Attributes, KeyTemplates>(`${name}Version`, {
    description: `One version of a ${name}, as it was saved.`,
    attributes: { ...attributes, ...own, number: number({ min: 1, max: maxVersions, integer: true }) },
    key: { pk, sk: 'v{number}' },
    onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
    writtenBy: 'versionHistory',
  })
  const base: Attribute = number({ min: 0, max: maxVersions - 1, integer: true }).describe('The version read; 0 for a new record')
  const { latest: _, ...input } = createInput(current)
  const save = transaction<{ current: AnyEntity; version: AnyEntity }, Attributes, WriteOperation<unknown>[]>(
    { current, version },
    { ...input, base },
    ({ base: read, ...content }, writes) => {
      const next = Number(read) + 1
      const item = { ...content, latest: next }
      return [
        read === 0 ? writes.current.create(item) : writes.current.put(item, { if: and({ latest: Number(read) }) }),
        writes.version.create({ ...content, number: next }),
      ]
    },
  ).describe('Saves a new version on top of the one that was read')
  const versions = query(version).descending().describe('All versions, newest first')
  // The types are those of the options.
  return Object.freeze({
    entities: Object.freeze({ [name]: current, [`${name}Version`]: version }),
    accessPatterns: Object.freeze({ [`save${name}`]: save, [`versionsOf${name}`]: versions }),
  }) as never
}

/** Five digits in the key. */
const maxVersions = 99_999

type CheckedPartition<A, P extends string> = Placeholders<P> extends keyof A ? P : CheckedKey<keyof A, { readonly pk: P }>['pk']

function checkAttributes(name: string, attributes: Attributes): void {
  const problems: Problem[] = []
  const report = (attribute: string, message: string, hint: string) =>
    problems.push({ code: 'bad-version', place: `${name}.attributes.${attribute}`, message, hint })
  for (const [attribute, { type, onlyInTransactions }] of Object.entries(attributeDefinitions(attributes))) {
    if (['latest', 'number', 'base', 'savedAt'].includes(attribute))
      report(attribute, 'a version has an attribute of this name.', 'Use another name.')
    if (onlyInTransactions === true)
      report(attribute, 'a save, which replaces the record, would set it back.', 'Keep it on an item beside the record.')
    if (['version', 'createdAt', 'updatedAt', 'expiresAt'].includes(type))
      report(attribute, `${type}() is not the same in a record and in its version.`, 'Leave it out: savedAt and number say it.')
  }
  if (problems.length > 0) throw new ModelError(Object.freeze(problems))
}
