// One partition (or one segment of a scan) as a stream of stored items, fetched page by page, with the exact position of the reader.
import type { StoredItem } from '../requests/index-keys.ts'
import type { ReadSource } from '../requests/read.ts'
import type { Connection, Origin } from './connection.ts'
import { send } from './send.ts'
import type { SharedHandler } from './shared-handler.ts'

/** Where a reader stands: before everything, after the item with this key, or after everything. */
export type Position = StoredItem | 'start' | 'end'

export class Source {
  readonly #connection: Connection
  readonly #origin: Origin
  readonly #source: ReadSource
  /** The attributes that make up a position: those of the primary key and of the index. */
  readonly #keyNames: readonly string[]
  #buffer: readonly StoredItem[] = []
  #taken = 0
  /** Where the buffer begins. */
  #begin: Position
  /** Where the buffer ends, and fetching goes on. */
  #end: Position

  constructor(connection: Connection, origin: Origin, source: ReadSource, keyNames: readonly string[], position: Position) {
    this.#connection = connection
    this.#origin = origin
    this.#source = source
    this.#keyNames = keyNames
    this.#begin = position
    this.#end = position
  }

  /** After the last item that was taken. */
  get position(): Position {
    if (this.head === undefined) return this.#end
    const last = this.#buffer[this.#taken - 1]
    return last === undefined ? this.#begin : this.#keyOf(last)
  }

  /** The next item, if one has been fetched. */
  get head(): StoredItem | undefined {
    return this.#buffer[this.#taken]
  }

  /** Whether what comes next is unknown until it is fetched. */
  get mustFetch(): boolean {
    return this.#taken === this.#buffer.length && this.#end !== 'end'
  }

  /** Fetches the next page: at most `limit` items are read, or as many as fit in 1 MB. */
  async fetch(limit: number | undefined, share?: SharedHandler): Promise<void> {
    const { operation, request } = this.#source
    const { Items = [], LastEvaluatedKey } = await send(
      this.#connection,
      operation,
      {
        ...request,
        ...(limit !== undefined && { Limit: limit }),
        ...(typeof this.#end === 'object' && { ExclusiveStartKey: this.#end }),
      },
      this.#origin,
      undefined,
      share,
    )
    this.#begin = this.#end
    this.#buffer = Items
    this.#taken = 0
    this.#end = LastEvaluatedKey ?? 'end'
  }

  /** Takes the head. */
  take(): StoredItem | undefined {
    const item = this.head
    if (item !== undefined) this.#taken++
    return item
  }

  #keyOf(item: StoredItem): StoredItem {
    const key: StoredItem = {}
    for (const name of this.#keyNames) {
      const value = item[name]
      if (value !== undefined) key[name] = value
    }
    return key
  }
}
