// An entity: attributes, and the key templates that place its items in the table and in its indexes. Frozen data.
import type { Problem } from '../errors.ts'
import { isPlainObject } from '../plain-object.ts'
import type { Attributes, OutputOf } from '../schema/attribute.ts'
import type { CreateInputOf, Given, ItemOf } from '../schema/infer.ts'
import { frozenCopy } from './frozen-copy.ts'
import { objectOf, optionsOf, shown, textOf } from './options.ts'
import { Problems } from './problems.ts'
import type { CheckedWhen, WrongTests } from './when.ts'
import { type WriteKind, writeKinds } from './write-kind.ts'

/** The templates of a primary key. `sk` is absent when the table has no sort key. */
export interface KeyTemplates {
  readonly pk: string
  readonly sk?: string
  readonly shards?: Shards
}

/**
 * Spreads the items of one partition over several, so that no partition is hot. The shard's number stands in place of `{shard}` in the
 * partition template, or at its end. Writers and readers both go by this. See the guide's chapter on write sharding.
 *
 * @example
 * indexes: { GSI1: { pk: 'ORDERS#{status}', sk: '{placedAt}', shards: { count: 10 } } }
 * @example
 * key: { pk: 'EVENTS#{day}', sk: '{eventId}', shards: { count: 16, of: 'deviceId' } }
 */
export interface Shards {
  /** How many shards, 1 to 1000; or how that number grew. A new number never moves an item: each keeps that of the time it was created. */
  readonly count: number | readonly ShardGeneration[]
  /** The number of the first shard. Default 0. */
  readonly from?: number
  /**
   * `hash` (the default): the CRC-32 of the primary key, or of the attribute `of`. `modulo`: the whole number in the attribute `of`, modulo
   * the number of shards. `random`: chosen by chance when an item comes into the index, and kept until it leaves.
   */
  readonly by?: 'hash' | 'modulo' | 'random'
  /** The attribute that decides. It can never change: part of the primary key, or read-only. Reads that are given it ask one shard only. */
  readonly of?: string
  /** The attribute with the time of creation, where `count` is a list. Default: the `createdAt()` attribute. */
  readonly time?: string
}

