// What is done with large items (large-item.ts). How their content is written is here; reading and disposal are in files beside this one.
import { createHash } from 'node:crypto'
import {
  type Attributes,
  ConditionFailedError,
  type CreateInput,
  type Item,
  type Key,
  type Operation,
  SingletError,
  TransactionCanceledError,
  ValidationError,
} from '../lib/index.ts'
import type { LargeItem, PointerEntity } from './large-item.ts'
import { discard, remove, sweep } from './large-item-disposal.ts'
import {
  type AnyConnected,
  type Definition,
  identified,
  keyOf,
  type Parts,
  type Pointer,
  partsOf,
  type Read,
  together,
  type Values,
} from './large-item-parts.ts'
import { contentOf, read } from './large-item-reading.ts'

/** Content as it is written: whole, or piece by piece, pieces of any size. */
export type Content = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

export interface LargeItemsOptions {
  /** How much of the content an item holds. Default 350,000, at most 390,000. */
  readonly chunkBytes?: number
  /** How long a write may take, in milliseconds. Default an hour; the sweep must leave alone what is younger than that. */
  readonly maxMilliseconds?: number
  /** The clock of the caller. Default: the system's. */
  readonly now?: () => Date
}

export interface WriteContentOptions {
  /** The generation that was read, or null where there must be no item: refused with a `ConditionFailedError` when it is another. */
  readonly replaces?: string | null
  /** Leaves the replaced generation to the sweep, so that those who are reading it can finish. */
  readonly keepReplaced?: boolean
}

export interface SweepOptions {
  /** What is younger is left alone: as long as a write may take (`maxMilliseconds`) and as clocks differ, at least. Default a day. */
  readonly olderThanMilliseconds?: number
}

export interface LargeItems<K, I, W> {
  /**
   * Writes the content, and then makes it the item's, in place of what there was.
   * @throws ConditionFailedError when `replaces` is not what is there
   */
  write(item: W, content: Content, options?: WriteContentOptions): Promise<I>
  /** The item with its content; undefined when there is none. Reads anew when the content is replaced meanwhile. */
  read(key: K): Promise<Read<I, Uint8Array> | undefined>
  /**
   * The item, and its content piece by piece, of which no more than some MB are held. The last piece comes only after the size and the checksum of
   * the whole have proved right, so content that ends is complete.
   * @throws SingletError while reading: `ContentReplaced` when it was replaced or deleted meanwhile (read again), `ContentDamaged` else
   */
  stream(key: K): Promise<Read<I, AsyncIterable<Uint8Array>> | undefined>
  /** Deletes the item and its content; false when there was none. With a generation, only while it is the content. */
  delete(key: K, options?: { readonly generation?: string }): Promise<boolean>
  /** Deletes what is no content, of all items: replaced generations, and those whose writer died. Answers how many. */
  sweep(options?: SweepOptions): Promise<number>
}

/** The parts of a connected model that a large item of the name consists of. */
export interface ConnectedLargeItem<N extends string> {
  readonly entities: { readonly [P in N | `${N}Chunk` | `${N}Generation`]: object }
  readonly patterns: {
    readonly [P in `commit${N}` | `remove${N}` | `${Uncapitalize<N>}Chunks` | `${Uncapitalize<N>}Generations`]: object
  }
  readonly batchGet: unknown
  readonly batchWrite: unknown
}

/**
 * What is done with the large items of a connected model.
 *
 * @param definition what `largeItem` gave, and the model has
 * @example
 * const contents = largeItems(shop, files)
 * const file = await contents.write({ path: 'a.pdf' }, bytes)
 * await contents.write({ path: 'a.pdf' }, others, { replaces: file.generation })
 * for await (const piece of (await contents.stream({ path: 'a.pdf' }))?.content ?? []) process.stdout.write(piece)
 */
export function largeItems<N extends string, K extends Attributes, A extends Attributes, X extends string>(
  connected: ConnectedLargeItem<N>,
  definition: LargeItem<N, K, A, X>,
  options: LargeItemsOptions = {},
): LargeItems<Key<PointerEntity<N, K, A>>, Item<PointerEntity<N, K, A>>, ContentInput<N, K, A>> {
  const { chunkBytes = 350_000, maxMilliseconds = 3_600_000, now = () => new Date() } = options
  if (!Number.isInteger(chunkBytes) || chunkBytes < 1 || chunkBytes > 390_000)
    throw new ValidationError('out-of-range', 'chunkBytes', `is a whole number from 1 to 390000, not ${chunkBytes}.`)
  if (!(maxMilliseconds >= 0))
    throw new ValidationError('out-of-range', 'maxMilliseconds', `is a time from 0, not ${maxMilliseconds}.`)
  const parts = partsOf(connected as unknown as AnyConnected, Object.values(definition.entities) as Definition[])
  const procedures: LargeItems<Values, Pointer, Values> = {
    write: (item, content, options = {}) => write({ ...parts, chunkBytes, maxMilliseconds, now }, item, content, options),
    read: (key) => read(parts, key),
    stream: async (key) => {
      const item = await parts.pointers.get(key, { consistent: true })
      return item && { item, content: contentOf(parts, key, item) }
    },
    delete: (key, { generation } = {}) => remove({ ...parts, now }, key, generation),
    sweep: async ({ olderThanMilliseconds = 86_400_000 }: SweepOptions = {}) => {
      if (!(olderThanMilliseconds >= maxMilliseconds)) throw tooYoung(olderThanMilliseconds, maxMilliseconds)
      return sweep({ ...parts, now }, olderThanMilliseconds)
    },
  }
  // The types are those of the definition.
  return Object.freeze(procedures) as unknown as ReturnType<typeof largeItems<N, K, A, X>>
}

