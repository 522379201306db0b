// transactWrite: all or nothing, also with updates that read first; and reasons that name the operation.
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import {
  add,
  ConditionFailedError,
  ContentionError,
  ItemExistsError,
  ItemNotFoundError,
  patch,
  type SingletError,
  TransactionCanceledError,
  ValidationError,
  VersionConflictError,
} from '../../lib/index.ts'
import { errorOf, intercept, overwrite, requestsDuring, someUlid, startWrites } from './writes-model.ts'

type Setup = Awaited<ReturnType<typeof startWrites>>

describe('transactWrite', () => {
  let setup: Setup
  let id = 0
  const newId = () => `t${id++}`
  before(async () => {
    setup = await startWrites()
  })
  after(() => setup.engine.close())
  const newCounter = (indexed = 0) => setup.Counter.create({ id: newId(), indexed, tags: new Set() })
  const canceled = async (work: () => PromiseLike<unknown>) => {
    const error = await errorOf(work)
    expect(error).to.be.instanceOf(TransactionCanceledError)
    return (error as TransactionCanceledError).reasons
  }
  const indexedOf = async (id: string) => (await setup.Counter.get({ id }, { consistent: true }))?.indexed

  it('writes all, with updates that read first', async () => {
    const { Counter, transactWrite } = setup
    const [a, b] = [await newCounter(1), await newCounter(2)]
    const created = newId()
    const sent = await requestsDuring(() =>
      transactWrite([
        Counter.update({ id: a.id }, { indexed: add(10) }),
        Counter.update({ id: b.id }, { indexed: add(20) }),
        Counter.create({ id: created, tags: new Set() }),
      ]),
    )
    expect(sent).to.deep.equal(['GetItem', 'GetItem', 'TransactWriteItems'])
    expect([await indexedOf(a.id), await indexedOf(b.id), await indexedOf(created)]).to.deep.equal([11, 22, 0])
  })

  it('gives each operation that refused its own error, and writes nothing', async () => {
    const { Counter, Order, transactWrite } = setup
    const [a, b, c] = [await newCounter(), await newCounter(), await newCounter()]
    const order = await Order.create({ customerId: newId(), total: 1, channel: 'web' })
    const { customerId, orderId } = order
    const reasons = await canceled(() =>
      transactWrite([
        Counter.create({ id: newId(), tags: new Set() }),
        Counter.create({ id: a.id, tags: new Set() }),
        Counter.update({ id: b.id }, { count: 5 }, { if: { count: 1 } }),
        Counter.update({ id: 'nobody' }, { count: 5 }),
        Order.update({ customerId, orderId }, { note: 'n' }, { version: 9 }),
        Counter.update({ id: c.id }, { count: 5 }),
        Counter.delete({ id: newId() }, { if: { count: 1 } }),
      ]),
    )
    expect(reasons.map(({ code }) => code === 'None')).to.deep.equal([true, false, false, false, false, true, false])
    const kinds = [
      undefined,
      ItemExistsError,
      ConditionFailedError,
      ItemNotFoundError,
      VersionConflictError,
      undefined,
      ConditionFailedError,
    ]
    expect(reasons.map(({ error }) => error?.constructor)).to.deep.equal(kinds)
    expect(reasons.map(({ operation }) => operation)).to.deep.equal([0, 1, 2, 3, 4, 5, 6])
    expect(reasons[4]?.error).to.have.deep.property('item', order)
    expect((await Counter.get({ id: c.id }))?.count).to.equal(0)
  })

  it('gives a missing item as the reason, also when the update had to read it', async () => {
    const { Counter, transactWrite } = setup
    const { id } = await newCounter()
    const reasons = await canceled(() =>
      transactWrite([Counter.update({ id }, { count: 5 }), Counter.update({ id: 'nobody' }, { indexed: add(1) })]),
    )
    expect(reasons[0]).to.deep.equal({ code: 'None', operation: 0 })
    expect(reasons[1]?.error).to.be.instanceOf(ItemNotFoundError)
  })

  it('gives the reasons of the others too when a reading has ruled an update or a move out', async () => {
    const { Counter, Order, transactWrite } = setup
    const [a, b] = [await newCounter(), await newCounter()]
    const order = await Order.create({ customerId: newId(), total: 1, channel: 'web' })
    const { customerId, orderId } = order
    const ruledOut = [
      Counter.update({ id: 'nobody' }, { indexed: add(1) }),
      Counter.move({ id: 'nobody' }, { id: newId() }),
      Order.move({ customerId, orderId }, { customerId: newId(), orderId }, { address: patch({ city: 'Bern' }) }),
    ]
    const errors = [ItemNotFoundError, ItemNotFoundError, ConditionFailedError]
    for (const [index, write] of ruledOut.entries()) {
      const reasons = await canceled(() =>
        transactWrite([
          write,
          Counter.create({ id: a.id, tags: new Set() }),
          Counter.update({ id: b.id }, { count: 5 }),
        ] as const),
      )
      expect(reasons.map(({ error }) => error?.constructor)).to.deep.equal([errors[index], ItemExistsError, undefined])
      expect(reasons.map(({ code }) => code)).to.deep.equal(['ConditionalCheckFailed', 'ConditionalCheckFailed', 'None'])
    }
    expect((await Counter.get({ id: b.id }, { consistent: true }))?.count, 'nothing is written').to.equal(0)
  })

  it('does what a reading had ruled out when that has come true meanwhile', async () => {
    const { Counter, transactWrite, client } = setup
    const [missing, other] = [newId(), newId()]
    let late = true
    const stop = intercept(client, 'TransactWriteItems', async () => {
      if (late) await Counter.create({ id: missing, indexed: 7, tags: new Set() })
      late = false
    })
    await transactWrite([
      Counter.update({ id: missing }, { indexed: add(1) }),
      Counter.create({ id: other, indexed: 1, tags: new Set() }),
    ])
    stop()
    expect([await indexedOf(missing), await indexedOf(other)]).to.deep.equal([8, 1])
  })

  it('reads again when others have changed what an update has read', async () => {
    const { Counter, transactWrite, client } = setup
    const [a, b] = [await newCounter(1), await newCounter(2)]
    let interruptions = 2
    const stop = intercept(client, 'TransactWriteItems', async () => {
      if (interruptions-- > 0)
        await overwrite(client, `COUNTER#${a.id}`, 'COUNTER', { indexed: { N: String(50 + interruptions) } })
    })
    await transactWrite([Counter.update({ id: a.id }, { indexed: add(1) }), Counter.update({ id: b.id }, { indexed: add(1) })])
    stop()
    expect([await indexedOf(a.id), await indexedOf(b.id)]).to.deep.equal([51, 3])
  })

  it('gives up on an item that others keep changing, and names it', async () => {
    const { Counter, transactWrite, client } = setup
    const [a, b] = [await newCounter(1), await newCounter(2)]
    let value = 10
    const stop = intercept(client, 'TransactWriteItems', () =>
      overwrite(client, `COUNTER#${b.id}`, 'COUNTER', { indexed: { N: String(value++) } }),
    )
    const operations = () => [
      Counter.update({ id: a.id }, { indexed: add(1) }),
      Counter.update({ id: b.id }, { indexed: add(1) }),
    ]
    const error = (await errorOf(() => transactWrite(operations()))) as ContentionError
    stop()
    expect(error).to.be.instanceOf(ContentionError)
    expect([error.entity, error.key]).to.deep.equal(['Counter', { id: b.id }])
    expect([await indexedOf(a.id), await indexedOf(b.id)]).to.deep.equal([1, value - 1])
  })

  it('does not try again for a read that was overtaken when another operation is refused for good', async () => {
    const { Counter, transactWrite, client } = setup
    const [a, b] = [await newCounter(1), await newCounter(2)]
    const stop = intercept(client, 'TransactWriteItems', () =>
      overwrite(client, `COUNTER#${a.id}`, 'COUNTER', { indexed: { N: '60' } }),
    )
    const reasons = await canceled(() =>
      transactWrite([Counter.update({ id: a.id }, { indexed: add(1) }), Counter.create({ id: b.id, tags: new Set() })]),
    )
    stop()
    expect(reasons.map(({ code }) => code)).to.deep.equal(['ConditionalCheckFailed', 'ConditionalCheckFailed'])
    expect(reasons.map(({ error }) => (error as SingletError | undefined)?.name)).to.deep.equal([undefined, 'ItemExistsError'])
  })

  const passing: readonly [string, typeof ContentionError | typeof TransactionCanceledError][] = [
    ['TransactionConflict', ContentionError],
    ['ThrottlingError', TransactionCanceledError],
  ]
  for (const [code, final] of passing) {
    it(`tries again for ${code}, and in the end throws a ${final.name}`, async () => {
      const { Counter, transactWrite, client } = setup
      const { id } = await newCounter()
      let failures = 2
      const stop = intercept(client, 'TransactWriteItems', () => {
        if (failures-- <= 0) return
        const reasons = [{ Code: 'None' }, { Code: code, Message: 'try later' }]
        throw new TransactionCanceledException({ message: 'cancelled', $metadata: {}, CancellationReasons: reasons })
      })
      const operations = () => [Counter.create({ id: newId(), tags: new Set() }), Counter.update({ id }, { count: 7 })]
      await transactWrite(operations())
      expect((await Counter.get({ id }))?.count).to.equal(7)
      failures = 100
      expect(await errorOf(() => transactWrite(operations()))).to.be.instanceOf(final)
      stop()
    })
  }

  it('checks the condition of an update without changes, which DynamoDB has no Update for', async () => {
    const { Counter, transactWrite } = setup
    const { id } = await newCounter()
    const created = newId()
    const operations = (count: number) => [
      Counter.update({ id }, {}, { if: { count } }),
      Counter.create({ id: created, tags: new Set() }),
    ]
    const reasons = await canceled(() => transactWrite(operations(1)))
    expect(reasons[0]?.error).to.be.instanceOf(ConditionFailedError)
    await transactWrite(operations(0))
    expect(await indexedOf(created)).to.equal(0)
  })

  it('tells an item that would be over 400 KB', async () => {
    const { Person, transactWrite } = setup
    const { id } = await Person.create({ id: newId(), parentId: someUlid, email: 'x'.repeat(1000), rank: 1 })
    const reasons = await canceled(() => transactWrite([Person.update({ id }, { data: 'x'.repeat(409_000) })]))
    expect(reasons[0]?.error).to.be.instanceOf(ValidationError).with.property('reason', 'item-too-large')
  })

  it('refuses two operations on one item, and says which', async () => {
    const { Counter, transactWrite } = setup
    const { id } = await newCounter()
    const operations = [Counter.update({ id }, { count: 1 }), Counter.delete({ id: 'other' }), Counter.delete({ id })]
    expect(() => transactWrite(operations).params()).to.throw(ValidationError, '[2]: writes the same item as operation 0')
    expect(await errorOf(() => transactWrite(operations))).to.be.instanceOf(ValidationError)
  })

  it('refuses none, more than 100, and what is no operation', () => {
    const { Counter, transactWrite } = setup
    const many = Array.from({ length: 101 }, (_, index) => Counter.delete({ id: `${index}` }))
    expect(() => transactWrite([])).to.throw(ValidationError)
    expect(() => transactWrite(many)).to.throw(ValidationError, '101')
    expect(() => transactWrite([{} as never])).to.throw(ValidationError, '[0]')
  })
})
