// The one place that sends: each request goes to DynamoDB through the SDK's client, and is reported to those who subscribe.
import { channel } from 'node:diagnostics_channel'
import {
  BatchGetItemCommand,
  type BatchGetItemInput,
  type BatchGetItemOutput,
  BatchWriteItemCommand,
  type BatchWriteItemInput,
  type BatchWriteItemOutput,
  type ConsumedCapacity,
  DeleteItemCommand,
  type DeleteItemInput,
  type DeleteItemOutput,
  GetItemCommand,
  type GetItemInput,
  type GetItemOutput,
  PutItemCommand,
  type PutItemInput,
  type PutItemOutput,
  QueryCommand,
  type QueryInput,
  type QueryOutput,
  ScanCommand,
  type ScanInput,
  type ScanOutput,
  TransactGetItemsCommand,
  type TransactGetItemsInput,
  type TransactGetItemsOutput,
  TransactWriteItemsCommand,
  type TransactWriteItemsInput,
  type TransactWriteItemsOutput,
  UpdateItemCommand,
  type UpdateItemInput,
  type UpdateItemOutput,
} from '@aws-sdk/client-dynamodb'
import type { Connection, Origin } from './connection.ts'
import { NotRepeated, type Sending } from './delivery.ts'
import { answerParsed } from './parse-response.ts'
import { type SharedHandler, shareHandler } from './shared-handler.ts'

/** The operations that Singlet sends, with their inputs and outputs. */
export interface Operations {
  GetItem: [GetItemInput, GetItemOutput]
  PutItem: [PutItemInput, PutItemOutput]
  UpdateItem: [UpdateItemInput, UpdateItemOutput]
  DeleteItem: [DeleteItemInput, DeleteItemOutput]
  Query: [QueryInput, QueryOutput]
  Scan: [ScanInput, ScanOutput]
  BatchGetItem: [BatchGetItemInput, BatchGetItemOutput]
  BatchWriteItem: [BatchWriteItemInput, BatchWriteItemOutput]
  TransactGetItems: [TransactGetItemsInput, TransactGetItemsOutput]
  TransactWriteItems: [TransactWriteItemsInput, TransactWriteItemsOutput]
}

const commands = {
  GetItem: GetItemCommand,
  PutItem: PutItemCommand,
  UpdateItem: UpdateItemCommand,
  DeleteItem: DeleteItemCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
  BatchGetItem: BatchGetItemCommand,
  BatchWriteItem: BatchWriteItemCommand,
  TransactGetItems: TransactGetItemsCommand,
  TransactWriteItems: TransactWriteItemsCommand,
} as const

/** The name of the diagnostics channel on which each request is published once it is answered. */
export const requestChannelName = 'singlet:request'
/** The name of the diagnostics channel on which stored items that do not fit are published. */
export const misfitChannelName = 'singlet:misfit'

/** What is published on `singlet:request`. */
export interface RequestEvent extends Origin {
  readonly operation: keyof Operations
  readonly tableName: string
  readonly index?: string
  /** Capacity units consumed; DynamoDB is asked for them only while somebody subscribes. */
  readonly consumedCapacity?: number
  /** Items that came back. */
  readonly itemCount?: number
  readonly durationMs: number
  readonly error?: unknown
}

const requestChannel = channel(requestChannelName)

/**
 * Sends one request. Errors of the SDK pass through as they are; those who call know what they mean. With a `sending` they learn of lost
 * answers too, and the SDK repeats only what is repeatable.
 */
export async function send<O extends keyof Operations>(
  { client, tableName }: Connection,
  operation: O,
  input: Operations[O][0],
  origin: Origin,
  sending?: Sending,
  share?: SharedHandler,
): Promise<Operations[O][1]> {
  // Each command class takes the input of its own operation, which the table of commands guarantees.
  const Command = commands[operation] as unknown as new (input: unknown) => GetItemCommand
  const run = async (input: unknown): Promise<Operations[O][1]> => {
    const command = new Command(input)
    // A put answers nothing that is worth parsing.
    if (operation !== 'PutItem') share === undefined ? answerParsed(command, client) : shareHandler(command, client, share)
    sending?.delivery.watch(command, sending.repeatable)
    // With options, even none, the SDK keeps from giving this command the handler that it has cached for another (`cacheMiddleware`).
    return (await client.send(command, {}).catch((error: unknown) => {
      throw error instanceof NotRepeated ? error.error : error
    })) as Operations[O][1]
  }
  if (!requestChannel.hasSubscribers) return run(input)
  const start = performance.now()
  const publish = (output: AnyOutput | undefined, error?: unknown) => {
    const consumedCapacity = unitsOf(output?.ConsumedCapacity)
    const itemCount = output === undefined ? undefined : itemsIn(output)
    const event: RequestEvent = {
      ...origin,
      operation,
      tableName,
      ...('IndexName' in input && input.IndexName !== undefined && { index: input.IndexName }),
      ...(consumedCapacity !== undefined && { consumedCapacity }),
      ...(itemCount !== undefined && { itemCount }),
      durationMs: performance.now() - start,
      ...(error !== undefined && { error }),
    }
    requestChannel.publish(event)
  }
  try {
    const output = await run({ ReturnConsumedCapacity: 'TOTAL', ...input })
    publish(output)
    return output
  } catch (error) {
    publish(undefined, error)
    throw error
  }
}

/** What the outputs of the operations have that is of interest to observers. */
interface AnyOutput {
  readonly ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] | undefined
  readonly Items?: readonly unknown[] | undefined
  readonly Item?: unknown
  /** By table in a batch, one for each get in a transaction. */
  readonly Responses?: Readonly<Record<string, readonly unknown[]>> | readonly { readonly Item?: unknown }[] | undefined
}

function itemsIn({ Items, Item, Responses }: AnyOutput): number | undefined {
  if (isList(Responses)) return Responses.filter(({ Item }) => Item !== undefined).length
  if (Responses !== undefined) return Object.values(Responses).flat().length
  return Items?.length ?? (Item === undefined ? undefined : 1)
}

function unitsOf(consumed: ConsumedCapacity | ConsumedCapacity[] | undefined): number | undefined {
  if (consumed === undefined) return undefined
  return [consumed].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0)
}

/** `Array.isArray` does not tell a read-only array from an object. */
function isList(responses: AnyOutput['Responses']): responses is readonly { readonly Item?: unknown }[] {
  return Array.isArray(responses)
}
