// Where the demo runs: an embedded engine, or an endpoint that is given.
import { randomUUID } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createTable, deleteTable, type Model } from '../../lib/index.ts'
import { startLocal } from '../../lib/local/index.ts'

export interface Database {
  readonly client: DynamoDBClient
  readonly tableName: string
  /** For the reader: where it is. */
  readonly place: string
  /** Leaves nothing behind. */
  close(): Promise<void>
}

/** The model's table, empty, in an engine of its own or, under a unique name, at the endpoint. */
export async function openDatabase(model: Pick<Model, 'table'>, endpoint: string | undefined): Promise<Database> {
  if (endpoint === undefined) {
    const engine = await startLocal()
    const client = engine.client()
    const { name: tableName } = model.table
    await createTable(model, client)
    return { client, tableName, place: 'the embedded engine', close: () => engine.close() }
  }
  const client = clientFor(endpoint)
  const tableName = `${model.table.name}-demo-${randomUUID().slice(0, 8)}`
  try {
    await createTable(model, client, { tableName })
  } catch (error) {
    client.destroy()
    throw error
  }
  return {
    client,
    tableName,
    place: endpoint,
    close: async () => {
      await deleteTable(model, client, { tableName })
      client.destroy()
    },
  }
}

/** Local engines accept any region and credentials, but the SDK insists on some. */
function clientFor(endpoint: string): DynamoDBClient {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE } = process.env
  return new DynamoDBClient({
    endpoint,
    region: AWS_REGION ?? 'eu-central-1',
    ...(AWS_ACCESS_KEY_ID === undefined &&
      AWS_PROFILE === undefined && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  })
}
