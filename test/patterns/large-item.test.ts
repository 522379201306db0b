// A large item: whoever reads gets all of one generation, whatever is written, deleted and swept at once and whichever requests fail; and
// what is no content is found and deleted.
import { DeleteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  ConditionFailedError,
  connect,
  createTable,
  defineModel,
  defineTable,
  expiresAt,
  ModelError,
  SingletError,
  string,
  ValidationError,
  version,
} from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { largeItem } from '../../patterns/large-item.ts'
import { largeItems } from '../../patterns/large-item-content.ts'
import { failureOf } from '../client/observed-requests.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({
  name: 'files',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK', projection: 'KEYS_ONLY' } },
})
const files = largeItem({ name: 'File', key: { path: string() }, attributes: { type: string().default('text') }, index: 'GSI1' })
const model = defineModel({ table, ...files })
const bytes = (text: string) => Buffer.from(text)
const text = (content: Uint8Array | undefined) => content && Buffer.from(content).toString()

describe('a large item', () => {
  let engine: LocalEngine
  const now = () => new Date(engine.clock.now())
  const open = (chunkBytes = 4) => {
    const shop = connect(model, { client: engine.client({ maxAttempts: 1 }), now })
    // What a sweep does that is set up for shorter writes than there are.
    const { sweep: sweepTooEarly } = largeItems(shop, files, { maxMilliseconds: 0, now })
    return { shop, ...largeItems(shop, files, { chunkBytes, maxMilliseconds: 1000, now }), sweepTooEarly }
  }
  let contents: ReturnType<typeof open>
  before(async () => {
    engine = await startLocal({ clock: new Date('2030-01-01T00:00:00Z') })
    await createTable(model, engine.client())
    contents = open()
  })
  afterEach(() => engine.faults.clear())
  after(() => engine.close())
  const stored = async (path?: string) => {
    const { Items = [] } = await engine.client().send(new ScanCommand({ TableName: 'files', ConsistentRead: true }))
    return Items.filter((item) => path === undefined || item.path?.S === path)
  }
  const typesOf = async (path: string) => (await stored(path)).map(({ _type }) => _type?.S).sort()

  it('is written in chunks and read whole, or piece by piece', async () => {
    const file = await contents.write({ path: 'a', type: 'poem' }, bytes('one two three'))
    expect(file).to.include({ path: 'a', type: 'poem', chunks: 4, bytes: 13 })
    const read = await contents.read({ path: 'a' })
    expect(read?.item).to.deep.equal(file)
    expect(text(read?.content)).to.equal('one two three')
    const pieces: string[] = []
    for await (const piece of (await contents.stream({ path: 'a' }))?.content ?? []) pieces.push(String(text(piece)))
    expect(pieces).to.deep.equal(['one ', 'two ', 'thre', 'e'])
    expect(await contents.read({ path: 'none' })).to.equal(undefined)
    expect(await contents.stream({ path: 'none' })).to.equal(undefined)
  })

  it('takes its content from a stream of pieces of any size, and keeps 12 chunks in order', async () => {
    async function* pieces() {
      const reused = Buffer.alloc(5)
      for (const piece of ['abcde', 'fghij', 'klmno', 'pqrst', 'uvwxy', 'z0123', '45678', '9ABCD', 'EFGHI']) {
        reused.write(piece)
        yield reused
      }
    }
    expect(await contents.write({ path: 'b' }, pieces())).to.include({ chunks: 12, bytes: 45 })
    expect(text((await contents.read({ path: 'b' }))?.content)).to.equal('abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHI')
  })

  it('may be empty', async () => {
    expect(await contents.write({ path: 'empty' }, [])).to.include({ chunks: 0, bytes: 0 })
    expect((await contents.read({ path: 'empty' }))?.content).to.have.length(0)
  })

  it('is larger than an item or a transaction can be', async () => {
    const content = Buffer.alloc(5_000_000, 'singlet')
    const large = open(350_000)
    expect(await large.write({ path: 'large' }, content)).to.include({ chunks: 15, bytes: 5_000_000 })
    const read = await large.read({ path: 'large' })
    expect(content.equals(read?.content ?? Buffer.alloc(0))).to.equal(true)
    await large.delete({ path: 'large' })
  })

  it('leaves nothing of what it replaces, nor of what is deleted', async () => {
    await contents.write({ path: 'c' }, bytes('first content'))
    await contents.write({ path: 'c' }, bytes('2nd'))
    expect(await typesOf('c')).to.deep.equal(['File', 'FileChunk'])
    expect(await contents.delete({ path: 'c' })).to.equal(true)
    expect(await contents.delete({ path: 'c' })).to.equal(false)
    expect(await typesOf('c')).to.deep.equal([])
  })

  it('is replaced only by who has read it, with a generation given', async () => {
    const first = await contents.write({ path: 'd' }, bytes('one'), { replaces: null })
    const second = await contents.write({ path: 'd' }, bytes('two'), { replaces: first.generation })
    for (const replaces of [null, first.generation])
      expect(await failureOf(() => contents.write({ path: 'd' }, bytes('three'), { replaces }))).to.be.instanceOf(
        ConditionFailedError,
      )
    expect(await contents.delete({ path: 'd' }, { generation: first.generation })).to.equal(false)
    expect(await contents.read({ path: 'd' })).to.have.deep.property('item', second)
  })

  it('tells who reads that the content was replaced meanwhile, unless it was kept', async () => {
    await contents.write({ path: 'e' }, bytes('x'.repeat(60)))
    const reading = await contents.stream({ path: 'e' })
    await contents.write({ path: 'e' }, bytes('y'.repeat(60)), { keepReplaced: true })
    const kept: Uint8Array[] = []
    for await (const piece of reading?.content ?? []) kept.push(piece)
    expect(text(Buffer.concat(kept))).to.equal('x'.repeat(60))

    const late = await contents.stream({ path: 'e' })
    await contents.write({ path: 'e' }, bytes('z'))
    const refusal = await failureOf(async () => {
      for await (const piece of late?.content ?? []) expect(text(piece)).to.equal('yyyy')
    })
    expect(refusal).to.be.instanceOf(SingletError).and.include({ code: 'ContentReplaced' })
  })

  it('tells who reads that a chunk is missing', async () => {
    await contents.write({ path: 'f' }, bytes('one two'))
    const [chunk] = (await stored('f')).filter(({ _type }) => _type?.S === 'FileChunk')
    const Key = { PK: chunk?.PK ?? { S: '' }, SK: chunk?.SK ?? { S: '' } }
    await engine.client().send(new DeleteItemCommand({ TableName: 'files', Key }))
    expect(await failureOf(() => contents.read({ path: 'f' }))).to.include({ code: 'ContentDamaged' })
  })

  it('is swept after a writer has died: its chunks go, the content stays', async () => {
    await contents.write({ path: 'g' }, bytes('content'))
    engine.faults.add({ kind: 'disconnect', operations: ['TransactWriteItems'] })
    expect(await failureOf(() => contents.write({ path: 'g' }, bytes('never seen')))).to.be.instanceOf(Error)
    engine.faults.clear()
    expect(await typesOf('g')).to.deep.equal([
      'File',
      'FileChunk',
      'FileChunk',
      'FileChunk',
      'FileChunk',
      'FileChunk',
      'FileGeneration',
    ])
    await contents.sweep({ olderThanMilliseconds: 2000 })
    expect(await typesOf('g')).to.have.length(7)
    engine.clock.advance(2000)
    await contents.sweep({ olderThanMilliseconds: 2000 })
    expect(await typesOf('g')).to.deep.equal(['File', 'FileChunk', 'FileChunk'])
    expect(text((await contents.read({ path: 'g' }))?.content)).to.equal('content')
  })

  it('is not written by one who takes too long, or whom the sweep has taken for dead', async () => {
    async function* slowly(meanwhile: () => unknown) {
      for (let piece = 0; piece < 10; piece++) {
        if (piece === 5) await meanwhile()
        yield bytes('four')
      }
    }
    for (const meanwhile of [() => engine.clock.advance(1001), () => contents.sweepTooEarly({ olderThanMilliseconds: 0 })])
      expect(await failureOf(() => contents.write({ path: 'h' }, slowly(meanwhile)))).to.include({ code: 'WriteTooLate' })
    expect(await contents.read({ path: 'h' })).to.equal(undefined)
  })

  it('is not written with chunks that a sweep has deleted, though it died before it was done', async () => {
    async function* slowly() {
      yield bytes('x'.repeat(32))
      engine.faults.add({ kind: 'disconnect', operations: ['DeleteItem'], times: 1 })
      expect(await failureOf(() => contents.sweepTooEarly({ olderThanMilliseconds: 0 }))).to.be.instanceOf(Error)
      yield bytes('four')
    }
    expect(await failureOf(() => contents.write({ path: 'j' }, slowly()))).to.include({ code: 'WriteTooLate' })
    expect(await contents.read({ path: 'j' })).to.equal(undefined)
  })

  it('flips only from the generation that was read', async () => {
    const { generation: replaced } = await contents.write({ path: 'k' }, bytes('one'))
    const second = await contents.write({ path: 'k' }, bytes('two'))
    const { shop } = contents
    const { generation } = await shop.entities.FileGeneration.create({ path: 'k', state: 'writing', since: now() })
    const flip = { path: 'k', generation, chunks: 0, bytes: 0, checksum: 'none', since: now() }
    expect(await failureOf(() => shop.patterns.commitFile({ ...flip, replaced, replacedChunks: 1 }))).to.be.instanceOf(Error)
    expect(await failureOf(() => shop.patterns.commitFile(flip))).to.be.instanceOf(Error)
    expect((await contents.read({ path: 'k' }))?.item).to.deep.equal(second)
  })

  it('is refused with bad input', async () => {
    for (const maxMilliseconds of [-1, Number.NaN])
      expect(() => largeItems(contents.shop, files, { maxMilliseconds })).to.throw(ValidationError, 'maxMilliseconds')
    for (const chunkBytes of [0, 1.5, 390_001]) expect(() => open(chunkBytes)).to.throw(ValidationError, 'chunkBytes')
    expect(await failureOf(() => contents.write({ path: 'i' }, ['text'] as never))).to.include({ path: 'content' })
    expect(await failureOf(() => contents.write({ path: '' }, bytes('x')))).to.include({ path: 'path' })
    for (const olderThanMilliseconds of [0, 999, Number.NaN])
      expect(await failureOf(() => contents.sweep({ olderThanMilliseconds }))).to.include({ path: 'olderThanMilliseconds' })
    expect(() => largeItems({ entities: {}, patterns: {} } as never, files)).to.throw(TypeError, 'no large item File')
    expect(() => contents.shop.entities.File.delete({ path: 'a' })).to.throw(ValidationError, 'Use commitFile or removeFile')
  })

  it('is refused with attributes that clash, or end it without its chunks', () => {
    const key = { path: string() }
    for (const [attributes, code] of [
      [{ generation: string() }, 'reserved-name'],
      [{ until: expiresAt() }, 'expires-alone'],
      [{ edition: version() }, 'two-versions'],
    ] as const) {
      const define = () => largeItem({ name: 'F', key, attributes, index: 'GSI1' })
      expect(define).to.throw(ModelError)
      try {
        define()
      } catch (error) {
        expect((error as ModelError).problems[0]).to.include({ code, place: `F.${Object.keys(attributes)[0]}` })
      }
    }
  })

  it('is read whole or not at all, among many who write, delete and sweep at once while requests fail; and nothing is left over', async () => {
    let runs = 0
    const action = fc.record({
      kind: fc.constantFrom('write', 'write', 'read', 'read', 'delete', 'sweep'),
      size: fc.integer({ min: 0, max: 40 }),
      wait: fc.integer({ min: 0, max: 700 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(action, { minLength: 2, maxLength: 4 }), { maxLength: 4 }), async (rounds) => {
        const path = `p${runs++}`
        const given = new Set<string>()
        engine.faults.add({ kind: 'disconnect', when: 'after', probability: 0.04, seed: runs })
        engine.faults.add({ kind: 'disconnect', probability: 0.04, seed: runs })
        let writes = 0
        for (const round of rounds)
          await Promise.all(
            round.map(async ({ kind, size, wait }) => {
              engine.clock.advance(wait)
              if (kind === 'write') {
                const content = String(writes++ % 10).repeat(size)
                given.add(content)
                await contents.write({ path }, bytes(content)).catch(() => undefined)
              } else if (kind === 'delete') await contents.delete({ path }).catch(() => undefined)
              // Far too early: readers and pointers must bear even that.
              else if (kind === 'sweep') await contents.sweepTooEarly({ olderThanMilliseconds: 0 }).catch(() => undefined)
              else {
                const read = await contents.read({ path }).catch((error) => {
                  expect(error).not.to.include({ code: 'ContentDamaged' })
                })
                if (read) expect(given.has(String(text(read.content))), 'a content that was written').to.equal(true)
              }
            }),
          )
        engine.faults.clear()
        const read = await contents.read({ path })
        if (read) expect(given.has(String(text(read.content)))).to.equal(true)
        engine.clock.advance(2000)
        await contents.sweep({ olderThanMilliseconds: 1500 })
        const left = await stored(path)
        expect(left.filter(({ _type }) => _type?.S === 'FileGeneration')).to.have.length(0)
        const early = rounds.some((round) => round.some(({ kind }) => kind === 'sweep'))
        const chunks = left.filter(({ _type }) => _type?.S === 'FileChunk')
        if (!early) expect(chunks.every(({ generation }) => generation?.S === read?.item.generation)).to.equal(true)
        expect(chunks.filter(({ generation }) => generation?.S === read?.item.generation)).to.have.length(read?.item.chunks ?? 0)
      }),
      { numRuns: Math.ceil(propertyRuns / 10) },
    )
  })
})
