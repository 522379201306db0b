// What `shop.patterns.name(input)` answers: one item, pages and iteration over items, or a collection. All lazy.
import type { ReadPlan } from '../design/read-plan.ts'
import type { Connection } from './connection.ts'
import { LazyOperation, type Operation } from './operation.ts'
import { checkCount, defaultLimit, defaultMaxRequests, type Page, type PageOptions, Paging, throwMisfit } from './paging.ts'

/** Options of a pattern that answers one item. */
export type OneOptions = Omit<PageOptions, 'limit' | 'cursor'>

/** A pattern that answers many items: awaiting gives a page, `for await` and `all()` give everything. */
export interface PageOperation<out R> extends Operation<Page<R>>, AsyncIterable<R> {
  /** One page; the same as awaiting. */
  page(): Promise<Page<R>>
  /** All items, or with a `limit` that many, in as many requests as it takes. */
  all(): Promise<R[]>
  /** The first item. */
  first(): Promise<R | undefined>
  /** The requests of the first round: one, or one per shard. */
  params(): object[]
}

/** Requests of an iteration begin small, since it may be left early, and grow. */
const firstChunk = 50
const largestChunk = 1000

export class LazyPages<R> implements PageOperation<R> {
  readonly #start: (options: PageOptions) => Paging
  readonly #options: PageOptions
  readonly #operation: LazyOperation<Page<R>>

  constructor(connection: Connection, plan: ReadPlan, input: object, options: PageOptions) {
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
    for await (const item of this.#iterate({ ...this.#options, limit: 1 }, 1)) return item
    return undefined
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
    const { rows, misfits } = await paging.page(limit, maxRequests)
    const { cursor } = paging
    // What a row holds is what the plan's names give, which is what the pattern's type was inferred from.
    return { items: rows.map(({ item }) => item as R), ...(cursor !== undefined && { cursor }), misfits }
  }

  async *#iterate(options: PageOptions, chunk: number | undefined): AsyncGenerator<R, void, undefined> {
    const paging = this.#start(options)
    let [left, size] = [options.limit ?? Number.POSITIVE_INFINITY, chunk]
    while (left > 0) {
      const wanted = size === undefined && left === Number.POSITIVE_INFINITY ? undefined : Math.min(left, size ?? left)
      const { rows } = await paging.page(wanted, options.maxRequests ?? Number.POSITIVE_INFINITY)
      for (const { item } of rows) yield item as R
      left -= rows.length
      if (paging.ended || options.maxRequests !== undefined) return
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
  const start = () => new Paging(connection, plan, input, options)
  return new LazyOperation(
    async () => {
      checkCount('maxRequests', options.maxRequests)
      const page = await start().page(1, options.maxRequests ?? defaultMaxRequests)
      throwMisfit(page, options.onMisfit ?? connection.onMisfit)
      return page.rows[0]?.item as R | undefined
    },
    () => start().params(1)[0],
  )
}

/** All items of a collection, by member; with a limit, those of one page. */
export function collectionOperation<R>(
  connection: Connection,
  plan: ReadPlan,
  input: object,
  options: PageOptions,
): Operation<R> {
  const start = () => new Paging(connection, plan, input, options)
  return new LazyOperation(
    () => readCollection<R>(start(), plan, options),
    () => start().params(options.limit)[0],
  )
}

async function readCollection<R>(paging: Paging, plan: ReadPlan, options: PageOptions): Promise<R> {
  const { definition, wanted } = plan
  checkCount('limit', options.limit)
  checkCount('maxRequests', options.maxRequests)
  const members = definition.kind === 'itemCollection' ? definition.members : {}
  const collection: Record<string, unknown> = {}
  for (const [name, { cardinality }] of Object.entries(members)) collection[name] = cardinality === 'one' ? undefined : []
  let requestsLeft = options.maxRequests ?? Number.POSITIVE_INFINITY
  do {
    const { rows } = await paging.page(options.limit, options.limit === undefined ? 1 : requestsLeft)
    requestsLeft--
    for (const { entity, item } of rows) {
      const name = [...wanted].find(([, one]) => one === entity)?.[0] ?? entity.name
      const place = collection[name]
      if (Array.isArray(place)) place.push(item)
      else collection[name] ??= item
    }
  } while (options.limit === undefined && !paging.ended && requestsLeft > 0)
  const { cursor } = paging
  return (cursor === undefined ? collection : { ...collection, cursor }) as R
}
