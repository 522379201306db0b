// The invariant of copies: the copies in the table are exactly those that its sources imply, each with the content of its source, whatever
// was written, by how many at once, and whatever went wrong on the way.
import { expect } from 'chai'
import fc from 'fast-check'
import { add, append, ifNotExists, remove, SingletError } from '../../lib/index.ts'
import { onEmbedded } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { change, checkConcurrent, checkUnderFaults, type Oracle, runStep, stepOf } from './concurrent-writes.ts'
import { companionsDue, companionsIn, deleteAll, rawItems, startPeople } from './copies-model.ts'

type Setup = Awaited<ReturnType<typeof startPeople>>

const personKey = fc.constantFrom({ club: 'x', id: '1' }, { club: 'y', id: '2' }, { club: 'y', id: '1' })
const handle = fc.constantFrom('a', 'b', 'c#d')
const nick = fc.constantFrom('n', 'm')
const about = fc.record({ text: fc.constantFrom('t', 'u') })
const points = fc.integer({ min: 0, max: 9 })
const maybe = <V>(value: fc.Arbitrary<V>) => fc.option(value, { nil: undefined })
const more = fc.record({ nick, about, points }, { requiredKeys: [] })
const code = fc.constantFrom('p', 'q')
const slug = fc.constantFrom('s', 't')
const until = fc.constantFrom(new Date('2026-06-02T00:00:00Z'), new Date('2026-06-10T00:00:00Z'))

/** One write, as data. */
const write = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), key: personKey, handle, more }),
  fc.record({ kind: fc.constant('put' as const), key: personKey, handle, more, version: maybe(fc.constantFrom(1, 2)) }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('update' as const),
      key: personKey,
      changes: fc.record({ handle: maybe(handle), nick: change(nick), about: change(about), points: maybe(points) }),
    }),
  },
  fc.record({ kind: fc.constant('count' as const), key: personKey, by: fc.integer({ min: -3, max: 3 }), nick }),
  fc.record({ kind: fc.constant('upsert' as const), key: personKey, handle, more }),
  fc.record({ kind: fc.constant('delete' as const), key: personKey }),
  fc.record({ kind: fc.constant('move' as const), key: personKey, to: personKey, handle: maybe(handle) }),
  fc.record({ kind: fc.constant('known' as const), key: personKey, from: handle, to: handle, points }),
  fc.record({ kind: fc.constant('invite' as const), code, slug: maybe(slug), until: maybe(until) }),
  fc.record({ kind: fc.constant('reinvite' as const), code, slug: change(slug), until: change(until), text: maybe(slug) }),
  fc.record({ kind: fc.constant('offer' as const), code, slug, until: maybe(until) }),
  fc.record({ kind: fc.constant('withdraw' as const), code }),
)
type WriteData = typeof write extends fc.Arbitrary<infer W> ? W : never

const changed = <V>(value: V | 'remove' | undefined) => (value === 'remove' ? remove() : value)

function operation({ Person, Invite }: Setup, data: WriteData) {
  switch (data.kind) {
    case 'create':
      return Person.create({ ...data.key, handle: data.handle, ...data.more })
    case 'put':
      return Person.put({ ...data.key, handle: data.handle, ...data.more, ...(data.version && { version: data.version }) })
    case 'update': {
      const { handle, nick, about, points } = data.changes
      return Person.update(data.key, { handle, nick: changed(nick), about: changed(about), points })
    }
    case 'count':
      return Person.update(data.key, { points: add(data.by), nick: ifNotExists(data.nick), marks: append([data.nick]) })
    case 'upsert':
      return Person.update(data.key, { handle: data.handle, ...data.more }, { upsert: true })
    case 'delete':
      return Person.delete(data.key)
    case 'move':
      return Person.move(data.key, data.to, { handle: data.handle })
    case 'known':
      return Person.update(data.key, { handle: data.to, points: data.points }, { known: { handle: data.from } })
    case 'invite':
      return Invite.put({ code: data.code, slug: data.slug, until: data.until })
    case 'reinvite':
      return Invite.update({ code: data.code }, { slug: changed(data.slug), until: changed(data.until), text: data.text })
    case 'offer':
      return Invite.create({ code: data.code, slug: data.slug, until: data.until })
    case 'withdraw':
      return Invite.delete({ code: data.code })
  }
}

const run = (setup: Setup, writes: readonly WriteData[]) => runStep(setup, writes, operation)

/** Steps, and time that passes. */
const sequence = fc.array(fc.oneof({ weight: 8, arbitrary: stepOf(write) }, fc.constant('pass' as const)), {
  minLength: 1,
  maxLength: 12,
})

async function empty({ client, clock, engine }: Setup): Promise<void> {
  engine.faults.clear()
  clock.now = new Date('2026-06-01T12:00:00Z')
  await deleteAll(client)
}

/** Something to write to: what begins with nothing is mostly refused. */
async function fill(setup: Setup): Promise<void> {
  await empty(setup)
  const { Person, Invite } = setup
  await Person.create({ club: 'x', id: '1', handle: 'a', nick: 'n', points: 5 })
  await Person.create({ club: 'y', id: '2', handle: 'b' })
  await Invite.create({ code: 'p', slug: 's' })
}

describe('copies', () => {
  let setup: Setup
  before(async () => {
    setup = await startPeople()
  })
  after(() => setup.engine.close())

  const state = async () => JSON.stringify(await rawItems(setup.client))
  const expectCopies = async () => {
    const items = await rawItems(setup.client)
    const { now } = setup.clock
    expect(companionsIn(items, now)).to.deep.equal(companionsDue(items, now))
    return Object.keys(companionsDue(items, now)).length
  }

  it('are those of their sources after each write, and a refused write changes nothing', async () => {
    const seen = { refused: 0, done: 0, copies: 0 }
    await fc.assert(
      fc.asyncProperty(sequence, async (steps) => {
        await empty(setup)
        for (const writes of steps) {
          if (writes === 'pass') {
            setup.clock.now = new Date(setup.clock.now.getTime() + 3 * 24 * 3600 * 1000)
            continue
          }
          const before = await state()
          try {
            await run(setup, writes)
            seen.done++
          } catch (error) {
            if (!(error instanceof SingletError)) throw error
            seen.refused++
            expect(await state()).to.equal(before)
          }
          seen.copies += await expectCopies()
        }
      }),
      // Enough for each of these to have been seen.
      { numRuns: Math.max(20, Math.ceil(propertyRuns / 5)) },
    )
    for (const [what, count] of Object.entries(seen)) expect(count, what).to.be.above(10)
  })

  const oracle: Oracle<WriteData> = {
    engine: () => setup.engine,
    begin: () => fill(setup),
    run: (writes) => run(setup, writes),
    check: expectCopies,
  }

  it('are those of their sources after concurrent writes', () => checkConcurrent(oracle, write))

  onEmbedded('faults', 'are those of their sources when transactions conflict and connections drop around a write', () =>
    checkUnderFaults(oracle, write),
  )
})
