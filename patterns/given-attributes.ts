// The attributes of an entity as those of a transaction's input: without what Singlet writes, and what only stands on items.
import type { Attribute, Attributes } from '../lib/index.ts'

const generatedTypes: readonly string[] = ['version', 'createdAt', 'updatedAt']

/** Attributes as those of an input. With `not generated`, all that are required on items are given, identifiers too. */
export function givenAttributes(attributes: Attributes, identifiers?: 'not generated'): Attributes {
  const inputs = Object.entries(attributes).flatMap(([name, attribute]): [string, Attributes[string]][] => {
    if (!('definition' in attribute)) return [[name, attribute]]
    const { storedAs: _, default: fallback, ...rest } = attribute.definition
    if (generatedTypes.includes(rest.type)) return []
    const generated = identifiers === undefined && fallback !== undefined && { default: fallback }
    const definition = Object.freeze({ ...rest, ...generated, readOnly: false, hidden: false })
    // The types of an attribute exist at compile time only.
    return [[name, Object.freeze({ definition }) as unknown as Attribute]]
  })
  return Object.fromEntries(inputs)
}
