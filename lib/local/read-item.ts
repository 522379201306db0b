// GetItem and BatchGetItem: dynalite's actions, with capacity counted in bytes.
import { type Consumption, readUnits, reportAll, reportOne } from './capacity.ts'
import { checkPrimaryKey } from './item-rules.ts'
import { itemBytes } from './item-size.ts'
import { type EngineState, type Operation, parse } from './state.ts'
import { Turn } from './turn.ts'
import type { Item, Params } from './wire.ts'

interface GetParams extends Params {
  TableName: string
  Key: Item
  ConsistentRead?: boolean
}

/** Reads one item: the reply, what it consumed and how many bytes were read. */
export function stageGet(state: EngineState, parsed: Params): { reply: Params; consumption: Consumption; bytes: number } {
  const { ReturnConsumedCapacity, ...data } = parsed as GetParams
  const turn = new Turn(state.dynalite, state.store, { onRead: (table) => checkPrimaryKey(table, data.Key as Item) })
  const reply = turn.run((store, callback) => state.dynalite.action('GetItem')(store, data, callback)) as Params
  const [read] = turn.reads
  const bytes = read?.item === undefined ? 0 : itemBytes(read.item)
  const units = readUnits(bytes, data.ConsistentRead === true)
  return { reply, bytes, consumption: { table: String(data.TableName), tableUnits: units, indexes: [] } }
}

export const getItem: Operation = (state, params) => {
  const data = parse(state, 'GetItem', params)
  const { reply, consumption } = stageGet(state, data)
  return { ...reply, ...reportOne(data.ReturnConsumedCapacity, [consumption]) }
}

interface BatchGetParams extends Params {
  RequestItems: { [table: string]: { ConsistentRead?: boolean } }
}

/** BatchGetItem. Answers every key; unprocessed keys come only with injected faults. */
export const batchGetItem: Operation = (state, params) => {
  const { ReturnConsumedCapacity, ...data } = parse(state, 'BatchGetItem', params) as BatchGetParams
  const turn = new Turn(state.dynalite, state.store)
  const reply = turn.run((store, callback) => state.dynalite.action('BatchGetItem')(store, data, callback)) as Params
  const requests = data.RequestItems as BatchGetParams['RequestItems']
  const consumptions = turn.reads.map(({ table, item }) => ({
    table,
    tableUnits: readUnits(item === undefined ? 0 : itemBytes(item), requests[table]?.ConsistentRead === true),
    indexes: [],
  }))
  return { ...reply, ...reportAll(ReturnConsumedCapacity, consumptions) }
}