function tooYoung(age: number, maxMilliseconds: number): ValidationError {
  return new ValidationError(
    'out-of-range',
    'olderThanMilliseconds',
    `expected at least ${maxMilliseconds}, which a write may take (maxMilliseconds), got ${age}.`,
  )
}

/** What a write is given besides the content: the key, and the pointer's own attributes. */
export type ContentInput<N extends string, K extends Attributes, A extends Attributes> = Omit<
  CreateInput<PointerEntity<N, K, A>>,
  'generation' | 'chunks' | 'bytes' | 'checksum'
>

type Writing = Parts & Required<LargeItemsOptions>

async function write(parts: Writing, given: Values, content: Content, options: WriteContentOptions): Promise<Pointer> {
  const { generations, chunks, batchWrite, chunkBytes, now } = parts
  const { replaces, keepReplaced = false } = options
  const began = now()
  const item = identified(parts, given, began)
  validate(parts, item, began)
  const key = keyOf(parts, item)
  if (replaces !== undefined) check(parts, key, await parts.pointers.get(key, { consistent: true }), replaces)
  const { generation } = await generations.create({ ...key, state: 'writing', since: began })
  const hash = createHash('sha256')
  let [count, bytes, operations] = [0, 0, [] as Operation<unknown>[]]
  const send = async () => {
    // A sweep may take what is older for dead, and would not find what is written after it.
    if (now().getTime() - began.getTime() > parts.maxMilliseconds) throw tooLate(parts.name)
    await batchWrite(operations)
    operations = []
  }
  for await (const piece of piecesOf(content, chunkBytes)) {
    hash.update(piece)
    bytes += piece.length
    operations.push(chunks.put({ ...key, generation, chunk: count++, content: piece }))
    if (operations.length === together) await send()
  }
  if (operations.length > 0) await send()
  const pointer = { ...item, generation, chunks: count, bytes, checksum: hash.digest('hex') }
  const { written, replaced } = await flip(parts, key, pointer, replaces)
  // What fails here the sweep does again.
  if (replaced !== undefined && !keepReplaced) await discard(parts, key, replaced).catch(() => undefined)
  return written
}

/** Refuses before the upload what would be refused after it. */
function validate({ commit }: Parts, item: Values, since: Date): void {
  try {
    commit({ ...item, generation: '0'.repeat(26), chunks: 0, bytes: 0, checksum: '', since }).params()
  } catch (error) {
    // A schema that must be waited for is asked when the pointer is written.
    if (!(error instanceof ValidationError && error.reason === 'async-schema')) throw error
  }
}

/** Makes a generation the content: in place of the one that is there, or of the one that it replaces. */
async function flip(parts: Writing, key: Values, pointer: Pointer, replaces: string | null | undefined) {
  for (let attempt = 1; ; attempt++) {
    const current = await parts.pointers.get(key, { consistent: true })
    check(parts, key, current, replaces)
    const replaced = current && { replaced: current.generation, replacedChunks: current.chunks }
    try {
      const [written] = (await parts.commit({ ...pointer, ...replaced, since: parts.now() })) as [Pointer]
      return { written, replaced: current }
    } catch (error) {
      if (!(error instanceof TransactionCanceledError)) throw error
      const [pointerReason, generationReason] = error.reasons
      if (generationReason?.error !== undefined) throw tooLate(parts.name)
      if (pointerReason?.error === undefined || attempt === 10) throw error
    }
  }
}

/** Refuses a write whose caller has read another generation than the one that is there. */
function check({ name }: Parts, key: Values, current: Pointer | undefined, replaces: string | null | undefined): void {
  if (replaces === undefined || replaces === (current?.generation ?? null)) return
  throw new ConditionFailedError(
    name,
    key,
    current,
    `The content of the ${name} is not the one that was to be replaced. Read it again.`,
  )
}

const tooLate = (name: string) =>
  new SingletError(
    'WriteTooLate',
    `The content of the ${name} took longer than maxMilliseconds, and was not written. Write it again.`,
  )

/** Content in pieces of one size, the last one smaller. */
async function* piecesOf(content: Content, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  let rest: Uint8Array[] = []
  let length = 0
  for await (const given of content instanceof Uint8Array ? [content] : content) {
    if (!(given instanceof Uint8Array)) throw new ValidationError('wrong-type', 'content', 'gives pieces that are no bytes.')
    let at = 0
    while (length + given.length - at >= size) {
      const end = at + size - length
      yield Buffer.concat([...rest, given.subarray(at, end)])
      ;[rest, length, at] = [[], 0, end]
    }
    // Copied, for whoever gave it may use it again.
    rest.push(Uint8Array.from(given.subarray(at)))
    length += given.length - at
  }
  if (length > 0) yield Buffer.concat(rest)
}
