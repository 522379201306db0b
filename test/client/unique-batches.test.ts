// Unique values in batches and in transactions with a token.
import { expect } from 'chai'
import { connect, SingletError, ValidationError } from '../../lib/index.ts'
import { guardsDue, guardsIn, members, startMembers } from './unique-model.ts'
import { errorOf } from './writes-model.ts'

type Setup = Awaited<ReturnType<typeof startMembers>>

describe('unique values in bulk', () => {
  let setup: Setup
  beforeEach(async () => {
    setup = await startMembers()
  })
  afterEach(() => setup.engine.close())

  it('are refused in batches, which could not write their guards', async () => {
    const { batchWrite } = connect(members, { client: setup.client })
    const { Invite } = setup
    expect(await errorOf(async () => batchWrite([Invite.put({ code: 'a', slug: 's' })]))).to.be.instanceOf(ValidationError)
    expect(await errorOf(async () => batchWrite([Invite.delete({ code: 'a' })]))).to.be.instanceOf(ValidationError)
  })

  it('are claimed once by a transaction that is sent twice under one token, also when time has passed', async () => {
    const { Invite, Member, clock, client } = setup
    const { transactWrite } = connect(members, { client, now: () => clock.now })
    const invite = Invite.create({ code: 'a', slug: 's', until: new Date('2026-07-01T00:00:00Z') })
    const member = Member.create({ club: 'c', id: 'ada', email: 'ada@x' })
    const token = { clientRequestToken: 'one' }
    await transactWrite([invite, member], token)
    clock.now = new Date('2026-06-01T12:00:05Z')
    const [created] = await transactWrite([invite, member], token)
    expect(created).to.include({ slug: 's' })
    expect(await guardsIn(client)).to.deep.equal(await guardsDue(client))
    const error = await errorOf(() => transactWrite([Member.delete({ club: 'c', id: 'ada' })], { clientRequestToken: 'two' }))
    expect(error).to.be.instanceOf(SingletError)
    expect(await guardsIn(client)).to.deep.equal(await guardsDue(client))
  })

  it('come with the item of a move', async () => {
    const { Member, transactWrite } = setup
    await Member.create({ club: 'c', id: 'ada', email: 'ada@x' })
    const [moved] = await transactWrite([Member.move({ club: 'c', id: 'ada' }, { club: 'd', id: 'ada' })])
    expect(moved).to.include({ club: 'd', email: 'ada@x' })
  })
})
