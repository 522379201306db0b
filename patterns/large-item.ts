// Content over 400 KB, in chunks: a pointer item says which generation of them is the content, and flips from one to the next.
import {
  type Attributes,
  binary,
  type CreateInput,
  datetime,
  defineEntity,
  type Entity,
  type Item,
  number,
  oneOf,
  type QueryPattern,
  query,
  string,
  type TransactionPattern,
  transaction,
  ulid,
  type WriteOperation,
} from '../lib/index.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { givenAttributes } from './given-attributes.ts'
import { keyUnder } from './key-prefix.ts'
import { refusePattern } from './pattern-problem.ts'

export interface LargeItemOptions<N extends string, K, A, X extends string> {
  /** The item. Its pointer is `File`; what only `largeItems` uses is `FileChunk`, `FileGeneration`, `commitFile`, `removeFile` … */
  readonly name: N
  /** The attributes that identify it, in the order in which they stand in the partition key. */
  readonly key: K
  /** What the pointer has besides. */
  readonly attributes?: A
  /** The index that lists generations which are not the content (being written, replaced), for the sweep. Nothing else of it is in there. */
  readonly index: X
}

type Flat<X> = { [K in keyof X]: X[K] }
type KeyNames<K> = `{${keyof K & string}}`
type NoIndexes = Record<never, never>
type KeyItem<K extends Attributes> = Item<Entity<string, K, { readonly pk: string }, NoIndexes>>

/** What is known of the content without reading it. */
const pointerAttributes = Object.freeze({
  generation: ulid({ generate: false }).readOnly().describe('Which chunks are the content'),
  chunks: number({ min: 0, max: 99_999, integer: true }).readOnly().describe('How many there are'),
  bytes: number({ min: 0, integer: true }).readOnly().describe('The size of the content'),
  checksum: string().readOnly().describe('SHA-256 of the content, in hexadecimal'),
})
const generationAttributes = Object.freeze({
  generation: ulid(),
  state: oneOf('writing', 'abandoned').describe('Whether it may still become the content'),
  since: datetime().describe('When it came into this state'),
  chunks: number({ min: 0, max: 99_999, integer: true }).optional().describe('How many there are, when that is known'),
})
const chunkAttributes = Object.freeze({
  generation: ulid({ generate: false }),
  chunk: number({ min: 0, max: 99_999, integer: true }),
  content: binary({ max: 400_000 }),
})

/** The item that says what the content is. */
export type PointerEntity<N extends string, K extends Attributes, A extends Attributes> = Entity<
  N,
  Flat<K & A & typeof pointerAttributes>,
  { readonly pk: KeyNames<K>; readonly sk: '' },
  NoIndexes
>
/** A generation that is not the content. */
export type GenerationEntity<N extends string, K extends Attributes, X extends string> = Entity<
  `${N}Generation`,
  Flat<K & typeof generationAttributes>,
  { readonly pk: KeyNames<K>; readonly sk: '{generation}' },
  { readonly [P in X]: { readonly pk: ''; readonly sk: '{since}' } }
>
export type ChunkEntity<N extends string, K extends Attributes> = Entity<
  `${N}Chunk`,
  Flat<K & typeof chunkAttributes>,
  { readonly pk: KeyNames<K> | '{generation}'; readonly sk: '{chunk}' },
  NoIndexes
>

/** What the flip is given besides the pointer: the generation that it replaces. */
type Replaced = { readonly replaced?: string; readonly replacedChunks?: number; readonly since: Date }
type Removed<K extends Attributes> = KeyItem<K> & { readonly generation: string; readonly chunks: number; readonly since: Date }

export interface LargeItem<N extends string, K extends Attributes, A extends Attributes, X extends string> {
  readonly entities: { readonly [P in N]: PointerEntity<N, K, A> } & {
    readonly [P in `${N}Generation`]: GenerationEntity<N, K, X>
  } & { readonly [P in `${N}Chunk`]: ChunkEntity<N, K> }
  readonly accessPatterns: {
    readonly [P in `commit${N}`]: TransactionPattern<Flat<CreateInput<PointerEntity<N, K, A>> & Replaced>, unknown[]>
  } & { readonly [P in `remove${N}`]: TransactionPattern<Removed<K>, unknown[]> } & {
    readonly [P in `${Uncapitalize<N>}Chunks`]: QueryPattern<ChunkEntity<N, K>, undefined, { readonly chunk: number }>
  } & {
    readonly [P in `${Uncapitalize<N>}Generations`]: QueryPattern<GenerationEntity<N, K, X>, X, Item<GenerationEntity<N, K, X>>>
  }
}

