// move: an item under a new primary key, with its index keys and guards, or refused with nothing changed.
import { expect } from 'chai'
import {
  add,
  ConditionFailedError,
  ItemExistsError,
  ItemNotFoundError,
  patch,
  type TransactionCanceledError,
  UniqueConstraintError,
  ValidationError,
  VersionConflictError,
} from '../../lib/index.ts'
import { guardsDue, guardsIn, startMembers, storedItems } from './unique-model.ts'
import { errorOf, intercept } from './writes-model.ts'

type Setup = Awaited<ReturnType<typeof startMembers>>

describe('move', () => {
  let setup: Setup
  beforeEach(async () => {
    setup = await startMembers()
  })
  afterEach(() => setup.engine.close())
  const ada = { club: 'c', id: 'ada', email: 'ada@x', nation: 'CH', passport: 7, points: 3, about: { text: 'a' } }
  const [from, to] = [
    { club: 'c', id: 'ada' },
    { club: 'd', id: 'ada' },
  ]

  it('gives the item the new key, what changes, and all the rest as it was', async () => {
    const { Member, client, clock, patterns } = setup
    const created = await Member.create(ada)
    clock.now = new Date('2026-06-09T00:00:00Z')
    const moved = await Member.move(from, to, { points: add(4), about: patch({ mood: 'good' }) })
    expect(moved).to.deep.equal({ ...created, club: 'd', points: 7, about: { text: 'a', mood: 'good' }, version: 2 })
    expect(await Member.get(to, { consistent: true })).to.deep.equal(moved)
    expect(await Member.get(from)).to.equal(undefined)
    expect(await patterns.byPoints({ club: 'd', points: 7 }).all()).to.deep.equal([moved])
    expect(await patterns.byPoints({ club: 'c' }).all()).to.deep.equal([])
    expect(await guardsIn(client)).to.deep.equal(await guardsDue(client))
    expect(await storedItems(client)).to.have.length(3)
  })

  it('takes along what others have stored with the item', async () => {
    const { Member, client } = setup
    await Member.create(ada)
    const { UpdateItemCommand } = await import('@aws-sdk/client-dynamodb')
    await client.send(
      new UpdateItemCommand({
        TableName: 'members',
        Key: { PK: { S: 'CLUB#c' }, SK: { S: 'MEMBER#ada' } },
        UpdateExpression: 'SET theirs = :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    )
    await Member.move(from, to)
    expect((await storedItems(client)).map(({ theirs }) => theirs?.N)).to.include('1')
  })

  it('is refused, and nothing is changed', async () => {
    const { Member, client } = setup
    await Member.create(ada)
    await Member.create({ club: 'd', id: 'bob', email: 'bob@x' })
    const before = await storedItems(client)
    const cases: [() => PromiseLike<unknown>, new (...args: never[]) => Error][] = [
      [() => Member.move({ club: 'c', id: 'nobody' }, to), ItemNotFoundError],
      [() => Member.move(from, { club: 'd', id: 'bob' }), ItemExistsError],
      [() => Member.move(from, to, { email: 'bob@x' }), UniqueConstraintError],
      [() => Member.move(from, to, {}, { if: { points: 4 } }), ConditionFailedError],
      [() => Member.move(from, to, {}, { version: 5 }), VersionConflictError],
      [() => Member.move(from, to, { points: add(98) }), ConditionFailedError],
      [() => Member.move(from, from), ValidationError],
      [() => Member.move(from, { club: '', id: 'ada' }), ValidationError],
    ]
    for (const [work, error] of cases) expect(await errorOf(work)).to.be.instanceOf(error)
    expect(await storedItems(client)).to.deep.equal(before)
  })

  it('moves what the item has become when it was changed after it was read', async () => {
    const { Member, client } = setup
    await Member.create(ada)
    let disturbances = 0
    const stop = intercept(client, 'TransactWriteItems', async () => {
      if (disturbances++ === 0) await Member.update(from, { points: 50 })
    })
    expect(await Member.move(from, to, { points: add(1) })).to.include({ points: 51, version: 3 })
    stop()
    expect(disturbances).to.equal(2)
  })

  it('is part of a transaction like any write, and its refusal is its own', async () => {
    const { Member, Invite, transactWrite } = setup
    await Member.create(ada)
    await transactWrite([Member.move(from, to), Invite.create({ code: 'i' })])
    expect(await Member.get(to)).to.include({ email: 'ada@x' })
    await Member.create({ ...from, email: 'other@x' })
    const error = await errorOf(() => transactWrite([Invite.create({ code: 'j' }), Member.move(from, to)]))
    expect((error as TransactionCanceledError).reasons.map(({ error }) => error?.code)).to.deep.equal([undefined, 'ItemExists'])
    expect(await errorOf(() => transactWrite([Member.move(from, { club: 'e', id: 'x' }), Member.delete(from)]))).to.be.instanceOf(
      ValidationError,
    )
    expect(await Member.get(from)).to.include({ email: 'other@x' })
  })
})
