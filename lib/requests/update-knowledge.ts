// What is known of an attribute after an update, from what is known before it.
import { applyChange } from './apply-operation.ts'
import { sameOrAbsent } from './found.ts'
import type { Knowledge } from './maintenance.ts'
import { leavesRange } from './sum-bounds.ts'
import type { Change } from './update-changes.ts'

export function knowledgeAfter(change: Change | undefined, before: Knowledge): Knowledge {
  if (change === undefined) return before
  if (change.operator === 'set') return { known: true, stored: change.value }
  if (change.operator === 'remove') return { known: true, stored: undefined }
  return before.known ? { known: true, stored: applyChange(change, before.stored) } : { known: false }
}

/** A sum that is known to leave its range; the update is refused. */
export function isOutOfRange(change: Change, before: Knowledge): boolean {
  return before.known && leavesRange(change, before.stored?.N)
}

/** Whether an attribute gets another value than the write is conditioned on: every value that is known is. */
export function changesWhatItRequires(changes: readonly Change[], before: (name: string) => Knowledge): boolean {
  return changes.some((change) => {
    const required = before(change.name)
    if (!required.known) return false
    const after = knowledgeAfter(change, required)
    return after.known && !sameOrAbsent(required.stored, after.stored)
  })
}
