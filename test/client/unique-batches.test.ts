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

  it('and moves make more actions than a transaction may have, which the refusal counts by their cause', async () => {
    const { Invite, transactWrite } = setup
    const codes = Array.from({ length: 51 }, (_, index) => String(index))
    await Promise.all(codes.map((code) => Invite.create({ code })))
    const move = (code: string) => Invite.move({ code }, { code: `${code}-moved` })
    const claim = (code: string) => Invite.create({ code: `${code}-new`, slug: code })
    const refusals: [operations: Parameters<typeof transactWrite>[0], needs: string][] = [
      [codes.map(move), 'These 51 operations need 102: 51 more to delete what is moved.'],
      [codes.map(claim), 'These 51 operations need 102: 51 more for the guards of unique values.'],
      [
        [...codes.slice(0, 30).map(move), ...codes.slice(30).map(claim)],
        'These 51 operations need 102: 30 more to delete what is moved, 21 more for the guards of unique values.',
      ],
    ]
    for (const [operations, needs] of refusals) {
      const error = await errorOf(() => transactWrite(operations))
      expect(error).to.be.instanceOf(ValidationError)
      expect((error as ValidationError).message).to.equal(`A transaction has up to 100 actions. ${needs}`)
    }
  })

  it('come with the item of a move', async () => {
    const { Member, transactWrite } = setup
    await Member.create({ club: 'c', id: 'ada', email: 'ada@x' })
    const [moved] = await transactWrite([Member.move({ club: 'c', id: 'ada' }, { club: 'd', id: 'ada' })])
    expect(moved).to.include({ club: 'd', email: 'ada@x' })
  })
})
