// What an attribute is to the layers that do not know its type: a value in a key, and an AttributeValue in the table.
import type { KeyType } from '../keys/key-type.ts'
import type { AttributeDefinition } from './attribute.ts'

/** How a value of the attribute is written in a key template, or `undefined` when it cannot be part of a key. */
export function keyTypeOf(definition: AttributeDefinition): KeyType | undefined {
  const { type, min, max, integer, values } = definition
  switch (type) {
    case 'string':
    case 'fromContext':
      return { kind: 'text' }
    case 'ulid':
      return { kind: 'text', width: 26 }
    case 'uuid':
      return { kind: 'text', width: 36 }
    case 'oneOf':
    case 'literal':
      return choiceKeyType(values ?? [])
    case 'number':
    case 'version':
      return {
        kind: 'number',
        ...(typeof min === 'number' && { min }),
        ...(typeof max === 'number' && { max }),
        ...(integer !== undefined && { integer }),
      }
    case 'bigint':
      return { kind: 'bigint', ...(typeof min === 'bigint' && { min }), ...(typeof max === 'bigint' && { max }) }
    case 'decimal':
      return { kind: 'decimal', ...(typeof min === 'string' && { min }), ...(typeof max === 'string' && { max }) }
    case 'datetime':
    case 'createdAt':
    case 'updatedAt':
      return { kind: 'datetime' }
    case 'expiresAt':
      return { kind: 'epochSeconds' }
    case 'boolean':
      return { kind: 'boolean' }
    case 'binary':
      return { kind: 'binary' }
    default:
      return undefined
  }
}

function choiceKeyType(values: readonly (string | number | boolean)[]): KeyType {
  const texts = values.filter((value) => typeof value === 'string')
  if (texts.length === values.length) return { kind: 'text', values: texts }
  // Without a range: padding that depended on the choices would change existing keys as soon as a choice is added.
  return { kind: typeof values[0] === 'boolean' ? 'boolean' : 'number' }
}

/** A type of AttributeValue. */
export type StoredType = 'S' | 'N' | 'B' | 'BOOL' | 'M' | 'L' | 'SS' | 'NS' | 'BS'

/** The type that all values of the attribute have in the table, or `undefined` when they may have several (`any`, a schema, some unions). */
export function storedTypeOf(definition: AttributeDefinition): StoredType | undefined {
  switch (definition.type) {
    case 'string':
    case 'fromContext':
    case 'ulid':
    case 'uuid':
    case 'datetime':
    case 'createdAt':
    case 'updatedAt':
    case 'json':
      return 'S'
    case 'number':
    case 'version':
    case 'bigint':
    case 'decimal':
    case 'expiresAt':
      return 'N'
    case 'boolean':
      return 'BOOL'
    case 'binary':
      return 'B'
    case 'oneOf':
    case 'literal':
      return choiceStoredType(definition.values?.[0])
    case 'list':
      return 'L'
    case 'map':
    case 'record':
      return 'M'
    case 'stringSet':
      return 'SS'
    case 'numberSet':
      return 'NS'
    case 'binarySet':
      return 'BS'
    case 'union': {
      const [first, ...others] = (definition.alternatives ?? []).map(storedTypeOf)
      return others.every((other) => other === first) ? first : undefined
    }
    case 'any':
    case 'schema':
      return undefined
  }
}

function choiceStoredType(value: string | number | boolean | undefined): StoredType {
  if (typeof value === 'string') return 'S'
  return typeof value === 'boolean' ? 'BOOL' : 'N'
}
