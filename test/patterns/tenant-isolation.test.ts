// Tenants: a model of several patterns is made safe for tenants, or refused; what one tenant does, no other sees.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  add,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  ModelError,
  number,
  scan,
  string,
  transaction,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { idempotencyGuard } from '../../patterns/idempotency-guard.ts'
import { largeItem } from '../../patterns/large-item.ts'
import { largeItems } from '../../patterns/large-item-content.ts'
import { revokeSessions, session, useSession } from '../../patterns/session.ts'
import { createIfAbsent, singleton } from '../../patterns/singleton.ts'
import { tenantIsolation } from '../../patterns/tenant-isolation.ts'
import { uniqueValue } from '../../patterns/unique-value.ts'
import { verticalPartitioning } from '../../patterns/vertical-partitioning.ts'
import { propertyRuns } from '../property-runs.ts'

const indexes = { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } }
const keys = { name: 'platform', partitionKey: 'PK', sortKey: 'SK', timeToLive: 'expiresAt', tenant: 'tenantId' }
const table = defineTable({ ...keys, indexes })
const email = uniqueValue({ entity: 'User', attribute: 'email' })
const User = defineEntity('User', {
  attributes: { userId: string(), ...email.attributes },
  key: { pk: 'USER#{userId}', sk: 'USER' },
  unique: { ...email.unique },
})
const files = largeItem({ name: 'File', key: { path: string() }, index: 'GSI1' })
const sessions = session()
const documents = verticalPartitioning({
  name: 'Document',
  key: { id: string() },
  parts: { head: { attributes: { title: string() } }, stats: { attributes: { views: number().default(0) } } },
})
const settings = singleton({ name: 'Settings', attributes: { theme: string().default('light') } })
const parts = {
  entities: { User, ...files.entities, ...sessions.entities, ...documents.entities, ...settings.entities },
  accessPatterns: {
    ...files.accessPatterns,
    ...sessions.accessPatterns,
    ...documents.accessPatterns,
    ...settings.accessPatterns,
  },
}
const model = defineModel({ table, ...tenantIsolation({ tenant: 'tenantId', ...parts }) })

