// An entity: attributes, and the key templates that place its items in the table and in its indexes. Frozen data.
import type { Attributes, OutputOf } from '../schema/attribute.ts'
import type { CreateInputOf, ItemOf } from '../schema/infer.ts'
import type { When } from './when.ts'

/** The templates of a primary key. `sk` is absent when the table has no sort key. */
export interface KeyTemplates {
  readonly pk: string
  readonly sk?: string
}

/** Spreads the items of one partition over several, so that no partition is hot. See the guide's chapter on write sharding. */
export interface Shards {
  /** How many shards. */
  readonly count: number
  /** The number of the first shard. Default 0. */
  readonly from?: number
}

/** The templates of an index. A local index has no `pk` of its own: its partition key is the table's. */
export interface IndexTemplates {
  readonly pk?: string
  readonly sk?: string
  /** The item is in the index only while this holds (a sparse index). */
  readonly when?: object
  readonly shards?: Shards
}

/** Says that an entity is read through an index made of the primary key's attributes, swapped. Made by `inverted()`. */
export interface Inverted {
  readonly inverted: true
}

/**
 * The entity is read through an index whose partition key is the table's sort key and the reverse. It needs no templates: they are its
 * own, swapped.
 *
 * @example
 * indexes: { Inverted: inverted() }
 */
export function inverted(): Inverted {
  return Object.freeze({ inverted: true })
}

export type IndexInput = IndexTemplates | Inverted

/** The attributes that a template's placeholders name: `'USER#{userId}'` gives `'userId'`. */
export type Placeholders<S> = S extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${infer Plain}:${string}` ? Plain : Name) | Placeholders<Rest>
  : never

/** The templates `T`, or in place of a wrong one a message that names the placeholder which is not an attribute. */
type CheckedTemplates<A, T> = {
  [P in keyof T]: P extends 'pk' | 'sk'
    ? [Exclude<Placeholders<T[P]>, keyof A | 'shard'>] extends [never]
      ? T[P]
      : `{${Exclude<Placeholders<T[P]>, keyof A | 'shard'> & string}} is not an attribute`
    : P extends 'when'
      ? When<A>
      : T[P]
}

export interface EntityInput<A, K, I> {
  readonly attributes: A
  readonly key: K & CheckedTemplates<A, K>
  readonly indexes?: I & { readonly [X in keyof I]: CheckedTemplates<A, I[X]> }
  /** One or two sentences for the documentation. */
  readonly description?: string
}

/** An entity as `defineEntity` answers it. */
export interface Entity<
  out N extends string = string,
  out A = Attributes,
  out K = KeyTemplates,
  out I = Readonly<Record<string, IndexInput>>,
> {
  readonly kind: 'entity'
  readonly name: N
  readonly attributes: A
  readonly key: K
  readonly indexes: I
  readonly description?: string
}

/**
 * Declares an entity. The placeholders of its templates name its attributes; a misspelt one is a type error, and an error of
 * `defineModel` for those who write JavaScript.
 *
 * @example
 * const Order = defineEntity('Order', {
 *   attributes: { userId: string(), orderId: ulid(), placedAt: datetime().default('now') },
 *   key: { pk: 'USER#{userId}', sk: 'ORDER#{orderId}' },
 *   indexes: { GSI1: { pk: 'ORDERS', sk: '{placedAt}' } },
 * })
 */
export function defineEntity<
  const N extends string,
  const A extends Attributes,
  const K extends KeyTemplates,
  const I extends { readonly [index: string]: IndexInput } = Record<never, never>,
>(name: N, input: EntityInput<A, K, I>): Entity<N, A, K, I> {
  return Object.freeze({
    kind: 'entity',
    name,
    attributes: Object.freeze({ ...input.attributes }),
    key: Object.freeze({ ...input.key }) as K,
    indexes: Object.freeze({ ...input.indexes }) as I,
    ...(input.description !== undefined && { description: input.description }),
  })
}

/** Any entity, for code that works with all of them. */
export type AnyEntity = Entity<string, Attributes, KeyTemplates, { readonly [index: string]: IndexInput }>

/** The type of an entity's items, as reads give them. */
export type Item<E extends AnyEntity> = ItemOf<E['attributes']>

/** What `create` and `put` accept: everything without a default is required. */
export type CreateInput<E extends AnyEntity> = CreateInputOf<E['attributes']>

/** The attributes that identify one item: those its primary key is made of. */
export type Key<E extends AnyEntity> = KeyOf<E['attributes'], E['key']>

type KeyOf<A, K> = K extends { readonly pk: infer P; readonly sk?: infer S }
  ? { readonly [X in (Placeholders<P> | Placeholders<S>) & keyof A]: OutputOf<A[X]> }
  : never
