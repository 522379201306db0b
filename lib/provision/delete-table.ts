// Deletes a model's table with everything in it, and waits until it is gone.
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import type { Model } from '../model/define-model.ts'
import { describeTable, isServiceError, type TableClient } from './describe-table.ts'
import { repeat, type Wait, type WaitOptions, waitFor } from './waiting.ts'

export interface DeleteTableOptions extends WaitOptions {
  /** The table's name in this environment, in place of the declared one. */
  readonly tableName?: string
}

export interface DeleteTableResult {
  readonly tableName: string
  /** False when there was no table. */
  readonly deleted: boolean
}

/**
 * Deletes the model's table, with all its items, and waits until it is gone. A table that does not exist is fine; one that is being
 * created or changed is waited for. A table with deletion protection is refused by DynamoDB, with its ValidationException.
 *
 * @throws {TableNotReadyError} After `timeoutMs` (default 5 minutes).
 *
 * @example
 * await deleteTable(shop, new DynamoDBClient({}), { tableName: 'shop-test' })
 */
export async function deleteTable(
  model: Pick<Model, 'table'>,
  client: TableClient,
  options: DeleteTableOptions = {},
): Promise<DeleteTableResult> {
  const tableName = options.tableName ?? model.table.name
  return waitFor(tableName, options, async (wait) => {
    const outcome = await requestDeletion(client, tableName, wait)
    if (outcome.deleted) await untilGone(client, tableName, outcome.tableId, wait)
    return Object.freeze({ tableName, deleted: outcome.deleted })
  })
}

/** Asks for the deletion until it is accepted or there is no table. */
async function requestDeletion(client: TableClient, TableName: string, wait: Wait) {
  return repeat(wait, async () => {
    try {
      const { TableDescription } = await client.send(new DeleteTableCommand({ TableName }), { abortSignal: wait.signal })
      return { deleted: true, tableId: TableDescription?.TableId }
    } catch (error) {
      if (isServiceError(error, 'ResourceNotFoundException')) return { deleted: false }
      // In use: it is being created, changed, or deleted by another process.
      if (!isServiceError(error, 'ResourceInUseException', 'LimitExceededException')) throw error
      wait.waitingFor = `its deletion to be accepted (${error.message})`
      return undefined
    }
  })
}

/** Waits until the table is gone; one of the same name with another id has been created since. */
async function untilGone(client: TableClient, tableName: string, tableId: string | undefined, wait: Wait): Promise<void> {
  wait.waitingFor = 'it to be gone'
  await repeat(wait, async () => {
    const table = await describeTable(client, tableName, wait)
    return table === undefined || table.TableId !== tableId ? true : undefined
  })
}
