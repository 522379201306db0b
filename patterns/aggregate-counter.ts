// Counts and sums on parents, written in one transaction with the creation and deletion of what they count.
import {
  type AnyEntity,
  type Attribute,
  type AttributeBuilder,
  type AttributeDefinition,
  type Attributes,
  add,
  and,
  type Condition,
  type CreateInput,
  type EntityWrites,
  type Item,
  type Key,
  ModelError,
  number,
  type Problem,
  type TransactionPattern,
  transaction,
  type WriteKind,
  type WriteOperation,
  type Writes,
} from '../lib/index.ts'
import { addDecimals } from '../lib/keys/decimal.ts'
import type { KeyNames } from '../lib/model/entity.ts'
import type { OutputOf } from '../lib/schema/attribute.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { identity } from './contributions.ts'
import { createInput, inputAttribute } from './create-input.ts'
import { keyNames } from './key-names.ts'
import { refusePattern } from './pattern-problem.ts'

/** For `onlyInTransactions`: of an entity whose items are counted, and of one whose items have counts. */
export const counted = Object.freeze({
  child: Object.freeze(['create', 'put', 'delete', 'move'] as const),
  parent: Object.freeze(['put', 'delete', 'move'] as const),
})

/** An attribute that holds a count: from 0, up to the maximum if there is one, written by transaction patterns alone. */
export function counter(options: { readonly max?: number } = {}): AttributeBuilder<number, 'default'> {
  return number({ min: 0, integer: true, ...options })
    .default(0)
    .onlyInTransactions()
}

/** What a child counts for on one parent. At least one of `count` and `sum`. */
export interface Counter {
  readonly parent: AnyEntity
  /** Which attribute of the child holds each attribute of the parent's key. Default: those of the same names. */
  readonly key?: Readonly<Record<string, string>>
  /** The attribute of the parent that holds the number of children. */
  readonly count?: string
  /** Attributes of the parent, and of which attribute of its children they are the sum. */
  readonly sum?: Readonly<Record<string, string>>
}

type NumberNames<A> = { [N in keyof A]: OutputOf<A[N]> extends number ? N : never }[keyof A]
type CounterOn<C extends AnyEntity, P> = P extends AnyEntity
  ? {
      readonly parent: P
      readonly count?: NumberNames<P['attributes']>
      readonly sum?: { readonly [N in NumberNames<P['attributes']>]?: NumberNames<C['attributes']> }
    } & (KeyNames<P> extends keyof C['attributes'] ? { readonly key?: KeyMap<C, P> } : { readonly key: KeyMap<C, P> })
  : never
type KeyMap<C extends AnyEntity, P extends AnyEntity> = { readonly [N in KeyNames<P>]: keyof C['attributes'] }
type CheckedCounters<C extends AnyEntity, Cs extends readonly Counter[]> = {
  readonly [I in keyof Cs]: CounterOn<C, Cs[I]['parent']>
}

/** The attributes of a child that its deletion must know. */
type DeletedNames<C extends AnyEntity, Cs extends readonly Counter[]> = KeyNames<C> | NamesIn<Cs[number]>
type NamesIn<X> = X extends Counter
  ?
      | (X extends { readonly key: infer K } ? K[keyof K] : KeyNames<X['parent']>)
      | (X extends { readonly sum: infer S } ? S[keyof S] : never)
  : never
type DeleteInput<C extends AnyEntity, Cs extends readonly Counter[]> = Pick<Item<C>, DeletedNames<C, Cs> & keyof Item<C>>

export interface AggregateCounterOptions<C extends AnyEntity, Cs, Create, Delete> {
  /** What is counted: `onlyInTransactions: counted.child`. */
  readonly child: C
  readonly counters: Cs
  /** The names of the access patterns. */
  readonly create: Create
  readonly delete: Delete
  /** What must hold of a child for it to be deleted, besides being there: `{ replies: 0 }` where it has children of its own. */
  readonly deleteIf?: Condition<Item<C>>
}

