// Codecs of what is stored as text (S): strings, ULIDs, UUIDs and JSON.
import { ValidationError } from '../../errors.ts'
import { isPlainObject } from '../../plain-object.ts'
import type { AttributeDefinition } from '../attribute.ts'
import { checkWellFormed, describeValue, storedMisfit, wrongType } from '../misfit.ts'
import type { Codec } from './codec.ts'
import { checkLength, type LengthBounds, lengthBounds } from './lengths.ts'

/** Strings. Lengths count UTF-16 code units, as JavaScript's `length` does. */
export function stringCodec(definition: AttributeDefinition): Codec {
  const bounds = lengthBounds(definition)
  const { pattern } = definition
  return {
    encode(value, path) {
      if (typeof value !== 'string') throw wrongType(path, 'a string', value)
      checkWellFormed(value, path)
      if (bounds !== undefined || pattern !== undefined) checkString(value, path, bounds, pattern)
      return { S: value }
    },
    decode: decodeText,
  }
}

function checkString(value: string, path: string, bounds: LengthBounds | undefined, pattern: RegExp | undefined): void {
  if (bounds !== undefined) checkLength(value.length, bounds, path, 'characters')
  if (pattern !== undefined && !pattern.test(value))
    throw new ValidationError('check-failed', path, `${describeValue(value)} does not match ${pattern}.`)
}

/** Text of one fixed form, in one letter case only, so that one identifier is one text (and one key). */
function formCodec(form: RegExp, expected: string): Codec {
  return {
    encode(value, path) {
      if (typeof value !== 'string') throw wrongType(path, expected, value)
      if (!form.test(value)) throw new ValidationError('check-failed', path, `expected ${expected}, got ${describeValue(value)}.`)
      return { S: value }
    },
    decode: decodeText,
  }
}

/** ULIDs: 26 characters of Crockford's base 32, of which the first 48 bits are the time (https://github.com/ulid/spec). */
export function ulidCodec(): Codec {
  return formCodec(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'a ULID (26 characters, upper case)')
}

/** UUIDs of any version (RFC 9562). */
export function uuidCodec(): Codec {
  return formCodec(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID (36 characters, lower case)')
}

function decodeText(stored: Parameters<Codec['decode']>[0], path: string): string {
  if (typeof stored.S !== 'string') throw storedMisfit(path, 'S (string)', stored)
  return stored.S
}

/** JSON text. What JSON would drop or change (NaN, Date, Map, undefined in an array …) is refused instead. */
export function jsonCodec(): Codec {
  return {
    encode(value, path) {
      return { S: jsonText(value, path) }
    },
    decode(stored, path) {
      const text = decodeText(stored, path)
      try {
        return JSON.parse(text)
      } catch (cause) {
        throw new ValidationError('wrong-type', path, 'the table should hold JSON text here, and it does not parse.', { cause })
      }
    },
  }
}

function jsonText(value: unknown, path: string): string {
  try {
    // JSON.stringify calls this on every value, with the object that holds it as `this`: before toJSON() changes it.
    return JSON.stringify(value, function (this: unknown, key) {
      const held: unknown = Reflect.get(Object(this), key)
      checkJson(held, key, path, Array.isArray(this) || key === '')
      return held
    })
  } catch (cause) {
    if (cause instanceof ValidationError) throw cause
    const reason = cause instanceof RangeError ? 'it is nested too deep' : 'it contains itself or cannot be read'
    throw new ValidationError('wrong-type', path, `the value cannot be written as JSON: ${reason}.`, { cause })
  }
}

function checkJson(value: unknown, key: string, path: string, mustBeDefined: boolean): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return
    case 'number':
      if (Number.isFinite(value)) return
      break
    case 'undefined':
      if (!mustBeDefined) return
      break
    case 'object':
      if (value === null || Array.isArray(value) || isPlainObject(value)) return
  }
  throw wrongType(path, `JSON data${key === '' ? '' : ` at ${JSON.stringify(key)}`}`, value)
}
