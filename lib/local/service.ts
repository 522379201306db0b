// What answers the requests of one engine: its state, and what lies between that and the transports.
import type { FaultRules } from './faults.ts'
import type { RequestLogWriter } from './request-log.ts'
import type { EngineState } from './state.ts'
import type { Params } from './wire.ts'

/** Where changes are kept beyond the process; opened by data-folder.ts. */
export interface DataFolder {
  /** Writes a change down and makes it. When that throws, the change was refused and nothing is kept. */
  keep<Result>(operation: string, body: string, at: number, change: () => Result): Result
  /** Writes a snapshot and leaves the folder to others. */
  close(): void
}

export interface Service {
  readonly state: EngineState
  readonly faults: FaultRules
  readonly requests: RequestLogWriter
  /** Where changes are kept, when they are. */
  readonly folder?: DataFolder | undefined
  /** Aborts when the engine closes. */
  readonly closing: AbortSignal
}

/** A request as it has been received, with its body both as text and parsed. */
export interface ReceivedRequest {
  readonly operation: string
  readonly body: string
  readonly params: Params
}
