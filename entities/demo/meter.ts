// What answering cost: counts the requests that Singlet reports on its diagnostics channel.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { RequestEvent } from '../../lib/index.ts'

export interface Cost {
  readonly requests: number
  readonly capacityUnits: number
}

/** Runs the action and says what it cost. Nothing else may send requests meanwhile. */
export async function metered<R>(action: () => PromiseLike<R>): Promise<{ readonly result: R; readonly cost: Cost }> {
  let requests = 0
  let capacityUnits = 0
  const count = (message: unknown) => {
    requests++
    capacityUnits += (message as RequestEvent).consumedCapacity ?? 0
  }
  subscribe('singlet:request', count)
  try {
    const result = await action()
    return { result, cost: { requests, capacityUnits } }
  } finally {
    unsubscribe('singlet:request', count)
  }
}
