// What the reasons of a cancelled transaction mean: what passes by itself, and what each operation would have thrown alone.
import type { CancellationReason as SdkReason, TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import type { SingletError } from '../errors.ts'
import type { CancellationReason } from '../errors-of-several.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import type { Companion } from './companions.ts'
import { tooLarge } from './refusal.ts'
import type { Attempt, Tried } from './write-request.ts'

/** DynamoDB's codes for what passes: another transaction on the item, or too much traffic. */
const passing: readonly string[] = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']

export function passes(code: string): boolean {
  return passing.includes(code)
}

/** Whether DynamoDB has looked at the items before it cancelled a transaction. Under a token this tells that it was not done before. */
export function evaluated({ CancellationReasons = [] }: TransactionCanceledException): boolean {
  return CancellationReasons.some(({ Code = 'None' }) => Code !== 'None' && !passes(Code))
}

/** The reasons, and the first operation to try again for: set when all that failed are overtaken reads and what passes by itself. */
export function reasonsOf(
  { CancellationReasons = [] }: TransactionCanceledException,
  attempts: readonly Attempt<unknown>[],
  companions: readonly Companion[],
): { readonly reasons: readonly CancellationReason[]; readonly retry: number | undefined } {
  let retry: number | undefined
  let final = false
  const reasons = verdicts(CancellationReasons, attempts, companions).map((verdict, operation): CancellationReason => {
    const { code, message, meaning } = verdict
    const reason = { code, operation, ...(message !== undefined && { message }) }
    if (code === 'None') return reason
    if (meaning === 'retry') retry ??= operation
    else final = true
    return meaning === 'retry' || meaning === undefined ? reason : { ...reason, error: meaning }
  })
  return { reasons, retry: final ? undefined : retry }
}

/** What the cancellation of a transaction says about one operation. No meaning: it was not the reason, or DynamoDB's word must do. */
export interface Verdict {
  readonly code: string
  readonly message?: string
  readonly meaning?: 'retry' | SingletError
}

/** What a cancellation says about each operation, its companions included. */
export function verdicts(
  reasons: readonly SdkReason[],
  operations: readonly Tried[],
  companions: readonly Companion[],
): readonly Verdict[] {
  return operations.map((tried, operation) => {
    const own = verdict(reasons[operation], tried)
    // An item that is not what it was when it was read has other guards too.
    if (own.code !== 'None') return own
    const along = companions.flatMap((companion, position) =>
      companion.operation === operation ? [verdict(reasons[operations.length + position], companion)] : [],
    )
    const failed = along.filter(({ code }) => code !== 'None')
    return failed.find(({ meaning }) => meaning === 'retry') ?? failed[0] ?? own
  })
}

function verdict({ Code: code = 'None', Message: message, Item }: SdkReason = {}, tried: Tried): Verdict {
  const meaning = meaningOf(code, message, Item, tried)
  return { code, ...(message !== undefined && { message }), ...(meaning !== undefined && { meaning }) }
}

function meaningOf(
  code: string,
  message: string | undefined,
  item: StoredItem | undefined,
  tried: Tried,
): 'retry' | SingletError | undefined {
  if (passes(code)) return 'retry'
  if (code === 'ConditionalCheckFailed') return tried.refused(item)
  return code === 'ValidationError' ? tooLarge(Object.assign(new Error(message), { name: 'ValidationException' })) : undefined
}
