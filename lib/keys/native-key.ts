// A natural key: a key attribute of a table or index that is the entity's own attribute, stored once, with its own type, unencoded.
import { ValidationError } from '../errors.ts'
import { setOwn } from '../plain-object.ts'
import { decimalText, parseDecimal } from './decimal.ts'
import type { KeyAttributeType, KeyContent, KeyType } from './key-type.ts'
import { badDefinition, emptyKey, keyTooLong, wrongType } from './refusals.ts'
import { type KeyTemplate, parseTemplate } from './template.ts'
import { byteLength } from './text-order.ts'
import { compileKeyValue, type KeyValueCodec } from './value-codec.ts'

/** A key that is one attribute as it is. */
export interface NativeKeyCodec {
  readonly native: true
  readonly attributeType: KeyAttributeType
  /** `{attribute}`. */
  readonly template: KeyTemplate
  /** The one attribute. */
  readonly attributes: readonly [string]
  /** The values of type S and N as text. Not for B, whose content are bytes. */
  readonly value: KeyValueCodec
  readonly maxBytes: number
  readonly place?: string
  /**
   * The content of the key attribute: text for S, decimal text for N, bytes for B.
   * @throws ValidationError with the attribute's name: missing, of the wrong type, empty, out of range or too long.
   */
  encode(values: Readonly<Record<string, unknown>>): KeyContent
  /** The attribute's value, or undefined when no value gives this content. */
  decode(content: unknown): Record<string, unknown> | undefined
  /** As `encode`, for the end of a range, which need not be a value that the attribute could have. */
  encodeBound(value: unknown): KeyContent
}

export interface NativeKeyOptions {
  readonly attribute: string
  readonly keyType: KeyType
  readonly attributeType: KeyAttributeType
  /** `maxPartitionKeyBytes` or `maxSortKeyBytes`. */
  readonly maxBytes: number
  readonly place?: string
}

/** The type of the table attribute that holds values of a key type; undefined for booleans, which DynamoDB has no keys of. */
export function nativeAttributeType({ kind }: KeyType): KeyAttributeType | undefined {
  if (kind === 'boolean') return undefined
  if (kind === 'text' || kind === 'datetime') return 'S'
  return kind === 'binary' ? 'B' : 'N'
}

/**
 * Compiles a natural key.
 *
 * @throws SingletError 'bad-key-definition' when the key attribute cannot hold the attribute's values, or the name is no placeholder name.
 * @example
 * const map = compileNativeKey({ attribute: 'map', keyType: { kind: 'text' }, attributeType: 'S', maxBytes: 2048 })
 * map.encode({ map: 'a#b' }) // 'a#b'
 */
export function compileNativeKey({ attribute, keyType, attributeType, maxBytes, place }: NativeKeyOptions): NativeKeyCodec {
  if (nativeAttributeType(keyType) !== attributeType) {
    throw badDefinition(`A key attribute of type ${attributeType} cannot hold ${keyType.kind} values as they are.`)
  }
  const parsed = parseTemplate(`{${attribute}}`)
  if ('fault' in parsed) throw badDefinition(parsed.fault.message)
  const value = compileKeyValue(keyType, { descending: false, encoding: 'native', delimiter: '' })
  const refuseLong = (size: number): void => {
    if (size > maxBytes) throw keyTooLong(attribute, size, maxBytes, place)
  }
  const write = (given: unknown, text: (given: unknown, attribute: string) => string): KeyContent => {
    if (attributeType !== 'B') {
      const content = text(given, attribute)
      if (attributeType === 'S') refuseLong(byteLength(content))
      return content
    }
    if (!(given instanceof Uint8Array)) throw wrongType(attribute, 'bytes (Uint8Array)', given)
    if (given.length === 0) throw emptyKey(attribute)
    refuseLong(given.length)
    return given
  }
  const codec: NativeKeyCodec = {
    native: true,
    attributeType,
    template: parsed.template,
    attributes: Object.freeze([attribute] as const),
    value,
    maxBytes,
    ...(place === undefined ? {} : { place }),
    encode(values) {
      const given = Object.hasOwn(values, attribute) ? values[attribute] : undefined
      if (given === undefined) throw new ValidationError('missing', attribute, `${place ?? 'the key'} needs a value here.`)
      return write(given, value.encode)
    },
    encodeBound: (given) => write(given, value.encodeBound),
    decode(content) {
      const found = read(content)
      if (found === undefined) return undefined
      const values: Record<string, unknown> = {}
      setOwn(values, attribute, found)
      return values
    },
  }
  return Object.freeze(codec)

  function read(content: unknown): unknown {
    if (attributeType === 'B')
      return content instanceof Uint8Array && content.length > 0 && content.length <= maxBytes ? content : undefined
    if (typeof content !== 'string' || (attributeType === 'S' && byteLength(content) > maxBytes)) return undefined
    if (attributeType === 'S') return value.decode(content)
    const number = parseDecimal(content)
    // DynamoDB gives numbers back in its own notation, so read the number and not the text. The size guards against 1e999999999.
    return number === undefined || Math.abs(number.exponent) > 200 ? undefined : value.decode(decimalText(number))
  }
}
