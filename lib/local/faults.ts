// Faults on demand: which are in force, and which of them strikes a request. What a strike does is in fault-effects.ts.
import type { Fault, FaultRequest } from './fault.ts'
import { applicableOperations, checkFault } from './fault-check.ts'
import type { OperationName } from './operation-name.ts'
import { tablesOf } from './request-tables.ts'
import { seededRandom } from './seeded-random.ts'
import type { Params } from './wire.ts'

/** A fault in force. Disposing removes it, so that `using` limits it to a block. */
export interface FaultHandle extends Disposable {
  readonly fault: Fault
  /** How many requests it has struck. */
  readonly strikes: number
  /** Takes it out of force. Removing twice is removing once. */
  remove(): void
}

/** The faults of an engine. A request suffers at most one: the first, in the order of adding, that strikes. */
export interface Faults {
  /**
   * Puts a fault in force. Throws a TypeError or RangeError when it is malformed or could never strike.
   *
   * @example
   * engine.faults.add({ operations: ['PutItem'], table: 'shop', kind: 'throttle', times: 3 })
   * engine.faults.add({ kind: 'internalError', when: 'after', probability: 0.2, seed: 42 })
   */
  add(fault: Fault): FaultHandle
  /** The faults in force, in the order of adding. One with `times` is gone after the last of them. */
  list(): readonly FaultHandle[]
  /** Takes every fault out of force. */
  clear(): void
}

/** A fault that strikes a request, and the random numbers to choose its victims with. */
export interface Strike {
  readonly fault: Fault
  readonly random: () => number
}

interface Rule {
  readonly strike: Strike
  readonly handle: FaultHandle
  readonly strikes: (request: FaultRequest) => boolean
}

/** Faults as the engine sees them. */
export class FaultRules implements Faults {
  #rules: readonly Rule[] = []

  add(fault: Fault): FaultHandle {
    checkFault(fault)
    const rule = createRule(Object.freeze({ ...fault }), () => {
      this.#rules = this.#rules.filter((other) => other !== rule)
    })
    this.#rules = [...this.#rules, rule]
    return rule.handle
  }

  list(): readonly FaultHandle[] {
    return this.#rules.map(({ handle }) => handle)
  }

  clear(): void {
    this.#rules = []
  }

  /** The fault that a request suffers, if any. */
  strike(operation: string, params: Params): Strike | undefined {
    if (this.#rules.length === 0) return undefined
    const request = { operation: operation as OperationName, tables: tablesOf(params), params }
    return this.#rules.find((rule) => rule.strikes(request))?.strike
  }
}

function createRule(fault: Fault, remove: () => void): Rule {
  const random = seededRandom(fault.seed ?? 0)
  let strikes = 0
  const handle: FaultHandle = Object.freeze({
    fault,
    get strikes() {
      return strikes
    },
    remove,
    [Symbol.dispose]: remove,
  })
  return {
    strike: { fault, random },
    handle,
    strikes: (request) => {
      if (!concerns(fault, request)) return false
      if (fault.probability !== undefined && random() >= fault.probability) return false
      strikes++
      if (strikes === fault.times) remove()
      return true
    },
  }
}

function concerns(fault: Fault, request: FaultRequest): boolean {
  return (
    (fault.operations ?? applicableOperations(fault.kind)).includes(request.operation) &&
    (fault.table === undefined || request.tables.includes(fault.table)) &&
    (fault.matching === undefined || fault.matching(request))
  )
}
