// A lease: one owner at a time, whoever asks at once and whatever fails; tokens that only rise; nothing taken from an owner who has it.
import { expect } from 'chai'
import fc from 'fast-check'
import { connect, createTable, defineModel, defineTable, ValidationError } from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { acquireLease, type HeldLease, lease, releaseLease, renewLease } from '../../patterns/lease.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({ name: 'leases', partitionKey: 'PK', sortKey: 'SK', timeToLive: 'expiresAt' })
const model = defineModel({ table, ...lease() })

describe('a lease', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client({ maxAttempts: 1 }) }).entities.Lease
  let leases: ReturnType<typeof open>
  let time = 0
  const now = () => new Date(time)
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    leases = open()
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())
  const take = (name: string, owner: string, milliseconds = 100) =>
    acquireLease(leases, { lease: name, owner, milliseconds, now })

  it('is taken once, and again after it has ended or was given back', async () => {
    const first = await take('a', 'ada')
    expect(first).to.deep.equal({ lease: 'a', owner: 'ada', until: new Date(time + 100), token: 1 })
    expect(await take('a', 'bob')).to.equal(undefined)
    time += 100
    const second = await take('a', 'bob')
    expect(second).to.include({ owner: 'bob', token: 2 })
    expect(await releaseLease(leases, second as HeldLease)).to.equal(true)
    expect(await take('a', 'ada')).to.include({ owner: 'ada', token: 3 })
  })

  it('is neither taken nor renewed for no time, which would give it to two', async () => {
    const held = (await take('none', 'ada')) as HeldLease
    for (const milliseconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const failed = (error: unknown) => error
      expect(await take('none', 'ada', milliseconds).catch(failed)).to.be.instanceOf(ValidationError)
      expect(await renewLease(leases, held, { milliseconds, now }).catch(failed)).to.be.instanceOf(ValidationError)
    }
    expect(await take('none', 'bob')).to.equal(undefined)
  })

  it('is taken by somebody', async () => {
    for (const [name, owner, path] of [
      ['own', undefined, 'owner'],
      ['own', '', 'owner'],
      [undefined, 'ada', 'lease'],
    ] as const) {
      const refused = await take(name as string, owner as string).catch((error: unknown) => error)
      expect(refused).to.be.instanceOf(ValidationError).and.include({ path })
    }
  })

  it('is not renewed or given back by an owner who has lost it, not even by one of the same name', async () => {
    const lost = (await take('b', 'ada')) as HeldLease
    time += 100
    const held = (await take('b', 'ada')) as HeldLease
    expect(held.token).to.equal(lost.token + 1)
    expect(await renewLease(leases, lost, { milliseconds: 100, now })).to.equal(undefined)
    expect(await releaseLease(leases, lost)).to.equal(false)
    expect(await renewLease(leases, held, { milliseconds: 300, now })).to.include({ token: held.token })
    time += 200
    expect(await take('b', 'bob')).to.equal(undefined)
  })

  it('is taken, renewed and given back although an answer was lost', async () => {
    const patient = connect(model, { client: engine.client() }).entities.Lease
    const take = (name: string, owner: string) => acquireLease(patient, { lease: name, owner, milliseconds: 100, now })
    const lose = (kind: 'disconnect' | 'internalError') =>
      engine.faults.add({ kind, when: 'after', operations: ['UpdateItem'], times: 1 })
    for (const kind of ['disconnect', 'internalError'] as const) {
      lose(kind)
      const held = (await take(kind, 'ada')) as HeldLease
      expect(held).to.include({ owner: 'ada' })
      expect(await take(kind, 'bob')).to.equal(undefined)
      lose(kind)
      expect(await renewLease(patient, held, { milliseconds: 200, now })).to.include({ token: held.token })
      lose(kind)
      expect(await releaseLease(patient, held)).to.equal(true)
      expect(await take(kind, 'bob')).to.include({ owner: 'bob', token: held.token + 1 })
    }
  })

  it('that was given back is not renewed', async () => {
    const held = (await take('c', 'ada')) as HeldLease
    await releaseLease(leases, held)
    expect(await renewLease(leases, held, { milliseconds: 100, now })).to.equal(undefined)
  })

  it('has one owner at a time, and tokens that rise, among many who ask at once while requests fail', async () => {
    let runs = 0
    const action = fc.record({
      owner: fc.constantFrom('ada', 'bob', 'eve', 'mallory'),
      kind: fc.constantFrom('take', 'take', 'renew', 'release'),
    })
    const round = fc.record({ actions: fc.array(action, { minLength: 1, maxLength: 5 }), wait: fc.integer({ min: 0, max: 120 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(round, { maxLength: 12 }), async (rounds) => {
        const name = `p${runs++}`
        const holds = new Map<string, HeldLease>()
        const tokens = new Set<number>()
        const released = new Set<number>()
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.1, seed: runs })
        engine.faults.add({ kind: 'throttle', probability: 0.05, seed: runs })
        for (const { actions, wait } of rounds) {
          time += wait
          const highest = Math.max(0, ...tokens)
          await Promise.all(
            actions.map(async ({ owner, kind }) => {
              const known = holds.get(owner)
              if (kind === 'take') {
                const taken = await take(name, owner).catch(() => undefined)
                if (taken === undefined) return
                expect(taken.token).to.be.greaterThan(highest)
                expect(tokens.has(taken.token), 'a token twice').to.equal(false)
                tokens.add(taken.token)
                if ((holds.get(owner)?.token ?? 0) < taken.token) holds.set(owner, taken)
              } else if (known !== undefined && kind === 'renew') {
                const renewed = await renewLease(leases, known, { milliseconds: 100, now }).catch(() => undefined)
                if (renewed === undefined) holds.delete(owner)
                else if (!released.has(renewed.token)) holds.set(owner, renewed)
              } else if (known !== undefined) {
                holds.delete(owner)
                released.add(known.token)
                await releaseLease(leases, known).catch(() => false)
              }
            }),
          )
          const owners = [...holds.values()].filter(({ until }) => until.getTime() > time).map(({ owner }) => owner)
          expect(owners, 'owners at once').to.have.length.at.most(1)
        }
        engine.faults.clear()
      }),
      { numRuns: Math.ceil(propertyRuns / 5) },
    )
  })
})
