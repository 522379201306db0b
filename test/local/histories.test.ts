// Random concurrent histories: the answers of the engine have an order that explains them, as a small model of it finds.
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { propertyRuns } from '../property-runs.ts'
import { type Answer, explains, type Operation, type Step, type Write } from './history.ts'
import { createTable, tableName } from './tables.ts'

type Send = (client: DynamoDBClient, pk: string, operation: Operation) => Promise<Answer>

const amountOf = (item: Record<string, { N?: string | undefined }> | undefined) =>
  item === undefined ? null : Number(item.amount?.N)
const keyOf = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } })

function actionOf(pk: string, name: string, { kind, value, if: expected }: Write): TransactWriteItem {
  const at = { TableName: tableName, Key: keyOf(pk, name) }
  const needsValue = kind === 'add' || typeof expected === 'number'
  const condition = {
    ...(expected !== undefined && { ConditionExpression: expected === null ? 'attribute_not_exists(pk)' : 'amount = :if' }),
    ...(needsValue && {
      ExpressionAttributeValues: {
        ...(kind === 'add' && { ':value': { N: `${value}` } }),
        ...(typeof expected === 'number' && { ':if': { N: `${expected}` } }),
      },
    }),
  }
  switch (kind) {
    case 'set':
      return { Put: { TableName: tableName, Item: { ...at.Key, amount: { N: `${value}` } }, ...condition } }
    case 'add':
      return { Update: { ...at, UpdateExpression: 'ADD amount :value', ...condition } }
    case 'delete':
      return { Delete: { ...at, ...condition } }
    case 'check':
      return { ConditionCheck: { ConditionExpression: 'attribute_not_exists(never)', ...at, ...condition } }
  }
}

const refusals = [ConditionalCheckFailedException, TransactionCanceledException]
const outcome = (sent: Promise<unknown>): Promise<Answer> =>
  sent.then(
    () => 'done',
    (error) => {
      if (refusals.some((refusal) => error instanceof refusal)) return 'refused'
      throw error
    },
  )

/** The operation as a transaction. */
const inTransaction: Send = async (client, pk, operation) => {
  if (operation.kind === 'write') {
    const TransactItems = Object.entries(operation.of).map(([name, write]) => actionOf(pk, name, write))
    return outcome(client.send(new TransactWriteItemsCommand({ TransactItems })))
  }
  const TransactItems = operation.names.map((name) => ({ Get: { TableName: tableName, Key: keyOf(pk, name) } }))
  const { Responses = [] } = await client.send(new TransactGetItemsCommand({ TransactItems }))
  return Responses.map(({ Item }) => amountOf(Item))
}

/** The operation as plain requests, one for each item and one after another. */
const oneByOne: Send = async (client, pk, operation) => {
  if (operation.kind === 'read') {
    const values: (number | null)[] = []
    for (const name of operation.names) {
      const request = { TableName: tableName, Key: keyOf(pk, name), ConsistentRead: true }
      values.push(amountOf((await client.send(new GetItemCommand(request))).Item))
    }
    return values
  }
  let answer: Answer = 'done'
  for (const [name, write] of Object.entries(operation.of)) {
    const { Put, Update, Delete } = actionOf(pk, name, write)
    if (Put !== undefined) answer = await outcome(client.send(new PutItemCommand(Put)))
    if (Update !== undefined) answer = await outcome(client.send(new UpdateItemCommand(Update)))
    if (Delete !== undefined) answer = await outcome(client.send(new DeleteItemCommand(Delete)))
  }
  return answer
}

/** Processes that each do their operations one after another, all at once. */
async function perform(client: DynamoDBClient, pk: string, send: Send, processes: readonly (readonly Operation[])[]) {
  const steps: Step[] = []
  let time = 0
  const work = async (operations: readonly Operation[]) => {
    for (const operation of operations) {
      const start = time++
      const answer = await send(client, pk, operation)
      steps.push({ operation, start, end: time++, answer })
    }
  }
  await Promise.all(processes.map(work))
  return steps
}

const names = ['x', 'y', 'z']
const writeOf = (...kinds: Write['kind'][]): fc.Arbitrary<Write> =>
  fc.record(
    {
      kind: fc.constantFrom(...kinds),
      value: fc.integer({ min: 1, max: 3 }),
      if: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 2 }),
    },
    { requiredKeys: ['kind', 'value'] },
  )

/** Processes whose operations concern at most so many items each. */
function processesOf(items: number, write: fc.Arbitrary<Write>): fc.Arbitrary<Operation[][]> {
  const some = fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: items })
  const operation = fc.oneof(
    some.map((read): Operation => ({ kind: 'read', names: read })),
    some.chain((written) =>
      fc
        .record(Object.fromEntries(written.map((name) => [name, write])))
        .map((of): Operation => ({ kind: 'write', of: of as Record<string, Write> })),
    ),
  )
  const process = fc.array(operation, { minLength: 1, maxLength: 4 })
  return fc.array(process, { minLength: 2, maxLength: 4 })
}

describe('a random concurrent history', () => {
  let engine: LocalEngine
  let run = 0
  before(async () => {
    engine = await startLocal()
    await createTable(engine.client())
  })
  after(() => engine.close())

  const singles = processesOf(1, writeOf('set', 'add', 'delete'))
  const transactions = processesOf(3, writeOf('set', 'add', 'delete', 'check'))
  for (const [transport, open] of [
    ['in process', () => engine.client()],
    ['over HTTP', () => engine.client({ endpoint: engine.endpoint })],
  ] as const) {
    for (const [property, processes, send] of [
      ['of single items is linearizable', singles, oneByOne],
      ['of transactions is strictly serializable', transactions, inTransaction],
    ] as const) {
      it(`${property}, ${transport}`, async () => {
        const client = open()
        let refused = 0
        await fc.assert(
          fc.asyncProperty(processes, async (operations) => {
            const history = await perform(client, `history ${++run}`, send, operations)
            refused += history.filter(({ answer }) => answer === 'refused').length
            expect(explains(history), JSON.stringify(history)).to.equal(true)
          }),
          { numRuns: Math.ceil(propertyRuns / 4) },
        )
        expect(refused, 'conditions that did not hold').to.be.greaterThan(0)
      })
    }

    it(`of the same operations as plain requests is not, ${transport}`, async () => {
      const client = open()
      const histories = fc.sample(processesOf(3, writeOf('set', 'add', 'delete')), { numRuns: 100, seed: 1 })
      let unexplained = 0
      for (const processes of histories) {
        if (!explains(await perform(client, `history ${++run}`, oneByOne, processes))) unexplained++
      }
      expect(unexplained).to.be.greaterThan(10)
    })
  }

  it('has no order when a read comes after a write that it does not see', () => {
    const write = {
      operation: { kind: 'write', of: { x: { kind: 'set', value: 1 } } },
      start: 0,
      end: 1,
      answer: 'done',
    } as const
    const read = { kind: 'read', names: ['x'] } as const
    expect(explains([write, { operation: read, start: 2, end: 3, answer: [null] }])).to.equal(false)
    expect(explains([write, { operation: read, start: 0.5, end: 3, answer: [null] }])).to.equal(true)
    expect(explains([write, { operation: read, start: 2, end: 3, answer: [1] }])).to.equal(true)
  })
})
