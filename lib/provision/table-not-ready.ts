// The error for a table that did not get where it should within the time allowed, or never will.
import { SingletError } from '../errors.ts'

/** The table is not ready, or not gone, after the time allowed. The change may still complete: calling again goes on waiting. */
export class TableNotReadyError extends SingletError {
  readonly tableName: string
  /** What was being waited for. */
  readonly waitingFor: string
  constructor(tableName: string, waitingFor: string, advice: string, options?: ErrorOptions) {
    super('TableNotReady', `The table ${tableName} is not ready: waiting for ${waitingFor}. ${advice}`, options)
    this.tableName = tableName
    this.waitingFor = waitingFor
  }
}
