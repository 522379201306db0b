// Compiles an attribute's definition into its codec: straight between values in code and DynamoDB's AttributeValue, without the SDK.
import { ValidationError } from '../errors.ts'
import type { AttributeDefinition } from './attribute.ts'
import { anyCodec } from './codecs/any.ts'
import { binaryCodec } from './codecs/bytes.ts'
import { booleanCodec, choiceCodec } from './codecs/choices.ts'
import type { Codec } from './codecs/codec.ts'
import { listCodec, recordCodec } from './codecs/collections.ts'
import { datetimeCodec, epochSecondsCodec } from './codecs/dates.ts'
import { bigintCodec, decimalCodec, numberCodec } from './codecs/numbers.ts'
import { mapCodec, type ObjectCodec, objectCodec } from './codecs/objects.ts'
import { binarySetKind, numberSetKind, setCodec, stringSetKind } from './codecs/sets.ts'
import { jsonCodec, stringCodec, ulidCodec, uuidCodec } from './codecs/text.ts'
import { unionCodec } from './codecs/union.ts'
import { describeValue } from './misfit.ts'
import { maxLevels } from './nesting.ts'
import { isStandardSchema } from './standard-schema.ts'

/**
 * Compiles the codec of an attribute, once; encoding and decoding allocate only what they answer.
 * Bytes are copied on encoding and not on decoding. Function checks run on encoding; Standard Schemas run before it (`applySchemas`).
 *
 * @example compileCodec(number().definition).encode(12.5, 'total') // { N: '12.5' }
 */
export function compileCodec(definition: AttributeDefinition): Codec {
  return codecAt(definition, 1)
}

/**
 * Compiles the codec of an object with these attributes: a whole item, or a map. It knows nothing of defaults and of hidden attributes.
 *
 * @example compileObject({ total: number().storedAs('t').definition }).encode({ total: 5 }, '') // { t: { N: '5' } }
 */
export function compileObject(attributes: Readonly<Record<string, AttributeDefinition>>): ObjectCodec {
  return objectCodec(attributes, (definition) => codecAt(definition, 1))
}

/** The codec of an attribute whose values stand `level` levels deep. Whether declared nesting fits is settled here, not at each write. */
function codecAt(definition: AttributeDefinition, level: number): Codec {
  if (level > maxLevels) throw new TypeError(`Attributes are nested deeper than the ${maxLevels} levels that DynamoDB holds.`)
  return withChecks(definition, uncheckedCodec(definition, level))
}

function uncheckedCodec(definition: AttributeDefinition, level: number): Codec {
  switch (definition.type) {
    case 'string':
    case 'fromContext':
      return stringCodec(definition)
    case 'number':
    case 'version':
      return numberCodec(definition)
    case 'boolean':
      return booleanCodec()
    case 'binary':
      return binaryCodec(definition)
    case 'ulid':
      return ulidCodec()
    case 'uuid':
      return uuidCodec()
    case 'datetime':
    case 'createdAt':
    case 'updatedAt':
      return datetimeCodec()
    case 'expiresAt':
      return epochSecondsCodec()
    case 'oneOf':
    case 'literal':
      return choiceCodec(definition)
    case 'list':
      return listCodec(definition, elementCodec(definition, level))
    case 'record':
      return recordCodec(elementCodec(definition, level))
    case 'map':
      return mapCodec(objectCodec(definition.attributes ?? {}, (attribute) => codecAt(attribute, level + 1)))
    case 'stringSet':
      return setCodec(definition, stringSetKind)
    case 'numberSet':
      return setCodec(definition, numberSetKind)
    case 'binarySet':
      return setCodec(definition, binarySetKind)
    case 'json':
      return jsonCodec()
    case 'bigint':
      return bigintCodec(definition)
    case 'decimal':
      return decimalCodec(definition)
    case 'any':
      return anyCodec(level)
    case 'schema':
      return definition.schema === undefined ? handedOn : anyCodec(level)
    case 'union':
      return unionCodec(definition.alternatives ?? [], (alternative) => codecAt(alternative, level))
  }
}

/** A value that is not written where it stands, only handed on to the attribute that has the schema: it may be anything that one takes. */
const handedOn: Codec = Object.freeze({ encode: () => ({ NULL: true }), decode: anyCodec(1).decode })

function elementCodec({ type, element }: AttributeDefinition, level: number): Codec {
  if (element === undefined) throw new TypeError(`A definition of type ${type} needs an element.`)
  return codecAt(element, level + 1)
}

/** Adds the function checks. They see what will be read back where that differs from what was given: decimals in canonical form. */
function withChecks(definition: AttributeDefinition, codec: Codec): Codec {
  const checks = definition.checks.filter((check) => !isStandardSchema(check)) as ((value: unknown) => unknown)[]
  if (checks.length === 0) return codec
  return {
    encode(value, path) {
      const stored = codec.encode(value, path)
      const checked = definition.type === 'decimal' ? stored?.N : value
      for (const check of checks) runCheck(check, checked, path)
      return stored
    },
    decode: codec.decode,
  }
}

function runCheck(check: (value: unknown) => unknown, value: unknown, path: string): void {
  const answer = check(value)
  if (answer === true) return
  if (answer === false) throw new ValidationError('check-failed', path, `${describeValue(value)} does not pass its check.`)
  if (typeof answer === 'string') throw new ValidationError('check-failed', path, answer)
  if (answer instanceof Promise) {
    // It will not be waited for; its failure must not end the process.
    answer.catch(() => undefined)
    throw new ValidationError(
      'async-schema',
      path,
      'its check answers a Promise. Checks are synchronous; use a Standard Schema for others.',
    )
  }
  throw new ValidationError(
    'check-failed',
    path,
    `its check answers ${describeValue(answer)}. Answer true, or false or a message.`,
  )
}
