// How a pattern refuses what it is given: as `defineModel` does, with a ModelError that says where, what and what to do.
import { ModelError } from '../lib/index.ts'

/** Throws a `ModelError` with one problem. */
export function refusePattern(code: string, place: string, message: string, hint: string): never {
  throw new ModelError(Object.freeze([Object.freeze({ code, place, message, hint })]))
}
