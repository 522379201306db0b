// A write is a description until it is awaited: params() shows what will be sent, nothing is sent before, and it is sent once.
import { expect } from 'chai'
import { add, type Operation, ValidationError } from '../../lib/index.ts'
import { errorOf, intercept, requestsDuring, someUlid, startWrites } from './writes-model.ts'

type Setup = Awaited<ReturnType<typeof startWrites>>

describe('a write that is not awaited', () => {
  let setup: Setup
  before(async () => {
    setup = await startWrites()
    await setup.Counter.create({ id: 'there', tags: new Set() })
    await setup.Order.create({ customerId: 'c', orderId: someUlid, total: 1, channel: 'web' })
  })
  after(() => setup.engine.close())

  const writes: readonly [string, string, (setup: Setup) => Operation<unknown>][] = [
    ['create', 'PutItem', ({ Order }) => Order.create({ customerId: 'new', total: 1, channel: 'web' })],
    [
      'put',
      'PutItem',
      ({ Order }) => Order.put({ customerId: 'put', total: 1, channel: 'web' }, { if: { note: { exists: false } } }),
    ],
    ['update', 'UpdateItem', ({ Order }) => Order.update({ customerId: 'c', orderId: someUlid }, { note: 'n' })],
    [
      'upsert',
      'UpdateItem',
      ({ Order }) =>
        Order.update(
          { customerId: 'up', orderId: someUlid },
          { total: 1, channel: 'x', status: 'paid', placedAt: new Date(0) },
          { upsert: true },
        ),
    ],
    ['delete', 'DeleteItem', ({ Counter }) => Counter.delete({ id: 'there' }, { if: { count: 0 } })],
    [
      'transactWrite',
      'TransactWriteItems',
      ({ transactWrite, Order, Counter }) =>
        transactWrite([
          Order.create({ customerId: 'tx', total: 1, channel: 'web' }),
          Order.update({ customerId: 'c', orderId: someUlid }, { note: 'tx' }),
          Counter.delete({ id: 'gone' }),
        ]),
    ],
  ]
  for (const [name, command, write] of writes) {
    it(`sends nothing, shows its request, and sends that once: ${name}`, async () => {
      const inputs: object[] = []
      // The token of a transaction is made when it is sent.
      const stop = intercept(setup.client, command, ({ ClientRequestToken: _, ...input }: { ClientRequestToken?: string }) =>
        inputs.push(input),
      )
      const operation = write(setup)
      const before = await requestsDuring(() => {
        operation.params()
        return new Promise((resolve) => setImmediate(resolve))
      })
      expect(before).to.deep.equal([])
      const shown = operation.params()
      const [first, second] = await Promise.all([operation, operation])
      expect(second).to.equal(first)
      await operation
      stop()
      expect(inputs).to.deep.equal([shown])
      expect(operation.params()).to.deep.equal(shown)
    })
  }

  it('shows no request for an update that reads first, and says what to pass', () => {
    const update = setup.Order.update({ customerId: 'c', orderId: someUlid }, { total: add(1) })
    expect(() => update.params())
      .to.throw(ValidationError, '{ known }')
      .with.property('reason', 'reads-first')
  })

  it('rejects with what params() throws', async () => {
    const update = setup.Order.update({ customerId: 'c', orderId: someUlid }, { total: -1 })
    expect(() => update.params()).to.throw(ValidationError, 'total')
    expect(await errorOf(() => update)).to.be.instanceOf(ValidationError)
  })

  it('can be given to catch and finally', async () => {
    let settled = 0
    const failing = setup.Counter.update({ id: 'nobody' }, { count: 1 })
    expect(await failing.catch((error) => (error as Error).name)).to.equal('ItemNotFoundError')
    await failing.finally(() => settled++).catch(() => undefined)
    expect(settled).to.equal(1)
  })
})
