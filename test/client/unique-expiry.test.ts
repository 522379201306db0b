// Unique values of items that expire: free from that moment on, whenever DynamoDB gets round to deleting the item or its guard.
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import { connect, remove, UniqueConstraintError } from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { onEmbedded } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { failureOf } from './observed-requests.ts'
import { guardsIn, members, storedItems } from './unique-model.ts'

const hour = 3_600_000
const start = Date.parse('2026-06-01T12:00:00Z')

describe('the unique values of items that expire', () => {
  let engine: LocalEngine
  beforeEach(async () => {
    engine = await startLocal({ clock: start })
    await createTable(members, engine.client())
  })
  afterEach(() => engine.close())

  /** By a clock that is so many milliseconds ahead of the engine's. */
  const invitesAt = (ahead = 0) =>
    connect(members, { client: engine.client(), now: () => new Date(engine.clock.now() + ahead) }).entities.Invite
  const inHours = (hours: number) => new Date(engine.clock.now() + hours * hour)
  const guards = () => guardsIn(engine.client())
  const deleteByHand = async (key: string, sort = key) => {
    await engine.client().send(new DeleteItemCommand({ TableName: 'members', Key: { PK: { S: key }, SK: { S: sort } } }))
  }
  const guard = 'INVITE_SLUG#s'
  const owned = (code: string) => ({ [guard]: `INVITE#${code} INVITE` })
  const test = (title: string, body: () => Promise<void>) => onEmbedded('sweep', title, body)

  test('go with the item when it is swept', async () => {
    const invites = invitesAt()
    await invites.create({ code: 'a', slug: 's', until: inHours(1) })
    await invites.create({ code: 'b', slug: 'stays' })
    engine.clock.advance(hour)
    expect(await engine.expire()).to.equal(2)
    expect(await guards()).to.deep.equal({ 'INVITE_SLUG#stays': 'INVITE#b INVITE' })
    await invites.create({ code: 'c', slug: 's' })
    expect(await guards()).to.include(owned('c'))
  })

  test('are taken until the moment of expiry, and free from it on', async () => {
    const invites = invitesAt()
    await invites.create({ code: 'a', slug: 's', until: inHours(1) })
    engine.clock.advance(hour - 1000)
    expect(await failureOf(() => invites.create({ code: 'b', slug: 's' }))).to.be.instanceOf(UniqueConstraintError)
    engine.clock.advance(1000)
    await invites.create({ code: 'b', slug: 's' })
    expect(await guards()).to.deep.equal(owned('b'))
  })

  test('stay with the item that has taken them over when the old one is swept', async () => {
    const invites = invitesAt()
    await invites.create({ code: 'a', slug: 's', until: inHours(1) })
    engine.clock.advance(hour)
    await invites.create({ code: 'b', slug: 's', until: inHours(1) })
    expect(await engine.expire()).to.equal(1)
    expect(await guards()).to.deep.equal(owned('b'))
    engine.clock.advance(hour)
    expect(await engine.expire()).to.equal(2)
    expect(await storedItems(engine.client())).to.deep.equal([])
  })

  const halfSwept: readonly [string, () => Promise<void>][] = [
    ['guard', () => deleteByHand(guard)],
    ['item', () => deleteByHand('INVITE#a', 'INVITE')],
  ]
  for (const [which, sweepHalf] of halfSwept)
    test(`are free when only the ${which} has been deleted so far`, async () => {
      const invites = invitesAt()
      await invites.create({ code: 'a', slug: 's', until: inHours(1) })
      engine.clock.advance(hour)
      await sweepHalf()
      await invites.create({ code: 'b', slug: 's' })
      expect(await engine.expire()).to.be.at.most(1)
      expect(await guards()).to.deep.equal(owned('b'))
    })

  const writesOfTheExpired: readonly [string, (invites: ReturnType<typeof invitesAt>) => PromiseLike<unknown>][] = [
    ['deleted', (invites) => invites.delete({ code: 'a' })],
    ['changed', (invites) => invites.update({ code: 'a' }, { text: 't' })],
    ['put with another value', (invites) => invites.put({ code: 'a', slug: 'other', until: inHours(1) })],
    ['given another value', (invites) => invites.update({ code: 'a' }, { slug: 'other' })],
  ]
  for (const [name, write] of writesOfTheExpired)
    test(`stay with the item that has taken them over when the expired one is ${name}`, async () => {
      const invites = invitesAt()
      await invites.create({ code: 'a', slug: 's', until: inHours(1) })
      engine.clock.advance(hour)
      await invites.create({ code: 'b', slug: 's' })
      await write(invites)
      expect(await guards()).to.include(owned('b'))
    })

  test('are swept with an item that was given another expiry, not before', async () => {
    const invites = invitesAt()
    await invites.create({ code: 'a', slug: 's', until: inHours(1) })
    await invites.update({ code: 'a' }, { until: inHours(3) })
    engine.clock.advance(2 * hour)
    expect(await engine.expire()).to.equal(0)
    expect(await guards()).to.deep.equal(owned('a'))
    await invites.update({ code: 'a' }, { until: remove() })
    engine.clock.advance(24 * hour)
    expect(await engine.expire()).to.equal(0)
    expect(await guards()).to.deep.equal(owned('a'))
  })

  test('are free by the clock of the one who wants them, however late the sweep is', async () => {
    await invitesAt().create({ code: 'a', slug: 's', until: inHours(1) })
    expect(await failureOf(() => invitesAt(hour - 1000).create({ code: 'b', slug: 's' }))).to.be.instanceOf(UniqueConstraintError)
    await invitesAt(hour).create({ code: 'b', slug: 's' })
    expect(await guards()).to.deep.equal(owned('b'))
  })

  test('can be taken by a clock that is behind once the sweep has deleted both', async () => {
    await invitesAt().create({ code: 'a', slug: 's', until: inHours(1) })
    engine.clock.advance(hour)
    const late = invitesAt(-hour)
    expect(await failureOf(() => late.create({ code: 'b', slug: 's' }))).to.be.instanceOf(UniqueConstraintError)
    await engine.expire()
    await late.create({ code: 'b', slug: 's' })
    expect(await guards()).to.deep.equal(owned('b'))
  })

  test('are those of the items that have not expired, whatever happens and whenever the sweep comes', async () => {
    const code = fc.constantFrom('a', 'b', 'c', 'd')
    const slug = fc.constantFrom('s', 't', undefined)
    const hours = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined })
    const step = fc.oneof(
      fc.record({ kind: fc.constantFrom('create' as const, 'put' as const), code, slug, hours }),
      fc.record({ kind: fc.constantFrom('slug' as const, 'until' as const, 'delete' as const), code, slug, hours }),
      fc.record({ kind: fc.constant('pass' as const), code, slug, hours: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant('sweep' as const), code, slug, hours }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const invites = invitesAt()
        for (const item of await storedItems(engine.client())) await deleteByHand(item.PK?.S ?? '', item.SK?.S)
        for (const { kind, code, slug, hours } of steps) {
          const until = hours === undefined ? undefined : inHours(hours)
          if (kind === 'pass') engine.clock.advance((hours ?? 1) * hour)
          else if (kind === 'sweep') await engine.expire()
          else await write(invites, kind, { code, slug, until })
          const seconds = engine.clock.now() / 1000
          const live = (await storedItems(engine.client())).filter(({ ttl }) => ttl?.N === undefined || Number(ttl.N) > seconds)
          const due = live.flatMap(({ _type, PK, SK, slug }): [string, string][] =>
            _type?.S === 'Invite' && slug?.S !== undefined ? [[`INVITE_SLUG#${slug.S}`, `${PK?.S} ${SK?.S}`]] : [],
          )
          const found = live.flatMap(({ _type, PK, _unique }): [string, string][] =>
            _type?.S === '#unique' ? [[PK?.S ?? '', `${_unique?.M?.owner?.M?.PK?.S} ${_unique?.M?.owner?.M?.SK?.S}`]] : [],
          )
          expect(found).to.have.deep.members(due)
        }
      }),
      { numRuns: Math.ceil(propertyRuns / 5) },
    )
  })

  /** A write that may be refused. */
  async function write(
    invites: ReturnType<typeof invitesAt>,
    kind: 'create' | 'put' | 'slug' | 'until' | 'delete',
    { code, slug, until }: { code: string; slug: string | undefined; until: Date | undefined },
  ): Promise<void> {
    const whole = { code, ...(slug !== undefined && { slug }), ...(until !== undefined && { until }) }
    const writes = {
      create: () => invites.create(whole),
      put: () => invites.put(whole),
      slug: () => invites.update({ code }, { slug: slug ?? remove() }),
      until: () => invites.update({ code }, { until: until ?? remove() }),
      delete: () => invites.delete({ code }),
    }
    await writes[kind]().then(
      () => undefined,
      (error) =>
        expect(error)
          .to.have.property('name')
          .that.matches(/UniqueConstraintError|ItemExistsError|ItemNotFoundError/),
    )
  }
})
