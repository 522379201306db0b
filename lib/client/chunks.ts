// Work that DynamoDB takes in chunks, and may leave undone in part: a few chunks at once, what is left tried again, and the rest told.
import { backOff } from './back-off.ts'

/** How many chunks are under way at once. */
const maxConcurrency = 8
/** How often in a row a chunk may come back without any progress. */
const maxFruitless = 10
/** The longest wait before what is left is tried again, in milliseconds. */
const longestWait = 1000

/** Errors by which DynamoDB says that it had no throughput for any of a batch. Nothing of it was done. */
const throttling: readonly string[] = ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded']

/** What could not be done. */
export interface Unfinished<T> {
  /** In the order that was given. Where a request failed, it may have been done nevertheless: its answer may be what was lost. */
  readonly left: readonly T[]
  /** How often the chunk that gave up was tried. */
  readonly attempts: number
  /** What its last request failed with; undefined when DynamoDB only left something unprocessed. */
  readonly cause: unknown
}

/**
 * Performs all chunks. `perform` sends one request and gives what DynamoDB left unprocessed. After a chunk that could not be finished
 * no other is begun; those that are under way go on.
 */
export async function performChunks<T>(
  chunks: readonly (readonly T[])[],
  perform: (chunk: readonly T[]) => Promise<readonly T[]>,
): Promise<Unfinished<T> | undefined> {
  const left = [...chunks]
  const waiting = chunks.entries()
  let failure: Unfinished<T> | undefined
  const work = async () => {
    for (const [index, chunk] of waiting) {
      const unfinished = await performChunk(chunk, perform)
      left[index] = unfinished?.left ?? []
      failure ??= unfinished
      if (failure !== undefined) return
    }
  }
  await Promise.all(Array.from({ length: Math.min(maxConcurrency, chunks.length) }, work))
  return failure && { ...failure, left: left.flat() }
}

async function performChunk<T>(
  chunk: readonly T[],
  perform: (chunk: readonly T[]) => Promise<readonly T[]>,
): Promise<Unfinished<T> | undefined> {
  let left = chunk
  let fruitless = 0
  for (let attempts = 1; ; attempts++) {
    let cause: unknown
    const before = left.length
    try {
      left = await perform(left)
    } catch (error) {
      cause = error
      if (!(error instanceof Error && throttling.includes(error.name))) return { left, attempts, cause }
    }
    if (left.length === 0) return undefined
    fruitless = left.length < before ? 0 : fruitless + 1
    if (fruitless === maxFruitless) return { left, attempts, cause }
    await backOff(fruitless + 1, longestWait)
  }
}

/** A list in parts of at most `size`. */
export function chunksOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}
