// One key template of an entity, resolved against the key attribute that it fills: parsed, checked, compiled.
import { compileKey, type KeyCodec, maxPartitionKeyBytes, maxSortKeyBytes } from '../keys/key-codec.ts'
import type { KeyType } from '../keys/key-type.ts'
import { compileNativeKey, nativeAttributeType } from '../keys/native-key.ts'
import { parseTemplate } from '../keys/template.ts'
import { supportsBuckets, supportsDescending } from '../keys/value-codec.ts'
import { shown } from './options.ts'
import { type Problems, suggestion } from './problems.ts'
import type { KeyPart, ResolvedAttribute } from './resolved.ts'
import type { KeyAttribute, Table } from './table.ts'

export interface KeySlot {
  readonly key: KeyAttribute
  readonly role: 'partition' | 'sort'
  /** Where the template stands, such as `Order.indexes.GSI1.pk`. */
  readonly place: string
  readonly shards?: ShardNumbers
  /** Whether a placeholder may stand for the bucket of a time. */
  readonly buckets?: boolean
}

/** The numbers of shards: so many, from the first. */
export interface ShardNumbers {
  readonly count: number
  readonly from: number
}

const templateHint = "A template is text with placeholders, such as 'USER#{userId}'."

/** Compiles a template for the key attribute it fills; undefined when it is wrong, with the reasons in `problems`. */
export function resolveKeyPart(
  text: unknown,
  slot: KeySlot,
  attributes: Readonly<Record<string, ResolvedAttribute>>,
  table: Table,
  problems: Problems,
): KeyPart | undefined {
  if (typeof text !== 'string') {
    problems.add('not-text', slot.place, `${shown(text)} is no key template.`, "Give a text such as 'USER#{userId}'.")
    return undefined
  }
  const sharded = slot.shards !== undefined && !text.includes('{shard}') ? `${text}${table.delimiter}{shard}` : text
  const parsed = parseTemplate(sharded, table.delimiter)
  if ('fault' in parsed) {
    problems.add(parsed.fault.code, slot.place, parsed.fault.message, parsed.fault.hint ?? templateHint)
    return undefined
  }
  const { template } = parsed
  const keyTypes: Record<string, KeyType> = Object.create(null)
  let sound = true
  const report = (code: string, message: string, hint: string) => {
    sound = false
    problems.add(code, slot.place, message, hint)
  }
  for (const { placeholder } of template.segments) {
    if (placeholder === undefined) continue
    const { name, descending, bucket } = placeholder
    if (name === 'shard' && slot.shards !== undefined) {
      keyTypes[name] = { kind: 'text', values: shardNames(slot.shards) }
      continue
    }
    const attribute = attributes[name]
    if (attribute === undefined) {
      const names = Object.keys(attributes)
      report(
        'unknown-attribute',
        `the template uses {${name}}, which is not an attribute.`,
        name === 'shard'
          ? 'Declare shards: { count } beside the partition template that uses it.'
          : suggestion(name, names, (one) => `{${one}}`),
      )
    } else if (attribute.keyType === undefined) {
      report(
        'not-a-key-type',
        `{${name}} is of type ${attribute.definition.type}, which can't be part of a key.`,
        'Use a scalar attribute.',
      )
    } else if (descending && !supportsDescending(attribute.keyType, table.keyEncoding)) {
      report('no-descending', `{${name}:desc} needs a number or a date.`, 'Read the pattern with .descending() instead.')
    } else if (bucket !== undefined && slot.buckets !== true) {
      report(
        'misplaced-bucket',
        `{${name}:${bucket}} stands where no bucket can be.`,
        'Buckets are for the partition keys of entities and their indexes.',
      )
    } else if (bucket !== undefined && !supportsBuckets(attribute.keyType)) {
      report('no-bucket', `{${name}:${bucket}} needs a time.`, 'Use datetime(), createdAt(), updatedAt() or expiresAt().')
    } else {
      keyTypes[name] = attribute.keyType
    }
  }
  const maxBytes = slot.role === 'partition' ? maxPartitionKeyBytes : maxSortKeyBytes
  if (Buffer.byteLength(template.segments.map(({ literal }) => literal).join(table.delimiter)) > maxBytes)
    report('key-too-long', `its text alone has more than the ${maxBytes} bytes of a ${slot.role} key.`, 'Shorten it.')
  if (!sound) return undefined
  const [only] = template.segments
  const single = template.segments.length === 1 && only?.literal === '' ? only.placeholder : undefined
  const attribute = single === undefined ? undefined : attributes[single.name]
  const natural = attribute?.stored === slot.key.name && single?.bucket === undefined
  if (slot.key.type === 'S' && !natural) {
    const codec = compileKey({ template, keyTypes, encoding: table.keyEncoding, maxBytes, place: slot.place })
    return keyPart(slot.key.name, codec, true, slot.shards !== undefined)
  }
  const typeName = { S: 'string', N: 'number', B: 'binary' }[slot.key.type]
  if (attribute?.keyType === undefined || single === undefined || single.bucket !== undefined) {
    report(
      'typed-key',
      `${slot.key.name} is of type ${typeName}: its template must be one placeholder.`,
      'Or make the key attribute a string.',
    )
    return undefined
  }
  if (single.descending)
    report('no-descending', `a key attribute that holds the plain value can't be descending.`, 'Read with .descending().')
  if (nativeAttributeType(attribute.keyType) !== slot.key.type)
    report(
      'typed-key',
      `${slot.key.name} is of type ${typeName}, but {${single.name}} is a ${attribute.definition.type}.`,
      'Give both one type.',
    )
  if (!sound) return undefined
  const codec = compileNativeKey({
    attribute: single.name,
    keyType: attribute.keyType,
    attributeType: slot.key.type,
    maxBytes,
    place: slot.place,
  })
  return keyPart(slot.key.name, codec, !natural, false)
}

/** A key attribute, and what fills it. */
export function keyPart(attribute: string, codec: KeyCodec, derived: boolean, sharded: boolean): KeyPart {
  const attributes = sharded ? Object.freeze(codec.attributes.filter((name) => name !== 'shard')) : codec.attributes
  return Object.freeze({ attribute, codec, attributes, derived, sharded })
}

/** The shards' numbers as they stand in keys. Not padded: a width that follows the count would give other keys when it grows. */
export function shardNames({ count, from }: ShardNumbers): string[] {
  return Array.from({ length: count }, (_, index) => String(from + index))
}