/**
 * A large item: content of any size, written and read as one.
 *
 * **Problem.** An item holds 400 KB, and a transaction 4 MB.
 *
 * **Layout.** A pointer, the chunks of its generation, and an item for each generation that is not the content.
 *
 * | | PK | SK | index |
 * | --- | --- | --- | --- |
 * | pointer | `FILE#{path}` | `FILE` | |
 * | generation | `FILE#{path}` | `FILE_GENERATION#{generation}` | `FILE_GENERATIONS`, `{since}` |
 * | chunk | `FILE_CHUNK#{path}#{generation}` | `FILE_CHUNK#{chunk}` | |
 *
 * **Invariant.** Who reads gets all of one generation, or an error. A generation is registered, then its chunks are written, then one
 * transaction points to it, on condition that the pointer is as it was read and the generation still registered for writing; the same transaction
 * registers the replaced one for deletion. So whatever is not the content is registered: a crash leaves nothing that `sweep` does not find,
 * without reading a chunk of what is in use.
 *
 * **Mistake.** Chunks overwritten in place, which readers see half old and half new; unpadded numbers, so that chunk 10 comes before 2; a count
 * that nobody stored, so that a missing end is not noticed.
 *
 * `largeItems(shop, files)` writes, reads, deletes and sweeps. What is read often and by many belongs in S3, with the pointer alone here.
 * Source: the guide's chapter on large items.
 *
 * @example
 * const files = largeItem({ name: 'File', key: { path: string() }, attributes: { type: string() }, index: 'GSI1' })
 * const shop = connect(defineModel({ table, ...files }), { client })
 * const { write, read } = largeItems(shop, files)
 * await write({ path: 'a.pdf', type: 'application/pdf' }, createReadStream('a.pdf'))
 * @throws {ModelError} when attributes have names that the pattern needs, or would let the pointer expire without its chunks
 */
export function largeItem<
  const N extends string,
  const K extends Attributes,
  const X extends string,
  const A extends Attributes = Record<never, never>,
>(options: LargeItemOptions<N, K, A, X>): LargeItem<N, K, A, X> {
  const { name, key, index } = options
  const attributes: Attributes = options.attributes ?? {}
  checkAttributes(name, { ...key, ...attributes })
  const prefix = `${name.charAt(0).toLowerCase()}${name.slice(1)}`
  const entities = entitiesOf(name, key, attributes, index)
  const { pointer, generation, chunk } = entities
  const written = { [pointer.name]: pointer, [generation.name]: generation }
  const identity = givenAttributes(key, 'not generated')
  const { generation: id, chunks, bytes, checksum } = givenAttributes(pointerAttributes)
  const whole = { generation: id, chunks, bytes, checksum } as Attributes
  const flip = { replaced: ulid({ generate: false }).optional(), replacedChunks: number().optional(), since: datetime() }
  const keyOf = (input: Values) => Object.fromEntries(Object.keys(key).map((attribute) => [attribute, input[attribute]]))
  const commit = transaction(
    written,
    { ...identity, ...givenAttributes(attributes), ...whole, ...flip },
    (input: Values, writes) => {
      const { replaced, replacedChunks, since, ...values } = input
      const [pointers, generations] = [writesOf(writes, pointer.name), writesOf(writes, generation.name)]
      const current = generations.delete({ ...keyOf(input), generation: input.generation }, { if: { state: 'writing' } })
      if (replaced === undefined) return [pointers.create(values), current]
      const old = { ...keyOf(input), generation: replaced, state: 'abandoned', since, chunks: replacedChunks }
      return [pointers.put(values, { if: { generation: replaced } }), current, generations.create(old)]
    },
  ).describe(`Points a ${name} to a generation of chunks that is complete`)
  const remove = transaction(
    written,
    { ...identity, generation: id, chunks, since: datetime() } as Attributes,
    (input: Values, writes) => [
      writesOf(writes, pointer.name).delete(keyOf(input), { if: { generation: input.generation } }),
      writesOf(writes, generation.name).create({ ...input, state: 'abandoned' }),
    ],
  ).describe(`Deletes a ${name}, and leaves its chunks to be deleted`)
  const accessPatterns = {
    [`commit${name}`]: commit,
    [`remove${name}`]: remove,
    [`${prefix}Chunks`]: query(chunk).consistent().select('chunk').describe(`The chunks of a generation, to delete them`),
    [`${prefix}Generations`]: query(generation)
      .index(index as string as never)
      .hydrate()
      .describe(`Generations that are not the content of a ${name}, oldest first`),
  }
  // Made of the same names that the type is made of.
  return Object.freeze({
    entities: Object.freeze({ ...written, [chunk.name]: chunk }),
    accessPatterns: Object.freeze(accessPatterns),
  }) as unknown as LargeItem<N, K, A, X>
}

