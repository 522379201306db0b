// The model, the table and the observers that the tests of writes share.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import {
  connect,
  createdAt,
  datetime,
  decimal,
  defineEntity,
  defineModel,
  defineTable,
  list,
  map,
  number,
  oneOf,
  type RequestEvent,
  string,
  stringSet,
  ulid,
  updatedAt,
  version,
} from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'

const table = defineTable({
  name: 'writes',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    Natural: { partitionKey: 'email', sortKey: { name: 'rank', type: 'number' } },
  },
})

/** With a version, and an index key of several attributes. */
const Order = defineEntity('Order', {
  attributes: {
    customerId: string(),
    orderId: ulid(),
    status: oneOf('pending', 'paid', 'shipped').default('pending'),
    total: number({ min: 0, max: 1000 }),
    placedAt: datetime().default('now'),
    note: string().optional(),
    channel: string().readOnly(),
    lines: list(map({ sku: string(), quantity: number().default(1) })).default([]),
    address: map({ street: string(), city: string(), country: string().default('CH') }).optional(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
    version: version(),
  },
  key: { pk: 'CUSTOMER#{customerId}', sk: 'ORDER#{orderId}' },
  indexes: { GSI1: { pk: 'ORDERS#{status}', sk: '{placedAt}#{total}' } },
})

/** Without a version: two numbers with the same range, of which one is in an index. */
const Counter = defineEntity('Counter', {
  attributes: {
    id: string(),
    count: number({ min: 0, max: 100 }).default(0),
    indexed: number({ min: 0, max: 100 }).default(0),
    label: string().optional(),
    level: number({ min: 10, max: 20 }).optional(),
    amount: decimal({ min: '0', max: '100000000000000000000' }).optional(),
    tags: stringSet(),
  },
  key: { pk: 'COUNTER#{id}', sk: 'COUNTER' },
  indexes: { GSI1: { pk: 'COUNTERS', sk: '{indexed}' } },
})

/** Its index keys are its own attributes; its version is hidden. */
const Person = defineEntity('Person', {
  attributes: {
    id: string(),
    parentId: ulid({ generate: false }),
    email: string().optional(),
    rank: number().optional(),
    data: string().optional(),
    revision: version().hidden(),
  },
  key: { pk: 'PERSON#{id}', sk: 'PERSON' },
  indexes: { Natural: { pk: '{email}', sk: '{rank}' } },
})

export const writesModel = defineModel({ table, entities: { Order, Counter, Person } })

export const someUlid = '01KEZ0G8M0ABCDEFGHJKMNPQRS'

/** An engine with the table, and the model connected to it with a clock that moves on with every look. */
export async function startWrites() {
  const engine: TestEngine = await startTestEngine()
  const client = engine.client()
  await createTable(writesModel, client)
  let time = Date.parse('2026-06-01T12:00:00.000Z')
  const now = () => {
    time += 1000
    return new Date(time)
  }
  const { entities, transactWrite } = connect(writesModel, { client, now })
  return { engine, client, entities, transactWrite, ...entities }
}

/** The requests that were sent during the work, by name. */
export async function requestsDuring(work: () => PromiseLike<unknown> | undefined): Promise<string[]> {
  const sent: string[] = []
  const listen = (event: unknown) => sent.push((event as RequestEvent).operation)
  subscribe('singlet:request', listen)
  try {
    await work()
  } finally {
    unsubscribe('singlet:request', listen)
  }
  return sent
}

/** The error that the work ends with. */
export async function errorOf(work: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  return undefined
}

/** Calls `before` ahead of every request of that name. */
export function intercept(client: DynamoDBClient, command: string, before: (input: object) => unknown): () => void {
  const name = `before ${command}`
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === `${command}Command`) await before(args.input)
        return next(args)
      },
    { step: 'initialize', name },
  )
  return () => client.middlewareStack.remove(name)
}

/** Changes attributes of an item behind the library's back; `undefined` takes one away. */
export async function overwrite(
  client: DynamoDBClient,
  PK: string,
  SK: string,
  attributes: Record<string, unknown>,
): Promise<void> {
  const { Item } = await client.send(new GetItemCommand({ TableName: 'writes', Key: { PK: { S: PK }, SK: { S: SK } } }))
  const changed = Object.entries({ ...Item, ...attributes }).filter(([, value]) => value !== undefined)
  await client.send(new PutItemCommand({ TableName: 'writes', Item: Object.fromEntries(changed) as typeof Item }))
}
