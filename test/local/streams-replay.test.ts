import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { type _Record, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams'
import { expect } from 'chai'
import fc from 'fast-check'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { propertyRuns } from '../property-runs.ts'
import { allRecords, streamOf } from './streams-access.ts'
import { tableInput, tableName } from './tables.ts'

type Item = Record<string, AttributeValue>

const start = 1_000_000_000
const name = fc.constantFrom('a', 'b', 'c')
const values = fc.record(
  {
    n: fc.constantFrom('1', '1.0', '2').map((N) => ({ N })),
    s: fc.constantFrom(['x', 'y'], ['y', 'x'], ['x']).map((SS): AttributeValue => ({ SS: [...SS] })),
    m: fc.constantFrom('1', '2').map((N) => ({ M: { l: { L: [{ N }] } } })),
    g: fc.constantFrom('g', 'h').map((S) => ({ S })),
    expiresAt: fc.integer({ min: 1, max: 4 }).map((hour) => ({ N: String(start + hour * 3600) })),
  },
  { requiredKeys: [] },
)
const put = fc.record({ kind: fc.constant('put' as const), sk: name, values })
const update = fc.record({ kind: fc.constant('update' as const), sk: name, n: fc.constantFrom('1', '2') })
const remove = fc.record({ kind: fc.constant('remove' as const), sk: name })
const write = fc.oneof({ weight: 3, arbitrary: put }, update, remove)
const distinct = fc.uniqueArray(write, { selector: ({ sk }) => sk, minLength: 1, maxLength: 3 })
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('single' as const), writes: distinct }) },
  fc.record({ kind: fc.constant('transaction' as const), writes: distinct, cancelled: fc.boolean() }),
  fc.record({ kind: fc.constant('batch' as const), writes: distinct }),
  fc.record({ kind: fc.constant('sweep' as const) }),
)
type Write = typeof write extends fc.Arbitrary<infer W> ? W : never
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const keyOf = (sk: string): Item => ({ pk: { S: 'p' }, sk: { S: sk } })

/** An item as text that does not depend on the order of names and of the members of sets. */
function textOf(item: Item | undefined): string {
  const sorted = (name: string, value: unknown): unknown => {
    if (name === 'SS') return [...(value as string[])].sort()
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
  }
  return JSON.stringify(item ?? null, sorted)
}

describe('the stream of a table, replayed from its start', () => {
  let engine: LocalEngine
  let client: DynamoDBClient
  before(async () => {
    engine = await startLocal()
    client = engine.client({ maxAttempts: 1 })
  })
  after(() => engine.close())

  async function single({ kind, sk, ...more }: Write): Promise<void> {
    const [TableName, Key] = [tableName, keyOf(sk)]
    if (kind === 'remove') await client.send(new DeleteItemCommand({ TableName, Key }))
    if ('values' in more) await client.send(new PutItemCommand({ TableName, Item: { ...Key, ...more.values } }))
    if ('n' in more) await client.send(new UpdateItemCommand({ TableName, Key, ...setNumber(more.n) }))
  }

  const setNumber = (N: string) => ({ UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': { N } } })

  const transactItem = (write: Write) => {
    const [TableName, Key] = [tableName, keyOf(write.sk)]
    if (write.kind === 'put') return { Put: { TableName, Item: { ...Key, ...write.values } } }
    if (write.kind === 'update') return { Update: { TableName, Key, ...setNumber(write.n) } }
    return { Delete: { TableName, Key } }
  }

  async function run(step: Step): Promise<void> {
    if (step.kind === 'sweep') {
      engine.clock.advance(3_600_000)
      await engine.expire()
    } else if (step.kind === 'single') {
      for (const write of step.writes) await single(write)
    } else if (step.kind === 'batch') {
      const requests = step.writes.map((write) =>
        write.kind === 'put'
          ? { PutRequest: { Item: { ...keyOf(write.sk), ...write.values } } }
          : { DeleteRequest: { Key: keyOf(write.sk) } },
      )
      await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }))
    } else {
      const ConditionExpression = 'attribute_exists(pk)'
      const failing = { ConditionCheck: { TableName: tableName, Key: keyOf('absent'), ConditionExpression } }
      const TransactItems = [...step.writes.map(transactItem), ...(step.cancelled ? [failing] : [])]
      await client.send(new TransactWriteItemsCommand({ TransactItems })).catch((error: Error) => {
        if (!step.cancelled) throw error
      })
    }
  }

  /** Applies records to nothing. Each must start from what the ones before it left, and change it. */
  function replay(records: readonly _Record[]): Map<string, Item> {
    const items = new Map<string, Item>()
    for (const { dynamodb: { Keys, OldImage, NewImage } = {}, eventName } of records) {
      const id = textOf(Keys)
      expect(textOf(OldImage)).to.equal(textOf(items.get(id)))
      expect(textOf(NewImage)).to.not.equal(textOf(OldImage))
      expect(eventName).to.equal(OldImage === undefined ? 'INSERT' : NewImage === undefined ? 'REMOVE' : 'MODIFY')
      if (NewImage === undefined) items.delete(id)
      else items.set(id, NewImage)
    }
    return items
  }

  it('gives exactly the table, over random writes, transactions and sweeps', async () => {
    const streams = engine.streamsClient()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.integer({ min: 1, max: 5 }), async (steps, limit) => {
        engine.clock.set(start * 1000)
        await client.send(new CreateTableCommand({ ...tableInput, ...streamOf('NEW_AND_OLD_IMAGES') }))
        const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expiresAt' }
        await client.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification }))
        try {
          for (const each of steps) await run(each)
          const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }))
          const replayed = replay(await allRecords(streams, tableName, limit))
          expect([...replayed.values()].map(textOf).sort()).to.deep.equal(Items.map(textOf).sort())
        } finally {
          await client.send(new DeleteTableCommand({ TableName: tableName }))
          // The stream outlives its table by a day; it is forgotten when streams are looked at after that.
          engine.clock.advance(24 * 3_600_000)
          await streams.send(new ListStreamsCommand({}))
        }
      }),
      { numRuns: propertyRuns },
    )
  })
})
