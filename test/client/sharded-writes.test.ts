// Items in shards: where they are written, that they are found by key, and that nothing moves them.
import { crc32 } from 'node:zlib'
import { type AttributeValue, type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import {
  add,
  connect,
  defineEntity,
  defineModel,
  ItemExistsError,
  ifNotExists,
  MisfitError,
  string,
  UniqueConstraintError,
} from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { changes } from '../../lib/streams/changes.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { failureOf, observed } from './observed-requests.ts'
import { growth, type Spread, shardedModel, table } from './sharded-model.ts'

const spread: Spread = { count: 5, before: 3, from: 2 }
const earlier = new Date(growth.getTime() - 1)
const task = { rank: 3, owner: 'ada', account: 7, label: 'x' }

describe('a sharded', () => {
  let engine: TestEngine
  let client: DynamoDBClient
  let tenants = 0
  let tenant = ''
  before(async () => {
    engine = await startTestEngine()
    client = engine.client()
    await createTable(shardedModel(spread), client)
  })
  beforeEach(() => {
    tenant = `t${tenants++}`
  })
  after(() => engine.close())

  const open = (options: object = {}, model = shardedModel(spread)) => connect(model, { client, ...options })

  /** The items of the tenant as the table has them. */
  async function stored(): Promise<Record<string, AttributeValue>[]> {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: 'sharded' }))
    return Items.filter((item) => item.tenant?.S === tenant)
  }
  const keysOf = async (...names: string[]) => (await stored()).map((item) => names.map((name) => item[name]?.S))

  describe('primary key', () => {
    const shardOf = (id: string, rank: number) => 2 + (crc32(`E#${tenant}\u0000EVENT#${String(rank).padStart(2, '0')}#${id}`) % 5)

    it('is made by every write, and found again from its attributes alone, in one request', async () => {
      const { entities, batchGet, batchWrite, transactGet, transactWrite } = open()
      const { Event } = entities
      const key = { tenant, id: 'a', rank: 1 }
      const { result } = await observed(() => Event.create({ ...key, text: 'one' }))
      expect(result).to.deep.equal({ ...key, text: 'one' })
      expect(await keysOf('PK', 'SK')).to.deep.equal([[`E#${tenant}#${shardOf('a', 1)}`, 'EVENT#01#a']])
      const got = await observed(() => Event.get(key))
      expect(got.result).to.deep.equal({ ...key, text: 'one' })
      expect(got.requests).to.have.length(1)
      expect(await Event.update(key, { text: 'two' })).to.deep.equal({ ...key, text: 'two' })
      expect(await failureOf(() => Event.create(key))).to.be.instanceOf(ItemExistsError)
      await Event.update({ tenant, id: 'b', rank: 2 }, { text: 'three' }, { upsert: true })
      await transactWrite([
        Event.put({ tenant, id: 'c', rank: 3 }),
        Event.conditionCheck(key, { text: 'two' }),
        Event.delete({ tenant, id: 'b', rank: 2 }),
      ])
      await batchWrite([entities.Alarm.put({ tenant, id: 'd', rank: 4 })])
      const [a, b, alarm] = await batchGet([
        Event.get(key),
        Event.get({ tenant, id: 'b', rank: 2 }),
        entities.Alarm.get({ tenant, id: 'd', rank: 4 }),
      ])
      expect([a?.text, b, alarm?.id]).to.deep.equal(['two', undefined, 'd'])
      const [c] = await transactGet([Event.get({ tenant, id: 'c', rank: 3 })])
      expect(c).to.deep.equal({ tenant, id: 'c', rank: 3 })
      expect(await Event.delete(key)).to.deep.equal({ ...key, text: 'two' })
    })

    it('moves', async () => {
      const { Event } = open().entities
      await Event.create({ tenant, id: 'a', rank: 1, text: 'one' })
      expect(await Event.move({ tenant, id: 'a', rank: 1 }, { tenant, id: 'a', rank: 9 })).to.deep.equal({
        tenant,
        id: 'a',
        rank: 9,
        text: 'one',
      })
      expect(await keysOf('PK', 'SK')).to.deep.equal([[`E#${tenant}#${shardOf('a', 9)}`, 'EVENT#09#a']])
    })

    it('is told by the owner of a unique value, without its shard', async () => {
      const { Event } = open().entities
      await Event.create({ tenant, id: 'a', rank: 1, text: 'one' })
      const failure = await failureOf(() => Event.create({ tenant, id: 'b', rank: 1, text: 'one' }))
      expect(failure).to.be.instanceOf(UniqueConstraintError)
      expect(JSON.stringify(failure)).not.to.include('shard')
    })

    it('has members of a collection in all shards, and answers them together', async () => {
      const { entities, patterns } = open()
      const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
      for (const id of ids) {
        await entities.Event.create({ tenant, id, rank: 1 })
        await entities.Alarm.create({ tenant, id, rank: 1 })
      }
      const { result, requests } = await observed(() => patterns.collected({ tenant }))
      expect(requests).to.have.length(5)
      expect(result.events.map(({ id }) => id)).to.deep.equal(ids)
      expect(result.alarms.map(({ id }) => id)).to.deep.equal(ids)
    })

    it('is read in an inverted index by what stands before the shard, or by the whole key', async () => {
      const { entities, patterns } = open()
      for (const one of [tenant, `${tenant}b`]) await entities.Event.create({ tenant: one, id: 'a', rank: 1 })
      const key = { id: 'a', rank: 1 }
      expect((await patterns.inverse({ ...key, tenant: { beginsWith: tenant } })).items).to.have.length(2)
      const { result, requests } = await observed(() => patterns.inverse({ ...key, tenant }))
      expect(result.items).to.deep.equal([{ tenant, ...key }])
      expect(requests).to.have.length(1)
      const [request] = patterns.inverse({ ...key, tenant }).params() as { KeyConditionExpression: string }[]
      expect(request?.KeyConditionExpression).to.equal('#SK = :SK AND #PK = :PK')
    })

    it('is read in a local index from all its shards', async () => {
      const { entities, patterns } = open()
      for (const [rank, text] of ['c', 'a', 'd', 'b'].entries())
        await entities.Event.create({ tenant, id: `${rank}`, rank, text: `${tenant}${text}` })
      const { items } = await patterns.byText({ tenant })
      expect(items.map(({ text }) => text)).to.deep.equal(['a', 'b', 'c', 'd'].map((text) => tenant + text))
    })

    it('of an item in another shard than its own is a misfit', async () => {
      const wrong = (shardOf('a', 1) - 2 + 1) % 5
      const Item = {
        PK: { S: `E#${tenant}#${2 + wrong}` },
        SK: { S: 'EVENT#01#a' },
        _type: { S: 'Event' },
        tenant: { S: tenant },
        id: { S: 'a' },
        rank: { N: '1' },
      }
      await client.send(new PutItemCommand({ TableName: 'sharded', Item }))
      const { patterns, entities } = open()
      const { items, misfits } = await patterns.events({ tenant })
      expect([items, misfits.map(({ path }) => path)]).to.deep.equal([[], ['PK']])
      expect(await entities.Event.get({ tenant, id: 'a', rank: 1 })).to.equal(undefined)
      expect(await failureOf(() => patterns.events({ tenant }, { onMisfit: 'throw' }))).to.be.instanceOf(MisfitError)
    })

    it('is told by a change without its shard', async () => {
      const model = shardedModel(spread)
      await open({}, model).entities.Event.create({ tenant, id: 'a', rank: 1 })
      const [image = {}] = await stored()
      const { PK, SK } = image
      const dynamodb = { Keys: { PK, SK }, NewImage: image, SequenceNumber: '1' }
      const [change] = [...changes(model, [{ eventName: 'INSERT', dynamodb }] as never)]
      expect(change?.key).to.deep.equal({ tenant, id: 'a', rank: 1 })
      expect(change?.new).to.deep.equal({ tenant, id: 'a', rank: 1 })
    })
  })

  describe('index of random shards', () => {
    const shards = async () => (await keysOf('RPK')).flat().map((key) => Number(key?.split('#').at(-1)))

    it('takes them from the randomness that connect is given', async () => {
      for (const random of [0, 0.2, 0.4, 0.6, 0.8, 0.999999])
        await open({ random: () => random }).entities.Task.create({ tenant, id: `i${random}`, ...task })
      expect((await shards()).sort()).to.deep.equal([2, 3, 4, 5, 6, 6])
    })

    it('keeps an item where it is when its key changes', async () => {
      await open({ random: () => 0.5 }).entities.Task.create({ tenant, id: 'a', ...task })
      const { Task } = open({ random: () => 0.99 }).entities
      const key = { tenant, id: 'a' }
      const free = await observed(() => Task.update(key, { rank: 4 }, { known: { rank: 3, label: 'x' } }))
      expect(free.requests.map(({ operation }) => operation)).to.deep.equal(['UpdateItem'])
      await Task.update(key, { rank: add(1), label: 'z' })
      await Task.update(key, { ...task, account: 1, rank: 8, label: ifNotExists('n') }, { upsert: true })
      expect(await keysOf('RPK', 'RSK')).to.deep.equal([[`R#${tenant}#4`, '08#z#a']])
    })

    it('is read by an update that changes a key with a random shard, which stays', async () => {
      await open({ random: () => 0.5 }).entities.Task.create({ tenant, id: 'a', ...task })
      const { Task } = open({ random: () => 0.99 }).entities
      const key = { tenant, id: 'a' }
      const { requests } = await observed(() => Task.update(key, { label: 'y' }))
      expect(requests.map(({ operation }) => operation)).to.deep.equal(['GetItem', 'UpdateItem'])
      expect(await keysOf('BPK')).to.deep.equal([['4#y']])
      expect(() => Task.update(key, { label: 'z' }, { known: { rank: 3 } }).params()).to.throw('BPK')
      await Task.update(key, { rank: 1 })
      expect(await keysOf('BPK')).to.deep.equal([[undefined]])
      await Task.update(key, { rank: 3 })
      expect(await keysOf('BPK')).to.deep.equal([['6#y']])
    })

    it('keeps it there under concurrent changes', async () => {
      const { Task } = open().entities
      await Task.create({ tenant, id: 'a', ...task })
      const before = await shards()
      await Promise.all([1, 2, 3, 4].map((rank) => Task.update({ tenant, id: 'a' }, { rank: add(rank), label: 'x' })))
      expect(await shards()).to.deep.equal(before)
      expect((await keysOf('RSK')).flat()).to.deep.equal(['13#x#a'])
    })

    it('keeps an item where it is when a guard of a unique value is written with the change', async () => {
      const Member = defineEntity('Member', {
        attributes: { tenant: string(), name: string(), group: string() },
        key: { pk: 'MEMBER#{tenant}', sk: 'MEMBER' },
        indexes: { Random: { pk: 'G#{group}', sk: '{name}', shards: { count: 7, by: 'random' } } },
        unique: { name: 'MEMBER_NAME#{name}' },
      })
      const model = defineModel({ table, entities: { Member } })
      await connect(model, { client, random: () => 0.5 }).entities.Member.create({ tenant, name: `${tenant}a`, group: 'a' })
      const { Member: later } = connect(model, { client, random: () => 0 }).entities
      await later.update({ tenant }, { name: `${tenant}b`, group: 'b' })
      await later.update({ tenant }, { group: 'c' })
      expect(await keysOf('RPK', 'RSK')).to.deep.equal([['G#c#3', `${tenant}b`]])
    })

    it('gives an upserted item one, and a replaced item another', async () => {
      const { Task } = open({ random: () => 0 }).entities
      await Task.update({ tenant, id: 'a' }, task, { upsert: true })
      expect(await shards()).to.deep.equal([2])
      await open({ random: () => 0.9 }).entities.Task.put({ tenant, id: 'a', ...task })
      expect(await shards()).to.deep.equal([6])
    })
  })

  describe('index that has grown', () => {
    const keyOf = async () => (await keysOf('MPK')).flat()

    it('keeps items where the number of shards at their creation put them', async () => {
      const key = { tenant, id: 'a' }
      // 7 modulo 3 is 1, and modulo 5 it is 2; the first shard is 2.
      await open({ now: () => earlier }).entities.Task.create({ ...key, ...task })
      expect(await keyOf()).to.deep.equal([`3#M#${tenant}`])
      const { entities } = open({ now: () => growth })
      await entities.Task.update(key, { rank: 5 })
      await entities.Task.update(key, { ...task, rank: add(1) }, { upsert: true })
      expect(await keyOf()).to.deep.equal([`3#M#${tenant}`])
      await entities.Task.update({ tenant, id: 'b' }, task, { upsert: true })
      expect((await keyOf()).sort()).to.deep.equal([`3#M#${tenant}`, `4#M#${tenant}`])
      await entities.Task.move(key, { tenant, id: 'c' })
      expect((await keyOf()).sort()).to.deep.equal([`3#M#${tenant}`, `4#M#${tenant}`])
    })

    it('is read from both of the shards that a value had, and gives each item once', async () => {
      await open({ now: () => earlier }).entities.Task.create({ tenant, id: 'a', ...task })
      const { entities, patterns } = open({ now: () => growth })
      await entities.Task.create({ tenant, id: 'b', ...task })
      const { result, requests } = await observed(() => patterns.modulo({ tenant, account: 7 }))
      expect(result.items.map(({ id }) => id)).to.deep.equal(['a', 'b'])
      expect(requests).to.have.length(2)
    })

    it('finds items of a sharded primary key by the time in the key', async () => {
      const ids: string[] = []
      for (const now of [earlier, growth, earlier, growth]) {
        const visit = await open({ now: () => now }).entities.Visit.create({ tenant, rank: ids.length })
        ids.push(visit.visitId)
      }
      const { entities, patterns } = open()
      for (const [rank, visitId] of ids.entries()) expect((await entities.Visit.get({ tenant, visitId }))?.rank).to.equal(rank)
      const shardsBefore = (await stored())
        .filter(({ visitId }) => ids.indexOf(visitId?.S ?? '') % 2 === 0)
        .map(({ PK }) => Number(PK?.S?.split('#').at(-1)))
      expect(Math.max(...shardsBefore)).to.be.below(3)
      expect((await patterns.visits({ tenant })).items.map(({ visitId }) => visitId)).to.deep.equal([...ids].sort())
      expect((await observed(() => patterns.visits({ tenant, visitId: ids[1] ?? '' }))).requests).to.have.length(1)
    })
  })
})
