// The errors of values that do not fit their attribute, worded the same everywhere, and the paths they are reported at.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'

/** The path of an attribute of the object at `path`. */
export function childPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** A value in code is of the wrong type. `expected` reads on from "expected", such as `a string`. */
export function wrongType(path: string, expected: string, value: unknown): ValidationError {
  return new ValidationError('wrong-type', path, `expected ${expected}, got ${describeValue(value)}.${hintFor(value)}`)
}

/** A stored value is of the wrong type, or its content is not what the attribute writes. */
export function storedMisfit(path: string, expected: string, stored: AttributeValue | undefined): ValidationError {
  return new ValidationError('wrong-type', path, `the table should hold ${expected} here, it holds ${describeStored(stored)}.`)
}

/** A string that is not valid Unicode: written as UTF-8, its lone surrogates would silently become U+FFFD. */
export function checkWellFormed(text: string, path: string): string {
  // In Node.js since 20; TypeScript has it in the library of ES2024 only.
  if (!(text as string & { isWellFormed(): boolean }).isWellFormed())
    throw new ValidationError('wrong-type', path, 'the text has a lone surrogate (half of a character), which UTF-8 cannot hold.')
  return text
}

/** An empty set stands where its absence could not be told from it. */
export function emptySetProblem(path: string): ValidationError {
  return new ValidationError('out-of-range', path, 'DynamoDB cannot store an empty set here. Leave it out, or use a list.')
}

/** A short text for a value in an error message. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)} (string)`
    case 'number':
    case 'boolean':
      return `${value} (${typeof value})`
    case 'bigint':
      return 'a bigint'
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return 'an array'
      return describeObject(value)
    case 'undefined':
      return 'undefined'
    default:
      return `a ${typeof value}`
  }
}

function describeObject(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return 'an object'
  if (value instanceof Date && Number.isNaN(value.getTime())) return 'an invalid Date'
  const maker: unknown = typeof prototype === 'object' && 'constructor' in prototype ? prototype.constructor : undefined
  return typeof maker === 'function' && maker.name !== '' ? `an instance of ${maker.name}` : 'an object of a class'
}

function hintFor(value: unknown): string {
  if (value === null) return ' Leave the attribute out, or remove it with remove() in an update.'
  if (value instanceof Promise) return ' Await it first.'
  return ''
}

const typeNames: Readonly<Record<string, string>> = Object.freeze({
  S: 'S (string)',
  N: 'N (number)',
  B: 'B (binary)',
  BOOL: 'BOOL (boolean)',
  NULL: 'NULL',
  L: 'L (list)',
  M: 'M (map)',
  SS: 'SS (string set)',
  NS: 'NS (number set)',
  BS: 'BS (binary set)',
})

/** What a stored value is, in DynamoDB's own terms. */
function describeStored(stored: AttributeValue | undefined): string {
  if (stored === undefined) return 'nothing'
  const type = Object.keys(stored).find((key) => Reflect.get(stored, key) !== undefined) ?? 'nothing'
  const name = typeNames[type] ?? type
  const content: unknown = Reflect.get(stored, type)
  return typeof content === 'string' && content.length <= 40 ? `${name} ${JSON.stringify(content)}` : name
}
