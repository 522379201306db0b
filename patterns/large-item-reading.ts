// How the content of a large item (large-item.ts) is read: one generation, whole and proved, or an error that says to read again.
import { createHash } from 'node:crypto'
import { SingletError } from '../lib/index.ts'
import { keyOf, type Parts, type Pointer, type Read, together, type Values } from './large-item-parts.ts'

export async function read(parts: Parts, key: Values): Promise<Read<Pointer, Uint8Array> | undefined> {
  for (let attempt = 1; ; attempt++) {
    const item = await parts.pointers.get(key, { consistent: true })
    if (item === undefined) return undefined
    try {
      const pieces: Uint8Array[] = []
      for await (const piece of contentOf(parts, key, item)) pieces.push(piece)
      return { item, content: Buffer.concat(pieces) }
    } catch (error) {
      if (attempt === 5 || !(error instanceof SingletError && error.code === 'ContentReplaced')) throw error
    }
  }
}

/** The pieces of a generation. The last one is held back until the whole has proved right. */
export async function* contentOf(parts: Parts, key: Values, item: Pointer): AsyncGenerator<Uint8Array, void, undefined> {
  const { chunks, batchGet, pointers, name } = parts
  const { generation, chunks: count } = item
  const hash = createHash('sha256')
  let [bytes, held] = [0, undefined as Uint8Array | undefined]
  for (let first = 0; first < count; first += together) {
    const numbers = Array.from({ length: Math.min(together, count - first) }, (_, n) => first + n)
    const gets = numbers.map((chunk) => chunks.get({ ...keyOf(parts, key), generation, chunk }, { consistent: true }))
    for (const chunk of await batchGet(gets)) {
      if (chunk === undefined) throw await incomplete()
      if (held !== undefined) yield held
      held = chunk.content as Uint8Array
      hash.update(held)
      bytes += held.length
    }
  }
  if (bytes !== item.bytes || hash.digest('hex') !== item.checksum) throw await incomplete()
  if (held !== undefined) yield held

  async function incomplete(): Promise<SingletError> {
    const current = await pointers.get(key, { consistent: true })
    return current?.generation === generation
      ? new SingletError(
          'ContentDamaged',
          `The chunks of the ${name} are not those that were written: count, size or checksum differ.`,
        )
      : new SingletError('ContentReplaced', `The content of the ${name} was replaced while it was read. Read it again.`)
  }
}
