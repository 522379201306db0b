// A pattern's answer in pages: rows decoded, misfits reported, pages filled up, and the cursor to go on from.
import { type ReadPlan, returnedNames } from '../design/read-plan.ts'
import { type Misfit, MisfitError, ValidationError } from '../errors.ts'
import type { KeyPart, ResolvedEntity } from '../model/resolved.ts'
import { entityOf, isExpired } from '../requests/decode.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import { type ReadOptions, type ReadSource, readSources } from '../requests/read.ts'
import type { Connection, OnMisfit } from './connection.ts'
import { type CursorScope, decodeCursor, encodeCursor } from './cursor.ts'
import { hydrate } from './hydrate.ts'
import { misfitOf, reportMisfit, tryDecode } from './misfit.ts'
import { type Budget, Reader } from './reader.ts'

/** How a read goes: how much of it, from where, and what else is wanted. */
export interface PageOptions extends ReadOptions {
  /** How many matching items a page has at the most. Default 100. */
  readonly limit?: number
  /** Where to go on: the `cursor` of the page before. */
  readonly cursor?: string
  /** How many requests may be sent for one page. Default 100; the page is then short, and its cursor goes on. */
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
  readonly #keys: readonly KeyPart[]

  /** Throws a `ValidationError` for bad input, and an `InvalidCursorError` for a cursor of something else. */
  constructor(connection: Connection, plan: ReadPlan, input: object, options: PageOptions) {
    const { definition } = plan
    const descending = (options.descending ?? ('descending' in definition && definition.descending)) === true
    const consistent = options.consistent ?? definition.consistent
    this.#connection = connection
    this.#plan = plan
    this.#options = options
    this.#sources = readSources(plan, connection.tableName, input, { ...options, descending, consistent }, connection.now())
    this.#scope = { plan, tableName: connection.tableName, sources: this.#sources, descending, secret: connection.cursorSecret }
    const positions = options.cursor === undefined ? undefined : decodeCursor(this.#scope, options.cursor)
    this.#reader = new Reader(connection, plan, this.#sources, positions, descending)
    this.#keys = plan.sort === undefined ? [plan.partition] : [plan.partition, plan.sort]
  }

  /** The requests of the first round, for a page of this many items. */
  params(limit: number | undefined): object[] {
    return this.#sources.map(({ request }) => ({ ...request, ...(limit !== undefined && { Limit: limit }) }))
  }

  /** The cursor behind what has been read; undefined when there is nothing more. */
  get cursor(): string | undefined {
    const { positions } = this.#reader
    return positions === undefined ? undefined : encodeCursor(this.#scope, positions)
  }

  get ended(): boolean {
    return this.#reader.positions === undefined
  }

  /** The next `limit` rows, fewer at the end or when `maxRequests` are used up. Without a limit, what one round of requests brings. */
  async page(limit: number | undefined, maxRequests: number): Promise<RowPage> {
    const rows: Row[] = []
    const misfits: Misfit[] = []
    const budget: Budget = { left: maxRequests, begun: false }
    do {
      const stored = await this.#reader.read(limit === undefined ? undefined : limit - rows.length, budget)
      for (const item of await this.#whole(stored)) this.#accept(item, rows, misfits)
      if (stored.length === 0) break
    } while (limit !== undefined && rows.length < limit)
    return { rows, misfits }
  }

  async #whole(stored: StoredItem[]): Promise<StoredItem[]> {
    const { definition } = this.#plan
    const lacking = definition.kind === 'query' && definition.hydrate && stored.length > 0
    return lacking ? hydrate(this.#connection, this.#plan, stored) : stored
  }

  #accept(stored: StoredItem, rows: Row[], misfits: Misfit[]): void {
    const entity = this.#entityOf(stored)
    if (entity === 'foreign') return
    if (entity === undefined) {
      misfits.push(
        this.#report(misfitOf([...this.#plan.wanted.values()][0], stored, '', 'it belongs to no entity that is read here.')),
      )
      return
    }
    if (this.#options.includeExpired !== true && isExpired(entity, stored, this.#connection.now())) return
    const decoded = tryDecode(entity, stored, { names: returnedNames(this.#plan, entity), keys: this.#keys })
    if ('item' in decoded) rows.push({ entity, item: decoded.item })
    else misfits.push(this.#report(decoded.misfit))
  }

  /** The wanted entity that an item is of; `foreign` when it is of another one that shares the range. */
  #entityOf(stored: StoredItem): ResolvedEntity | 'foreign' | undefined {
    const { wanted, inRange } = this.#plan
    const entity = entityOf(this.#connection.model, stored)
    if (entity === undefined) return undefined
    for (const one of wanted.values()) if (one === entity) return entity
    return inRange.includes(entity) ? 'foreign' : undefined
  }

  #report(misfit: Misfit): Misfit {
    reportMisfit(this.#options.onMisfit ?? this.#connection.onMisfit, misfit)
    return misfit
  }
}

/** Where there is one item to give and it does not fit, silence would look like its absence. */
export function throwMisfit({ rows, misfits }: RowPage, onMisfit: OnMisfit | undefined): void {
  const [misfit] = misfits
  if (rows.length === 0 && misfit !== undefined && onMisfit === undefined) throw new MisfitError(misfit)
}

/** Checks an option that counts. */
export function checkCount(name: string, value: number | undefined): void {
  if (value !== undefined && (!Number.isSafeInteger(value) || value < 1))
    throw new ValidationError('out-of-range', name, `expected a whole number from 1, got ${value}.`)
}
