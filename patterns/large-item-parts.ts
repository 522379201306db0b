// The parts of a connected model that a large item (large-item.ts) consists of, found by the names that it gives them.
import type { Attributes, Operation } from '../lib/index.ts'
import type { AttributeDefinition } from '../lib/schema/attribute.ts'
import { defaultValue } from '../lib/schema/defaults.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'

export type Definition = { readonly name: string; readonly key: { readonly pk: string }; readonly attributes: Attributes }
export type Values = Readonly<Record<string, unknown>>
export interface Pointer extends Values {
  readonly generation: string
  readonly chunks: number
  readonly bytes: number
  readonly checksum: string
}
export type Generation = Values & Pick<Pointer, 'generation'> & { readonly state: string; readonly chunks?: number }
interface AnyEntity<I> {
  get(key: Values, options: { readonly consistent: true }): Operation<I | undefined>
  create(input: Values): Operation<I>
  put(input: Values): Operation<I>
  update(key: Values, changes: Values, options?: object): Operation<I>
  delete(key: Values): Operation<I | undefined>
}
type Listed<I> = (input: Values) => AsyncIterable<I>
export interface AnyConnected {
  readonly entities: Readonly<Record<string, AnyEntity<Values>>>
  readonly patterns: Readonly<Record<string, (input: Values) => Operation<unknown>>>
  batchGet(operations: readonly Operation<unknown>[]): PromiseLike<readonly (Values | undefined)[]>
  batchWrite(operations: readonly Operation<unknown>[]): PromiseLike<unknown>
}

export interface Parts extends Pick<AnyConnected, 'batchGet' | 'batchWrite'> {
  readonly name: string
  /** The names of the attributes that identify an item. */
  readonly keyNames: readonly string[]
  /** All attributes of an item. */
  readonly definitions: Readonly<Record<string, AttributeDefinition>>
  readonly pointers: AnyEntity<Pointer>
  readonly generations: AnyEntity<Generation>
  readonly chunks: AnyEntity<Values>
  readonly commit: (input: Values) => Operation<unknown>
  readonly remove: (input: Values) => PromiseLike<unknown>
  readonly listChunks: Listed<Values>
  readonly listGenerations: Listed<Generation>
}

export function partsOf({ entities, patterns, batchGet, batchWrite }: AnyConnected, [pointer]: readonly Definition[]): Parts {
  const { name, key, attributes } = pointer as Definition
  const prefix = `${name.charAt(0).toLowerCase()}${name.slice(1)}`
  const keyNames = [...key.pk.matchAll(/\{(\w+)\}/g)].map(([, attribute]) => attribute)
  const [pointers, generations, chunks] = [entities[name], entities[`${name}Generation`], entities[`${name}Chunk`]]
  const [commit, remove] = [patterns[`commit${name}`], patterns[`remove${name}`]]
  const [listChunks, listGenerations] = [patterns[`${prefix}Chunks`], patterns[`${prefix}Generations`]]
  const found = {
    name,
    keyNames,
    definitions: attributeDefinitions(attributes),
    pointers,
    generations,
    chunks,
    commit,
    remove,
    listChunks,
    listGenerations,
    batchGet,
    batchWrite,
  }
  if (Object.values(found).includes(undefined))
    throw new TypeError(`The model has no large item ${name}. Spread what largeItem() gives into defineModel.`)
  // By the names that largeItem gives them.
  return found as unknown as Parts
}

/** The attributes of the key, from whatever has them. */
export function keyOf({ keyNames }: Parts, values: Values): Values {
  return Object.fromEntries(keyNames.map((name) => [name, values[name]]))
}

/** An item with its key whole, what is generated in it included: its generation and chunks have the same. */
export function identified({ keyNames, definitions }: Parts, item: Values, now: Date): Values {
  const key = keyNames.map((name) => {
    const definition = definitions[name]
    return [name, item[name] ?? (definition && defaultValue(definition, now))]
  })
  return { ...item, ...Object.fromEntries(key) }
}

/** Chunks that are read or written at once, which bounds the memory. */
export const together = 8

/** The content of an item as one generation has it. */
export interface Read<I, C> {
  readonly item: I
  readonly content: C
}
