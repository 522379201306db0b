// Codecs of sets: SS, NS, BS. DynamoDB has no empty sets: one is stored as nothing, and nothing is read as one.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { AttributeDefinition } from '../attribute.ts'
import { checkWellFormed, storedMisfit, wrongType } from '../misfit.ts'
import { copyBytes, plainBytes } from './bytes.ts'
import type { Codec } from './codec.ts'
import { checkLength, lengthBounds } from './lengths.ts'
import { exactNumber, numberText } from './numbers.ts'

/** What tells the three kinds of set apart: how all elements of one are encoded and decoded. */
interface SetKind {
  readonly expected: string
  encode(elements: ReadonlySet<unknown>, path: string): AttributeValue
  decode(stored: AttributeValue, path: string): Set<unknown>
}

/** A set. An empty one encodes to `undefined`: there is nothing to store. */
export function setCodec(definition: AttributeDefinition, kind: SetKind): Codec {
  const bounds = lengthBounds(definition)
  return {
    encode(value, path) {
      if (!(value instanceof Set)) throw wrongType(path, kind.expected, value)
      if (bounds !== undefined) checkLength(value.size, bounds, path, 'elements')
      return value.size === 0 ? undefined : kind.encode(value, path)
    },
    decode: kind.decode,
  }
}

export const stringSetKind: SetKind = Object.freeze({
  expected: 'a Set of strings',
  encode(elements: ReadonlySet<unknown>, path: string) {
    const texts: string[] = []
    for (const element of elements) {
      if (typeof element !== 'string') throw wrongType(`${path}[${texts.length}]`, 'a string', element)
      texts.push(checkWellFormed(element, path))
    }
    return { SS: texts }
  },
  decode(stored: AttributeValue, path: string) {
    if (!Array.isArray(stored.SS)) throw storedMisfit(path, 'SS (string set)', stored)
    return new Set<unknown>(stored.SS)
  },
})

export const numberSetKind: SetKind = Object.freeze({
  expected: 'a Set of numbers',
  encode(elements: ReadonlySet<unknown>, path: string) {
    const texts: string[] = []
    for (const element of elements) texts.push(numberText(element, `${path}[${texts.length}]`))
    return { NS: texts }
  },
  decode(stored: AttributeValue, path: string) {
    if (!Array.isArray(stored.NS)) throw storedMisfit(path, 'NS (number set)', stored)
    return new Set<unknown>(stored.NS.map((text, index) => exactNumber(text, `${path}[${index}]`)))
  },
})

/** Arrays with the same bytes are different elements to a JavaScript `Set` and the same to DynamoDB: the first one is kept. */
export const binarySetKind: SetKind = Object.freeze({
  expected: 'a Set of Uint8Array',
  encode(elements: ReadonlySet<unknown>, path: string) {
    const byContent = new Map<string, Uint8Array>()
    let index = 0
    for (const element of elements) {
      if (!(element instanceof Uint8Array)) throw wrongType(`${path}[${index}]`, 'a Uint8Array', element)
      const content = Buffer.from(element.buffer, element.byteOffset, element.byteLength).toString('latin1')
      if (!byContent.has(content)) byContent.set(content, copyBytes(element))
      index++
    }
    return { BS: [...byContent.values()] }
  },
  decode(stored: AttributeValue, path: string) {
    if (!Array.isArray(stored.BS)) throw storedMisfit(path, 'BS (binary set)', stored)
    return new Set<unknown>(stored.BS.map(plainBytes))
  },
})
