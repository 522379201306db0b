// Waiting for a table: repeated attempts with backoff, bounded by a timeout and the caller's signal.
import { setTimeout as sleep } from 'node:timers/promises'
import { TableNotReadyError } from './table-not-ready.ts'

export interface WaitOptions {
  /** How long to wait altogether, in milliseconds. Default 300,000, which is 5 minutes. */
  readonly timeoutMs?: number
  /** Ends the waiting; what was begun in DynamoDB goes on. */
  readonly signal?: AbortSignal
}

/** A wait that is going on. */
export interface Wait {
  /** Aborted by the caller's signal and by the timeout. To be handed to every request. */
  readonly signal: AbortSignal
  /** What is being waited for, for the message when time is up. */
  waitingFor: string
}

const defaultTimeoutMs = 300_000
const firstDelayMs = 20
const maxDelayMs = 5_000

/** Runs something that waits for a table. Throws a `TableNotReadyError` when time is up, and the signal's reason when it is aborted. */
export async function waitFor<T>(
  tableName: string,
  { timeoutMs = defaultTimeoutMs, signal }: WaitOptions,
  run: (wait: Wait) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const timeout = AbortSignal.timeout(timeoutMs)
  const wait: Wait = { signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]), waitingFor: 'an answer' }
  try {
    return await run(wait)
  } catch (error) {
    if (!wait.signal.aborted || !(error instanceof Error) || error.name !== 'AbortError') throw error
    signal?.throwIfAborted()
    throw new TableNotReadyError(
      tableName,
      wait.waitingFor,
      `Gave up after ${timeoutMs} ms: call again to go on waiting, or pass a longer timeoutMs.`,
      { cause: error },
    )
  }
}

/** Repeats the attempt, with delays that double from 20 ms to 5 s, until it gives something other than undefined. */
export async function repeat<T>({ signal }: Wait, attempt: () => Promise<T | undefined>): Promise<T> {
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, maxDelayMs)) {
    const result = await attempt()
    if (result !== undefined) return result
    // Jitter, so that processes that started together do not ask together.
    await sleep(delayMs * (0.5 + Math.random() / 2), undefined, { signal })
  }
}
