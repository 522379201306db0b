// Sharded reads: the time of a page beside that of one query, and the memory of streaming a million items. The other end is a transport that
// makes up the items of each shard as they are asked for, so that what is measured is the client. `--items 10000` makes it short.
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb'
import { connect, defineEntity, defineModel, defineTable, number, query, string } from '../lib/index.ts'
import { start } from './throughput.ts'

const { values } = parseArgs({
  options: { items: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '201' } },
})
const items = Number(values.items)

/** What one request takes. */
const latencyMilliseconds = 5

function modelOf(count: number) {
  const table = defineTable({
    name: 'bench',
    partitionKey: 'PK',
    sortKey: 'SK',
    indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
  })
  const Reading = defineEntity('Reading', {
    attributes: { id: number({ min: 0, max: 99_999_999, integer: true }), text: string() },
    key: { pk: 'READING#{id}', sk: 'READING' },
    indexes: { GSI1: { pk: '{shard}', sk: '{id}', shards: { count } } },
  })
  return defineModel({ table, entities: { Reading }, accessPatterns: { all: query(Reading).index('GSI1') } })
}

interface Query {
  readonly ExpressionAttributeValues: Readonly<Record<string, { readonly S: string }>>
  readonly ExclusiveStartKey?: { readonly GSI1SK: { readonly S: string } }
  readonly Limit?: number
}

const text = 'x'.repeat(150)

/** A page of one shard, in which every `count`-th of so many items lies. */
function answer({ ExpressionAttributeValues, ExclusiveStartKey, Limit = 5000 }: Query, count: number, total: number): object {
  const shard = Number(Object.values(ExpressionAttributeValues)[0]?.S)
  const first = ExclusiveStartKey === undefined ? shard : Number(ExclusiveStartKey.GSI1SK.S) + count
  const page: object[] = []
  let id = first
  for (; id < total && page.length < Limit; id += count) {
    const padded = String(id).padStart(8, '0')
    const keys = { PK: { S: `READING#${padded}` }, SK: { S: 'READING' }, GSI1PK: { S: String(shard) }, GSI1SK: { S: padded } }
    page.push({ ...keys, _type: { S: 'Reading' }, id: { N: String(id) }, text: { S: text } })
  }
  if (id >= total) return { Items: page }
  const padded = String(id - count).padStart(8, '0')
  const LastEvaluatedKey = {
    PK: { S: `READING#${padded}` },
    SK: { S: 'READING' },
    GSI1PK: { S: String(shard) },
    GSI1SK: { S: padded },
  }
  return { Items: page, LastEvaluatedKey }
}

/** A client of shards that are made up, and the requests that it has sent. */
function shardsClient(count: number, total: number, milliseconds: number) {
  const sent = { requests: 0 }
  // The time that a server takes is not the client's: where latency is measured, an answer is made once.
  const answers = new Map<string, Uint8Array>()
  const bodyOf = (request: string) => {
    const known = answers.get(request)
    if (known !== undefined) return known
    const body = Buffer.from(JSON.stringify(answer(JSON.parse(request), count, total)))
    if (milliseconds > 0) answers.set(request, body)
    return body
  }
  const handler = {
    async handle({ body: sentBody }: { body: string | Uint8Array }) {
      sent.requests++
      if (milliseconds > 0) await new Promise((done) => setTimeout(done, milliseconds))
      const body = bodyOf(typeof sentBody === 'string' ? sentBody : new TextDecoder().decode(sentBody))
      return { response: { statusCode: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body } }
    },
    destroy() {},
  }
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: 'http://localhost',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    requestHandler: handler as never,
  })
  return { all: connect(modelOf(count), { client }).patterns.all, client, sent }
}

async function latency(): Promise<void> {
  const contestants = [1, 10].map((count) => {
    const { all } = shardsClient(count, 10_000, latencyMilliseconds)
    return { name: count === 1 ? 'one query' : `${count} shards`, run: () => all({}, { limit: 20 }).page() as Promise<unknown> }
  })
  // What the SDK by itself needs for as many requests at once, without merging or decoding.
  const { all, client } = shardsClient(10, 10_000, latencyMilliseconds)
  const requests = all({}, { limit: 20 }).params() as QueryCommandInput[]
  const bare = () => Promise.all(requests.map((request) => client.send(new QueryCommand(request))))
  contestants.push({ name: '10 queries, bare SDK', run: bare })
  await start(`A page of 20 items, ${latencyMilliseconds} ms a request`, contestants, Number(values.rounds))
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

function heapMegabytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 2 ** 20
}

async function memory(count: number, total: number): Promise<void> {
  const { all, sent } = shardsClient(count, total, 0)
  const before = heapMegabytes()
  const begin = performance.now()
  let [read, last, most] = [0, -1, 0]
  for await (const { id } of all({})) {
    if (id <= last) throw new Error(`${id} comes after ${last}.`)
    last = id
    if (++read % Math.ceil(total / 40) === 0) most = Math.max(most, heapMegabytes() - before)
  }
  if (read !== total) throw new Error(`${read} items of ${total} were read.`)
  const seconds = (performance.now() - begin) / 1000
  const figures = [
    `${String(count).padStart(3)} shards, ${String(total).padStart(7)} items`,
    `${most.toFixed(1).padStart(6)} MB live at the most`,
    `${String(sent.requests).padStart(5)} requests`,
    `${seconds.toFixed(1).padStart(5)} s`,
  ]
  console.log(`  ${figures.join('  ')}`)
}

await latency()
console.log('\nStreaming in order, after garbage collection')
for (const [count, total] of [
  [1, items],
  [10, items / 10],
  [10, items],
  [40, items],
] as const)
  await memory(count, Math.round(total))
