// The entry point `singlet/local`: an embedded DynamoDB for tests.

export type { EngineClock } from './clock.ts'
export { type LocalEngine, type LocalOptions, startLocal } from './engine.ts'
export type {
  Disconnect,
  Fault,
  FaultRequest,
  FaultScope,
  InternalError,
  Latency,
  Throttle,
  TransactionConflict,
  Unprocessed,
} from './fault.ts'
export type { FaultHandle, Faults } from './faults.ts'
export type { OperationName } from './operation-name.ts'
export type { Capacity, LoggedRequest, RequestLog } from './request-log.ts'
