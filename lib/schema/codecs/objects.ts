// The codec of an object with declared attributes: the maps inside items, and whole items.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../../errors.ts'
import { isPlainObject, ownValue, setOwn } from '../../plain-object.ts'
import type { AttributeDefinition } from '../attribute.ts'
import { childPath, storedMisfit, wrongType } from '../misfit.ts'
import { nameHint } from '../nearest-name.ts'
import type { Codec } from './codec.ts'
import { checkKey } from './collections.ts'

/** How much of an object to decode. */
export interface DecodeOptions {
  /** Only these attributes (names in code), as a projection has them. */
  readonly names?: readonly string[]
  /** Attributes may be absent even when they are required, as in an index that does not project them. */
  readonly partial?: boolean
}

/** Between an object with declared attributes and the attribute values that store it. */
export interface ObjectCodec {
  /** The name in the table of each attribute, by its name in code. */
  readonly storedNames: ReadonlyMap<string, string>
  /** A whole object. Unknown and missing attributes are errors; empty sets are left out. */
  encode(input: unknown, path: string): Record<string, AttributeValue>
  /** One attribute's value; `undefined` for an empty set, which DynamoDB cannot hold. */
  encodeAttribute(name: string, value: unknown, path: string): AttributeValue | undefined
  /** Stored attributes that are not declared are ignored: other writers, older and newer ones among them, may keep their own. */
  decode(stored: Readonly<Record<string, AttributeValue>>, path: string, options?: DecodeOptions): Record<string, unknown>
  decodeAttribute(name: string, stored: AttributeValue, path: string): unknown
}

interface Field {
  readonly name: string
  readonly storedName: string
  readonly required: boolean
  readonly isSet: boolean
  readonly holdsNull: boolean
  /** The name is one that every object inherits, such as `constructor`: plain access would find the inherited one. */
  readonly inherited: boolean
  readonly storedInherited: boolean
  readonly codec: Codec
}

/** Compiles the codec of an object. `compile` compiles the codec of one attribute. */
export function objectCodec(
  attributes: Readonly<Record<string, AttributeDefinition>>,
  compile: (definition: AttributeDefinition) => Codec,
): ObjectCodec {
  const fields = Object.keys(attributes).map((name) => fieldOf(name, attributes, compile))
  const byName = new Map(fields.map((field) => [field.name, field]))
  checkStoredNames(fields)

  function fieldNamed(name: string, path: string): Field {
    const field = byName.get(name)
    if (field === undefined) throw unknownAttribute(name, path, byName)
    return field
  }

  return {
    storedNames: new Map(fields.map(({ name, storedName }) => [name, storedName])),

    encode(input, path) {
      if (!isPlainObject(input)) throw wrongType(path, 'a plain object', input)
      // First of all, as a misspelt name is the reason for a missing one.
      for (const name in input) {
        if (!byName.has(name) && ownValue(input, name) !== undefined) throw unknownAttribute(name, path, byName)
      }
      const stored: Record<string, AttributeValue> = {}
      for (const field of fields) {
        const { name, storedName } = field
        const value = field.inherited ? ownValue(input, name) : input[name]
        if (value === undefined) {
          if (field.required) throw missing(childPath(path, name))
          continue
        }
        const encoded = field.codec.encode(value, path === '' ? name : childPath(path, name))
        if (encoded === undefined) continue
        if (field.storedInherited) setOwn(stored, storedName, encoded)
        else stored[storedName] = encoded
      }
      return stored
    },

    encodeAttribute(name, value, path) {
      return fieldNamed(name, path).codec.encode(value, childPath(path, name))
    },

    decode(stored, path, options) {
      const item: Record<string, unknown> = {}
      const partial = options?.partial === true
      const wanted = options?.names === undefined ? fields : options.names.map((name) => fieldNamed(name, path))
      for (const field of wanted) {
        const { name, storedName, codec } = field
        const value = field.storedInherited && !Object.hasOwn(stored, storedName) ? undefined : stored[storedName]
        if (value === undefined || (value.NULL === true && !field.required && !field.holdsNull)) {
          if (!field.required || partial) continue
          if (!field.isSet) throw missingInTable(childPath(path, name))
          setOwn(item, name, new Set())
        } else {
          const decoded = codec.decode(value, path === '' ? name : childPath(path, name))
          if (field.inherited) setOwn(item, name, decoded)
          else item[name] = decoded
        }
      }
      return item
    },

    decodeAttribute(name, stored, path) {
      return fieldNamed(name, path).codec.decode(stored, childPath(path, name))
    },
  }
}

/** A map inside an item. */
export function mapCodec(object: ObjectCodec): Codec {
  return {
    encode(value, path) {
      return { M: object.encode(value, path) }
    },
    decode(stored, path) {
      if (stored.M === undefined) throw storedMisfit(path, 'M (map)', stored)
      return object.decode(stored.M, path)
    },
  }
}

function fieldOf(
  name: string,
  attributes: Readonly<Record<string, AttributeDefinition>>,
  compile: (definition: AttributeDefinition) => Codec,
): Field {
  const definition = ownValue(attributes, name) as AttributeDefinition
  const storedName = checkKey(definition.storedAs ?? name, name)
  return {
    name,
    storedName,
    required: !definition.optional,
    isSet: definition.type === 'stringSet' || definition.type === 'numberSet' || definition.type === 'binarySet',
    holdsNull: holdsNull(definition),
    inherited: name in Object.prototype,
    storedInherited: storedName in Object.prototype,
    codec: compile(definition),
  }
}

/** Whether NULL in the table is a value of the attribute, not its absence. */
function holdsNull({ type, alternatives }: AttributeDefinition): boolean {
  return type === 'any' || type === 'schema' || (alternatives ?? []).some(holdsNull)
}

function checkStoredNames(fields: readonly Field[]): void {
  const owners = new Map<string, string>()
  for (const { name, storedName } of fields) {
    const owner = owners.get(storedName)
    if (owner !== undefined)
      throw new TypeError(`The attributes ${owner} and ${name} are both stored as ${storedName}. Rename one with storedAs().`)
    owners.set(storedName, name)
  }
}

function unknownAttribute(name: string, path: string, known: ReadonlyMap<string, Field>): ValidationError {
  return new ValidationError(
    'unknown-attribute',
    childPath(path, name),
    `there is no such attribute.${nameHint(name, known.keys())}`,
  )
}

function missing(path: string): ValidationError {
  return new ValidationError('missing', path, 'a value is required.')
}

function missingInTable(path: string): ValidationError {
  return new ValidationError(
    'missing',
    path,
    'the table holds no value of this required attribute. When items written earlier lack it, declare it optional() or fill it in.',
  )
}
