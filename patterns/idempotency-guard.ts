// Requests that come twice take effect once, for as long as it takes: a guard item in the transaction of the effect.
import { defineEntity, expiresAt, ItemExistsError, string, TransactionCanceledError } from '../lib/index.ts'
import { keyUnder } from './key-prefix.ts'
import { checkDuration } from './pattern-problem.ts'

export interface IdempotencyGuardOptions<N extends string> {
  /** The guard's entity; its keys begin with the name. Default `Request`. */
  readonly name?: N
  /** How long a request is known, in days. Default 7. */
  readonly days?: number
  /** The clock by which guards expire. Default: the system's. */
  readonly now?: () => Date
}

/**
 * An idempotency guard: what is done on behalf of a request is done once, however often the request comes.
 *
 * **Problem.** Clients and queues repeat requests whose answers they did not get. A transaction's `clientRequestToken` covers ten minutes and only
 * the very same writes.
 *
 * **Layout.** One item for each request, with a TTL.
 *
 * | PK | SK |
 * | --- | --- |
 * | `REQUEST#{requestId}` | `REQUEST#{requestId}` |
 *
 * **Invariant.** Guard and effect are written in one transaction: a guard says that all of the effect is there, no guard that none of it is.
 *
 * **Mistake.** Writing the guard before or after the effect, which loses one of them when the process dies in between.
 *
 * Source: common practice; the guide's chapter on transactions.
 *
 * @example
 * const { entities } = idempotencyGuard()
 * const pay = transaction({ ...entities, Account }, { requestId: string(), … }, (input, { Request, Account }) => [
 *   Request.create({ requestId: input.requestId }),
 *   Account.update(…),
 * ])
 * const outcome = await onlyOnce(shop.patterns.pay({ requestId, … })) // { repeated: false, result } or { repeated: true }
 * @throws {ModelError} when requests would be known for no time
 */
export function idempotencyGuard<const N extends string = 'Request'>(options: IdempotencyGuardOptions<N> = {}) {
  const { name = 'Request' as N, days = defaultDays } = options
  checkDuration(`${name}.days`, days)
  const Guard = guardEntity(name, options)
  return Object.freeze({ entities: Object.freeze({ [name]: Guard }) as { readonly [K in N]: typeof Guard } })
}

const defaultDays = 7
const dayMilliseconds = 86_400_000

function guardEntity<const N extends string>(
  name: N,
  { days = defaultDays, now = () => new Date() }: IdempotencyGuardOptions<N>,
) {
  const template = keyUnder(name, '#{requestId}')
  return defineEntity(name, {
    description: 'A request whose effect is there. It is written with the effect, and refuses the request when it comes again.',
    attributes: {
      requestId: string({ min: 1, max: 200 }).describe('The caller’s own identifier of the request').example('req-7Q2MZK4T'),
      expiresAt: expiresAt()
        .default(() => new Date(now().getTime() + days * dayMilliseconds))
        .describe(`${days} days after the request: then it may come again`)
        .example(new Date('2030-03-19T09:41:07Z')),
    },
    key: { pk: template, sk: template },
    onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
  })
}

/** What became of a request. */
export type Once<R> = { readonly repeated: false; readonly result: R } | { readonly repeated: true }

/**
 * Runs a transaction that has a guard in it, and tells a repeated request from every other refusal.
 *
 * @param guard the guard's entity, when it has a name of its own
 * @throws what the transaction throws, unless it was the guard that refused it
 */
export async function onlyOnce<R>(transaction: PromiseLike<R>, guard = 'Request'): Promise<Once<R>> {
  try {
    return { repeated: false, result: await transaction }
  } catch (error) {
    const refusedByGuard =
      error instanceof TransactionCanceledError &&
      error.reasons.some((reason) => reason.error instanceof ItemExistsError && reason.error.entity === guard)
    if (refusedByGuard) return { repeated: true }
    throw error
  }
}
