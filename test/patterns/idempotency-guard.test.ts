// An idempotency guard: a request that comes again, at once or later, takes effect once; a guard is there exactly when its effect is.
import { expect } from 'chai'
import fc from 'fast-check'
import {
  add,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  ItemNotFoundError,
  ModelError,
  number,
  string,
  TransactionCanceledError,
  transaction,
  ValidationError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { idempotencyGuard, onlyOnce } from '../../patterns/idempotency-guard.ts'
import { failureOf } from '../client/observed-requests.ts'
import { propertyRuns } from '../property-runs.ts'

const day = 86_400_000
const indexes = { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } }
const table = defineTable({ name: 'requests', partitionKey: 'PK', sortKey: 'SK', indexes, timeToLive: 'expiresAt' })
const Account = defineEntity('Account', {
  attributes: { id: string(), balance: number().default(0) },
  key: { pk: 'ACCOUNT#{id}', sk: 'ACCOUNT' },
})

describe('an idempotency guard', () => {
  let engine: LocalEngine
  const now = () => new Date(engine.clock.now())
  const guard = idempotencyGuard({ days: 2, now })
  const pay = transaction(
    { ...guard.entities, Account },
    { requestId: string(), id: string(), amount: number() },
    ({ requestId, id, amount }, { Request, Account }) => [
      Request.create({ requestId }),
      Account.update({ id }, { balance: add(amount) }, { if: { balance: { gte: -amount } } }),
    ],
  )
  const model = defineModel({ table, entities: { ...guard.entities, Account }, accessPatterns: { pay } })
  const open = (maxAttempts?: number) =>
    connect(model, { client: engine.client(maxAttempts === undefined ? {} : { maxAttempts }), now })
  let shop: ReturnType<typeof open>
  const balanceOf = async (id: string) => (await shop.entities.Account.get({ id }, { consistent: true }))?.balance
  before(async () => {
    engine = await startLocal({ clock: new Date('2030-01-01T00:00:00Z') })
    await createTable(model, engine.client())
    shop = open(1)
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())

  it('lets a request take effect once, and says that it was repeated', async () => {
    await shop.entities.Account.create({ id: 'a' })
    const request = { requestId: 'r1', id: 'a', amount: 10 }
    expect(await onlyOnce(shop.patterns.pay(request))).to.deep.include({ repeated: false })
    expect(await onlyOnce(shop.patterns.pay(request))).to.deep.equal({ repeated: true })
    expect(await balanceOf('a')).to.equal(10)
  })

  it('is not there when the effect was refused, so that the request can come again', async () => {
    await shop.entities.Account.create({ id: 'b', balance: 5 })
    const request = { requestId: 'r2', id: 'b', amount: -10 }
    expect(await failureOf(() => onlyOnce(shop.patterns.pay(request)))).to.be.instanceOf(TransactionCanceledError)
    await shop.entities.Account.update({ id: 'b' }, { balance: 20 })
    expect(await onlyOnce(shop.patterns.pay(request))).to.deep.include({ repeated: false })
  })

  it('knows a repeated request also where its effect has left nothing to do it to', async () => {
    const Letter = defineEntity('Letter', {
      attributes: { folder: string(), id: string(), pages: number().default(1) },
      key: { pk: 'LETTER#{folder}', sk: '{id}' },
      indexes: { GSI1: { pk: 'LETTERS', sk: '{pages}' } },
    })
    const input = { requestId: string(), id: string() }
    const refile = transaction({ ...guard.entities, Letter }, input, ({ requestId, id }, { Request, Letter }) => [
      Request.create({ requestId }),
      Letter.move({ folder: 'in', id }, { folder: 'done', id }),
    ])
    const addPage = transaction({ ...guard.entities, Letter }, input, ({ requestId, id }, { Request, Letter }) => [
      Request.create({ requestId }),
      Letter.update({ folder: 'done', id }, { pages: add(1) }),
    ])
    const { entities, patterns } = connect(
      defineModel({ table, entities: { ...guard.entities, Letter }, accessPatterns: { refile, addPage } }),
      { client: engine.client(), now },
    )
    await entities.Letter.create({ folder: 'in', id: '1' })
    const steps: readonly (() => PromiseLike<unknown>)[] = [
      () => patterns.refile({ requestId: 'm1', id: '1' }),
      () => patterns.addPage({ requestId: 'm2', id: '1' }),
    ]
    for (const step of steps) expect(await onlyOnce(step())).to.have.property('repeated', false)
    await entities.Letter.delete({ folder: 'done', id: '1' })
    for (const step of steps) expect(await onlyOnce(step())).to.deep.equal({ repeated: true })
    const missing = await failureOf(() => onlyOnce(patterns.refile({ requestId: 'm3', id: 'none' })))
    expect(missing).to.be.instanceOf(TransactionCanceledError)
    expect((missing as TransactionCanceledError).reasons[1]?.error).to.be.instanceOf(ItemNotFoundError)
  })

  it('forgets the request after its days, whether DynamoDB has deleted it or not', async () => {
    await shop.entities.Account.create({ id: 'c' })
    const request = { requestId: 'r3', id: 'c', amount: 1 }
    await shop.patterns.pay(request)
    engine.clock.advance(2 * day - 1000)
    expect(await onlyOnce(shop.patterns.pay(request))).to.deep.equal({ repeated: true })
    engine.clock.advance(1000)
    expect(await onlyOnce(shop.patterns.pay(request))).to.deep.include({ repeated: false })
  })

  it('cannot be written without an effect, or taken away', () => {
    const { Request } = shop.entities
    expect(() => Request.create({ requestId: 'x' })).to.throw(ValidationError, 'Use pay')
    expect(() => Request.delete({ requestId: 'x' })).to.throw(ValidationError, 'Use pay')
  })

  it('is refused when it would be there for no time', () => {
    for (const days of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => idempotencyGuard({ days })).to.throw(ModelError, 'Request.days')
  })

  it('has a name of its own when a model needs two', async () => {
    const { Webhook } = idempotencyGuard({ name: 'Webhook' }).entities
    expect(Webhook.key.pk).to.equal('WEBHOOK#{requestId}')
  })

  it('holds under repetition, concurrency and lost answers: the balance is the sum of the requests that have a guard', async () => {
    let runs = 0
    const request = fc.record({ number: fc.integer({ min: 0, max: 4 }), amount: fc.integer({ min: 1, max: 9 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(request, { minLength: 1, maxLength: 5 }), { maxLength: 6 }), async (rounds) => {
        const id = `p${runs++}`
        await shop.entities.Account.create({ id })
        const amounts = new Map<number, number>()
        const acknowledged = new Set<number>()
        engine.faults.add({
          kind: 'disconnect',
          when: 'after',
          probability: 0.15,
          operations: ['TransactWriteItems'],
          seed: runs,
        })
        engine.faults.add({ kind: 'transactionConflict', probability: 0.1, operations: ['TransactWriteItems'], seed: runs })
        for (const round of rounds)
          await Promise.all(
            round.map(async ({ number, amount }) => {
              // A repeated request is the same request.
              if (!amounts.has(number)) amounts.set(number, amount)
              const input = { requestId: `${id}-${number}`, id, amount: amounts.get(number) ?? 0 }
              await onlyOnce(shop.patterns.pay(input)).then(
                () => acknowledged.add(number),
                () => undefined,
              )
            }),
          )
        engine.faults.clear()
        let sum = 0
        for (const [number, amount] of amounts) {
          const there = (await shop.entities.Request.get({ requestId: `${id}-${number}` }, { consistent: true })) !== undefined
          if (acknowledged.has(number)) expect(there, `request ${number} was acknowledged`).to.equal(true)
          if (there) sum += amount
        }
        expect(await balanceOf(id)).to.equal(sum)
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  })
})
