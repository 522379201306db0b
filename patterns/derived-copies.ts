// Copies of one item's values in many others, of any number: made true when they are written, and brought up to date from a stream.
import {
  type AnyEntity,
  type Attribute,
  type Attributes,
  type CreateInput,
  type EntityWrites,
  type Item,
  ModelError,
  number,
  or,
  type Problem,
  remove,
  type TransactionPattern,
  transaction,
} from '../lib/index.ts'
import type { KeyNames } from '../lib/model/entity.ts'
import type { AttributeDefinition, OutputOf } from '../lib/schema/attribute.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { createInput, generatedTypes, givenInput, inputAttribute } from './create-input.ts'
import { keyNames } from './key-names.ts'

/** For `onlyInTransactions` of an entity that has copies of another's values. */
export const copied = Object.freeze(['create', 'put', 'move'] as const)

type Names<E extends AnyEntity> = keyof E['attributes'] & string
/** The attributes of an entity whose values are of a type. */
type NamesOf<E extends AnyEntity, V> = { [N in Names<E>]: OutputOf<E['attributes'][N]> extends V ? N : never }[Names<E>]

export interface DerivedCopiesOptions<S extends AnyEntity, T extends AnyEntity, Create, Refresh> {
  /** Whose values are copied. It has a `version()`. */
  readonly source: S
  /** Which items have copies of them: `onlyInTransactions: copied`. */
  readonly target: T
  /** Which attribute of the target holds each attribute of the source's key: part of the target's key, or `readOnly()`. */
  readonly key: { readonly [N in KeyNames<S>]: Names<T> }
  /** The attributes of the target that are copies, each with the source's attribute. They are `.onlyInTransactions()`, and take what that takes. */
  readonly values: { readonly [N in Names<T>]?: NamesOf<S, OutputOf<T['attributes'][N]>> }
  /** The attribute of the target that holds the version of the source that was copied: `number().onlyInTransactions()`. */
  readonly version: NamesOf<T, number>
  /** The names of the access patterns that create a target and refresh its copies. */
  readonly create: Create
  readonly refresh: Refresh
}

/** What `derivedCopies` gives: parts of a model, and what `fanOut` needs. */
export interface DerivedCopies<S extends AnyEntity, T extends AnyEntity, Create extends string, Refresh extends string> {
  readonly source: S
  readonly target: T
  readonly values: Readonly<Record<string, string>>
  readonly version: string
  readonly refresh: Refresh
  /**
   * The condition on the source alone, to be part of a transaction of yours that creates the target: one with copies of several sources, or
   * one that is counted. Takes what the create takes, and refuses copies that the source does not have.
   */
  readonly check: TransactionPattern<CreateInput<T>, [undefined]>
  readonly accessPatterns: { readonly [P in Create]: TransactionPattern<CreateInput<T>, [Item<T>, undefined]> } & {
    readonly [P in Refresh]: TransactionPattern<Readonly<Record<string, unknown>>, [undefined]>
  }
}

/**
 * Copies of an item's values in many items that others write, such as an author's name in each of a thousand posts.
 *
 * **Problem.** A list of posts with the names of their authors, without a read for each.
 *
 * **Layout.** No item of its own: attributes of the target, with the version of the source that they are from.
 *
 * | | PK | SK | |
 * | --- | --- | --- | --- |
 * | source | its own | its own | name, version() |
 * | target | its own | its own | authorId, authorName, authorVersion |
 *
 * **Invariant.** A copy is what the source was at the version beside it or later, and that version only rises: a target is created on condition
 * that the source has the values that it brings and at least that version, and refreshed only by a higher one. Once every change of the source
 * has been fanned out, every copy is what the source is.
 *
 * **Mistake.** Updating copies in the order in which events come: an old one overwrites a new one. A target made with a name that was read
 * before it changed, which nobody corrects.
 *
 * A target with copies of several sources, or one that `aggregateCounter` counts, is created by a transaction of yours, which has the `check` of
 * each source as a part (`docs/patterns.md` has an example); leave the patterns that create it otherwise out of the model then.
 * A source that was deleted is not created again under its key while it has targets: its version would begin anew, below that of its copies,
 * which then stay as they are.
 * Copies in few items whose keys follow from the source (a profile by its handle) are `copyOf`, which moves them in the same transaction.
 * Source: common practice; the guide's chapter on adjacency lists and materialised graphs.
 *
 * @example
 * const authors = derivedCopies({
 *   source: User,
 *   target: Post,
 *   key: { userId: 'authorId' },
 *   values: { authorName: 'name' },
 *   version: 'authorVersion',
 *   create: 'writePost',
 *   refresh: 'refreshPost',
 * })
 * await fanOut(authors, blog, changes(model, event.Records), ({ userId }) => blog.patterns.postsOf({ authorId: userId }))
 * @throws {ModelError} when something else could write the copies
 */
