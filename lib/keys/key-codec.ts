// A key attribute made from a template: values to key and back. Compiled once; `encode` is on the path of every read and write.
import { ValidationError } from '../errors.ts'
import { setOwn } from '../plain-object.ts'
import type { KeyType } from './key-type.ts'
import type { NativeKeyCodec } from './native-key.ts'
import { badDefinition, keyTooLong } from './refusals.ts'
import { defaultDelimiter, type KeyTemplate, type Segment } from './template.ts'
import { byteLength } from './text-order.ts'
import type { Bucket } from './time-bucket.ts'
import { compileKeyValue, type KeyValueCodec } from './value-codec.ts'
import type { KeyEncoding } from './value-form.ts'

/** Makes and reads the content of one key attribute for one entity. */
export type KeyCodec = TemplateKeyCodec | NativeKeyCodec

/** Limits of DynamoDB on the size of a key attribute, in bytes. */
export const maxPartitionKeyBytes = 2048
export const maxSortKeyBytes = 1024

/** A key made from a template. */
export interface TemplateKeyCodec {
  readonly native: false
  readonly attributeType: 'S'
  readonly encoding: KeyEncoding
  readonly template: KeyTemplate
  /** The attributes that the key is made from, from left to right. */
  readonly attributes: readonly string[]
  /** The key as parts: for each attribute the fixed text before it, then its value … */
  readonly parts: readonly KeyPart[]
  /** … and the fixed text at the end; empty when the last segment is a placeholder. */
  readonly tail: string
  readonly maxBytes: number
  readonly place?: string
  /**
   * The key of an item.
   * @throws ValidationError with the attribute's name: missing, of the wrong type, empty, out of range, or the key too long.
   */
  encode(values: Readonly<Record<string, unknown>>): string
  /** The values that a key was made from, or undefined when it is not a key of this template. */
  decode(key: unknown): Record<string, unknown> | undefined
}

export interface KeyPart {
  /** All fixed text since the previous placeholder, delimiters included. */
  readonly lead: string
  readonly attribute: string
  readonly value: KeyValueCodec
  /** The value is the bucket of a time, and not all of it. */
  readonly bucket?: Bucket
}

export interface KeyOptions {
  readonly template: KeyTemplate
  /** By placeholder. */
  readonly keyTypes: Readonly<Record<string, KeyType>>
  readonly encoding: KeyEncoding
  /** `maxPartitionKeyBytes` or `maxSortKeyBytes`. */
  readonly maxBytes: number
  /** Where the key is declared, such as `Order.key.sk`, for messages. */
  readonly place?: string
}

/**
 * Compiles a template into a codec.
 *
 * @throws SingletError 'bad-key-definition' for what a model check should have found: a placeholder without a type, an unsupported `:desc`,
 * escaped keys with another delimiter than `#`.
 * @example
 * const sk = compileKey({ template, keyTypes: { orderId: { kind: 'text' } }, encoding: 'escaped', maxBytes: 1024 })
 * sk.encode({ orderId: '7#1' }) // 'ORDER#7$S1'
 * sk.decode('ORDER#7$S1')       // { orderId: '7#1' }
 */
export function compileKey({ template, keyTypes, encoding, maxBytes, place }: KeyOptions): TemplateKeyCodec {
  const { delimiter, segments } = template
  if (encoding === 'escaped' && delimiter !== defaultDelimiter) {
    throw badDefinition(`Escaped keys have the delimiter ${defaultDelimiter}, not ${delimiter}: the escape is made for it.`)
  }
  const parts: Part[] = []
  let lead = ''
  segments.forEach(({ literal, placeholder }, index) => {
    lead += index === 0 ? literal : delimiter + literal
    if (placeholder === undefined) return
    const { name: attribute, descending, bucket } = placeholder
    const keyType = Object.hasOwn(keyTypes, attribute) ? keyTypes[attribute] : undefined
    if (keyType === undefined) throw badDefinition(`${template.text} uses {${attribute}}, whose type is not known.`)
    const value = compileKeyValue(keyType, { descending, encoding, delimiter, literal, ...(bucket !== undefined && { bucket }) })
    parts.push(
      Object.freeze({
        lead,
        attribute,
        value,
        ...(bucket !== undefined && { bucket }),
        inherited: attribute in Object.prototype,
      }),
    )
    lead = ''
  })
  const tail = lead

  const encode = (values: Readonly<Record<string, unknown>>): string => {
    let key = ''
    for (const { lead, attribute, value, inherited } of parts) {
      // `values['constructor']` finds something in every object; looking for own properties costs, so only these names pay.
      const given = inherited && !Object.hasOwn(values, attribute) ? undefined : values[attribute]
      if (given === undefined) throw missing(attribute, template, place)
      key += lead + value.encode(given, attribute)
    }
    key += tail
    // A UTF-16 unit is at most three bytes, which spares counting for all but long keys.
    if (key.length * 3 > maxBytes && byteLength(key) > maxBytes) throw tooLong(codec, values, byteLength(key))
    return key
  }
  const decode = (key: unknown): Record<string, unknown> | undefined => {
    if (typeof key !== 'string' || byteLength(key) > maxBytes) return undefined
    const texts = key.split(delimiter)
    if (texts.length !== segments.length) return undefined
    const values: Record<string, unknown> = {}
    let part = 0
    for (const [index, segment] of segments.entries()) {
      const text = texts[index] ?? ''
      if (segment.placeholder === undefined ? text !== segment.literal : !text.startsWith(segment.literal)) return undefined
      if (segment.placeholder === undefined) continue
      const value = parts[part++]?.value.decode(text.slice(segment.literal.length))
      if (value === undefined) return undefined
      // Of a bucket the time is not known; the sort key has it.
      if (segment.placeholder.bucket !== undefined) continue
      setOwn(values, segment.placeholder.name, value)
    }
    return values
  }
  const codec: TemplateKeyCodec = Object.freeze({
    native: false,
    attributeType: 'S',
    encoding,
    template,
    attributes: template.placeholders,
    parts: Object.freeze(parts),
    tail,
    maxBytes,
    ...(place === undefined ? {} : { place }),
    encode,
    decode,
  })
  return codec
}

interface Part extends KeyPart {
  /** Every object has a property of this name. */
  readonly inherited: boolean
}

/** The segments of a template with its placeholders, for those who reason about keys without values. */
export function partOfSegment(codec: TemplateKeyCodec, segment: Segment): KeyPart | undefined {
  return segment.placeholder === undefined
    ? undefined
    : codec.parts.find(({ attribute }) => attribute === segment.placeholder?.name)
}

/** The error for a key over the limit, on the attribute that takes most of it. */
export function tooLong(codec: TemplateKeyCodec, values: Readonly<Record<string, unknown>>, bytes: number): ValidationError {
  let longest = ''
  let most = -1
  for (const { attribute, value } of codec.parts) {
    if (!Object.hasOwn(values, attribute) || values[attribute] === undefined) continue
    const size = byteLength(value.encodeBound(values[attribute], attribute))
    if (size > most) [longest, most] = [attribute, size]
  }
  return keyTooLong(longest, bytes, codec.maxBytes, codec.place)
}

function missing(attribute: string, { text }: KeyTemplate, place: string | undefined): ValidationError {
  return new ValidationError('missing', attribute, `${place ?? 'the key'} (${text}) needs a value here.`)
}
