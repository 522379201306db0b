// The invariant of unique values: the guards in the table are exactly the unique values of its items, each with its owner, whatever was
// written, by how many at once, and whatever went wrong on the way.
import { expect } from 'chai'
import fc from 'fast-check'
import { remove, SingletError } from '../../lib/index.ts'
import { onEmbedded } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { change, checkConcurrent, checkUnderFaults, type Oracle, runStep, stepOf } from './concurrent-writes.ts'
import { guardsDue, guardsIn, startMembers, storedItems } from './unique-model.ts'

type Setup = Awaited<ReturnType<typeof startMembers>>

const email = fc.constantFrom('a', 'b', 'c#d')
const nation = fc.constantFrom('CH', 'IT')
const passport = fc.constantFrom(1, -2.5)
const memberKey = fc.record({ club: fc.constantFrom('x', 'y'), id: fc.constantFrom('1', '2') })
const optionalPassport = fc.record({ nation, passport }, { requiredKeys: [] })
const code = fc.constantFrom('p', 'q')
const slug = fc.option(fc.constantFrom('s', 't'), { nil: undefined })
const version = fc.option(fc.constantFrom(1, 2), { nil: undefined })

/** One write, as data. */
const write = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), key: memberKey, email, more: optionalPassport }),
  fc.record({ kind: fc.constant('put' as const), key: memberKey, email, more: optionalPassport, version }),
  fc.record({
    kind: fc.constant('update' as const),
    key: memberKey,
    email: fc.option(email, { nil: undefined }),
    nation: change(nation),
    passport: change(passport),
  }),
  fc.record({ kind: fc.constant('upsert' as const), key: memberKey, email, more: optionalPassport }),
  fc.record({ kind: fc.constant('delete' as const), key: memberKey }),
  fc.record({ kind: fc.constant('move' as const), key: memberKey, to: memberKey, email: fc.option(email, { nil: undefined }) }),
  fc.record({ kind: fc.constant('invite' as const), code, slug }),
  fc.record({ kind: fc.constant('reinvite' as const), code, slug: change(fc.constantFrom('s', 't')) }),
  fc.record({ kind: fc.constant('withdraw' as const), code }),
)
type WriteData = typeof write extends fc.Arbitrary<infer W> ? W : never

const changed = <V>(value: V | 'remove' | undefined) => (value === 'remove' ? remove() : value)

function operation({ Member, Invite }: Setup, data: WriteData) {
  switch (data.kind) {
    case 'create':
      return Member.create({ ...data.key, email: data.email, ...data.more })
    case 'put':
      return Member.put({ ...data.key, email: data.email, ...data.more, ...(data.version && { version: data.version }) })
    case 'update': {
      const { email, nation, passport } = data
      return Member.update(data.key, { email, nation: changed(nation), passport: changed(passport) })
    }
    case 'upsert':
      return Member.update(data.key, { email: data.email, ...data.more }, { upsert: true })
    case 'delete':
      return Member.delete(data.key)
    case 'move':
      return Member.move(data.key, data.to, { email: data.email })
    case 'invite':
      return Invite.put({ code: data.code, slug: data.slug })
    case 'reinvite':
      return Invite.update({ code: data.code }, { slug: changed(data.slug) })
    case 'withdraw':
      return Invite.delete({ code: data.code })
  }
}

const run = (setup: Setup, writes: readonly WriteData[]) => runStep(setup, writes, operation)

async function empty({ client, engine }: Setup): Promise<void> {
  engine.faults.clear()
  const { DeleteItemCommand } = await import('@aws-sdk/client-dynamodb')
  for (const { PK, SK } of await storedItems(client))
    if (PK !== undefined && SK !== undefined) await client.send(new DeleteItemCommand({ TableName: 'members', Key: { PK, SK } }))
}

describe('the guards of unique values', () => {
  let setup: Setup
  before(async () => {
    setup = await startMembers()
  })
  after(() => setup.engine.close())

  const state = async () => JSON.stringify(await storedItems(setup.client))
  const expectGuards = async () => expect(await guardsIn(setup.client)).to.deep.equal(await guardsDue(setup.client))

  it('are those of the items after each write, and a refused write changes nothing', async () => {
    let refused = 0
    await fc.assert(
      fc.asyncProperty(fc.array(stepOf(write), { minLength: 1, maxLength: 10 }), async (steps) => {
        await empty(setup)
        for (const writes of steps) {
          const before = await state()
          try {
            await run(setup, writes)
          } catch (error) {
            if (!(error instanceof SingletError)) throw error
            refused++
            expect(await state()).to.equal(before)
          }
          await expectGuards()
        }
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
    expect(refused).to.be.above(0)
  })

  const oracle: Oracle<WriteData> = {
    engine: () => setup.engine,
    begin: () => empty(setup),
    run: (writes) => run(setup, writes),
    check: expectGuards,
  }

  it('are those of the items after concurrent writes', () => checkConcurrent(oracle, write))

  onEmbedded('faults', 'are those of the items when transactions conflict and connections drop before or after a write', () =>
    checkUnderFaults(oracle, write),
  )
})
