// What is written along with the operations of a transaction, such as guards of unique values and copies, and what its refusal says of them.
import { CopyConflictError, type SingletError, UniqueConstraintError } from '../errors.ts'
import { type CancellationReason, TransactionCanceledError } from '../errors-of-several.ts'
import type { CompanionItem } from '../requests/companion-item.ts'
import { type CompanionChange, companionIdentity, companionRequest, othersCheck, ownerOf } from '../requests/companion-items.ts'
import { withoutContext } from '../requests/context.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import type { Connection } from './connection.ts'
import type { Along, Tried } from './write-request.ts'

/** An action of a transaction that no caller asked for, and the operation that needs it. */
export interface Companion extends Tried {
  /** `old`: the item that a move deletes. */
  readonly kind: 'old' | CompanionItem['kind']
  readonly operation: number
}

/**
 * Companions that were to be given up and are another item's, by identity: noted by an attempt for those after it. It comes of items that were
 * written before their constraint or copy was declared, two with one value.
 */
export type OthersCompanions = Set<string>

/** The companions of some operations. What one gives up and another takes is one action, since a transaction writes an item once. */
export function companionsOf(
  { tableName }: Connection,
  operations: readonly Along[],
  ofOthers: OthersCompanions = new Set(),
): readonly Companion[] {
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
        throw claimedTwice(operations.length, earlier.claim, change.claim, operation)
      // The claim is what can be refused for a reason of the caller's.
      const claimant = change.claim === undefined ? (earlier?.operation ?? operation) : operation
      changes.set(identity, { ...earlier, ...change, kind: companion.kind, operation: claimant })
    }
  }
  const items = [...changes].map(([identity, change]): Companion => {
    const { kind, operation, release, claim } = change
    const stays = claim === undefined && release !== undefined && ofOthers.has(identity)
    return {
      kind,
      operation,
      request: stays ? { ConditionCheck: othersCheck(release, tableName) } : companionRequest(change, tableName),
      refused: (item) => {
        if (claim !== undefined) return taken(claim, item)
        // The owner is not what it was when it was read; or it never had the companion, which the next attempt goes by.
        if (stays) ofOthers.delete(identity)
        else ofOthers.add(identity)
        return 'retry'
      },
    }
  })
  return [...others, ...items]
}

/** What it means that a companion has another owner. */
function taken(claim: CompanionItem, found: StoredItem | undefined): SingletError {
  const { kind, entity, name, values } = claim
  const Refusal = kind === 'guard' ? UniqueConstraintError : CopyConflictError
  return new Refusal(entity.name, name, withoutContext(entity, values), ownerOf(claim, found))
}

function claimedTwice(count: number, first: CompanionItem, second: CompanionItem, operation: number): TransactionCanceledError {
  const error = taken(second, first.item)
  const reasons = Array.from(
    { length: count },
    (_, position): CancellationReason =>
      position === operation ? { code: 'ConditionalCheckFailed', operation, error } : { code: 'None', operation: position },
  )
  return new TransactionCanceledError(reasons)
}
