// Cursors: opaque, exact, and refused by everything but the call that they are for, before any request is sent.
import { createHash } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  binary,
  connect,
  defineEntity,
  defineModel,
  defineTable,
  expiresAt,
  InvalidCursorError,
  number,
  oneOf,
  type PageOperation,
  type PageOptions,
  query,
  scan,
  string,
} from '../../lib/index.ts'
import { createTable } from '../../lib/provision/create-table.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'
import { failureOf, observed } from './observed-requests.ts'

const table = defineTable({
  name: 'cursors',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    ByScore: { partitionKey: 'GPK', sortKey: { name: 'score', type: 'number' } },
    ByHash: { partitionKey: { name: 'hash', type: 'binary' }, sortKey: 'SK' },
    Sharded: { partitionKey: 'SPK', sortKey: 'SSK' },
  },
  timeToLive: 'expires',
})
const Game = defineEntity('Game', {
  attributes: {
    tenant: string(),
    id: string(),
    score: number(),
    hash: binary(),
    state: oneOf('open', 'won'),
    expires: expiresAt().optional(),
  },
  key: { pk: 'TENANT#{tenant}', sk: 'GAME#{id}' },
  indexes: {
    ByScore: { pk: 'TENANT#{tenant}', sk: '{score}' },
    ByHash: { pk: '{hash}', sk: 'GAME#{id}' },
    Sharded: { pk: 'S#{tenant}', sk: '{id}', shards: { count: 3 } },
  },
})
const games = defineModel({
  table,
  entities: { Game },
  accessPatterns: {
    list: query(Game),
    twin: query(Game),
    scores: query(Game).index('ByScore'),
    hashed: query(Game).index('ByHash'),
    sharded: query(Game).index('Sharded'),
    everything: scan(Game).segments(2),
  },
})
type Name = keyof typeof games.accessPatterns
type Ask = (input: object, options: PageOptions) => PageOperation<unknown>

const tenant = 'acme'
const hash = new Uint8Array([1, 2, 255])
/** The calls whose cursors are attacked, with their ranges. */
const calls: readonly { readonly name: Name; readonly input: object }[] = [
  { name: 'list', input: { tenant } },
  { name: 'list', input: { tenant, id: { gt: '3', lte: '8' } } },
  { name: 'scores', input: { tenant } },
  { name: 'scores', input: { tenant, score: { gte: 1.5 } } },
  { name: 'hashed', input: { hash } },
  { name: 'sharded', input: { tenant, id: { beginsWith: '' } } },
  { name: 'everything', input: {} },
  { name: 'sharded', input: { tenant, id: { gt: '3' } } },
]

