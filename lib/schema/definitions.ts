// Definitions of what stands inside collections: attributes and Standard Schemas alike, and which modifiers make sense in there.
import { ownValue, setOwn } from '../plain-object.ts'
import type { Attribute, AttributeDefinition, Attributes } from './attribute.ts'
import { isStandardSchema, type StandardSchemaV1 } from './standard-schema.ts'

/**
 * The definition of an attribute, or of a Standard Schema that stands for one (type `schema`, stored as `any()` is).
 * Whether a schema is optional is asked of the schema: it is when it takes `undefined` and gives `undefined`.
 *
 * @example attributeDefinition(z.string().optional()).optional // true
 */
export function attributeDefinition(attribute: Attribute | StandardSchemaV1): AttributeDefinition {
  if (isStandardSchema(attribute)) {
    const optional = takesUndefined(attribute)
    return Object.freeze({
      type: 'schema',
      optional,
      readOnly: false,
      hidden: false,
      checks: Object.freeze([]),
      schema: attribute,
    })
  }
  const definition: unknown = typeof attribute === 'object' && attribute !== null ? attribute.definition : undefined
  if (typeof definition !== 'object' || definition === null)
    throw new TypeError('An attribute is made by string(), number() … or is a Standard Schema (zod, valibot, arktype).')
  return definition as AttributeDefinition
}

/** The definitions of all attributes of an entity or a map, by name. */
export function attributeDefinitions(attributes: Attributes): Readonly<Record<string, AttributeDefinition>> {
  if (typeof attributes !== 'object' || attributes === null) throw new TypeError('Attributes are an object: { name: string() }.')
  const definitions: Record<string, AttributeDefinition> = {}
  for (const name of Object.keys(attributes))
    setOwn(definitions, name, attributeDefinition(ownValue(attributes, name) as Attribute))
  return Object.freeze(definitions)
}

/** The definitions of the attributes of a map, or of another owner that is no item. What only items have is refused on them. */
export function nestedDefinitions(attributes: Attributes, owner = 'a map'): Readonly<Record<string, AttributeDefinition>> {
  const definitions = attributeDefinitions(attributes)
  for (const [name, definition] of Object.entries(definitions))
    refuseItemModifiers(`the attribute ${name} of ${owner}`, definition)
  return definitions
}

/** The definition of an element of a list or record, or of an alternative of a union: a type, without modifiers of presence or name. */
export function elementDefinition(place: string, attribute: Attribute | StandardSchemaV1): AttributeDefinition {
  const definition = attributeDefinition(attribute)
  refuseItemModifiers(place, definition)
  if (definition.optional && definition.type !== 'schema') refuse(place, 'optional()')
  // ulid() and uuid() are generated where they are attributes; as elements they are given.
  if (definition.default !== undefined && definition.default !== 'generate') refuse(place, 'default()')
  if (definition.storedAs !== undefined) refuse(place, 'storedAs()')
  return definition
}

/** Whether a default stands somewhere inside the definition. */
export function hasNestedDefaults({ attributes, element }: AttributeDefinition): boolean {
  if (element !== undefined) return hasNestedDefaults(element)
  if (attributes === undefined) return false
  return Object.values(attributes).some((attribute) => attribute.default !== undefined || hasNestedDefaults(attribute))
}

function refuseItemModifiers(place: string, { type, readOnly, hidden, onlyInTransactions }: AttributeDefinition): void {
  if (onlyInTransactions === true) refuse(place, 'onlyInTransactions()')
  if (readOnly) refuse(place, 'readOnly()')
  if (hidden) refuse(place, 'hidden()')
  if (type === 'version' || type === 'createdAt' || type === 'updatedAt' || type === 'fromContext') refuse(place, `${type}()`)
}

function refuse(place: string, what: string): never {
  throw new TypeError(`${what} has no meaning on ${place}. Put it on the attribute of the entity.`)
}

function takesUndefined(schema: StandardSchemaV1): boolean {
  try {
    const result = schema['~standard'].validate(undefined)
    if (!(result instanceof Promise)) return result.issues === undefined && result.value === undefined
    // An asynchronous schema decides at each write; until then absence is not ruled out.
    result.catch(() => undefined)
    return true
  } catch {
    // A transformation that does not expect `undefined`.
    return false
  }
}
