// An entity's attributes as documentation: one entry each, with entries of their own for what stands inside maps.
import type { ResolvedEntity } from '../model/resolved.ts'
import type { AttributeDefinition, AttributeTypeName } from '../schema/attribute.ts'
import { storedTypeOf, typeText } from './attribute-type.ts'

/** A value that is given: an attribute of an entity, or of a transaction's input. */
export interface ValueDocumentation {
  /** `postal`, and inside it `postal.city`, `events[].at` in a list, `prices.*.amount` in a record. */
  readonly path: string
  readonly kind: AttributeTypeName
  /** Its type and bounds, in words. */
  readonly type: string
  /** What text must match, as a regular expression. */
  readonly pattern?: string
  /** Whether an input must have it; `generated` is written by Singlet, `context` comes from the connection, and neither is accepted. */
  readonly presence: 'required' | 'optional' | 'default' | 'generated' | 'context'
  /** What stands in for an absent value, in words. */
  readonly default?: string
  /** Has checks beyond its type and bounds. */
  readonly checked: boolean
  readonly description?: string
  readonly example?: unknown
}

export interface AttributeDocumentation extends ValueDocumentation {
  /** The same path with the names in the table. */
  readonly stored: string
  /** DynamoDB's type. */
  readonly storedType: string
  /** Set on create, refused in updates. */
  readonly readOnly: boolean
  /** Not part of the items that reads give. */
  readonly hidden: boolean
}

export function describeAttributes(entity: ResolvedEntity): AttributeDocumentation[] {
  return Object.values(entity.attributes).flatMap(({ name, stored, definition }) =>
    describe({ path: name, stored }, definition, withoutInput(entity, name)),
  )
}

/** Values that are given and not stored, such as a transaction's input. */
export function describeDefinitions(definitions: Readonly<Record<string, AttributeDefinition>>): ValueDocumentation[] {
  const all = Object.entries(definitions).flatMap(([name, definition]) =>
    describe({ path: name, stored: name }, definition, undefined),
  )
  return all.map(({ stored: _stored, storedType: _type, readOnly: _readOnly, hidden: _hidden, ...value }) => value)
}

type WithoutInput = 'generated' | 'context' | undefined

function withoutInput({ generated, context }: ResolvedEntity, name: string): WithoutInput {
  if (generated.includes(name)) return 'generated'
  return context.includes(name) ? 'context' : undefined
}

interface Place {
  readonly path: string
  readonly stored: string
}

function describe({ path, stored }: Place, definition: AttributeDefinition, given: WithoutInput): AttributeDocumentation[] {
  const { description, example, readOnly, hidden, optional, checks } = definition
  const fallback = defaultText(definition)
  const own: AttributeDocumentation = {
    path,
    kind: definition.type,
    type: typeText(definition),
    ...(definition.pattern !== undefined && { pattern: String(definition.pattern) }),
    stored,
    storedType: storedTypeOf(definition),
    presence: given ?? (fallback !== undefined ? 'default' : optional ? 'optional' : 'required'),
    ...(fallback !== undefined && { default: fallback }),
    readOnly,
    hidden,
    checked: checks.length > 0,
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
  }
  return [own, ...inside({ path, stored }, definition)]
}

function inside(place: Place, { attributes, element, type }: AttributeDefinition): AttributeDocumentation[] {
  if (element !== undefined) {
    const step = type === 'list' ? '[]' : '.*'
    return inside({ path: place.path + step, stored: place.stored + step }, element)
  }
  return Object.entries(attributes ?? {}).flatMap(([name, definition]) =>
    describe({ path: `${place.path}.${name}`, stored: `${place.stored}.${definition.storedAs ?? name}` }, definition, undefined),
  )
}

function defaultText({ default: fallback }: AttributeDefinition): string | undefined {
  if (fallback === undefined) return undefined
  if (fallback === 'now') return 'the time of the write'
  if (fallback === 'generate') return 'a new one'
  if ('make' in fallback) return 'made on each write'
  const { value } = fallback
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' ? value : JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part))
}
