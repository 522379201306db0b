// What writes through other libraries are known to get wrong, as cases that must come out right here.
import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import {
  add,
  connect,
  defineEntity,
  defineModel,
  defineTable,
  ItemNotFoundError,
  ifNotExists,
  ModelError,
  number,
  oneOf,
  query,
  remove,
  string,
  ValidationError,
} from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'

const table = defineTable({
  name: 'games',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    GSI2: { partitionKey: 'GSI2PK', sortKey: 'GSI2SK' },
  },
})

const Player = defineEntity('Player', {
  attributes: {
    tenant: string(),
    name: string(),
    league: string(),
    score: number({ min: 0, max: 99_999 }),
    rating: number().default(0),
    team: string().optional(),
    role: string().optional(),
    state: oneOf('active', 'banned').default('active'),
  },
  key: { pk: 'TENANT#{tenant}', sk: 'PLAYER#{name}' },
  indexes: {
    GSI1: { pk: 'LEAGUE#{league}', sk: '{score}#{rating}', when: { state: 'active' } },
    GSI2: { pk: 'TEAM#{team}', sk: '{role}#{name}' },
  },
})

const model = defineModel({
  table,
  entities: { Player },
  accessPatterns: {
    playersOfLeague: query(Player).index('GSI1'),
    playersOfTeam: query(Player).index('GSI2'),
    playersOfTenant: query(Player),
  },
})

