// Cursors: where a reader stands, as opaque text that is bound to the pattern, its input and the table, and refused anywhere else.
// What is in it is cursor-position.ts, how it is protected cursor-seal.ts.
import { createHash } from 'node:crypto'
import type { ReadPlan } from '../design/read-plan.ts'
import { InvalidCursorError } from '../errors.ts'
import type { ReadSource } from '../requests/read.ts'
import { packPosition, packValue, type ReadPosition, unpackPosition } from './cursor-position.ts'
import { open, seal } from './cursor-seal.ts'

/** What a cursor is for. */
export interface CursorScope {
  readonly plan: ReadPlan
  readonly tableName: string
  readonly sources: readonly ReadSource[]
  readonly descending: boolean
  readonly secret: string | undefined
}

/** The cursor to go on from where a read stands. */
export function encodeCursor(scope: CursorScope, position: ReadPosition): string {
  return seal(packPosition(position, scope.sources), fingerprint(scope), scope.secret)
}

/** What a cursor stands for. Throws an `InvalidCursorError` for everything that `encodeCursor` did not make for this scope. */
export function decodeCursor(scope: CursorScope, cursor: unknown): ReadPosition {
  const { plan, sources, secret } = scope
  const payload = open(cursor, fingerprint(scope), secret)
  if (typeof payload === 'string') throw new InvalidCursorError(plan.name, payload)
  const position = unpackPosition(plan, sources, payload)
  if (position === undefined) throw new InvalidCursorError(plan.name, 'it points outside of what is read')
  return position
}

/**
 * Everything that decides what is read. A cursor of another fingerprint is foreign, or of an older version of the model. The sources of a read
 * differ in their partition, or in the number of their segment, and in nothing else.
 */
function fingerprint({ plan, tableName, sources, descending }: CursorScope): Buffer {
  const partitions = sources.map(({ partition }) => partition && packValue(partition.value))
  const parts: unknown[] = [tableName, plan.name, descending, sources.length, partitions]
  const [first] = sources
  if (first !== undefined) {
    const { operation, request, nowPlaceholder } = first
    // What comes back of each item may change from page to page; which items come may not.
    const { ProjectionExpression: _, Select: __, ConsistentRead: ___, ExpressionAttributeValues = {}, ...shape } = request
    const values = Object.entries(ExpressionAttributeValues).filter(([name]) => name !== nowPlaceholder)
    parts.push(
      operation,
      shape,
      values.map(([name, value]) => [name, packValue(value)]),
    )
  }
  return createHash('sha256').update(JSON.stringify(parts)).digest()
}
