// The queries of several shards share a handler: each is answered with its own items, fails and is retried by itself, and a client's own
// middleware sees every one of them.
import type { QueryCommandInput } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { sendInTurn } from '../../lib/client/shared-handler.ts'
import { connect, createTable, defineEntity, defineModel, defineTable, query, string } from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { failureOf } from './observed-requests.ts'

const table = defineTable({ name: 'shared-handler', partitionKey: 'PK', sortKey: 'SK' })
const Note = defineEntity('Note', {
  attributes: { list: string(), id: string() },
  key: { pk: 'LIST#{list}', sk: 'NOTE#{id}', shards: { count: 6 } },
})
const model = defineModel({ table, entities: { Note }, accessPatterns: { notes: query(Note) } })
const ids = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'))

describe('the queries of a round', () => {
  let engine: LocalEngine
  before(async () => {
    engine = await startLocal()
    const client = engine.client()
    await createTable(model, client)
    const { entities, batchWrite } = connect(model, { client })
    await batchWrite(ids.map((id) => entities.Note.put({ list: 'a', id })))
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())
  const found = (client = engine.client()) =>
    connect(model, { client })
      .patterns.notes({ list: 'a' })
      .all()
      .then((notes) => notes.map(({ id }) => id))

  it('are each answered with their own items, many rounds at once', async () => {
    const client = engine.client()
    const answers = await Promise.all(Array.from({ length: 20 }, () => found(client)))
    for (const answer of answers) expect(answer).to.deep.equal(ids)
  })

  it('are retried one by one', async () => {
    engine.faults.add({ kind: 'throttle', operations: ['Query'], times: 2 })
    engine.faults.add({ kind: 'disconnect', when: 'after', operations: ['Query'], times: 1 })
    expect(await found()).to.deep.equal(ids)
  })

  it('fail when one of them fails for good', async () => {
    engine.faults.add({ kind: 'internalError', operations: ['Query'] })
    expect(await failureOf(() => found(engine.client({ maxAttempts: 1 })))).to.have.property('name', 'InternalServerError')
  })

  it("are seen by the client's own middleware, each with its own input, also by one that is added later", async () => {
    const client = engine.client()
    const partitions = new Set<string | undefined>()
    expect(await found(client)).to.deep.equal(ids)
    client.middlewareStack.add(
      (next) => async (args) => {
        const { ExpressionAttributeValues = {} } = args.input as QueryCommandInput
        for (const { S } of Object.values(ExpressionAttributeValues)) if (S?.startsWith('LIST#')) partitions.add(S)
        return next({ ...args, input: { ...args.input } })
      },
      { step: 'initialize', name: 'seen' },
    )
    expect(await found(client)).to.deep.equal(ids)
    expect([...partitions].sort()).to.deep.equal(Array.from({ length: 6 }, (_, shard) => `LIST#a#${shard}`))
  })

  it('go through what stands in for send', async () => {
    const client = engine.client()
    const send = client.send.bind(client)
    let sent = 0
    client.send = ((...given: Parameters<typeof send>) => {
      sent++
      return send(...given)
    }) as typeof client.send
    expect(await found(client)).to.deep.equal(ids)
    expect(sent).to.be.at.least(6)
  })

  it('leave one after the other, and none waits for the answer of another', async () => {
    const client = engine.client()
    await found(client)
    const steps: string[] = []
    client.middlewareStack.add(
      (next) => (args) => {
        steps.push('begun')
        return next(args)
      },
      { step: 'initialize', name: 'begun' },
    )
    const gate = { open: () => {} }
    const opened = new Promise<void>((resolve) => {
      gate.open = resolve
    })
    const { requestHandler } = client.config
    const handle = requestHandler.handle.bind(requestHandler)
    requestHandler.handle = async (...given: Parameters<typeof handle>) => {
      steps.push('left')
      // No answer before all have left.
      if (steps.length === 12) gate.open()
      await opened
      return handle(...given)
    }
    await connect(model, { client }).patterns.notes({ list: 'a' }, { limit: 3 })
    expect(steps).to.deep.equal(Array.from({ length: 6 }, () => ['begun', 'left']).flat())
  })

  it('all leave, also those behind one that never comes to a transport, or fails at once', async () => {
    const begun: number[] = []
    const gate = { open: () => {} }
    const opened = new Promise<void>((resolve) => {
      gate.open = resolve
    })
    const waiting = sendInTurn([1, 2, 3], {}, async (sender) => {
      begun.push(sender)
      if (sender === 3) gate.open()
      await opened
    })
    await waiting
    expect(begun).to.deep.equal([1, 2, 3])
    const { setImmediate: immediately } = globalThis
    // As fake timers do.
    globalThis.setImmediate = (() => ({})) as unknown as typeof setImmediate
    try {
      await sendInTurn([1, 2], {}, async () => {})
    } finally {
      globalThis.setImmediate = immediately
    }
    const failing = sendInTurn([4, 5, 6], {}, async (sender) => {
      begun.push(sender)
      if (sender === 4) throw new RangeError('four')
    })
    expect(await failureOf(() => failing)).to.be.instanceOf(RangeError)
    expect(begun).to.deep.equal([1, 2, 3, 4, 5, 6])
  })
})
