// The access pattern `itemCollection`: several entities of one partition in one query, told apart and typed.
import {
  type AnyAccessPattern,
  accessPattern,
  type ItemCollectionDefinition,
  type Member,
  type PartitionInput,
  type Rate,
  type signature,
} from './access-pattern.ts'
import type { AnyEntity, Item } from './entity.ts'

/** The members of a collection, by the name under which the answer has them. */
export type Members = { readonly [name: string]: Member }

/** One item or undefined for each `one`, a list for each `many`; `cursor` when a limit left something to read. */
export type Collection<M> = {
  -readonly [N in keyof M]: M[N] extends Member<infer E, infer C> ? ('one' extends C ? Item<E> | undefined : Item<E>[]) : never
}

/** The partition's attributes: those of every member, for they share one partition template. */
type CollectionInput<M> = M extends { readonly [name: string]: Member<infer E> } ? PartitionInput<E, undefined> : never
type IndexedInput<M, X> = M extends { readonly [name: string]: Member<infer E> }
  ? X extends keyof E['indexes']
    ? PartitionInput<E, X>
    : never
  : never

export interface ItemCollectionPattern<M, I> extends AnyAccessPattern {
  readonly [signature]: { readonly shape: 'collection'; readonly input: I; readonly result: Collection<M> }
  /** Reads the collection in an index that all members are in. */
  index<X extends string>(name: X): ItemCollectionPattern<M, IndexedInput<M, X>>
  descending(): ItemCollectionPattern<M, I>
  consistent(): ItemCollectionPattern<M, I>
  describe(text: string): ItemCollectionPattern<M, I>
  rate(rate: Rate): ItemCollectionPattern<M, I>
}

/** A member of which a partition holds at most one. */
export function one<E extends AnyEntity>(entity: E): Member<E, 'one'> {
  return Object.freeze({ entity, cardinality: 'one' })
}

/** A member of which a partition holds any number. */
export function many<E extends AnyEntity>(entity: E): Member<E, 'many'> {
  return Object.freeze({ entity, cardinality: 'many' })
}

/**
 * A pre-joined read: all members lie in one partition, and one query brings them.
 *
 * @example
 * const customerWithOrders = itemCollection({ customer: one(Customer), orders: many(Order) })
 * const { customer, orders } = await shop.patterns.customerWithOrders({ customerId })
 */
export function itemCollection<const M extends Members>(members: M): ItemCollectionPattern<M, CollectionInput<M>> {
  return collectionPattern({
    kind: 'itemCollection',
    members: Object.freeze({ ...members }),
    descending: false,
    consistent: false,
  })
}

function collectionPattern<P extends AnyAccessPattern>(definition: ItemCollectionDefinition): P {
  const having = (change: Partial<ItemCollectionDefinition>) => collectionPattern({ ...definition, ...change })
  return accessPattern<P>(definition, {
    // What is forgotten (`undefined`, in JavaScript) must not pass for what was never asked.
    index: (index: string) => having({ index: index ?? 'undefined' }),
    descending: () => having({ descending: true }),
    consistent: () => having({ consistent: true }),
    describe: (description: string) => having({ description }),
    rate: (rate: Rate) => having({ rate }),
  })
}
