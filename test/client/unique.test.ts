// Uniqueness: what is refused, what a guard is, and when it is taken and given up.
import { expect } from 'chai'
import {
  ConditionFailedError,
  connect,
  defineEntity,
  defineModel,
  ItemExistsError,
  remove,
  string,
  TransactionCanceledError,
  UniqueConstraintError,
  ValidationError,
} from '../../lib/index.ts'
import { changes } from '../../lib/streams/changes.ts'
import { guardsDue, guardsIn, members, startMembers, storedItems } from './unique-model.ts'
import { errorOf, intercept, requestsDuring } from './writes-model.ts'

type Setup = Awaited<ReturnType<typeof startMembers>>

describe('unique', () => {
  let setup: Setup
  beforeEach(async () => {
    setup = await startMembers()
  })
  afterEach(() => setup.engine.close())
  const ada = { club: 'c', id: 'ada', email: 'ada@x' }
  const bob = { club: 'c', id: 'bob', email: 'bob@x' }
  const key = ({ club, id }: { club: string; id: string }) => ({ club, id })

  it('refuses a create with a value that another item has, and says whose it is', async () => {
    const { Member, client } = setup
    await Member.create(ada)
    const error = await errorOf(() => Member.create({ ...bob, email: 'ada@x' }))
    expect(error).to.be.instanceOf(UniqueConstraintError)
    const { entity, constraint, values, owner } = error as UniqueConstraintError
    expect({ entity, constraint, values, owner }).to.deep.equal({
      entity: 'Member',
      constraint: 'email',
      values: { email: 'ada@x' },
      owner: { club: 'c', id: 'ada' },
    })
    expect(await Member.get(key(bob))).to.equal(undefined)
    expect(await guardsIn(client)).to.deep.equal({ 'EMAIL#ada@x': 'CLUB#c MEMBER#ada' })
  })

  it('says that the item exists, when it is the item itself that has the value', async () => {
    const { Member } = setup
    await Member.create(ada)
    expect(await errorOf(() => Member.create(ada))).to.be.instanceOf(ItemExistsError)
  })

  it('keeps apart values that look like two segments of a key', async () => {
    const { Member, client } = setup
    await Member.create({ ...ada, nation: 'a#1', passport: 2 })
    await Member.create({ ...bob, nation: 'a', passport: 12 })
    expect(await guardsIn(client)).to.deep.equal(await guardsDue(client))
    expect(Object.keys(await guardsIn(client))).to.have.length(4)
  })

  it('moves the guard with the value, and answers the item as it is then', async () => {
    const { Member, client } = setup
    await Member.create({ ...ada, points: 3, about: { text: 'a' } })
    const updated = await Member.update(key(ada), { email: 'ada@y', about: { text: 'b' } })
    expect(updated).to.deep.equal(await Member.get(key(ada), { consistent: true }))
    expect(updated).to.include({ email: 'ada@y', points: 3, version: 2 })
    expect(await guardsIn(client)).to.deep.equal({ 'EMAIL#ada@y': 'CLUB#c MEMBER#ada' })
    await Member.create({ ...bob, email: 'ada@x' })
  })

  it('does nothing to guards for the same value, in one UpdateItem', async () => {
    const { Member } = setup
    await Member.create(ada)
    const same = await requestsDuring(() => Member.update(key(ada), { email: 'ada@x', points: 5 }))
    const other = await requestsDuring(() => Member.update(key(ada), { points: 6 }))
    expect([same, other]).to.deep.equal([['GetItem', 'UpdateItem'], ['UpdateItem']])
  })

  it('takes and gives up the guard of optional values', async () => {
    const { Member, client } = setup
    await Member.create(ada)
    await Member.update(key(ada), { nation: 'CH' })
    expect(Object.keys(await guardsIn(client))).to.deep.equal(['EMAIL#ada@x'])
    await Member.update(key(ada), { passport: 7 })
    expect(Object.keys(await guardsIn(client))).to.have.length(2)
    await Member.update(key(ada), { nation: remove() })
    expect(Object.keys(await guardsIn(client))).to.deep.equal(['EMAIL#ada@x'])
  })

  it('needs no reading of the item when the value is given as known, but for the answer', async () => {
    const { Member } = setup
    await Member.create(ada)
    const params = Member.update(key(ada), { email: 'ada@y' }, { known: { email: 'ada@x' } }).params()
    expect((params as { TransactItems: object[] }).TransactItems.map((item) => Object.keys(item)[0])).to.deep.equal([
      'Update',
      'Delete',
      'Put',
    ])
    const refused = await errorOf(() => Member.update(key(ada), { email: 'ada@y' }, { known: { email: 'nobody@x' } }))
    expect(refused).to.be.instanceOf(ConditionFailedError)
  })

  it('swaps guards when a put replaces an item, also without a version', async () => {
    const { Member, Invite, client } = setup
    await Member.create(ada)
    await Member.put({ ...ada, email: 'ada@y', version: 1 })
    await Invite.put({ code: 'i', slug: 'one' })
    await Invite.put({ code: 'i', slug: 'two' })
    expect(await guardsIn(client)).to.deep.equal({
      'EMAIL#ada@y': 'CLUB#c MEMBER#ada',
      'INVITE_SLUG#two': 'INVITE#i INVITE',
    })
    await Invite.put({ code: 'i' })
    expect(Object.keys(await guardsIn(client))).to.deep.equal(['EMAIL#ada@y'])
  })

  it('claims or releases as an upsert finds an item or none', async () => {
    const { Invite, client } = setup
    await Invite.update({ code: 'i' }, { slug: 'one' }, { upsert: true })
    await Invite.update({ code: 'i' }, { slug: 'two', text: 't' }, { upsert: true })
    await Invite.update({ code: 'i' }, { text: 'u' }, { upsert: true })
    expect(await guardsIn(client)).to.deep.equal({ 'INVITE_SLUG#two': 'INVITE#i INVITE' })
  })

  it('claims for an upsert that makes an item what is unique together with a part of its key', async () => {
    const Seat = defineEntity('Seat', {
      attributes: { hall: string(), row: string(), label: string(), note: string().optional() },
      key: { pk: 'HALL#{hall}', sk: 'ROW#{row}' },
      unique: { label: 'SEAT#{hall}#{label}' },
    })
    const { client } = setup
    const { Seat: seats } = connect(defineModel({ table: members.table, entities: { Seat } }), { client }).entities
    await seats.update({ hall: 'h', row: '1' }, { label: 'A' }, { upsert: true })
    expect(await guardsIn(client)).to.deep.equal({ 'SEAT#h#A': 'HALL#h ROW#1' })
    const second = await errorOf(() => seats.update({ hall: 'h', row: '2' }, { label: 'A' }, { upsert: true }))
    expect(second).to.be.instanceOf(UniqueConstraintError)
  })

  it('gives up the guards of an item that is deleted, and answers it', async () => {
    const { Member, client } = setup
    const created = await Member.create({ ...ada, nation: 'CH', passport: 7 })
    expect(await Member.delete(key(ada))).to.deep.equal(created)
    expect(await Member.delete(key(ada))).to.equal(undefined)
    expect(await storedItems(client)).to.deep.equal([])
  })

  it('reads again when the value has changed between the reading and the write', async () => {
    const { Member, client } = setup
    await Member.create(ada)
    let disturbances = 0
    const stop = intercept(client, 'TransactWriteItems', async () => {
      if (disturbances++ === 0) await Member.update(key(ada), { email: 'ada@between' })
    })
    await Member.update(key(ada), { email: 'ada@end' })
    stop()
    expect(await guardsIn(client)).to.deep.equal({ 'EMAIL#ada@end': 'CLUB#c MEMBER#ada' })
  })

  it('gives up what a put replaces even when that has changed since it was read', async () => {
    const { Invite, client } = setup
    await Invite.put({ code: 'a', slug: 's' })
    let disturbances = 0
    const stop = intercept(client, 'TransactWriteItems', async () => {
      if (disturbances++ === 0) await Invite.update({ code: 'a' }, { slug: 'between' })
    })
    await Invite.put({ code: 'a', slug: 't' })
    stop()
    expect(await guardsIn(client)).to.deep.equal({ 'INVITE_SLUG#t': 'INVITE#a INVITE' })
  })

  it('does not take a guard that was handed on in between for a refusal', async () => {
    const { Invite, client } = setup
    await Invite.create({ code: 'a', slug: 's' })
    let disturbances = 0
    const stop = intercept(client, 'TransactWriteItems', async () => {
      if (disturbances++ > 0) return
      await Invite.update({ code: 'a' }, { slug: 't' })
      await Invite.create({ code: 'b', slug: 's' })
    })
    await Invite.update({ code: 'a' }, { until: new Date('2026-07-01T00:00:00Z') })
    stop()
    expect(await guardsIn(client)).to.deep.equal({ 'INVITE_SLUG#s': 'INVITE#b INVITE', 'INVITE_SLUG#t': 'INVITE#a INVITE' })
  })

  it('reads for an upsert whatever is known, since the item may not be there', async () => {
    const { Member, client } = setup
    await Member.create(ada)
    const known = { email: 'ada@x', nation: undefined, passport: undefined }
    await Member.update(key(ada), { email: 'ada@y' }, { upsert: true, known })
    expect(await guardsIn(client)).to.deep.equal({ 'EMAIL#ada@y': 'CLUB#c MEMBER#ada' })
  })

  it('hands a value from one item to another in one transaction, and swaps two', async () => {
    const { Member, client, transactWrite } = setup
    await Member.create(ada)
    await transactWrite([Member.update(key(ada), { email: 'ada@y' }), Member.create({ ...bob, email: 'ada@x' })])
    await transactWrite([Member.update(key(ada), { email: 'ada@x' }), Member.update(key(bob), { email: 'ada@y' })])
    expect(await guardsIn(client)).to.deep.equal({ 'EMAIL#ada@x': 'CLUB#c MEMBER#ada', 'EMAIL#ada@y': 'CLUB#c MEMBER#bob' })
  })

  it('names the operation whose value is taken, in the table or by another operation', async () => {
    const { Member, Invite, transactWrite } = setup
    await Member.create(ada)
    const cases = [
      [Invite.create({ code: 'i', slug: 's' }), Member.create({ ...bob, email: 'ada@x' })],
      [Member.create({ ...bob, email: 'z' }), Member.create({ ...bob, id: 'bob2', email: 'z' })],
    ]
    for (const operations of cases) {
      const error = await errorOf(() => transactWrite(operations))
      expect(error).to.be.instanceOf(TransactionCanceledError)
      const { reasons } = error as TransactionCanceledError
      expect(reasons.map(({ error, operation }) => [operation, error?.code])).to.deep.equal([
        [0, undefined],
        [1, 'UniqueConstraint'],
      ])
    }
    expect(await Invite.get({ code: 'i' })).to.equal(undefined)
  })

  it('counts guards against the 100 actions of a transaction', async () => {
    const { Member, transactWrite } = setup
    const creates = Array.from({ length: 51 }, (_, index) => Member.create({ ...ada, id: `m${index}`, email: `${index}@x` }))
    expect(await errorOf(() => transactWrite(creates))).to.be.instanceOf(ValidationError)
    await transactWrite(creates.slice(0, 50))
  })

  it('lets the value of an expired item be taken, and lets the item take none while it is expired', async () => {
    const { Invite, clock, client } = setup
    const until = new Date('2026-06-02T00:00:00Z')
    await Invite.create({ code: 'a', slug: 's', until })
    expect(await errorOf(() => Invite.create({ code: 'b', slug: 's' }))).to.be.instanceOf(UniqueConstraintError)
    clock.now = new Date('2026-06-03T00:00:00Z')
    await Invite.create({ code: 'b', slug: 's' })
    await Invite.update({ code: 'a' }, { slug: 's', text: 'still here' })
    await Invite.delete({ code: 'a' })
    expect(await guardsIn(client)).to.deep.equal({ 'INVITE_SLUG#s': 'INVITE#b INVITE' })
  })

  it('refuses to revive an expired item whose value is taken, and takes it again when it is free', async () => {
    const { Invite, clock, client } = setup
    await Invite.create({ code: 'a', slug: 's', until: new Date('2026-06-02T00:00:00Z') })
    clock.now = new Date('2026-06-03T00:00:00Z')
    await Invite.create({ code: 'b', slug: 's' })
    const revive = () => Invite.update({ code: 'a' }, { until: new Date('2026-07-01T00:00:00Z') })
    expect(await errorOf(revive)).to.be.instanceOf(UniqueConstraintError)
    await Invite.delete({ code: 'b' })
    await revive()
    expect(await guardsIn(client)).to.deep.equal({ 'INVITE_SLUG#s': 'INVITE#a INVITE' })
  })

  it('gives a guard the expiry of its owner, also when it changes', async () => {
    const { Invite, client } = setup
    const expiries = async () => (await storedItems(client)).map(({ ttl }) => ttl?.N)
    await Invite.create({ code: 'a', slug: 's', until: new Date('2026-06-02T00:00:00Z') })
    expect(new Set(await expiries())).to.have.length(1)
    await Invite.update({ code: 'a' }, { until: new Date('2026-06-05T00:00:00Z') })
    expect(new Set(await expiries())).to.deep.equal(new Set([String(Date.parse('2026-06-05T00:00:00Z') / 1000)]))
    await Invite.update({ code: 'a' }, { until: remove() })
    expect(new Set(await expiries())).to.deep.equal(new Set([undefined]))
  })

  it('hides guards from scans', async () => {
    const { Member, Invite, patterns } = setup
    await Member.create({ ...ada, nation: 'CH', passport: 7 })
    await Invite.create({ code: 'a', slug: 's' })
    const page = await patterns.allMembers({}, { limit: 10 })
    expect([page.items.length, page.misfits]).to.deep.equal([1, []])
    expect((await patterns.everyInvite({}).all()).length).to.equal(1)
  })

  it('hides guards from the changes of a stream', () => {
    const guard = { PK: { S: 'INVITE_SLUG#s' }, SK: { S: 'INVITE_SLUG#s' } }
    const NewImage = { ...guard, _type: { S: '#unique' }, _unique: { M: {} } }
    const records = [{ NewImage }, {}].map((images, index) => ({
      eventName: 'INSERT' as const,
      dynamodb: { Keys: guard, SequenceNumber: String(index), ...images },
    }))
    const found = changes(members, records)
    expect([found.length, found.misfits]).to.deep.equal([0, []])
  })

  it('adopts items that were written before their values had to be unique', async () => {
    const { Invite, client } = setup
    await Invite.create({ code: 'a', slug: 's' })
    const { DeleteItemCommand } = await import('@aws-sdk/client-dynamodb')
    const guard = { S: 'INVITE_SLUG#s' }
    await client.send(new DeleteItemCommand({ TableName: 'members', Key: { PK: guard, SK: guard } }))
    await Invite.put({ code: 'a', slug: 's' })
    expect(await guardsIn(client)).to.deep.equal({ 'INVITE_SLUG#s': 'INVITE#a INVITE' })
    await client.send(new DeleteItemCommand({ TableName: 'members', Key: { PK: guard, SK: guard } }))
    await Invite.update({ code: 'a' }, { slug: 't' })
    expect(await guardsIn(client)).to.deep.equal({ 'INVITE_SLUG#t': 'INVITE#a INVITE' })
  })

  it('lets items from before the constraint that have one value be changed and deleted', async () => {
    const { Invite, client } = setup
    await Invite.create({ code: 'a', slug: 's' })
    const { PutItemCommand } = await import('@aws-sdk/client-dynamodb')
    for (const code of ['b', 'c']) {
      const key = { PK: { S: `INVITE#${code}` }, SK: { S: 'INVITE' } }
      const Item = { ...key, _type: { S: 'Invite' }, code: { S: code }, slug: { S: 's' } }
      await client.send(new PutItemCommand({ TableName: 'members', Item }))
    }
    await Invite.update({ code: 'b' }, { slug: 't' })
    await Invite.delete({ code: 'c' })
    expect(await guardsIn(client)).to.deep.equal({ 'INVITE_SLUG#s': 'INVITE#a INVITE', 'INVITE_SLUG#t': 'INVITE#b INVITE' })
  })
})
