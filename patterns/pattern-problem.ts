// How a pattern refuses what it is given: as `defineModel` does, with a ModelError that says where, what and what to do.
import { ModelError } from '../lib/index.ts'

/** Refuses a duration that is none: what lasts for so long would be over at once, or never. */
export function checkDuration(place: string, duration: number): void {
  if (!(Number.isFinite(duration) && duration > 0))
    refusePattern('bad-duration', place, `${duration} is no duration.`, 'Give a finite number above 0.')
}

/** Throws a `ModelError` with one problem. */
export function refusePattern(code: string, place: string, message: string, hint: string): never {
  throw new ModelError(Object.freeze([Object.freeze({ code, place, message, hint })]))
}
