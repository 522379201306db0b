// Bounds on lengths, as strings, binaries, lists and sets have them.
import { ValidationError } from '../../errors.ts'
import type { AttributeDefinition } from '../attribute.ts'

export interface LengthBounds {
  readonly min: number
  readonly max: number
}

/** The declared bounds, or `undefined` when there are none, so that the codec can skip the check. */
export function lengthBounds({ min, max }: AttributeDefinition): LengthBounds | undefined {
  if (min === undefined && max === undefined) return undefined
  return { min: Number(min ?? 0), max: Number(max ?? Number.POSITIVE_INFINITY) }
}

/** Refuses a length outside the bounds. */
export function checkLength(length: number, { min, max }: LengthBounds, path: string, unit: string): void {
  if (length < min) throw new ValidationError('out-of-range', path, `at least ${min} ${unit} are needed, there are ${length}.`)
  if (length > max) throw new ValidationError('out-of-range', path, `at most ${max} ${unit} are allowed, there are ${length}.`)
}
