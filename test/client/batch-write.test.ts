// batchWrite: which requests are sent, which operations a batch can't hold, and that nothing of it is lost or silently left.
import { QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import { connect, UnprocessedError, ValidationError, type WriteOperation } from '../../lib/index.ts'
import type { FaultRequest } from '../../lib/local/index.ts'
import { onEmbedded } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { batchesModel, mostAtOnce, range, startBatches } from './batches-model.ts'
import { failureOf } from './observed-requests.ts'

type Setup = Awaited<ReturnType<typeof startBatches>>
type Batchable = WriteOperation<unknown, 'put' | 'delete'>

const writes = (n: number) => (request: FaultRequest) => JSON.stringify(request.params).includes(`"n":{"N":"${n}"}`)

describe('batchWrite', () => {
  let setup: Setup
  let lists = 0
  const newList = () => `list${lists++}`
  before(async () => {
    setup = await startBatches()
  })
  beforeEach(() => setup.requests.clear())
  afterEach(() => setup.engine.faults.clear())
  after(() => setup.engine.close())

  const sizes = () =>
    setup.requests.of('BatchWriteItem').map(({ params }) => (params.RequestItems as { batches: unknown[] }).batches.length)
  /** The texts of a list's notes by number, as the table has them. */
  const textsOf = async (list: string) => {
    const ExpressionAttributeValues = { ':pk': { S: `NOTE#${list}` } }
    const input = { TableName: 'batches', ConsistentRead: true, KeyConditionExpression: 'PK = :pk', ExpressionAttributeValues }
    const { Items = [] } = await setup.client.send(new QueryCommand(input))
    return new Map(Items.map(({ n, text }) => [Number(n?.N), text?.S]))
  }

  it('puts and deletes items of several entities, and gives those of puts', async () => {
    const { shop, Note, Tally } = setup
    const list = newList()
    await Note.create({ list, n: 1, text: 'goes' })
    const written = await shop.batchWrite([
      Note.put({ list, n: 2, text: 'comes' }),
      Note.delete({ list, n: 1 }),
      Tally.put({ id: list }),
    ])
    expect(written).to.deep.equal([{ list, n: 2, text: 'comes' }, undefined, { id: list, n: 0, count: 0 }])
    expect(
      await shop.batchGet([Note.get({ list, n: 1 }), Note.get({ list, n: 2 }), Tally.get({ id: list, n: 0 })]),
    ).to.deep.equal([undefined, { list, n: 2, text: 'comes' }, { id: list, n: 0, count: 0 }])
    expect(sizes()).to.deep.equal([3])
  })

  it('writes index keys as a single put does', async () => {
    const { shop, Note, client } = setup
    const list = newList()
    const operations = range(0, 2).map((n) => Note.put({ list, n, text: 'same' }))
    await shop.batchWrite(operations)
    const { Items = [] } = await client.send(new ScanCommand({ TableName: 'batches', IndexName: 'GSI1' }))
    const stored = Items.filter(({ PK }) => PK?.S === `NOTE#${list}`)
    expect(stored.map(({ GSI1PK, GSI1SK }) => [GSI1PK, GSI1SK])).to.deep.equal([
      [{ S: 'TEXTS' }, { S: 'same' }],
      [{ S: 'TEXTS' }, { S: 'same' }],
    ])
  })

  it('sends 25 at a time, and a few requests at once', async () => {
    const { shop, Note, client } = setup
    const list = newList()
    const most = await mostAtOnce(client, () => shop.batchWrite(range(0, 310).map((n) => Note.put({ list, n, text: 't' }))))
    expect(sizes()).to.deep.equal([...range(0, 12).map(() => 25), 10])
    expect(most).to.be.within(2, 8)
    expect((await textsOf(list)).size).to.equal(310)
  })

  it('shows its requests, sends them once, and for nothing sends nothing', async () => {
    const { shop, Note } = setup
    const list = newList()
    const batch = shop.batchWrite([Note.put({ list, n: 1, text: 't' })])
    expect(batch.params()).to.have.nested.property('RequestItems.batches[0].PutRequest.Item.text.S', 't')
    expect(shop.batchWrite(range(0, 26).map((n) => Note.delete({ list, n }))).params()).to.have.length(2)
    expect(await shop.batchWrite([])).to.deep.equal([])
    expect(sizes()).to.deep.equal([])
    await batch
    await batch
    expect(sizes()).to.deep.equal([1])
  })

  onEmbedded('faults', 'tries again what is left unprocessed or throttled', async () => {
    const { shop, Note, engine } = setup
    const list = newList()
    engine.faults.add({ kind: 'throttle', times: 2 })
    engine.faults.add({ kind: 'unprocessed', share: 0.5, times: 6, seed: 3 })
    const bytes = new Uint8Array([255, 0])
    await shop.batchWrite(range(0, 60).map((n) => Note.put({ list, n, text: `t${n}`, bytes })))
    expect(await textsOf(list)).to.deep.equal(new Map(range(0, 60).map((n) => [n, `t${n}`])))
    expect((await Note.get({ list, n: 59 }))?.bytes).to.deep.equal(Buffer.from(bytes))
  })

  onEmbedded(
    'faults',
    'throws exactly the operations that are left when they go on being left, and can be given them again',
    async () => {
      const { shop, Note, engine } = setup
      const list = newList()
      engine.faults.add({ kind: 'unprocessed', matching: writes(30) })
      const operations = range(0, 75).map((n) => Note.put({ list, n, text: `t${n}` }))
      const error = (await failureOf(() => shop.batchWrite(operations))) as UnprocessedError
      expect(error).to.be.instanceOf(UnprocessedError)
      expect(error.unprocessed).to.have.ordered.members(operations.slice(25, 50))
      expect(sizes()).to.have.length(12)
      expect([...(await textsOf(list)).keys()].sort((a, b) => a - b)).to.deep.equal([...range(0, 25), ...range(50, 75)])
      engine.faults.clear()
      await shop.batchWrite(error.unprocessed)
      expect((await textsOf(list)).size).to.equal(75)
    },
  )

  onEmbedded('faults', 'begins nothing more after a request that fails for good, and says what is left and why', async () => {
    const { shop, Note, engine } = setup
    const list = newList()
    engine.faults.add({ kind: 'disconnect', when: 'after', matching: writes(0) })
    const operations = range(0, 1000).map((n) => Note.put({ list, n, text: `t${n}` }))
    const error = (await failureOf(() => shop.batchWrite(operations))) as UnprocessedError
    expect(error.cause).to.have.property('name', 'TimeoutError')
    expect(sizes().length).to.be.within(2, 20)
    const left = new Set<unknown>(error.unprocessed)
    const there = await textsOf(list)
    operations.forEach((operation, n) => {
      // What the failed request was to do is left, and happens to be done.
      if (n >= 25) expect(there.has(n)).to.equal(!left.has(operation), `${n}`)
      else expect(left.has(operation)).to.equal(true)
    })
    engine.faults.clear()
    await shop.batchWrite(error.unprocessed)
    expect((await textsOf(list)).size).to.equal(1000)
  })

  onEmbedded('faults', 'makes of any batch exactly its effect, whatever fails', async () => {
    const { shop, Note, engine } = setup
    const change = fc.record({ n: fc.integer({ min: 0, max: 90 }), text: fc.option(fc.string({ minLength: 1, maxLength: 5 })) })
    const changes = fc.uniqueArray(change, { selector: ({ n }) => n, maxLength: 80 })
    const probability = fc.constantFrom(0, 0.2, 0.5)
    const faults = fc.record({
      seed: fc.nat(),
      unprocessed: probability,
      throttled: probability,
      lost: probability,
      lostAfter: probability,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(changes, { minLength: 1, maxLength: 3 }), faults, async (batches, { seed, ...chances }) => {
        const list = newList()
        const expected = new Map<number, string>()
        engine.faults.clear()
        const add = (chance: number, fault: Parameters<typeof engine.faults.add>[0]) =>
          chance > 0 &&
          engine.faults.add({
            ...fault,
            operations: ['BatchWriteItem'],
            probability: chance,
            seed: seed + engine.faults.list().length,
          })
        add(chances.unprocessed, { kind: 'unprocessed', share: 0.3 })
        add(chances.throttled, { kind: 'throttle' })
        add(chances.lost / 5, { kind: 'disconnect' })
        add(chances.lostAfter / 5, { kind: 'disconnect', when: 'after' })
        for (const batch of batches) {
          for (const { n, text } of batch) {
            if (text === null) expected.delete(n)
            else expected.set(n, text)
          }
          let left = batch.map(({ n, text }) => ({
            n,
            text,
            write: text === null ? Note.delete({ list, n }) : Note.put({ list, n, text }),
          }))
          while (left.length > 0) {
            const unprocessed = await unprocessedOf(left.map(({ write }) => write))
            const there = await textsOf(list)
            const done = left.filter(({ write }) => !unprocessed.includes(write))
            for (const { n, text } of done) expect(there.get(n) ?? null, `${n}`).to.equal(text)
            expect(done.length + unprocessed.length).to.equal(left.length)
            left = left.filter(({ write }) => unprocessed.includes(write))
          }
          expect(await textsOf(list)).to.deep.equal(expected)
        }
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )

    async function unprocessedOf(operations: readonly Batchable[]): Promise<readonly unknown[]> {
      const error = await shop.batchWrite(operations).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      if (error === undefined) return []
      if (error instanceof UnprocessedError) return error.unprocessed
      throw error
    }
  })

  describe('refuses, before anything is sent,', () => {
    const list = 'refused'
    const put = () => setup.Note.put({ list, n: 1, text: 't' })
    const refused: readonly [string, () => readonly unknown[], string][] = [
      ['a create', () => [put(), setup.Note.create({ list, n: 2, text: 't' })], '[1]: a create must find no item'],
      ['an update', () => [setup.Note.update({ list, n: 2 }, { text: 't' })], '[0]: a batch puts and deletes'],
      ['a condition check', () => [setup.Note.conditionCheck({ list, n: 2 }, { text: 't' })], '[0]: a batch checks nothing'],
      [
        'a put with a condition',
        () => [put(), setup.Note.put({ list, n: 2, text: 't' }, { if: { text: 'u' } })],
        '[1]: it has a condition',
      ],
      ['a delete with a condition', () => [setup.Note.delete({ list, n: 2 }, { if: { text: 'u' } })], '[0]: it has a condition'],
      ['a put of an entity with a version', () => [put(), setup.Document.put({ id: 'd' })], '[1]: Document has a version()'],
      ['a delete of an entity with a version', () => [setup.Document.delete({ id: 'd', n: 0 })], '[0]: Document has a version()'],
      [
        'two writes of one item',
        () => [put(), setup.Tally.put({ id: 't' }), setup.Note.delete({ list, n: 1 })],
        '[2]: writes the same item as operation 0',
      ],
      ['a read', () => [setup.Note.get({ list, n: 1 })], '[0]: expected an operation'],
      ['an item', () => [{ list, n: 1, text: 't' }], '[0]: expected an operation'],
      ['bad input', () => [put(), setup.Note.put({ list, n: 3 } as never)], 'text'],
      [
        'a write of another table',
        () => [connect(batchesModel, { client: setup.client, tableName: 'elsewhere' }).entities.Note.delete({ list, n: 1 })],
        '[0]: writes to the table elsewhere',
      ],
    ]
    for (const [what, operations, message] of refused)
      it(what, async () => {
        const error = await failureOf(() => setup.shop.batchWrite(operations() as never))
        expect(error).to.be.instanceOf(ValidationError).with.property('message').that.includes(message)
        expect(() => setup.shop.batchWrite(operations() as never).params()).to.throw(ValidationError, message)
        expect(setup.requests.length).to.equal(0)
      })

    it('an operation that has run, which would run twice', async () => {
      const operation = put()
      await operation
      setup.requests.clear()
      expect(await failureOf(() => setup.shop.batchWrite([operation]))).to.be.instanceOf(ValidationError)
      expect(setup.requests.length).to.equal(0)
    })
  })
})
