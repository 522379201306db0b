// An error that DynamoDB would answer with: a status and a body with `__type` and `message`.
import type { Item } from './wire.ts'

/** What the caller of the service receives when a request fails. */
export interface ErrorBody {
  __type: string
  message?: string
  [member: string]: unknown
}

/** A refusal as DynamoDB words it. Everything else that is thrown inside the engine is a fault of the engine (status 500). */
export class ServiceError extends Error {
  readonly statusCode: number
  readonly body: ErrorBody
  constructor(type: string, message: string, members: { [member: string]: unknown } = {}, statusCode = 400) {
    super(message)
    this.name = 'ServiceError'
    this.statusCode = statusCode
    this.body = { __type: type, message, ...members }
  }
}

const service = 'com.amazonaws.dynamodb.v20120810#'
const coral = 'com.amazon.coral.service#'

export const validationError = (message: string) => new ServiceError('com.amazon.coral.validate#ValidationException', message)

export const conditionalCheckFailed = (item?: Item) =>
  new ServiceError(
    `${service}ConditionalCheckFailedException`,
    'The conditional request failed',
    item === undefined ? {} : { Item: item },
  )

export const dynamoError = (name: string, message: string, members?: { [member: string]: unknown }) =>
  new ServiceError(service + name, message, members)

/** Why one action of a transaction was in the way of the whole; `None` when it was not. */
export interface CancellationReason {
  readonly Code: string
  readonly Message?: string
  readonly Item?: Item
}

export const transactionCanceled = (reasons: readonly CancellationReason[]) =>
  dynamoError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    { CancellationReasons: reasons },
  )

/** Errors of the transport rather than of DynamoDB: bad JSON, unknown operation. */
export const protocolError = (name: string, message: string, statusCode = 400) =>
  new ServiceError(coral + name, message, {}, statusCode)

/** The status and body of an error, whether it is ours or one of dynalite's; `undefined` when it is neither. */
export function serviceAnswer(error: unknown): { statusCode: number; body: ErrorBody } | undefined {
  if (!(error instanceof Error)) return undefined
  const { statusCode, body } = error as Partial<ServiceError>
  return typeof statusCode === 'number' && body !== undefined && body !== null ? { statusCode, body } : undefined
}
