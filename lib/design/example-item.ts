// An example item of an entity, from the examples that its attributes declare: for documentation, and to estimate sizes.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { setOwn } from '../plain-object.ts'
import type { AttributeDefinition } from '../schema/attribute.ts'
import { itemSizeBytes } from '../schema/item-size.ts'

/** When example items are written, so that documentation is the same every day. */
export const exampleNow = new Date('2026-01-15T09:30:00.000Z')
export const exampleUlid = '01KEZ0G8M0ABCDEFGHJKMNPQRS'
export const exampleUuid = '3f0a4c1e-8d52-4b7e-9a36-5c1d2e3f4a5b'

/** What creates an entity's example item: its examples, defaults where there are none, and plausible values for the rest. */
export function exampleInput(entity: ResolvedEntity): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  for (const { name, definition } of Object.values(entity.attributes)) {
    if (entity.generated.includes(name) || entity.context.includes(name)) continue
    const value = exampleValue(name, definition)
    if (value !== undefined) input[name] = value
  }
  return input
}

/** What the connection of the example items gives: for each attribute the first example of it. */
export function exampleContext(entities: readonly ResolvedEntity[]): Record<string, string> {
  const context: Record<string, string> = {}
  for (const { context: names, attributes } of entities) {
    for (const name of names) {
      const example = attributes[name]?.definition.example
      if (typeof example === 'string' && !Object.hasOwn(context, name)) setOwn(context, name, example)
    }
  }
  for (const name of entities.flatMap((entity) => entity.context))
    if (!Object.hasOwn(context, name)) setOwn(context, name, `${name}-1`)
  return context
}

/** The size of an entity's example item (or of another one) with its primary key, in bytes; index keys are not counted. */
export function exampleBytes(entity: ResolvedEntity, values: Readonly<Record<string, unknown>> = exampleInput(entity)): number {
  const input = { ...values }
  let bytes = 0
  for (const name of entity.generated) input[name] = name === entity.version ? 1 : exampleNow
  Object.assign(input, exampleContext([entity]))
  for (const [name, value] of Object.entries(input)) {
    const stored = encodeLeniently(entity, name, value)
    if (stored !== undefined) bytes += itemSizeBytes({ [entity.attributes[name]?.stored ?? name]: stored })
  }
  for (const part of [entity.key.partition, entity.key.sort])
    if (part !== undefined) bytes += part.attribute.length + part.codec.template.text.length
  return bytes
}

/** An example that its own checks refuse does not keep an estimate from being made. */
function encodeLeniently(entity: ResolvedEntity, name: string, value: unknown): AttributeValue | undefined {
  try {
    return entity.codec.encodeAttribute(name, value, '')
  } catch (error) {
    if (error instanceof ValidationError) return undefined
    throw error
  }
}

/** An example of an attribute's value; undefined for an optional one without. */
export function exampleValue(name: string, definition: AttributeDefinition): unknown {
  if (definition.example !== undefined) return structuredClone(definition.example)
  if (definition.optional) return undefined
  if (typeof definition.default === 'object' && 'value' in definition.default) return structuredClone(definition.default.value)
  return plausibleValue(name, definition)
}

function plausibleValue(name: string, definition: AttributeDefinition): unknown {
  switch (definition.type) {
    case 'string':
    case 'fromContext':
      return `${name}-1`.padEnd(Number(definition.min ?? 0), 'x').slice(0, Number(definition.max ?? Number.POSITIVE_INFINITY))
    case 'number':
      return Number(definition.min ?? definition.max ?? 1)
    case 'bigint':
      return BigInt(definition.min ?? definition.max ?? 1)
    case 'decimal':
      return String(definition.min ?? definition.max ?? '1')
    case 'boolean':
      return true
    case 'binary':
      return Buffer.alloc(Math.max(1, Number(definition.min ?? 1)))
    case 'ulid':
      return exampleUlid
    case 'uuid':
      return exampleUuid
    case 'datetime':
      return exampleNow
    case 'expiresAt':
      return new Date(exampleNow.getTime() + 86_400_000)
    case 'oneOf':
    case 'literal':
      return definition.values?.[0]
    case 'list':
      return definition.element === undefined ? [] : [exampleValue(name, definition.element)]
    case 'record':
      return definition.element === undefined ? {} : { key: exampleValue(name, definition.element) }
    case 'map':
      return Object.fromEntries(
        Object.entries(definition.attributes ?? {}).map(([inner, attribute]) => [inner, exampleValue(inner, attribute)]),
      )
    case 'stringSet':
      return new Set([`${name}-1`])
    case 'numberSet':
      return new Set([1])
    case 'binarySet':
      return new Set([new Uint8Array([1])])
    case 'union':
      return definition.alternatives?.[0] === undefined ? undefined : exampleValue(name, definition.alternatives[0])
    default:
      return { example: name }
  }
}
