// A pattern's answer in pages: rows decoded, misfits reported, pages filled up, and the cursor to go on from.
import { type ReadPlan, returnedNames } from '../design/read-plan.ts'
import { InvalidCursorError, type Misfit, MisfitError, ValidationError } from '../errors.ts'
import type { KeyPart, ResolvedEntity } from '../model/resolved.ts'
import { withContext } from '../requests/context.ts'
import { entityOf, isExpired, itemDecoder } from '../requests/decode.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import { type ReadOptions, type ReadSource, readSources } from '../requests/read.ts'
import { isGuard } from '../requests/unique.ts'
import type { Connection, OnMisfit } from './connection.ts'
import { type CursorScope, decodeCursor, encodeCursor } from './cursor.ts'
import { hydrate } from './hydrate.ts'
import { misfitOf, reportMisfit, tryDecoder } from './misfit.ts'
import { type Effort, Reader } from './reader.ts'

/** How a read goes: how much of it, from where, and what else is wanted. */
export interface PageOptions extends ReadOptions {
  /** How many matching items a page has at the most. Default 100. */
  readonly limit?: number
  /** Where to go on: the `cursor` of the page before. */
  readonly cursor?: string
  /**
   * How many queries or scans may be sent for one page. Default 100; the page is then short, and its cursor goes on. The first round, one
   * request for each shard or segment, is always sent. Iteration and `all()` have no pages, and go on to the end.
   */
  readonly maxRequests?: number
  /** What happens with stored items that do not fit their entity. Overrides the setting of `connect`. */
  readonly onMisfit?: OnMisfit
}

/** Some items, and the cursor to the next ones; none when there are no more. */
export interface Page<out R> {
  readonly items: R[]
  readonly cursor?: string
  /** Stored items in this page's range that do not fit their entity, and so are not among the items. */
  readonly misfits: readonly Misfit[]
}

/** An item with the entity it belongs to. */
export interface Row {
  readonly entity: ResolvedEntity
  readonly item: Record<string, unknown>
}

export interface RowPage {
  readonly rows: readonly Row[]
  readonly misfits: readonly Misfit[]
}

export const defaultLimit = 100
export const defaultMaxRequests = 100

/** One read of a pattern for one input, page by page. */
export class Paging {
  readonly #connection: Connection
  readonly #plan: ReadPlan
  readonly #options: PageOptions
  readonly #sources: readonly ReadSource[]
  readonly #reader: Reader
  readonly #scope: CursorScope
  readonly #wanted: ReadonlySet<ResolvedEntity>
  readonly #decoders = new Map<ResolvedEntity, (stored: StoredItem) => Record<string, unknown>>()
  readonly #keys: readonly KeyPart[]
  /** Others that no filter kept out are dropped as they are read, before they count or are fetched whole. */
  readonly #keep: ((item: StoredItem) => boolean) | undefined

