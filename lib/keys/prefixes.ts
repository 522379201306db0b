// What `beginsWith` means for types whose text in a key has no beginning that a caller could know.
import { ValidationError } from '../errors.ts'

/** Refuses `beginsWith`, except with '', which every value begins with. */
export function noPrefixes(prefix: unknown, attribute: string): string {
  if (prefix === '') return ''
  throw new ValidationError('bad-range', attribute, 'beginsWith is for text, and for dates that ascend; use gte and lte.')
}
