// What comes from the connection: demanded by connect, filled in everywhere, accepted nowhere.
import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import {
  type Connected,
  connect,
  createTable,
  InvalidCursorError,
  ItemExistsError,
  ItemNotFoundError,
  MisfitError,
  UniqueConstraintError,
  ValidationError,
} from '../../lib/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import type { Untyped } from '../model/mistakes.ts'
import { type TenantModel, tenantModel } from './tenant-model.ts'

type Shop = Connected<TenantModel['entities'], TenantModel['accessPatterns']>

describe('an attribute from the connection', () => {
  const model = tenantModel()
  let engine: TestEngine
  let client: ReturnType<TestEngine['client']>
  let a: Shop
  let b: Shop

  beforeEach(async () => {
    engine = await startTestEngine()
    client = engine.client()
    await createTable(model, client)
    a = connect(model, { client, context: { tenantId: 'a' } })
    b = a.with({ tenantId: 'b' })
  })
  afterEach(() => engine.close())

  const task = { project: 'p', taskId: '1', title: 'First' }
  const key = { project: 'p', taskId: '1' }

  async function refusal(run: () => unknown): Promise<unknown> {
    try {
      await run()
    } catch (error) {
      return error
    }
    return undefined
  }

  describe('is demanded by connect', () => {
    const cases: [string, unknown, string, string][] = [
      ['nothing', undefined, 'missing', 'context.tenantId'],
      ['an empty object', {}, 'missing', 'context.tenantId'],
      ['undefined', { tenantId: undefined }, 'missing', 'context.tenantId'],
      ['an empty text', { tenantId: '' }, 'empty-key', 'context.tenantId'],
      ['a number', { tenantId: 7 }, 'wrong-type', 'context.tenantId'],
      ['half a character', { tenantId: '\uD800' }, 'wrong-type', 'context.tenantId'],
      ['another name', { tenantId: 'a', tenant: 'b' }, 'unknown-attribute', 'context.tenant'],
      ['no object', 'a', 'wrong-type', 'context'],
    ]
    for (const [title, context, reason, path] of cases)
      it(`and refused when it is ${title}`, async () => {
        for (const run of [() => connect(model, { client, context } as Untyped), () => a.with(context as Untyped)]) {
          const error = await refusal(run)
          expect(error).to.be.instanceOf(ValidationError)
          expect(error).to.include({ reason, path })
        }
      })
    it('and refused in a verbatim table when it has the delimiter', async () => {
      const error = await refusal(() => connect(tenantModel('verbatim'), { client, context: { tenantId: 'a#b' } }))
      expect(error).to.include({ reason: 'delimiter-in-key', path: 'context.tenantId' })
    })
  })

  it('is in items as they are written and read, by every path', async () => {
    const { Task, Project } = a.entities
    const whole = { tenantId: 'a', ...task, state: 'open', points: 0, revision: 1 }
    await Project.create({ project: 'p', name: 'P' })
    expect(await Task.create(task)).to.deep.equal(whole)
    expect(await Task.get(key)).to.deep.equal(whole)
    expect(await Task.update(key, { points: 2 })).to.deep.equal({ ...whole, points: 2, revision: 2 })
    expect(await Task.put({ ...task, title: 'Other', revision: 2 })).to.include({ tenantId: 'a', revision: 3 })
    expect(await Task.move(key, { project: 'p', taskId: '2' })).to.include({ tenantId: 'a', taskId: '2' })
    expect(await Task.delete({ project: 'p', taskId: '2' })).to.include({ tenantId: 'a', title: 'Other' })
    const upserted = await Project.update({ project: 'q' }, { name: 'Q', tasks: 0 }, { upsert: true })
    expect(upserted).to.include({ tenantId: 'a', project: 'q' })
    const [created] = await a.patterns.addTask(task)
    expect(created).to.deep.equal(whole)
    expect(await a.patterns.task(key)).to.deep.equal(whole)
    for (const page of [
      a.patterns.tasks({ project: 'p' }),
      a.patterns.byState({ state: 'open' }),
      a.patterns.open({}),
      a.patterns.byId({ taskId: '1' }),
    ])
      expect((await page).items).to.deep.equal([whole])
    const collection = await a.patterns.project({ project: 'p' })
    expect(collection.project).to.include({ tenantId: 'a', tasks: 1 })
    expect(collection.tasks).to.deep.equal([whole])
    expect(await a.batchGet([Task.get(key)])).to.deep.equal([whole])
    expect(await a.transactGet([Task.get(key)])).to.deep.equal([whole])
    expect(await a.batchWrite([Project.put({ project: 'r', name: 'R' })])).to.have.nested.property('[0].tenantId', 'a')
    await a.transactWrite([Task.conditionCheck(key, { state: 'open' }), Project.delete({ project: 'r' })])
    expect(await Project.get({ project: 'r' })).to.equal(undefined)
  })

  it('is accepted by no input', async () => {
    const given = { tenantId: 'a' } as Untyped
    const { Task } = a.entities
    const [keyed, whole] = [
      { ...key, ...given },
      { ...task, ...given },
    ]
    const operations: Record<string, () => unknown> = {
      create: () => Task.create(whole),
      put: () => Task.put(whole),
      get: () => Task.get(keyed),
      delete: () => Task.delete(keyed),
      'update by key': () => Task.update(keyed, { points: 1 }),
      'update of it': () => Task.update(key, given),
      upsert: () => Task.update(key, { title: 'Other', ...given }, { upsert: true }),
      'move from': () => Task.move(keyed, { ...key, taskId: '2' }),
      'move to': () => Task.move(key, { ...keyed, taskId: '2' }),
      conditionCheck: () => Task.conditionCheck(keyed, { points: 1 }).params(),
      'a condition': () => Task.update(key, { points: 1 }, { if: { tenantId: 'a' } }),
      'a condition of a check': () => Task.conditionCheck(key, { tenantId: 'a' }).params(),
      'a get pattern': () => a.patterns.task(keyed),
      'a query': () => a.patterns.tasks({ project: 'p', ...given }),
      'a query of an index': () => a.patterns.byState({ state: 'open', ...given }),
      'a filter': () => a.patterns.tasks({ project: 'p' }, { where: { tenantId: 'a' } as Untyped }),
      'a collection': () => a.patterns.project({ project: 'p', ...given }),
    }
    for (const [title, run] of Object.entries(operations)) {
      const error = await refusal(run)
      expect(error, title).to.be.instanceOf(ValidationError)
      expect(error, title).to.include({ reason: 'not-allowed', path: 'tenantId' })
      expect((error as Error).message, title).to.contain('comes from the connection')
    }
    expect(await refusal(() => a.patterns.addTask({ ...task, ...given }))).to.include({ reason: 'unknown-attribute' })
  })

  it('keeps what a caller gives as known from being of another', async () => {
    const other = await b.entities.Task.create(task)
    const own = await a.entities.Task.create(task)
    const { Task } = a.entities
    expect(await refusal(() => Task.update(key, { points: 1 }, { known: other }))).to.include({ path: 'known.tenantId' })
    expect(await Task.update(key, { points: 1 }, { known: own })).to.include({ points: 1 })
  })

  it('keeps the items of two connections apart', async () => {
    await a.entities.Project.create({ project: 'p', name: 'of a' })
    await a.patterns.addTask(task)
    expect(await b.entities.Task.get(key)).to.equal(undefined)
    expect((await b.patterns.byState({ state: 'open' })).items).to.deep.equal([])
    expect((await b.patterns.open({})).items).to.deep.equal([])
    expect((await b.patterns.byId({ taskId: '1' })).items).to.deep.equal([])
    expect(await b.entities.Task.delete(key)).to.equal(undefined)
    // What is unique is so for each tenant.
    await b.entities.Task.create({ ...task, project: 'elsewhere' })
    expect(await a.entities.Task.get(key)).to.include({ title: 'First' })
  })

  it('is no part of the keys that errors have, so that they can be given back', async () => {
    await a.entities.Task.create(task)
    const exists = (await refusal(() => a.entities.Task.create(task))) as ItemExistsError
    expect(exists).to.be.instanceOf(ItemExistsError)
    expect(exists.key).to.deep.equal(key)
    const taken = (await refusal(() => a.entities.Task.create({ ...task, taskId: '2' }))) as UniqueConstraintError
    expect(taken).to.be.instanceOf(UniqueConstraintError)
    expect(taken.owner).to.deep.equal(key)
    expect(taken.values).to.deep.equal({ title: 'First' })
    const missing = (await refusal(() => a.entities.Project.update({ project: 'x' }, { name: 'X' }))) as ItemNotFoundError
    expect(missing).to.be.instanceOf(ItemNotFoundError)
    expect(missing.key).to.deep.equal({ project: 'x' })
  })

  it('refuses a cursor of another context', async () => {
    for (const secret of [undefined, 'a secret']) {
      const shop = connect(model, { client, context: { tenantId: 'a' }, ...(secret !== undefined && { cursorSecret: secret }) })
      for (const connection of [shop, shop.with({ tenantId: 'b' })])
        for (const taskId of ['1', '2', '3'])
          await connection.entities.Task.put({ project: `p${secret}`, taskId, title: `${secret}${taskId}` })
      const own = await shop.patterns.tasks({ project: `p${secret}` }, { limit: 1 })
      const { cursor } = own
      expect(cursor).to.be.a('string')
      if (cursor === undefined) return
      const other = shop.with({ tenantId: 'b' })
      const error = await refusal(() => other.patterns.tasks({ project: `p${secret}` }, { limit: 1, cursor }))
      expect(error).to.be.instanceOf(InvalidCursorError)
      // A connection for the same context is the same, whenever it was made.
      const again = other.with({ tenantId: 'a' })
      expect((await again.patterns.tasks({ project: `p${secret}` }, { limit: 1, cursor })).items).to.have.length(1)
    }
  })

  it('refuses operations of another context in a batch or transaction', async () => {
    const { Task, Project } = b.entities
    for (const run of [
      () => a.batchGet([a.entities.Task.get(key), Task.get(key)]),
      () => a.transactGet([a.entities.Task.get(key), Task.get(key)]),
      () => a.batchWrite([a.entities.Project.delete({ project: 'p' }), Project.put({ project: 'p', name: 'P' })]),
      () => a.transactWrite([a.entities.Project.delete({ project: 'q' }), Project.put({ project: 'p', name: 'P' })]),
    ]) {
      const error = await refusal(run)
      expect(error).to.be.instanceOf(ValidationError)
      expect((error as ValidationError).path).to.equal('[1]')
      expect((error as Error).message).to.contain('whose context is {"tenantId":"b"}')
    }
    const same = a.with({ tenantId: 'a' })
    expect(await a.batchGet([same.entities.Task.get(key)])).to.deep.equal([undefined])
  })

  it('is told apart by with(), which leaves the connection as it was', async () => {
    await b.entities.Project.create({ project: 'p', name: 'of b' })
    expect(await a.entities.Project.get({ project: 'p' })).to.equal(undefined)
    expect(await a.with({ tenantId: 'b' }).entities.Project.get({ project: 'p' })).to.include({ name: 'of b' })
    expect(Object.isFrozen(b)).to.equal(true)
    expect(Object.isFrozen(b.entities)).to.equal(true)
  })

  it('is named by explain() as what it is', () => {
    const plan = a.patterns.byState.explain()
    expect(plan.inputs.map(({ attribute }) => attribute)).to.deep.equal(['state', 'title', 'taskId'])
    expect(plan.context).to.deep.equal(['tenantId'])
    expect(String(plan)).to.match(/context +tenantId\n/)
  })

  it('is checked when an item is read: one that says it is of another does not fit', async () => {
    const create = a.entities.Project.create({ project: 'p', name: 'P' }).params() as { Item: Record<string, AttributeValue> }
    const Item = { ...create.Item, tenantId: { S: 'b' } }
    await client.send(new PutItemCommand({ TableName: 'shared', Item }))
    expect(await refusal(() => a.entities.Project.get({ project: 'p' }))).to.be.instanceOf(MisfitError)
    expect(await b.entities.Project.get({ project: 'p' })).to.equal(undefined)
  })
})
