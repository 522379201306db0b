// A transaction pattern as documentation: its input, the writes that it lists, an example call, and the request that the call sends.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../client/connection.ts'
import { transactionOperation } from '../client/transaction-operation.ts'
import { exampleInput, toldByExamples } from '../design/example-transaction.ts'
import { explainTransaction } from '../design/explain-transaction.ts'
import type { TransactionPlan } from '../design/transaction-plan.ts'
import { SingletError, ValidationError } from '../errors.ts'
import type { Rate } from '../model/access-pattern.ts'
import type { ResolvedModel, ResolvedTransaction } from '../model/resolved.ts'
import { describeDefinitions, type ValueDocumentation } from './attribute-documentation.ts'
import { exampleCall } from './example-call.ts'
import { messageOf } from './example-items.ts'

export interface TransactionDocumentation {
  readonly name: string
  readonly description?: string
  readonly rate?: Rate
  /** What a call gives, with what stands inside it: types and bounds in words. */
  readonly inputs: readonly ValueDocumentation[]
  /** The writes, for the example. */
  readonly plan: TransactionPlan
  readonly example: TransactionCallDocumentation
}

export interface TransactionCallDocumentation {
  /** What the call gives; what is generated is left out. */
  readonly input: Readonly<Record<string, unknown>>
  /** The call in TypeScript. */
  readonly code: string
  /** What the call sends; absent when that depends on what is read first. Generated identifiers in it are examples. */
  readonly request?: object
}

interface Context {
  readonly model: ResolvedModel
  readonly connectedAs: string
  /** What the connection of the examples gives. */
  readonly given: Readonly<Record<string, string>>
  /** When the examples are told. */
  readonly now: Date
}

/**
 * Describes a transaction pattern.
 *
 * @throws SingletError with the pattern's name when its example is no input, or its function can not do with it
 */
export function describeTransaction(transaction: ResolvedTransaction, context: Context): TransactionDocumentation {
  const { name, definition } = transaction
  const { description, rate } = definition
  try {
    return Object.freeze({
      name,
      ...(description !== undefined && { description }),
      ...(rate !== undefined && { rate }),
      inputs: describeDefinitions(transaction.input.definitions),
      plan: explainTransaction(transaction, context.now),
      example: describeCall(transaction, context),
    })
  } catch (cause) {
    throw new SingletError('DocumentationError', `${name}: its example can not be told. ${messageOf(cause)}`, { cause })
  }
}

function describeCall(transaction: ResolvedTransaction, context: Context): TransactionCallDocumentation {
  const input = exampleInput(transaction)
  const request = requestOf(transaction, input, context)
  const code = exampleCall(context.connectedAs, transaction.name, input, {})
  return Object.freeze({ input, code, ...(request !== undefined && { request }) })
}

/** What there is to send without reading and without waiting. Made by the same code that sends it; this client never does. */
function requestOf(transaction: ResolvedTransaction, input: object, { model, given, now }: Context): object | undefined {
  const connection: Connection = {
    model,
    client: new DynamoDBClient({ region: 'none' }),
    tableName: model.table.name,
    now: () => now,
    onMisfit: undefined,
    cursorSecret: undefined,
    random: () => 0,
    context: given,
  }
  try {
    return transactionOperation(connection, toldByExamples(transaction), input, {}).params() as object
  } catch (error) {
    if (error instanceof ValidationError && unknownBefore.includes(error.reason)) return undefined
    throw error
  }
}

/** Why there may be no request before the transaction is done, though nothing is wrong. */
const unknownBefore: readonly ValidationError['reason'][] = ['reads-first', 'async-schema']
