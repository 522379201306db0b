// Queries and scans: completeness, order and paging, on the table and on indexes, where dynalite alone goes wrong.
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import fc from 'fast-check'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { createTable, failureOf, tableName } from './tables.ts'

type Item = Record<string, AttributeValue>

describe('queries and scans', () => {
  let engine: LocalEngine
  let client: DynamoDBClient
  beforeEach(async () => {
    engine = await startLocal()
    client = engine.client()
    await createTable(client)
  })
  afterEach(() => engine.close())

  const put = (Item: Item) => client.send(new PutItemCommand({ TableName: tableName, Item }))
  const query = (input: Partial<QueryCommandInput>, values: Item) =>
    client.send(new QueryCommand({ TableName: tableName, ExpressionAttributeValues: values, ...input }))
  const scan = (input: Partial<ScanCommandInput> = {}) => client.send(new ScanCommand({ TableName: tableName, ...input }))

  async function putAll(items: Item[]): Promise<void> {
    for (let at = 0; at < items.length; at += 25) {
      const requests = items.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }))
      await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }))
    }
  }

  /** Every item of a paged request, and the number of pages. */
  async function pages(
    next: (start: Item | undefined) => Promise<{ Items?: Item[] | undefined; LastEvaluatedKey?: Item | undefined }>,
  ) {
    const items: Item[] = []
    let count = 0
    let start: Item | undefined
    do {
      const page = await next(start)
      items.push(...(page.Items ?? []))
      start = page.LastEvaluatedKey
      count++
    } while (start !== undefined)
    return { items, count }
  }

  const byGroup = { IndexName: 'byGroup', KeyConditionExpression: 'g = :g' }

  it('keeps every row of 5,000 items with one index key, through queries, pages in both directions, updates and deletes', async () => {
    const items = Array.from({ length: 5000 }, (_, at) => ({
      pk: { S: `p${at}` },
      sk: { S: `s${at % 3}` },
      g: { S: 'same' },
      h: { S: 'same' },
    }))
    await putAll(items)
    for (const ScanIndexForward of [true, false]) {
      const { items: found, count } = await pages((ExclusiveStartKey) =>
        query({ ...byGroup, ScanIndexForward, Limit: 700, ExclusiveStartKey }, { ':g': { S: 'same' } }),
      )
      expect(new Set(found.map(({ pk }) => pk?.S)).size).to.equal(5000)
      expect(found.length).to.equal(5000)
      expect(count).to.equal(8)
    }
    const scanned = await pages((ExclusiveStartKey) => scan({ IndexName: 'byGroup', Limit: 999, ExclusiveStartKey }))
    expect(new Set(scanned.items.map(({ pk }) => pk?.S)).size).to.equal(5000)
    for (const { pk, sk } of items.slice(0, 100)) {
      const update = {
        Key: { pk, sk },
        UpdateExpression: 'SET g = :other',
        ExpressionAttributeValues: { ':other': { S: 'other' } },
      }
      await client.send(new UpdateItemCommand({ TableName: tableName, ...update }))
    }
    expect((await query({ ...byGroup, Select: 'COUNT' }, { ':g': { S: 'same' } })).Count).to.equal(4900)
    expect((await query({ ...byGroup, Select: 'COUNT' }, { ':g': { S: 'other' } })).Count).to.equal(100)
  })

  it('sorts string keys by UTF-8 bytes, and cuts ranges there', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '~', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '😀'),
      minLength: 1,
      maxLength: 4,
    })
    let partition = 0
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(text, { minLength: 1, maxLength: 12 }), text, text, async (keys, one, other) => {
        const pk = { S: `p${partition++}` }
        await putAll(keys.map((key) => ({ pk, sk: { S: key }, l: { S: key } })))
        const bytes = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right))
        const sorted = [...keys].sort(bytes)
        const [low = '', high = ''] = [one, other].sort(bytes)
        const found = async (condition: string, values: Item, input: Partial<QueryCommandInput> = {}, attribute = 'sk') => {
          const { Items = [] } = await query(
            { KeyConditionExpression: `pk = :p ${condition}`, ...input },
            { ':p': pk, ...values },
          )
          return Items.map((item) => item[attribute]?.S)
        }
        expect(await found('', {})).to.deep.equal(sorted)
        expect(await found('', {}, { ScanIndexForward: false })).to.deep.equal(sorted.toReversed())
        expect(await found('', {}, { IndexName: 'byLabel' }, 'l')).to.deep.equal(sorted)
        const between = sorted.filter((key) => bytes(low, key) <= 0 && bytes(key, high) <= 0)
        const bounds = { ':low': { S: low }, ':high': { S: high } }
        expect(await found('AND sk BETWEEN :low AND :high', bounds)).to.deep.equal(between)
        expect(await found('', bounds, { FilterExpression: 'l BETWEEN :low AND :high' })).to.deep.equal(between)
        const bound = { ':low': { S: low } }
        const satisfying = (test: (order: number) => boolean) => sorted.filter((key) => test(bytes(key, low)))
        expect(await found('AND sk < :low', bound)).to.deep.equal(satisfying((order) => order < 0))
        expect(await found('AND sk <= :low', bound)).to.deep.equal(satisfying((order) => order <= 0))
        expect(await found('AND sk > :low', bound)).to.deep.equal(satisfying((order) => order > 0))
        expect(await found('AND sk >= :low', bound)).to.deep.equal(satisfying((order) => order >= 0))
        expect(await found('', bound, { FilterExpression: 'l < :low' })).to.deep.equal(satisfying((order) => order < 0))
        expect(await found('AND begins_with(sk, :low)', bound)).to.deep.equal(sorted.filter((key) => key.startsWith(low)))
      }),
      { numRuns: 60 },
    )
  })

  it('sorts number keys by value: negative, fractional, large and small', async () => {
    const sorted = ['-9.9e125', '-100', '-99.5', '-10', '-1.5', '-1.05', '-1', '-0.5', '-1e-130']
    sorted.push('0', '1e-130', '0.05', '0.5', '1', '1.05', '1.5', '9', '10', '99.5', '12345678901234567890', '9.9e125')
    await putAll(sorted.toReversed().map((n, at) => ({ pk: { S: `p${at}` }, sk: { S: 'n' }, g: { S: 'g' }, n: { N: n } })))
    const request = { IndexName: 'byNumber', KeyConditionExpression: 'g = :g' }
    const found = async (input: Partial<QueryCommandInput>, values = {}) =>
      ((await query({ ...request, ...input }, { ':g': { S: 'g' }, ...values })).Items ?? []).map(({ n }) => Number(n?.N))
    expect(await found({})).to.deep.equal(sorted.map(Number))
    expect(await found({ ScanIndexForward: false })).to.deep.equal(sorted.toReversed().map(Number))
    const range = { KeyConditionExpression: 'g = :g AND n BETWEEN :low AND :high' }
    expect(await found(range, { ':low': { N: '-1.05' }, ':high': { N: '0.5' } })).to.deep.equal([
      -1.05, -1, -0.5, -1e-130, 0, 1e-130, 0.05, 0.5,
    ])
  })

  it('pages an index with duplicate keys without loss or repetition, in both directions', async () => {
    const items = Array.from({ length: 60 }, (_, at) => ({
      pk: { S: `p${at % 5}` },
      sk: { S: `s${at}` },
      g: { S: 'g' },
      h: { S: `h${at % 4}` },
    }))
    await putAll(items)
    const forward = (await query(byGroup, { ':g': { S: 'g' } })).Items ?? []
    for (const ScanIndexForward of [true, false]) {
      const { items: paged } = await pages((ExclusiveStartKey) =>
        query({ ...byGroup, ScanIndexForward, Limit: 7, ExclusiveStartKey }, { ':g': { S: 'g' } }),
      )
      expect(paged).to.deep.equal(ScanIndexForward ? forward : forward.toReversed())
    }
    const ranged = { ...byGroup, KeyConditionExpression: 'g = :g AND h BETWEEN :low AND :high' }
    const { items: part } = await pages((ExclusiveStartKey) =>
      query({ ...ranged, Limit: 4, ExclusiveStartKey }, { ':g': { S: 'g' }, ':low': { S: 'h1' }, ':high': { S: 'h2' } }),
    )
    expect(part).to.deep.equal(forward.filter(({ h }) => h?.S === 'h1' || h?.S === 'h2'))
  })

  it('scans in segments, with filter, projection and limit', async () => {
    await putAll(Array.from({ length: 200 }, (_, at) => ({ pk: { S: `p${at}` }, sk: { S: 's' }, l: { S: String(at % 2) } })))
    const segments = await Promise.all(
      [0, 1, 2, 3].map((Segment) =>
        pages((ExclusiveStartKey) => scan({ Segment, TotalSegments: 4, Limit: 13, ExclusiveStartKey })),
      ),
    )
    for (const { items } of segments) expect(items.length).to.be.greaterThan(0)
    expect(new Set(segments.flatMap(({ items }) => items.map(({ pk }) => pk?.S))).size).to.equal(200)
    expect(segments.flatMap(({ items }) => items).length).to.equal(200)
    const odd = { FilterExpression: 'l = :one', ExpressionAttributeValues: { ':one': { S: '1' } } }
    const page = await scan({ ...odd, ProjectionExpression: 'sk', Limit: 50 })
    expect(page.ScannedCount).to.equal(50)
    expect(page.Count).to.equal(page.Items?.length)
    expect(page.LastEvaluatedKey).to.have.all.keys('pk', 'sk')
    for (const item of page.Items ?? []) expect(item).to.deep.equal({ sk: { S: 's' } })
    const { items } = await pages((ExclusiveStartKey) => scan({ ...odd, Limit: 30, ExclusiveStartKey }))
    expect(items.length).to.equal(100)
  })

  it('ends a page at 1 MB, counted in bytes', async () => {
    await putAll(Array.from({ length: 8 }, (_, at) => ({ pk: { S: 'p' }, sk: { S: String(at) }, d: { S: 'é'.repeat(100_000) } })))
    const page = await query({ KeyConditionExpression: 'pk = :p', ReturnConsumedCapacity: 'TOTAL' }, { ':p': { S: 'p' } })
    expect(page.Count).to.equal(6)
    expect(page.LastEvaluatedKey).to.deep.equal({ pk: { S: 'p' }, sk: { S: '5' } })
    expect(page.ConsumedCapacity?.CapacityUnits).to.equal(Math.ceil((6 * (200_000 + 7)) / 4096) / 2)
  })

  it('gives whole items through a local index, and refuses what an index does not project', async () => {
    const item = { pk: { S: 'p' }, sk: { S: 's' }, l: { S: 'l' }, g: { S: 'g' }, h: { S: 'h' }, more: { S: 'more' } }
    await put(item)
    const local = { IndexName: 'byLabel', KeyConditionExpression: 'pk = :p' }
    expect((await query(local, { ':p': { S: 'p' } })).Items).to.deep.equal([{ pk: item.pk, sk: item.sk, l: item.l }])
    const whole = await query({ ...local, Select: 'ALL_ATTRIBUTES', ReturnConsumedCapacity: 'INDEXES' }, { ':p': { S: 'p' } })
    expect(whole.Items).to.deep.equal([item])
    expect(whole.ConsumedCapacity).to.deep.equal({
      TableName: tableName,
      CapacityUnits: 1,
      Table: { CapacityUnits: 0.5 },
      LocalSecondaryIndexes: { byLabel: { CapacityUnits: 0.5 } },
    })
    expect((await query({ ...local, ProjectionExpression: 'more' }, { ':p': { S: 'p' } })).Items).to.deep.equal([
      { more: item.more },
    ])
    const filtered = { ...local, Select: 'ALL_ATTRIBUTES', FilterExpression: 'more = :m' } as const
    const unfiltered = await failureOf(query(filtered, { ':p': { S: 'p' }, ':m': item.more }))
    expect(unfiltered.message).to.match(/byLabel does not project .*filter attributes: \[more\]/)
    const global = (input: Partial<QueryCommandInput>, values = {}) =>
      failureOf(query({ ...byGroup, ...input }, { ':g': item.g, ...values }))
    expect((await global({ ProjectionExpression: 'more' })).message).to.match(/byGroup does not project \[more\]/)
    expect((await global({ Select: 'ALL_ATTRIBUTES' })).message).to.match(/projection type is not ALL/)
    expect((await global({ FilterExpression: 'more = :m' }, { ':m': item.more })).message).to.match(/does not project .*\[more\]/)
  })

  it('has no row for an item without an index key, and removes the row with the key', async () => {
    const Key = { pk: { S: 'p' }, sk: { S: 's' } }
    await put({ ...Key, g: { S: 'g' } })
    const count = async () => (await query({ ...byGroup, Select: 'COUNT' }, { ':g': { S: 'g' } })).Count
    expect(await count()).to.equal(0)
    const update = (UpdateExpression: string, values?: Item) =>
      client.send(new UpdateItemCommand({ TableName: tableName, Key, UpdateExpression, ExpressionAttributeValues: values }))
    await update('SET h = :h', { ':h': { S: 'h' } })
    expect(await count()).to.equal(1)
    await update('REMOVE h')
    expect(await count()).to.equal(0)
  })
})
