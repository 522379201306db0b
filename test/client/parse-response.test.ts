// Answers are parsed once and not by the SDK: the same values must come out, whatever the transport and whatever they hold.
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import { answerParsed } from '../../lib/client/parse-response.ts'
import { any, binary, connect, createTable, defineEntity, defineModel, defineTable, query, string } from '../../lib/index.ts'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { startTestEngine, type TestEngine } from '../engine.ts'
import { propertyRuns } from '../property-runs.ts'

const table = defineTable({ name: 'parsed', partitionKey: 'PK', sortKey: 'SK' })
const Thing = defineEntity('Thing', {
  attributes: { group: string(), id: string(), bytes: binary().optional(), data: any().optional() },
  key: { pk: 'GROUP#{group}', sk: 'THING#{id}' },
})
const model = defineModel({ table, entities: { Thing }, accessPatterns: { things: query(Thing) } })

/** Values of every attribute type, with names and texts that look like the JSON of others. */
const attributeValue = fc.letrec<{ value: AttributeValue }>((tie) => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('"B":', '{"B":"AAAA"}', '\\"BS\\":', 'B', ''))
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 8 })
  return {
    value: fc.oneof(
      { maxDepth: 3 },
      text.map((S) => ({ S })),
      fc.integer().map((N) => ({ N: String(N) })),
      bytes.map((B) => ({ B })),
      fc.boolean().map((BOOL) => ({ BOOL })),
      fc.constant({ NULL: true as const }),
      fc.uniqueArray(text, { minLength: 1 }).map((SS) => ({ SS })),
      fc.uniqueArray(bytes, { minLength: 1, selector: (one) => one.join() }).map((BS) => ({ BS })),
      fc.array(tie('value'), { maxLength: 4 }).map((L) => ({ L })),
      fc.dictionary(fc.constantFrom('B', 'BS', 'M', 'name', 'L'), tie('value')).map((M) => ({ M })),
    ),
  }
}).value

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value]
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
}

describe('answers parsed once', () => {
  let engine: TestEngine
  let local: LocalEngine
  before(async () => {
    engine = await startTestEngine()
    local = await startLocal()
    for (const one of [engine, local]) await createTable(model, one.client())
  })
  after(() => Promise.all([engine.close(), local.close()]))

  it('hold what the SDK would have read, for any attribute value', async () => {
    const client = engine.client()
    const Key = { PK: { S: 'GROUP#any' }, SK: { S: 'THING#1' } }
    await fc.assert(
      fc.asyncProperty(attributeValue, async (value) => {
        await client.send(new PutItemCommand({ TableName: 'parsed', Item: { ...Key, value } }))
        const expected = await client.send(new GetItemCommand({ TableName: 'parsed', Key }))
        const command = new GetItemCommand({ TableName: 'parsed', Key })
        answerParsed(command, client)
        expect(plain((await client.send(command)).Item)).to.deep.equal(plain(expected.Item))
      }),
      { numRuns: propertyRuns },
    )
  })

  const clients: [string, () => DynamoDBClient | DynamoDBDocumentClient][] = [
    ['the client of an engine', () => engine.client()],
    ['a client in process', () => local.client()],
    ['a client over HTTP', () => local.client({ endpoint: local.endpoint })],
    ['a document client', () => DynamoDBDocumentClient.from(engine.client())],
    [
      'an HTTP client of its own',
      () =>
        new DynamoDBClient({
          endpoint: local.endpoint,
          region: 'us-east-1',
          credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
        }),
    ],
  ]
  for (const [name, makeClient] of clients) {
    it(`keep bytes and errors with ${name}`, async () => {
      const client = makeClient()
      const { entities, patterns } = connect(model, { client })
      const key = { group: name, id: '1' }
      const bytes = new Uint8Array([0, 255, 7])
      const thing = await entities.Thing.create({ ...key, bytes, data: { nested: [bytes], text: '"B":' } })
      expect(plain(thing)).to.deep.equal({ ...key, bytes: [0, 255, 7], data: { nested: [[0, 255, 7]], text: '"B":' } })
      expect(plain(await entities.Thing.get(key))).to.deep.equal(plain(thing))
      expect(plain((await patterns.things({ group: name })).items)).to.deep.equal([plain(thing)])
      expect(plain(await entities.Thing.update(key, { data: 1 }))).to.deep.equal({ ...key, bytes: [0, 255, 7], data: 1 })
      const failed = await entities.Thing.update(key, { data: 2 }, { if: { data: 3 } }).then(undefined, (error) => error)
      expect(failed).to.have.property('code', 'ConditionFailed')
      expect(plain(failed.item)).to.deep.equal({ ...key, bytes: [0, 255, 7], data: 1 })
      client.destroy()
    })
  }

  it('leave the errors of the SDK as they are', async () => {
    const command = new PutItemCommand({
      TableName: 'parsed',
      Item: { PK: { S: 'a' }, SK: { S: 'b' } },
      ConditionExpression: 'attribute_exists(PK)',
    })
    const client = engine.client()
    answerParsed(command as never, client)
    const error = await client.send(command).then(undefined, (error) => error)
    expect(error).to.be.instanceOf(ConditionalCheckFailedException)
  })

  it('are those of each request with a client that caches its handlers', async () => {
    const { entities, patterns } = connect(model, { client: engine.client({ cacheMiddleware: true } as never) })
    for (const id of ['1', '2', '3']) await entities.Thing.create({ group: 'cached', id })
    for (const id of ['1', '2', '3']) {
      expect(await entities.Thing.get({ group: 'cached', id })).to.deep.equal({ group: 'cached', id })
      expect((await patterns.things({ group: 'cached', id })).items).to.have.length(1)
    }
  })

  it('are not needed from a client that never came to a transport', async () => {
    const stub = {
      config: {},
      send: async () => ({
        Item: { PK: { S: 'GROUP#g' }, SK: { S: 'THING#1' }, _type: { S: 'Thing' }, group: { S: 'g' }, id: { S: '1' } },
      }),
    }
    const { entities } = connect(model, { client: stub as unknown as DynamoDBClient })
    expect(await entities.Thing.get({ group: 'g', id: '1' })).to.deep.equal({ group: 'g', id: '1' })
  })
})
