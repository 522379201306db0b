// Counts the requests that Singlet sends, through its diagnostics channel.
import { channel } from 'node:diagnostics_channel'
import type { RequestEvent } from '../../lib/index.ts'

/** Runs an action and gives what it answers with the requests sent meanwhile. */
export async function observed<R>(action: () => PromiseLike<R>): Promise<{ result: R; requests: RequestEvent[] }> {
  const requests: RequestEvent[] = []
  const listen = (event: unknown) => {
    requests.push(event as RequestEvent)
  }
  channel('singlet:request').subscribe(listen)
  try {
    return { result: await action(), requests }
  } finally {
    channel('singlet:request').unsubscribe(listen)
  }
}

/** What a promise rejects with, or a function throws; fails when it does not. */
export async function failureOf(action: () => unknown): Promise<unknown> {
  let answer: unknown
  try {
    answer = await action()
  } catch (error) {
    return error
  }
  throw new Error(`Expected a failure, got ${JSON.stringify(answer)}.`)
}
