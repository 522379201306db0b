// Counts and sums on parents, written in one transaction with the creation and deletion of what they count.
import {
  type AnyEntity,
  type AttributeBuilder,
  type Attributes,
  type Condition,
  type CreateInput,
  type EntityWrites,
  type Item,
  type Key,
  number,
  type PatternInput,
  type PatternResult,
  type TransactionPattern,
  transaction,
  type WriteOperation,
} from '../lib/index.ts'
import type { KeyNames } from '../lib/model/entity.ts'
import type { AnyTransaction } from '../lib/model/transaction.ts'
import type { OutputOf } from '../lib/schema/attribute.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { type Counting, countedOperations, knownNames } from './counted-operations.ts'
import { checkCounters } from './counter-checks.ts'
import { createInput, givenInput, inputAttribute } from './create-input.ts'
import { keyNames } from './key-names.ts'
import { type Counter, parentAlias, readCounter } from './parent-updates.ts'
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

/** The attributes of a child that tell where and what it counts. */
type NamesIn<X> = X extends Counter
  ?
      | (X extends { readonly key: infer K } ? K[keyof K] : KeyNames<X['parent']>)
      | (X extends { readonly sum: infer S } ? S[keyof S] : never)
  : never
/** What a deletion must know: the child's key, as the transaction that deletes it takes it where one is given, and what counted. */
type DeleteInput<C extends AnyEntity, Cs extends readonly Counter[], Deletion extends AnyTransaction> = [Deletion] extends [never]
  ? Pick<Item<C>, (KeyNames<C> | NamesIn<Cs[number]>) & keyof Item<C>>
  : Exclude<NamesIn<Cs[number]>, KeyNames<C>> extends infer Others extends keyof Item<C>
    ? Flat<PatternInput<Deletion> & Pick<Item<C>, Others>>
    : never
type Flat<X> = { [N in keyof X]: X[N] }
type CreateOf<C extends AnyEntity, Creation extends AnyTransaction> = [Creation] extends [never]
  ? TransactionPattern<CreateInput<C>, [Item<C>, ...undefined[]]>
  : TransactionPattern<PatternInput<Creation>, WithParents<PatternResult<Creation>>>
type WithParents<R> = R extends readonly unknown[] ? [...R, ...undefined[]] : never

export interface AggregateCounterOptions<
  C extends AnyEntity,
  Cs,
  Create,
  Delete,
  Creation extends AnyTransaction = never,
  Deletion extends AnyTransaction = never,
> {
  /** What is counted: `onlyInTransactions: counted.child`. */
  readonly child: C
  readonly counters: Cs
  /** The names of the access patterns. */
  readonly create: Create
  readonly delete: Delete
  /** What must hold of a child for it to be deleted, besides that it is there and nothing is counted on it. */
  readonly deleteIf?: Condition<Item<C>>
  /**
   * The transactions that create and delete the child, where another pattern has them, such as an edge's `link` and `unlink`: they become parts
   * of the counted ones. Default: a create and a delete of the child alone.
   */
  readonly creation?: Creation
  readonly deletion?: Deletion
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
 * the child's key or `readOnly()`, or the child leaves updates to transactions.
 *
 * **Mistake.** `add(1)` beside the write of the child: they part when one fails, and count twice when it is done again.
 *
 * Sums are exact: of whole numbers (`number({ integer: true })`, money in cents) in a `counter()`, of any numbers and decimals in a
 * `decimal().default('0').onlyInTransactions()`.
 *
 * An entity that another pattern makes (`writtenBy`: the edges of `adjacencyList`, the records of `softDelete` …) is created and deleted by
 * that pattern's transactions. Give them as `creation` and `deletion`, and have only the counted ones in the model: under the same names they
 * take their places. Whatever child they create or delete is counted; a child that they replace must count for the same as before.
 *
 * Where a child lacks an attribute of a parent's key (an optional one), it does not count there. An entity may be the child of several,
 * also of its own. Every write of a child writes its parents, so a parent takes some tens of them a second: a transactional write costs 2 of
 * the 1,000 write units that an item has in a second, and transactions that meet on an item conflict and are tried again. For more use
 * `shardedCounter` or `streamAggregate`. A parent is deleted with `deleteWhenEmpty`. Neither may expire.
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
  Creation extends AnyTransaction = never,
  Deletion extends AnyTransaction = never,
>(
  options: AggregateCounterOptions<C, Cs & CheckedCounters<C, Cs>, Create, Delete, Creation, Deletion>,
): {
  readonly accessPatterns: { readonly [N in Create]: CreateOf<C, Creation> } & {
    readonly [N in Delete]: TransactionPattern<DeleteInput<C, Cs, Deletion>, undefined[]>
  }
} {
  const { child, creation, deletion } = options
  const counting = { child, counters: options.counters.map(readCounter), deleteIf: options.deleteIf }
  checkCounters(counting, creation, deletion)
  const known = givenInput(child, knownNames(counting))
  const key = givenInput(child, keyNames(child))
  const create = countedTransaction(
    counting,
    'creation',
    creation,
    createInput(child),
    undefined,
    (input, { child: children }) => (children === undefined ? [] : [children.create(input)]),
  )
  const remove = countedTransaction(counting, 'deletion', deletion, key, known, (input, { child: children }) =>
    children === undefined ? [] : [children.delete(pick(input, key))],
  )
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
  const key = givenInput(parent, keyNames(parent))
  const empty = Object.fromEntries(counts.map((name) => [name, 0]))
  const pattern = transaction<Record<string, AnyEntity>, Attributes, WriteOperation<unknown>[]>(
    { parent },
    key,
    (input, { parent: writes }) => (writes === undefined ? [] : [writes.delete(input, { if: empty })]),
  )
  return pattern as never
}

type Values = Readonly<Record<string, unknown>>
type AnyWrites = Readonly<Record<string, EntityWrites<AnyEntity> | undefined>>

/** A transaction of a child with what it counts for: the given one, or that of the child's plain operations. */
function countedTransaction(
  counting: Counting,
  alias: 'creation' | 'deletion',
  part: AnyTransaction | undefined,
  plainInput: Attributes,
  known: Attributes | undefined,
  plain: (input: Values, writes: AnyWrites) => readonly unknown[],
) {
  const parents = counting.counters.map(({ parent }, at): [string, AnyEntity] => [parentAlias(at), parent])
  const own = part === undefined ? plainInput : partInput(part)
  const entities: Record<string, AnyEntity | AnyTransaction> = {
    child: counting.child,
    ...Object.fromEntries(parents),
    ...(part !== undefined && { [alias]: part }),
  }
  return transaction<typeof entities, Attributes, WriteOperation<unknown>[]>(
    entities,
    { ...own, ...known, ...own },
    (input, given) => {
      const writes = given as unknown as AnyWrites
      const operationsOf = given[alias] as unknown as ((input: object) => readonly unknown[]) | undefined
      const operations = operationsOf === undefined ? plain(input, writes) : operationsOf(pick(input, own))
      return countedOperations(counting, operations, writes, known && pick(input, known))
    },
  )
}

/** The input of a transaction as that of one that it is part of. */
function partInput({ definition }: AnyTransaction): Attributes {
  const definitions = definition.kind === 'transaction' ? attributeDefinitions(definition.input) : {}
  return Object.fromEntries(Object.entries(definitions).map(([name, one]) => [name, inputAttribute(one)]))
}

function pick(values: Values, attributes: Attributes): Values {
  return Object.fromEntries(Object.keys(attributes).flatMap((name) => (name in values ? [[name, values[name]]] : [])))
}
