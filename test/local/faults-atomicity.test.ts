// Whatever faults strike, the engine's own data is never torn: a request is done whole or not at all, and its answer does not lie.
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import { type Fault, type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { propertyRuns } from '../property-runs.ts'
import { createTable, tableName } from './tables.ts'

type Kind = 'put' | 'batch' | 'transaction'
interface Write {
  readonly kind: Kind
  readonly size: number
}
/** What the answers say of each item: that it is there, that it is not, or nothing. */
type Expected = 'there' | 'absent' | 'unknown'

const writeArbitrary = fc.record<Write>({
  kind: fc.constantFrom('put', 'batch', 'transaction'),
  size: fc.integer({ min: 1, max: 6 }),
})

const operationsArbitrary = fc.constantFrom(['PutItem'] as const, ['BatchWriteItem'] as const, ['TransactWriteItems'] as const)
const effectArbitrary = fc.oneof(
  fc.record({ kind: fc.constant('throttle' as const), operations: operationsArbitrary }),
  fc.record({ kind: fc.constant('transactionConflict' as const) }),
  fc.record({ kind: fc.constant('unprocessed' as const), share: fc.constantFrom(0.2, 0.5, 1) }),
  fc.record({ kind: fc.constant('latency' as const), milliseconds: fc.constant(0), when: fc.constantFrom('before', 'after') }),
  fc.record({ kind: fc.constantFrom('internalError', 'disconnect'), when: fc.constantFrom('before', 'after') }),
)
const faultArbitrary: fc.Arbitrary<Fault> = fc
  .tuple(effectArbitrary, fc.constantFrom(0.2, 0.6, 1), fc.nat(), fc.constantFrom(1, 3, 1000))
  .map(([effect, probability, seed, times]) => ({ ...effect, probability, seed, times }) as Fault)

describe('data under faults', () => {
  let engine: LocalEngine
  let client: DynamoDBClient
  before(async () => {
    engine = await startLocal()
    client = engine.client({ maxAttempts: 1 })
    await createTable(client)
  })
  after(() => engine.close())
  let run = 0

  const itemOf = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk }, g: { S: pk }, h: { S: sk } })

  /** Sends a write, and says what its answer implies for each of its items. */
  async function send(pk: string, { kind, size }: Write, at: number): Promise<Map<string, Expected>> {
    const sks = Array.from({ length: kind === 'put' ? 1 : size }, (_, part) => `${at}.${part}`)
    const all = (expected: Expected) => new Map(sks.map((sk) => [sk, expected]))
    const Items = sks.map((sk) => itemOf(pk, sk))
    try {
      if (kind === 'put') await client.send(new PutItemCommand({ TableName: tableName, Item: Items[0] }))
      else if (kind === 'transaction') {
        const TransactItems = Items.map((Item) => ({ Put: { TableName: tableName, Item } }))
        await client.send(new TransactWriteItemsCommand({ TransactItems }))
      } else {
        const RequestItems = { [tableName]: Items.map((Item) => ({ PutRequest: { Item } })) }
        const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems }))
        const left = UnprocessedItems?.[tableName]?.map(({ PutRequest }) => PutRequest?.Item?.sk?.S ?? '') ?? []
        return new Map([...all('there'), ...left.map((sk) => [sk, 'absent'] as const)])
      }
      return all('there')
    } catch (error) {
      const { name } = error as Error
      return all(name === 'InternalServerError' || name === 'TimeoutError' ? 'unknown' : 'absent')
    }
  }

  async function query(pk: string, IndexName?: string): Promise<string[]> {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        ...(IndexName === undefined ? {} : { IndexName }),
        KeyConditionExpression: IndexName === undefined ? 'pk = :p' : 'g = :p',
        ExpressionAttributeValues: { ':p': { S: pk } },
      }),
    )
    return Items.map(({ sk }: Record<string, AttributeValue>) => sk?.S ?? '').sort()
  }

  it('is what the answers say, with every transaction whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(faultArbitrary, { maxLength: 4 }),
        fc.array(writeArbitrary, { minLength: 1, maxLength: 12 }),
        async (faults, writes) => {
          const pk = `run-${++run}`
          for (const fault of faults) engine.faults.add(fault)
          const answers = await Promise.all(writes.map((write, at) => send(pk, write, at)))
          engine.faults.clear()
          const stored = await query(pk)
          expect(await query(pk, 'byGroup')).to.deep.equal(stored)
          answers.forEach((answer, at) => {
            const there = [...answer.keys()].filter((sk) => stored.includes(sk))
            for (const [sk, expected] of answer) {
              if (expected !== 'unknown') expect(stored.includes(sk), `${sk} is ${expected}`).to.equal(expected === 'there')
            }
            if (writes[at]?.kind === 'transaction') expect(there.length, `transaction ${at}`).to.be.oneOf([0, answer.size])
          })
        },
      ),
      { numRuns: propertyRuns },
    )
  })

  it('is done exactly when the fault comes after', async () => {
    for (const kind of ['internalError', 'disconnect'] as const) {
      for (const when of ['before', 'after'] as const) {
        const pk = `${kind}-${when}`
        using _fault = engine.faults.add({ kind, when, operations: ['PutItem', 'BatchWriteItem', 'TransactWriteItems'] })
        const writes = (['put', 'batch', 'transaction'] as const).map((of, at) => send(pk, { kind: of, size: 3 }, at))
        const answers = await Promise.all(writes)
        expect(answers.flatMap((answer) => [...answer.values()])).to.deep.equal(Array(7).fill('unknown'))
        expect(await query(pk)).to.have.length(when === 'after' ? 7 : 0)
      }
    }
  })
})
