// The table of operations. A new operation is a function in its own file, a name in operation-name.ts, and a line here.
import type { OperationName } from './operation-name.ts'
import { batchGetItem, getItem } from './read-item.ts'
import { readRange } from './read-range.ts'
import { protocolError } from './service-error.ts'
import type { EngineState, Operation } from './state.ts'
import { streamOperations } from './streams.ts'
import { tableOperations } from './tables.ts'
import { tagOperations } from './tags.ts'
import { describeTimeToLive, updateTimeToLive } from './time-to-live.ts'
import { transactGetItems, transactWriteItems } from './transactions.ts'
import { updateTable } from './update-table.ts'
import type { Params } from './wire.ts'
import { batchWriteItem, writeItem } from './write-item.ts'

const operations = Object.freeze({
  ...tableOperations,
  ...tagOperations,
  ...streamOperations,
  UpdateTable: updateTable,
  GetItem: getItem,
  BatchGetItem: batchGetItem,
  Query: readRange('Query'),
  Scan: readRange('Scan'),
  PutItem: writeItem('PutItem'),
  UpdateItem: writeItem('UpdateItem'),
  DeleteItem: writeItem('DeleteItem'),
  BatchWriteItem: batchWriteItem,
  TransactWriteItems: transactWriteItems,
  TransactGetItems: transactGetItems,
  UpdateTimeToLive: updateTimeToLive,
  DescribeTimeToLive: describeTimeToLive,
} satisfies Record<OperationName, Operation>)

/**
 * Does one operation, completely, and returns its reply. Parameters are as in DynamoDB's JSON protocol and become the engine's own.
 * The reply may share objects with the store and is to be serialised before anything else is done.
 */
export function dispatch(state: EngineState, operation: string, params: Params): Params {
  if (!isKnown(operation)) throw protocolError('UnknownOperationException', `The embedded engine does not know ${operation}.`)
  return operations[operation](state, params)
}

const isKnown = (operation: string): operation is OperationName => Object.hasOwn(operations, operation)
