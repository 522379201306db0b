// Codecs of lists (L) and records (M with any keys). Each element's codec is compiled once, with the list's own.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../../errors.ts'
import { isPlainObject, setOwn } from '../../plain-object.ts'
import type { AttributeDefinition } from '../attribute.ts'
import { checkWellFormed, childPath, emptySetProblem, storedMisfit, wrongType } from '../misfit.ts'
import type { Codec } from './codec.ts'
import { checkLength, lengthBounds } from './lengths.ts'

export function listCodec(definition: AttributeDefinition, element: Codec): Codec {
  const bounds = lengthBounds(definition)
  return {
    encode(value, path) {
      if (!Array.isArray(value)) throw wrongType(path, 'an array', value)
      if (bounds !== undefined) checkLength(value.length, bounds, path, 'elements')
      const elements: AttributeValue[] = []
      for (let index = 0; index < value.length; index++) {
        const elementPath = `${path}[${index}]`
        elements.push(present(element.encode(value[index], elementPath), elementPath))
      }
      return { L: elements }
    },
    decode(stored, path) {
      if (!Array.isArray(stored.L)) throw storedMisfit(path, 'L (list)', stored)
      return stored.L.map((value, index) => element.decode(value, `${path}[${index}]`))
    },
  }
}

/** A record: any keys, values of one kind. A key whose value is `undefined` is left out. */
export function recordCodec(element: Codec): Codec {
  return {
    encode(value, path) {
      if (!isPlainObject(value)) throw wrongType(path, 'a plain object', value)
      const entries: Record<string, AttributeValue> = {}
      for (const key of Object.keys(value)) {
        if (value[key] === undefined) continue
        const elementPath = childPath(path, checkKey(key, path))
        setOwn(entries, key, present(element.encode(value[key], elementPath), elementPath))
      }
      return { M: entries }
    },
    decode(stored, path) {
      if (stored.M === undefined) throw storedMisfit(path, 'M (map)', stored)
      const values: Record<string, unknown> = {}
      for (const [key, value] of Object.entries(stored.M)) setOwn(values, key, element.decode(value, childPath(path, key)))
      return values
    },
  }
}

/** A key of a map in the table. DynamoDB's attribute names have 1 to 65,535 bytes (developer guide, "Constraints"). */
export function checkKey(key: string, path: string): string {
  if (key === '') throw new ValidationError('out-of-range', path, 'a key is empty; DynamoDB needs at least one character.')
  return checkWellFormed(key, path)
}

function present(stored: AttributeValue | undefined, path: string): AttributeValue {
  if (stored === undefined) throw emptySetProblem(path)
  return stored
}
