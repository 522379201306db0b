import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  type DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { loadDynalite } from '../../lib/local/dynalite.ts'
import { type Fault, type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { operationNames } from '../../lib/local/operation-name.ts'
import { dispatch } from '../../lib/local/operations.ts'
import { createTable, failureOf, tableInput, tableName } from './tables.ts'

const otherTable = 'other'
const keyOf = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } })
const put = (sk: string, TableName = tableName) => new PutItemCommand({ TableName, Item: keyOf(sk) })
const count = (sk: string) =>
  new UpdateItemCommand({
    TableName: tableName,
    Key: keyOf(sk),
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  })
const writeAll = (...sks: string[]) =>
  new TransactWriteItemsCommand({ TransactItems: sks.map((sk) => ({ Put: { TableName: tableName, Item: keyOf(sk) } })) })

/** The SDK's retries, three of them, without its waiting. */
const atOnce: DynamoDBClientConfig['retryStrategy'] = {
  acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
  refreshRetryTokenForRetry: async (token, { error }) => {
    if (token.getRetryCount() === 3) throw error
    return { getRetryCount: () => token.getRetryCount() + 1, getRetryDelay: () => 0 }
  },
  recordSuccess: () => {},
}

for (const transport of ['in process', 'HTTP'] as const) {
  describe(`a fault, ${transport === 'HTTP' ? 'through HTTP' : transport}`, () => {
    let engine: LocalEngine
    /** Without retries. */
    let client: DynamoDBClient
    const clientWith = (config: DynamoDBClientConfig) =>
      engine.client({ ...config, ...(transport === 'HTTP' && { endpoint: engine.endpoint }) })
    beforeEach(async () => {
      engine = await startLocal()
      client = clientWith({ maxAttempts: 1 })
      await createTable(client)
      await client.send(new CreateTableCommand({ ...tableInput, TableName: otherTable }))
    })
    afterEach(() => engine.close())

    const stored = async () => {
      const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: tableName }))
      return Items.map(({ sk }) => sk?.S).sort()
    }

    const throttles = ['ProvisionedThroughputExceededException', 'ThrottlingException'] as const
    for (const error of throttles) {
      it(`throttles with ${error}, and does nothing`, async () => {
        const fault = engine.faults.add({ kind: 'throttle', error, times: 1 })
        expect(await failureOf(client.send(put('a')))).to.include({ name: error })
        expect(await stored()).to.deep.equal([])
        expect(fault.strikes).to.equal(1)
      })
    }

    it('is tried again by the SDK, until it is over', async () => {
      const kinds = ['throttle', 'internalError', 'disconnect'] as const
      const faults = kinds.map((kind) => engine.faults.add({ kind, operations: ['PutItem'], times: 1 }))
      await clientWith({ retryStrategy: atOnce }).send(put('a'))
      expect(faults.map(({ strikes }) => strikes)).to.deep.equal([1, 1, 1])
      expect(await stored()).to.deep.equal(['a'])
    })

    for (const kind of ['internalError', 'disconnect'] as const) {
      const seen = kind === 'internalError' ? { name: 'InternalServerError' } : { name: 'TimeoutError', code: 'ECONNRESET' }

      it(`of the kind ${kind} strikes before anything is done, by default`, async () => {
        engine.faults.add({ kind, operations: ['PutItem'], times: 1 })
        expect(await failureOf(client.send(put('a')))).to.include(seen)
        expect(await stored()).to.deep.equal([])
      })

      it(`of the kind ${kind} strikes after all has been done, so that a repetition does it twice`, async () => {
        engine.faults.add({ kind, when: 'after', operations: ['UpdateItem'], times: 1 })
        await clientWith({ retryStrategy: atOnce }).send(count('a'))
        const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: keyOf('a') }))
        expect(Item?.n).to.deep.equal({ N: '2' })
      })

      it(`of the kind ${kind} hides a transaction's success, which its token finds again`, async () => {
        engine.faults.add({ kind, when: 'after', operations: ['TransactWriteItems'], times: 1 })
        const Update = { ...count('a').input, UpdateExpression: 'ADD n :one' }
        const write = new TransactWriteItemsCommand({ TransactItems: [{ Update }], ClientRequestToken: 'once' })
        await clientWith({ retryStrategy: atOnce }).send(write)
        const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: keyOf('a') }))
        expect(Item?.n).to.deep.equal({ N: '1' })
      })

      it(`of the kind ${kind} hides a refusal too`, async () => {
        engine.faults.add({ kind, when: 'after', operations: ['PutItem'], times: 1 })
        const refused = new PutItemCommand({
          TableName: tableName,
          Item: keyOf('a'),
          ConditionExpression: 'attribute_exists(pk)',
        })
        expect(await failureOf(client.send(refused))).to.include(seen)
        expect(await stored()).to.deep.equal([])
      })
    }

    it('makes single writes conflict with a transaction, and no read', async () => {
      const fault = engine.faults.add({ kind: 'transactionConflict' })
      for (const write of [put('a'), count('a')]) {
        expect(await failureOf(client.send(write as PutItemCommand))).to.include({
          name: 'TransactionConflictException',
          message: 'Transaction is ongoing for the item',
        })
      }
      await client.send(new GetItemCommand({ TableName: tableName, Key: keyOf('a') }))
      expect(fault.strikes).to.equal(2)
      expect(await stored()).to.deep.equal([])
    })

    const operations = ['TransactWriteItems' as const]
    const cancellations: [Fault, code: string, message: RegExp][] = [
      [{ kind: 'transactionConflict', operations }, 'TransactionConflict', /^Transaction is ongoing for the item$/],
      [{ kind: 'throttle', operations }, 'ProvisionedThroughputExceeded', /provisioned throughput for the table was exceeded/],
      [{ kind: 'throttle', operations, error: 'ThrottlingException' }, 'ThrottlingError', /exceeds the current capacity/],
    ]
    for (const [fault, code, message] of cancellations) {
      it(`cancels a transaction with the reason ${code} on one of its actions`, async () => {
        const victims = new Set<number>()
        engine.faults.add(fault)
        for (let run = 0; run < 30; run++) {
          const { name, CancellationReasons } = await failureOf(client.send(writeAll('a', 'b', 'c')))
          expect(name).to.equal('TransactionCanceledException')
          const reasons = CancellationReasons as { Code: string; Message?: string }[]
          expect(reasons.map(({ Code }) => Code).sort()).to.deep.equal(['None', 'None', code].sort())
          victims.add(reasons.findIndex(({ Code }) => Code === code))
          expect(reasons.find(({ Code }) => Code === code)?.Message).to.match(message)
        }
        expect([...victims].sort()).to.deep.equal([0, 1, 2])
        expect(await stored()).to.deep.equal([])
      })
    }

    it('cancels a transaction of reads, because of the table that it is limited to', async () => {
      engine.faults.add({ kind: 'transactionConflict', table: otherTable })
      const gets = [tableName, otherTable].map((TableName) => ({ Get: { TableName, Key: keyOf('a') } }))
      const { CancellationReasons } = await failureOf(client.send(new TransactGetItemsCommand({ TransactItems: gets })))
      expect((CancellationReasons as { Code: string }[]).map(({ Code }) => Code)).to.deep.equal(['None', 'TransactionConflict'])
      await client.send(new TransactGetItemsCommand({ TransactItems: gets.slice(0, 1) }))
    })

    describe('that leaves a batch unprocessed', () => {
      const puts = (sks: readonly string[]) => sks.map((sk) => ({ PutRequest: { Item: keyOf(sk) } }))
      const sks = Array.from({ length: 25 }, (_, at) => String(at).padStart(2, '0'))

      it('does nothing of it, by default', async () => {
        engine.faults.add({ kind: 'unprocessed', times: 1 })
        const RequestItems = { [tableName]: puts(sks) }
        const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems }))
        expect(UnprocessedItems).to.deep.equal(RequestItems)
        expect(await stored()).to.deep.equal([])
      })

      it('does a share of the writes, and gives back exactly the others', async () => {
        engine.faults.add({ kind: 'unprocessed', share: 0.5, times: 1 })
        const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: puts(sks) } }))
        const left = UnprocessedItems?.[tableName]?.map(({ PutRequest }) => PutRequest?.Item?.sk?.S ?? '') ?? []
        expect(left.length).to.be.within(1, 24)
        expect([...left, ...(await stored())].sort()).to.deep.equal(sks)
      })

      it('leaves at least one entry however small the share', async () => {
        engine.faults.add({ kind: 'unprocessed', share: 1e-9, times: 1 })
        const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: puts(sks) } }))
        expect(UnprocessedItems?.[tableName]).to.have.length(1)
      })

      it('answers a share of the keys, and gives back the others as they were asked for', async () => {
        await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: puts(sks) } }))
        engine.faults.add({ kind: 'unprocessed', share: 0.5, times: 1 })
        const asked = { ConsistentRead: true, ProjectionExpression: '#s', ExpressionAttributeNames: { '#s': 'sk' } }
        const RequestItems = { [tableName]: { Keys: sks.map(keyOf), ...asked } }
        const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems }))
        const { Keys = [], ...rest } = UnprocessedKeys?.[tableName] ?? {}
        expect(rest).to.deep.equal(asked)
        expect(Keys.length).to.be.within(1, 24)
        const found = Responses?.[tableName]?.map(({ sk }) => sk?.S) ?? []
        expect([...found, ...Keys.map(({ sk }) => sk?.S)].sort()).to.deep.equal(sks)
      })

      it('leaves only entries of the table that it is limited to', async () => {
        engine.faults.add({ kind: 'unprocessed', table: otherTable })
        const RequestItems = { [tableName]: puts(['a']), [otherTable]: puts(['b']) }
        const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems }))
        expect(UnprocessedItems).to.deep.equal({ [otherTable]: puts(['b']) })
        const keys = Object.fromEntries([tableName, otherTable].map((table) => [table, { Keys: [keyOf('a')] }]))
        const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems: keys }))
        expect(Responses).to.deep.equal({ [tableName]: [keyOf('a')], [otherTable]: [] })
        expect(UnprocessedKeys).to.deep.equal({ [otherTable]: { Keys: [keyOf('a')] } })
      })

      it('refuses an invalid batch as a whole, wherever the mistake is', async () => {
        engine.faults.add({ kind: 'unprocessed' })
        const mistakes = [{ PutRequest: { Item: { pk: { S: 'p' } } } }, ...puts(['a', 'a'])]
        for (const mistake of mistakes) {
          const RequestItems = { [tableName]: [...puts(['a']), mistake] }
          expect(await failureOf(client.send(new BatchWriteItemCommand({ RequestItems })))).to.include({
            name: 'ValidationException',
          })
        }
        expect(await stored()).to.deep.equal([])
      })

      it('strikes batches only', async () => {
        const fault = engine.faults.add({ kind: 'unprocessed' })
        await client.send(put('a'))
        await client.send(writeAll('b'))
        expect(fault.strikes).to.equal(0)
      })
    })

    for (const when of ['before', 'after'] as const) {
      it(`makes a request late ${when} it is done, and then goes on`, async () => {
        const fault = engine.faults.add({ kind: 'latency', milliseconds: 1, when, operations: ['PutItem'] })
        await client.send(put('a'))
        expect(fault.strikes).to.equal(1)
        expect(await stored()).to.deep.equal(['a'])
      })
    }

    it('makes an answer late by default, while its effect is there at once', async () => {
      engine.faults.add({ kind: 'latency', milliseconds: 600_000, operations: ['PutItem'] })
      let answered = false
      const late = failureOf(client.send(put('a')).then(() => (answered = true)))
      await untilLogged(engine, 'PutItem')
      expect(await stored()).to.deep.equal(['a'])
      expect(answered).to.equal(false)
      await engine.close()
      await late
    })

    it('makes a request late when asked, so that others overtake it', async () => {
      engine.faults.add({ kind: 'latency', milliseconds: 600_000, when: 'before', operations: ['PutItem'] })
      const late = failureOf(client.send(put('a')))
      await client.send(count('b'))
      expect(await stored()).to.deep.equal(['b'])
      await engine.close()
      await late
    })

    it('gives way to a caller who gives up', async () => {
      engine.faults.add({ kind: 'latency', milliseconds: 600_000 })
      const giveUp = new AbortController()
      const late = failureOf(client.send(put('a'), { abortSignal: giveUp.signal }))
      await untilLogged(engine, 'PutItem')
      giveUp.abort()
      expect(await late).to.include({ name: 'AbortError' })
    })

    it('does not keep an engine from closing', async () => {
      engine.faults.add({ kind: 'latency', milliseconds: 600_000 })
      const late = failureOf(client.send(put('a')))
      await untilLogged(engine, 'PutItem')
      await engine.close()
      await late
    })
  })
}

