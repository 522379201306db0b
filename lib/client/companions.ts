// What is written along with the operations of a transaction, such as the guards of unique values, and what its refusal says of them.
import { type SingletError, TransactionCanceledError, UniqueConstraintError } from '../errors.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import { type GuardChange, guardKeyText, guardRequest, ownerOf } from '../requests/unique.ts'
import type { Connection } from './connection.ts'
import type { Along, Tried } from './write-request.ts'

/** An action of a transaction that no caller asked for, and the operation that needs it. */
export interface Companion extends Tried {
  readonly operation: number
}

/** The companions of some operations. A guard that one gives up and another takes is one action, since a transaction writes an item once. */
export function companionsOf({ tableName }: Connection, operations: readonly Along[]): readonly Companion[] {
  const others = operations.flatMap(({ other }, operation) => (other === undefined ? [] : [{ ...other, operation }]))
  const changes = new Map<string, GuardChange & { readonly operation: number }>()
  for (const [operation, { guards = [] }] of operations.entries()) {
    for (const change of guards) {
      const guard = change.claim ?? change.release
      if (guard === undefined) continue
      const earlier = changes.get(guardKeyText(guard))
      if (earlier?.claim !== undefined && change.claim !== undefined)
        throw claimedTwice(operations.length, earlier, change, operation)
      // The claim is what can be refused for a reason of the caller's.
      const claimant = change.claim === undefined ? (earlier?.operation ?? operation) : operation
      changes.set(guardKeyText(guard), { ...earlier, ...change, operation: claimant })
    }
  }
  const guards = [...changes.values()].map(
    (change): Companion => ({
      operation: change.operation,
      request: guardRequest(change, tableName),
      refused: (item) => taken(change, item),
    }),
  )
  return [...others, ...guards]
}

/** A guard that could not be given up belongs to another item by now, so its owner is not what it was when it was read. */
function taken({ claim }: GuardChange, found: StoredItem | undefined): 'retry' | SingletError {
  if (claim === undefined) return 'retry'
  const { entity, unique, values } = claim
  return new UniqueConstraintError(entity.name, unique.constraint, { ...values }, ownerOf(entity, found))
}

function claimedTwice(count: number, first: GuardChange, second: GuardChange, operation: number): TransactionCanceledError {
  const error = taken(second, first.claim?.item)
  const none = Array.from({ length: count }, (_, position) => ({ code: 'None', operation: position }))
  return new TransactionCanceledError(
    none.map((reason) =>
      reason.operation === operation && error !== 'retry' ? { ...reason, code: 'ConditionalCheckFailed', error } : reason,
    ),
  )
}
