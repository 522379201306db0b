// create, put and delete: what they write, and which error says why they did not.
import { expect } from 'chai'
import {
  ConditionFailedError,
  ItemExistsError,
  ItemNotFoundError,
  MisfitError,
  or,
  ValidationError,
  VersionConflictError,
} from '../../lib/index.ts'
import { errorOf, intercept, overwrite, requestsDuring, someUlid, startWrites } from './writes-model.ts'

type Setup = Awaited<ReturnType<typeof startWrites>>

describe('writes', () => {
  let setup: Setup
  let id = 0
  const newId = () => `i${id++}`
  before(async () => {
    setup = await startWrites()
  })
  after(() => setup.engine.close())
  const newOrder = () => setup.Order.create({ customerId: newId(), total: 20, channel: 'web' })

  describe('create', () => {
    it('refuses an item that exists, and gives it', async () => {
      const { Counter } = setup
      const first = await Counter.create({ id: newId(), count: 3, tags: new Set(['a']) })
      const error = (await errorOf(() => Counter.create({ id: first.id, tags: new Set() }))) as ItemExistsError
      expect(error).to.be.instanceOf(ItemExistsError)
      expect(error.key).to.deep.equal({ id: first.id })
      expect(error.item).to.deep.equal(first)
      expect(await Counter.get({ id: first.id })).to.deep.equal(first)
    })

    it('calls an item that exists by that name even when there was a condition too', async () => {
      const { Counter } = setup
      const { id } = await Counter.create({ id: newId(), tags: new Set() })
      const error = await errorOf(() => Counter.create({ id, tags: new Set() }, { if: { count: 5 } }))
      expect(error).to.be.instanceOf(ItemExistsError)
    })

    it('holds its condition against the item that is not there', async () => {
      const { Counter } = setup
      const id = newId()
      const error = (await errorOf(() => Counter.create({ id, tags: new Set() }, { if: { count: 5 } }))) as ConditionFailedError
      expect(error).to.be.instanceOf(ConditionFailedError)
      expect(error.item).to.equal(undefined)
      await Counter.create({ id, tags: new Set() }, { if: { count: { exists: false } } })
    })

    it('keeps alternatives together beside its own condition', async () => {
      const { Counter } = setup
      const { id } = await Counter.create({ id: newId(), count: 1, tags: new Set() })
      const anyOfOne = or(or({ count: 1 }, { label: 'x' }))
      expect(await errorOf(() => Counter.create({ id, tags: new Set() }, { if: anyOfOne }))).to.be.instanceOf(ItemExistsError)
    })

    it('refuses what Singlet writes itself', async () => {
      const input = { customerId: newId(), total: 1, channel: 'web' }
      for (const name of ['version', 'createdAt', 'updatedAt']) {
        const error = (await errorOf(() => setup.Order.create({ ...input, [name]: 1 }))) as ValidationError
        expect([error.reason, error.path]).to.deep.equal(['not-allowed', name])
      }
    })

    it('stores an empty set as nothing and reads it as empty', async () => {
      const { Counter } = setup
      const { id, tags } = await Counter.create({ id: newId(), tags: new Set() })
      expect(tags).to.deep.equal(new Set())
      expect((await Counter.get({ id }))?.tags).to.deep.equal(new Set())
    })

    it('refuses an item over 400 KB before it is sent', async () => {
      const { Person } = setup
      let error: unknown
      const sent = await requestsDuring(async () => {
        error = await errorOf(() => Person.create({ id: newId(), parentId: someUlid, data: 'x'.repeat(410_000) }))
      })
      expect(error).to.be.instanceOf(ValidationError).with.property('reason', 'item-too-large')
      expect(sent).to.deep.equal([])
    })

    it('refuses empty text that would be an index key', async () => {
      const error = await errorOf(() => setup.Person.create({ id: newId(), parentId: someUlid, email: '', rank: 1 }))
      expect(error).to.be.instanceOf(ValidationError).with.property('reason', 'empty-key')
    })
  })

  describe('put', () => {
    it('replaces everything', async () => {
      const { Counter } = setup
      const { id } = await Counter.create({ id: newId(), count: 3, label: 'x', tags: new Set(['a']) })
      await Counter.put({ id, tags: new Set() })
      expect(await Counter.get({ id })).to.deep.equal({ id, count: 0, indexed: 0, tags: new Set() })
    })

    it('gives the item that its condition did not hold for', async () => {
      const { Counter } = setup
      const first = await Counter.create({ id: newId(), count: 3, tags: new Set() })
      const put = () => Counter.put({ id: first.id, tags: new Set() }, { if: { count: { gt: 3 } } })
      expect(await errorOf(put))
        .to.be.instanceOf(ConditionFailedError)
        .with.deep.property('item', first)
    })
  })

  describe('version()', () => {
    it('counts every write', async () => {
      const { Order } = setup
      const created = await newOrder()
      const { customerId, orderId } = created
      const put = await Order.put({ customerId, orderId, total: 1, channel: 'web', version: 1 })
      const updated = await Order.update({ customerId, orderId }, { note: 'n' })
      expect([created.version, put.version, updated.version]).to.deep.equal([1, 2, 3])
    })

    const stale: readonly [string, (setup: Setup, key: { customerId: string; orderId: string }) => PromiseLike<unknown>][] = [
      ['put', ({ Order }, key) => Order.put({ ...key, total: 1, channel: 'web', version: 7 })],
      ['put without the version that was read', ({ Order }, key) => Order.put({ ...key, total: 1, channel: 'web' })],
      ['update', ({ Order }, key) => Order.update(key, { note: 'n' }, { version: 7 })],
      ['update that reads first', ({ Order }, key) => Order.update(key, { status: 'paid' }, { version: 7 })],
      ['upsert', ({ Order }, key) => Order.update(key, { total: 1, channel: 'web' }, { version: 7, upsert: true })],
      ['delete', ({ Order }, key) => Order.delete(key, { version: 7 })],
    ]
    for (const [name, write] of stale) {
      it(`refuses a stale ${name} and gives the item`, async () => {
        const order = await newOrder()
        const key = { customerId: order.customerId, orderId: order.orderId }
        const error = (await errorOf(() => write(setup, key))) as VersionConflictError
        expect(error).to.be.instanceOf(VersionConflictError)
        expect(error.item).to.deep.equal(order)
        expect(error.key).to.deep.equal(key)
        expect(await setup.Order.get(key)).to.deep.equal(order)
      })
    }

    it('refuses a put of a version of an item that is gone', async () => {
      const put = () => setup.Order.put({ customerId: newId(), total: 1, channel: 'web', version: 3 })
      expect(await errorOf(put))
        .to.be.instanceOf(VersionConflictError)
        .with.property('item', undefined)
    })

    it('tells a failed condition from a conflict, also when the version is hidden', async () => {
      const { Person } = setup
      const { id } = await Person.create({ id: newId(), parentId: someUlid })
      const failed = await errorOf(() => Person.update({ id }, { data: 'x' }, { version: 1, if: { data: 'y' } }))
      expect(failed).to.be.instanceOf(ConditionFailedError).and.not.instanceOf(VersionConflictError)
      expect(await errorOf(() => Person.delete({ id }, { version: 2 }))).to.be.instanceOf(VersionConflictError)
    })

    it('tells a failed condition from a conflict when the stored item does not fit', async () => {
      const { Person, client } = setup
      const { id } = await Person.create({ id: newId(), parentId: someUlid })
      await overwrite(client, `PERSON#${id}`, 'PERSON', { data: { N: '1' } })
      const failed = await errorOf(() => Person.update({ id }, { rank: 1 }, { version: 1, if: { rank: 5 } }))
      expect(failed).to.be.instanceOf(ConditionFailedError).and.not.instanceOf(VersionConflictError)
    })

    it('refuses a put over an item that has no version yet', async () => {
      const { Order, client } = setup
      const order = await newOrder()
      await overwrite(client, `CUSTOMER#${order.customerId}`, `ORDER#${order.orderId}`, { version: undefined })
      const { customerId, orderId } = order
      const error = await errorOf(() => Order.put({ customerId, orderId, total: 1, channel: 'web' }))
      expect(error).to.be.instanceOf(VersionConflictError)
    })
  })

  describe('delete', () => {
    it('answers the item that was there, and undefined for none', async () => {
      const { Counter } = setup
      const item = await Counter.create({ id: newId(), count: 2, tags: new Set() })
      expect(await Counter.delete({ id: item.id })).to.deep.equal(item)
      expect(await Counter.delete({ id: item.id })).to.equal(undefined)
    })

    it('refuses when its condition does not hold', async () => {
      const { Counter } = setup
      const item = await Counter.create({ id: newId(), count: 2, tags: new Set() })
      const error = await errorOf(() => Counter.delete({ id: item.id }, { if: { count: 1 } }))
      expect(error).to.be.instanceOf(ConditionFailedError).with.deep.property('item', item)
    })

    it('says so when what it deleted does not fit', async () => {
      const { Counter, client } = setup
      const { id } = await Counter.create({ id: newId(), tags: new Set() })
      await overwrite(client, `COUNTER#${id}`, 'COUNTER', { count: { S: 'many' } })
      expect(await errorOf(() => Counter.delete({ id }))).to.be.instanceOf(MisfitError)
      expect(await Counter.get({ id })).to.equal(undefined)
    })
  })

  it('needs an item to update', async () => {
    const { Order, Counter } = setup
    const missing = { customerId: newId(), orderId: someUlid }
    for (const write of [
      () => Order.update(missing, { note: 'n' }),
      () => Order.update(missing, { status: 'paid' as const }),
      () => Counter.update({ id: newId() }, {}),
    ])
      expect(await errorOf(write)).to.be.instanceOf(ItemNotFoundError)
  })

  it('passes errors of the service on as they are', async () => {
    const stop = intercept(setup.client, 'PutItem', () => {
      throw new Error('no network')
    })
    expect(await errorOf(() => setup.Counter.create({ id: newId(), tags: new Set() }))).to.have.property('message', 'no network')
    stop()
  })
})
