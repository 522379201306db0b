// A record in parts: all of them are there or none, whatever happens at once and whichever answers are lost; each is updated alone.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  add,
  connect,
  createTable,
  defineModel,
  defineTable,
  expiresAt,
  ModelError,
  number,
  query,
  string,
  TransactionCanceledError,
  ulid,
  ValidationError,
  version,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { verticalPartitioning } from '../../patterns/vertical-partitioning.ts'
import { failureOf } from '../client/observed-requests.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({
  name: 'documents',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
  timeToLive: 'expiresAt',
})
const documents = verticalPartitioning({
  name: 'Document',
  key: { shelf: string(), documentId: ulid() },
  parts: {
    head: {
      attributes: { title: string().readOnly(), version: version() },
      indexes: { GSI1: { pk: 'TITLES#{shelf}', sk: '{title}' } },
    },
    stats: { attributes: { views: number({ min: 0 }).default(0) } },
    body: { attributes: { text: string(), secret: string().optional().hidden() } },
  },
})
const { DocumentHead } = documents.entities
const model = defineModel({
  table,
  entities: documents.entities,
  accessPatterns: { ...documents.accessPatterns, titles: query(DocumentHead).index('GSI1') },
})

describe('a record in parts', () => {
  let engine: LocalEngine
  const open = () => connect(model, { client: engine.client({ maxAttempts: 1 }) })
  let shop: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal()
    await createTable(model, engine.client())
    shop = open()
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())
  const stored = async () => {
    const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: 'documents', ConsistentRead: true }))
    return Items
  }

  it('is created whole, read whole or by part, and deleted whole', async () => {
    const [head] = await shop.patterns.createDocument({ shelf: 'a', title: 'Tea', text: 'Leaves' })
    const key = { shelf: 'a', documentId: head?.documentId ?? '' }
    expect(await shop.patterns.document(key)).to.deep.equal({
      head: { ...key, title: 'Tea', version: 1 },
      stats: { ...key, views: 0 },
      body: { ...key, text: 'Leaves' },
    })
    expect(await shop.entities.DocumentStats.update(key, { views: add(2) })).to.deep.equal({ ...key, views: 2 })
    expect(await shop.entities.DocumentBody.get(key)).to.deep.equal({ ...key, text: 'Leaves' })
    await shop.patterns.deleteDocument(key)
    await shop.patterns.deleteDocument(key)
    expect(await shop.patterns.document(key)).to.deep.equal({ head: undefined, stats: undefined, body: undefined })
  })

  it('has the big part in no index', async () => {
    await shop.patterns.createDocument({ shelf: 'b', title: 'Tea', text: 'x'.repeat(1000) })
    const indexed = (await stored()).filter(({ GSI1PK }) => GSI1PK !== undefined)
    expect(indexed.every(({ _type }) => _type?.S === 'DocumentHead')).to.equal(true)
    expect((await shop.patterns.titles({ shelf: 'b' })).items).to.have.length(1)
  })

  it('is not created where one is', async () => {
    const key = { shelf: 'c', documentId: '01JQZ3N8W5X2T7R4V6B9C1D3F5' }
    await shop.patterns.createDocument({ ...key, title: 'First', text: 'one' })
    const refusal = await failureOf(() => shop.patterns.createDocument({ ...key, title: 'Second', text: 'two' }))
    expect(refusal).to.be.instanceOf(TransactionCanceledError)
    expect((await shop.patterns.document(key)).body?.text).to.equal('one')
  })

  it('has parts that no other write makes, replaces or removes', () => {
    const key = { shelf: 'd', documentId: '01JQZ3N8W5X2T7R4V6B9C1D3F5' }
    const { DocumentStats } = shop.entities
    for (const write of [
      () => DocumentStats.create({ ...key, views: 1 }),
      () => DocumentStats.put({ ...key, views: 1 }),
      () => DocumentStats.delete(key),
      () => DocumentStats.update(key, { views: 1 }, { upsert: true }),
      () => DocumentStats.move(key, { ...key, shelf: 'e' }),
    ])
      expect(write).to.throw(ValidationError, 'Use createDocument or deleteDocument')
  })

  it('is refused with bad input before anything is sent', async () => {
    const input = { shelf: 'a', title: 'Tea', text: 'Leaves' }
    expect(await failureOf(async () => shop.patterns.createDocument({ ...input, views: -1 }))).to.include({ path: 'views' })
    expect(await failureOf(async () => shop.patterns.createDocument({ ...input, pages: 1 } as never))).to.include({
      path: 'pages',
    })
    expect(await failureOf(async () => shop.patterns.deleteDocument({ shelf: 'a' } as never))).to.include({ path: 'documentId' })
  })

  describe('is refused', () => {
    const key = { id: ulid() }
    const [a, b] = [{ attributes: { a: string() } }, { attributes: { b: string() } }]
    const mistakes: [string, () => unknown, string, string][] = [
      ['with one part', () => verticalPartitioning({ name: 'R', key, parts: { a } }), 'too-few', 'R.parts'],
      ['without a key', () => verticalPartitioning({ name: 'R', key: {}, parts: { a, b } }), 'no-key', 'R.key'],
      [
        'with parts whose names differ in case alone',
        () => verticalPartitioning({ name: 'R', key, parts: { head: a, Head: b } }),
        'twice',
        'R.parts.Head',
      ],
      [
        'with one attribute in two parts',
        () => verticalPartitioning({ name: 'R', key, parts: { a, c: a } }),
        'twice',
        'R.parts.c.a',
      ],
      [
        'with an attribute that the key has',
        () => verticalPartitioning({ name: 'R', key, parts: { a, b: { attributes: { id: string() } } } }),
        'twice',
        'R.parts.b.id',
      ],
      [
        'with a part that expires without the others',
        () => verticalPartitioning({ name: 'R', key, parts: { a, b: { attributes: { until: expiresAt() } } } }),
        'expires-alone',
        'R.parts.b.until',
      ],
    ]
    for (const [title, define, code, place] of mistakes)
      it(title, () => {
        expect(define).to.throw(ModelError)
        try {
          define()
        } catch (error) {
          expect((error as ModelError).problems[0]).to.include({ code, place })
        }
      })
  })

  it('has all of its parts or none, among many who create, delete and update at once while answers are lost', async () => {
    let runs = 0
    const action = fc.record({ kind: fc.constantFrom('create', 'delete', 'update'), record: fc.integer({ min: 0, max: 2 }) })
    const rounds = fc.array(fc.array(action, { minLength: 1, maxLength: 5 }), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(rounds, async (rounds) => {
        const shelf = `p${runs++}`
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.15, seed: runs })
        engine.faults.add({ kind: 'disconnect', probability: 0.1, seed: runs })
        engine.faults.add({ kind: 'transactionConflict', probability: 0.1, seed: runs })
        for (const round of rounds)
          await Promise.all(
            round.map(async ({ kind, record }) => {
              const key = { shelf, documentId: `01JQZ3N8W5X2T7R4V6B9C1D3F${record}` }
              const { createDocument, deleteDocument } = shop.patterns
              if (kind === 'create') await createDocument({ ...key, title: 't', text: 'x' }).catch(() => undefined)
              else if (kind === 'delete') await deleteDocument(key).catch(() => undefined)
              else await shop.entities.DocumentStats.update(key, { views: add(1) }).catch(() => undefined)
            }),
          )
        engine.faults.clear()
        const parts = new Map<string, string[]>()
        for (const { PK, SK } of await stored())
          if (PK?.S?.startsWith(`DOCUMENT#${shelf}#`)) parts.set(PK.S, [...(parts.get(PK.S) ?? []), SK?.S ?? ''])
        for (const found of parts.values())
          expect(found.sort()).to.deep.equal(['DOCUMENT#BODY', 'DOCUMENT#HEAD', 'DOCUMENT#STATS'])
        for (const { _type } of await stored()) expect(_type?.S).to.match(/^Document(?:Head|Stats|Body)$/)
        for (const PK of parts.keys()) await shop.patterns.deleteDocument({ shelf, documentId: PK.split('#')[2] ?? '' })
      }),
      { numRuns: Math.ceil(propertyRuns / 5) },
    )
  })
})
