// The embedded engine beside bare dynalite, and beside whatever answers at DYNAMODB_ENDPOINT: starting, and throughput.
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { startLocal } from '../lib/local/index.ts'
import { type Contestant, start, throughput } from './throughput.ts'

const TableName = 'bench'
const table: CreateTableCommandInput = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['PK', 'SK', 'GSI1PK', 'GSI1SK'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: [
    { AttributeName: 'PK', KeyType: 'HASH' },
    { AttributeName: 'SK', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'GSI1',
      KeySchema: [
        { AttributeName: 'GSI1PK', KeyType: 'HASH' },
        { AttributeName: 'GSI1SK', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
}

interface Engine {
  readonly client: DynamoDBClient
  close(): unknown
}

const clientOf = (endpoint: string) =>
  new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } })

async function inProcess(): Promise<Engine> {
  const engine = await startLocal()
  return { client: engine.client(), close: () => engine.close() }
}

async function overHttp(): Promise<Engine> {
  const engine = await startLocal()
  const client = clientOf(engine.endpoint)
  return {
    client,
    close: () => {
      client.destroy()
      return engine.close()
    },
  }
}

type Dynalite = (options: object) => {
  listen(port: number, host: string, done: () => void): void
  close(): void
  address(): unknown
}

async function bareDynalite(): Promise<Engine> {
  const server = (createRequire(import.meta.url)('dynalite') as Dynalite)({ createTableMs: 0, deleteTableMs: 0 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return {
    client,
    close: () => {
      client.destroy()
      server.close()
    },
  }
}

const { DYNAMODB_ENDPOINT: endpoint } = process.env
async function given(): Promise<Engine> {
  const client = clientOf(endpoint ?? '')
  await client.send(new DeleteTableCommand({ TableName })).catch(() => undefined)
  return {
    client,
    close: async () => {
      await client.send(new DeleteTableCommand({ TableName }))
      client.destroy()
    },
  }
}

async function first(make: () => Promise<Engine>): Promise<void> {
  const { client, close } = await make()
  await client.send(new ListTablesCommand({}))
  await close()
}

async function withTable(make: () => Promise<Engine>): Promise<void> {
  const { client, close } = await make()
  await client.send(new CreateTableCommand(table))
  await close()
}

const engines: [string, () => Promise<Engine>][] = [
  ['dynalite over HTTP', bareDynalite],
  ['embedded over HTTP', overHttp],
  ['embedded in process', inProcess],
]
await start(
  'start to first answer, stop',
  engines.map(([name, make]) => ({ name, run: () => first(make) })),
)
await start(
  'start, create a table with an index, stop',
  engines.map(([name, make]) => ({ name, run: () => withTable(make) })),
)

if (endpoint !== undefined) engines.push([endpoint, given])
const running = await Promise.all(engines.map(async ([name, make]) => ({ name, make, engine: await make() })))
for (const { engine } of running) await engine.client.send(new CreateTableCommand(table))

const item = (pk: number, sk: number) => ({
  PK: { S: `CUSTOMER#${pk}` },
  SK: { S: `ORDER#${String(sk).padStart(6, '0')}` },
  GSI1PK: { S: `STATUS#${sk % 5}` },
  GSI1SK: { S: `${sk}` },
  total: { N: '39' },
  note: { S: 'n'.repeat(300) },
})
const keyOf = (at: number) => ({ PK: { S: `CUSTOMER#${at % 20}` }, SK: { S: `ORDER#${String(at).padStart(6, '0')}` } })
const each = (run: (client: DynamoDBClient, at: number) => Promise<unknown>, but: readonly string[] = []): Contestant[] =>
  running.flatMap(({ name, engine }) => (but.includes(name) ? [] : [{ name, run: (at: number) => run(engine.client, at) }]))

await throughput(
  'put',
  each((client, at) => client.send(new PutItemCommand({ TableName, Item: item(at % 20, at % 1000) }))),
)
await throughput(
  'get',
  each((client, at) => client.send(new GetItemCommand({ TableName, Key: keyOf(at % 1000) }))),
)
await throughput(
  'query, 20 items',
  each((client, at) => {
    const values = { ':pk': { S: `CUSTOMER#${at % 20}` } }
    const request = { TableName, KeyConditionExpression: 'PK = :pk', ExpressionAttributeValues: values, Limit: 20 }
    return client.send(new QueryCommand(request))
  }),
)
await throughput(
  'transaction, 4 puts (dynalite has none)',
  each(
    (client, at) => {
      const puts = Array.from({ length: 4 }, (_, part) => ({
        Put: { TableName, Item: item(at % 20, 2000 + (at % 200) * 4 + part) },
      }))
      return client.send(new TransactWriteItemsCommand({ TransactItems: puts }))
    },
    ['dynalite over HTTP'],
  ),
)
for (const { engine } of running) await engine.close()