export function derivedCopies<
  S extends AnyEntity,
  T extends AnyEntity,
  const Create extends string,
  const Refresh extends string,
>(options: DerivedCopiesOptions<S, T, Create, Refresh>): DerivedCopies<S, T, Create, Refresh> {
  const { source, target, version, create, refresh } = options
  const key: Readonly<Record<string, string>> = options.key
  const values = options.values as Readonly<Record<string, string>>
  checkOptions(source, target, key, values, version)
  const definitions = attributeDefinitions(target.attributes)
  const copies = givenInput(target, Object.keys(values), { optional: true })
  const entities: { source: AnyEntity; target: AnyEntity } = { source, target }
  const currentVersion = versionOf(source) ?? ''
  const sourceCheck = (input: Values, writes: EntityWrites<AnyEntity>) => {
    const sourceKey = Object.fromEntries(Object.entries(key).map(([name, from]) => [name, input[from]]))
    const same = Object.entries(values).map(([copy, name]) => [name, isOrIsAbsent(input[copy])])
    // Writes of other attributes raise the version, and leave what is copied as it was.
    return writes.conditionCheck(sourceKey, { [currentVersion]: { gte: input[version] }, ...Object.fromEntries(same) })
  }
  const made = transaction<typeof entities, Attributes, never[]>(
    entities,
    { ...createInput(target), ...copies, [version]: number() },
    (input, writes) => [writes.target.create(input), sourceCheck(input, writes.source)] as never[],
  ).describe(`Writes a ${target.name} with what the ${source.name} is now`)
  const check = transaction<{ source: AnyEntity }, Attributes, never[]>(
    { source },
    { ...anyOf(definitions), [version]: number() },
    (input, writes) => [sourceCheck(input, writes.source)] as never[],
  ).describe(`Holds while the ${source.name} is what the copies say`)
  const refreshed = transaction<{ target: AnyEntity }, Attributes, never[]>(
    { target },
    { ...givenInput(target, keyNames(target)), ...copies, [version]: number() },
    (input, { target: writes }) => [refreshOf(writes, target, Object.keys(values), version, input)] as never[],
  ).describe(`Brings the copies in a ${target.name} up to date, unless they are newer`)
  const accessPatterns = Object.freeze({ [create]: made, [refresh]: refreshed })
  // The types are those of the options.
  return Object.freeze({ source, target, values, version, refresh, check, accessPatterns }) as never
}

type Values = Readonly<Record<string, unknown>>

/** The condition that an attribute has a value as a whole: a map by itself would ask for what is in it, and an empty set is stored as absent. */
function isOrIsAbsent(value: unknown): object {
  const absent = value === undefined || (value instanceof Set && value.size === 0)
  return absent ? { exists: false } : { eq: value }
}

/** All that the creation of an item may be given, with nothing made for what is left out. */
function anyOf(definitions: Readonly<Record<string, AttributeDefinition>>): Attributes {
  const given = Object.entries(definitions).map(([name, definition]): [string, Attribute] => {
    const optional = definition.optional || definition.default !== undefined
    return [name, inputAttribute(definition, { default: undefined as never, optional })]
  })
  return Object.fromEntries(given.filter(([, { definition }]) => !generatedTypes.has(definition.type)))
}

