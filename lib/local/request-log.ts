// A log of the requests that an engine has answered, so that tests can assert how many there were and what they cost.
import type { Fault } from './fault.ts'
import type { OperationName } from './operation-name.ts'
import { isObject, tablesOf } from './request-tables.ts'
import type { Params } from './wire.ts'

/** One request, as it came and as it was answered. */
export interface LoggedRequest {
  readonly operation: OperationName
  /** The tables that it names. */
  readonly tables: readonly string[]
  /** Its parameters as they travel: attribute values with their types, binary values in base64. */
  readonly params: Readonly<Params>
  /** `ok`, or the name of the error that the client sees. A lost connection is a `TimeoutError`, as the SDK calls it. */
  readonly outcome: string
  /**
   * The capacity units of what has been done, of tables and indexes together: read units of a read, write units of a write. 0 when
   * nothing has been done. Counted whether or not the request asks.
   */
  readonly consumedCapacity: number
  /** The injected fault that it suffered. */
  readonly fault?: Fault
}

/** Capacity units. */
export interface Capacity {
  readonly read: number
  readonly write: number
}

/**
 * The requests of an engine, oldest first. The newest 10,000 are kept, and of these so many as have bodies of 64 MB (in UTF-16 units)
 * together; `dropped` says how many are not.
 */
export interface RequestLog extends Iterable<LoggedRequest> {
  readonly length: number
  /** How many requests since the last `clear()` are no longer kept. */
  readonly dropped: number
  /** The requests of these operations, or all. */
  of(...operations: OperationName[]): readonly LoggedRequest[]
  /** The units that the requests kept have consumed: all, or those of these operations. */
  capacity(...operations: OperationName[]): Capacity
  /** Forgets every request, for instance those that set a test up. */
  clear(): void
}

/** What is kept of a request until somebody asks: its body is parsed again only then. */
export interface LogEntry {
  readonly operation: string
  readonly body: string
  readonly outcome: string
  readonly read: number
  readonly write: number
  readonly fault?: Fault | undefined
}

export const defaultRequestLimit = 10_000
const bodyLimit = 64 * 1024 * 1024

/** The log as the engine sees it. A limit of 0 keeps nothing. */
export class RequestLogWriter implements RequestLog {
  readonly #limit: number
  #entries: (LogEntry | undefined)[] = []
  /** Where the kept entries begin. What is before has been dropped; the array is cut now and then. */
  #first = 0
  #bodies = 0
  #dropped = 0
  /** Entries that have been asked for, as they were given. */
  readonly #given = new WeakMap<LogEntry, LoggedRequest>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get enabled(): boolean {
    return this.#limit > 0
  }

  get length(): number {
    return this.#entries.length - this.#first
  }

  get dropped(): number {
    return this.#dropped
  }

  /** Adds a request, and drops the oldest that are too many. */
  add(entry: LogEntry): void {
    if (!this.enabled) return
    this.#entries.push(entry)
    this.#bodies += entry.body.length
    while (this.length > this.#limit || (this.#bodies > bodyLimit && this.length > 1)) this.#dropOldest()
  }

  *[Symbol.iterator](): Iterator<LoggedRequest> {
    for (const entry of this.#kept()) yield this.#give(entry)
  }

  of(...operations: OperationName[]): readonly LoggedRequest[] {
    return this.#select(operations).map((entry) => this.#give(entry))
  }

  capacity(...operations: OperationName[]): Capacity {
    let read = 0
    let write = 0
    for (const entry of this.#select(operations)) {
      read += entry.read
      write += entry.write
    }
    return { read, write }
  }

  clear(): void {
    this.#entries = []
    this.#first = 0
    this.#bodies = 0
    this.#dropped = 0
  }

  #kept(): readonly LogEntry[] {
    return this.#entries.slice(this.#first) as LogEntry[]
  }

  #select(operations: readonly string[]): readonly LogEntry[] {
    return operations.length === 0 ? this.#kept() : this.#kept().filter(({ operation }) => operations.includes(operation))
  }

  #dropOldest(): void {
    this.#bodies -= this.#entries[this.#first]?.body.length ?? 0
    this.#entries[this.#first] = undefined
    this.#dropped++
    this.#first++
    if (this.#first < 1024 && this.#first * 2 < this.#entries.length) return
    this.#entries = this.#entries.slice(this.#first)
    this.#first = 0
  }

  #give(entry: LogEntry): LoggedRequest {
    const given = this.#given.get(entry) ?? loggedRequest(entry)
    this.#given.set(entry, given)
    return given
  }
}

function loggedRequest({ operation, body, outcome, read, write, fault }: LogEntry): LoggedRequest {
  const params = paramsOf(body)
  return Object.freeze({
    operation: operation as OperationName,
    tables: tablesOf(params),
    params,
    outcome,
    consumedCapacity: read + write,
    ...(fault && { fault }),
  })
}

function paramsOf(body: string): Params {
  try {
    const params: unknown = JSON.parse(body)
    return isObject(params) ? params : {}
  } catch {
    return {}
  }
}
