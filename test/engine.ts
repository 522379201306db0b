// The engine that the suites run on: an embedded one, or whatever answers at DYNAMODB_ENDPOINT (DynamoDB Local, for instance).
import { randomUUID } from 'node:crypto'
import { DeleteTableCommand, DynamoDBClient, type DynamoDBClientConfig, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import { type LocalEngine, startLocal } from '../lib/local/index.ts'
import { useNamespace } from './namespace.ts'

/** What every engine gives a test. What only ours has is for tests that `onEmbedded` defines. */
export type TestEngine = Pick<LocalEngine, 'client' | 'close' | 'streamsClient' | 'faults' | typeof Symbol.asyncDispose>

const { DYNAMODB_ENDPOINT: endpoint } = process.env

/** Whether the suites run on the embedded engine. */
export const embedded = endpoint === undefined

/** An engine with no tables in it. Closing it leaves nothing behind. */
export function startTestEngine(): Promise<TestEngine> {
  return endpoint === undefined ? startLocal() : Promise.resolve(engineAt(endpoint))
}

/**
 * Defines a test that needs the embedded engine: its clock, faults or request log, or what another engine does not do. Elsewhere the
 * test is pending, and its title says why.
 */
export function onEmbedded(reason: string, title: string, test: Mocha.AsyncFunc | Mocha.Func): void {
  if (embedded) it(title, test)
  else it(`${title} [only on the embedded engine: ${reason}]`)
}

/** There are none to clear elsewhere, and whoever adds one is a test for `onEmbedded`. */
const noFaults: LocalEngine['faults'] = Object.freeze({
  add() {
    throw new TypeError('Only the embedded engine has faults. Define this test with onEmbedded().')
  },
  list: () => [],
  clear: () => undefined,
})

/** An engine that is shared: what a test does there is in a namespace of its own. */
function engineAt(address: string): TestEngine {
  const prefix = `t${randomUUID().slice(0, 8)}-`
  const clients: { destroy(): void }[] = []
  const enter = <C extends DynamoDBClient | DynamoDBStreamsClient>(client: C): C => {
    useNamespace(client, prefix)
    clients.push(client)
    return client
  }
  const settings = (config: DynamoDBClientConfig = {}) => ({ ...accessTo(address), ...config })
  const client = (config?: DynamoDBClientConfig) => enter(new DynamoDBClient(settings(config)))
  const close = async () => {
    const closing = client()
    const { TableNames = [] } = await closing.send(new ListTablesCommand({}))
    for (const TableName of TableNames) await closing.send(new DeleteTableCommand({ TableName }))
    for (const one of clients) one.destroy()
  }
  const streamsClient = (config?: DynamoDBClientConfig) => enter(new DynamoDBStreamsClient(settings(config)))
  return { client, streamsClient, close, faults: noFaults, [Symbol.asyncDispose]: close }
}

/** Local engines accept any region and credentials, but the SDK insists on some. */
function accessTo(address: string): DynamoDBClientConfig {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE } = process.env
  const given = AWS_ACCESS_KEY_ID !== undefined || AWS_PROFILE !== undefined
  return {
    endpoint: address,
    region: AWS_REGION ?? 'us-east-1',
    ...(!given && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  }
}