/** A number of shards, and from when on new items go by it. */
export interface ShardGeneration {
  readonly count: number
  /**
   * ISO 8601, such as `'2027-01-01T00:00:00Z'`; the first of the list has none. It must lie ahead of the moment when all writers and readers
   * know of it.
   */
  readonly since?: string
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
export type Placeholders<S> = Plain<WrittenPlaceholders<S>>
/** As they stand in the template, modifiers included: `'created:month'`. */
export type WrittenPlaceholders<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | WrittenPlaceholders<Rest> : never
export type Plain<Name> = Name extends `${infer Attribute}:${string}` ? Attribute : Name

/** The template, or in place of a wrong one a message that names the placeholder which is not an attribute. */
type CheckedTemplate<Names, S> =
  Placeholders<S> extends Names ? S : `{${Exclude<Placeholders<S>, Names> & string}} is not an attribute`

/** The types of an object's values. */
type Values<T> = T[keyof T]
type OptionNames<T> = T extends unknown ? keyof T : never

/** `K` when all of its templates are right. They are checked together, and one by one only to say which is wrong. */
export type CheckedKey<Names, K> = Placeholders<Values<K>> | ShardAttributes<K> extends Names
  ? K
  : {
      readonly [P in keyof K]: P extends 'pk' | 'sk'
        ? CheckedTemplate<Names, K[P]>
        : P extends 'shards'
          ? CheckedShards<Names, K[P]>
          : K[P]
    }

/** The attributes that `shards` name. */
type ShardAttributes<T> = T extends { readonly shards: infer S } ? S[keyof S & ('of' | 'time')] : never

/** The shards, or in place of a wrong name a message. */
type CheckedShards<Names, S> = {
  readonly [P in keyof S]: P extends 'of' | 'time' ? (S[P] extends Names ? S[P] : `${S[P] & string} is not an attribute`) : S[P]
}

export type CheckedIndexes<A, Names, I> = [
  Placeholders<Values<Values<I>>> | ShardAttributes<Values<I>>,
  OptionNames<Values<I>>,
  WrongTests<A, Values<I>>,
] extends [Names, IndexOption, never]
  ? I
  : { readonly [X in keyof I]: CheckedIndex<A, Names, I[X]> }

type IndexOption = 'pk' | 'sk' | 'when' | 'shards' | 'inverted'

type CheckedIndex<A, Names, T> = {
  readonly [P in keyof T]: P extends 'pk' | 'sk'
    ? CheckedTemplate<Names, T[P]>
    : P extends 'when'
      ? CheckedWhen<A, T[P]>
      : P extends 'shards'
        ? CheckedShards<Names, T[P]>
        : P extends IndexOption
          ? T[P]
          : `${P & string} is not an option of an index`
}

type CheckedUnique<Names, U> =
  Placeholders<Values<U>> extends Names ? U : { readonly [C in keyof U]: CheckedTemplate<Names, U[C]> }

/** Constraints by name, each with the template of its values: `{ email: 'USER_EMAIL#{email}' }`. */
export type UniqueTemplates = Readonly<Record<string, string>>

export interface EntityInput<A, K, I, U = UniqueTemplates> {
  readonly attributes: A
  readonly key: CheckedKey<keyof A | 'shard', K>
  readonly indexes?: CheckedIndexes<A, keyof A | 'shard', I>
  /**
   * What no two items may have in common. A guard item under each template's key, written in the same transaction, keeps it so. An item
   * that lacks an attribute of a template is not constrained by it.
   */
  readonly unique?: CheckedUnique<keyof A, U>
  /**
   * Writes that only the model's transaction patterns may do, because something else must be written with them: a counter with what it
   * counts, the parts of one record. Called on the connected entity they are refused; with `create`, puts and upserts are too.
   */
  readonly onlyInTransactions?: readonly WriteKind[]
  /**
   * The pattern that makes the entity and creates or deletes its items itself, by its name: `adjacencyList`. Another pattern that counts on
   * each creation and deletion then asks for the transactions that do them.
   */
  readonly writtenBy?: string
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
  readonly unique?: UniqueTemplates
  readonly onlyInTransactions?: readonly WriteKind[]
  readonly writtenBy?: string
  readonly description?: string
  /** The entity of whose items these are copies; only there for what `copyOf` answers. */
  readonly source?: AnyEntity
  /** What could not be read in the input; only there when something could not. `defineModel` reports it. */
  readonly faults?: readonly Problem[]
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
  const U extends UniqueTemplates = Record<never, never>,
>(name: N, input: EntityInput<A, K, I, U>): Entity<N, A, K, I> {
  const problems = new Problems()
  const place = typeof name === 'string' && name !== '' ? name : 'defineEntity'
  if (place !== name)
    problems.add('bad-name', place, `${shown(name)} is not the name of an entity.`, 'Give it a text as its name.')
  const options = optionsOf(input, optionNames, place, problems) ?? {}
  const object = (value: unknown, part: string) => objectOf(value, `${place}.${part}`, '{ … }', problems) ?? {}
  const attributes = object(options.attributes, 'attributes')
  const key = object(options.key, 'key')
  const indexes = options.indexes === undefined ? {} : object(options.indexes, 'indexes')
  const unique = options.unique === undefined ? undefined : object(options.unique, 'unique')
  const onlyInTransactions = writeKindsOf(options.onlyInTransactions, `${place}.onlyInTransactions`, problems)
  const writtenBy = textOf(options.writtenBy, `${place}.writtenBy`, problems)
  const description = textOf(options.description, `${place}.description`, problems)
  // The types are those of the input, and what does not have them is in the faults.
  return Object.freeze({
    kind: 'entity',
    name: place as N,
    attributes: Object.freeze({ ...attributes }) as A,
    key: frozenCopy(key) as unknown as K,
    indexes: frozenCopy(indexes) as unknown as I,
    ...(unique !== undefined && { unique: frozenCopy(unique) as UniqueTemplates }),
    ...(onlyInTransactions.length > 0 && { onlyInTransactions }),
    ...(writtenBy !== undefined && { writtenBy }),
    ...(description !== undefined && { description }),
    ...(problems.found.length > 0 && { faults: Object.freeze(problems.found) }),
  })
}

const optionNames = ['attributes', 'key', 'indexes', 'unique', 'onlyInTransactions', 'writtenBy', 'description']

function writeKindsOf(value: unknown, place: string, problems: Problems): readonly WriteKind[] {
  if (value === undefined) return []
  const isKind = (kind: unknown): kind is WriteKind => writeKinds.includes(kind as WriteKind)
  if (Array.isArray(value) && value.every(isKind)) return Object.freeze([...value])
  const names = writeKinds.map((kind) => `'${kind}'`).join(', ')
  problems.add('bad-write-kind', place, `${shown(value)} is no list of writes.`, `Give some of ${names}.`)
  return []
}

/** Whether a value is what `defineEntity` answers. */
export function isEntity(value: unknown): value is AnyEntity {
  return isPlainObject(value) && value.kind === 'entity' && isPlainObject(value.attributes) && isPlainObject(value.key)
}

/** Any entity, for code that works with all of them. */
export type AnyEntity = Entity<string, Attributes, KeyTemplates, { readonly [index: string]: IndexInput }>

/** The type of an entity's items, as reads give them. */
export type Item<E extends AnyEntity> = ItemOf<E['attributes']>

/** What `create` and `put` accept: everything without a default is required. */
export type CreateInput<E extends AnyEntity> = CreateInputOf<E['attributes']>

/** The attributes that identify one item: those its primary key is made of, without what comes from the connection. */
export type Key<E extends AnyEntity> = KeyOf<Given<E['attributes']>, KeyNames<E>>
type KeyOf<A, Names> = { readonly [N in Names & keyof A]: OutputOf<A[N]> }

/** The names of the attributes that an entity's primary key is made of. */
export type KeyNames<E extends AnyEntity> = Placeholders<Values<E['key']>>
