// What the reasons of a cancelled transaction mean: what passes by itself, and what each operation would have thrown alone.
import type { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import type { CancellationReason } from '../errors.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import { type Attempt, tooLarge } from './write.ts'

/** DynamoDB's codes for what passes: another transaction on the item, or too much traffic. */
const passing: readonly string[] = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']

export function passes(code: string): boolean {
  return passing.includes(code)
}

/** The reasons, and the first operation to try again for: set when all that failed are overtaken reads and what passes by itself. */
export function reasonsOf(
  { CancellationReasons = [] }: TransactionCanceledException,
  attempts: readonly Attempt<unknown>[],
): { readonly reasons: readonly CancellationReason[]; readonly retry: number | undefined } {
  let retry: number | undefined
  let final = false
  const reasons = CancellationReasons.map(({ Code = 'None', Message, Item }, operation): CancellationReason => {
    const reason = { code: Code, operation, ...(Message !== undefined && { message: Message }) }
    if (Code === 'None') return reason
    const meaning = passes(Code) ? 'retry' : meaningOf(Code, Message, Item, attempts[operation])
    if (meaning === 'retry') retry ??= operation
    else final = true
    return meaning === 'retry' || meaning === undefined ? reason : { ...reason, error: meaning }
  })
  return { reasons, retry: final ? undefined : retry }
}

function meaningOf(
  code: string,
  message: string | undefined,
  item: StoredItem | undefined,
  attempt: Attempt<unknown> | undefined,
): ReturnType<Attempt<unknown>['refused']> | undefined {
  if (code === 'ConditionalCheckFailed') return attempt?.refused(item)
  return code === 'ValidationError' ? tooLarge(Object.assign(new Error(message), { name: 'ValidationException' })) : undefined
}
