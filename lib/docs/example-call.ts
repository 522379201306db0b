// An example call of a pattern: its input, taken from the example item that the call is to find, and its text in TypeScript.
import type { PageOptions } from '../client/paging.ts'
import type { Plan, PlanInput } from '../design/plan.ts'
import { bucketAround } from '../keys/time-bucket.ts'
import { typescriptText } from './value-text.ts'

/** Types of which a range of values is worth asking for; identifiers and names are asked for whole or not at all. */
const rangeTypes = ['number', 'bigint', 'decimal', 'version', 'datetime', 'createdAt', 'updatedAt', 'expiresAt']

const dayMilliseconds = 86_400_000

/**
 * An input that finds the item with these values: what is required, and where the sort key has a time or a quantity, a range of it.
 * Throws when the item lacks a required value.
 */
export function exampleCallInput(plan: Plan, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  for (const { attribute, required, bucket } of plan.inputs) {
    if (!required) continue
    if (values[attribute] === undefined) throw new TypeError(`${attribute} has no example.`)
    const value = values[attribute]
    input[attribute] =
      plan.kind === 'query' && bucket !== undefined && value instanceof Date ? bucketAround(value, bucket) : value
  }
  for (const { attribute, value } of narrowing(plan, values)) input[attribute] = value
  return input
}

interface Given {
  readonly attribute: string
  readonly value: unknown
}

/** Sort attributes from the left, all equal but the last, which is a range. */
function narrowing(plan: Plan, values: Readonly<Record<string, unknown>>): Given[] {
  if (plan.kind !== 'query') return []
  const optional = plan.inputs.filter(({ key, required }) => !required && key !== 'shard')
  const last = optional.findLastIndex(({ type }) => rangeTypes.includes(type))
  const given = optional.slice(0, last + 1)
  if (given.some(({ attribute }) => values[attribute] === undefined)) return []
  return given.map(({ attribute }: PlanInput, index) => ({
    attribute,
    value: index === last ? rangeAround(values[attribute], plan.order) : values[attribute],
  }))
}

/** The latest are asked for from a day on, the oldest up to one; of quantities the greatest, or the least. */
function rangeAround(value: unknown, order: Plan['order']): object {
  if (!(value instanceof Date)) return order === 'descending' ? { gte: value } : { lte: value }
  const day = value.getTime() - (((value.getTime() % dayMilliseconds) + dayMilliseconds) % dayMilliseconds)
  return order === 'descending' ? { gte: new Date(day) } : { lt: new Date(day + dayMilliseconds) }
}

/** `await shop.patterns.ordersOfCustomer({ customerId: 'c1' }, { limit: 20 })`. */
export function exampleCall(connectedAs: string, pattern: string, input: object, options: PageOptions): string {
  const values = Object.keys(options).length === 0 ? [input] : [input, options]
  const access = /^[A-Za-z_$][\w$]*$/.test(pattern) ? `.${pattern}` : `[${typescriptText(pattern)}]`
  const start = `await ${connectedAs}.patterns${access}(`
  const inOneLine = `${start}${values.map((value) => typescriptText(value, Number.POSITIVE_INFINITY)).join(', ')})`
  if (inOneLine.length <= lineWidth) return inOneLine
  const [only] = values
  if (values.length === 1) return `${start}${typescriptText(only, lineWidth, start.length)})`
  const lines = values.map((value) => typescriptText(value, lineWidth - 2).replaceAll('\n', '\n  '))
  return `${start}\n${lines.map((line) => `  ${line},\n`).join('')})`
}

const lineWidth = 100
