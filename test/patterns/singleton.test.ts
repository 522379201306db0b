// A singleton: one item, made once however many start at the same time and whichever answers are lost, and never made anew over changes.
import { DeleteItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  connect,
  createTable,
  defineModel,
  defineTable,
  expiresAt,
  ItemExistsError,
  MisfitError,
  ModelError,
  number,
  string,
  ValidationError,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { createIfAbsent, singleton } from '../../patterns/singleton.ts'
import { failureOf } from '../client/observed-requests.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({ name: 'settings', partitionKey: 'PK', sortKey: 'SK' })
const settings = singleton({
  name: 'AppSettings',
  attributes: { theme: string().default('light'), starter: number().optional() },
})
const model = defineModel({ table, ...settings })

describe('a singleton', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client({ maxAttempts: 1 }) })
  let shop: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    shop = open()
  })
  beforeEach(() => shop.entities.AppSettings.delete({}))
  afterEach(() => engine.faults.clear())
  after(() => engine.close())

  it('is made with its defaults when there is none, and is then the same for all', async () => {
    const { AppSettings } = shop.entities
    expect(await createIfAbsent(AppSettings, {})).to.deep.equal({ theme: 'light' })
    expect(await AppSettings.update({}, { theme: 'dark' })).to.deep.equal({ theme: 'dark' })
    expect(await createIfAbsent(AppSettings, { theme: 'other' })).to.deep.equal({ theme: 'dark' })
    expect(await shop.patterns.appSettings({})).to.deep.equal({ theme: 'dark' })
  })

  it('lies under keys that are made of its name', async () => {
    await createIfAbsent(shop.entities.AppSettings, {})
    const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: 'settings' }))
    expect(Items.map(({ PK, SK }) => [PK?.S, SK?.S])).to.deep.equal([['APP_SETTINGS', 'APP_SETTINGS']])
  })

  it('passes on what is wrong with the input, and what fails', async () => {
    const { AppSettings } = shop.entities
    expect(await failureOf(() => createIfAbsent(AppSettings, { theme: 1 } as never))).to.be.instanceOf(ValidationError)
    engine.faults.add({ kind: 'disconnect', operations: ['PutItem'] })
    expect(await failureOf(() => createIfAbsent(AppSettings, {}))).to.be.instanceOf(Error)
  })

  it('is reported when it does not fit, whatever the connection does with misfits', async () => {
    const Item = { PK: { S: 'APP_SETTINGS' }, SK: { S: 'APP_SETTINGS' }, _type: { S: 'AppSettings' }, theme: { N: '1' } }
    await engine.client().send(new PutItemCommand({ TableName: 'settings', Item }))
    const { entities } = connect(model, { client: engine.client(), onMisfit: 'skip' })
    expect(await failureOf(() => createIfAbsent(entities.AppSettings, {}))).to.be.instanceOf(MisfitError)
    await engine.client().send(new DeleteItemCommand({ TableName: 'settings', Key: { PK: Item.PK, SK: Item.SK } }))
  })

  it('is what it made when the answer to that was lost', async () => {
    engine.faults.add({ kind: 'disconnect', when: 'after', operations: ['PutItem'], times: 1 })
    expect(await createIfAbsent(shop.entities.AppSettings, { theme: 'dark' })).to.deep.equal({ theme: 'dark' })
  })

  it('is given up when others delete it each time', async () => {
    let tries = 0
    const stubborn = {
      get: async () => undefined,
      create: async () => {
        tries++
        throw new ItemExistsError('AppSettings', {}, undefined)
      },
    }
    expect(await failureOf(() => createIfAbsent(stubborn, {}))).to.be.instanceOf(ItemExistsError)
    expect(tries).to.be.within(2, 20)
  })

  it('does not expire', () => {
    const define = () => singleton({ name: 'S', attributes: { until: expiresAt() } })
    expect(define).to.throw(ModelError, 'S.until')
  })

  it('can be in a model once', () => {
    const again = singleton({ name: 'AppSettings', attributes: {} })
    const entities = { ...settings.entities, Other: again.entities.AppSettings }
    expect(() => defineModel({ table, entities })).to.throw(ModelError, 'named AppSettings')
  })

  it('is made by one of many who start at once, and no answer but that one is given to any', async () => {
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 }), async (rounds) => {
        await shop.entities.AppSettings.delete({})
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.2, seed: runs++ })
        const seen = new Set<number>()
        let starter = 0
        for (const count of rounds)
          await Promise.all(
            Array.from({ length: count }, async () => {
              const made = await createIfAbsent(shop.entities.AppSettings, { starter: starter++ }).catch(() => undefined)
              if (made?.starter !== undefined) seen.add(made.starter)
            }),
          )
        engine.faults.clear()
        const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: 'settings', ConsistentRead: true }))
        expect(Items).to.have.length.at.most(1)
        for (const one of seen) expect(Items[0]?.starter).to.deep.equal({ N: String(one) })
      }),
      { numRuns: Math.ceil(propertyRuns / 5) },
    )
  })
})
