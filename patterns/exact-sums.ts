// Sums that never drift: of whole numbers, or of decimals. The table adds in decimal, and a JavaScript number holds few sums of fractions.
import { type AttributeDefinition, add, ValidationError } from '../lib/index.ts'
import { decimalProblem, decimalText, negate, parseDecimal } from '../lib/keys/decimal.ts'

/** What to do where a sum would not be exact. */
export const sumHint = 'Count in the smallest unit (cents) as number({ integer: true }), or make the sum a decimal().'

/** Whether the attribute holds sums exactly. */
export function holdsSums({ type, integer }: Partial<AttributeDefinition>): boolean {
  return type === 'decimal' || (type === 'number' && integer === true)
}

/** Whether sums of the one are held exactly by the other. Decimals hold those of every number, as the table has it. */
export function sumsOf(part: Partial<AttributeDefinition>, sum: Partial<AttributeDefinition>): boolean {
  return holdsSums(sum) && (sum.type === 'decimal' ? part.type === 'number' || part.type === 'decimal' : isWhole(part))
}

const isWhole = ({ type, integer }: Partial<AttributeDefinition>) => type === 'number' && integer === true

/** An amount as decimal text, or its negative. */
export function amountText(amount: number | string, sign: 1 | -1 = 1): string {
  const decimal = parseDecimal(String(amount))
  if (decimal === undefined) throw new TypeError(`${String(amount)} is no number.`)
  return decimalText(sign === 1 ? decimal : negate(decimal))
}

/** Why an attribute that holds sums cannot take this amount; undefined when it can. */
export function amountProblem(sum: Partial<AttributeDefinition>, amount: unknown): string | undefined {
  if (sum.type === 'decimal') {
    const decimal = typeof amount === 'number' || typeof amount === 'string' ? parseDecimal(String(amount)) : undefined
    const problem = decimal === undefined ? 'it is no number' : decimalProblem(decimal)
    return problem === undefined ? undefined : `${String(amount)} cannot be added: ${problem}.`
  }
  return Number.isSafeInteger(amount) ? undefined : `${String(amount)} is no whole number up to 2^53. ${sumHint}`
}

/** What adds an amount to such an attribute. Throws a `ValidationError` for one that it cannot take. */
export function addExactly(sum: Partial<AttributeDefinition>, amount: string, path: string) {
  if (sum.type === 'decimal') return add(amount)
  const problem = amountProblem(sum, Number(amount))
  if (problem !== undefined) throw new ValidationError('precision', path, problem)
  return add(Number(amount))
}
