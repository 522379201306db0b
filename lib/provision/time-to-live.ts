// Time to live of a table: reading the setting, and enabling it. An engine that does not know these operations has no time to live.
import {
  DescribeTimeToLiveCommand,
  type TimeToLiveDescription,
  UpdateTimeToLiveCommand,
  type UpdateTimeToLiveCommandInput,
} from '@aws-sdk/client-dynamodb'
import type { Table } from '../model/table.ts'
import { isServiceError, type TableClient } from './describe-table.ts'
import { type TableDifference, TableMismatchError } from './table-mismatch.ts'
import { repeat, type Wait } from './waiting.ts'

/** The setting as it is: `attribute` while it is on or being turned on; `known` is false for an engine without time to live. */
export interface TimeToLive {
  readonly known: boolean
  readonly attribute?: string
  /** It is being turned off, and can't be turned on until that is done. */
  readonly disabling: boolean
}

/** The request that enables time to live, for a table that declares it. */
export function timeToLiveParams(
  { name, timeToLive }: Table,
  tableName: string = name,
): UpdateTimeToLiveCommandInput | undefined {
  if (timeToLive === undefined) return undefined
  return { TableName: tableName, TimeToLiveSpecification: { Enabled: true, AttributeName: timeToLive } }
}

/** Reads the setting. DynamoDB always knows this operation, so an UnknownOperationException means an engine that lacks it. */
export async function readTimeToLive(client: TableClient, TableName: string, wait: Wait): Promise<TimeToLive> {
  try {
    const output = await client.send(new DescribeTimeToLiveCommand({ TableName }), { abortSignal: wait.signal })
    return timeToLiveOf(output.TimeToLiveDescription)
  } catch (error) {
    if (isServiceError(error, 'UnknownOperationException')) return { known: false, disabling: false }
    throw error
  }
}

function timeToLiveOf({ TimeToLiveStatus, AttributeName }: TimeToLiveDescription = {}): TimeToLive {
  const on = TimeToLiveStatus === 'ENABLED' || TimeToLiveStatus === 'ENABLING'
  return {
    known: true,
    disabling: TimeToLiveStatus === 'DISABLING',
    ...(on && AttributeName !== undefined && { attribute: AttributeName }),
  }
}

/**
 * In what the setting differs from the table's declaration. Off where it should be on is no difference: it can be turned on. On where
 * the model has none is one: DynamoDB would delete items that the model takes for permanent.
 */
export function timeToLiveDifferences(declared: string | undefined, { attribute }: TimeToLive): readonly TableDifference[] {
  if (attribute === undefined || attribute === declared) return []
  const hint = `Disable time to live on ${attribute} (it takes up to an hour), or declare timeToLive: '${attribute}'.`
  return [Object.freeze({ place: 'timeToLive', expected: declared ?? 'none', actual: attribute, hint })]
}

/** Enables time to live, unless it is on. Others may be doing the same at the same time. */
export async function enableTimeToLive(client: TableClient, params: UpdateTimeToLiveCommandInput, wait: Wait): Promise<void> {
  const tableName = params.TableName ?? ''
  let refused = false
  await repeat(wait, async () => {
    const current = await readTimeToLive(client, tableName, wait)
    const differences = timeToLiveDifferences(params.TimeToLiveSpecification?.AttributeName, current)
    if (differences.length > 0) throw new TableMismatchError(tableName, differences)
    if (!current.known || current.attribute !== undefined) return true
    wait.waitingFor = 'time to live to be disabled before it can be enabled again'
    if (current.disabling) return undefined
    try {
      await client.send(new UpdateTimeToLiveCommand(params), { abortSignal: wait.signal })
      return true
    } catch (error) {
      if (isServiceError(error, 'UnknownOperationException')) return true
      // Refused when another process was faster: the next look sees its setting. Refused twice is refused.
      const again = isServiceError(error, 'ValidationException') && !refused
      if (!again && !isServiceError(error, 'ResourceInUseException', 'LimitExceededException')) throw error
      refused ||= again
      wait.waitingFor = `time to live to be enabled (${error.message})`
      return undefined
    }
  })
}
