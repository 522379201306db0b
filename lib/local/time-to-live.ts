// Time to live: the setting of a table, and the sweep that deletes what has expired on the engine's clock.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
import { validationError } from './service-error.ts'
import { check, commit, type EngineState, type Operation } from './state.ts'
import { type ItemChange, indexChanges, type StoredTable } from './store.ts'
import { tableNamed } from './tables.ts'
import type { Item } from './wire.ts'

/** What is older than this is kept: a number that is no time, or a mistake. */
const maxAgeSeconds = 5 * 365 * 24 * 60 * 60

const tableName = {
  type: 'String',
  notNull: true,
  regex: '[a-zA-Z0-9_.-]+',
  lengthGreaterThanOrEqual: 3,
  lengthLessThanOrEqual: 255,
}
const updateRules = {
  TableName: tableName,
  TimeToLiveSpecification: {
    type: 'FieldStruct<TimeToLiveSpecification>',
    notNull: true,
    children: {
      Enabled: { type: 'Boolean', notNull: true },
      AttributeName: { type: 'String', notNull: true, lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 255 },
    },
  },
}

interface TimeToLiveParams {
  TableName: string
  TimeToLiveSpecification: { Enabled: boolean; AttributeName: string }
}

export const updateTimeToLive: Operation = (state, params) => {
  const data = check(state, params, updateRules) as unknown as TimeToLiveParams
  const table = tableNamed(state, data.TableName)
  const { Enabled, AttributeName } = data.TimeToLiveSpecification
  if (table.timeToLive !== undefined && table.timeToLive !== AttributeName) {
    throw validationError('TimeToLive is active on a different AttributeName')
  }
  if (Enabled === (table.timeToLive !== undefined)) {
    throw validationError(`TimeToLive is already ${Enabled ? 'enabled' : 'disabled'}`)
  }
  if (Enabled) table.timeToLive = AttributeName
  else delete table.timeToLive
  return { TimeToLiveSpecification: { Enabled, AttributeName } }
}

export const describeTimeToLive: Operation = (state, params) => {
  const data = check(state, params, { TableName: tableName }) as unknown as TimeToLiveParams
  const { timeToLive } = tableNamed(state, data.TableName)
  return {
    TimeToLiveDescription:
      timeToLive === undefined ? { TimeToLiveStatus: 'DISABLED' } : { TimeToLiveStatus: 'ENABLED', AttributeName: timeToLive },
  }
}

/** Deletes every expired item of every table and returns how many there were. */
export function sweepExpired(state: EngineState): number {
  const nowSeconds = Math.floor(state.clock.now() / 1000)
  const changes = [...state.store.values()].flatMap((table) => expiredItems(state, table, nowSeconds))
  commit(state, changes, 'expiry')
  return changes.length
}

function expiredItems({ dynalite }: EngineState, table: StoredTable, nowSeconds: number): ItemChange[] {
  const { timeToLive, description, items } = table
  if (timeToLive === undefined) return []
  return [...items.values()]
    .filter((item) => hasExpired(item, timeToLive, nowSeconds))
    .map((before) => ({
      table: description,
      key: dynalite.db.createKey(before, description),
      before,
      indexes: indexChanges(dynalite, description, before),
    }))
}

function hasExpired(item: Item, attribute: string, nowSeconds: number): boolean {
  const expiresAt = Number(item[attribute]?.N) // not a number fails both comparisons
  return expiresAt <= nowSeconds && expiresAt > nowSeconds - maxAgeSeconds
}
