// Answers that are lost after the write took effect: the SDK sends it again, and what is then refused may be one's own doing. Nothing is
// done twice, and who must know that the outcome is open is told so.
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import {
  add,
  append,
  connect,
  createTable,
  defineEntity,
  defineModel,
  defineTable,
  ItemExistsError,
  list,
  number,
  OutcomeUnknownError,
  oneOf,
  remove,
  string,
  TransactionOutcomeUnknownError,
  ulid,
  VersionConflictError,
  version,
} from '../../lib/index.ts'
import { type Fault, type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { failureOf } from './observed-requests.ts'

const table = defineTable({ name: 'lost', partitionKey: 'PK', indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } } })
const Player = defineEntity('Player', {
  attributes: { id: string(), board: string(), score: number(), name: string().optional() },
  key: { pk: 'PLAYER#{id}' },
  indexes: { GSI1: { pk: 'BOARD#{board}', sk: '{score}' } },
})
/** In no index, so that its updates read nothing. */
const Account = defineEntity('Account', {
  attributes: {
    id: string(),
    state: oneOf('open', 'closed').default('open'),
    balance: number().default(0),
    log: list(string()).default([]),
  },
  key: { pk: 'ACCOUNT#{id}' },
})
const Page = defineEntity('Page', {
  attributes: { id: string(), views: number().default(0), version: version() },
  key: { pk: 'PAGE#{id}' },
})
const Ticket = defineEntity('Ticket', { attributes: { id: ulid(), text: string() }, key: { pk: 'TICKET#{id}' } })
const Login = defineEntity('Login', {
  attributes: { id: string(), email: string(), count: number().default(0) },
  key: { pk: 'LOGIN#{id}' },
  unique: { email: 'EMAIL#{email}' },
})
const model = defineModel({ table, entities: { Player, Account, Page, Ticket, Login } })

