// Sessions: none is found after its end or after it was revoked, however many use it at once, whatever is deleted late and whichever answers
// are lost.
import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  createTable,
  defineModel,
  defineTable,
  MisfitError,
  ModelError,
  number,
  string,
  ValidationError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { revokeSessions, session, useSession } from '../../patterns/session.ts'
import { failureOf } from '../client/observed-requests.ts'
import { propertyRuns } from '../property-runs.ts'

const minute = 60_000
const table = defineTable({ name: 'sessions', partitionKey: 'PK', sortKey: 'SK', timeToLive: 'expiresAt' })

describe('a session', () => {
  let engine: LocalEngine
  const now = () => new Date(engine.clock.now())
  const sessions = session({ attributes: { device: string().optional() }, idleMinutes: 10, maxMinutes: 60, now })
  const model = defineModel({ table, ...sessions })
  const open = () => connect(model, { client: engine.client({ maxAttempts: 1 }), now })
  let shop: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal({ clock: new Date('2030-01-01T00:00:00Z') })
    await createTable(model, engine.client())
    shop = open()
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())
  const start = (userId: string) => shop.entities.Session.create({ userId, device: 'phone' })
  const use = (key: { userId: string; sessionId: string }) => useSession(shop.entities.Session, key, { idleMinutes: 10, now })
  const revoke = (userId: string, except?: string) =>
    revokeSessions(shop.entities.Session, shop.patterns.sessionsOfUser, userId, except === undefined ? {} : { except })
  const writes = () => engine.requests.of('UpdateItem').length

  it('lasts while it is used, and ends when it was not used for its idle time', async () => {
    const { userId, sessionId } = await start('ada')
    const key = { userId, sessionId }
    for (let uses = 0; uses < 3; uses++) {
      engine.clock.advance(9 * minute)
      expect(await use(key)).to.include({ userId: 'ada', device: 'phone' })
    }
    engine.clock.advance(10 * minute)
    expect(await use(key)).to.equal(undefined)
    expect(await shop.entities.Session.get(key)).to.equal(undefined)
  })

  it('ends at its latest time, however often it is used', async () => {
    const key = await start('bob')
    for (let minutes = 6; minutes < 60; minutes += 6) {
      engine.clock.advance(6 * minute)
      expect(await use(key), `after ${minutes} minutes`).not.to.equal(undefined)
    }
    engine.clock.advance(6 * minute)
    expect(await use(key)).to.equal(undefined)
    expect((await shop.patterns.sessionsOfUser({ userId: 'bob' })).items).to.have.length(0)
  })

  it('is not revived by a use that was under way when it was revoked', async () => {
    const { Session } = shop.entities
    const { sessionId } = await start('kim')
    engine.clock.advance(6 * minute)
    const late: typeof Session = {
      ...Session,
      get: ((...given: Parameters<typeof Session.get>) =>
        Session.get(...given).then((found) => revoke('kim').then(() => found))) as never,
    }
    expect(await useSession(late, { userId: 'kim', sessionId }, { idleMinutes: 10, now })).to.equal(undefined)
    const { items } = await shop.patterns.sessionsOfUser({ userId: 'kim' }, { includeExpired: true })
    expect(items).to.have.length(0)
  })

  it('has ended by the clock of the one who uses it, too', async () => {
    const { sessionId } = await start('lea')
    const ahead = () => new Date(engine.clock.now() + 11 * minute)
    expect(await useSession(shop.entities.Session, { userId: 'lea', sessionId }, { now: ahead })).to.equal(undefined)
  })

  it('is written when half of its idle time has passed, not at each use', async () => {
    const key = await start('eve')
    const before = writes()
    engine.clock.advance(4 * minute)
    await use(key)
    expect(writes() - before).to.equal(0)
    engine.clock.advance(2 * minute)
    await Promise.all([use(key), use(key), use(key)])
    expect((await use(key))?.expiresAt).to.deep.equal(new Date(engine.clock.now() + 10 * minute))
  })

  it('is listed with the others of its user, and ends with them', async () => {
    const [first, second] = [await start('fay'), await start('fay')]
    await start('gus')
    expect((await shop.patterns.sessionsOfUser({ userId: 'fay' })).items).to.have.length(2)
    expect(await revoke('fay', second.sessionId)).to.equal(1)
    expect(await use(first)).to.equal(undefined)
    expect(await use(second)).not.to.equal(undefined)
    expect(await revoke('fay')).to.equal(1)
    expect(await use(second)).to.equal(undefined)
    expect((await shop.patterns.sessionsOfUser({ userId: 'gus' })).items).to.have.length(1)
  })

  it('ends with the others of its user when another release of the application has written it, or fails', async () => {
    const newer = session({ attributes: { device: number() }, idleMinutes: 10, maxMinutes: 60, now })
    const other = connect(defineModel({ table, ...newer }), { client: engine.client(), now })
    const kept = await start('una')
    const unknown = await other.entities.Session.create({ userId: 'una', device: 1 })
    await start('una')
    expect(await revoke('una', kept.sessionId)).to.equal(2)
    expect(await other.entities.Session.get({ userId: 'una', sessionId: unknown.sessionId })).to.equal(undefined)
    expect(await use(kept)).not.to.equal(undefined)
    const torn = { PK: { S: 'SESSION#una' }, SK: { S: 'SESSION#torn' }, _type: { S: 'Session' } }
    await engine.client().send(new PutItemCommand({ TableName: 'sessions', Item: torn }))
    expect(await failureOf(() => revoke('una'))).to.be.instanceOf(MisfitError)
    expect(await use(kept), 'revoked all the same').to.equal(undefined)
  })

  it('ends with the others although one of them has an identifier that is none', async () => {
    const ids = ['-a-token-of-before', '0b5d4d8e-2f6b-4c5e-9c1a-6f3f0c7f9a12']
    for (const id of ids) {
      const Item = { PK: { S: 'SESSION#vic' }, SK: { S: `SESSION#${id}` }, _type: { S: 'Session' }, sessionId: { S: id } }
      await engine.client().send(new PutItemCommand({ TableName: 'sessions', Item }))
    }
    const kept = await start('vic')
    expect(await failureOf(() => revoke('vic'))).to.be.instanceOf(ValidationError)
    expect(await use(kept)).to.equal(undefined)
    const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: 'sessions', ConsistentRead: true }))
    const left = Items.filter(({ PK }) => PK?.S === 'SESSION#vic').map(({ sessionId }) => sessionId?.S)
    expect(left).to.deep.equal(ids.slice(0, 1))
  })

  it('is counted among those that ended although the answer was lost', async () => {
    await start('xia')
    engine.faults.add({ kind: 'disconnect', when: 'after', operations: ['DeleteItem'], times: 1 })
    expect(await revoke('xia')).to.equal(1)
  })

  it('lasts longer by a use whose answer was lost', async () => {
    const key = await start('wes')
    engine.clock.advance(8 * minute)
    engine.faults.add({ kind: 'internalError', when: 'after', operations: ['UpdateItem'], times: 1 })
    const patient = connect(model, { client: engine.client(), now }).entities.Session
    expect(await useSession(patient, key, { idleMinutes: 10, now })).to.include({ sessionId: key.sessionId })
    engine.clock.advance(8 * minute)
    expect(await use(key)).not.to.equal(undefined)
  })

  it('has its end as DynamoDB wants it: a number, in seconds', async () => {
    const { sessionId } = await start('hal')
    const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: 'sessions', ConsistentRead: true }))
    const stored = Items.find((item) => item.sessionId?.S === sessionId)
    expect(stored?.expiresAt).to.deep.equal({ N: String(Math.floor(engine.clock.now() / 1000) + 600) })
  })

  it('is not another user’s, and not made by its use', async () => {
    const { sessionId } = await start('ida')
    expect(await use({ userId: 'joe', sessionId })).to.equal(undefined)
    expect(await use({ userId: 'joe', sessionId: '0b5d4d8e-2f6b-4c5e-9c1a-6f3f0c7f9a11' })).to.equal(undefined)
    expect(await failureOf(async () => use({ userId: '', sessionId }))).to.be.instanceOf(ValidationError)
  })

  it('is refused when it is to last for no time, or for all', async () => {
    for (const minutes of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => session({ idleMinutes: minutes })).to.throw(ModelError, 'Session.idleMinutes')
      expect(() => session({ maxMinutes: minutes })).to.throw(ModelError, 'Session.maxMinutes')
      const { sessionId } = await start('idle')
      const used = () => useSession(shop.entities.Session, { userId: 'idle', sessionId }, { idleMinutes: minutes, now })
      expect(await failureOf(used))
        .to.be.instanceOf(ValidationError)
        .and.include({ path: 'idleMinutes' })
    }
  })

  it('is refused with attributes that every session has', () => {
    expect(() => session({ attributes: { endsAt: string() } })).to.throw(ModelError, 'Session.endsAt')
  })

  it('is found by nobody after its end or after it was revoked, among many uses at once while answers are lost', async () => {
    let runs = 0
    const action = fc.record({ kind: fc.constantFrom('start', 'use', 'use', 'use', 'revoke'), which: fc.nat({ max: 5 }) })
    const round = fc.record({ actions: fc.array(action, { minLength: 1, maxLength: 4 }), wait: fc.nat({ max: 11 * minute }) })
    await fc.assert(
      fc.asyncProperty(fc.array(round, { maxLength: 10 }), fc.boolean(), async (rounds, expires) => {
        const userId = `p${runs++}`
        const known: { key: { userId: string; sessionId: string }; began: number; lastUse: number; revoked: boolean }[] = []
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.1, seed: runs })
        engine.faults.add({ kind: 'throttle', probability: 0.05, seed: runs })
        for (const { actions, wait } of rounds) {
          engine.clock.advance(wait)
          if (expires) await engine.expire()
          const time = engine.clock.now()
          // Revoked before this round: what is revoked in it may be used just before.
          const before = known.map((one) => ({ ...one }))
          await Promise.all(
            actions.map(async ({ kind, which }) => {
              const at = known.length === 0 ? -1 : which % known.length
              const one = known[at]
              if (kind === 'start') {
                const made = await start(userId).catch(() => undefined)
                if (made) known.push({ key: { userId, sessionId: made.sessionId }, began: time, lastUse: time, revoked: false })
              } else if (kind === 'revoke') {
                const there = [...known]
                const done = await revoke(userId).catch(() => undefined)
                if (done !== undefined) for (const one of there) one.revoked = true
              } else if (one !== undefined) {
                // What was asked for may have been done, whether an answer comes or not.
                const earlier = before[at]
                const found = await use(one.key).catch(() => 'unknown' as const)
                if (found === undefined) return
                if (earlier !== undefined) {
                  const ended = time >= earlier.lastUse + 10 * minute || time >= earlier.began + 60 * minute
                  if (found !== 'unknown') expect(earlier.revoked || ended, 'found after its end').to.equal(false)
                }
                one.lastUse = time
              }
            }),
          )
        }
        engine.faults.clear()
        for (const one of known) if (one.revoked) expect(await use(one.key)).to.equal(undefined)
        const { items } = await shop.patterns.sessionsOfUser({ userId })
        for (const { sessionId } of items)
          expect(known.find(({ key }) => key.sessionId === sessionId)?.revoked).not.to.equal(true)
      }),
      { numRuns: Math.ceil(propertyRuns / 5) },
    )
  })
})