type Values = Readonly<Record<string, unknown>>
interface AnyWrites {
  create(input: object): WriteOperation<unknown>
  put(input: object, options: object): WriteOperation<unknown>
  delete(key: object, options?: object): WriteOperation<unknown>
}
const writesOf = (writes: object, name: string) => (writes as Readonly<Record<string, AnyWrites>>)[name] as AnyWrites

function entitiesOf(name: string, key: Attributes, attributes: Attributes, index: string) {
  const placeholders = Object.keys(key)
    .map((attribute) => `#{${attribute}}`)
    .join('')
  const generations = `${name}Generation`
  const given = withoutDefaults(key)
  return {
    pointer: defineEntity(name, {
      description: 'Content in chunks, and which of them it is.',
      attributes: { ...key, ...attributes, ...pointerAttributes },
      key: { pk: keyUnder(name, placeholders), sk: keyUnder(name, '') },
      onlyInTransactions: ['create', 'put', 'delete', 'move'],
      writtenBy: 'largeItem',
    }),
    generation: defineEntity(generations, {
      description: `Chunks that are not the content of a ${name}: not yet, or no more.`,
      attributes: { ...given, ...generationAttributes },
      key: { pk: keyUnder(name, placeholders), sk: keyUnder(generations, '#{generation}') },
      indexes: { [index]: { pk: keyUnder(generations, 'S'), sk: '{since}' } },
    }),
    chunk: defineEntity(`${name}Chunk`, {
      description: `A piece of the content of a ${name}.`,
      attributes: { ...given, ...chunkAttributes },
      key: { pk: keyUnder(`${name}Chunk`, `${placeholders}#{generation}`), sk: keyUnder(`${name}Chunk`, '#{chunk}') },
    }),
  }
}

/** The key as generations and chunks have it: that of their item, and none that is generated for them. */
function withoutDefaults(key: Attributes): Attributes {
  const given = Object.entries(attributeDefinitions(key)).map(([name, { default: _, ...definition }]) => [
    name,
    Object.freeze({ definition: Object.freeze(definition) }),
  ])
  return Object.fromEntries(given)
}

const ownNames: readonly string[] = [
  ...Object.keys({ ...pointerAttributes, ...generationAttributes, ...chunkAttributes }),
  'replaced',
  'replacedChunks',
]

function checkAttributes(name: string, attributes: Attributes): void {
  for (const [attribute, made] of Object.entries(attributes)) {
    const place = `${name}.${attribute}`
    if (ownNames.includes(attribute))
      refusePattern('reserved-name', place, `${attribute} is an attribute of the pattern.`, 'Give it another name.')
    if (!('definition' in made)) continue
    if (made.definition.type === 'expiresAt')
      refusePattern('expires-alone', place, 'the pointer would expire without its chunks.', 'Delete it with largeItems().delete.')
    if (made.definition.onlyInTransactions)
      refusePattern('set-back', place, 'each new content would set it back.', 'Keep it in an item of its own.')
    if (made.definition.type === 'version')
      refusePattern('two-versions', place, 'generation is the version of the content.', 'Leave it out, and give { replaces }.')
  }
}
