// transactGet: several items as they were at one moment; places, sharing of gets, retries and reasons.
import { expect } from 'chai'
import { add, TransactionCanceledError, ValidationError } from '../../lib/index.ts'
import { onEmbedded } from '../engine.ts'
import { range, startBatches } from './batches-model.ts'
import { failureOf, observed } from './observed-requests.ts'

type Setup = Awaited<ReturnType<typeof startBatches>>

describe('transactGet', () => {
  let setup: Setup
  const list = 'l'
  const note = (n: number) => ({ list, n, text: `text ${n}` })
  before(async () => {
    setup = await startBatches()
    await setup.shop.batchWrite(range(0, 100).map((n) => setup.Note.put({ ...note(n) })))
    await setup.Tally.create({ id: 't', count: 5 })
  })
  beforeEach(() => setup.requests.clear())
  afterEach(() => setup.engine.faults.clear())
  after(() => setup.engine.close())
  const sent = () => setup.requests.of('TransactGetItems').map(({ params }) => params.TransactItems as readonly unknown[])

  it('gives items of several entities at the places of their operations, in one request', async () => {
    const { shop, Note, Tally } = setup
    const operation = shop.transactGet([Note.get({ list, n: 2 }), Tally.get({ id: 't', n: 0 }), Note.get({ list, n: 999 })])
    expect(operation.params()).to.have.nested.property('TransactItems[0].Get.Key.n.N', '2')
    expect(sent()).to.have.length(0)
    expect(await operation).to.deep.equal([note(2), { id: 't', n: 0, count: 5 }, undefined])
    expect(sent()).to.have.length(1)
  })

  it('reads an item that is given twice once, also when it is selected from differently', async () => {
    const { shop, Note } = setup
    const key = { list, n: 1 }
    const items = await shop.transactGet([
      Note.get(key, { select: ['n'] }),
      Note.get(key, { consistent: true }),
      Note.get({ list, n: 2 }),
      Note.get(key, { select: ['text'] }),
    ])
    expect(items).to.deep.equal([{ n: 1 }, note(1), note(2), { text: 'text 1' }])
    expect(sent().map(({ length }) => length)).to.deep.equal([2])
    await shop.transactGet([Note.get(key, { select: ['text'] }), Note.get(key, { select: ['text'] })])
    expect(sent()[1]).to.have.nested.property('[0].Get.ProjectionExpression')
  })

  it('and batchGet take the operations of get patterns, and give what those select', async () => {
    const { shop, Tally } = setup
    const { note: noteById, textOf } = shop.patterns
    const gets = () => [noteById({ list, n: 2 }), Tally.get({ id: 't', n: 0 }), textOf({ list, n: 3 })] as const
    const items = [note(2), { id: 't', n: 0, count: 5 }, { text: 'text 3' }]
    expect(await shop.transactGet(gets())).to.deep.equal(items)
    expect(await shop.batchGet(gets())).to.deep.equal(items)
  })

  it('gives no expired item, and bytes as bytes', async () => {
    const { shop, Note } = setup
    const [expired, present] = [
      { list: 'e', n: 1 },
      { list: 'e', n: 2 },
    ]
    await Note.put({ ...expired, text: 'x', until: new Date('2020-01-01') })
    await Note.put({ ...present, text: 'x', bytes: new Uint8Array([0, 255]) })
    const [without, withIt, bytes] = await shop.transactGet([
      Note.get(expired),
      Note.get(present),
      Note.get(present, { select: ['bytes'] }),
    ])
    expect(without).to.equal(undefined)
    expect(withIt?.bytes).to.deep.equal(Buffer.from([0, 255]))
    expect(bytes?.bytes).to.deep.equal(Buffer.from([0, 255]))
  })

  it('reports how many items came', async () => {
    const { shop, Note } = setup
    const { requests } = await observed(() => shop.transactGet([Note.get({ list, n: 1 }), Note.get({ list, n: 999 })]))
    expect(requests.map(({ operation, itemCount }) => [operation, itemCount])).to.deep.equal([['TransactGetItems', 1]])
  })

  onEmbedded('faults', 'never sees half of a transaction', async () => {
    const { shop, Tally } = setup
    await shop.batchWrite([Tally.put({ id: 'from', count: 100 }), Tally.put({ id: 'to' })])
    const move = () =>
      shop.transactWrite([
        Tally.update({ id: 'from', n: 0 }, { count: add(-1) }),
        Tally.update({ id: 'to', n: 0 }, { count: add(1) }),
      ])
    const look = () => shop.transactGet([Tally.get({ id: 'from', n: 0 }), Tally.get({ id: 'to', n: 0 })])
    const seen = await Promise.all(range(0, 40).map(async (n) => (n % 2 === 0 ? void (await move()) : look())))
    for (const pair of seen) if (pair) expect((pair[0]?.count ?? 0) + (pair[1]?.count ?? 0)).to.equal(100)
    expect((await look())[1]?.count).to.equal(20)
  })

  for (const kind of ['transactionConflict', 'throttle'] as const) {
    onEmbedded('faults', `tries again after a ${kind}, and in the end gives the reasons by operation`, async () => {
      const { shop, Note, engine } = setup
      engine.faults.add({ kind, operations: ['TransactGetItems'], times: 3 })
      const gets = () => [Note.get({ list, n: 1 }), Note.get({ list, n: 2 }), Note.get({ list, n: 1 })]
      expect(await shop.transactGet(gets())).to.deep.equal([note(1), note(2), note(1)])
      expect(sent()).to.have.length(4)
      const only =
        (n: string) =>
        ({ params }: { params: object }) =>
          JSON.stringify(params).includes(`"N":"${n}"`)
      engine.faults.add({ kind, operations: ['TransactGetItems'], matching: only('1') })
      const error = (await failureOf(() =>
        shop.transactGet([Note.get({ list, n: 1 }), Note.get({ list, n: 1 })]),
      )) as TransactionCanceledError
      expect(error).to.be.instanceOf(TransactionCanceledError)
      expect(error.reasons.map(({ operation }) => operation)).to.deep.equal([0, 1])
      expect(error.reasons.map(({ code }) => code === 'None')).to.deep.equal([false, false])
    })
  }

  it('refuses none, more than 100, and what is no get', async () => {
    const { shop, Note } = setup
    const gets = range(0, 101).map((n) => Note.get({ list, n }))
    expect(() => shop.transactGet([])).to.throw(ValidationError)
    expect(() => shop.transactGet(gets)).to.throw(ValidationError, '101')
    expect(await shop.transactGet(gets.slice(1))).to.have.length(100)
    expect(() => shop.transactGet([Note.delete({ list, n: 1 }) as never])).to.throw(ValidationError, '[0]')
  })
})
