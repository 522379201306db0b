// Attributes of entities that a pattern makes, as those of a transaction's input: without what Singlet writes, and what only items have.
import type { Attributes } from '../lib/index.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { generatedTypes, inputAttribute } from './create-input.ts'

/** Attributes as those of an input. With `not generated`, all that are required on items are given, identifiers too. */
export function givenAttributes(attributes: Attributes, identifiers?: 'not generated'): Attributes {
  const given = Object.entries(attributeDefinitions(attributes)).filter(([, { type }]) => !generatedTypes.has(type))
  const inputs = given.map(([name, { default: fallback, ...rest }]) => {
    const definition = identifiers === undefined && fallback !== undefined ? { ...rest, default: fallback } : rest
    return [name, inputAttribute(definition)] as const
  })
  return Object.fromEntries(inputs)
}
