// Scans: every item of the entity once, in segments that are read side by side.
import { expect } from 'chai'
import { connect, defineEntity, defineModel, defineTable, number, query, scan, string } from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { observed } from './observed-requests.ts'

const table = defineTable({
  name: 'scans',
  partitionKey: 'id',
  indexes: { Big: { partitionKey: 'GPK', sortKey: 'GSK', projection: ['size'] } },
})
const File = defineEntity('File', {
  attributes: { id: string(), size: number(), content: string() },
  key: { pk: '{id}' },
  indexes: { Big: { pk: 'BIG', sk: '{size}', when: { size: { gte: 90 } } } },
})
const files = defineModel({
  table,
  entities: { File },
  accessPatterns: {
    all: scan(File),
    inFour: scan(File).segments(4).consistent(),
    big: scan(File).index('Big').select('id', 'size'),
    small: scan(File)
      .segments(2)
      .where({ size: { lt: 10 } })
      .select('id'),
    unused: query(File).index('Big').select('id'),
  },
})

describe('a scan', () => {
  let engine: TestEngine
  const open = () => connect(files, { client: engine.client() })
  const all = Array.from({ length: 100 }, (_, size) => `file-${size}`)
  const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id).sort()
  before(async () => {
    engine = await startTestEngine()
    await createTable(files, engine.client())
    // 60 KB each: a page of 1 MB holds 17 of them.
    for (const [size, id] of all.entries()) await open().entities.File.create({ id, size, content: 'x'.repeat(60_000) })
  })
  after(() => engine.close())

  for (const name of ['all', 'inFour'] as const)
    it(`gives each item once, in pages and in one go: ${name}`, async () => {
      const pattern = open().patterns[name]
      expect(ids(await pattern({}).all())).to.deep.equal([...all].sort())
      const found: { id: string }[] = []
      let cursor: string | undefined
      do {
        const page = await pattern({}, { limit: 7, ...(cursor !== undefined && { cursor }) })
        if (page.cursor !== undefined) expect(page.items).to.have.length(7)
        found.push(...page.items)
        cursor = page.cursor
      } while (cursor !== undefined)
      expect(ids(found)).to.deep.equal([...all].sort())
    })

  it('reads its segments side by side: one round asks all that have more', async () => {
    const { requests } = await observed(() => open().patterns.inFour({}).all())
    const one = await observed(() => open().patterns.all({}).all())
    expect(requests.length).to.be.at.most(one.requests.length + 4)
    const { items } = await open().patterns.inFour({}, { limit: 100, maxRequests: 4 })
    expect(items.length, 'a round of 4 reads more than a request could').to.be.greaterThan(2 * 17)
  })

  it('asks each segment for its part of a page, and reads nothing that it throws away', async () => {
    const { requests, result } = await observed(() => open().patterns.inFour({}, { limit: 8 }))
    expect(result.items).to.have.length(8)
    expect(requests.reduce((sum, { itemCount = 0 }) => sum + itemCount, 0)).to.be.at.most(10)
    const [first] = open().patterns.inFour({}, { limit: 8 }).params()
    expect(first).to.deep.include({ Limit: 2, Segment: 0, TotalSegments: 4, ConsistentRead: true })
  })

  it('of a sparse index reads only what is in it', async () => {
    const { result, requests } = await observed(() => open().patterns.big({}))
    expect(ids(result.items)).to.deep.equal(all.slice(90).sort())
    expect(requests).to.have.length(1)
    expect(requests[0]?.itemCount).to.equal(10)
  })

  it('can be filtered by anything, the key included', async () => {
    expect(ids(await open().patterns.small({}).all())).to.deep.equal(all.slice(0, 10).sort())
    expect(
      ids(
        await open()
          .patterns.small({}, { where: { id: { beginsWith: 'file-3' } } })
          .all(),
      ),
    ).to.deep.equal(['file-3'])
  })
})
