// Reads several sources as one: a k-way merge in DynamoDB's key order that holds at most one page of each source.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { ReadPlan } from '../design/read-plan.ts'
import { compareKeys } from '../keys/key-order.ts'
import { keyContent, type StoredItem } from '../requests/index-keys.ts'
import type { ReadSource } from '../requests/read.ts'
import type { Connection } from './connection.ts'
import { positionKeys, type ReadPosition } from './cursor-position.ts'
import { type SharedHandler, sendInTurn } from './shared-handler.ts'
import { Source } from './source.ts'

/** How many sources are fetched from at once. */
const maxConcurrency = 32
/** How far the limit of a request grows while little of what is read is wanted. */
const maxGrownLimit = 2000
/** More items than fit in the 1 MB of an answer, and a number that DynamoDB takes. */
const maxLimit = 100_000

/** What one page may cost, and what its last round of requests was: how many items each asked for, when how many were wanted. */
export interface Effort {
  requestsLeft: number
  /** Too few requests are left for the next round. */
  spent?: boolean
  lastRound?: { readonly limit: number | undefined; readonly wanted: number; readonly group: number }
}

export class Reader {
  readonly #plan: ReadPlan
  /** In the order of their keys. Those of one group are merged. */
  readonly #groups: readonly (readonly Source[])[]
  #group = 0
  /** The sort key furthest in order that has been taken. */
  #last: { readonly key: AttributeValue | undefined; readonly group: number } | undefined
  readonly #direction: 1 | -1
  /** A scan has no order, so what has come can be given without waiting for the other segments. */
  readonly #ordered: boolean

