// What `shop.patterns.name(input)` answers: one item, pages and iteration over items, or a collection. All lazy.
import type { ReadPlan } from '../design/read-plan.ts'
import { type Misfit, SingletError } from '../errors.ts'
import type { Operation } from '../model/operation.ts'
import { ownValue, setOwn } from '../plain-object.ts'
import type { Connection, OnMisfit } from './connection.ts'
import { LazyOperation } from './operation.ts'
import { checkCount, defaultLimit, defaultMaxRequests, type Page, type PageOptions, Paging, throwMisfit } from './paging.ts'
import type { Effort } from './reader.ts'

/** Options of a pattern that answers one item. With `maxRequests`, an item not found by then is a `SingletError`, not `undefined`. */
export type OneOptions = Omit<PageOptions, 'limit' | 'cursor'>

/** A pattern that answers many items: awaiting gives a page, `for await` and `all()` give everything. */
export interface PageOperation<out R> extends Operation<Page<R>>, AsyncIterable<R> {
  /** One page; the same as awaiting. */
  page(): Promise<Page<R>>
  /**
   * All items, or with a `limit` that many, in as many requests as it takes. Stored items that do not fit are left out, as in iteration:
   * only a page has a place to list them, `onMisfit` is called for each, and all are published on the channel `singlet:misfit`.
   */
  all(): Promise<R[]>
  /**
   * The first item, or undefined when there is none.
   * @throws MisfitError when an item before it does not fit, unless `onMisfit` says otherwise
   */
  first(): Promise<R | undefined>
  /** The requests of the first round: one, or one per shard. */
  params(): object[]
}

/** Requests of an iteration begin small, since it may be left early, and grow. */
const firstChunk = 50
const largestChunk = 1000

export class LazyPages<R> implements PageOperation<R> {
  readonly #connection: Connection
  readonly #start: (options: PageOptions) => Paging
  readonly #options: PageOptions
  readonly #operation: LazyOperation<Page<R>>

  constructor(connection: Connection, plan: ReadPlan, input: object, options: PageOptions) {
    this.#connection = connection
    this.#options = options
    this.#start = (options) => {
      checkCount('limit', options.limit)
      checkCount('maxRequests', options.maxRequests)
      return new Paging(connection, plan, input, options)
    }
    this.#operation = new LazyOperation(
      () => this.#page(),
      () => this.params(),
    )
  }

  params(): object[] {
    return this.#start(this.#options).params(this.#options.limit ?? defaultLimit)
  }

  page(): Promise<Page<R>> {
    return this.then((page) => page)
  }

  async all(): Promise<R[]> {
    const items: R[] = []
    for await (const item of this.#iterate(this.#options, undefined)) items.push(item)
    return items
  }

  async first(): Promise<R | undefined> {
    return firstRow<R>(this.#start(this.#options), this.#options, this.#connection)
  }

  [Symbol.asyncIterator](): AsyncIterator<R> {
    return this.#iterate(this.#options, firstChunk)
  }

  // biome-ignore format: one method of the promise a line
  then<A = Page<R>, B = never>(onFulfilled?: ((value: Page<R>) => A | PromiseLike<A>) | null, onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<A | B> {
    return this.#operation.then(onFulfilled, onRejected)
  }

  catch<A = never>(onRejected?: ((reason: unknown) => A | PromiseLike<A>) | null): Promise<Page<R> | A> {
    return this.#operation.catch(onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<Page<R>> {
    return this.#operation.finally(onFinally)
  }

  async #page(): Promise<Page<R>> {
    const paging = this.#start(this.#options)
    const { limit = defaultLimit, maxRequests = defaultMaxRequests } = this.#options
    const { rows, misfits } = await paging.page(limit, { requestsLeft: maxRequests })
    const { cursor } = paging
    // What a row holds is what the plan's names give, which is what the pattern's type was inferred from.
    return { items: rows.map(({ item }) => item as R), ...(cursor !== undefined && { cursor }), misfits }
  }

  async *#iterate(options: PageOptions, chunk: number | undefined): AsyncGenerator<R, void, undefined> {
    const paging = this.#start(options)
    let [left, size] = [options.limit ?? Number.POSITIVE_INFINITY, chunk]
    while (left > 0) {
      const wanted = size === undefined && left === Number.POSITIVE_INFINITY ? undefined : Math.min(left, size ?? left)
      const { rows } = await paging.page(wanted, { requestsLeft: Number.POSITIVE_INFINITY })
      for (const { item } of rows) yield item as R
      left -= rows.length
      if (paging.ended) return
      size = size === undefined ? undefined : Math.min(largestChunk, size * 2)
    }
  }
}