describe('flaws of other libraries', () => {
  let engine: TestEngine
  let client: DynamoDBClient
  let tenant = ''
  let number = 0
  before(async () => {
    engine = await startTestEngine()
    client = engine.client()
    await createTable(model, client)
  })
  after(() => engine.close())
  beforeEach(() => {
    tenant = `t${number++}`
  })

  const games = () => connect(model, { client })
  const create = (input: object = {}) =>
    games().entities.Player.create({ tenant, name: 'ada', league: tenant, score: 100, ...input })
  const update = (changes: object, options: object = {}) =>
    games().entities.Player.update({ tenant, name: 'ada' }, changes, options as never)
  const inLeague = async (condition: object = {}, league = tenant) =>
    (await games().patterns.playersOfLeague({ league, ...condition })).items.map(({ name, score }) => `${name} ${score}`)
  const keyAttribute = async (attribute: string) => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: 'games' }))
    return Items.find(({ PK }) => PK?.S === `TENANT#${tenant}`)?.[attribute]?.S
  }

  describe('index keys that disagree with their item', () => {
    it('changes one attribute of a key made of several without being given the others', async () => {
      await create({ rating: 7 })
      await update({ score: 200 })
      expect(await inLeague({ score: 200, rating: 7 })).to.deep.equal(['ada 200'])
    })

    it('makes the key of the sum, not of what was added', async () => {
      await create()
      await update({ score: add(5) })
      expect(await keyAttribute('GSI1SK')).to.equal('00105#0')
      expect(await inLeague({ score: { between: [105, 105] } })).to.deep.equal(['ada 105'])
    })

    it('makes the key of the value that is there, not of a default that was not needed', async () => {
      await create()
      await update({ score: ifNotExists(3), league: ifNotExists('other') })
      expect(await inLeague({ score: 100 })).to.deep.equal(['ada 100'])
      expect(await inLeague({}, 'other')).to.deep.equal([])
    })

    it('makes a whole key when an upsert adds to what is not there', async () => {
      await update({ league: tenant, score: add(5) }, { upsert: true })
      expect(await keyAttribute('GSI1SK')).to.equal('00005#0')
      await update({ league: tenant, score: add(5) }, { upsert: true })
      expect(await inLeague()).to.deep.equal(['ada 10'])
    })

    it('never writes undefined or an object into a key', async () => {
      await create({ team: 'red' })
      for (const changes of [
        { score: add(1) },
        { team: 'blue' },
        { role: 'goal' },
        { rating: ifNotExists(2) },
        { team: remove() },
      ]) {
        await update(changes)
        for (const attribute of ['GSI1PK', 'GSI1SK', 'GSI2PK', 'GSI2SK'])
          expect((await keyAttribute(attribute)) ?? '').not.to.match(/undefined|object|##|#$/)
      }
    })

    it('lets nobody write a key by hand', async () => {
      await create()
      const fails = async (write: PromiseLike<unknown>) =>
        write.then(
          () => undefined,
          (error) => error,
        )
      for (const attribute of ['PK', 'SK', 'GSI1PK', 'GSI1SK', '_type']) {
        expect(await fails(create({ name: 'eve', [attribute]: 'x' }))).to.be.instanceOf(ValidationError)
        expect(await fails(update({ [attribute]: 'x' }))).to.be.instanceOf(ValidationError)
      }
    })

    it('makes no item by updating one that is missing', async () => {
      const error = await update({ score: 5, rating: 1 }).then(
        () => undefined,
        (error) => error,
      )
      expect(error).to.be.instanceOf(ItemNotFoundError)
      expect(await games().patterns.playersOfTenant({ tenant }).all()).to.deep.equal([])
    })

    it('refuses an upsert that would make an incomplete item', async () => {
      const error = await update({ score: add(5) }, { upsert: true }).then(
        () => undefined,
        (error) => error,
      )
      expect(error).to.be.instanceOf(ValidationError).with.property('path', 'league')
    })

    it('takes an item out of an index when one part of the key is removed, and back in', async () => {
      await create({ team: tenant, role: 'goal' })
      const inTeam = async () => (await games().patterns.playersOfTeam({ team: tenant })).items.length
      expect(await inTeam()).to.equal(1)
      await update({ role: remove() })
      expect(await inTeam()).to.equal(0)
      expect(await keyAttribute('GSI2PK')).to.equal(undefined)
      await update({ role: 'wing' })
      expect(await inTeam()).to.equal(1)
    })

    it('takes an item out of a sparse index by the same update that makes its predicate fail', async () => {
      await create()
      await update({ state: 'banned', score: add(1) }, { if: { state: 'active' } })
      expect(await inLeague()).to.deep.equal([])
      await update({ score: add(1) })
      expect(await keyAttribute('GSI1PK')).to.equal(undefined)
      await update({ state: 'active' }, { if: { state: 'banned' } })
      expect(await inLeague()).to.deep.equal(['ada 102'])
    })
  })

  describe('keys that collide', () => {
    it('keeps tenants apart whose names contain what separates keys', async () => {
      const { Player } = games().entities
      const [first, second] = [
        { tenant: `${tenant}#PLAYER`, name: 'y' },
        { tenant, name: 'PLAYER#y' },
      ]
      await Player.create({ ...first, league: 'a', score: 1 })
      await Player.create({ ...second, league: 'a', score: 2 })
      expect((await Player.get(first))?.score).to.equal(1)
      expect((await Player.get(second))?.score).to.equal(2)
      expect(await games().patterns.playersOfTenant({ tenant }).all()).to.have.length(1)
    })

    it('tells upper from lower case', async () => {
      await create({ name: 'aB' })
      await create({ name: 'Ab' })
      expect(await games().patterns.playersOfTenant({ tenant }).all()).to.have.length(2)
    })

    it('puts items without an optional part into no partition, instead of into one together', async () => {
      await create({ role: 'goal' })
      await create({ name: 'eve', role: 'goal' })
      expect(await keyAttribute('GSI2PK')).to.equal(undefined)
    })

    it('refuses a number beyond the width of its range, and orders negative ones', async () => {
      await create()
      const fails = async (changes: object) =>
        update(changes).then(
          () => undefined,
          (error: Error) => error.name,
        )
      expect(await fails({ score: 100_000 })).to.equal('ValidationError')
      expect(await fails({ score: add(99_900) })).to.equal('ConditionFailedError')
      for (const [name, rating] of [
        ['minus', -42],
        ['less', -5],
        ['more', 3],
      ] as const)
        await create({ name, rating })
      expect(await inLeague({ score: 100 })).to.deep.equal(['minus 100', 'less 100', 'ada 100', 'more 100'])
    })

    it('refuses a model in which two entities can have the same key', () => {
      const Robot = defineEntity('Robot', {
        attributes: { tenant: string(), kind: string(), name: string() },
        key: { pk: 'TENANT#{tenant}', sk: '{kind}#{name}' },
      })
      expect(() => defineModel({ table, entities: { Player, Robot } })).to.throw(ModelError, 'Robot')
    })
  })
})