describe('a write whose answer is lost', () => {
  let engine: LocalEngine
  let ids = 0
  const newId = () => `id${ids++}`
  before(async () => {
    engine = await startLocal({ requestLimit: 1000 })
    await createTable(model, engine.client())
  })
  after(() => engine.close())
  afterEach(() => engine.faults.clear())

  const open = (options = {}) => connect(model, { client: engine.client(options) })
  const entities = () => open().entities
  const single = ['PutItem', 'UpdateItem', 'DeleteItem'] as const
  /** Loses the answer of the next write after it took effect. */
  const lose = (fault: Partial<Fault> = {}) =>
    engine.faults.add({
      operations: [...single, 'TransactWriteItems'],
      kind: 'disconnect',
      when: 'after',
      times: 1,
      ...fault,
    } as Fault)
  /** Keeps the next write from being done, in a way that its sender can't tell from a lost answer. */
  const miss = () => lose({ when: 'before' } as Partial<Fault>)
  const sentDuring = async (work: () => PromiseLike<unknown>) => {
    engine.requests.clear()
    await work()
    return engine.requests.of(...single, 'TransactWriteItems').length
  }

  describe('when it counts', () => {
    const counting: readonly [string, object][] = [
      ['add', { balance: add(5) }],
      ['append', { log: append(['x']) }],
    ]
    for (const [name, changes] of counting) {
      for (const fault of [{ kind: 'disconnect' }, { kind: 'internalError' }] as const)
        it(`is not sent again: ${name} after ${fault.kind}`, async () => {
          const { id } = await entities().Account.create({ id: newId() })
          lose(fault)
          const sent = await sentDuring(async () => {
            const error = (await failureOf(() => entities().Account.update({ id }, changes))) as OutcomeUnknownError
            expect(error).to.be.instanceOf(OutcomeUnknownError)
            expect([error.entity, error.key, error.item]).to.deep.equal(['Account', { id }, undefined])
            expect((error.cause as Error).name).to.match(/TimeoutError|InternalServerError/)
          })
          expect(sent).to.equal(1)
          const { balance, log } = (await entities().Account.get({ id })) ?? {}
          expect((balance ?? 0) + (log?.length ?? 0)).to.be.oneOf([5, 1])
        })
    }

    it('is not sent again by a retry strategy that repeats everything', async () => {
      const { id } = await entities().Account.create({ id: newId() })
      let tries = 0
      const token = { getRetryCount: () => tries, getRetryDelay: () => 0, getRetryCost: () => 0 }
      const retryStrategy = {
        acquireInitialRetryToken: async () => token,
        refreshRetryTokenForRetry: async () => {
          if (++tries === 4) throw new Error('No more.')
          return token
        },
        recordSuccess: () => undefined,
      }
      lose()
      const { Account: accounts } = open({ retryStrategy }).entities
      expect(await failureOf(() => accounts.update({ id }, { balance: add(5) }))).to.be.instanceOf(OutcomeUnknownError)
      expect(tries).to.equal(4)
      expect((await entities().Account.get({ id }))?.balance).to.equal(5)
    })

    it('is sent again after what tells that nothing was done', async () => {
      const { id } = await entities().Account.create({ id: newId() })
      for (const error of ['ThrottlingException', 'ProvisionedThroughputExceededException'] as const)
        engine.faults.add({ operations: ['UpdateItem'], kind: 'throttle', error, times: 1 })
      engine.faults.add({ operations: ['UpdateItem'], kind: 'transactionConflict', times: 1 })
      expect((await entities().Account.update({ id }, { balance: add(5) })).balance).to.equal(5)
    })

    it('is sent again where nobody listened', async () => {
      const { id } = await entities().Account.create({ id: newId() })
      const client = engine.client()
      let refused = 0
      client.middlewareStack.add(
        (next) => (args) => {
          if (refused++ > 0) return next(args)
          throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' })
        },
        { step: 'deserialize', priority: 'low' },
      )
      expect((await connect(model, { client }).entities.Account.update({ id }, { balance: add(5) })).balance).to.equal(5)
      expect(refused).to.equal(2)
    })

    it('is sent again where the caller would rather have it counted twice', async () => {
      const { id } = await entities().Account.create({ id: newId() })
      lose()
      expect((await entities().Account.update({ id }, { balance: add(5) }, { mayRepeat: true })).balance).to.equal(10)
    })

    const refusesItself: readonly [string, object, object][] = [
      ['an equality that it ends', { balance: add(5), state: 'closed' }, { if: { state: 'open' } }],
      ['a value known that it changes', { balance: add(5) }, { known: { balance: 0 } }],
    ]
    for (const [name, changes, options] of refusesItself)
      it(`is sent again, and is done once, under ${name}`, async () => {
        const { id } = await entities().Account.create({ id: newId() })
        miss()
        expect((await entities().Account.update({ id }, changes, options)).balance).to.equal(5)
        const { id: other } = await entities().Account.create({ id: newId() })
        lose()
        const error = (await failureOf(() => entities().Account.update({ id: other }, changes, options))) as OutcomeUnknownError
        expect(error).to.be.instanceOf(OutcomeUnknownError)
        expect(error.item).to.include({ balance: 5 })
        expect((await entities().Account.get({ id: other }))?.balance).to.equal(5)
      })

    it('is not sent again under a condition that holds on', async () => {
      const { id } = await entities().Account.create({ id: newId() })
      miss()
      const update = () => entities().Account.update({ id }, { balance: add(5), state: 'open' }, { if: { state: 'open' } })
      expect(await failureOf(update)).to.be.instanceOf(OutcomeUnknownError)
      expect((await entities().Account.get({ id }))?.balance).to.equal(0)
    })

    it('is not done twice when it counts from what it has read', async () => {
      const id = newId()
      await entities().Player.create({ id, board: 'b', score: 1 })
      lose()
      const error = (await failureOf(() => entities().Player.update({ id }, { score: add(5) }))) as OutcomeUnknownError
      expect(error).to.be.instanceOf(OutcomeUnknownError)
      expect(error.item).to.deep.equal({ id, board: 'b', score: 6 })
      expect(error.key).to.deep.equal({ id })
      expect((await entities().Player.get({ id }))?.score).to.equal(6)
    })

    it('is not counted from its own effect when the second try meets a conflict', async () => {
      const id = newId()
      await entities().Player.create({ id, board: 'b', score: 1 })
      lose()
      engine.faults.add({ operations: ['UpdateItem'], kind: 'transactionConflict', times: 1 })
      expect(await failureOf(() => entities().Player.update({ id }, { score: add(5) }))).to.be.instanceOf(OutcomeUnknownError)
      expect((await entities().Player.get({ id }))?.score).to.equal(6)
    })

    it('is done once in a transaction of one', async () => {
      const { id } = await entities().Account.create({ id: newId() })
      const shop = open()
      lose()
      await shop.transactWrite([shop.entities.Account.update({ id }, { balance: add(5) })])
      expect((await entities().Account.get({ id }))?.balance).to.equal(5)
    })

    it('is tried again without further ado when others were faster and no answer was lost', async () => {
      const id = newId()
      await entities().Player.create({ id, board: 'b', score: 0 })
      await Promise.all(Array.from({ length: 4 }, () => entities().Player.update({ id }, { score: add(1) })))
      expect((await entities().Player.get({ id }))?.score).to.equal(4)
    })
  })

  describe('when repeating it changes nothing', () => {
    it('is repeated: an update of plain values', async () => {
      const id = newId()
      await entities().Player.create({ id, board: 'b', score: 1, name: 'n' })
      lose()
      expect(await entities().Player.update({ id }, { board: 'd', name: remove() })).to.deep.equal({ id, board: 'd', score: 1 })
    })

    it('is repeated: a put', async () => {
      const id = newId()
      lose()
      await entities().Player.put({ id, board: 'b', score: 1 })
      expect(await entities().Player.get({ id })).to.deep.equal({ id, board: 'b', score: 1 })
    })

    it('is repeated: an update without the version, which may then be counted twice', async () => {
      const { id } = await entities().Page.create({ id: newId() })
      lose()
      expect(await entities().Page.update({ id }, { views: 3 })).to.deep.equal({ id, views: 3, version: 3 })
    })
  })

  describe('when sending it again would be refused', () => {
    it('is recognised by the identifier that it was given', async () => {
      lose()
      const ticket = await entities().Ticket.create({ text: 't' })
      expect(await entities().Ticket.get({ id: ticket.id })).to.deep.equal(ticket)
    })

    it('is not taken for one’s own when another has written the same', async () => {
      const id = newId()
      await entities().Player.create({ id, board: 'b', score: 1 })
      miss()
      const error = (await failureOf(() => entities().Player.create({ id, board: 'b', score: 1 }))) as OutcomeUnknownError
      expect(error).to.be.instanceOf(OutcomeUnknownError)
      expect(error.cause).to.be.instanceOf(ItemExistsError)
      expect(error.item).to.deep.equal({ id, board: 'b', score: 1 })
    })

    it('leaves its outcome open: a create', async () => {
      const id = newId()
      lose()
      const error = (await failureOf(() => entities().Player.create({ id, board: 'b', score: 1 }))) as OutcomeUnknownError
      expect(error).to.be.instanceOf(OutcomeUnknownError)
      expect(error.item).to.deep.equal({ id, board: 'b', score: 1 })
    })

    const versioned: readonly [string, (page: { id: string; version: number }) => PromiseLike<unknown>][] = [
      ['an update', ({ id, version }) => entities().Page.update({ id }, { views: add(1) }, { version })],
      ['a put', ({ id, version }) => entities().Page.put({ id, views: 1, version })],
    ]
    for (const [name, write] of versioned) {
      it(`leaves its outcome open: ${name} of a version`, async () => {
        const page = await entities().Page.create({ id: newId() })
        lose()
        const error = (await failureOf(() => write(page))) as OutcomeUnknownError
        expect(error).to.be.instanceOf(OutcomeUnknownError)
        expect(error.cause).to.be.instanceOf(VersionConflictError)
        expect(error.item).to.deep.equal({ ...page, views: 1, version: 2 })
      })

      it(`is done when it was not before: ${name} of a version`, async () => {
        const page = await entities().Page.create({ id: newId() })
        miss()
        await write(page)
        expect(await entities().Page.get({ id: page.id })).to.include({ views: 1, version: 2 })
      })

      it(`is refused as ever when no answer was lost: ${name} of a version`, async () => {
        const page = await entities().Page.create({ id: newId() })
        expect(await failureOf(() => write({ ...page, version: 7 }))).to.be.instanceOf(VersionConflictError)
      })
    }

    it('leaves open whether a delete has deleted what it should answer', async () => {
      const { id } = await entities().Account.create({ id: newId() })
      lose()
      expect(await failureOf(() => entities().Account.delete({ id }))).to.be.instanceOf(OutcomeUnknownError)
      expect(await entities().Account.get({ id })).to.equal(undefined)
      expect(await entities().Account.delete({ id })).to.equal(undefined)
    })

    it('answers the item of a delete that was not done before', async () => {
      const account = await entities().Account.create({ id: newId() })
      miss()
      expect(await entities().Account.delete({ id: account.id })).to.deep.equal(account)
    })
  })

  describe('and never found', () => {
    it('leaves its outcome open though it was throttled in the end', async () => {
      const id = newId()
      lose()
      engine.faults.add({ operations: ['PutItem'], kind: 'throttle' })
      const error = await failureOf(() => open({ maxAttempts: 2 }).entities.Player.put({ id, board: 'b', score: 1 }))
      expect(error).to.be.instanceOf(OutcomeUnknownError)
      engine.faults.clear()
      expect(await entities().Player.get({ id })).not.to.equal(undefined)
    })

    it('passes errors on that tell that nothing was done', async () => {
      engine.faults.add({ operations: ['PutItem'], kind: 'throttle' })
      const error = await failureOf(() => open({ maxAttempts: 1 }).entities.Player.put({ id: newId(), board: 'b', score: 1 }))
      expect(error).to.have.property('name', 'ProvisionedThroughputExceededException')
    })

    it('does not stand in for the errors of others that the client sends', async () => {
      const client = engine.client({ maxAttempts: 1 })
      lose()
      const put = new PutItemCommand({ TableName: 'lost', Item: { PK: { S: newId() } } })
      expect(await failureOf(() => client.send(put))).to.have.property('name', 'TimeoutError')
    })
  })

  describe('in a transaction', () => {
    /** The answer is lost, the SDK sends it again, and that meets another transaction. */
    const loseThenConflict = () => {
      lose({ operations: ['TransactWriteItems'] })
      engine.faults.add({ operations: ['TransactWriteItems'], kind: 'transactionConflict', times: 1 })
    }

    it('is done once when a conflict follows', async () => {
      const [shop, id] = [open(), newId()]
      await shop.entities.Account.create({ id })
      loseThenConflict()
      await shop.transactWrite([
        shop.entities.Account.update({ id }, { balance: add(5) }),
        shop.entities.Ticket.put({ text: 't' }),
      ])
      expect((await shop.entities.Account.get({ id }))?.balance).to.equal(5)
    })

    it('is done once when a conflict follows and it has read first', async () => {
      const [shop, id] = [open(), newId()]
      await shop.entities.Player.create({ id, board: 'b', score: 1 })
      loseThenConflict()
      await shop.transactWrite([shop.entities.Player.update({ id }, { score: add(5) })])
      expect((await shop.entities.Player.get({ id }))?.score).to.equal(6)
    })

    it('is done once when a conflict follows and guards are written with it', async () => {
      const [{ Login: logins }, id] = [entities(), newId()]
      loseThenConflict()
      await logins.create({ id, email: id })
      loseThenConflict()
      expect(await logins.update({ id }, { email: `${id}!`, count: add(1) })).to.deep.equal({ id, email: `${id}!`, count: 1 })
      expect(await logins.get({ id })).to.deep.equal({ id, email: `${id}!`, count: 1 })
      loseThenConflict()
      expect(await logins.delete({ id })).to.deep.equal({ id, email: `${id}!`, count: 1 })
    })

    it('goes by what it reads anew when it turns out that it was not done', async () => {
      const [shop, id] = [open(), newId()]
      await shop.entities.Player.create({ id, board: 'b', score: 1 })
      let others = 1
      const client = engine.client()
      client.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            if (commandName === 'TransactWriteItemsCommand' && others-- > 0) await entities().Player.update({ id }, { score: 10 })
            return next(args)
          },
        { step: 'initialize' },
      )
      lose({ operations: ['TransactWriteItems'], when: 'before' } as Partial<Fault>)
      const mine = connect(model, { client })
      await mine.transactWrite([mine.entities.Player.update({ id }, { score: add(5) })])
      expect((await shop.entities.Player.get({ id }))?.score).to.equal(15)
    })

    it('sends one token with one request, and another with another', async () => {
      const [shop, id] = [open(), newId()]
      await shop.entities.Player.create({ id, board: 'b', score: 1 })
      const tokens: unknown[] = []
      const client = engine.client()
      client.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            if (commandName === 'TransactWriteItemsCommand')
              tokens.push((args.input as { ClientRequestToken?: string }).ClientRequestToken)
            if (tokens.length === 3) await entities().Player.update({ id }, { score: 10 })
            return next(args)
          },
        { step: 'initialize' },
      )
      engine.faults.add({ operations: ['TransactWriteItems'], kind: 'transactionConflict', times: 2 })
      const mine = connect(model, { client })
      await mine.transactWrite([mine.entities.Player.update({ id }, { score: add(5) })])
      expect(tokens.map((token) => tokens.indexOf(token))).to.deep.equal([0, 0, 0, 3])
    })

    it('says so when its outcome stays open, with the token to go on with', async () => {
      const [shop, id] = [open({ maxAttempts: 1 }), newId()]
      await shop.entities.Account.create({ id })
      const operations = [shop.entities.Account.update({ id }, { balance: add(5) })]
      lose()
      const error = (await failureOf(() => shop.transactWrite(operations))) as TransactionOutcomeUnknownError
      expect(error).to.be.instanceOf(TransactionOutcomeUnknownError)
      const { clientRequestToken } = error
      await shop.transactWrite(operations, { clientRequestToken })
      expect((await shop.entities.Account.get({ id }))?.balance).to.equal(5)
    })
  })
})