function refreshOf(
  writes: EntityWrites<AnyEntity>,
  target: AnyEntity,
  copies: readonly string[],
  version: string,
  input: Values,
) {
  const itemKey = Object.fromEntries(keyNames(target).map((name) => [name, input[name]]))
  const changed = Object.fromEntries(copies.map((name) => [name, input[name] ?? remove()]))
  return writes.update(
    itemKey,
    { ...changed, [version]: input[version] },
    // Targets that are older than their copies have no version yet.
    { if: or({ [version]: { exists: false } }, { [version]: { lt: input[version] } }) },
  )
}

/** The name of its `version()`. */
export function versionOf(entity: AnyEntity): string | undefined {
  const found = Object.entries(attributeDefinitions(entity.attributes)).find(([, { type }]) => type === 'version')
  return found?.[0]
}

function checkOptions(
  source: AnyEntity,
  target: AnyEntity,
  key: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
  version: string,
): void {
  const problems: Problem[] = []
  const report = (place: string, message: string, hint: string) => problems.push({ code: 'bad-copies', place, message, hint })
  const [originals, definitions] = [attributeDefinitions(source.attributes), attributeDefinitions(target.attributes)]
  const place = (name: string) => `${target.name}.attributes.${name}`
  if (versionOf(source) === undefined)
    report(source.name, 'it has no version to tell old values from new ones.', 'Give it a version().')
  if (!copied.every((kind) => target.onlyInTransactions?.includes(kind)))
    report(`${target.name}.onlyInTransactions`, 'other writes could bring old copies.', 'Set it to copied.')
  // A softly deleted item is created by whoever creates it.
  if (target.writtenBy !== undefined && target.writtenBy !== 'softDelete')
    report(target.name, `${target.writtenBy} creates it, without the copies.`, 'Copy into an entity of your own.')
  for (const name of [version, ...Object.keys(values)]) {
    if (definitions[name]?.onlyInTransactions !== true)
      report(place(name), 'other writes could change the copy.', 'Declare it .onlyInTransactions().')
    if (definitions[name]?.default !== undefined)
      report(place(name), 'its default would stand where the source has nothing.', 'Leave the default out.')
  }
  for (const [copy, name] of Object.entries(values)) {
    const from = originals[name]
    if (from === undefined)
      report(`${source.name}.attributes.${name}`, 'there is nothing to copy.', 'Declare it, or leave the copy out.')
    else if (from.hidden)
      report(`${source.name}.attributes.${name}`, 'neither streams nor reads bring what is hidden.', 'Show it.')
    else if (from.optional && definitions[copy]?.optional === false)
      report(place(copy), `${source.name}.${name} may be absent, of which there is no copy.`, 'Declare it .optional().')
    else if (isTighter(definitions[copy], from))
      report(place(copy), `it refuses values that ${source.name}.${name} takes.`, 'Give it the same bounds, or none.')
  }
  for (const name of Object.values(key))
    if (!keyNames(target).includes(name) && definitions[name]?.readOnly !== true)
      report(place(name), 'an update could make it a copy of another item.', 'Declare it as readOnly().')
  if (problems.length > 0) throw new ModelError(Object.freeze(problems))
}

/** Whether bounds of one attribute refuse what the other takes. */
function isTighter(copy: AttributeDefinition | undefined, from: AttributeDefinition): boolean {
  if (copy === undefined || copy.type !== from.type) return false
  const over = copy.max !== undefined && (from.max === undefined || Number(copy.max) < Number(from.max))
  const under = copy.min !== undefined && (from.min === undefined || Number(copy.min) > Number(from.min))
  const other = copy.pattern !== undefined && String(copy.pattern) !== String(from.pattern)
  const missing = copy.values !== undefined && from.values?.every((value) => copy.values?.includes(value)) !== true
  return over || under || other || missing || (copy.integer === true && from.integer !== true)
}
