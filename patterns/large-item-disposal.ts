// How content of large items (large-item.ts) goes: with its item, when it is replaced, and when a crash has left it behind.
import { ConditionFailedError, ItemNotFoundError, type Operation, TransactionCanceledError } from '../lib/index.ts'
import { type Generation, keyOf, type Parts, type Values } from './large-item-parts.ts'

export async function remove(parts: Parts & { now(): Date }, key: Values, generation: string | undefined): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const current = await parts.pointers.get(key, { consistent: true })
    if (current === undefined || (generation !== undefined && generation !== current.generation)) return false
    try {
      await parts.remove({ ...keyOf(parts, key), generation: current.generation, chunks: current.chunks, since: parts.now() })
      await discard(parts, key, current).catch(() => undefined)
      return true
    } catch (error) {
      if (!(error instanceof TransactionCanceledError) || attempt === 10) throw error
    }
  }
}

export async function sweep(parts: Parts & { now(): Date }, olderThanMilliseconds: number): Promise<number> {
  const before = new Date(parts.now().getTime() - olderThanMilliseconds)
  let swept = 0
  for await (const found of parts.listGenerations({ since: { lte: before } })) {
    if (found.state === 'writing' && !(await abandon(parts, found))) continue
    await discard(parts, found, found)
    swept++
  }
  return swept
}

/** Takes from a generation the right to become the content; false when it has become it, or is gone. */
async function abandon(parts: Parts, found: Generation): Promise<boolean> {
  try {
    const key = { ...keyOf(parts, found), generation: found.generation }
    await parts.generations.update(key, { state: 'abandoned' }, { if: { state: 'writing' } })
    return true
  } catch (error) {
    if (error instanceof ConditionFailedError || error instanceof ItemNotFoundError) return false
    throw error
  }
}

/** Deletes the chunks of a generation, and then what says that they are to be deleted. Nothing of it is read when their number is known. */
export async function discard(parts: Parts, of: Values, generation: { readonly generation: string; readonly chunks?: number }) {
  const key = { ...keyOf(parts, of), generation: generation.generation }
  let operations: Operation<unknown>[] = []
  const add = async (chunk: unknown) => {
    operations.push(parts.chunks.delete({ ...key, chunk }))
    if (operations.length === 100) await parts.batchWrite(operations.splice(0))
  }
  if (generation.chunks === undefined) for await (const { chunk } of parts.listChunks(key)) await add(chunk)
  else for (let chunk = 0; chunk < generation.chunks; chunk++) await add(chunk)
  if (operations.length > 0) await parts.batchWrite(operations)
  operations = []
  await parts.generations.delete(key)
}
