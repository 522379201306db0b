// update: how many requests it takes, what it refuses, and what it does when others write the same item.
import { TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import {
  add,
  addToSet,
  append,
  ConditionFailedError,
  ContentionError,
  ItemNotFoundError,
  ifNotExists,
  MisfitError,
  patch,
  prepend,
  remove,
  removeFromSet,
  ValidationError,
} from '../../lib/index.ts'
import { errorOf, intercept, overwrite, requestsDuring, someUlid, startWrites } from './writes-model.ts'

type Setup = Awaited<ReturnType<typeof startWrites>>

describe('update', () => {
  let setup: Setup
  let id = 0
  const newId = () => `u${id++}`
  before(async () => {
    setup = await startWrites()
  })
  after(() => setup.engine.close())
  const newCounter = (attributes: object = {}) => setup.Counter.create({ id: newId(), tags: new Set(), ...attributes })
  const newOrder = async () => {
    const order = await setup.Order.create({ customerId: newId(), total: 20, channel: 'web' })
    return { order, key: { customerId: order.customerId, orderId: order.orderId } }
  }
  // Types refuse most of what these tests give on purpose.
  const updateCounter = (id: string, changes: object, options: object = {}) =>
    setup.Counter.update({ id }, changes as never, options as never)

  describe('requests', () => {
    const writes: readonly [string, object, object, string[]][] = [
      ['an attribute of no index', { note: 'n' }, {}, ['UpdateItem']],
      ['a whole index key', { status: 'paid', placedAt: new Date(0), total: 1 }, {}, ['UpdateItem']],
      ['one key attribute, all of that key attribute known', { status: 'paid' }, {}, ['UpdateItem']],
      ['one attribute of a key of two', { total: 5 }, {}, ['GetItem', 'UpdateItem']],
      ['a sum that a key is made of', { total: add(1) }, {}, ['GetItem', 'UpdateItem']],
      ['a sum, with the other values known', { total: add(1) }, { known: true }, ['UpdateItem']],
      ['a sum, with an equality in the condition', { total: add(1) }, { if: { total: 20 } }, ['GetItem', 'UpdateItem']],
    ]
    for (const [name, changes, options, requests] of writes) {
      it(`takes ${requests.length} for ${name}`, async () => {
        const { order, key } = await newOrder()
        const known = 'known' in options ? { known: { total: order.total, placedAt: order.placedAt } } : options
        const sent = await requestsDuring(() => setup.Order.update(key, changes, known))
        expect(sent).to.deep.equal(requests)
      })
    }

    it('takes an equality of the condition for what the item has', async () => {
      const { id } = await newCounter({ indexed: 4 })
      const sent = await requestsDuring(() => setup.Counter.update({ id }, { indexed: add(2) }, { if: { indexed: 4 } }))
      expect(sent).to.deep.equal(['UpdateItem'])
      expect((await setup.Counter.get({ id }))?.indexed).to.equal(6)
    })

    it('takes an upsert of an item in one when all of its keys are given', async () => {
      const id = newId()
      const sent = await requestsDuring(() => updateCounter(id, { indexed: 4, tags: new Set() }, { upsert: true }))
      expect(sent).to.deep.equal(['UpdateItem'])
      expect(await setup.Counter.get({ id })).to.deep.equal({ id, count: 0, indexed: 4, tags: new Set() })
    })
  })

  describe('known', () => {
    it('is refused when the item has other values', async () => {
      const counter = await newCounter({ indexed: 4 })
      const error = await errorOf(() => setup.Counter.update({ id: counter.id }, { indexed: add(1) }, { known: { indexed: 5 } }))
      expect(error).to.be.instanceOf(ConditionFailedError).with.deep.property('item', counter)
    })

    it('takes a whole item, for an update that nobody else may have come before', async () => {
      const { order, key } = await newOrder()
      expect(await setup.Order.update(key, { total: add(5) }, { known: order })).to.include({ total: 25 })
      expect(await errorOf(() => setup.Order.update(key, { total: add(5) }, { known: order }))).to.be.instanceOf(
        ConditionFailedError,
      )
    })

    it('takes undefined for the absence of what is optional, and for nothing of what is required', async () => {
      const { id } = await setup.Person.create({ id: newId(), parentId: someUlid, email: 'e' })
      const update = (known: object) => setup.Person.update({ id }, { data: 'x' }, { known })
      expect(await update({ rank: undefined, parentId: undefined })).to.include({ data: 'x' })
      expect(await errorOf(() => update({ email: undefined }))).to.be.instanceOf(ConditionFailedError)
    })

    it('refuses another key than that of the item, and attributes that do not exist', async () => {
      const { key } = await newOrder()
      const update = (known: object) => errorOf(() => setup.Order.update(key, { total: 1 }, { known }))
      expect(await update({ customerId: 'other' }))
        .to.be.instanceOf(ValidationError)
        .with.property('path', 'known.customerId')
      const error = await update({ totl: 1 })
      expect(error).to.be.instanceOf(ValidationError).with.property('path', 'known.totl')
      expect(String(error)).to.include('Did you mean total?')
    })
  })

  describe('values', () => {
    it('leaves attributes given as undefined as they are, and refuses null', async () => {
      const { id } = await newCounter({ label: 'x' })
      expect(await updateCounter(id, { label: undefined, count: 1 })).to.include({ label: 'x', count: 1 })
      expect(await errorOf(() => updateCounter(id, { label: null })))
        .to.be.instanceOf(ValidationError)
        .with.property('path', 'label')
    })

    it('answers the item for no changes, in one request', async () => {
      const counter = await newCounter({ count: 3 })
      expect(setup.Counter.update({ id: counter.id }, {}).params()).not.to.have.property('UpdateExpression')
      expect(await setup.Counter.update({ id: counter.id }, {})).to.deep.equal(counter)
      expect(await errorOf(() => updateCounter(newId(), {}))).to.be.instanceOf(ItemNotFoundError)
    })

    it('makes sets empty and lists longer', async () => {
      const { id } = await newCounter({ tags: new Set(['a', 'b']) })
      expect((await updateCounter(id, { tags: removeFromSet('a', 'b', 'c') })).tags).to.deep.equal(new Set())
      expect((await updateCounter(id, { tags: addToSet('d') })).tags).to.deep.equal(new Set(['d']))
      expect((await updateCounter(id, { tags: addToSet() })).tags).to.deep.equal(new Set(['d']))
      expect((await updateCounter(id, { tags: new Set() })).tags).to.deep.equal(new Set())
      const { key } = await newOrder()
      await setup.Order.update(key, { lines: append([{ sku: 'b', quantity: 2 }]) })
      await setup.Order.update(key, { lines: prepend([{ sku: 'a', quantity: 1 }]) })
      expect((await setup.Order.update(key, { lines: append([]) })).lines.map(({ sku }) => sku)).to.deep.equal(['a', 'b'])
    })

    it('fills in the defaults inside maps and lists, as create does', async () => {
      const { key } = await newOrder()
      const changed = await setup.Order.update(key, { address: { street: 's', city: 'c' }, lines: [{ sku: 'a' }] })
      expect(changed.address).to.deep.equal({ street: 's', city: 'c', country: 'CH' })
      expect(changed.lines).to.deep.equal([{ sku: 'a', quantity: 1 }])
    })

    it('patches a map, and says when there is none', async () => {
      const { key } = await newOrder()
      const error = await errorOf(() => setup.Order.update(key, { address: patch({ city: 'Bern' }) }))
      expect(error).to.be.instanceOf(ConditionFailedError)
      expect(String(error)).to.include('address is not there to be patched')
      await setup.Order.update(key, { address: ifNotExists({ street: 's', city: 'c', country: 'FR' }) })
      const { address } = await setup.Order.update(key, { address: patch({ city: 'Bern' }) })
      expect(address).to.deep.equal({ street: 's', city: 'Bern', country: 'FR' })
    })

    const refused: readonly [string, object, string, string?][] = [
      ['a read-only attribute', { channel: 'x' }, 'not-allowed'],
      ['a part of the primary key', { customerId: 'x' }, 'not-allowed'],
      ['the version', { version: 5 }, 'not-allowed'],
      ['the time of creation', { createdAt: new Date() }, 'not-allowed'],
      ['the time of the last write', { updatedAt: new Date() }, 'not-allowed'],
      ['an attribute that does not exist', { totl: 1 }, 'unknown-attribute', 'Did you mean total?'],
      [
        'an attribute of a map that does not exist',
        { address: patch({ citty: 'x' }) },
        'unknown-attribute',
        'Did you mean city?',
      ],
      ['the removal of a required attribute', { total: remove() }, 'not-allowed'],
      ['an operation of another type', { total: append(['x']) }, 'wrong-type'],
      ['a value out of range', { total: -1 }, 'out-of-range'],
      ['a patch that is no object', { address: patch('x' as never) }, 'wrong-type'],
    ]
    for (const [name, changes, reason, text = ''] of refused) {
      it(`refuses ${name}`, async () => {
        const error = await errorOf(() => setup.Order.update({ customerId: 'c', orderId: someUlid }, changes))
        expect(error).to.be.instanceOf(ValidationError).with.property('reason', reason)
        expect(String(error)).to.include(text)
      })
    }

    it('refuses changes and keys that are no objects', async () => {
      expect(await errorOf(() => updateCounter('x', null as never))).to.be.instanceOf(ValidationError)
      expect(await errorOf(() => setup.Counter.update(undefined as never, {}))).to.be.instanceOf(ValidationError)
      expect(await errorOf(() => setup.Counter.update({ id: 'x', count: 1 } as never, {}))).to.be.instanceOf(ValidationError)
    })

    it('keeps by an upsert what the item has: defaults are for a new one, and read-only attributes stay', async () => {
      const { order, key } = await newOrder()
      await setup.Order.update(key, { status: 'paid', lines: [{ sku: 'a' }] })
      const changed = await setup.Order.update(key, { total: 5, channel: 'other' }, { upsert: true })
      const { updatedAt, ...rest } = changed
      expect(rest).to.deep.include({ status: 'paid', channel: 'web', total: 5, createdAt: order.createdAt, version: 3 })
      expect(rest.lines).to.deep.equal([{ sku: 'a', quantity: 1 }])
      expect(updatedAt).not.to.deep.equal(order.updatedAt)
    })

    it('fills a new item in by an upsert as create does', async () => {
      const key = { customerId: newId(), orderId: someUlid }
      const made = await setup.Order.update(key, { total: add(5), channel: 'web' }, { upsert: true })
      expect(made).to.deep.include({ ...key, status: 'pending', channel: 'web', total: 5, lines: [], version: 1 })
      expect([made.createdAt, made.placedAt]).to.deep.equal([made.updatedAt, made.updatedAt])
      expect(await setup.Order.get(key)).to.deep.equal(made)
    })

    it('refuses an upsert that lacks what a new item needs', async () => {
      const error = await errorOf(() => setup.Person.update({ id: 'x' }, {} as never, { upsert: true }))
      expect(error).to.be.instanceOf(ValidationError).with.property('path', 'parentId')
    })

    it('refuses empty text that would be an index key, also when it may not come to it', async () => {
      const { id } = await setup.Person.create({ id: newId(), parentId: someUlid })
      for (const email of ['', ifNotExists('')])
        expect(await errorOf(() => setup.Person.update({ id }, { email }))).to.have.property('reason', 'empty-key')
    })

    it('tells an item that would be over 400 KB', async () => {
      const { id } = await setup.Person.create({ id: newId(), parentId: someUlid, email: 'x'.repeat(1000), rank: 1 })
      const error = await errorOf(() => setup.Person.update({ id }, { data: 'x'.repeat(409_000) }))
      expect(error).to.be.instanceOf(ValidationError).with.property('reason', 'item-too-large')
    })
  })

  describe('the range of a number', () => {
    const sums: readonly [number, number, number | undefined][] = [
      [50, 50, 100],
      [50, 51, undefined],
      [50, -50, 0],
      [50, -50.5, undefined],
      [0, 0, 0],
    ]
    for (const attribute of ['count', 'indexed'] as const) {
      for (const [start, amount, sum] of sums) {
        it(`${sum === undefined ? 'refuses' : 'allows'} ${start} + ${amount} for one ${attribute === 'indexed' ? 'in an index' : 'in none'}`, async () => {
          const { id } = await newCounter({ [attribute]: start })
          if (sum !== undefined)
            return expect(await updateCounter(id, { [attribute]: add(amount) })).to.include({ [attribute]: sum })
          const error = await errorOf(() => updateCounter(id, { [attribute]: add(amount) }))
          expect(error).to.be.instanceOf(ConditionFailedError)
          expect(String(error)).to.include(`${attribute} is ${start}, and adding ${amount} would leave its range from 0 to 100.`)
        })
      }
    }

    it('counts an absent number as 0, which may be out of range already', async () => {
      const { id } = await newCounter()
      expect(await errorOf(() => updateCounter(id, { level: add(5) }))).to.be.instanceOf(ConditionFailedError)
      expect(await errorOf(() => updateCounter(id, { level: add(21) }))).to.be.instanceOf(ConditionFailedError)
      expect(await updateCounter(id, { level: add(15) })).to.include({ level: 15 })
    })

    it('holds for sums with more digits than DynamoDB can compare with', async () => {
      const { id } = await newCounter({ amount: '1' })
      const tiny = '0.0000000000000000000000000001'
      expect(await updateCounter(id, { amount: add(tiny) })).to.include({ amount: '1.0000000000000000000000000001' })
      await updateCounter(id, { amount: '99999999999999999999' })
      expect(await updateCounter(id, { amount: add('1') })).to.include({ amount: '100000000000000000000' })
      expect(await errorOf(() => updateCounter(id, { amount: add(tiny) }))).to.be.instanceOf(ConditionFailedError)
    })

    it('is no condition on the version', async () => {
      const { key } = await newOrder()
      expect(setup.Order.update(key, { note: 'n' }).params()).to.have.property('ConditionExpression', 'attribute_exists(#PK)')
    })
  })

  describe('other writers', () => {
    it('tries again when what it has read has changed', async () => {
      const { id } = await newCounter({ indexed: 4 })
      let interruptions = 3
      const stop = intercept(setup.client, 'UpdateItem', async () => {
        if (interruptions-- > 0)
          await overwrite(setup.client, `COUNTER#${id}`, 'COUNTER', { indexed: { N: String(10 + interruptions) } })
      })
      expect(await setup.Counter.update({ id }, { indexed: add(1) })).to.include({ indexed: 11 })
      stop()
    })

    it('gives up after a number of attempts, having written nothing', async () => {
      const { id } = await newCounter({ indexed: 4 })
      let value = 10
      const stop = intercept(setup.client, 'UpdateItem', () =>
        overwrite(setup.client, `COUNTER#${id}`, 'COUNTER', { indexed: { N: String(value++) } }),
      )
      const error = (await errorOf(() => setup.Counter.update({ id }, { indexed: add(50), label: 'x' }))) as ContentionError
      stop()
      expect(error).to.be.instanceOf(ContentionError)
      expect([error.entity, error.key, error.attempts]).to.deep.equal(['Counter', { id }, 12])
      expect(await setup.Counter.get({ id })).to.deep.equal({ id, count: 0, indexed: value - 1, tags: new Set() })
    })

    it('does not take a failed condition for a conflict', async () => {
      const { id } = await newCounter({ indexed: 4 })
      const sent = await requestsDuring(() => errorOf(() => updateCounter(id, { indexed: add(1) }, { if: { count: 1 } })))
      expect(sent).to.deep.equal(['GetItem', 'UpdateItem'])
    })

    it('does not read again what has another version than the one given', async () => {
      const { key } = await newOrder()
      const stop = intercept(setup.client, 'UpdateItem', async () => {
        stop()
        await setup.Order.update(key, { total: 50 })
      })
      const sent = await requestsDuring(() => errorOf(() => setup.Order.update(key, { total: add(1) }, { version: 1 })))
      expect(sent).to.deep.equal(['GetItem', 'GetItem', 'UpdateItem', 'UpdateItem'])
    })

    it('finds out that the item was deleted meanwhile', async () => {
      const { id } = await newCounter({ indexed: 4 })
      const stop = intercept(setup.client, 'UpdateItem', () => setup.Counter.delete({ id }))
      expect(await errorOf(() => setup.Counter.update({ id }, { indexed: add(1) }))).to.be.instanceOf(ItemNotFoundError)
      stop()
    })

    it('makes or changes the item by an upsert, whoever was faster', async () => {
      const [created, deleted] = [newId(), newId()]
      await newCounter()
      await setup.Counter.create({ id: deleted, indexed: 7, tags: new Set() })
      let stop = intercept(setup.client, 'UpdateItem', async () => {
        stop()
        await setup.Counter.create({ id: created, indexed: 7, tags: new Set() })
      })
      expect(await updateCounter(created, { indexed: add(1), tags: new Set() }, { upsert: true })).to.include({ indexed: 8 })
      stop = intercept(setup.client, 'UpdateItem', async () => {
        stop()
        await setup.Counter.delete({ id: deleted })
      })
      expect(await updateCounter(deleted, { indexed: add(1), tags: new Set() }, { upsert: true })).to.include({ indexed: 1 })
    })

    it('waits for a transaction that holds the item', async () => {
      const { id } = await newCounter()
      let conflicts = 2
      const stop = intercept(setup.client, 'UpdateItem', () => {
        if (conflicts-- > 0) throw new TransactionConflictException({ message: 'ongoing', $metadata: {} })
      })
      expect(await setup.Counter.update({ id }, { count: add(1) })).to.include({ count: 1 })
      conflicts = 100
      expect(await errorOf(() => setup.Counter.update({ id }, { count: add(1) }))).to.be.instanceOf(ContentionError)
      stop()
    })
  })

  it('says so when the item that it has changed does not fit', async () => {
    const { id } = await newCounter()
    await overwrite(setup.client, `COUNTER#${id}`, 'COUNTER', { label: { N: '1' } })
    expect(await errorOf(() => setup.Counter.update({ id }, { count: add(1) }))).to.be.instanceOf(MisfitError)
  })
})