  constructor(
    connection: Connection,
    plan: ReadPlan,
    sources: readonly ReadSource[],
    start: ReadPosition | undefined,
    descending: boolean,
  ) {
    const origin = { pattern: plan.name }
    const keyNames = positionKeys(plan).map(({ name }) => name)
    this.#plan = plan
    this.#direction = descending ? -1 : 1
    this.#ordered = plan.definition.kind !== 'scan'
    const groups: Source[][] = []
    for (const [index, source] of sources.entries()) {
      groups[source.group] ??= []
      groups[source.group]?.push(new Source(connection, origin, source, keyNames, start?.positions[index] ?? 'start'))
    }
    this.#groups = groups
    if (start?.last !== undefined && this.#sources.length > 1) this.#last = { key: start.last, group: this.#group }
  }

  /** Where the reading stands; undefined when everything has been read. */
  get position(): ReadPosition | undefined {
    if (this.ended) return undefined
    const merged = this.#ordered && this.#sources.length > 1
    const last = merged && this.#last?.group === this.#group ? this.#last.key : undefined
    const positions = this.#groups.flatMap((group) => group.map((source) => source.position))
    return { positions, ...(last !== undefined && { last }) }
  }

  get ended(): boolean {
    return this.#groups.slice(this.#group).every((group) => group.every(hasEnded))
  }

  /** The sources that are read now: those of the first group that has more. */
  get #sources(): readonly Source[] {
    while (this.#group < this.#groups.length - 1 && this.#groups[this.#group]?.every(hasEnded)) this.#group++
    return this.#groups[this.#group] ?? []
  }

  /**
   * The next items, in order: `count` of them, fewer when there are no more or the effort is spent. Without a count, what one round of
   * requests brings. Items that are not to `keep` are passed over.
   */
  async read(count: number | undefined, effort: Effort, keep?: (item: StoredItem) => boolean): Promise<StoredItem[]> {
    const items: StoredItem[] = []
    const wanted = count ?? Number.POSITIVE_INFINITY
    while (items.length < wanted) {
      if (this.#mustFetch()) {
        if (count === undefined && items.length > 0) break
        if (!(await this.#fetch(wanted - items.length, effort))) break
        continue
      }
      const item = this.#next()?.take()
      if (item === undefined) break
      if (this.#isBehind(item)) continue
      this.#pass(item)
      if (keep === undefined || keep(item)) items.push(item)
    }
    return items
  }

  /**
   * Whether an item has come to stand before what has been given: written since into a shard that was read less far. One query would not see it
   * either, and giving it now would break the order.
   */
  #isBehind(item: StoredItem): boolean {
    const last = this.#last
    return this.#ordered && last?.group === this.#group && this.#compare(this.#sortKeyOf(item), last.key) < 0
  }

  /** Notes how far the reading has come in the present group. */
  #pass(item: StoredItem): void {
    this.#last = { key: this.#sortKeyOf(item), group: this.#group }
  }

  /** In order the next item is known only when all heads are. */
  #mustFetch(): boolean {
    if (this.#ordered) return this.#sources.some((source) => source.mustFetch)
    return this.#sources.every((source) => source.head === undefined) && this.#sources.some((source) => source.mustFetch)
  }

  /** Sends a round of requests, unless it can't be finished. The first is always sent: without it nothing would ever be read. */
  async #fetch(wanted: number, effort: Effort): Promise<boolean> {
    const waiting = this.#sources.filter((source) => source.mustFetch)
    if (effort.lastRound !== undefined && effort.requestsLeft < waiting.length) {
      effort.spent = true
      return false
    }
    // That one bucket had little says nothing of the next.
    const limit = nextLimit(wanted, effort.lastRound?.group === this.#group ? effort.lastRound : undefined)
    effort.requestsLeft -= waiting.length
    effort.lastRound = { limit, wanted, group: this.#group }
    const each = this.share(limit, waiting.length)
    const [only] = waiting
    if (waiting.length === 1) await only?.fetch(each)
    const share: SharedHandler = {}
    for (let start = 0; start < waiting.length && waiting.length > 1; start += maxConcurrency)
      await sendInTurn(waiting.slice(start, start + maxConcurrency), share, (source) => source.fetch(each, share))
    return true
  }

  /** How many of so many items each source is asked for. In order they may all lie in one; without order each gives its part. */
  share(limit: number | undefined, sources: number): number | undefined {
    return limit === undefined ? undefined : Math.min(maxLimit, this.#ordered ? limit : Math.ceil(limit / sources))
  }

  /** The source with the next item in key order; the first of them where keys are equal. */
  #next(): Source | undefined {
    let best: Source | undefined
    let bestHead: StoredItem | undefined
    for (const source of this.#sources) {
      const { head } = source
      if (head === undefined) continue
      if (!this.#ordered) return source
      if (bestHead === undefined || this.#compare(this.#sortKeyOf(head), this.#sortKeyOf(bestHead)) < 0) {
        best = source
        bestHead = head
      }
    }
    return best
  }

  #sortKeyOf(item: StoredItem): AttributeValue | undefined {
    return this.#plan.sort && item[this.#plan.sort.attribute]
  }

  #compare(a: AttributeValue | undefined, b: AttributeValue | undefined): number {
    const { sort } = this.#plan
    const left = sort && keyContent(sort, a)
    const right = sort && keyContent(sort, b)
    if (sort === undefined || left === undefined || right === undefined) return 0
    return this.#direction * compareKeys(sort.codec.attributeType, left, right)
  }
}

function hasEnded(source: Source): boolean {
  return source.head === undefined && !source.mustFetch
}

/**
 * How many items a request reads at the most. What is wanted, at first; after a round of which filters let little through, as many more
 * as its yield suggests, and twice as many when it had none.
 */
function nextLimit(wanted: number, lastRound: Effort['lastRound']): number | undefined {
  if (wanted === Number.POSITIVE_INFINITY) return undefined
  if (lastRound?.limit === undefined) return wanted
  const { limit, wanted: before } = lastRound
  const brought = before - wanted
  const needed = brought > 0 ? Math.ceil((wanted * limit) / brought) : Number.POSITIVE_INFINITY
  return Math.max(wanted, Math.min(needed, 2 * limit, maxGrownLimit))
}
