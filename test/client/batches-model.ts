// The model of the tests of batches and transactions: a numeric sort key, bytes, expiry, a version, and a client that does not try again.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  binary,
  type ConnectOptions,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  get,
  number,
  string,
  version,
} from '../../lib/index.ts'
import { startTestEngine } from '../engine.ts'
import { recordRequests } from './recorded-requests.ts'

const table = defineTable({
  name: 'batches',
  partitionKey: 'PK',
  sortKey: { name: 'n', type: 'number' },
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
  timeToLive: 'until',
})
const Note = defineEntity('Note', {
  attributes: { list: string(), n: number(), text: string(), bytes: binary().optional(), until: expiresAt().optional() },
  key: { pk: 'NOTE#{list}', sk: '{n}' },
  indexes: { GSI1: { pk: 'TEXTS', sk: '{text}' } },
})
const Tally = defineEntity('Tally', {
  attributes: { id: string(), n: number().default(0), count: number().default(0) },
  key: { pk: 'TALLY#{id}', sk: '{n}' },
})
const Document = defineEntity('Document', {
  attributes: { id: string(), n: number().default(0), revision: version() },
  key: { pk: 'DOCUMENT#{id}', sk: '{n}' },
})
/** Its index key depends on a number that is added to. */
const Score = defineEntity('Score', {
  attributes: { id: string(), n: number().default(0), points: number({ min: 0, max: 1000 }).default(0) },
  key: { pk: 'SCORE#{id}', sk: '{n}' },
  indexes: { GSI1: { pk: 'SCORES', sk: '{points}' } },
})
export const batchesModel = defineModel({
  table,
  entities: { Note, Tally, Document, Score },
  accessPatterns: { note: get(Note), textOf: get(Note).select('text') },
})

/** An engine with the table, and the model connected to it by a client whose every request is sent once. */
export async function startBatches(options: Partial<ConnectOptions> = {}) {
  const engine = await startTestEngine()
  await createTable(batchesModel, engine.client())
  const client = engine.client({ maxAttempts: 1 })
  const shop = connect(batchesModel, { client, ...options })
  return { engine, client, requests: recordRequests(client), shop, ...shop.entities }
}

/** The numbers from `from` to below `end`. */
export function range(from: number, end: number): number[] {
  return Array.from({ length: end - from }, (_, index) => from + index)
}

/** How many requests were under way at once, at the most, during the work. */
export async function mostAtOnce(client: DynamoDBClient, work: () => PromiseLike<unknown>): Promise<number> {
  const name = 'countAtOnce'
  let [now, most] = [0, 0]
  client.middlewareStack.add(
    (next) => async (args) => {
      most = Math.max(most, ++now)
      try {
        return await next(args)
      } finally {
        now--
      }
    },
    { step: 'initialize', name },
  )
  try {
    await work()
  } finally {
    client.middlewareStack.remove(name)
  }
  return most
}
