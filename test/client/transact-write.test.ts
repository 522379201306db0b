// transactWrite: what it answers, condition checks, tokens that make a transaction apply once, and what it does about failures that pass.
import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  add,
  ConditionFailedError,
  ContentionError,
  SingletError,
  TransactionCanceledError,
  TransactionOutcomeUnknownError,
  ValidationError,
} from '../../lib/index.ts'
import { onEmbedded } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { range, startBatches } from './batches-model.ts'
import { failureOf } from './observed-requests.ts'

type Setup = Awaited<ReturnType<typeof startBatches>>

describe('a transaction of writes', () => {
  let setup: Setup
  let ids = 0
  const newTally = async (count = 0) => {
    const id = `tally${ids++}`
    await setup.Tally.create({ id, count })
    return { id, n: 0 }
  }
  const countOf = async (key: { id: string; n: number }) => (await setup.Tally.get(key, { consistent: true }))?.count
  before(async () => {
    setup = await startBatches()
  })
  beforeEach(() => setup.requests.clear())
  afterEach(() => setup.engine.faults.clear())
  after(() => setup.engine.close())
  const sent = () => setup.requests.of('TransactWriteItems').map(({ params }) => params)

  it('gives the items of creates and puts at their places, as a read would give them', async () => {
    const { shop, Note, Tally, Document } = setup
    const [a, b] = [await newTally(), await newTally(1)]
    const [created, updated, put, deleted, checked, document] = await shop.transactWrite([
      Note.create({ list: 'answer', n: 1, text: 'a' }),
      Tally.update(a, { count: 3 }),
      Note.put({ list: 'answer', n: 2, text: 'b' }),
      Tally.delete({ id: 'nobody', n: 0 }),
      Tally.conditionCheck(b, { count: 1 }),
      Document.create({ id: 'answer' }),
    ])
    expect([updated, deleted, checked]).to.deep.equal([undefined, undefined, undefined])
    expect(
      await shop.batchGet([
        Note.get({ list: 'answer', n: 1 }),
        Note.get({ list: 'answer', n: 2 }),
        Document.get({ id: 'answer', n: 0 }),
      ]),
    ).to.deep.equal([created, put, document])
    expect(document).to.deep.equal({ id: 'answer', n: 0, revision: 1 })
  })

  describe('with a condition check', () => {
    it('is done when the condition holds, and not when it does not, with the item that is there', async () => {
      const { shop, Tally } = setup
      const [checked, changed] = [await newTally(5), await newTally()]
      const run = (count: number) =>
        shop.transactWrite([Tally.update(changed, { count: add(1) }), Tally.conditionCheck(checked, { count })])
      await run(5)
      const { reasons } = (await failureOf(() => run(6))) as TransactionCanceledError
      expect(reasons.map(({ code }) => code)).to.deep.equal(['None', 'ConditionalCheckFailed'])
      expect(reasons[1]?.error)
        .to.be.instanceOf(ConditionFailedError)
        .with.deep.property('item', { ...checked, count: 5 })
      expect([await countOf(changed), await countOf(checked)]).to.deep.equal([1, 5])
    })

    it('can ask for an item to be there, and for none to be', async () => {
      const { shop, Tally } = setup
      const [there, changed] = [await newTally(), await newTally()]
      const run = (id: string, exists: boolean) =>
        shop.transactWrite([Tally.update(changed, { count: add(1) }), Tally.conditionCheck({ id, n: 0 }, { count: { exists } })])
      await run(there.id, true)
      await run('nobody', false)
      expect(await failureOf(() => run(there.id, false))).to.be.instanceOf(TransactionCanceledError)
      expect(await failureOf(() => run('nobody', true))).to.be.instanceOf(TransactionCanceledError)
      expect(await countOf(changed)).to.equal(2)
    })

    it('shows its request', () => {
      const check = setup.Tally.conditionCheck({ id: 'a', n: 0 }, { count: { gte: 2 } })
      expect(check.params()).to.deep.equal({
        TableName: 'batches',
        Key: { PK: { S: 'TALLY#a' }, n: { N: '0' } },
        ConditionExpression: '#count >= :count',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: { ':count': { N: '2' } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      })
    })

    it('refuses one that is awaited by itself, tests nothing, or is of an item that is written too', async () => {
      const { shop, Tally } = setup
      const key = await newTally()
      setup.requests.clear()
      expect(await failureOf(() => Tally.conditionCheck(key, { count: 0 })))
        .to.be.instanceOf(ValidationError)
        .with.property('message')
        .that.includes('transactWrite')
      expect(await failureOf(() => shop.transactWrite([Tally.conditionCheck(key, {})]))).to.be.instanceOf(ValidationError)
      const both = [Tally.update(key, { count: 1 }), Tally.conditionCheck(key, { count: 0 })]
      expect(await failureOf(() => shop.transactWrite(both)))
        .to.be.instanceOf(ValidationError)
        .with.property('message')
        .that.includes('same item')
      expect(setup.requests.length).to.equal(0)
    })
  })

  describe('with a clientRequestToken', () => {
    onEmbedded('faults', 'is applied once when it is given again after its answer was lost', async () => {
      const { shop, Tally, Note, engine } = setup
      const key = await newTally()
      const operations = [Tally.update(key, { count: add(1) }), Note.create({ list: key.id, n: 1, text: 'once' })] as const
      const clientRequestToken = randomUUID()
      engine.faults.add({ kind: 'disconnect', when: 'after', times: 1 })
      expect(await failureOf(() => shop.transactWrite(operations, { clientRequestToken }))).to.have.property(
        'name',
        'TransactionOutcomeUnknownError',
      )
      const [, note] = await shop.transactWrite(operations, { clientRequestToken })
      expect(note).to.deep.equal({ list: key.id, n: 1, text: 'once' })
      expect(await countOf(key)).to.equal(1)
    })

    onEmbedded('faults', 'sends the same request each time that something passing is in the way', async () => {
      const { shop, Tally, engine } = setup
      const key = await newTally()
      engine.faults.add({ kind: 'transactionConflict', times: 2 })
      engine.faults.add({ kind: 'throttle', times: 1, operations: ['TransactWriteItems'] })
      await shop.transactWrite([Tally.update(key, { count: add(1) })], { clientRequestToken: 'same' })
      expect(sent()).to.have.length(4)
      for (const params of sent()) expect(params).to.deep.equal(sent()[0])
      expect(sent()[0]).to.have.property('ClientRequestToken', 'same')
      expect(await countOf(key)).to.equal(1)
    })

    it("says when the token was another transaction's, and writes nothing", async () => {
      const { shop, Tally } = setup
      const key = await newTally()
      const run = (count: number) => shop.transactWrite([Tally.update(key, { count })], { clientRequestToken: 'taken' })
      await run(1)
      const error = await failureOf(() => run(2))
      expect(error).to.be.instanceOf(SingletError).with.property('code', 'TokenReused')
      expect(await countOf(key)).to.equal(1)
    })

    it('refuses updates that read first, whose request changes with what they read', async () => {
      const { shop, Score } = setup
      const key = { id: `score${ids++}`, n: 0 }
      await Score.create(key)
      setup.requests.clear()
      const run = (options: { known?: { points: number } }) =>
        shop.transactWrite([Score.update(key, { points: add(1) }, options)], { clientRequestToken: 'reading' })
      const error = await failureOf(() => run({}))
      expect(error).to.be.instanceOf(ValidationError).with.property('message').that.includes('{ known }')
      expect(setup.requests.length).to.equal(0)
      await run({ known: { points: 0 } })
      expect((await Score.get(key))?.points).to.equal(1)
    })

    onEmbedded('faults', 'shows it, and refuses one that is empty or too long', () => {
      const { shop, Tally } = setup
      const run = (clientRequestToken: unknown) =>
        shop.transactWrite([Tally.delete({ id: 'a', n: 0 })], { clientRequestToken } as never)
      expect(run('x'.repeat(36)).params()).to.have.property('ClientRequestToken', 'x'.repeat(36))
      expect(run(undefined).params()).not.to.have.property('ClientRequestToken')
      for (const token of ['', 'x'.repeat(37), 5]) expect(() => run(token)).to.throw(ValidationError, 'clientRequestToken')
    })

    onEmbedded('faults', 'is applied exactly once, whatever is lost and however often it is given again', async () => {
      const { shop, Tally, Note, engine } = setup
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 4 }), async (seed, size) => {
          const list = `once${ids++}`
          const keys = await Promise.all(range(0, size).map(() => newTally()))
          const on = { operations: ['TransactWriteItems' as const], probability: 0.4 }
          engine.faults.clear()
          engine.faults.add({ ...on, kind: 'disconnect', seed })
          engine.faults.add({ ...on, kind: 'disconnect', when: 'after', seed: seed + 1 })
          engine.faults.add({ ...on, kind: 'internalError', when: 'after', seed: seed + 2 })
          engine.faults.add({ ...on, kind: 'transactionConflict', seed: seed + 3 })
          const operations = [...keys.map((key) => Tally.update(key, { count: add(1) })), Note.put({ list, n: 1, text: 't' })]
          const clientRequestToken = randomUUID()
          for (;;) {
            const error = await shop.transactWrite(operations, { clientRequestToken }).then(
              () => undefined,
              (reason: unknown) => reason,
            )
            if (error === undefined) break
            if (!(error instanceof ContentionError)) expect(error).to.be.instanceOf(TransactionOutcomeUnknownError)
          }
          engine.faults.clear()
          expect(await Promise.all(keys.map(countOf))).to.deep.equal(keys.map(() => 1))
        }),
        { numRuns: Math.ceil(propertyRuns / 10) },
      )
    })
  })

  onEmbedded(
    'faults',
    'gives up on throttling after a bounded number of attempts, with its reasons and nothing written',
    async () => {
      const { shop, Tally, engine } = setup
      const key = await newTally()
      setup.requests.clear()
      engine.faults.add({ kind: 'throttle', operations: ['TransactWriteItems'] })
      const error = (await failureOf(() => shop.transactWrite([Tally.update(key, { count: 1 })]))) as TransactionCanceledError
      expect(error).to.be.instanceOf(TransactionCanceledError)
      expect(error.reasons[0]?.code).to.equal('ProvisionedThroughputExceeded')
      expect(sent()).to.have.length(12)
      engine.faults.clear()
      expect(await countOf(key)).to.equal(0)
    },
  )

  it('refuses reads, items, and operations that have run', async () => {
    const { shop, Tally } = setup
    const key = await newTally()
    const ran = Tally.update(key, { count: add(1) })
    await ran
    expect(() => shop.transactWrite([Tally.get(key) as never])).to.throw(ValidationError, '[0]')
    expect(() => shop.transactWrite([key as never])).to.throw(ValidationError, '[0]')
    expect(() => shop.transactWrite([ran])).to.throw(ValidationError, 'awaited already')
    expect(await countOf(key)).to.equal(1)
  })
})
