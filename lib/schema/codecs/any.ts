// The codec of data of any shape, for `any()` and for values that a Standard Schema has validated.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../../errors.ts'
import { isPlainObject, setOwn } from '../../plain-object.ts'
import { checkWellFormed, childPath, emptySetProblem, storedMisfit, wrongType } from '../misfit.ts'
import { maxLevels } from '../nesting.ts'
import { copyBytes, plainBytes } from './bytes.ts'
import type { Codec } from './codec.ts'
import { checkKey } from './collections.ts'
import { bigintText, exactNumber, exactNumberOf, numberText, wholeNumberOf } from './numbers.ts'
import { binarySetKind, stringSetKind } from './sets.ts'

/**
 * Strings, finite numbers, bigints, booleans, null, `Uint8Array`, sets of one kind, arrays and plain objects. A whole number reads back as
 * a number when one holds it exactly and as a bigint otherwise; a fraction that no number holds is an error.
 */
export function anyCodec(level: number): Codec {
  return {
    encode(value, path) {
      return encodeAny(value, path, level)
    },
    decode: decodeAny,
  }
}

function encodeAny(value: unknown, path: string, level: number): AttributeValue {
  switch (typeof value) {
    case 'string':
      return { S: checkWellFormed(value, path) }
    case 'number':
      return { N: numberText(value, path) }
    case 'boolean':
      return { BOOL: value }
    case 'bigint':
      return { N: bigintText(value, path) }
    case 'object':
      if (value === null) return { NULL: true }
      return encodeObject(value, path, level)
    default:
      throw wrongType(path, 'data', value)
  }
}

function encodeObject(value: object, path: string, level: number): AttributeValue {
  if (value instanceof Uint8Array) return { B: copyBytes(value) }
  if (value instanceof Set) return encodeSet(value, path)
  if (Array.isArray(value)) {
    const elements: AttributeValue[] = []
    for (let index = 0; index < value.length; index++) {
      elements.push(encodeAny(value[index], `${path}[${index}]`, deeper(level, path)))
    }
    return { L: elements }
  }
  if (!isPlainObject(value)) {
    throw wrongType(path, 'plain data (strings, numbers, booleans, null, Uint8Array, sets, arrays, plain objects)', value)
  }
  const entries: Record<string, AttributeValue> = {}
  for (const key of Object.keys(value)) {
    const element = value[key]
    if (element !== undefined) setOwn(entries, checkKey(key, path), encodeAny(element, childPath(path, key), deeper(level, path)))
  }
  return { M: entries }
}

/** The level below; an error past DynamoDB's limit, which also ends the walk through an object that contains itself. */
function deeper(level: number, path: string): number {
  if (level < maxLevels) return level + 1
  // A path 32 levels long says less than its beginning does.
  const start = path.length > 60 ? `${path.slice(0, 60)}…` : path
  throw new ValidationError('out-of-range', start, `the data is nested deeper than ${maxLevels} levels (or contains itself).`)
}

function encodeSet(elements: ReadonlySet<unknown>, path: string): AttributeValue {
  const [first] = elements
  if (elements.size === 0) throw emptySetProblem(path)
  if (typeof first === 'string') return stringSetKind.encode(elements, path)
  if (first instanceof Uint8Array) return binarySetKind.encode(elements, path)
  if (typeof first !== 'number' && typeof first !== 'bigint')
    throw wrongType(`${path}[0]`, 'a string, a number, a bigint or a Uint8Array as element of a set', first)
  const texts: string[] = []
  for (const element of elements) {
    const elementPath = `${path}[${texts.length}]`
    texts.push(typeof first === 'bigint' ? bigintText(element, elementPath) : numberText(element, elementPath))
  }
  return { NS: texts }
}

function decodeAny(stored: AttributeValue, path: string): unknown {
  if (stored.S !== undefined) return stored.S
  if (stored.N !== undefined) return exactNumberOf(stored.N) ?? wholeNumberOf(stored.N) ?? exactNumber(stored.N, path)
  if (stored.BOOL !== undefined) return stored.BOOL
  if (stored.M !== undefined) {
    const values: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(stored.M)) setOwn(values, key, decodeAny(value, childPath(path, key)))
    return values
  }
  if (stored.L !== undefined) return stored.L.map((value, index) => decodeAny(value, `${path}[${index}]`))
  if (stored.NULL !== undefined) return null
  if (stored.B !== undefined) return plainBytes(stored.B)
  if (stored.SS !== undefined) return stringSetKind.decode(stored, path)
  if (stored.NS !== undefined) return decodeNumbers(stored.NS, path)
  if (stored.BS !== undefined) return binarySetKind.decode(stored, path)
  throw storedMisfit(path, 'a value', stored)
}

/** A set of numbers when numbers hold them all exactly, of bigints otherwise: a set is of one kind. */
function decodeNumbers(texts: readonly string[], path: string): Set<unknown> {
  const numbers = texts.map(exactNumberOf)
  if (numbers.every((number) => number !== undefined)) return new Set<unknown>(numbers)
  return new Set<unknown>(texts.map((text, index) => wholeNumberOf(text) ?? exactNumber(text, `${path}[${index}]`)))
}