describe('a model of several patterns for tenants', () => {
  let engine: LocalEngine
  const now = () => new Date(engine.clock.now())
  const open = (tenantId: string) => connect(model, { client: engine.client(), now, context: { tenantId } })
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
  })
  after(() => engine.close())

  it('works for each of them by itself', async () => {
    const [acme, globex] = [open('acme'), open('globex')]
    for (const shop of [acme, globex]) {
      expect(await shop.entities.User.create({ userId: 'u', email: 'u@x.org' })).to.deep.equal({ userId: 'u', email: 'u@x.org' })
      await shop.patterns.createDocument({ id: 'd', title: 'Tea' })
    }
    await acme.entities.DocumentStats.update({ id: 'd' }, { views: add(1) })
    expect((await acme.patterns.document({ id: 'd' })).stats).to.deep.equal({ id: 'd', views: 1 })
    expect((await globex.patterns.document({ id: 'd' })).stats).to.deep.equal({ id: 'd', views: 0 })

    await createIfAbsent(acme.entities.Settings, { theme: 'dark' })
    expect(await globex.patterns.settings({})).to.equal(undefined)

    const made = await acme.entities.Session.create({ userId: 'u' })
    const token = { userId: 'u', sessionId: made.sessionId }
    expect(await useSession(globex.entities.Session, token, { now })).to.equal(undefined)
    expect(await revokeSessions(globex.entities.Session, globex.patterns.sessionsOfUser, 'u')).to.equal(0)
    expect(await useSession(acme.entities.Session, token, { now })).to.deep.equal(made)

    const [here, there] = [acme, globex].map((shop) => largeItems(shop, files, { chunkBytes: 2, maxMilliseconds: 1000, now }))
    await here?.write({ path: 'a' }, Buffer.from('acme'))
    await here?.write({ path: 'a' }, Buffer.from('new'), { keepReplaced: true })
    expect(await there?.read({ path: 'a' })).to.equal(undefined)
    const later = () => new Date(now().getTime() + 2000)
    const [mine, theirs] = [acme, globex].map((shop) => largeItems(shop, files, { maxMilliseconds: 1000, now: later }))
    expect(await theirs?.sweep({ olderThanMilliseconds: 1000 })).to.equal(0)
    expect(await mine?.sweep({ olderThanMilliseconds: 1000 })).to.equal(1)
  })

  it('takes transactions that have others as parts, and those that have these', async () => {
    const guard = idempotencyGuard()
    const { createDocument } = documents.accessPatterns
    const values = { id: string(), title: string(), requestId: string() }
    const createOnce = transaction({ createDocument, ...guard.entities }, values, ({ id, title, requestId }, writes) => [
      writes.Request.create({ requestId }),
      ...writes.createDocument({ id, title }),
    ])
    const signUp = transaction({ createOnce, User }, { ...values, email: string() }, ({ email, ...given }, writes) => [
      writes.User.create({ userId: given.id, email }),
      ...writes.createOnce(given),
    ])
    const isolated = tenantIsolation({
      tenant: 'tenantId',
      entities: { User, ...documents.entities, ...guard.entities },
      accessPatterns: { ...documents.accessPatterns, signUp },
    })
    const composed = defineModel({ table, ...isolated })
    const [acme, globex] = ['acme', 'globex'].map((tenantId) =>
      connect(composed, { client: engine.client(), context: { tenantId } }),
    )
    await acme?.patterns.signUp({ id: 'parts', title: 'Tea', requestId: 'r1', email: 'parts@x.org' })
    expect((await acme?.patterns.document({ id: 'parts' }))?.head).to.deep.equal({ id: 'parts', title: 'Tea' })
    expect((await globex?.patterns.document({ id: 'parts' }))?.head).to.equal(undefined)
  })

  it('leaves no key of the table, of an index or of a guard without its tenant', async () => {
    let runs = 0
    const tenant = fc.constantFrom('a', 'aa', 'a#', 'TENANT', 'b')
    await fc.assert(
      fc.asyncProperty(tenant, fc.string({ minLength: 1, maxLength: 5 }), async (tenantId, id) => {
        const shop = open(tenantId)
        const unique = `${id}${runs++}`
        await shop.entities.User.create({ userId: unique, email: `${runs}@x.org` })
        await shop.patterns.createDocument({ id: unique, title: 't' })
        await largeItems(shop, files, { now }).write({ path: unique }, Buffer.from('x'))
        await largeItems(shop, files, { now }).write({ path: unique }, Buffer.from('y'), { keepReplaced: true })
        const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: 'platform', ConsistentRead: true }))
        for (const { PK, GSI1PK, tenantId } of Items)
          for (const key of [PK, GSI1PK])
            if (key?.S !== undefined) {
              expect(key.S).to.match(/^TENANT#(?:a|aa|a\$S|TENANT|b|acme|globex)#/)
              if (tenantId?.S !== undefined) expect(key.S.split('#')[1]).to.equal(tenantId.S.replace('#', '$S'))
            }
      }),
      { numRuns: Math.ceil(propertyRuns / 50) },
    )
  })

  describe('is refused', () => {
    const refusals: [string, () => unknown, string][] = [
      ['when a pattern was not isolated', () => defineModel({ table, ...sessions }), 'Session.attributes'],
      [
        'when one of several was not',
        () => {
          const isolated = tenantIsolation({ tenant: 'tenantId', entities: { User } })
          return defineModel({ table, entities: { ...isolated.entities, ...settings.entities } })
        },
        'Settings.attributes',
      ],
      [
        'when it scans',
        () =>
          defineModel({
            table,
            ...tenantIsolation({ tenant: 'tenantId', entities: { User }, accessPatterns: { all: scan(User) } }),
          }),
        'accessPatterns.all',
      ],
      [
        'with an index on the sort key, which has no tenant',
        () => {
          const inverted = defineTable({ ...keys, indexes: { ...indexes, Inverted: { partitionKey: 'SK', sortKey: 'PK' } } })
          return defineModel({ table: inverted, ...tenantIsolation({ tenant: 'tenantId', entities: { User } }) })
        },
        'User.key.sk',
      ],
      ['with an attribute of the tenant’s name', () => tenantIsolation({ tenant: 'userId', entities: { User } }), 'User.userId'],
    ]
    for (const [title, define, place] of refusals)
      it(title, () => {
        expect(define).to.throw(ModelError)
        try {
          define()
        } catch (error) {
          expect((error as ModelError).problems.map((problem) => problem.place)).to.include(place)
        }
      })
  })
})
