// The operations that the engine knows, by name, and what faults, log and journal need to know of them.

/** The name of an operation, as in the header `x-amz-target`. */
export type OperationName = (typeof operationNames)[number]

export const operationNames = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeStream',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'GetRecords',
  'GetShardIterator',
  'ListStreams',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'TransactGetItems',
  'TransactWriteItems',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
  'UpdateTimeToLive',
] as const

export const singleWrites: readonly OperationName[] = ['PutItem', 'UpdateItem', 'DeleteItem']
export const batches: readonly OperationName[] = ['BatchGetItem', 'BatchWriteItem']
export const transactions: readonly OperationName[] = ['TransactGetItems', 'TransactWriteItems']

/** The operations that take `ReturnConsumedCapacity`. */
export const meteredOperations: ReadonlySet<string> = new Set<OperationName>([
  ...singleWrites,
  ...batches,
  ...transactions,
  'GetItem',
  'Query',
  'Scan',
])

/** Whether an operation may change something. */
export const changesState = (operation: string) => !/^(?:Get|BatchGet|TransactGet|Query|Scan|Describe|List)/.test(operation)
