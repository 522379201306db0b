// How long the text of an expression may be: 4 KB as it is sent, before names and values are put in.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
import { validationError } from './service-error.ts'
import type { Params } from './wire.ts'

const maxBytes = 4096
/** Whether the refusal tells the size. */
const expressions = {
  ConditionExpression: true,
  FilterExpression: true,
  KeyConditionExpression: true,
  ProjectionExpression: false,
  UpdateExpression: false,
} as const

interface Nested {
  readonly RequestItems?: Readonly<Record<string, Params | null>> | undefined
  readonly TransactItems?: readonly (Readonly<Record<string, Params | null>> | null)[] | undefined
}

/** Throws when an expression is too long, at the top of a request, in the action of a transaction or for a table of a batch. */
export function checkExpressionSizes(params: Params): void {
  for (const [name, tells] of Object.entries(expressions)) {
    const text = params[name]
    const bytes = typeof text === 'string' ? Buffer.byteLength(text) : 0
    if (bytes > maxBytes)
      throw validationError(
        `Invalid ${name}: Expression size has exceeded the maximum allowed size;${tells ? ` expression size: ${bytes}` : ''}`,
      )
  }
  const { RequestItems, TransactItems } = params as Nested
  for (const table of Object.values(RequestItems ?? {})) if (table !== null && !Array.isArray(table)) checkExpressionSizes(table)
  for (const item of TransactItems ?? []) for (const action of Object.values(item ?? {})) checkExpressionSizes(action ?? {})
}
