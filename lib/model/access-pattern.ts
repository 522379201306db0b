// The kinds of access patterns as data, and what each one's input and output are. The builders are in query.ts, scan.ts,
// item-collection.ts and transaction.ts beside this file.
import type { Bucket } from '../keys/time-bucket.ts'
import { isPlainObject } from '../plain-object.ts'
import type { Attributes, OutputOf } from '../schema/attribute.ts'
import type { Given, Unnamed } from '../schema/infer.ts'
import type { AnyEntity, Inverted, KeyTemplates, Plain, WrittenPlaceholders } from './entity.ts'
import type { EntityWrites } from './entity-writes.ts'
import { frozenCopy } from './frozen-copy.ts'

/** How often a pattern is asked, for estimates of cost and heat. */
export interface Rate {
  readonly perSecond: number
}

/** What a pattern of any kind says of itself. */
export interface Described {
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

/** A pattern that reads. */
export type PatternDefinition = GetDefinition | QueryDefinition | ItemCollectionDefinition | ScanDefinition

/** Several writes as one operation, and what a call of it is given. */
export interface TransactionDefinition extends Described {
  readonly kind: 'transaction'
  /** The entities that are written, by the name under which `operations` has them. */
  readonly entities: Readonly<Record<string, AnyEntity>>
  /** Other transactions whose operations it can list among its own, by the name under which `operations` has them. */
  readonly parts: Readonly<Record<string, TransactionDefinition>>
  readonly input: Attributes
  readonly operations: (
    input: Readonly<Record<string, unknown>>,
    writes: Readonly<Record<string, EntityWrites<AnyEntity> | ((input: object) => readonly object[])>>,
  ) => unknown
  /** What the input as a whole must fit. */
  readonly checks: readonly ((input: Readonly<Record<string, unknown>>) => boolean | string)[]
  readonly example?: object
}

/** Where a pattern's types are. Only for inference; no value has such a property. */
export declare const signature: unique symbol

/** How a pattern answers: an item by its key, the one item of a query, pages of items, a collection, or what a transaction wrote. */
export type Shape = 'get' | 'one' | 'page' | 'collection' | 'transaction'

/** Any access pattern. Says nothing of its types, so that the compiler need not look at them until the pattern is called. */
export interface AnyAccessPattern {
  readonly kind: 'accessPattern'
  readonly definition: PatternDefinition | TransactionDefinition
  readonly [signature]: object
}

/**
 * A named question to the table. `S` says how the answer comes, `Input` what must be given;
 * `Result` what one item (or the collection) is.
 */
export interface AccessPattern<out S extends Shape = Shape, out Input = unknown, out Result = unknown> extends AnyAccessPattern {
  readonly [signature]: { readonly shape: S; readonly input: Input; readonly result: Result }
}

/** How a pattern answers. */
export type PatternShape<P extends AnyAccessPattern> = P extends AccessPattern ? P[typeof signature]['shape'] : Shape
/** What a pattern must be given. */
export type PatternInput<P extends AnyAccessPattern> = P extends AccessPattern ? P[typeof signature]['input'] : unknown
/** What one item of a pattern's answer is. */
export type PatternResult<P extends AnyAccessPattern> = P extends AccessPattern ? P[typeof signature]['result'] : unknown

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

/** A range with both ends, as a time in a partition key needs it: every bucket in between is read. */
export type ClosedRange<V> =
  | { readonly eq: V }
  | { readonly between: readonly [V, V] }
  | (({ readonly gt: V } | { readonly gte: V }) & ({ readonly lt: V } | { readonly lte: V }))

/**
 * The input of a query of the table, or of the index `X`: all attributes of the partition key, and as many of the sort key as wanted, from
 * the left, the last of them as a range if need be. A time whose bucket is in the partition key is one time or a range with both ends.
 * Where an attribute tells the shard, it may be given too.
 */
export type QueryInput<E extends AnyEntity, X> = QueryInputOf<
  Given<E['attributes']>,
  WrittenNames<E, X, 'pk'>,
  Plain<WrittenNames<E, X, 'sk'>>,
  ShardName<E, X>
>
type QueryInputOf<A, Written, SortNames, ShardName> = [Bucketed<Written> | ShardName] extends [never]
  ? Unnamed<
      { readonly [N in Plain<Written> & keyof A]: OutputOf<A[N]> } & {
        readonly [N in SortNames & keyof A]?: OutputOf<A[N]> | RangeCondition<OutputOf<A[N]>>
      }
    >
  : Unnamed<
      KeyValues<A, Exclude<Plain<Written>, Bucketed<Written>>> &
        BucketInput<A, Bucketed<Written>> &
        SortInput<A, Exclude<SortNames, Bucketed<Written>>> &
        Partial<KeyValues<A, Exclude<ShardName, Plain<Written> | SortNames>>>
    >
/** The attribute that tells the shard in the index. */
type ShardName<E extends AnyEntity, X> = X extends keyof E['indexes']
  ? E['indexes'][X] extends { readonly shards: { readonly of: infer N } }
    ? N
    : never
  : never
type BucketInput<A, Names> = { readonly [N in Names & keyof A]: OutputOf<A[N]> | ClosedRange<OutputOf<A[N]>> }
type Bucketed<Written> = Written extends `${infer Name}:${Bucket}` ? Name : never
type SortInput<A, Names> = { readonly [N in Names & keyof A]?: OutputOf<A[N]> | RangeCondition<OutputOf<A[N]>> }

/** The attributes of the partition key. A shard's number is no attribute, and so is not among them. */
export type PartitionInput<E extends AnyEntity, X> = Unnamed<KeyValues<Given<E['attributes']>, TemplateNames<E, X, 'pk'>>>
type KeyValues<A, Names> = { readonly [N in Names & keyof A]: OutputOf<A[N]> }

/** The attributes in a template of the table or of the index `X`. */
type TemplateNames<E extends AnyEntity, X, Part extends 'pk' | 'sk'> = Plain<WrittenNames<E, X, Part>>
type WrittenNames<E extends AnyEntity, X, Part extends 'pk' | 'sk'> = X extends keyof E['indexes']
  ? IndexTemplateNames<E['key'], E['indexes'][X], Part>
  : WrittenPlaceholders<E['key'][Part]>

/** An inverted index has the primary key's templates, swapped; one without a template of its own has the primary key's. */
type IndexTemplateNames<K extends KeyTemplates, I, Part extends 'pk' | 'sk'> = I extends Inverted
  ? WrittenPlaceholders<K[Part extends 'pk' ? 'sk' : 'pk']>
  : I extends { readonly [P in Part]: infer T }
    ? WrittenPlaceholders<T>
    : WrittenPlaceholders<K[Part]>

/** Makes the pattern that a definition describes, with the methods that a builder adds. */
export function accessPattern<P extends AnyAccessPattern>(
  definition: PatternDefinition | TransactionDefinition,
  methods: object,
): P {
  const options = Object.entries(definition).map(([name, value]) => [name, frozenAlready.has(name) ? value : frozenCopy(value)])
  return Object.freeze({
    kind: 'accessPattern',
    definition: Object.freeze(Object.fromEntries(options)),
    ...methods,
  }) as unknown as P
}

/** Entities and attributes are frozen, and known by their identity. */
const frozenAlready: ReadonlySet<string> = new Set(['entity', 'members', 'entities', 'parts', 'input'])

/** Whether a value is an access pattern. */
export function isAccessPattern(value: unknown): value is AnyAccessPattern {
  return isPlainObject(value) && value.kind === 'accessPattern' && isPlainObject(value.definition)
}
