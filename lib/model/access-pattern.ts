// The kinds of access patterns as data, and what each one's input and output are. The builders are in query.ts, get.ts, scan.ts and
// item-collection.ts beside this file.
import type { OutputOf } from '../schema/attribute.ts'
import type { AnyEntity, Inverted, Placeholders } from './entity.ts'

/** How often a pattern is asked, for estimates of cost and heat. */
export interface Rate {
  readonly perSecond: number
}

interface Described {
  readonly description?: string
  readonly rate?: Rate
}

export interface GetDefinition extends Described {
  readonly kind: 'get'
  readonly entity: AnyEntity
  readonly consistent: boolean
  readonly select?: readonly string[]
}

export interface QueryDefinition extends Described {
  readonly kind: 'query'
  readonly entity: AnyEntity
  readonly index?: string
  readonly one: boolean
  readonly descending: boolean
  readonly consistent: boolean
  readonly where?: object
  readonly select?: readonly string[]
  readonly hydrate: boolean
}

/** An entity that takes part in an item collection, once or any number of times. */
export interface Member<out E extends AnyEntity = AnyEntity, out C extends 'one' | 'many' = 'one' | 'many'> {
  readonly entity: E
  readonly cardinality: C
}

export interface ItemCollectionDefinition extends Described {
  readonly kind: 'itemCollection'
  readonly members: Readonly<Record<string, Member>>
  readonly index?: string
  readonly descending: boolean
  readonly consistent: boolean
}

export interface ScanDefinition extends Described {
  readonly kind: 'scan'
  readonly entity: AnyEntity
  readonly index?: string
  readonly segments: number
  readonly consistent: boolean
  readonly where?: object
  readonly select?: readonly string[]
}

export type PatternDefinition = GetDefinition | QueryDefinition | ItemCollectionDefinition | ScanDefinition

declare const signature: unique symbol

/**
 * A named question to the table. `Shape` says how the answer comes: one item, pages of items, or a collection; `Input` what must be given;
 * `Result` what one item (or the collection) is.
 */
export interface AccessPattern<
  out Shape extends 'one' | 'page' | 'collection' = 'one' | 'page' | 'collection',
  out Input = unknown,
  out Result = unknown,
> {
  readonly kind: 'accessPattern'
  readonly definition: PatternDefinition
  /** Only for inference; no such property exists at run time. */
  readonly [signature]: { readonly shape: Shape; readonly input: Input; readonly result: Result }
}

/** What a pattern must be given. */
export type PatternInput<P> = P extends AccessPattern<infer _S, infer Input, infer _R> ? Input : never
/** What one item of a pattern's answer is. */
export type PatternResult<P> = P extends AccessPattern<infer _S, infer _I, infer Result> ? Result : never

/** A range of values: bounds on either side, both between, or for text what it begins with. */
export interface RangeCondition<V> {
  readonly eq?: V
  readonly gt?: V
  readonly gte?: V
  readonly lt?: V
  readonly lte?: V
  readonly between?: readonly [V, V]
  readonly beginsWith?: string
}

/**
 * The input of a query over the templates `K`: all attributes of the partition key, and as many of the sort key as wanted, from the
 * left, the last of them as a range if need be.
 */
export type QueryInput<A, K> = K extends { readonly pk: infer P; readonly sk?: infer S }
  ? { readonly [X in Exclude<Placeholders<P>, 'shard'> & keyof A]: OutputOf<A[X]> } & {
      readonly [X in Placeholders<S> & keyof A]?: OutputOf<A[X]> | RangeCondition<OutputOf<A[X]>>
    }
  : never

/** The input of a get: all attributes of the primary key. */
export type PartitionInput<A, K> = K extends { readonly pk: infer P }
  ? { readonly [X in Exclude<Placeholders<P>, 'shard'> & keyof A]: OutputOf<A[X]> }
  : never

/** The templates through which an entity is read in the index `X`. */
export type IndexKeys<E extends AnyEntity, X extends keyof E['indexes']> = E['indexes'][X] extends Inverted
  ? { readonly pk: E['key']['sk']; readonly sk: E['key']['pk'] }
  : E['indexes'][X] extends { readonly pk: string }
    ? E['indexes'][X]
    : { readonly pk: E['key']['pk']; readonly sk: E['indexes'][X] extends { readonly sk: infer S } ? S : never }

/** Makes the pattern that a definition describes, with the methods that a builder adds. */
export function accessPattern<P extends AccessPattern>(definition: PatternDefinition, methods: object): P {
  return Object.freeze({ kind: 'accessPattern', definition: Object.freeze(definition), ...methods }) as unknown as P
}
