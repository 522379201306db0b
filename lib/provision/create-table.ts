// Creates a model's table, or makes sure that the one there is the model's. Changing a table is not done here.
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type StreamViewType,
  type TableDescription,
  type UpdateTimeToLiveCommandInput,
} from '@aws-sdk/client-dynamodb'
import { LazyOperation } from '../client/operation.ts'
import type { Model } from '../model/define-model.ts'
import type { Operation } from '../model/operation.ts'
import { createTableParams } from './create-table-params.ts'
import { describeTable, isServiceError, type TableClient } from './describe-table.ts'
import { tableDifferences } from './table-differences.ts'
import { TableMismatchError } from './table-mismatch.ts'
import { TableNotReadyError } from './table-not-ready.ts'
import { enableTimeToLive, readTimeToLive, timeToLiveDifferences, timeToLiveParams } from './time-to-live.ts'
import { repeat, type Wait, type WaitOptions, waitFor } from './waiting.ts'

export interface CreateTableOptions extends WaitOptions {
  /** The table's name in this environment, in place of the declared one. */
  readonly tableName?: string
  /** The table has a stream, with this view of its items. Without it, whether a table that exists has one does not matter. */
  readonly stream?: StreamViewType
}

export interface CreateTableResult {
  readonly tableName: string
  /** False when the table existed, or another process was faster. */
  readonly created: boolean
}

export interface CreateTableParams {
  readonly createTable: CreateTableCommandInput
  /** Present when the table declares `timeToLive`. */
  readonly timeToLive?: UpdateTimeToLiveCommandInput
}

/** A creation that has not begun: awaiting it creates the table, once however often it is awaited. */
export interface CreateTableOperation extends Operation<CreateTableResult> {
  /** The requests that creating the table takes. Nothing is sent. Throws a `ModelError` for a table that DynamoDB would refuse. */
  params(): CreateTableParams
}

/**
 * Creates the model's table, waits until it and its indexes are active, and enables time to live where declared. A table that exists
 * is fine when it matches: same keys, the model's indexes with their projections, same TTL attribute. Indexes that the model does not
 * know are left alone, so that an index can be added before the code that uses it is deployed. Any number of processes may do this at
 * once. An engine that answers a TTL operation with UnknownOperationException has no time to live; that is passed over.
 *
 * @throws {TableMismatchError} When the table exists and differs. Nothing was changed.
 * @throws {TableNotReadyError} After `timeoutMs` (default 5 minutes), or when the table is in a state that it does not leave by itself.
 * @throws {ModelError} When DynamoDB would refuse the table.
 *
 * @example
 * const { created } = await createTable(shop, new DynamoDBClient({}), { tableName: 'shop-test' })
 */
export function createTable(
  model: Pick<Model, 'table'>,
  client: TableClient,
  options: CreateTableOptions = {},
): CreateTableOperation {
  const params = (): CreateTableParams => {
    const timeToLive = timeToLiveParams(model.table, options.tableName)
    const createTable = {
      ...createTableParams(model.table, options.tableName),
      ...(options.stream !== undefined && {
        StreamSpecification: { StreamEnabled: true, StreamViewType: options.stream },
      }),
    }
    return { createTable, ...(timeToLive !== undefined && { timeToLive }) }
  }
  return Object.assign(new LazyOperation(() => run(client, params, options), params), { params })
}

async function run(
  client: TableClient,
  params: () => CreateTableParams,
  options: CreateTableOptions,
): Promise<CreateTableResult> {
  const { createTable: request, timeToLive } = params()
  const tableName = request.TableName ?? ''
  return waitFor(tableName, options, async (wait) => {
    const { description, created } = await activeTable(client, request, wait)
    const differences = [...tableDifferences(request, description)]
    if (!created) {
      const declared = timeToLive?.TimeToLiveSpecification?.AttributeName
      differences.push(...timeToLiveDifferences(declared, await readTimeToLive(client, tableName, wait)))
    }
    if (differences.length > 0) throw new TableMismatchError(tableName, Object.freeze(differences))
    if (timeToLive !== undefined) await enableTimeToLive(client, timeToLive, wait)
    return Object.freeze({ tableName, created })
  })
}

/** The table when it is active, created if there is none. */
async function activeTable(client: TableClient, request: CreateTableCommandInput, wait: Wait) {
  const tableName = request.TableName ?? ''
  const indexNames = new Set(request.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName))
  let created = false
  return repeat(wait, async () => {
    let description = await describeTable(client, tableName, wait)
    if (description === undefined && created) {
      // Right after its creation a table need not be visible yet: DescribeTable is eventually consistent.
      wait.waitingFor = 'it to appear'
    } else if (description === undefined) {
      description = await requestTable(client, request, wait)
      created = description !== undefined
    }
    if (description === undefined) return undefined
    if (description.TableStatus === 'DELETING') created = false
    wait.waitingFor = pending(description, indexNames) ?? ''
    return wait.waitingFor === '' ? { description, created } : undefined
  })
}

/** Requests the table; undefined when it turns out to exist, or DynamoDB wants the request later. */
async function requestTable(
  client: TableClient,
  request: CreateTableCommandInput,
  wait: Wait,
): Promise<TableDescription | undefined> {
  try {
    const { TableDescription } = await client.send(new CreateTableCommand(request), { abortSignal: wait.signal })
    return TableDescription ?? { TableStatus: 'CREATING' }
  } catch (error) {
    if (!isServiceError(error, 'ResourceInUseException', 'LimitExceededException')) throw error
    wait.waitingFor = `it to be created (${error.message})`
    return undefined
  }
}

/** What is still to come before the table and the given indexes are active; undefined when they are. */
function pending(
  { TableName = '', TableStatus, GlobalSecondaryIndexes = [] }: TableDescription,
  indexNames: ReadonlySet<unknown>,
) {
  switch (TableStatus) {
    case 'ACTIVE': {
      const index = GlobalSecondaryIndexes.find(
        ({ IndexName, IndexStatus }) => indexNames.has(IndexName) && IndexStatus !== undefined && IndexStatus !== 'ACTIVE',
      )
      return index && `its index ${index.IndexName} to be active (it is ${index.IndexStatus})`
    }
    case 'CREATING':
    case 'UPDATING':
      return `it to be active (it is ${TableStatus})`
    case 'DELETING':
      return 'the table of that name that is being deleted to be gone'
    default:
      throw new TableNotReadyError(
        TableName,
        `it to be active (it is ${TableStatus})`,
        'It does not leave that state by itself. See to the table first.',
      )
  }
}
