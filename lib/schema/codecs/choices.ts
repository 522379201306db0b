// Codecs of values that are known beforehand: `oneOf`, `literal`, and the two values of `boolean`.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../../errors.ts'
import type { AttributeDefinition } from '../attribute.ts'
import { describeValue, storedMisfit, wrongType } from '../misfit.ts'
import { nameHint } from '../nearest-name.ts'
import type { Codec } from './codec.ts'
import { exactNumberOf } from './numbers.ts'

/** `oneOf` and `literal`. A stored value that is none of them is a misfit on reading too: its type in code would be a lie. */
export function choiceCodec(definition: AttributeDefinition): Codec {
  const values = new Set(definition.values)
  const expected = [...values].map((value) => JSON.stringify(value)).join(' or ')
  return {
    encode(value, path) {
      if (!values.has(value as string)) throw notAChoice(path, expected, value, values)
      return storedChoice(value)
    },
    decode(stored, path) {
      const value = stored.S ?? stored.BOOL ?? (stored.N === undefined ? undefined : exactNumberOf(stored.N))
      if (value === undefined || !values.has(value)) throw storedMisfit(path, expected, stored)
      return value
    },
  }
}

function storedChoice(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value }
  return typeof value === 'boolean' ? { BOOL: value } : { N: String(value) }
}

function notAChoice(path: string, expected: string, value: unknown, values: ReadonlySet<unknown>): ValidationError {
  if (typeof value !== 'string') return wrongType(path, expected, value)
  const names = [...values].filter((known) => typeof known === 'string')
  return new ValidationError('wrong-type', path, `expected ${expected}, got ${describeValue(value)}.${nameHint(value, names)}`)
}

export function booleanCodec(): Codec {
  return {
    encode(value, path) {
      if (typeof value !== 'boolean') throw wrongType(path, 'true or false', value)
      return { BOOL: value }
    },
    decode(stored, path) {
      if (typeof stored.BOOL !== 'boolean') throw storedMisfit(path, 'BOOL (boolean)', stored)
      return stored.BOOL
    },
  }
}
