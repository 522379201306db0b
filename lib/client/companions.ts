// What is written along with the operations of a transaction, such as guards of unique values and copies, and what its refusal says of them.
import { CopyConflictError, type SingletError, TransactionCanceledError, UniqueConstraintError } from '../errors.ts'
import {
  type CompanionChange,
  type CompanionItem,
  companionIdentity,
  companionRequest,
  ownerOf,
} from '../requests/companion-items.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import type { Connection } from './connection.ts'
import type { Along, Tried } from './write-request.ts'

/** An action of a transaction that no caller asked for, and the operation that needs it. */
export interface Companion extends Tried {
  /** `old`: the item that a move deletes. */
  readonly kind: 'old' | CompanionItem['kind']
  readonly operation: number
}

/** The companions of some operations. What one gives up and another takes is one action, since a transaction writes an item once. */
export function companionsOf({ tableName }: Connection, operations: readonly Along[]): readonly Companion[] {
  const others = operations.flatMap(({ other }, operation): Companion[] =>
    other === undefined ? [] : [{ ...other, kind: 'old', operation }],
  )
  const changes = new Map<string, CompanionChange & Pick<Companion, 'kind' | 'operation'>>()
  for (const [operation, { companions = [] }] of operations.entries()) {
    for (const change of companions) {
      const companion = change.claim ?? change.release
      if (companion === undefined) continue
      const identity = companionIdentity(companion)
      const earlier = changes.get(identity)
      if (earlier?.claim !== undefined && change.claim !== undefined)
        throw claimedTwice(operations.length, earlier, change, operation)
      // The claim is what can be refused for a reason of the caller's.
      const claimant = change.claim === undefined ? (earlier?.operation ?? operation) : operation
      changes.set(identity, { ...earlier, ...change, kind: companion.kind, operation: claimant })
    }
  }
  const items = [...changes.values()].map(
    (change): Companion => ({
      kind: change.kind,
      operation: change.operation,
      request: companionRequest(change, tableName),
      refused: (item) => taken(change, item),
    }),
  )
  return [...others, ...items]
}

/** What could not be given up belongs to another item by now, so its owner is not what it was when it was read. */
function taken({ claim }: CompanionChange, found: StoredItem | undefined): 'retry' | SingletError {
  if (claim === undefined) return 'retry'
  const { kind, entity, name, values } = claim
  const Refusal = kind === 'guard' ? UniqueConstraintError : CopyConflictError
  return new Refusal(entity.name, name, { ...values }, ownerOf(claim, found))
}

function claimedTwice(
  count: number,
  first: CompanionChange,
  second: CompanionChange,
  operation: number,
): TransactionCanceledError {
  const error = taken(second, first.claim?.item)
  const none = Array.from({ length: count }, (_, position) => ({ code: 'None', operation: position }))
  return new TransactionCanceledError(
    none.map((reason) =>
      reason.operation === operation && error !== 'retry' ? { ...reason, code: 'ConditionalCheckFailed', error } : reason,
    ),
  )
}
