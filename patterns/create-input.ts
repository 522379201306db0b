// The input of a transaction pattern that creates an item: the attributes of the user's entity, without what only stands on entities.
import type { AnyEntity } from '../lib/model/entity.ts'
import type { Attribute, AttributeDefinition, Attributes } from '../lib/schema/attribute.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { any } from '../lib/schema/scalars.ts'
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

/** An attribute of an entity as one of an input or a map. */
export function inputAttribute(given: AttributeDefinition, changes: Partial<AttributeDefinition> = {}): Attribute {
  const { storedAs, onlyInTransactions, ...rest } = given
  const { optional, default: fallback } = given
  // A schema is applied where the item is written: applied here as well, what it makes of a value would have to fit it again.
  const own = hasSchemas(given) ? { ...any().definition, optional, ...(fallback !== undefined && { default: fallback }) } : rest
  const definition: AttributeDefinition = Object.freeze({ ...own, readOnly: false, hidden: false, ...changes })
  // Its types are those of the attribute that it is made of.
  return Object.freeze({ definition }) as unknown as Attribute
}

/** What Singlet writes by itself. */
export const generatedTypes: ReadonlySet<string> = new Set(['version', 'createdAt', 'updatedAt'])
