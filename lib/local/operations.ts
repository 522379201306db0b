// The table of operations. A new operation is a function in its own file and a line here.

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

const operations: { readonly [operation: string]: Operation } = Object.freeze({
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
})

/**
 * Does one operation, completely, and returns its reply. Parameters are as in DynamoDB's JSON protocol and become the engine's own.
 * The reply may share objects with the store and is to be serialised before anything else is done.
 */
export function dispatch(state: EngineState, operation: string, params: Params): Params {
  const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined
  if (run === undefined) throw protocolError('UnknownOperationException', `The embedded engine does not know ${operation}.`)
  return run(state, params)
}
