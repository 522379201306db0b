// The embedded engine beside bare dynalite, and beside whatever answers at DYNAMODB_ENDPOINT: starting, and throughput.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
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
import { startDynalite } from './dynalite.ts'
import { openConnection, record } from './replay.ts'
import { start, throughput } from './throughput.ts'

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
const item = (pk: number, sk: number) => ({
  PK: { S: `CUSTOMER#${pk}` },
  SK: { S: `ORDER#${String(sk).padStart(6, '0')}` },
  GSI1PK: { S: `STATUS#${sk % 5}` },
  GSI1SK: { S: `${sk}` },
  total: { N: '39' },
  note: { S: 'n'.repeat(300) },
})

/** What is measured, by title. dynalite has no transactions. */
const loads: { title: string; without?: string; send: (client: DynamoDBClient, at: number) => Promise<unknown> }[] = [
  { title: 'put', send: (client, at) => client.send(new PutItemCommand({ TableName, Item: item(at % 20, at % 1000) })) },
  {
    title: 'get',
    send: (client, at) => {
      const { PK, SK } = item(at % 20, at % 1000)
      return client.send(new GetItemCommand({ TableName, Key: { PK, SK } }))
    },
  },
  {
    title: 'query, 20 items',
    send: (client, at) => {
      const values = { ':pk': { S: `CUSTOMER#${at % 20}` } }
      const request = { TableName, KeyConditionExpression: 'PK = :pk', ExpressionAttributeValues: values, Limit: 20 }
      return client.send(new QueryCommand(request))
    },
  },
  {
    title: 'transaction, 4 puts',
    without: 'dynalite',
    send: (client, at) => {
      const items = Array.from({ length: 4 }, (_, part) => item(at % 20, 2000 + (at % 200) * 4 + part))
      return client.send(new TransactWriteItemsCommand({ TransactItems: items.map((Item) => ({ Put: { TableName, Item } })) }))
    },
  },
]
const without = <Each extends { name: string }>(all: readonly Each[], name = '') =>
  all.filter((each) => !each.name.startsWith(name || ' '))

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

async function overHttp(starting: Promise<{ endpoint: string; close(): unknown }>): Promise<Engine> {
  const engine = await starting
  const client = clientOf(engine.endpoint)
  return {
    client,
    close: () => {
      client.destroy()
      return engine.close()
    },
  }
}

const engines: { name: string; make: () => Promise<Engine> }[] = [
  { name: 'dynalite over HTTP', make: () => overHttp(startDynalite()) },
  { name: 'embedded over HTTP', make: () => overHttp(startLocal()) },
  { name: 'embedded in process', make: inProcess },
]

/** A server that listens, in a process that is not this one. */
interface Server {
  readonly name: string
  readonly endpoint: string
  readonly cpu?: () => Promise<number>
  close(): void
}

async function startServer(name: 'dynalite' | 'embedded'): Promise<Server> {
  const child = fork(new URL(`engine-process${extname(import.meta.url)}`, import.meta.url), [name])
  const [endpoint] = await once(child, 'message')
  const cpu = async () => {
    const answer = once(child, 'message')
    child.send('cpu')
    const [{ user, system }] = await answer
    return user + system
  }
  return { name, endpoint, cpu, close: () => child.disconnect() }
}

console.log('Starting, in this process, with the SDK')
for (const { title, command } of [
  { title: 'start to first answer, stop', command: () => new ListTablesCommand({}) },
  { title: 'start, create a table with an index, stop', command: () => new CreateTableCommand(table) },
]) {
  const run = async (make: () => Promise<Engine>) => {
    const { client, close } = await make()
    await client.send(command() as ListTablesCommand)
    await close()
  }
  await start(
    title,
    engines.map(({ name, make }) => ({ name, run: () => run(make) })),
  )
}

console.log('\nOver HTTP: engines in processes of their own, requests recorded and sent again. CPU is that of the engine alone')
const underWay = 8
const servers = [await startServer('dynalite'), await startServer('embedded')]
const { DYNAMODB_ENDPOINT: given } = process.env
if (given !== undefined) {
  await overHttp(Promise.resolve({ endpoint: given, close() {} })).then(async ({ client, close }) => {
    await client.send(new DeleteTableCommand({ TableName })).catch(() => undefined)
    await close()
  })
  servers.push({ name: given, endpoint: given, close() {} })
}
const createTable = await record((client) => client.send(new CreateTableCommand(table)))
const connected = await Promise.all(
  servers.map(async (server) => {
    const connections = await Promise.all(Array.from({ length: underWay }, () => openConnection(server.endpoint)))
    await connections[0]?.exchange(createTable)
    return { ...server, connections }
  }),
)
for (const { title, without: absent, send } of loads) {
  const requests = await Promise.all(Array.from({ length: 1000 }, (_, at) => record((client) => send(client, at))))
  const contestants = without(connected, absent).map(({ name, cpu, connections }) => ({
    name,
    ...(cpu && { cpu }),
    run: async (at: number) => {
      const connection = connections.pop()
      await connection?.exchange(requests[at % requests.length] ?? createTable)
      if (connection !== undefined) connections.push(connection)
    },
  }))
  await throughput(title, contestants, { underWay })
}
for (const { connections, close } of connected) {
  for (const connection of connections) connection.close()
  close()
}

console.log('\nWith the SDK, everything in this process, as in a test. CPU is that of client and engine together')
const cpu = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}
const running = await Promise.all(engines.map(async ({ name, make }) => ({ name, ...(await make()) })))
for (const { client } of running) await client.send(new CreateTableCommand(table))
for (const { title, without: absent, send } of loads) {
  await throughput(
    title,
    without(running, absent).map(({ name, client }) => ({ name, cpu, run: (at) => send(client, at) })),
    { underWay, calls: 400, rounds: 9 },
  )
}
for (const { close } of running) await close()