/** The first item of a query. */
export function oneOperation<R>(
  connection: Connection,
  plan: ReadPlan,
  input: object,
  options: OneOptions,
): Operation<R | undefined> {
  const start = () => {
    checkCount('maxRequests', options.maxRequests)
    return new Paging(connection, plan, input, options)
  }
  return new LazyOperation(
    async () => firstRow<R>(start(), options, connection),
    () => oneOrAll(start().params(1)),
  )
}

async function firstRow<R>(paging: Paging, options: PageOptions, connection: Connection): Promise<R | undefined> {
  const { rows, misfits } = await paging.page(1, { requestsLeft: options.maxRequests ?? Number.POSITIVE_INFINITY })
  throwMisfit(misfits, options.onMisfit ?? connection.onMisfit)
  const [row] = rows
  if (row === undefined && !paging.ended)
    throw new SingletError('RequestsUsedUp', `Nothing was found with ${options.maxRequests} requests, and there is more to read.`)
  return row?.item as R | undefined
}

/** One request as it is, those of several shards as a list. */
function oneOrAll(requests: readonly object[]): unknown {
  return requests.length === 1 ? requests[0] : requests
}

/** All items of a collection, by member; with a limit, those of one page. */
export function collectionOperation<R>(
  connection: Connection,
  plan: ReadPlan,
  input: object,
  options: PageOptions,
): Operation<R> {
  const start = () => {
    checkCount('limit', options.limit)
    checkCount('maxRequests', options.maxRequests)
    return new Paging(connection, plan, input, options)
  }
  return new LazyOperation(
    async () => readCollection<R>(start(), plan, options, options.onMisfit ?? connection.onMisfit),
    () => oneOrAll(start().params(options.limit)),
  )
}

async function readCollection<R>(
  paging: Paging,
  { definition, wanted }: ReadPlan,
  { limit, maxRequests = Number.POSITIVE_INFINITY }: PageOptions,
  onMisfit: OnMisfit | undefined,
): Promise<R> {
  const members = definition.kind === 'itemCollection' ? Object.entries(definition.members) : []
  const collection: Record<string, unknown> = {}
  for (const [name, { cardinality }] of members) setOwn(collection, name, cardinality === 'one' ? undefined : [])
  const nameOf = new Map([...wanted].map(([name, entity]) => [entity, name]))
  const single = members.filter(([, { cardinality }]) => cardinality === 'one').map(([, { entity }]) => entity.name)
  const found: Misfit[] = []
  const effort: Effort = { requestsLeft: maxRequests }
  do {
    const { rows, misfits } = await paging.page(limit, effort)
    throwMisfit(
      misfits.filter(({ entity }) => entity !== undefined && single.includes(entity)),
      onMisfit,
    )
    found.push(...misfits)
    for (const { entity, item } of rows) {
      const name = nameOf.get(entity) ?? entity.name
      const place = ownValue(collection, name)
      if (Array.isArray(place)) place.push(item)
      else if (place === undefined) setOwn(collection, name, item)
    }
  } while (limit === undefined && !paging.ended && effort.spent !== true)
  const { cursor } = paging
  return { ...collection, ...(cursor !== undefined && { cursor }), ...(found.length > 0 && { misfits: found }) } as R
}
