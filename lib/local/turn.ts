// The store as one action of dynalite sees it. Reads come from the engine's store; writes are only recorded, and made by the caller when
// nothing has failed. Everything is answered at once, so that an action is over when its function returns.
import { Stream } from 'node:stream'
import type { ActionStore, Callback, Dynalite } from './dynalite.ts'
import { ServiceError } from './service-error.ts'
import type { KeyRange } from './sorted-rows.ts'
import { emptyTable, type IndexChange, type ItemChange, indexChanges, type Store, type StoredTable } from './store.ts'
import type { IndexScope, Item, TableDescription } from './wire.ts'

/** What an engine has to say about an action's reads and writes, beside what dynalite checks. */
export interface Guards {
  /** Called with the item read, which is what a write is about to replace; throws to refuse: a condition that does not hold. */
  readonly onRead?: (table: TableDescription, existing: Item | undefined) => void
  /** Called with the item about to be written; throws when it must not be: its size, its index keys. */
  readonly onPut?: (table: TableDescription, item: Item) => void
}

/** The rows that a Query or Scan asks for; dynalite makes the range, the engine reads the page. */
export interface RangeRequest {
  readonly table: StoredTable
  readonly index?: { readonly scope: IndexScope; readonly name: string }
  readonly range: KeyRange
}

/** A stream of a few values that flows when told to. `Stream`, because dynalite would listen twice to a plain emitter. */
class Values extends Stream {
  readonly #values: Iterable<unknown>
  constructor(values: Iterable<unknown>) {
    super()
    this.#values = values
  }
  flow(): void {
    for (const value of this.#values) this.emit('data', value)
    this.emit('end')
  }
}

/** One run of one action. */
export class Turn implements ActionStore {
  /** dynalite counts item sizes in UTF-16 units, so its limit is lifted here and the engine applies its own. */
  readonly options = { maxItemSize: Number.POSITIVE_INFINITY, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }
  readonly derivesIndexes = true
  readonly changes: ItemChange[] = []
  /** The items read, or `undefined` for each that was not there; what reads are charged for. */
  readonly reads: { readonly table: string; readonly item: Item | undefined }[] = []
  /** What a Query or Scan asked for. */
  rangeRequest: RangeRequest | undefined
  readonly #dynalite: Dynalite
  readonly #store: Store
  readonly #guards: Guards
  readonly #streams: Values[] = []
  readonly #tableWrites: (() => void)[] = []
  #over = false

  constructor(dynalite: Dynalite, store: Store, guards: Guards = {}) {
    this.#dynalite = dynalite
    this.#store = store
    this.#guards = guards
  }

  /** Runs an action to its end and returns its answer, or throws what it failed with. */
  run(action: (store: ActionStore, callback: Callback) => void): unknown {
    let answer: { error: unknown; result: unknown } | undefined
    action(this, (error, result) => {
      answer ??= { error, result }
    })
    for (let stream = this.#streams.shift(); stream !== undefined; stream = this.#streams.shift()) stream.flow()
    this.#over = true // dynalite's timers, which change a table's status later, come too late: here it has changed already
    if (answer === undefined) throw new Error('An action of dynalite did not answer at once.')
    if (answer.error) throw answer.error
    return answer.result
  }

  /** Makes the recorded changes of tables and tags. Those of items are made by whoever collects them. */
  commitTables(): void {
    for (const write of this.#tableWrites) write()
  }

  readonly getTable = (name: string, checkStatus: boolean | Callback, callback?: Callback): void => {
    const answer = typeof checkStatus === 'function' ? checkStatus : callback
    const table = this.#store.get(name)
    if (table === undefined) {
      const message = `Requested resource not found${checkStatus ? '' : `: Table: ${name} not found`}`
      const error = new ServiceError('com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message)
      error.name = 'NotFoundError' // dynalite branches on this name
      answer?.(error)
    } else {
      // Actions that change a table change the description they are given; those ask without checking the status.
      answer?.(null, checkStatus ? table.description : structuredClone(table.description))
    }
  }

  readonly tableDb = {
    awsAccountId: '000000000000',
    awsRegion: 'us-east-1',
    lock: immediately,
    get: (name: string, callback: Callback) => callback(null, this.#store.get(name)?.description),
    put: (name: string, description: TableDescription, callback: Callback) => {
      this.#change(() => {
        const copy = structuredClone(description)
        const existing = this.#store.get(name)
        if (existing === undefined) this.#store.set(name, emptyTable(copy))
        else existing.description = copy
      })
      callback(null)
    },
    del: (_name: string, callback: Callback) => callback(null),
    createKeyStream: () => this.#stream([...this.#store.keys()].sort()),
  }

  readonly getItemDb = (name: string) => ({
    lock: immediately,
    get: (key: string, callback: Callback) => {
      const table = this.#table(name)
      const item = table.items.get(key)
      this.reads.push({ table: name, item })
      this.#guarded(callback, () => {
        this.#guards.onRead?.(table.description, item)
        callback(null, item)
      })
    },
    put: (key: string, item: Item, callback: Callback) => {
      const table = this.#table(name)
      this.#guarded(callback, () => {
        this.#guards.onPut?.(table.description, item)
        this.#record(table, key, item)
        callback(null)
      })
    },
    del: (key: string, callback: Callback) => {
      this.#record(this.#table(name), key, undefined)
      callback(null)
    },
    createValueStream: (range: KeyRange) => this.#range({ table: this.#table(name), range }),
  })

  readonly getIndexDb = (scope: string, tableName: string, name: string) => ({
    createValueStream: (range: KeyRange) =>
      this.#range({
        table: this.#table(tableName),
        index: { scope: scope.toLowerCase() === 'local' ? 'Local' : 'Global', name },
        range,
      }),
  })

  // A table's deletion starts with its items; table, indexes and tags go with them.
  readonly deleteItemDb = (name: string, callback: Callback): void => {
    this.#change(() => this.#store.delete(name))
    callback(null)
  }
  readonly deleteIndexDb = (_scope: string, _table: string, _name: string, callback: Callback): void => callback(null)
  readonly deleteTagDb = (_name: string, callback: Callback): void => callback(null)

  #table(name: string): StoredTable {
    const table = this.#store.get(name)
    if (table === undefined) throw new Error(`There is no table ${name}.`)
    return table
  }

  #guarded(callback: Callback, work: () => void): void {
    try {
      work()
    } catch (error) {
      callback(error)
    }
  }

  #record(table: StoredTable, key: string, after: Item | undefined): void {
    const before = table.items.get(key)
    const indexes: readonly IndexChange[] = indexChanges(this.#dynalite, table.description, before, after)
    this.changes.push({ table: table.description, key, before, after, indexes })
  }

  #change(write: () => void): void {
    if (!this.#over) this.#tableWrites.push(write)
  }

  #range(request: RangeRequest): Values {
    this.rangeRequest = request
    return this.#stream([])
  }

  #stream(values: readonly unknown[]): Values {
    const stream = new Values(values)
    this.#streams.push(stream)
    return stream
  }
}

/** A lock that is always free: no two actions run at once. */
function immediately(_key: string, run: (release: (callback: Callback) => Callback) => void): void {
  run((callback) => callback)
}
