// Isolation: a thousand operations at once, over both transports, show no reader a state that never was and lose nothing.
import {
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { createTable, tableName } from './tables.ts'

const TableName = tableName
const keyOf = (sk: string, pk = 'bank') => ({ pk: { S: pk }, sk: { S: sk } })
const add = (Key: ReturnType<typeof keyOf>, amount: number) => ({
  TableName,
  Key,
  UpdateExpression: 'ADD amount :a',
  ExpressionAttributeValues: { ':a': { N: String(amount) } },
})

describe('isolation', () => {
  let engine: LocalEngine
  const transports: readonly [string, () => DynamoDBClient][] = [
    ['in process', () => engine.client()],
    ['over HTTP', () => engine.client({ endpoint: engine.endpoint })],
  ]
  before(async () => {
    engine = await startLocal()
    await createTable(engine.client())
  })
  after(() => engine.close())

  const names = ['a', 'b', 'c', 'd']
  const total = 4000

  /** A thousand operations at once by both transports. Answers how many transactional reads saw another total, and the counters' sum. */
  async function thousandAtOnce(
    pk: string,
    transfer: (client: DynamoDBClient, from: string, to: string, amount: number) => unknown,
  ) {
    const clients = transports.map(([, open]) => open())
    const Gets = names.map((name) => ({ Get: { TableName, Key: keyOf(name, pk) } }))
    for (const name of names) await clients[0]?.send(new UpdateItemCommand(add(keyOf(name, pk), total / names.length)))
    let torn = 0
    const work = Array.from({ length: 1000 }, async (_, at) => {
      const client = clients[at % 2] as DynamoDBClient
      const [from = '', to = ''] = [names[at % 4], names[(at + 1 + (at % 3)) % 4]]
      switch (Math.floor(at / 2) % 4) {
        case 0:
          return transfer(client, from, to, 1 + (at % 9))
        case 1: {
          const { Responses = [] } = await client.send(new TransactGetItemsCommand({ TransactItems: Gets }))
          if (Responses.reduce((sum, { Item }) => sum + Number(Item?.amount?.N), 0) !== total) torn++
          return
        }
        case 2:
          return client.send(new UpdateItemCommand(add(keyOf('counter', `${pk} counters`), 1)))
        default:
          return client.send(
            new PutItemCommand({ TableName, Item: { ...keyOf(`note ${at}`, `${pk} notes`), at: { N: `${at}` } } }),
          )
      }
    })
    await Promise.all(work)
    const itemsOf = async (partition: string) => {
      const values = { ':p': { S: partition } }
      const request = { TableName, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: values }
      return (await clients[0]?.send(new QueryCommand(request)))?.Items ?? []
    }
    const sum = (await itemsOf(pk)).reduce((all, { amount }) => all + Number(amount?.N), 0)
    const [counter] = await itemsOf(`${pk} counters`)
    return { torn, sum, counted: Number(counter?.amount?.N), notes: (await itemsOf(`${pk} notes`)).length }
  }

  it('shows none of 1,000 operations at once a torn state, and loses none', async () => {
    const outcome = await thousandAtOnce('transactions', (client, from, to, amount) =>
      client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Update: add(keyOf(from, 'transactions'), -amount) },
            { Update: add(keyOf(to, 'transactions'), amount) },
          ],
        }),
      ),
    )
    expect(outcome).to.deep.equal({ torn: 0, sum: total, counted: 250, notes: 250 })
  })

  it('would notice: the same transfers as two plain writes are seen torn', async () => {
    const outcome = await thousandAtOnce('plain', async (client, from, to, amount) => {
      await client.send(new UpdateItemCommand(add(keyOf(from, 'plain'), -amount)))
      await client.send(new UpdateItemCommand(add(keyOf(to, 'plain'), amount)))
    })
    expect(outcome.torn).to.be.greaterThan(0)
    expect(outcome).to.deep.include({ sum: total, counted: 250, notes: 250 })
  })
})
