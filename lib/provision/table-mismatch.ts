// The error for a table that exists and is not the one that the model declares.
import { SingletError } from '../errors.ts'

/** One thing in which a table differs from its model. */
export interface TableDifference {
  /** Where, as in the declaration: `sortKey`, `indexes.GSI1.projection`, `timeToLive`. */
  readonly place: string
  /** What the model says; `none` when it says that there is none. */
  readonly expected: string
  /** What the table has; `none` when it has none. */
  readonly actual: string
  /** What to do about it. */
  readonly hint: string
}

/** The table exists and differs from its model. `differences` has all of them. Nothing was changed. */
export class TableMismatchError extends SingletError {
  readonly tableName: string
  readonly differences: readonly TableDifference[]
  constructor(tableName: string, differences: readonly TableDifference[]) {
    const lines = differences.map(
      ({ place, expected, actual }) => `  ${place}: the model says ${expected}, the table has ${actual}`,
    )
    const hints = new Set(differences.map(({ hint }) => hint))
    super('TableMismatch', [`The table ${tableName} exists and differs from its model:`, ...lines, ...hints].join('\n'))
    this.tableName = tableName
    this.differences = differences
  }
}
