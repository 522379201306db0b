// What an attribute is: its frozen definition at run time, and the types that are inferred from it. Builders are in `scalars.ts`, `times.ts`, `identifiers.ts`, `collections.ts`.
import type { StandardSchemaV1 } from './standard-schema.ts'

/** The types an attribute can have. */
export type AttributeTypeName =
  | 'string'
  | 'number'
  | 'boolean'
  | 'binary'
  | 'ulid'
  | 'uuid'
  | 'datetime'
  | 'oneOf'
  | 'literal'
  | 'list'
  | 'map'
  | 'record'
  | 'stringSet'
  | 'numberSet'
  | 'binarySet'
  | 'json'
  | 'bigint'
  | 'decimal'
  | 'any'
  | 'union'
  | 'version'
  | 'createdAt'
  | 'updatedAt'
  | 'expiresAt'
  | 'fromContext'
  | 'schema'

/** A check of a value: a Standard Schema, or a function that answers `true`, or `false` or a message when the value is wrong. */
export type Check<O> = StandardSchemaV1<unknown, unknown> | ((value: O) => boolean | string)

/** An attribute as data. Frozen; knows nothing of tables, keys or clients. */
export interface AttributeDefinition {
  readonly type: AttributeTypeName
  readonly optional: boolean
  readonly readOnly: boolean
  readonly hidden: boolean
  /** Written by the model's transaction patterns alone, beside its default. */
  readonly onlyInTransactions?: boolean
  /** The name in the table, when it differs from the name in code. */
  readonly storedAs?: string
  /** What stands in for an absent value: a fixed value, one made anew each time, the time of the write, or a new identifier (`ulid`, `uuid`). */
  readonly default?: { readonly value: unknown } | { readonly make: () => unknown } | 'now' | 'generate'
  readonly checks: readonly Check<never>[]
  readonly description?: string
  readonly example?: unknown
  /** Bounds of `number`, `bigint`, `decimal` (values) and of `string`, `binary`, `list`, sets (lengths). Decimals are text. */
  readonly min?: number | bigint | string
  readonly max?: number | bigint | string
  readonly integer?: boolean
  readonly pattern?: RegExp
  /** The values of `oneOf` and `literal`. */
  readonly values?: readonly (string | number | boolean)[]
  /** The element of `list` and `record`. */
  readonly element?: AttributeDefinition
  /** The attributes of `map`. */
  readonly attributes?: Readonly<Record<string, AttributeDefinition>>
  /** The alternatives of `union`. */
  readonly alternatives?: readonly AttributeDefinition[]
  /** The Standard Schema that stands for the attribute. Absent in an input that is handed on to such an attribute, which judges it. */
  readonly schema?: StandardSchemaV1
}

/** `optional`: an item may lack it. `default`: an input may lack it. `generated`: the framework writes it. `context`: the connection gives it. */
export type AttributeFlag = 'optional' | 'default' | 'readOnly' | 'hidden' | 'generated' | 'context'

declare const types: unique symbol

/**
 * An attribute of an entity: `O` is its value in code, `I` what is accepted on writes, `F` its modifiers. Made by `string()`, `number()` …
 * Immutable: each modifier answers a new attribute.
 */
export interface Attribute<out O = unknown, out F extends AttributeFlag = AttributeFlag, out I = O> {
  readonly definition: AttributeDefinition
  /** Only for inference; no such property exists at run time. */
  readonly [types]: { readonly output: O; readonly input: I; readonly flag: F }
}

/** The value of an attribute (or of a Standard Schema that stands for one) in an item. */
export type OutputOf<X> = X extends { readonly [types]: { readonly output: infer O } }
  ? O
  : X extends StandardSchemaV1<unknown, infer O>
    ? O
    : never
/** The value of an attribute as an input accepts it. */
export type InputOf<X> = X extends { readonly [types]: { readonly input: infer I } }
  ? I
  : X extends StandardSchemaV1<infer I, unknown>
    ? I
    : never
/** The modifiers of an attribute. */
export type FlagOf<X> = X extends { readonly [types]: { readonly flag: infer F } } ? F : never

/** Anything with these modifiers at the most. */
export interface Flagged<out F> {
  readonly [types]: { readonly flag: F }
}

/** The attributes of an entity or a map, by name. */
export type Attributes = { readonly [name: string]: Attribute | StandardSchemaV1 }
