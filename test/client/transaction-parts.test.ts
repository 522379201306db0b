// Transactions as parts of others: their operations beside further ones, with input checked and completed as in a call of their own.
import { expect } from 'chai'
import {
  add,
  connect,
  createTable,
  datetime,
  defineEntity,
  defineModel,
  defineTable,
  ModelError,
  number,
  string,
  TransactionCanceledError,
  type TransactionPattern,
  transaction,
  ulid,
  ValidationError,
} from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { failureOf, observed } from './observed-requests.ts'

const table = defineTable({ name: 'transaction-parts', partitionKey: 'PK', sortKey: 'SK' })
const Account = defineEntity('Account', {
  attributes: { owner: string(), cents: number({ min: 0, integer: true }).default(0) },
  key: { pk: 'ACCOUNT#{owner}', sk: 'ACCOUNT' },
})
const Entry = defineEntity('Entry', {
  attributes: {
    owner: string(),
    entryId: ulid(),
    cents: number(),
    at: datetime(),
    text: string({ max: 20 }).default('transfer'),
  },
  key: { pk: 'ACCOUNT#{owner}', sk: 'ENTRY#{entryId}' },
  onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
})
const Request = defineEntity('Request', {
  attributes: { requestId: string() },
  key: { pk: 'REQUEST#{requestId}', sk: 'REQUEST' },
})

const book = transaction(
  { Entry, Account },
  { owner: string(), entryId: ulid(), cents: number({ integer: true }), at: datetime().default('now') },
  ({ owner, entryId, cents, at }, { Entry, Account }) => [
    Entry.create({ owner, entryId, cents, at }),
    Account.update({ owner }, { cents: add(cents) }),
  ],
).check(({ cents }) => cents !== 0 || 'nothing is booked')
const transfer = transaction(
  { book },
  { from: string(), to: string(), cents: number({ min: 1 }) },
  ({ from, to, cents }, { book }) => [...book({ owner: from, cents: -cents }), ...book({ owner: to, cents })],
)
const transferOnce = transaction(
  { Request, transfer },
  { requestId: string(), from: string(), to: string(), cents: number() },
  ({ requestId, ...rest }, { Request, transfer }) => [Request.create({ requestId }), ...transfer(rest)],
)
const model = defineModel({
  table,
  entities: { Account, Entry, Request },
  accessPatterns: { transferOnce: transferOnce.example({ requestId: '1', from: 'ada', to: 'ben', cents: 5 }) },
})

