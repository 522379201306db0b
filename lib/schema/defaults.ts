// What stands in for absent attributes, at the top of an item and inside its maps.
import { randomUUID } from 'node:crypto'
import { ulid } from 'ulid'
import { isPlainObject, ownValue, setOwn } from '../plain-object.ts'
import type { AttributeDefinition } from './attribute.ts'
import { hasNestedDefaults } from './definitions.ts'

/**
 * The default of an attribute, or `undefined` when it has none. Fixed values are copied, so that changing one item changes no other.
 *
 * @param now the time of the write: for `'now'`, and for the time in a generated ULID
 * @example defaultValue(oneOf('pending', 'paid').default('pending').definition, new Date()) // 'pending'
 */
export function defaultValue(definition: AttributeDefinition, now: Date): unknown {
  const fallback = definition.default
  if (fallback === undefined) return undefined
  if (fallback === 'now') return new Date(now)
  if (fallback === 'generate') return definition.type === 'uuid' ? randomUUID() : ulid(now.getTime())
  if ('make' in fallback) return fallback.make()
  return typeof fallback.value === 'object' ? structuredClone(fallback.value) : fallback.value
}

/**
 * The input with the defaults of all attributes that it lacks, also inside maps. The input itself is not changed. What does not fit
 * is left for the codec to refuse.
 */
export function withDefaults(
  attributes: Readonly<Record<string, AttributeDefinition>>,
  input: Readonly<Record<string, unknown>>,
  now: Date,
): Record<string, unknown> {
  const complete = { ...input }
  for (const name of Object.keys(attributes)) {
    const definition = ownValue(attributes, name) as AttributeDefinition
    const given = ownValue(input, name)
    const value = given === undefined ? defaultValue(definition, now) : given
    if (value !== undefined) setOwn(complete, name, withNestedDefaults(definition, value, now))
  }
  return complete
}

/** A value with the defaults of the maps inside it. */
export function withNestedDefaults(definition: AttributeDefinition, value: unknown, now: Date): unknown {
  if (!hasNestedDefaults(definition)) return value
  const { attributes, element } = definition
  if (element !== undefined && Array.isArray(value)) return value.map((part) => withNestedDefaults(element, part, now))
  if (!isPlainObject(value)) return value
  if (attributes !== undefined) return withDefaults(attributes, value, now)
  if (element === undefined) return value
  const complete: Record<string, unknown> = {}
  for (const [key, part] of Object.entries(value)) setOwn(complete, key, withNestedDefaults(element, part, now))
  return complete
}