/**
 * Counts and sums kept on parents: the two access patterns that create and delete a child, and with it change its parents.
 *
 * **Problem.** How many photos has the album, without reading them.
 *
 * **Layout.** No item of its own: number attributes on the parent.
 *
 * | | PK | SK | |
 * | --- | --- | --- | --- |
 * | parent | its own | its own | `photos: counter({ max: 500 })` |
 * | child | its own | its own | holds the key of its parent |
 *
 * **Invariant.** The count is the number of children that there are, the sum their sum. A child is created (it must not exist) and counted
 * in one transaction, deleted (it must exist) and subtracted in one; a parent must exist, and a count with a `max` does not pass it. No
 * other write can create, delete, replace or move children, or change what counts: what is summed, and what names the parent, is part of
 * the child's key or `readOnly()`.
 *
 * **Mistake.** `add(1)` beside the write of the child: they part when one fails, and count twice when it is done again.
 *
 * Where a child lacks an attribute of a parent's key (an optional one), it does not count there. An entity may be the child of several,
 * also of its own. Every write of a child writes its parents: past some hundred a second on one parent use `shardedCounter` or
 * `streamAggregate`. A parent is deleted with `deleteWhenEmpty`. Neither may expire.
 * Source: the guide's chapter on transactions.
 *
 * @example
 * const photos = aggregateCounter({
 *   child: Photo,
 *   counters: [{ parent: Album, count: 'photos', sum: { bytes: 'size' } }],
 *   create: 'addPhoto',
 *   delete: 'deletePhoto',
 * })
 * const model = defineModel({ table, entities: { Album, Photo }, accessPatterns: { ...photos.accessPatterns } })
 * @throws {ModelError} when the entities' definitions leave a way around it
 */
export function aggregateCounter<
  const C extends AnyEntity,
  const Cs extends readonly Counter[],
  const Create extends string,
  const Delete extends string,
>(
  options: AggregateCounterOptions<C, Cs & CheckedCounters<C, Cs>, Create, Delete>,
): {
  readonly accessPatterns: { readonly [N in Create]: TransactionPattern<CreateInput<C>, [Item<C>, ...undefined[]]> } & {
    readonly [N in Delete]: TransactionPattern<DeleteInput<C, Cs>, undefined[]>
  }
} {
  const { child } = options
  const counters = options.counters.map(readCounter)
  checkCounters(child, counters)
  const definitions = attributeDefinitions(child.attributes)
  const names = deletedNames(child, counters)
  const known = names.map((name): [string, Attribute] => [name, inputAttribute(definitionOf(definitions, name), given)])
  // Parents are told apart by their place: a child may be its own parent.
  const parents = counters.map(({ parent }, at): [string, AnyEntity] => [`parent${at}`, parent])
  const entities: Record<string, AnyEntity> = { child, ...Object.fromEntries(parents) }
  const updates = (input: Values, writes: Writes<typeof entities>, sign: 1 | -1) => parentUpdates(counters, input, writes, sign)
  const create = transaction(entities, createInput(child), (input, writes) => [
    ...createOf(writes.child, input),
    ...updates(input, writes, 1),
  ])
  const remove = transaction(entities, Object.fromEntries(known), (input, writes) => [
    ...deleteOf(writes.child, child, names, input, options.deleteIf),
    ...updates(input, writes, -1),
  ])
  // The types are those of the options, which were read at run time.
  return Object.freeze({ accessPatterns: Object.freeze({ [options.create]: create, [options.delete]: remove }) }) as never
}

/**
 * The access pattern that deletes a parent of which nothing is counted any more.
 *
 * @example deleteAlbum: deleteWhenEmpty(Album, 'photos')
 */
export function deleteWhenEmpty<E extends AnyEntity>(
  parent: E,
  ...counts: readonly [NumberNames<E['attributes']> & string, ...(NumberNames<E['attributes']> & string)[]]
): TransactionPattern<Key<E>, [undefined]> {
  if (counts.length === 0)
    refusePattern('bad-counter', parent.name, 'nothing says when it is empty.', 'Name the counts that are then 0.')
  const definitions = attributeDefinitions(parent.attributes)
  const key = keyNames(parent).map((name): [string, Attribute] => [name, inputAttribute(definitionOf(definitions, name), given)])
  const empty = Object.fromEntries(counts.map((name) => [name, 0]))
  const pattern = transaction<Record<string, AnyEntity>, Attributes, WriteOperation<unknown>[]>(
    { parent },
    Object.fromEntries(key),
    (input, { parent: writes }) => (writes === undefined ? [] : [writes.delete(input, { if: empty })]),
  )
  return pattern as never
}

type Values = Readonly<Record<string, unknown>>
type AnyWrites = EntityWrites<AnyEntity> | undefined
/** A key is given, not made. */
const given = { default: undefined } as unknown as Partial<AttributeDefinition>

interface ReadCounter {
  readonly parent: AnyEntity
  readonly key: Readonly<Record<string, string>>
  readonly count: string | undefined
  readonly sum: Readonly<Record<string, string>>
}

function readCounter({ parent, key, count, sum = {} }: Counter): ReadCounter {
  return { parent, key: key ?? Object.fromEntries(keyNames(parent).map((name) => [name, name])), count, sum }
}

function deletedNames(child: AnyEntity, counters: readonly ReadCounter[]): string[] {
  return [...new Set([...keyNames(child), ...counters.flatMap(({ key, sum }) => [...Object.values(key), ...Object.values(sum)])])]
}

