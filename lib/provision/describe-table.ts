// What provisioning asks of a client, and the request it makes most: how is the table now?
import { DescribeTableCommand, type DynamoDBClient, type TableDescription } from '@aws-sdk/client-dynamodb'
import type { Wait } from './waiting.ts'

/** A `DynamoDBClient`, or a `DynamoDBDocumentClient`: the latter sends the commands of tables just as well, unchanged. */
export type TableClient = Pick<DynamoDBClient, 'send'>

/** The table, or undefined when there is none. */
export async function describeTable(client: TableClient, TableName: string, wait: Wait): Promise<TableDescription | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }), { abortSignal: wait.signal })
    return Table
  } catch (error) {
    if (isServiceError(error, 'ResourceNotFoundException')) return undefined
    throw error
  }
}

/** Whether DynamoDB answered with one of these errors. By name: an application can have several copies of the SDK's classes. */
export function isServiceError(error: unknown, ...names: readonly string[]): error is Error {
  return error instanceof Error && names.includes(error.name)
}
