// batchGet: which requests are sent for which keys, where the results stand, and what happens to what DynamoDB leaves.
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import { type ConnectOptions, connect, MisfitError, UnprocessedError, ValidationError } from '../../lib/index.ts'
import type { FaultRequest } from '../../lib/local/index.ts'
import { onEmbedded } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { batchesModel, mostAtOnce, range, startBatches } from './batches-model.ts'
import { failureOf } from './observed-requests.ts'

type Setup = Awaited<ReturnType<typeof startBatches>>

/** Strikes requests for the note with this number. */
const asksFor = (n: number) => (request: FaultRequest) => JSON.stringify(request.params).includes(`{"N":"${n}"}`)

describe('batchGet', () => {
  let setup: Setup
  const list = 'a#b'
  const note = (n: number) => ({ list, n, text: `text ${n}` })
  before(async () => {
    setup = await startBatches()
    await setup.shop.batchWrite(range(0, 300).map((n) => setup.Note.put(note(n))))
    await setup.Tally.create({ id: 't', count: 5 })
  })
  beforeEach(() => setup.requests.clear())
  afterEach(() => setup.engine.faults.clear())
  after(() => setup.engine.close())

  const sent = () => setup.requests.of('BatchGetItem').map(({ params }) => params.RequestItems as Requests)
  type Requests = { readonly batches: { readonly Keys: readonly unknown[]; readonly ConsistentRead?: boolean } }
  const sizes = () => sent().map(({ batches }) => batches.Keys.length)

  it('gives items of several entities at the places of their operations, and undefined where there is none', async () => {
    const { shop, Note, Tally } = setup
    const items = await shop.batchGet([
      Note.get({ list, n: 3 }),
      Tally.get({ id: 't', n: 0 }),
      Note.get({ list, n: 999 }),
      Note.get({ list, n: 1 }),
    ])
    expect(items).to.deep.equal([note(3), { id: 't', n: 0, count: 5 }, undefined, note(1)])
    expect(sizes()).to.deep.equal([4])
  })

  it('asks for 100 keys at a time, and for a key that is given twice once', async () => {
    const { shop, Note } = setup
    const wanted = [...range(0, 250), 7, 249, 7]
    const items = await shop.batchGet(wanted.map((n) => Note.get({ list, n })))
    expect(items).to.deep.equal(wanted.map(note))
    expect(sizes()).to.deep.equal([100, 100, 50])
  })

  it('recognises numbers and bytes however they are written', async () => {
    const { shop, Note } = setup
    const notes = [1e21, -0.5, 1e-7].map((n) => ({ list: 'numbers', n, text: 'x', bytes: new Uint8Array([0, 200]) }))
    await shop.batchWrite(notes.map((one) => Note.put(one)))
    const items = await shop.batchGet(notes.map(({ n }) => Note.get({ list: 'numbers', n })))
    expect(items.map((item) => item && { ...item, bytes: new Uint8Array(item.bytes ?? []) })).to.deep.equal(notes)
  })

  it('reads consistently and selects as each operation says, in requests of their own', async () => {
    const { shop, Note } = setup
    const key = { list, n: 1 }
    const items = await shop.batchGet([
      Note.get(key),
      Note.get(key, { consistent: true }),
      Note.get(key, { select: ['text'] }),
      Note.get({ list, n: 2 }, { select: ['text'] }),
    ])
    expect(items).to.deep.equal([note(1), note(1), { text: 'text 1' }, { text: 'text 2' }])
    expect(
      sent().map(({ batches: { Keys, ConsistentRead, ...rest } }) => [
        Keys.length,
        ConsistentRead,
        'ProjectionExpression' in rest,
      ]),
    ).to.deep.equal([
      [1, undefined, false],
      [1, true, false],
      [2, undefined, true],
    ])
  })

  it('shows its requests and sends nothing before it is awaited; for nothing it sends nothing', async () => {
    const { shop, Note } = setup
    const some = shop.batchGet([Note.get({ list, n: 1 })])
    expect(some.params()).to.have.nested.property('RequestItems.batches.Keys[0].n.N', '1')
    expect(shop.batchGet(range(0, 101).map((n) => Note.get({ list, n }))).params()).to.have.length(2)
    expect(await shop.batchGet([])).to.deep.equal([])
    expect(sizes()).to.deep.equal([])
    await some
    await some
    expect(sizes()).to.deep.equal([1])
  })

  it('sends a few requests at once, not all', async () => {
    const { shop, Note, client } = setup
    const most = await mostAtOnce(client, () => shop.batchGet(range(0, 2000).map((n) => Note.get({ list, n }))))
    expect(most).to.be.within(2, 8)
    expect(sizes()).to.have.length(20)
  })

  onEmbedded('faults', 'asks again for what is left unprocessed or throttled, and only for that', async () => {
    const { shop, Note, engine } = setup
    engine.faults.add({ kind: 'throttle', operations: ['BatchGetItem'], times: 2 })
    engine.faults.add({ kind: 'throttle', operations: ['BatchGetItem'], times: 1, error: 'ThrottlingException' })
    engine.faults.add({ kind: 'unprocessed', share: 0.4, times: 6, seed: 5 })
    const items = await shop.batchGet(range(0, 250).map((n) => Note.get({ list, n })))
    expect(items).to.deep.equal(range(0, 250).map(note))
    const answered = setup.requests.of('BatchGetItem').filter(({ outcome }) => outcome === 'ok')
    expect(answered.length).to.be.within(6, 12)
  })

  onEmbedded('faults', 'throws exactly the operations that are left, and what was read', async () => {
    const { shop, Note, engine } = setup
    engine.faults.add({ kind: 'unprocessed', matching: asksFor(150) })
    const operations = [...range(0, 250), 150].map((n) => Note.get({ list, n }))
    const error = (await failureOf(() => shop.batchGet(operations))) as UnprocessedError
    expect(error).to.be.instanceOf(UnprocessedError)
    expect(error.unprocessed.length).to.equal(101)
    expect(error.unprocessed.every((one, index) => one === [...operations.slice(100, 200), operations[250]][index])).to.equal(
      true,
    )
    expect(error.items).to.deep.equal([...range(0, 250).map((n) => (n >= 100 && n < 200 ? undefined : note(n))), undefined])
    expect(sizes()).to.have.length(12)
    engine.faults.clear()
    const rest = await shop.batchGet(error.unprocessed)
    expect(rest).to.deep.equal([...range(100, 200), 150].map(note))
  })

  onEmbedded('faults', 'throws what is left when a request fails for good, with the reason', async () => {
    const { shop, Note, engine } = setup
    engine.faults.add({ kind: 'disconnect', matching: asksFor(150) })
    const operations = range(0, 250).map((n) => Note.get({ list, n }))
    const error = (await failureOf(() => shop.batchGet(operations))) as UnprocessedError
    expect(error).to.be.instanceOf(UnprocessedError)
    expect(error.unprocessed).to.deep.equal(operations.slice(100, 200))
    expect(error.cause).to.have.property('name', 'TimeoutError')
    expect(error.message).to.include('TimeoutError')
    expect(sizes()).to.have.length(3)
  })

  it('gives no expired item, unless asked for', async () => {
    const { shop, Note } = setup
    const key = { list: 'expired', n: 1 }
    await Note.put({ ...key, text: 'x', until: new Date('2020-01-01') })
    const [without, withIt, selected] = await shop.batchGet([
      Note.get(key),
      Note.get(key, { includeExpired: true }),
      Note.get(key, { select: ['text'] }),
    ])
    expect([without, withIt?.text, selected]).to.deep.equal([undefined, 'x', undefined])
  })

  onEmbedded('faults', 'reads exactly what is asked for, whatever fails', async () => {
    const { shop, Note, engine } = setup
    const wish = fc.record({ n: fc.integer({ min: 250, max: 349 }), consistent: fc.boolean(), selects: fc.boolean() })
    const chance = fc.constantFrom(0, 0.2, 0.5)
    const chances = fc.record({ seed: fc.nat(), left: chance, throttled: chance, lost: chance })
    await fc.assert(
      fc.asyncProperty(fc.array(wish, { maxLength: 250 }), chances, async (wishes, { seed, left, throttled, lost }) => {
        engine.faults.clear()
        if (left > 0) engine.faults.add({ kind: 'unprocessed', share: 0.3, probability: left, seed })
        if (throttled > 0) engine.faults.add({ kind: 'throttle', probability: throttled, seed: seed + 1 })
        if (lost > 0) engine.faults.add({ kind: 'disconnect', probability: lost / 5, seed: seed + 2 })
        const operations = wishes.map(({ n, consistent, selects }) =>
          Note.get({ list, n }, { consistent, ...(selects && { select: ['text'] }) }),
        )
        const expected = wishes.map(({ n, selects }) => (n >= 300 ? undefined : selects ? { text: `text ${n}` } : note(n)))
        let missing = operations
        const found = new Map<unknown, unknown>()
        while (missing.length > 0) {
          const asked = missing
          const error = await shop.batchGet(asked).then(
            (items) => new UnprocessedError([], 1, { items }),
            (reason: unknown) => reason,
          )
          if (!(error instanceof UnprocessedError)) throw error
          missing = asked.filter((operation) => error.unprocessed.some((left) => left === operation))
          expect(error.items.length).to.equal(asked.length)
          asked.forEach((operation, index) => {
            if (!missing.includes(operation)) found.set(operation, error.items[index])
            else expect(error.items[index]).to.equal(undefined)
          })
        }
        expect(operations.map((operation) => found.get(operation))).to.deep.equal(expected)
      }),
      { numRuns: Math.ceil(propertyRuns / 20) },
    )
  })

  describe('with an item that does not fit', () => {
    const broken = { list: 'broken', n: 1 }
    before(async () => {
      const Item = { PK: { S: 'NOTE#broken' }, n: { N: '1' }, list: { S: 'broken' }, _type: { S: 'Note' }, text: { BOOL: true } }
      await setup.client.send(new PutItemCommand({ TableName: 'batches', Item }))
    })

    it('throws, as a get does', async () => {
      const { shop, Note } = setup
      expect(await failureOf(() => shop.batchGet([Note.get({ list, n: 1 }), Note.get(broken)]))).to.be.instanceOf(MisfitError)
    })

    onEmbedded('faults', 'does with it what the operation or the connection says', async () => {
      const { shop, Note, client } = setup
      const paths: string[] = []
      const onMisfit: ConnectOptions['onMisfit'] = ({ path }) => paths.push(path)
      expect(await shop.batchGet([Note.get(broken, { onMisfit }), Note.get({ list, n: 1 })])).to.deep.equal([undefined, note(1)])
      const skipping = connect(batchesModel, { client, onMisfit: 'skip' })
      expect(await skipping.batchGet([skipping.entities.Note.get(broken)])).to.deep.equal([undefined])
      expect(paths).to.deep.equal(['text'])
    })

    onEmbedded('faults', 'does not hide what is left', async () => {
      const { shop, Note, engine } = setup
      engine.faults.add({ kind: 'disconnect', matching: asksFor(150) })
      const operations = [Note.get(broken), ...range(51, 151).map((n) => Note.get({ list, n }))]
      const error = (await failureOf(() => shop.batchGet(operations))) as UnprocessedError
      expect(error.unprocessed).to.deep.equal(operations.slice(100))
      expect(error.items.slice(0, 2)).to.deep.equal([undefined, note(51)])
    })
  })

  it('refuses what is no get of its table, before anything is sent', async () => {
    const { shop, Note, client } = setup
    const elsewhere = connect(batchesModel, { client, tableName: 'elsewhere' }).entities.Note
    const get = Note.get({ list, n: 1 })
    expect(() => shop.batchGet([get, { list, n: 1 } as never])).to.throw(ValidationError, '[1]')
    expect(() => shop.batchGet([Note.put(note(1)) as never])).to.throw(ValidationError, '[0]')
    expect(() => shop.batchGet(get as never)).to.throw(ValidationError, 'list')
    const mixed = shop.batchGet([get, elsewhere.get({ list, n: 1 })])
    expect(await failureOf(() => mixed))
      .to.be.instanceOf(ValidationError)
      .with.property('path', '[1]')
    const unknown = shop.batchGet([get, Note.get({ list } as never)])
    expect(() => unknown.params()).to.throw(ValidationError, 'n')
    expect(await failureOf(() => unknown)).to.be.instanceOf(ValidationError)
    expect(sizes()).to.deep.equal([])
  })
})
