// What became of the requests of one write: whether an answer was lost, so that nobody knows if it was done. The SDK repeats such a request
// on its own; here it is kept from that where doing it twice is not doing it once.
import type { GetItemCommand } from '@aws-sdk/client-dynamodb'

/** How a request is to be delivered. */
export interface Sending {
  readonly delivery: Delivery
  /** Sending it again after its answer was lost does no harm: it does the same again, or is refused. */
  readonly repeatable: boolean
}

/** A handler of the SDK's deserialize step. */
type Handler = (args: unknown) => Promise<unknown>

export class Delivery {
  #lost = false

  /** What was sent may have been done, and no answer since has told. */
  get lost(): boolean {
    return this.#lost
  }

  /** An answer has told that nothing is done so far. */
  settle(): void {
    this.#lost = false
  }

  /** Notes each lost answer of a command, and ends the SDK's attempts with it unless the command is repeatable. */
  watch(command: GetItemCommand, repeatable: boolean): void {
    let stopped: NotRepeated | undefined
    const middleware = (next: Handler) => async (args: unknown) => {
      // A retry strategy of the user's may repeat everything.
      if (stopped !== undefined) throw stopped
      try {
        return await next(args)
      } catch (error) {
        if (!leavesOpen(error)) throw error
        this.#lost = true
        if (repeatable) throw error
        stopped = new NotRepeated(error)
        throw stopped
      }
    }
    // One step inside the SDK's retries and its signing: called for each attempt that is sent.
    command.middlewareStack.add(middleware as never, { step: 'deserialize', priority: 'high', name: 'singletDelivery' })
  }
}

/** Stands for an error that the SDK would try again after. It must not find that one in it: it looks for causes too. */
export class NotRepeated extends Error {
  readonly #error: unknown

  constructor(error: unknown) {
    super('The answer was lost, and the request must not be repeated.')
    this.#error = error
  }

  /** What happened. */
  get error(): unknown {
    return this.#error
  }
}

/** Without a connection nothing was sent. */
const unsent: readonly unknown[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']
const connecting: readonly unknown[] = ['connect', 'getaddrinfo']

/** Whether a request that failed with this may have been done. DynamoDB does nothing of what it answers with a 4xx. */
function leavesOpen(error: unknown): boolean {
  const { name, code, syscall, $metadata } = error as {
    readonly name?: string
    readonly code?: unknown
    readonly syscall?: unknown
    readonly $metadata?: { readonly httpStatusCode?: number }
  }
  const status = $metadata?.httpStatusCode
  if (status === undefined) return !unsent.includes(code) && !connecting.includes(syscall)
  // A transaction that is being done already, under the same token.
  return status < 400 || status >= 500 || name === 'TransactionInProgressException'
}
