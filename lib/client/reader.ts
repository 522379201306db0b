// Reads several sources as one: a k-way merge in DynamoDB's key order that holds at most one page of each source.
import type { ReadPlan } from '../design/read-plan.ts'
import { compareKeys } from '../keys/key-order.ts'
import { keyContent, type StoredItem } from '../requests/index-keys.ts'
import type { ReadSource } from '../requests/read.ts'
import type { Connection } from './connection.ts'
import { type Position, Source } from './source.ts'

/** How many sources are fetched from at once. */
const maxConcurrency = 32
/** With a filter, how many items a request reads at the most before it answers; then what came through is looked at. */
const maxFilteredLimit = 2000

/** A budget of requests. The first round is always sent: without it nothing would ever be read. */
export interface Budget {
  left: number
  begun: boolean
}

export class Reader {
  readonly #plan: ReadPlan
  readonly #sources: readonly Source[]
  readonly #direction: 1 | -1
  readonly #filtered: boolean
  /** Grows while filters let little through. */
  #filteredLimit = 0

  constructor(
    connection: Connection,
    plan: ReadPlan,
    sources: readonly ReadSource[],
    positions: readonly Position[] | undefined,
    descending: boolean,
  ) {
    const origin = { pattern: plan.name }
    const keyNames = positionNames(plan)
    this.#plan = plan
    this.#direction = descending ? -1 : 1
    this.#filtered = sources.some(({ request }) => request.FilterExpression !== undefined)
    this.#sources = sources.map(
      (source, index) => new Source(connection, origin, source, keyNames, positions?.[index] ?? 'start'),
    )
  }

  /** Where each source stands; undefined when everything has been read. */
  get positions(): readonly Position[] | undefined {
    const positions = this.#sources.map((source) => source.position)
    return positions.every((position) => position === 'end') ? undefined : positions
  }

  /**
   * The next items, in order: `count` of them, fewer when there are no more or the budget is used up. Without a count, what one round of
   * requests brings.
   */
  async read(count: number | undefined, budget: Budget): Promise<StoredItem[]> {
    const items: StoredItem[] = []
    const wanted = count ?? Number.POSITIVE_INFINITY
    while (items.length < wanted) {
      const waiting = this.#sources.filter((source) => source.mustFetch)
      if (waiting.length > 0) {
        if (count === undefined && items.length > 0) break
        // Without all heads the next item in order is not known, so a round that can't be finished is not begun.
        if (budget.begun && budget.left < waiting.length) break
        budget.begun = true
        budget.left -= waiting.length
        const limit = this.#limit(count === undefined ? undefined : wanted - items.length)
        await fetchAll(waiting, limit)
        continue
      }
      const next = this.#next()
      if (next === undefined) break
      const item = next.take()
      if (item !== undefined) items.push(item)
    }
    return items
  }

  #limit(wanted: number | undefined): number | undefined {
    if (wanted === undefined || !this.#filtered) return wanted
    this.#filteredLimit = Math.min(maxFilteredLimit, Math.max(wanted, this.#filteredLimit * 2))
    return this.#filteredLimit
  }

  /** The source with the next item in key order; the first of them where keys are equal. */
  #next(): Source | undefined {
    let best: Source | undefined
    for (const source of this.#sources) {
      if (source.head === undefined) continue
      if (best === undefined || this.#compare(source.head, best.head ?? {}) < 0) best = source
    }
    return best
  }

  #compare(a: StoredItem, b: StoredItem): number {
    const { sort } = this.#plan
    if (sort === undefined || this.#plan.definition.kind === 'scan') return 0
    const [left, right] = [keyContent(sort, a[sort.attribute]), keyContent(sort, b[sort.attribute])]
    if (left === undefined || right === undefined) return 0
    return this.#direction * compareKeys(sort.codec.attributeType, left, right)
  }
}

/** The attributes of an ExclusiveStartKey. */
export function positionNames({ partition, sort, index, wanted }: ReadPlan): string[] {
  const [entity] = wanted.values()
  const names = [
    entity?.table.partitionKey.name,
    entity?.table.sortKey?.name,
    partition.attribute,
    sort?.attribute,
    index?.partitionKey.name,
    index?.sortKey?.name,
  ]
  return [...new Set(names.filter((name) => name !== undefined))]
}

async function fetchAll(sources: readonly Source[], limit: number | undefined): Promise<void> {
  for (let start = 0; start < sources.length; start += maxConcurrency)
    await Promise.all(sources.slice(start, start + maxConcurrency).map((source) => source.fetch(limit)))
}
