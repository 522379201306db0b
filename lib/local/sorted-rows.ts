// Rows by key, iterable over a range of keys in either direction. Keys are dynalite's: ASCII text that sorts as the data must.

/** Bounds on keys, in the vocabulary of the store that dynalite was written for. */
export interface KeyRange {
  gt?: string
  gte?: string
  lt?: string
  lte?: string
  reverse?: boolean
}

/** Sorted keys are kept in chunks, so that an insertion moves at most this many. */
const chunkSize = 512

/** A sorted map with cheap insertion. Not to be changed while a range of it is being read. */
export class SortedRows<Value> {
  readonly #values = new Map<string, Value>()
  readonly #chunks: string[][] = []

  get size(): number {
    return this.#values.size
  }

  get(key: string): Value | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: Value): void {
    if (!this.#values.has(key)) this.#insert(key)
    this.#values.set(key, value)
  }

  delete(key: string): void {
    if (!this.#values.delete(key)) return
    const at = this.#chunkOf(key)
    const chunk = this.#chunks[at]
    if (chunk === undefined) return
    chunk.splice(lowerBound(chunk, key), 1)
    if (chunk.length === 0) this.#chunks.splice(at, 1)
  }

  /** The keys within the range, in order, or in reverse order. */
  *keys(range: KeyRange = {}): Generator<string> {
    yield* range.reverse === true ? this.#backward(range) : this.#forward(range)
  }

  /** The values within the range, in the order of their keys. */
  *values(range: KeyRange = {}): Generator<Value> {
    for (const key of this.keys(range)) yield this.#values.get(key) as Value
  }

  #insert(key: string): void {
    const at = this.#chunkOf(key)
    const chunk = this.#chunks[at]
    if (chunk === undefined) {
      this.#chunks.push([key])
      return
    }
    chunk.splice(lowerBound(chunk, key), 0, key)
    if (chunk.length > chunkSize) this.#chunks.splice(at + 1, 0, chunk.splice(chunkSize >> 1))
  }

  /** The first chunk whose last key is not below the key; the last chunk when all are. */
  #chunkOf(key: string): number {
    let low = 0
    let high = this.#chunks.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#chunks[middle]?.at(-1) ?? '') < key) low = middle + 1
      else high = middle
    }
    return low
  }

  *#forward(range: KeyRange): Generator<string> {
    const start = range.gt ?? range.gte
    for (let at = start === undefined ? 0 : this.#chunkOf(start); at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at] ?? []
      for (let row = start === undefined ? 0 : lowerBound(chunk, start); row < chunk.length; row++) {
        const key = chunk[row] as string
        if (key === range.gt) continue
        if (isAbove(key, range)) return
        yield key
      }
    }
  }

  *#backward(range: KeyRange): Generator<string> {
    const end = range.lt ?? range.lte
    for (let at = end === undefined ? this.#chunks.length - 1 : this.#chunkOf(end); at >= 0; at--) {
      const chunk = this.#chunks[at] ?? []
      for (let row = end === undefined ? chunk.length - 1 : upperBound(chunk, end); row >= 0; row--) {
        const key = chunk[row] as string
        if (isAbove(key, range)) continue
        if (isBelow(key, range)) return
        yield key
      }
    }
  }
}

const isAbove = (key: string, { lt, lte }: KeyRange) => (lt !== undefined && key >= lt) || (lte !== undefined && key > lte)
const isBelow = (key: string, { gt, gte }: KeyRange) => (gt !== undefined && key <= gt) || (gte !== undefined && key < gte)

/** The position of the first key that is not below the given one. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle] as string) < key) low = middle + 1
    else high = middle
  }
  return low
}

/** The position of the last key that can be at or below the given one. */
function upperBound(keys: readonly string[], key: string): number {
  return Math.min(lowerBound(keys, key), keys.length - 1)
}
