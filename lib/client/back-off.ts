// How long to wait before what did not work is tried again, and how often it is.
import { setTimeout as delay } from 'node:timers/promises'

/** How often a write is tried while others keep changing what it has read, or hold the item in a transaction. */
export const maxAttempts = 12

/** Full jitter: a random wait of up to 5 ms, doubled with each try, and of `longest` milliseconds at most. */
export function backOff(tries: number, longest = 200): Promise<void> {
  return delay(Math.random() * Math.min(longest, 5 * 2 ** tries))
}
