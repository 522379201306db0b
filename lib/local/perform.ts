// Does a request: dispatches it, keeps what it changes, counts what it costs, and lets a fault happen to it. Synchronous, as dispatch is.
import type { Fault } from './fault.ts'
import { conflict, internalServerError, throttling } from './fault-effects.ts'
import type { Strike } from './faults.ts'
import { changesState, meteredOperations } from './operation-name.ts'
import { dispatch } from './operations.ts'
import { joinReply, splitBatch } from './partial-batch.ts'
import { showProto } from './proto-attribute.ts'
import type { ReceivedRequest, Service } from './service.ts'
import { validationError } from './service-error.ts'
import type { Params } from './wire.ts'

/** What has become of a request. */
export interface Effect {
  readonly reply?: Params | undefined
  /** What it failed with. */
  readonly error?: unknown
  /** The connection is to be dropped without an answer. */
  readonly lost?: boolean
  /** Capacity units consumed. */
  readonly read: number
  readonly write: number
}

const nothing: Effect = Object.freeze({ read: 0, write: 0 })

/** Does a request, under a fault if one strikes it. Never throws. */
export function perform(service: Service, request: ReceivedRequest, strike?: Strike): Effect {
  try {
    return strike === undefined ? run(service, request) : runStruck(service, request, strike)
  } catch (error) {
    return {
      ...nothing,
      error: isStackOverflow(error) ? validationError('Nesting Levels have exceeded supported limits') : error,
    }
  }
}

/** dynalite's checks descend into values by recursion, before anything is changed. */
const isStackOverflow = (error: unknown) => error instanceof RangeError && error.message.includes('call stack')

function runStruck(service: Service, request: ReceivedRequest, strike: Strike): Effect {
  const { fault } = strike
  switch (fault.kind) {
    case 'throttle':
      throw throttling(request.operation, request.params, strike, fault)
    case 'transactionConflict':
      throw conflict(request.operation, request.params, strike)
    case 'unprocessed':
      return runPartly(service, request, strike, fault)
    case 'internalError':
      return { ...runIfAfter(service, request, fault), reply: undefined, error: internalServerError() }
    case 'disconnect':
      return { ...runIfAfter(service, request, fault), reply: undefined, lost: true }
    case 'latency':
      return run(service, request)
  }
}

/** What a request does whose answer will be lost, were it a refusal. */
function runIfAfter(service: Service, request: ReceivedRequest, { when }: { when?: 'before' | 'after' }): Effect {
  return when === 'after' ? perform(service, request) : nothing
}

function runPartly(service: Service, request: ReceivedRequest, strike: Strike, fault: Fault & { kind: 'unprocessed' }): Effect {
  const split = splitBatch(service.state, request.operation, request.params, strike, fault)
  const { rest } = split
  const effect = rest === undefined ? nothing : run(service, { ...request, params: rest, body: showProto(JSON.stringify(rest)) })
  return { ...effect, reply: joinReply(request.operation, split, effect.reply) }
}

function run(service: Service, request: ReceivedRequest): Effect {
  const { operation, params } = request
  const meter = service.requests.enabled && meteredOperations.has(operation)
  const silent = meter && askForCapacity(params)
  const reply = dispatchKept(service, request)
  if (!meter) return { ...nothing, reply }
  const { ConsumedCapacity, ...others } = reply
  return { reply: silent ? others : reply, ...unitsOf(operation, ConsumedCapacity) }
}

function dispatchKept({ state, folder }: Service, { operation, params, body }: ReceivedRequest): Params {
  if (folder === undefined || !changesState(operation)) return dispatch(state, operation, params)
  return folder.keep(operation, body, state.clock.now(), () => dispatch(state, operation, params))
}

/** Makes a request ask for the capacity it consumes. Whether it did not, so that the answer must not tell. */
function askForCapacity(params: Params): boolean {
  const mode = params.ReturnConsumedCapacity
  if (mode !== undefined && mode !== 'NONE') return false
  params.ReturnConsumedCapacity = 'TOTAL'
  return true
}

interface Report {
  readonly CapacityUnits: number
  /** In transactions: the repetition of a write is charged as a read. */
  readonly ReadCapacityUnits?: number
}

function unitsOf(operation: string, consumed: unknown): { read: number; write: number } {
  const reports = (Array.isArray(consumed) ? consumed : consumed === undefined ? [] : [consumed]) as readonly Report[]
  const units = { read: 0, write: 0 }
  for (const { CapacityUnits, ReadCapacityUnits } of reports) {
    units[changesState(operation) && ReadCapacityUnits === undefined ? 'write' : 'read'] += CapacityUnits
  }
  return units
}
