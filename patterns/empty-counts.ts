// What patterns demand that delete items for good: that nothing is counted on them any more.
import { type Attributes, or } from '../lib/index.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'

/** The attributes that hold counts: numbers from a default on that only transactions write, as `counter()` and `nodeAttributes()` declare them. */
export function countNames(attributes: Attributes): string[] {
  return Object.entries(attributeDefinitions(attributes)).flatMap(([name, { type, onlyInTransactions, default: fallback }]) =>
    (type === 'number' || type === 'decimal') && onlyInTransactions === true && fallback !== undefined ? [name] : [],
  )
}

/** The conditions that all counts are 0. */
export function nothingCounted(attributes: Attributes): object[] {
  const definitions = attributeDefinitions(attributes)
  return countNames(attributes).map((name) => {
    const zero = definitions[name as keyof typeof definitions]?.type === 'decimal' ? '0' : 0
    return or({ [name]: { exists: false } }, { [name]: zero })
  })
}
