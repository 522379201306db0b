// What items count for in aggregates, as lists of amounts, and what it takes for one list to take another's place.
import { addDecimals } from '../lib/keys/decimal.ts'

type Values = Readonly<Record<string, unknown>>
export interface AnyContribution {
  readonly key: Values
  readonly add: Readonly<Record<string, number>>
}

/** The attributes of a key by name and value, as text to compare. */
export function identity(key: Values): string {
  const parts = Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(parts, (_, value) => (typeof value === 'bigint' ? String(value) : value))
}

/** What has to be added where, for one list of contributions to take another's place. */
export function differences(before: readonly AnyContribution[], after: readonly AnyContribution[]) {
  const sums = new Map<string, { readonly key: Values; readonly add: Map<string, string> }>()
  const count = ({ key, add: amounts }: AnyContribution, sign: '' | '-') => {
    const sum = sums.get(identity(key)) ?? { key, add: new Map<string, string>() }
    sums.set(identity(key), sum)
    // As decimals, as the table holds them: 0.3 - 0.1 is 0.2.
    for (const [name, amount] of Object.entries(amounts))
      sum.add.set(name, addDecimals(sum.add.get(name) ?? '0', String(sign === '-' ? -amount : amount)))
  }
  for (const one of before) count(one, '-')
  for (const one of after) count(one, '')
  return [...sums.values()]
    .map(({ key, add: amounts }) => ({ key, add: [...amounts].filter(([, amount]) => Number(amount) !== 0) }))
    .filter(({ add: amounts }) => amounts.length > 0)
}
