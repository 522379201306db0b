// A version history: the current record is the highest version, no version is missing, no save is lost, whoever saves and whatever fails.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  ConditionFailedError,
  connect,
  createdAt,
  createTable,
  defineModel,
  defineTable,
  ItemExistsError,
  ModelError,
  string,
  TransactionCanceledError,
  ulid,
  ValidationError,
  version,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { counter } from '../../patterns/aggregate-counter.ts'
import { versionHistory } from '../../patterns/version-history.ts'
import { propertyRuns } from '../property-runs.ts'
import { failure } from './failure.ts'

const table = defineTable({ name: 'versions', partitionKey: 'PK', sortKey: 'SK' })
const pages = versionHistory({
  name: 'Page',
  attributes: { page: ulid(), text: string(), note: string().optional() },
  partitionKey: 'PAGE#{page}',
})
const model = defineModel({ table, entities: { ...pages.entities }, accessPatterns: { ...pages.accessPatterns } })

describe('a version history', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client({ maxAttempts: 1 }) })
  let { entities, patterns } = {} as ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    ;({ entities, patterns } = open())
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())
  /** The partition, read past the library. */
  const stored = async (page: string) => {
    const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: 'versions', ConsistentRead: true }))
    return Items.filter(({ PK }) => PK?.S === `PAGE#${page}`).sort((a, b) => (String(a.SK?.S) < String(b.SK?.S) ? -1 : 1))
  }

  it('saves version after version, each of which can be read, newest first', async () => {
    const [{ page, latest, savedAt }, first] = await patterns.savePage({ text: 'one', note: 'new', base: 0 })
    expect(first).to.deep.equal({ page, text: 'one', note: 'new', number: 1, savedAt })
    await patterns.savePage({ page, text: 'two', base: latest })
    for (let base = 2; base < 11; base++) await patterns.savePage({ page, text: `v${base + 1}`, base })
    const all = await patterns.versionsOfPage({ page }).all()
    expect(all.map(({ number }) => number)).to.deep.equal([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(await entities.PageVersion.get({ page, number: 2 }))
      .to.include({ text: 'two' })
      .and.not.have.property('note')
    expect(await entities.Page.get({ page }))
      .to.include({ text: 'v11', latest: 11 })
      .and.not.have.property('note')
    expect((await stored(page)).slice(0, 3).map(({ SK }) => SK?.S)).to.deep.equal(['v0', 'v00001', 'v00002'])
  })

  it('refuses a save on top of a version that is not the latest, and a new record where there is one', async () => {
    const [{ page }] = await patterns.savePage({ text: 'one', base: 0 })
    await patterns.savePage({ page, text: 'two', base: 1 })
    const reasons: [number, unknown][] = [
      [1, ConditionFailedError],
      [3, ConditionFailedError],
      [0, ItemExistsError],
    ]
    for (const [base, reason] of reasons) {
      const error = await failure(() => patterns.savePage({ page, text: 'late', base }))
      expect((error as TransactionCanceledError).reasons[0]?.error).to.be.instanceOf(reason)
    }
    const none = await failure(() => patterns.savePage({ page: '01ARZ3NDEKTSV4RRFFQ69G5FAV', text: 'x', base: 1 }))
    expect(none).to.be.instanceOf(TransactionCanceledError)
    expect(await failure(() => patterns.savePage({ page, text: 'x', base: 99_999 }))).to.be.instanceOf(ValidationError)
    expect(await stored(page)).to.have.length(3)
  })

  it('leaves no other way to write either', () => {
    const key = { page: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }
    const writes: (() => unknown)[] = [
      () => entities.Page.create({ ...key, text: 'x', latest: 1 }),
      () => entities.Page.update(key, { text: 'x' }),
      () => entities.Page.delete(key),
      () => entities.PageVersion.put({ ...key, text: 'x', number: 1 }),
      () => entities.PageVersion.update({ ...key, number: 1 }, { text: 'x' }),
      () => entities.PageVersion.delete({ ...key, number: 1 }),
    ]
    for (const write of writes) expect(write).to.throw(ValidationError, 'Use savePage')
  })

  it('is whole, and has every save that was acknowledged, under concurrent saves and faults', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 8 }), fc.integer(), async (rounds, seed) => {
        const [{ page }] = await patterns.savePage({ text: 'first', base: 0 })
        const saved = new Map([[1, 'first']])
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.15, seed })
        engine.faults.add({ kind: 'internalError', when: 'before', probability: 0.1, seed })
        for (const [round, writers] of rounds.entries()) {
          const current = await entities.Page.get({ page }, { consistent: true }).catch(() => undefined)
          if (current === undefined) continue
          await Promise.all(
            Array.from({ length: writers }, (_, writer) => {
              const text = `${round}.${writer}`
              return failure(async () => {
                const [{ latest }] = await patterns.savePage({ page, text, base: current.latest })
                expect(saved.has(latest), 'two saves of one version').to.equal(false)
                saved.set(latest, text)
              })
            }),
          )
        }
        engine.faults.clear()
        const [current, ...versions] = await stored(page)
        expect(versions.map(({ number }) => Number(number?.N))).to.deep.equal(versions.map((_, at) => at + 1))
        const { PK, SK, _type, latest, ...content } = current ?? {}
        expect(latest?.N).to.equal(String(versions.length))
        for (const [name, value] of Object.entries(content)) expect(versions.at(-1)?.[name]).to.deep.equal(value)
        for (const [number, text] of saved) expect(versions[number - 1]?.text?.S).to.equal(text)
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  })

  describe('is refused', () => {
    const history = (attributes: object) => () =>
      versionHistory({ name: 'Page', attributes: { page: string(), ...attributes }, partitionKey: 'PAGE#{page}' })
    const mistakes: [string, () => unknown, string][] = [
      ['with attributes of its own names', history({ latest: string() }), 'Use another name'],
      ['with a version of its own', history({ v: version() }), 'version() is not the same'],
      ['with a count, which a save would set back', history({ n: counter() }), 'would set it back'],
      ['with what Singlet writes', history({ at: createdAt() }), 'createdAt() is not the same'],
    ]
    for (const [title, wrong, message] of mistakes) it(title, () => expect(wrong).to.throw(ModelError, message))
  })
})
