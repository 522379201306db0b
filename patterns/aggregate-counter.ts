// Counts and sums on parents, written in one transaction with the creation and deletion of what they count.
import {
  type AnyEntity,
  type Attribute,
  type AttributeBuilder,
  type AttributeDefinition,
  type Attributes,
  and,
  type Condition,
  type CreateInput,
  type EntityWrites,
  type Item,
  type Key,
  number,
  type TransactionPattern,
  transaction,
  type WriteOperation,
  type Writes,
} from '../lib/index.ts'
import type { KeyNames } from '../lib/model/entity.ts'
import type { OutputOf } from '../lib/schema/attribute.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { checkCounters } from './counter-checks.ts'
import { createInput, inputAttribute } from './create-input.ts'
import { keyNames } from './key-names.ts'
import { type Counter, countedNames, parentAlias, parentUpdates, readCounter } from './parent-updates.ts'
import { refusePattern } from './pattern-problem.ts'

/** An attribute that holds a count: from 0, up to the maximum if there is one, written by transaction patterns alone. */
export function counter(options: { readonly max?: number } = {}): AttributeBuilder<number, 'default'> {
  return number({ min: 0, integer: true, ...options })
    .default(0)
    .onlyInTransactions()
}

type NumberNames<A> = { [N in keyof A]: OutputOf<A[N]> extends number ? N : never }[keyof A]
/** Decimals are texts. */
type AmountNames<A> = { [N in keyof A]: OutputOf<A[N]> extends number | string ? N : never }[keyof A]
type CounterOn<C extends AnyEntity, P> = P extends AnyEntity
  ? {
      readonly parent: P
      readonly count?: NumberNames<P['attributes']>
      readonly sum?: {
        readonly [N in AmountNames<P['attributes']>]?: OutputOf<P['attributes'][N]> extends number
          ? NumberNames<C['attributes']>
          : AmountNames<C['attributes']>
      }
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
 * Sums are exact: of whole numbers (`number({ integer: true })`, money in cents) in a `counter()`, of any numbers and decimals in a
 * `decimal().default('0').onlyInTransactions()`.
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
  const names = [...new Set([...keyNames(child), ...countedNames(counters)])]
  const known = names.map((name): [string, Attribute] => [name, inputAttribute(definitionOf(definitions, name), given)])
  const parents = counters.map(({ parent }, at): [string, AnyEntity] => [parentAlias(at), parent])
  const entities: Record<string, AnyEntity> = { child, ...Object.fromEntries(parents) }
  const updates = (values: Values, writes: Writes<typeof entities>, sign: 1 | -1) =>
    parentUpdates(counters, [{ values, sign }], writes)
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