  /** Throws a `ValidationError` for bad input, and an `InvalidCursorError` for a cursor of something else. */
  constructor(connection: Connection, plan: ReadPlan, input: object, options: PageOptions) {
    const { definition } = plan
    const descending = (options.descending ?? ('descending' in definition && definition.descending)) === true
    const consistent = options.consistent ?? definition.consistent
    this.#connection = connection
    this.#plan = plan
    this.#options = options
    const whole = withContext(plan, connection.context, input as Readonly<Record<string, unknown>>)
    this.#sources = readSources(plan, connection.tableName, whole, { ...options, descending, consistent }, connection.now())
    this.#scope = { plan, tableName: connection.tableName, sources: this.#sources, descending, secret: connection.cursorSecret }
    const start = options.cursor === undefined ? undefined : decodeCursor(this.#scope, options.cursor)
    this.#reader = new Reader(connection, plan, this.#sources, start, descending)
    this.#wanted = new Set(plan.wanted.values())
    this.#keep = plan.separation === 'keys' ? (item) => this.#entityOf(item) !== 'foreign' : undefined
    this.#keys = plan.sort === undefined ? [plan.partition] : [plan.partition, plan.sort]
  }

  /** The requests of the first round, for a page of this many items. */
  params(limit: number | undefined): object[] {
    const first = this.#sources.filter(({ group }) => group === 0)
    const each = this.#reader.share(limit, first.length)
    return first.map(({ request }) => ({ ...request, ...(each !== undefined && { Limit: each }) }))
  }

  /** The cursor behind what has been read; undefined when there is nothing more. */
  get cursor(): string | undefined {
    const { position } = this.#reader
    return position === undefined ? undefined : encodeCursor(this.#scope, position)
  }

  get ended(): boolean {
    return this.#reader.ended
  }

  /** The next `limit` rows, fewer at the end or when the effort is spent. Without a limit, what one round of requests brings. */
  async page(limit: number | undefined, effort: Effort): Promise<RowPage> {
    const rows: Row[] = []
    const misfits: Misfit[] = []
    do {
      const stored = await this.#read(limit === undefined ? undefined : limit - rows.length, effort)
      if (stored.length === 0) break
      const now = this.#connection.now()
      const whole = this.#plan.hydrates ? await hydrate(this.#connection, this.#plan, stored, this.#sources[0]?.range) : stored
      for (const item of whole) this.#accept(item, now, rows, misfits)
    } while (limit !== undefined && rows.length < limit)
    return { rows, misfits }
  }

  /** Which segment of a scan a key is in, only DynamoDB knows; it refuses a forged cursor that mixes them up. */
  async #read(count: number | undefined, effort: Effort): Promise<StoredItem[]> {
    try {
      return await this.#reader.read(count, effort, this.#keep)
    } catch (error) {
      const refused = this.#options.cursor !== undefined && error instanceof Error && error.name === 'ValidationException'
      if (!refused || !/start(ing)? key/i.test(error.message)) throw error
      throw new InvalidCursorError(this.#plan.name, 'DynamoDB does not know its position')
    }
  }

  #accept(stored: StoredItem, now: Date, rows: Row[], misfits: Misfit[]): void {
    const entity = this.#entityOf(stored)
    if (entity === 'foreign') return
    if (entity === undefined) {
      const { table } = this.#connection.model
      const path = table.typeAttribute ?? table.partitionKey.name
      misfits.push(this.#report(misfitOf(table, undefined, stored, path, 'it is of no entity that is read here.')))
      return
    }
    if (this.#options.includeExpired !== true && isExpired(entity, stored, now)) return
    const decoded = tryDecoder(entity, this.#decoderOf(entity), stored)
    if ('item' in decoded) rows.push({ entity, item: decoded.item })
    else misfits.push(this.#report(decoded.misfit))
  }

  #decoderOf(entity: ResolvedEntity): (stored: StoredItem) => Record<string, unknown> {
    let decoder = this.#decoders.get(entity)
    if (decoder === undefined) {
      decoder = itemDecoder(entity, { names: returnedNames(this.#plan, entity), keys: this.#keys })
      this.#decoders.set(entity, decoder)
    }
    return decoder
  }

  /** The wanted entity that an item is of; `foreign` when it is of another one that shares the range. */
  #entityOf(stored: StoredItem): ResolvedEntity | 'foreign' | undefined {
    const entity = entityOf(this.#connection.model, stored)
    // Scans meet the guards of unique values, which are nobody's items.
    if (entity === undefined) return isGuard(this.#connection.model, stored) ? 'foreign' : undefined
    if (this.#wanted.has(entity)) return entity
    return this.#plan.inRange.includes(entity) ? 'foreign' : undefined
  }

  #report(misfit: Misfit): Misfit {
    reportMisfit(this.#options.onMisfit ?? this.#connection.onMisfit, misfit)
    return misfit
  }
}

/** Where one item is asked for and the one that is there does not fit, silence would look like its absence. */
export function throwMisfit([misfit]: readonly Misfit[], onMisfit: OnMisfit | undefined): void {
  if (misfit !== undefined && onMisfit === undefined) throw new MisfitError(misfit)
}

/** Checks an option that counts. */
export function checkCount(name: string, value: number | undefined): void {
  if (value !== undefined && (!Number.isSafeInteger(value) || value < 1))
    throw new ValidationError('out-of-range', name, `expected a whole number from 1, got ${value}.`)
}
