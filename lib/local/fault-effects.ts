// What a fault makes of a request: the error it fails with instead of being done. Batches done in part are in partial-batch.ts.
import type { Throttle } from './fault.ts'
import type { Strike } from './faults.ts'
import { transactions } from './operation-name.ts'
import { actionTables } from './request-tables.ts'
import { dynamoError, ServiceError, transactionCanceled } from './service-error.ts'
import type { Params } from './wire.ts'

interface Refusal {
  /** The error of a request. */
  readonly error: ServiceError
  /** The reason in a cancelled transaction. */
  readonly code: string
}

const provisioned =
  'The level of configured provisioned throughput for the table was exceeded. ' +
  'Consider increasing your provisioning level with the UpdateTable API.'
const throttled =
  'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index ' +
  'so please try again shortly.'

const refusals = {
  ProvisionedThroughputExceededException: (): Refusal => ({
    error: dynamoError('ProvisionedThroughputExceededException', provisioned),
    code: 'ProvisionedThroughputExceeded',
  }),
  ThrottlingException: (): Refusal => ({
    error: new ServiceError('com.amazon.coral.availability#ThrottlingException', throttled),
    code: 'ThrottlingError',
  }),
  TransactionConflictException: (): Refusal => ({
    error: dynamoError('TransactionConflictException', 'Transaction is ongoing for the item'),
    code: 'TransactionConflict',
  }),
}

/** The error of a request that is throttled. */
export function throttling(operation: string, params: Params, strike: Strike, { error }: Throttle): ServiceError {
  return refuse(operation, params, strike, refusals[error ?? 'ProvisionedThroughputExceededException']())
}

/** The error of a request that another transaction is in the way of. */
export function conflict(operation: string, params: Params, strike: Strike): ServiceError {
  return refuse(operation, params, strike, refusals.TransactionConflictException())
}

export function internalServerError(): ServiceError {
  return new ServiceError('com.amazonaws.dynamodb.v20120810#InternalServerError', 'Internal server error', {}, 500)
}

/** What a lost connection looks like: as the SDK's HTTP transport reports it, and so takes for worth a retry. */
export function lostConnection(): Error {
  return Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' })
}

/** A transaction is cancelled because of one of its actions, chosen at random; any other request just fails. */
function refuse(operation: string, params: Params, { fault, random }: Strike, { error, code }: Refusal): ServiceError {
  const { TransactItems } = params
  if (!transactions.some((name) => name === operation) || !Array.isArray(TransactItems)) return error
  const candidates = TransactItems.flatMap((action, at) =>
    fault.table === undefined || actionTables(action).includes(fault.table) ? [at] : [],
  )
  const victim = candidates[Math.floor(random() * candidates.length)]
  const reasons = TransactItems.map((_action, at) => (at === victim ? { Code: code, Message: error.message } : { Code: 'None' }))
  return transactionCanceled(reasons)
}
