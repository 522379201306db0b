// The declared range of a number under add(): what the value must have been before, for the sum to stay within.
import { addDecimals, decimalText, maxDigits, parseDecimal } from '../keys/decimal.ts'
import { compareKeys } from '../keys/key-order.ts'
import type { Change } from './update-changes.ts'

export interface SumBounds {
  /** What the value before must satisfy: the bound that the sum moves towards. */
  readonly before?: { readonly comparator: '<=' | '<' | '>=' | '>'; readonly bound: string }
  /** Whether the amount alone is in range, since an absent number counts as 0. */
  readonly fromZero: boolean
}

/** The bounds that an `add` has to keep; undefined when it has none to reach. */
export function sumBounds({ definition: { type, min, max }, value }: Change): SumBounds | undefined {
  // Nobody counts a version up to its bound.
  if (type === 'version' || (min === undefined && max === undefined)) return undefined
  const amount = value?.N ?? '0'
  const down = amount.startsWith('-')
  const bound = down ? min : max
  const fromZero =
    (min === undefined || compareKeys('N', amount, String(min)) >= 0) &&
    (max === undefined || compareKeys('N', amount, String(max)) <= 0)
  if (bound === undefined) return { fromZero }
  return { fromZero, before: comparison(addDecimals(String(bound), down ? amount.slice(1) : `-${amount}`), down) }
}

/** Whether adding to this value would leave the range. */
export function leavesRange(change: Change, before: string | undefined): boolean {
  const bounds = change.operator === 'add' ? sumBounds(change) : undefined
  if (bounds === undefined) return false
  if (before === undefined) return !bounds.fromZero
  if (bounds.before === undefined) return false
  const { comparator, bound } = bounds.before
  const order = compareKeys('N', before, bound)
  const within = { '<=': order <= 0, '<': order < 0, '>=': order >= 0, '>': order > 0 }[comparator]
  return !within
}

/** A comparison with a bound that may have more digits than DynamoDB holds: cut off, it stands beside the numbers that there are. */
function comparison(text: string, down: boolean): NonNullable<SumBounds['before']> {
  const exact = parseDecimal(text)
  if (exact === undefined || exact.digits.length <= maxDigits) return { comparator: down ? '>=' : '<=', bound: text }
  const bound = decimalText({ ...exact, digits: exact.digits.slice(0, maxDigits) })
  // Cutting moves towards zero: a positive bound becomes less, a negative one more.
  if (down) return { comparator: exact.negative ? '>=' : '>', bound }
  return { comparator: exact.negative ? '<' : '<=', bound }
}