/** Waits until an operation has been done. Each turn lets sockets be read. */
async function untilLogged(engine: LocalEngine, operation: 'PutItem'): Promise<void> {
  while (engine.requests.of(operation).length === 0) await new Promise((resolve) => setImmediate(resolve))
}

describe('faults', () => {
  let engine: LocalEngine
  let client: DynamoDBClient
  beforeEach(async () => {
    engine = await startLocal()
    client = engine.client({ maxAttempts: 1 })
    await createTable(client)
    await client.send(new CreateTableCommand({ ...tableInput, TableName: otherTable }))
  })
  afterEach(() => engine.close())

  const outcomes = async (...commands: (PutItemCommand | GetItemCommand)[]) => {
    const before = engine.requests.length
    for (const command of commands) await client.send(command as PutItemCommand).catch(() => {})
    return [...engine.requests].slice(before).map(({ outcome }) => (outcome === 'ok' ? 'ok' : 'struck'))
  }
  const get = new GetItemCommand({ TableName: tableName, Key: keyOf('a') })

  it('strike the operations they name', async () => {
    engine.faults.add({ kind: 'throttle', operations: ['GetItem', 'Query'] })
    expect(await outcomes(put('a'), get, put('b'))).to.deep.equal(['ok', 'struck', 'ok'])
  })

  it('strike the table they name', async () => {
    engine.faults.add({ kind: 'throttle', table: otherTable })
    expect(await outcomes(put('a'), put('a', otherTable))).to.deep.equal(['ok', 'struck'])
  })

  it('strike the requests that a predicate picks', async () => {
    engine.faults.add({ kind: 'throttle', matching: ({ params }) => (params.Item as { sk: { S: string } })?.sk.S === 'b' })
    expect(await outcomes(put('a'), put('b'), get)).to.deep.equal(['ok', 'struck', 'ok'])
  })

  it('strike so many times, and are then no longer in force', async () => {
    const fault = engine.faults.add({ kind: 'throttle', times: 2 })
    expect(await outcomes(get, get, get)).to.deep.equal(['struck', 'struck', 'ok'])
    expect(fault.strikes).to.equal(2)
    expect(engine.faults.list()).to.deep.equal([])
  })

  it('strike with a probability, the same requests for the same seed', async () => {
    const run = async (seed: number) => {
      using fault = engine.faults.add({ kind: 'throttle', probability: 0.3, seed })
      const struck = await outcomes(...Array.from({ length: 200 }, () => get))
      expect(fault.strikes).to.equal(struck.filter((outcome) => outcome === 'struck').length)
      return struck
    }
    const first = await run(42)
    expect(first.filter((outcome) => outcome === 'struck').length).to.be.within(30, 90)
    expect(await run(42)).to.deep.equal(first)
    expect(await run(43)).to.not.deep.equal(first)
  })

  it('leave a request to the first that strikes, in the order of adding', async () => {
    const handles = (['throttle', 'internalError', 'disconnect'] as const).map((kind) => engine.faults.add({ kind, times: 1 }))
    expect(engine.faults.list()).to.deep.equal(handles)
    await outcomes(get, get, get, get)
    expect([...engine.requests].slice(-4).map(({ fault }) => fault?.kind)).to.deep.equal([
      'throttle',
      'internalError',
      'disconnect',
      undefined,
    ])
  })

  it('end by removing, by disposing, and by clearing', async () => {
    const removed = engine.faults.add({ kind: 'throttle' })
    removed.remove()
    removed.remove()
    {
      using _disposed = engine.faults.add({ kind: 'throttle' })
      expect(await outcomes(get)).to.deep.equal(['struck'])
    }
    expect(await outcomes(get)).to.deep.equal(['ok'])
    engine.faults.add({ kind: 'throttle' })
    engine.faults.clear()
    expect(await outcomes(get)).to.deep.equal(['ok'])
    expect(engine.faults.list()).to.deep.equal([])
  })

  it('are kept as they were when they were added', async () => {
    const fault = { kind: 'throttle' as const, times: 1 }
    const handle = engine.faults.add(fault)
    fault.times = 100
    expect(handle.fault).to.deep.equal({ kind: 'throttle', times: 1 })
    expect(await outcomes(get, get)).to.deep.equal(['struck', 'ok'])
  })

  it('strike no request that no operation can be read from', async () => {
    const fault = engine.faults.add({ kind: 'disconnect' })
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.PutItem' }
    expect((await fetch(engine.endpoint, { method: 'POST', headers, body: '{' })).status).to.equal(400)
    headers['x-amz-target'] = 'DynamoDB_20120810.Nothing'
    expect((await fetch(engine.endpoint, { method: 'POST', headers, body: '{}' })).status).to.equal(400)
    expect(fault.strikes).to.equal(0)
  })

  it('answer with what went wrong in a predicate', async () => {
    engine.faults.add({
      kind: 'throttle',
      matching: () => {
        throw new Error('mistaken predicate')
      },
    })
    expect((await failureOf(client.send(get))).message).to.match(/mistaken predicate/)
  })

  const refusals: [Record<string, unknown>, RegExp][] = [
    [{ kind: 'explosion' }, /no fault of the kind explosion/],
    [{}, /no fault of the kind undefined/],
    [{ kind: 'throttle', opertions: ['PutItem'] }, /has no opertions/],
    [{ kind: 'throttle', when: 'after' }, /has no when/],
    [{ kind: 'throttle', operations: ['Putitem'] }, /never strikes Putitem/],
    [{ kind: 'throttle', operations: [] }, /with no operations never strikes/],
    [{ kind: 'unprocessed', operations: ['PutItem'] }, /never strikes PutItem; it strikes BatchGetItem, BatchWriteItem/],
    [{ kind: 'transactionConflict', operations: ['PutItem', 'Query'] }, /never strikes Query/],
    [{ kind: 'throttle', times: 0 }, /times of a fault must be a whole number above 0, not 0/],
    [{ kind: 'throttle', times: 1.5 }, /times/],
    [{ kind: 'throttle', probability: 0 }, /probability of a fault must be above 0 and at most 1, not 0/],
    [{ kind: 'throttle', probability: 20 }, /probability/],
    [{ kind: 'throttle', probability: Number.NaN }, /probability/],
    [{ kind: 'throttle', seed: 'x' }, /seed/],
    [{ kind: 'throttle', error: 'Slow' }, /error of a fault must be ProvisionedThroughput/],
    [{ kind: 'unprocessed', share: 1.1 }, /share/],
    [{ kind: 'internalError', when: 'later' }, /when of a fault must be before or after, not later/],
    [{ kind: 'latency' }, /needs `milliseconds`/],
    [{ kind: 'latency', milliseconds: -1 }, /milliseconds of a fault must be at least 0, not -1/],
  ]
  for (const [fault, message] of refusals) {
    it(`refuse ${JSON.stringify(fault)}`, () => {
      expect(() => engine.faults.add(fault as unknown as Fault)).to.throw(message)
      expect(engine.faults.list()).to.deep.equal([])
    })
  }

  it('name exactly operations that the engine knows', () => {
    const state = { dynalite: loadDynalite(), clock: engine.clock, store: new Map(), tokens: new Map(), streams: new Map() }
    for (const operation of operationNames) {
      let failure: unknown
      try {
        dispatch(state, operation, {})
      } catch (error) {
        failure = error
      }
      expect(String(failure), operation).to.not.match(/does not know/)
    }
  })
})
