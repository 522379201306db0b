// Collects what is wrong with a model, so that defineModel can report everything at once.
import type { Problem } from '../errors.ts'
import { nearestName } from '../schema/nearest-name.ts'

export class Problems {
  readonly #found: Problem[] = []

  get found(): readonly Problem[] {
    return this.#found
  }

  addAll(problems: readonly Problem[]): void {
    this.#found.push(...problems)
  }

  add(code: string, place: string, message: string, hint: string): void {
    this.#found.push(Object.freeze({ code, place, message, hint }))
  }
}

/** "Did you mean {status}?" for a misspelt name, else the names there are. */
export function suggestion(
  wrong: string,
  candidates: readonly string[],
  format: (name: string) => string = (name) => name,
): string {
  const nearest = nearestName(wrong, candidates)
  if (nearest !== undefined) return `Did you mean ${format(nearest)}?`
  return candidates.length === 0 ? 'There are none.' : `There are: ${candidates.map(format).join(', ')}.`
}