describe('a cursor', () => {
  let engine: TestEngine
  const now = { time: Date.UTC(2099, 0, 1) }
  const open = (more: object = {}) => connect(games, { client: engine.client(), now: () => new Date(now.time), ...more })
  let shop: ReturnType<typeof open>
  const ask = (name: Name, connected = shop) => connected.patterns[name] as unknown as Ask

  before(async () => {
    engine = await startTestEngine()
    await createTable(games, engine.client())
    shop = open()
    for (let id = 0; id < 10; id++)
      await shop.entities.Game.create({
        tenant,
        id: String(id),
        score: id / 2,
        hash,
        state: 'open',
        ...(id === 5 && { expires: new Date(now.time + 60_000) }),
      })
    for (let id = 0; id < 3; id++)
      await shop.entities.Game.create({ tenant: 'other', id: String(id), score: id, hash: new Uint8Array([9]), state: 'open' })
  })
  after(() => engine.close())

  async function cursorOf(name: Name, input: object, options: PageOptions = {}, connected = shop): Promise<string> {
    const { cursor } = await ask(name, connected)(input, { limit: 2, ...options })
    if (cursor === undefined) throw new Error('There is no second page.')
    return cursor
  }

  /** Every way to read with a cursor refuses it, and asks DynamoDB nothing. */
  async function expectRefused(name: Name, input: object, options: PageOptions, connected = shop): Promise<void> {
    const { requests } = await observed(async () => {
      const call = () => ask(name, connected)(input, { limit: 2, ...options })
      const ways = [
        () => call(),
        () => call().all(),
        () => call().first(),
        () => call().params(),
        () => call()[Symbol.asyncIterator]().next(),
      ]
      for (const way of ways) expect(await failureOf(way)).to.be.instanceOf(InvalidCursorError)
    })
    expect(requests).to.deep.equal([])
  }

  it('goes on exactly after the last item of its page', async () => {
    const cursor = await cursorOf('list', { tenant })
    const { items } = await shop.patterns.list({ tenant }, { cursor, limit: 2 })
    expect(items.map(({ id }) => id)).to.deep.equal(['2', '3'])
  })

  describe('is refused when it is of another', () => {
    const foreign: Record<string, { name?: Name; input?: object; options?: PageOptions; connection?: object }> = {
      pattern: { name: 'twin' },
      partition: { input: { tenant: 'other' } },
      range: { input: { tenant, id: { gt: '0' } } },
      direction: { options: { descending: true } },
      filter: { options: { where: { state: 'open' } } },
      'filter on expiry': { options: { includeExpired: true } },
      'table name': { connection: { tableName: 'cursors-2' } },
      'kind: encrypted': { connection: { cursorSecret: 'secret' } },
    }
    for (const [what, { name = 'list', input = { tenant }, options = {}, connection = {} }] of Object.entries(foreign))
      it(what, async () => {
        const cursor = await cursorOf(name, input, options, 'tableName' in connection ? shop : open(connection))
        if (!('tableName' in connection)) await expectRefused('list', { tenant }, { cursor })
        const plain = await cursorOf('list', { tenant })
        await expectRefused(name, input, { ...options, cursor: plain }, open(connection))
      })

    it('secret', async () => {
      const one = open({ cursorSecret: 'one' })
      const cursor = await cursorOf('list', { tenant }, {}, one)
      await expectRefused('list', { tenant }, { cursor }, open({ cursorSecret: 'two' }))
      expect((await one.patterns.list({ tenant }, { cursor })).items).to.have.length(8)
    })
  })

  it('is refused by a call whose range is empty', async () => {
    const cursor = await cursorOf('list', { tenant })
    await expectRefused('list', { tenant, id: { gt: '3', lt: '3' } }, { cursor })
  })

  it('is bound to its pattern, not to the limit, the consistency or the time of the call', async () => {
    const cursor = await cursorOf('list', { tenant }, { limit: 5 })
    const { items } = await shop.patterns.list({ tenant }, { cursor, limit: 3, consistent: true, maxRequests: 2 })
    expect(items.map(({ id }) => id)).to.deep.equal(['5', '6', '7'])
    now.time += 3_600_000
    try {
      const later = await shop.patterns.list({ tenant }, { cursor, limit: 3 })
      expect(
        later.items.map(({ id }) => id),
        'the sixth has expired meanwhile',
      ).to.deep.equal(['6', '7', '8'])
    } finally {
      now.time -= 3_600_000
    }
  })

  it('shows nothing of the keys when there is a secret', async () => {
    const connected = open({ cursorSecret: 'secret' })
    const cursors = await Promise.all([1, 2].map(() => cursorOf('list', { tenant }, {}, connected)))
    for (const cursor of cursors) {
      const bytes = Buffer.from(cursor.slice(1), 'base64url').toString('latin1')
      for (const text of ['acme', 'TENANT', 'GAME', 'PK', 'SK', 'S"']) expect(bytes).not.to.include(text)
    }
    expect(cursors[0], 'the same position is not recognised').not.to.equal(cursors[1])
  })

  for (const [kind, connection] of Object.entries({ plain: {}, encrypted: { cursorSecret: 'secret' } })) {
    it(`is refused when it is not one, damaged or cut: ${kind}`, async () => {
      const connected = open(connection)
      const real = await Promise.all(
        calls.map(async (call) => ({ ...call, cursor: await cursorOf(call.name, call.input, {}, connected) })),
      )
      const damaged = fc.constantFrom(...real).chain(({ cursor, ...call }) => {
        const position = fc.nat(cursor.length - 1)
        const texts = fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.base64String(),
          fc.base64String().map((text) => cursor[0] + text.replace(/[+/=]/g, '')),
          position.map((length) => cursor.slice(0, length)),
          position.map((at) => cursor.slice(at + 1)),
          fc
            .tuple(position, fc.constantFrom(...'AZaz09-_p s=+/.\u0000é'))
            .map(([at, text]) => cursor.slice(0, at) + text + cursor.slice(at + 1)),
          fc.tuple(position, fc.string()).map(([at, text]) => cursor.slice(0, at) + text + cursor.slice(at)),
          fc.constantFrom(...['=', ' ', '\n', 'A', cursor]).map((text) => cursor + text),
        )
        const values = fc.oneof(
          { weight: 20, arbitrary: texts },
          fc.anything().filter((value) => value !== undefined),
        )
        return values.filter((value) => value !== cursor).map((value) => ({ ...call, value }))
      })
      await fc.assert(
        fc.asyncProperty(damaged, async ({ name, input, value }) => {
          const { requests } = await observed(async () => {
            const error = await failureOf(() => ask(name, connected)(input, { cursor: value as string }))
            expect(error).to.be.instanceOf(InvalidCursorError)
          })
          expect(requests).to.deep.equal([])
        }),
        { numRuns: propertyRuns },
      )
    })
  }

  describe('made by hand, with a checksum that fits,', () => {
    /** Replaces the payload of a plain cursor. The checksum is no secret: whoever knows the call can make it. */
    function forge(name: Name, input: object, payload: string): string {
      const bound = fingerprintOf(name, input)
      const checksum = createHash('sha256').update(bound).update(payload).digest().subarray(0, 16)
      return `p${Buffer.concat([checksum, Buffer.from(payload)]).toString('base64url')}`
    }

    /** What binds a cursor to its call, as documented in lib/client/cursor.ts, written out a second time. */
    function fingerprintOf(name: Name, input: object): Buffer {
      const requests = ask(name)(input, {}).params() as Record<string, unknown>[]
      const packed = (value: { B?: Uint8Array } | undefined) =>
        value?.B === undefined ? value : { B: Buffer.from(value.B).toString('base64') }
      const valuesOf = (request: Record<string, unknown>) =>
        (request.ExpressionAttributeValues ?? {}) as Record<string, { B?: Uint8Array }>
      const partitions = requests.map((request) => {
        const placeholder = /^#\w+ = (:\w+)/.exec(String(request.KeyConditionExpression))?.[1]
        return packed(valuesOf(request)[placeholder ?? ''])
      })
      const [first = {}] = requests
      const { Limit: _, ExpressionAttributeValues: __, ...shape } = first
      const lasting = Object.entries(valuesOf(first)).filter(([one]) => one !== ':now')
      const operation = name === 'everything' ? 'Scan' : 'Query'
      const parts = ['cursors', name, false, requests.length, partitions, operation, shape]
      const hash = createHash('sha256').update(JSON.stringify([...parts, lasting.map(([one, value]) => [one, packed(value)])]))
      return hash.digest()
    }

    const key = { PK: { S: 'TENANT#acme' }, SK: { S: 'GAME#4' } }
    const score = { ...key, GPK: { S: 'TENANT#acme' }, score: { N: '2' } }
    const hashed = { ...key, hash: { B: Buffer.from(hash).toString('base64') } }
    const shardKey = { ...key, SPK: { S: 'S#acme#1' }, SSK: { S: '4' } }
    const long = 'x'.repeat(1025)
    const forged: readonly [what: string, call: number, positions: unknown][] = [
      ['no list', 0, {}],
      ['nothing', 0, null],
      ['no positions', 0, []],
      ['too many positions', 0, [key, key]],
      ['too few positions', 5, [shardKey]],
      ['the end of everything', 0, [1]],
      ['an unknown mark', 0, [2]],
      ['text for a position', 0, ['start']],
      ['a list for a position', 0, [[key]]],
      ['another partition', 0, [{ ...key, PK: { S: 'TENANT#other' } }]],
      ['a key outside of the prefix', 0, [{ ...key, SK: { S: 'PROFILE' } }]],
      ['a key below the range', 1, [{ ...key, SK: { S: 'GAME#3' } }]],
      ['a key above the range', 1, [{ ...key, SK: { S: 'GAME#81' } }]],
      ['a number outside of the range', 3, [{ ...score, score: { N: '1.49' } }]],
      ['a number that is none', 2, [{ ...score, score: { N: 'one' } }]],
      ['a number that is empty', 2, [{ ...score, score: { N: '' } }]],
      ['a number that is infinite', 2, [{ ...score, score: { N: 'Infinity' } }]],
      ['a number out of bounds', 2, [{ ...score, score: { N: '1e999999999999' } }]],
      ['a number of too many digits', 2, [{ ...score, score: { N: '1'.repeat(39) } }]],
      ['a number as a number', 2, [{ ...score, score: { N: 2 } }]],
      ['a number as text', 2, [{ ...score, score: { S: '2' } }]],
      ['bytes as text', 4, [{ ...hashed, hash: { S: 'x' } }]],
      ['bytes in another spelling', 4, [{ ...hashed, hash: { B: `${hashed.hash.B}\n` } }]],
      ['bytes as a list', 4, [{ ...hashed, hash: { B: [1, 2, 255] } }]],
      ['other bytes', 4, [{ ...hashed, hash: { B: 'AQI=' } }]],
      ['no bytes', 4, [{ ...hashed, hash: { B: '' } }]],
      ['a missing attribute', 0, [{ PK: key.PK }]],
      ['another attribute', 0, [{ ...key, extra: { S: 'x' } }]],
      ['the attribute __proto__', 0, JSON.parse(`[{"PK":{"S":"TENANT#acme"},"__proto__":{"SK":{"S":"GAME#4"}}}]`)],
      [
        'the attribute __proto__ beside others',
        0,
        JSON.parse(`[{"PK":{"S":"TENANT#acme"},"SK":{"S":"GAME#4"},"__proto__":{"S":"x"}}]`),
      ],
      ['the attribute constructor', 0, [{ ...key, constructor: { S: 'x' } }]],
      ['a value of two types', 0, [{ ...key, SK: { S: 'GAME#4', N: '4' } }]],
      ['a value of type BOOL', 0, [{ ...key, SK: { BOOL: true } }]],
      ['a value of type NULL', 0, [{ ...key, SK: null }]],
      ['a value under __proto__', 0, JSON.parse(`[{"PK":{"S":"TENANT#acme"},"SK":{"__proto__":{"S":"GAME#4"}}}]`)],
      ['an empty key', 6, [{ ...key, SK: { S: '' } }, 0]],
      ['a key that is too long', 6, [{ ...key, SK: { S: long } }, 0]],
      ['a partition key that is too long', 6, [{ ...key, PK: { S: long + long } }, 0]],
      ['half of a character', 6, [0, JSON.parse('{"PK":{"S":"\\ud83d"},"SK":{"S":"GAME#4"}}')]],
      ['the partition of another shard', 5, [0, 0, shardKey]],
      ['a last key without positions', 7, { last: { S: '4' } }],
      ['positions without their list', 7, { positions: key, last: { S: '4' } }],
      ['positions without the last key', 7, { positions: [0, 0, 1] }],
      ['too few positions beside a last key', 7, { positions: [0, 0], last: { S: '4' } }],
      ['a last key of nothing', 7, { positions: [0, 0, 1], last: null }],
      ['a last key outside of the range', 7, { positions: [0, 0, 1], last: { S: '3' } }],
      ['a last key of another type', 7, { positions: [0, 0, 1], last: { N: '4' } }],
      ['a last key that is too long', 7, { positions: [0, 0, 1], last: { S: long } }],
      ['a last key under __proto__', 7, JSON.parse('{"positions":[0,0,1],"__proto__":{"last":{"S":"4"}}}')],
      ['a last key of a scan, which has no order', 6, { positions: [0, 1], last: { S: '4' } }],
      ['more than a last key', 7, { positions: [0, 0, 1], last: { S: '4' }, more: 1 }],
    ]
    for (const [what, call, positions] of forged)
      it(`is refused: ${what}`, async () => {
        const { name, input } = calls[call] ?? { name: 'list', input: {} }
        await expectRefused(name, input, { cursor: forge(name, input, JSON.stringify(positions)) })
      })

    it('is refused when it mixes up the segments of a scan, which only DynamoDB can tell', async () => {
      const cursor = forge('everything', {}, JSON.stringify([key, key]))
      expect(await failureOf(() => ask('everything')({}, { cursor }))).to.be.instanceOf(InvalidCursorError)
    })

    it('is refused when it is no JSON', async () => {
      for (const payload of ['', 'x', '[', '"', '[{', '\u0000', '['.repeat(100_000)])
        await expectRefused('list', { tenant }, { cursor: forge('list', { tenant }, payload) })
    })

    it('is refused or stays in the partition, whatever JSON it holds', async () => {
      const leaf = fc.oneof(
        fc.constantFrom<unknown>(0, 1, key.PK, key.SK, score.score, hashed.hash, 'TENANT#acme'),
        fc.jsonValue(),
      )
      const value = fc.dictionary(fc.constantFrom('S', 'N', 'B', '__proto__'), leaf, { maxKeys: 2 })
      const names = fc.constantFrom('PK', 'SK', 'GPK', 'score', 'hash', 'SPK', 'SSK', '__proto__', 'toString')
      const position = fc.oneof(
        leaf,
        fc.dictionary(names, fc.oneof(leaf, value), { maxKeys: 5 }),
        fc.constantFrom(key, score, hashed, shardKey),
      )
      const positions = fc.array(position, { maxLength: 3 })
      const forgery = fc.tuple(
        fc.constantFrom(...calls),
        fc.oneof(positions, fc.record({ positions, last: fc.oneof(leaf, value) }), leaf),
      )
      await fc.assert(
        fc.asyncProperty(forgery, async ([{ name, input }, positions]) => {
          const cursor = forge(name, input, JSON.stringify(positions))
          try {
            const { items } = await ask(name)(input, { cursor })
            if (name !== 'everything') for (const item of items) expect(item).to.include({ tenant })
          } catch (error) {
            expect(error).to.be.instanceOf(InvalidCursorError)
          }
        }),
        { numRuns: propertyRuns },
      )
    })

    it('is taken when it could have been given: the test knows how they are made', async () => {
      const made: readonly [number, unknown, number][] = [
        [0, [key], 5],
        [1, [key], 4],
        [2, [score], 5],
        [3, [score], 5],
        [4, [hashed], 5],
        [7, [0, 0, 0], 6],
        [7, { positions: [0, 0, 0], last: { S: '8' } }, 2],
      ]
      for (const [call, positions, count] of made) {
        const { name, input } = calls[call] ?? { name: 'list', input: {} }
        const { items } = await ask(name)(input, { cursor: forge(name, input, JSON.stringify(positions)) })
        expect(items, `${name} ${JSON.stringify(input)}`).to.have.length(count)
      }
    })
  })
})
