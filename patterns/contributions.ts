// What items count for in aggregates, as lists of amounts, and what it takes for one list to take another's place.
import { type AnyEntity, type AttributeDefinition, ValidationError } from '../lib/index.ts'
import { addDecimals } from '../lib/keys/decimal.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { amountProblem, amountText, holdsSums } from './exact-sums.ts'

type Values = Readonly<Record<string, unknown>>
export interface AnyContribution {
  readonly key: Values
  readonly add: Readonly<Record<string, number | string>>
}

/** The attributes of an entity that hold totals: those that only transactions write, and that sums are exact in. */
export function totalsOf(entity: AnyEntity): ReadonlyMap<string, AttributeDefinition> {
  const definitions = Object.entries(attributeDefinitions(entity.attributes))
  return new Map(definitions.filter(([, definition]) => definition.onlyInTransactions === true && holdsSums(definition)))
}

/**
 * What an item counts for, as it was told, without amounts that are absent.
 *
 * @param place of what told it, for errors
 * @throws {ValidationError} for an amount of what is no total, and for one that its total cannot take exactly
 */
export function readContributions(
  aggregate: AnyEntity,
  told: readonly { readonly key: object; readonly add: object }[],
  place: string,
): AnyContribution[] {
  const totals = totalsOf(aggregate)
  const definitions: Readonly<Record<string, AttributeDefinition>> = attributeDefinitions(aggregate.attributes)
  // As the marker gives it back: 1.50 is 1.5, and names the same aggregate.
  const asStored = ([name, value]: [string, unknown]) =>
    [name, definitions[name]?.type === 'decimal' && typeof value === 'string' ? amountText(value) : value] as const
  return told.map(({ key, add }, at) => {
    const amounts = Object.entries(add).filter(([, amount]) => amount !== undefined)
    const read = amounts.map(([name, amount]) => {
      const path = `${place}[${at}].add.${name}`
      const total = totals.get(name)
      if (total === undefined) throw new ValidationError('unknown-attribute', path, `is no total() of ${aggregate.name}.`)
      const problem = amountProblem(total, amount)
      if (problem !== undefined) throw new ValidationError('precision', path, problem)
      return [name, total.type === 'decimal' ? amountText(amount) : amount] as const
    })
    return { key: Object.fromEntries(Object.entries(key).map(asStored)), add: Object.fromEntries(read) }
  })
}

/** The attributes of a key by name and value, as text to compare. */
export function identity(key: Values): string {
  const parts = Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(parts, (_, value) => (typeof value === 'bigint' ? String(value) : value))
}

/** What has to be added where, for one list of contributions to take another's place. */
export function differences(before: readonly AnyContribution[], after: readonly AnyContribution[]) {
  const sums = new Map<string, { readonly key: Values; readonly add: Map<string, string> }>()
  const count = ({ key, add: amounts }: AnyContribution, sign: 1 | -1) => {
    const sum = sums.get(identity(key)) ?? { key, add: new Map<string, string>() }
    sums.set(identity(key), sum)
    // As decimals, as the table holds them: 0.3 - 0.1 is 0.2.
    for (const [name, amount] of Object.entries(amounts))
      sum.add.set(name, addDecimals(sum.add.get(name) ?? '0', amountText(amount, sign)))
  }
  for (const one of before) count(one, -1)
  for (const one of after) count(one, 1)
  return [...sums.values()]
    .map(({ key, add: amounts }) => ({ key, add: [...amounts].filter(([, amount]) => Number(amount) !== 0) }))
    .filter(({ add: amounts }) => amounts.length > 0)
}
