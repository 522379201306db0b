// The input of a transaction pattern that creates an item: the attributes of the user's entity, without what only stands on entities.
import type { AnyEntity } from '../lib/model/entity.ts'
import type { Attribute, AttributeDefinition, Attributes } from '../lib/schema/attribute.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { isStandardSchema } from '../lib/schema/standard-schema.ts'
import { hasSchemas } from '../lib/schema/standard-validation.ts'

/**
 * What a create of the entity takes. What Singlet writes is not given; nor is what is left to transactions where an item can do without it or
 * has a default: a transaction that means to write it says so itself.
 */
export function createInput(entity: AnyEntity): Attributes {
  const given = Object.entries(attributeDefinitions(entity.attributes)).filter(
    ([, { type, onlyInTransactions, optional, default: fallback }]) =>
      !generatedTypes.has(type) && (onlyInTransactions !== true || (!optional && fallback === undefined)),
  )
  return Object.fromEntries(given.map(([name, definition]) => [name, inputAttribute(definition)]))
}

/** Attributes of an entity, as what is given and never made: what identifies an item, or is known of it. */
export function givenInput(entity: AnyEntity, names: readonly string[], changes: Partial<AttributeDefinition> = {}): Attributes {
  const definitions: Readonly<Record<string, AttributeDefinition>> = attributeDefinitions(entity.attributes)
  return Object.fromEntries(
    names.map((name): [string, Attribute] => {
      const definition = definitions[name]
      if (definition === undefined) throw new TypeError(`${entity.name} has no attribute ${name}.`)
      return [name, inputAttribute(definition, { default: undefined as never, ...changes })]
    }),
  )
}

/** An attribute of an entity as one of an input or a map. Its schemas judge where the item is written, and only there. */
export function inputAttribute(given: AttributeDefinition, changes: Partial<AttributeDefinition> = {}): Attribute {
  const { storedAs, onlyInTransactions, ...rest } = hasSchemas(given) ? withoutSchemas(given) : given
  const definition: AttributeDefinition = Object.freeze({ ...rest, readOnly: false, hidden: false, ...changes })
  // Its types are those of the attribute that it is made of.
  return Object.freeze({ definition }) as unknown as Attribute
}

/** Whether a Standard Schema may make another value of this one. Those in `check()` only judge. */
export function isTransformed({ type, element, attributes, alternatives }: AttributeDefinition): boolean {
  const inside = [...(element === undefined ? [] : [element]), ...Object.values(attributes ?? {}), ...(alternatives ?? [])]
  return type === 'schema' || inside.some(isTransformed)
}

/** Applied in the input as well, a schema would have to take what it has made of a value; and which alternative fits, only schemas tell. */
function withoutSchemas(given: AttributeDefinition): AttributeDefinition {
  const { schema, alternatives, element, attributes, ...rest } = given
  const transformed = isTransformed(given)
  // Other checks see what is written.
  const checks = transformed ? [] : given.checks.filter((check) => !isStandardSchema(check))
  if (given.type === 'schema') return { ...rest, checks, optional: true }
  if (transformed && alternatives !== undefined) return { ...rest, checks, type: 'schema' }
  return {
    ...rest,
    checks,
    ...(alternatives !== undefined && { alternatives: alternatives.map(withoutSchemas) }),
    ...(element !== undefined && { element: withoutSchemas(element) }),
    ...(attributes !== undefined && {
      attributes: Object.fromEntries(Object.entries(attributes).map(([name, one]) => [name, withoutSchemas(one)])),
    }),
  }
}

/** What Singlet writes by itself. */
export const generatedTypes: ReadonlySet<string> = new Set(['version', 'createdAt', 'updatedAt'])
