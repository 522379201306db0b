import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { createTable, failureOf, tableName } from './tables.ts'

type Actions = NonNullable<TransactWriteItemsCommandInput['TransactItems']>

const keyOf = (sk: string) => ({ pk: { S: 'account' }, sk: { S: sk } })
const put = (sk: string, more = {}) => ({ Put: { TableName: tableName, Item: { ...keyOf(sk), ...more } } })
const add = (sk: string, amount: number) => ({
  TableName: tableName,
  Key: keyOf(sk),
  UpdateExpression: 'ADD amount :n',
  ExpressionAttributeValues: { ':n': { N: String(amount) } },
})

describe('transactions', () => {
  let engine: LocalEngine
  let client: DynamoDBClient
  beforeEach(async () => {
    engine = await startLocal({ clock: 1_800_000_000_000 })
    client = engine.client()
    await createTable(client)
  })
  afterEach(() => engine.close())

  const write = (TransactItems: Actions, more: Partial<TransactWriteItemsCommandInput> = {}) =>
    client.send(new TransactWriteItemsCommand({ TransactItems, ...more }))
  const get = async (sk: string) => (await client.send(new GetItemCommand({ TableName: tableName, Key: keyOf(sk) }))).Item
  const reasonsOf = async (actions: Actions) => {
    const failure = await failureOf(write(actions))
    expect(failure.name).to.equal('TransactionCanceledException')
    return failure.CancellationReasons as { Code: string; Message?: string; Item?: unknown }[]
  }

  it('makes every write, with its index rows', async () => {
    await write([put('a', { g: { S: 'x' }, h: { S: '1' } }), { Update: add('b', 5) }, put('c')])
    await write([
      { Delete: { TableName: tableName, Key: keyOf('a') } },
      put('d', { g: { S: 'x' }, h: { S: '2' } }),
      { ConditionCheck: { TableName: tableName, Key: keyOf('c'), ConditionExpression: 'attribute_exists(pk)' } },
    ])
    expect(await get('a')).to.equal(undefined)
    expect((await get('b'))?.amount).to.deep.equal({ N: '5' })
    const { Items } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: 'byGroup',
        KeyConditionExpression: 'g = :g',
        ExpressionAttributeValues: { ':g': { S: 'x' } },
      }),
    )
    expect(Items?.map(({ sk }) => sk?.S)).to.deep.equal(['d'])
  })

  it('makes no write when one fails, and gives a reason for each', async () => {
    await write([put('a', { v: { N: '1' } })])
    const absent = { ConditionExpression: 'attribute_not_exists(pk)' }
    const reasons = await reasonsOf([
      put('b'),
      { Put: { ...put('a').Put, ...absent, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
      { ConditionCheck: { TableName: tableName, Key: keyOf('c'), ConditionExpression: 'attribute_exists(pk)' } },
      { Update: { ...add('d', 1), ConditionExpression: 'attribute_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
    ])
    const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' }
    expect(reasons).to.deep.equal([{ Code: 'None' }, { ...failed, Item: { ...keyOf('a'), v: { N: '1' } } }, failed, failed])
    expect(await get('b')).to.equal(undefined)
  })

  it('reports mistakes in keys and values through the reasons', async () => {
    const wrongKey = { Delete: { TableName: tableName, Key: { pk: { N: '1' }, sk: { S: 'a' } } } }
    const emptyIndexKey = put('a', { g: { S: '' } })
    const reasons = await reasonsOf([wrongKey, emptyIndexKey, put('b')])
    expect(reasons.map(({ Code }) => Code)).to.deep.equal(['ValidationError', 'ValidationError', 'None'])
    expect(reasons[1]?.Message).to.match(/empty string value\. IndexName: byGroup, IndexKey: g$/)
  })

  const refusals: [name: string, actions: Actions, message: RegExp][] = [
    ['no action', [], /length greater than or equal to 1/],
    ['101 actions', Array.from({ length: 101 }, (_, at) => put(String(at))), /length less than or equal to 100/],
    ['two actions on one item', [put('a'), { Update: add('a', 1) }], /cannot include multiple operations on one item/],
    ['two kinds in one action', [{ ...put('a'), Update: add('b', 1) }], /can only contain one of/],
    ['an action of no kind', [{}], /can only contain one of/],
    ['a syntax error', [{ Update: { ...add('a', 1), UpdateExpression: 'ADD' } }], /Invalid UpdateExpression/],
    ['more than 4 MB', Array.from({ length: 11 }, (_, at) => put(String(at), { d: { S: 'x'.repeat(400_000) } })), /4 ?MB/],
  ]
  for (const [name, actions, message] of refusals) {
    it(`refuses ${name} as a whole`, async () => {
      const failure = await failureOf(write(actions))
      expect(failure.name).to.equal('ValidationException')
      expect(failure.message).to.match(message)
    })
  }

  it('takes 100 actions', async () => {
    await write(Array.from({ length: 100 }, (_, at) => put(String(at))))
    expect(await get('99')).to.deep.equal(keyOf('99'))
  })

  it('refuses an unknown table', async () => {
    expect((await failureOf(write([{ Put: { TableName: 'none', Item: keyOf('a') } }]))).name).to.equal(
      'ResourceNotFoundException',
    )
  })

  it('answers a repeated token from the first success for ten minutes', async () => {
    const send = (amount: number, token = 'token') => write([{ Update: add('a', amount) }], { ClientRequestToken: token })
    await send(1)
    await send(1)
    engine.clock.advance(10 * 60 * 1000 - 1)
    await send(1)
    expect((await get('a'))?.amount).to.deep.equal({ N: '1' })
    expect((await failureOf(send(2))).name).to.equal('IdempotentParameterMismatchException')
    engine.clock.advance(1)
    await send(2)
    expect((await get('a'))?.amount).to.deep.equal({ N: '3' })
  })

  it('knows a repeated request whatever the order of its members', async () => {
    const at = (first: object, last: object) => put('a', { place: { M: { ...first, ...last } }, ...first, ...last })
    const [x, y] = [{ x: { N: '1' } }, { y: { N: '2' } }]
    await write([at(x, y)], { ClientRequestToken: 'token' })
    await client.send(new DeleteItemCommand({ TableName: tableName, Key: keyOf('a') }))
    await write([at(y, x)], { ClientRequestToken: 'token' })
    expect(await get('a')).to.equal(undefined)
    const other = await failureOf(write([at(x, { y: { N: '3' } })], { ClientRequestToken: 'token' }))
    expect(other.name).to.equal('IdempotentParameterMismatchException')
  })

  it('does not remember the token of a transaction that failed', async () => {
    const once = () =>
      write([{ Put: { ...put('a').Put, ConditionExpression: 'attribute_exists(pk)' } }], { ClientRequestToken: 't' })
    expect((await failureOf(once())).name).to.equal('TransactionCanceledException')
    await client.send(new PutItemCommand({ TableName: tableName, Item: keyOf('a') }))
    await once()
  })

  it('reads several items, and charges double', async () => {
    await write([put('a', { v: { N: '1' } })])
    const { Responses, ConsumedCapacity } = await client.send(
      new TransactGetItemsCommand({
        TransactItems: [
          { Get: { TableName: tableName, Key: keyOf('a'), ProjectionExpression: 'v' } },
          { Get: { TableName: tableName, Key: keyOf('none') } },
        ],
        ReturnConsumedCapacity: 'TOTAL',
      }),
    )
    expect(Responses).to.deep.equal([{ Item: { v: { N: '1' } } }, {}])
    expect(ConsumedCapacity).to.deep.equal([{ TableName: tableName, CapacityUnits: 4, ReadCapacityUnits: 4 }])
    const written = await write([put('b', { g: { S: 'x' }, h: { S: 'y' } }), put('c')], { ReturnConsumedCapacity: 'INDEXES' })
    const units = (count: number) => ({ CapacityUnits: count, WriteCapacityUnits: count })
    expect(written.ConsumedCapacity).to.deep.equal([
      { TableName: tableName, ...units(6), Table: units(4), GlobalSecondaryIndexes: { byGroup: units(2) } },
    ])
  })

  for (const transport of ['in process', 'HTTP'] as const) {
    describe(`many at once, ${transport === 'HTTP' ? 'through HTTP' : transport}`, () => {
      const rounds = 80
      let reader: DynamoDBClient
      beforeEach(async () => {
        reader = engine.client(transport === 'HTTP' ? { endpoint: engine.endpoint } : {})
        await write([put('left', { amount: { N: '1000' } }), put('right', { amount: { N: '1000' } })])
      })

      /** Moves money and counts from many sides at once; returns how often a reader saw the sum of both accounts changed. */
      async function tornReads(move: (amount: number) => Promise<unknown>): Promise<number> {
        const Gets = ['left', 'right'].map((sk) => ({ Get: { TableName: tableName, Key: keyOf(sk) } }))
        let torn = 0
        const read = async () => {
          for (let again = 0; again < 3; again++) {
            const { Responses = [] } = await reader.send(new TransactGetItemsCommand({ TransactItems: Gets }))
            const sum = Responses.reduce((total, { Item }) => total + Number(Item?.amount?.N), 0)
            if (sum !== 2000) torn++
          }
        }
        const work = Array.from({ length: rounds }, (_, at) => [
          move((at % 7) + 1),
          read(),
          reader.send(new UpdateItemCommand(add('counter', 1))),
        ])
        await Promise.all(work.flat())
        return torn
      }

      it('shows no reader half a transaction, and loses no update', async () => {
        const transfer = (amount: number) =>
          reader.send(
            new TransactWriteItemsCommand({
              TransactItems: [{ Update: add('left', -amount) }, { Update: add('right', amount) }],
            }),
          )
        expect(await tornReads(transfer)).to.equal(0)
        expect((await get('counter'))?.amount).to.deep.equal({ N: String(rounds) })
        const moved = Array.from({ length: rounds }, (_, at) => (at % 7) + 1).reduce((total, amount) => total + amount, 0)
        expect((await get('left'))?.amount).to.deep.equal({ N: String(1000 - moved) })
        expect((await get('right'))?.amount).to.deep.equal({ N: String(1000 + moved) })
      })

      it('would notice: the same transfers as two writes are seen half done', async () => {
        const transfer = async (amount: number) => {
          await reader.send(new UpdateItemCommand(add('left', -amount)))
          await reader.send(new UpdateItemCommand(add('right', amount)))
        }
        expect(await tornReads(transfer)).to.be.greaterThan(0)
      })
    })
  }
})