describe('a transaction with parts', () => {
  let engine: TestEngine
  const now = new Date('2030-01-01T00:00:00Z')
  const open = () => connect(model, { client: engine.client(), now: () => now })
  let bank: ReturnType<typeof open>
  before(async () => {
    engine = await startTestEngine()
    await createTable(model, engine.client())
    bank = open()
  })
  after(() => engine.close())
  const balances = async (...owners: string[]) =>
    Promise.all(owners.map(async (owner) => (await bank.entities.Account.get({ owner }, { consistent: true }))?.cents))

  it('writes their operations with its own, to any depth, in one request, and gives the results at their places', async () => {
    await bank.entities.Account.create({ owner: 'ada', cents: 10 })
    await bank.entities.Account.create({ owner: 'ben' })
    const { result, requests } = await observed(async () =>
      bank.patterns.transferOnce({ requestId: '1', from: 'ada', to: 'ben', cents: 4 }),
    )
    expect(requests.map(({ operation, pattern }) => `${operation} ${pattern}`)).to.deep.equal(['TransactWriteItems transferOnce'])
    const [request, taken, account, given] = result
    expect(request).to.deep.equal({ requestId: '1' })
    expect(account).to.equal(undefined)
    expect(taken).to.deep.include({ owner: 'ada', cents: -4, at: now, text: 'transfer' })
    expect(given).to.deep.include({ owner: 'ben', cents: 4, at: now })
    expect(await balances('ada', 'ben')).to.deep.equal([6, 4])
  })

  it('writes nothing when a part is refused, and says which operation of the whole it was', async () => {
    const failure = await failureOf(() => bank.patterns.transferOnce({ requestId: '2', from: 'ada', to: 'ben', cents: 7 }))
    expect(failure).to.be.instanceOf(TransactionCanceledError)
    const codes = (failure as TransactionCanceledError).reasons.map(({ code }) => code)
    expect(codes).to.deep.equal(['None', 'None', 'ConditionalCheckFailed', 'None', 'None'])
    expect(await balances('ada', 'ben')).to.deep.equal([6, 4])
    expect(await bank.entities.Request.get({ requestId: '2' })).to.equal(undefined)
  })

  it('makes what a part generates once, for params() and for the request', async () => {
    const operation = bank.patterns.transferOnce({ requestId: '3', from: 'ada', to: 'ben', cents: 1 })
    const { TransactItems } = operation.params() as { TransactItems: { Put?: { Item: { SK: { S: string } } } }[] }
    const [, taken] = await operation
    expect(TransactItems[1]?.Put?.Item.SK.S).to.equal(`ENTRY#${(taken as { entryId: string }).entryId}`)
  })

  it('judges their input as their own calls would, at a path that begins with their names', async () => {
    const refusals: readonly [number, string, string][] = [
      [0, 'transfer.cents', 'out-of-range'],
      [1.5, 'transfer.book.cents', 'wrong-type'],
    ]
    for (const [cents, path, reason] of refusals) {
      const failure = await failureOf(() => bank.patterns.transferOnce({ requestId: '4', from: 'ada', to: 'ben', cents }))
      expect(failure).to.be.instanceOf(ValidationError)
      expect(failure).to.deep.include({ path, reason })
      expect((failure as Error).message).to.match(new RegExp(`^${path}: (?!${path})`))
    }
    const zero = transaction({ book }, {}, (_, { book }) => book({ owner: 'ada', cents: 0 }))
    const one = connect(defineModel({ table, entities: { Account, Entry }, accessPatterns: { zero } }), {
      client: engine.client(),
    })
    const failure = await failureOf(() => one.patterns.zero({}))
    expect(failure).to.deep.include({ path: 'book', reason: 'check-failed' })
    expect((failure as Error).message).to.equal('book: zero.book: nothing is booked')
  })

  it('is refused when operations are listed as one, when it writes an item twice, and when the part gets no input', async () => {
    const wrong = {
      nested: transaction({ book }, {}, (_, { book }) => [book({ owner: 'ada', cents: 1 })] as never),
      twice: transaction({ book }, {}, (_, { book }) => [
        ...book({ owner: 'ada', cents: 1 }),
        ...book({ owner: 'ada', cents: 2 }),
      ]),
      nothing: transaction({ book }, {}, (_, { book }) => book(undefined as never)),
    }
    const connected = connect(defineModel({ table, entities: { Account, Entry }, accessPatterns: wrong }), {
      client: engine.client(),
    })
    const patterns = connected.patterns as unknown as Record<keyof typeof wrong, (input: object) => PromiseLike<unknown>>
    const messages = await Promise.all(
      Object.values(patterns).map(async (pattern) => ((await failureOf(() => pattern({}))) as Error).message),
    )
    expect(messages[0]).to.equal('[0]: is no operation. Spread the operations of a part: ...book(…).')
    expect(messages[1]).to.match(/^\[3\]: writes the same item as operation/)
    expect(messages[2]).to.match(/^book: expected an object with the input of nothing.book/)
  })

  it('is explained with all writes, and with each entity once', () => {
    const plan = bank.patterns.transferOnce.explain()
    expect(plan.entities).to.deep.equal(['Request', 'Entry', 'Account'])
    expect(plan.operations.map(({ kind, entity }) => `${kind} ${entity}`)).to.deep.equal([
      'create Request',
      'create Entry',
      'update Account',
      'create Entry',
      'update Account',
    ])
    expect(String(plan)).to.equal(String(bank.patterns.transferOnce.explain()))
    expect(plan.estimate.actions).to.equal(5)
  })

  it('writes what is left to transactions: a refusal names the pattern of the model', () => {
    const { create } = bank.entities.Entry as unknown as { create(input: object): unknown }
    expect(() => create({ owner: 'ada' })).to.throw(ValidationError, 'Use transferOnce of')
  })

  it('is checked with its parts: their entities belong to the model', () => {
    const define = () => defineModel({ table, entities: { Request }, accessPatterns: { transferOnce } })
    expect(define)
      .to.throw(ModelError)
      .with.property('problems')
      .that.deep.includes.members([
        {
          code: 'unknown-entity',
          place: 'accessPatterns.transferOnce.transfer.book.entities.Entry',
          message: 'Entry is not an entity of the model.',
          hint: 'Add it to entities.',
        },
      ])
  })

  it('takes no reading pattern for a part', () => {
    const reads = transaction({ book: { kind: 'accessPattern', definition: { kind: 'get' } } } as never, {}, () => [])
    const define = () =>
      defineModel({ table, entities: { Account }, accessPatterns: { reads: reads as TransactionPattern<object, unknown[]> } })
    expect(define).to.throw(ModelError, 'is no entity')
  })
})
