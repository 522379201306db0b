// A large item whose key is generated or has defaults: completed once, for the item, its generations and its chunks.
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { z } from 'zod'
import { connect, createTable, defineModel, defineTable, number, string, ulid, ValidationError } from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { largeItem } from '../../patterns/large-item.ts'
import { largeItems } from '../../patterns/large-item-content.ts'
import { failureOf } from '../client/observed-requests.ts'

const table = defineTable({
  name: 'papers',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK', projection: 'KEYS_ONLY' } },
})
const papers = largeItem({
  name: 'Paper',
  key: { paperId: ulid(), year: number().default(2030) },
  attributes: { title: string({ max: 10 }) },
  index: 'GSI1',
})
const model = defineModel({ table, ...papers })
const bytes = (text: string) => Buffer.from(text)

describe('a large item with a generated key', () => {
  let engine: LocalEngine
  const now = () => new Date(engine.clock.now())
  const open = () =>
    largeItems(connect(model, { client: engine.client({ maxAttempts: 1 }), now }), papers, {
      chunkBytes: 4,
      maxMilliseconds: 1000,
      now,
    })
  let archive: ReturnType<typeof open>
  beforeEach(async () => {
    engine = await startLocal({ clock: new Date('2030-01-01T00:00:00Z') })
    await createTable(model, engine.client())
    archive = open()
  })
  afterEach(() => engine.close())
  const stored = async () => {
    const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: 'papers', ConsistentRead: true }))
    return Items.map(({ _type }) => _type?.S).sort()
  }

  it('is written, read and deleted by the key that it was given', async () => {
    const { paperId, year } = await archive.write({ title: 'Tea' }, bytes('one two'))
    expect(String(Buffer.from((await archive.read({ paperId, year }))?.content ?? []))).to.equal('one two')
    expect(await stored()).to.deep.equal(['Paper', 'PaperChunk', 'PaperChunk'])
    expect(await archive.delete({ paperId, year })).to.equal(true)
    expect(await stored()).to.deep.equal([])
  })

  it('leaves nothing that a sweep does not find', async () => {
    engine.faults.add({ kind: 'disconnect', operations: ['TransactWriteItems'] })
    expect(await failureOf(() => archive.write({ title: 'Tea' }, bytes('one two')))).to.be.instanceOf(Error)
    engine.faults.clear()
    expect(await stored()).to.deep.equal(['PaperChunk', 'PaperChunk', 'PaperGeneration'])
    engine.clock.advance(2000)
    await archive.sweep({ olderThanMilliseconds: 1000 })
    expect(await stored()).to.deep.equal([])
  })

  it('waits for a schema of its pointer that is asynchronous', async () => {
    const title = z.string().refine(async (text) => text !== 'secret')
    const drafts = largeItem({ name: 'Draft', key: { draftId: ulid() }, attributes: { title: title }, index: 'GSI1' })
    const shop = connect(defineModel({ table, ...drafts }), { client: engine.client(), now })
    const { write } = largeItems(shop, drafts, { now })
    expect(await write({ title: 'Tea' }, bytes('one'))).to.include({ title: 'Tea' })
    expect(await failureOf(() => write({ title: 'secret' }, bytes('one')))).to.be.instanceOf(ValidationError)
  })

  it('is refused for what its pointer says before any content is written', async () => {
    for (const wrong of [{ title: 'Too long for it' }, { title: 'Tea', shade: 'green' }, {}])
      expect(await failureOf(() => archive.write(wrong as { title: string }, bytes('one two')))).to.be.instanceOf(ValidationError)
    expect(await stored()).to.deep.equal([])
  })
})
