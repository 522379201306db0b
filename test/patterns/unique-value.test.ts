// A unique text: one item at most has it in any of its spellings, whoever writes at once; spellings that are not the normal one are refused.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  string,
  UniqueConstraintError,
  ValidationError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { normaliseText, uniqueValue } from '../../patterns/unique-value.ts'
import { failureOf } from '../client/observed-requests.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({ name: 'users', partitionKey: 'PK', sortKey: 'SK' })
const email = uniqueValue({ entity: 'User', attribute: 'email' })
const User = defineEntity('User', {
  attributes: { userId: string(), ...email.attributes },
  key: { pk: 'USER#{userId}', sk: 'USER' },
  unique: { ...email.unique },
})
const model = defineModel({ table, entities: { User } })

describe('a unique text', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client({ maxAttempts: 1 }) }).entities.User
  let users: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    users = open()
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())

  it('is one text in all of its spellings', async () => {
    await users.create({ userId: 'a', email: normaliseText(' Ada@Example.COM ') })
    const taken = await failureOf(() => users.create({ userId: 'b', email: normaliseText('ada@example.com') }))
    expect(taken).to.be.instanceOf(UniqueConstraintError).and.include({ constraint: 'email' })
  })

  it('is refused in another spelling, by every write', async () => {
    await users.create({ userId: 'c', email: 'c@example.com' })
    for (const write of [
      () => users.create({ userId: 'd', email: 'D@example.com' }),
      () => users.put({ userId: 'd', email: 'D@example.com' }),
      () => users.update({ userId: 'c' }, { email: ' d@example.com' }),
    ])
      expect(await failureOf(async () => write()))
        .to.be.instanceOf(ValidationError)
        .and.have.property('message')
        .that.includes('Give "d@example.com"')
  })

  it('is compared as the entity says', () => {
    const plate = uniqueValue({ entity: 'Car', attribute: 'plate', normalise: (text) => text.replaceAll(' ', '') })
    expect(plate.unique.plate).to.equal('CAR_PLATE#{plate}')
  })

  it('has one normal form, which its normal form is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const normal = normaliseText(text)
        expect(normaliseText(normal)).to.equal(normal)
        expect(normaliseText(` ${text.normalize('NFD')}\t`)).to.equal(normal)
      }),
      { numRuns: propertyRuns },
    )
    expect(normaliseText('ＡＤＡ')).to.equal('ada')
  })

  it('is had by one item at most, and its guard by that one, among many who write at once while answers are lost', async () => {
    let runs = 0
    const spelling = fc.constantFrom('ada@x.org', 'ADA@x.org', ' Ada@X.org', 'bob@x.org', 'BOB@X.ORG')
    const action = fc.record({ kind: fc.constantFrom('put', 'delete'), user: fc.integer({ min: 0, max: 3 }), spelling })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(action, { minLength: 1, maxLength: 4 }), { maxLength: 4 }), async (rounds) => {
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.1, seed: runs++ })
        for (const round of rounds)
          await Promise.all(
            round.map(({ kind, user, spelling }) => {
              const userId = `p${user}`
              const write = kind === 'put' ? users.put({ userId, email: normaliseText(spelling) }) : users.delete({ userId })
              return Promise.resolve(write).catch(() => undefined)
            }),
          )
        engine.faults.clear()
        const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: 'users', ConsistentRead: true }))
        const emails = Items.filter(({ _type }) => _type?.S === 'User').map(({ email }) => email?.S)
        expect(new Set(emails).size).to.equal(emails.length)
        const guards = Items.filter(({ _type }) => _type?.S === '#unique').map(({ PK }) => PK?.S)
        expect(guards.sort()).to.deep.equal(emails.map((one) => `USER_EMAIL#${one}`).sort())
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  })
})
