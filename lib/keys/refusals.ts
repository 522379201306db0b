// The errors that more than one file of this folder throws, so that the same mistake reads the same everywhere.
import { SingletError, ValidationError } from '../errors.ts'

/** A value that is not of the attribute's type. */
export function wrongType(attribute: string, expected: string, value: unknown): ValidationError {
  return new ValidationError('wrong-type', attribute, `a key needs ${expected} here, not ${describe(value)}.`)
}

/** Text that UTF-8, and so DynamoDB, cannot hold. */
export function loneSurrogate(attribute: string): ValidationError {
  return new ValidationError('wrong-type', attribute, 'the text has half of a surrogate pair, which UTF-8 cannot hold.')
}

/** DynamoDB refuses empty key attributes, and an empty part would make different tuples of values look alike. */
export function emptyKey(attribute: string): ValidationError {
  return new ValidationError('empty-key', attribute, 'an empty value cannot be part of a key. Leave the key out or give a value.')
}

/** Over DynamoDB's limit: 2,048 bytes for a partition key, 1,024 for a sort key. */
export function keyTooLong(attribute: string, bytes: number, maxBytes: number, place?: string): ValidationError {
  const of = place === undefined ? '' : ` of ${place}`
  return new ValidationError('key-too-long', attribute, `the key${of} would have ${bytes} bytes; DynamoDB allows ${maxBytes}.`)
}

/** A definition that `defineModel` should have reported before anything was compiled. */
export function badDefinition(message: string): SingletError {
  return new SingletError('bad-key-definition', message)
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date'
  if (value instanceof Uint8Array) return 'bytes'
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : String(value)
  if (typeof value === 'string') return 'text'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