function definitionOf(definitions: Readonly<Record<string, AttributeDefinition>>, name: string): AttributeDefinition {
  const definition = definitions[name]
  if (definition === undefined) throw new TypeError(`There is no attribute ${name}.`)
  return definition
}

const createOf = (writes: AnyWrites, input: Values) => (writes === undefined ? [] : [writes.create(input)])

/** The deletion of a child that is there, with what it counted for. */
function deleteOf(writes: AnyWrites, child: AnyEntity, names: readonly string[], input: Values, condition: object = {}) {
  const key = Object.fromEntries(keyNames(child).map((name) => [name, input[name]]))
  const known = Object.fromEntries(names.map((name) => [name, input[name] ?? { exists: false }]))
  return writes === undefined ? [] : [writes.delete(key, { if: and(known, condition) })]
}

/** One change of each parent that the child names, also when it names one twice: a transaction writes an item once. */
function parentUpdates(
  counters: readonly ReadCounter[],
  input: Values,
  writes: Readonly<Record<string, AnyWrites>>,
  sign: 1 | -1,
): WriteOperation<unknown>[] {
  const updates = new Map<string, { readonly at: number; readonly key: Values; readonly add: Map<string, string> }>()
  for (const [at, { parent, key, count, sum }] of counters.entries()) {
    const parentKey = Object.fromEntries(Object.entries(key).map(([name, from]) => [name, input[from]]))
    if (Object.values(parentKey).includes(undefined)) continue
    const place = `${parent.name} ${identity(parentKey)}`
    const update = updates.get(place) ?? { at, key: parentKey, add: new Map<string, string>() }
    updates.set(place, update)
    const amounts = Object.entries(sum).map(([name, from]): [string, number] => [name, sign * Number(input[from] ?? 0)])
    if (count !== undefined) amounts.push([count, sign])
    for (const [name, amount] of amounts) update.add.set(name, addDecimals(update.add.get(name) ?? '0', String(amount)))
  }
  return [...updates.values()].flatMap(({ at, key, add: amounts }) => {
    const changes = Object.fromEntries([...amounts].map(([name, amount]) => [name, add(Number(amount))]))
    return writes[`parent${at}`]?.update(key, changes) ?? []
  })
}

function checkCounters(child: AnyEntity, counters: readonly ReadCounter[]): void {
  const problems: Problem[] = []
  const report = (place: string, message: string, hint: string) => problems.push({ code: 'bad-counter', place, message, hint })
  const reserve = (entity: AnyEntity, kinds: readonly WriteKind[], hint: string) => {
    if (!kinds.every((kind) => entity.onlyInTransactions?.includes(kind)))
      report(`${entity.name}.onlyInTransactions`, 'other writes could change what is counted.', hint)
    if (Object.values(attributeDefinitions(entity.attributes)).some(({ type }) => type === 'expiresAt'))
      report(entity.name, 'what expires is deleted without being counted.', 'Leave expiresAt() out.')
  }
  reserve(child, counted.child, 'Set it to counted.child.')
  const definitions = attributeDefinitions(child.attributes)
  if (counters.length === 0) report(child.name, 'it is counted nowhere.', 'Give a counter: { parent: Album, count: "photos" }.')
  for (const { parent, key, count, sum } of counters) {
    reserve(parent, counted.parent, 'Set it to counted.parent.')
    const numbers = [...(count === undefined ? [] : [count]), ...Object.keys(sum)]
    if (numbers.length === 0) report(parent.name, 'nothing is counted on it.', 'Give count or sum.')
    const owned = attributeDefinitions(parent.attributes)
    for (const name of numbers) {
      const { type, onlyInTransactions } = owned[name] ?? {}
      if (type !== 'number' || onlyInTransactions !== true)
        report(`${parent.name}.attributes.${name}`, 'it is no number that only transactions write.', 'Declare it as counter().')
    }
    for (const name of keyNames(parent))
      if (key[name] === undefined)
        report(child.name, `it does not say which ${parent.name} it is of.`, `Give key: { ${name}: '…' }.`)
    for (const name of [...Object.values(key), ...Object.values(sum)]) {
      const definition = definitions[name]
      const place = `${child.name}.attributes.${name}`
      if (definition === undefined) report(place, 'there is no such attribute.', 'Declare it, or map it with key.')
      else if (!keyNames(child).includes(name) && !definition.readOnly && !child.onlyInTransactions?.includes('update'))
        report(place, 'an update could change what is counted.', 'Declare it as readOnly().')
    }
  }
  if (problems.length > 0) throw new ModelError(Object.freeze(problems))
}
