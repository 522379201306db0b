// The operations on tables and their tags: dynalite's actions, made effective at once instead of after a delay.

import { type EngineState, type Operation, parse } from './state.ts'
import { Turn } from './turn.ts'
import type { IndexDescription, Params, TableDescription } from './wire.ts'

/** An operation that dynalite does as it should be done. */
function plain(operation: string): Operation {
  return (state, params) => runTableAction(state, operation, parse(state, operation, params))
}

function runTableAction(state: EngineState, operation: string, data: Params): Params {
  const turn = new Turn(state.dynalite, state.store)
  const reply = turn.run((store, callback) => state.dynalite.action(operation)(store, data, callback))
  turn.commitTables()
  return typeof reply === 'object' && reply !== null ? (reply as Params) : {}
}

interface Throughput {
  ReadCapacityUnits: number
  WriteCapacityUnits: number
}
type Provisioned<Description> = Description & { ProvisionedThroughput?: Throughput }

interface TableParams extends Params {
  TableName: string
  ProvisionedThroughput?: Throughput
  GlobalSecondaryIndexUpdates?: { Update?: { IndexName: string; ProvisionedThroughput: Throughput } }[]
}

/** CreateTable and UpdateTable: dynalite starts the change; here it is finished. */
function changeTable(operation: string): Operation {
  return (state, params) => {
    const data = parse(state, operation, params) as TableParams
    runTableAction(state, operation, data)
    const table = state.store.get(data.TableName)
    if (table === undefined) throw new Error(`${operation} left no table ${data.TableName}.`)
    finishChange(table.description, data)
    return { TableDescription: table.description }
  }
}

function finishChange(table: Provisioned<TableDescription>, data: TableParams): void {
  table.TableStatus = 'ACTIVE'
  if (table.ProvisionedThroughput) Object.assign(table.ProvisionedThroughput, data.ProvisionedThroughput)
  for (const index of table.GlobalSecondaryIndexes ?? []) {
    const provisioned: Provisioned<IndexDescription> = index
    const update = data.GlobalSecondaryIndexUpdates?.find(({ Update }) => Update?.IndexName === index.IndexName)
    index.IndexStatus = 'ACTIVE'
    if (provisioned.ProvisionedThroughput) Object.assign(provisioned.ProvisionedThroughput, update?.Update?.ProvisionedThroughput)
  }
}

/** DescribeTable, with the number of items as it is now rather than some hours ago. */
const describeTable: Operation = (state, params) => {
  const data = parse(state, 'DescribeTable', params) as TableParams
  const reply = runTableAction(state, 'DescribeTable', data)
  return { Table: { ...(reply.Table as Params), ItemCount: state.store.get(data.TableName)?.items.size ?? 0 } }
}

export const tableOperations: { readonly [operation: string]: Operation } = Object.freeze({
  CreateTable: changeTable('CreateTable'),
  UpdateTable: changeTable('UpdateTable'),
  DeleteTable: plain('DeleteTable'),
  DescribeTable: describeTable,
  ListTables: plain('ListTables'),
  TagResource: plain('TagResource'),
  UntagResource: plain('UntagResource'),
  ListTagsOfResource: plain('ListTagsOfResource'),
})
