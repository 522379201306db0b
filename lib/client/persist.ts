// Tries a write until it is done or refused: the same request while others are in the way, another one when what it was made of has changed.
import { backOff, maxAttempts } from './back-off.ts'
import type { Delivery } from './delivery.ts'

/** What a failed request means: send it again as it is, make another one, or an error. */
export type Meaning = 'again' | 'anew' | { readonly error: unknown }

/** The parts of a write that differ. */
export interface Attempts<P, R> {
  /** Makes a request, reading what it must know. */
  readonly prepare: () => Promise<P>
  readonly send: (prepared: P) => Promise<R>
  readonly meaning: (error: unknown, prepared: P) => Meaning
  /** The error when the last attempt has failed like those before it. */
  readonly exhausted: (error: unknown, prepared: P, tries: number) => unknown
  /** The error in place of another, when an answer was lost and nothing since has told what became of the request. */
  readonly unknown: (error: unknown, prepared: P) => unknown
}

/** Tries until there is an answer, and gives it with the request that it answers. */
export async function persist<P, R>(delivery: Delivery, attempts: Attempts<P, R>): Promise<readonly [P, R]> {
  let prepared = await attempts.prepare()
  try {
    for (let tries = 1; ; tries++) {
      try {
        return [prepared, await attempts.send(prepared)]
      } catch (error) {
        const meaning = attempts.meaning(error, prepared)
        if (typeof meaning === 'object') throw meaning.error
        if (tries === maxAttempts) throw attempts.exhausted(error, prepared, tries)
        await backOff(tries)
        if (meaning === 'anew') prepared = await attempts.prepare()
      }
    }
  } catch (error) {
    throw delivery.lost ? attempts.unknown(error, prepared) : error
  }
}
