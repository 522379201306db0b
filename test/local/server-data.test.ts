// Data in a folder: it is there again after any end of the process, whole requests of it, and nobody else's.
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  ScanCommand,
  TagResourceCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams'
import { expect } from 'chai'
import fc from 'fast-check'
import { type LocalEngine, type LocalOptions, startLocal } from '../../lib/local/index.ts'
import { propertyRuns } from '../property-runs.ts'
import { failureOf, tableInput, tableName } from './tables.ts'

const start = Date.UTC(2030, 0, 1)
const keyOf = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } })
const itemOf = (sk: string, more = {}) => ({ ...keyOf(sk), g: { S: 'g' }, h: { S: sk }, ...more })
const put = (sk: string, more = {}) => new PutItemCommand({ TableName: tableName, Item: itemOf(sk, more) })
const count = (sk: string) => ({
  TableName: tableName,
  Key: keyOf(sk),
  UpdateExpression: 'ADD visits :one SET g = :g',
  ExpressionAttributeValues: { ':one': { N: '1' }, ':g': { S: `g${sk}` } },
})
const streamed: CreateTableCommandInput = {
  ...tableInput,
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
}

/** All that a client can see of an engine. What dynalite makes up when a table is created is no data. */
async function contentOf(engine: LocalEngine): Promise<unknown> {
  const client = engine.client()
  const streams = engine.streamsClient()
  const { TableNames = [] } = await client.send(new ListTablesCommand({}))
  const tables = await Promise.all(
    TableNames.map(async (TableName) => {
      const { Table } = await client.send(new DescribeTableCommand({ TableName }))
      const { CreationDateTime: _at, TableId: _id, ...description } = Table ?? {}
      const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: Table?.TableArn }))
      const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }))
      const indexes = [undefined, ...(Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => IndexName)]
      const rows = await Promise.all(
        indexes.map(
          async (IndexName) => (await client.send(new ScanCommand({ TableName, ...(IndexName && { IndexName }) }))).Items,
        ),
      )
      return { description, Tags, TimeToLiveDescription, rows }
    }),
  )
  const { Streams = [] } = await streams.send(new ListStreamsCommand({}))
  const records = await Promise.all(
    Streams.map(async ({ StreamArn }) => {
      const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }))
      const shard = { StreamArn, ShardId: StreamDescription?.Shards?.[0]?.ShardId, ShardIteratorType: 'TRIM_HORIZON' as const }
      const { ShardIterator } = await streams.send(new GetShardIteratorCommand(shard))
      return [StreamDescription, (await streams.send(new GetRecordsCommand({ ShardIterator }))).Records]
    }),
  )
  return { tables, records }
}

describe('data in a folder', () => {
  let folder: string
  const running: LocalEngine[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'singlet-'))
  })
  afterEach(async () => {
    for (const engine of running.splice(0)) await engine.close()
    rmSync(folder, { recursive: true })
  })

  async function open(path = join(folder, 'data'), options: LocalOptions = { clock: start }): Promise<LocalEngine> {
    const engine = await startLocal({ ...options, path })
    running.push(engine)
    return engine
  }

  /** What a kill would leave of a folder, in a folder of its own; the dead have no locks. */
  function killed(name = 'killed'): string {
    const copy = join(folder, name)
    cpSync(join(folder, 'data'), copy, { recursive: true })
    rmSync(join(copy, 'lock'))
    return copy
  }

  const journalOf = (path: string) => {
    const names = readdirSync(path).filter((name) => name.startsWith('journal-'))
    expect(names).to.have.length(1)
    return join(path, names[0] ?? '')
  }

  /** A bit of everything, each done a second after the last. */
  const changes: ((client: DynamoDBClient, engine: LocalEngine) => Promise<unknown>)[] = [
    (client) => client.send(new CreateTableCommand(streamed)),
    (client) => client.send(new CreateTableCommand({ ...tableInput, TableName: 'gone' })),
    (client) => client.send(put('a')),
    (client) => client.send(put('b', { '\n "#': { B: new Uint8Array([0, 255]) }, text: { S: 'ä\n\ud83d\ude00\u2028' } })),
    (client) => client.send(new UpdateItemCommand(count('a'))),
    (client) => client.send(new DeleteItemCommand({ TableName: tableName, Key: keyOf('b') })),
    (client) =>
      client.send(
        new BatchWriteItemCommand({
          RequestItems: { [tableName]: [{ DeleteRequest: { Key: keyOf('a') } }, { PutRequest: { Item: itemOf('c') } }] },
        }),
      ),
    (client) =>
      client.send(
        new TransactWriteItemsCommand({
          ClientRequestToken: 'token',
          TransactItems: [{ Update: count('d') }, { Put: { TableName: tableName, Item: itemOf('e') } }, { Update: count('c') }],
        }),
      ),
    async (client) => {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
      await client.send(new TagResourceCommand({ ResourceArn: Table?.TableArn, Tags: [{ Key: 'team', Value: 'shop' }] }))
    },
    (client) =>
      client.send(
        new UpdateTimeToLiveCommand({
          TableName: tableName,
          TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' },
        }),
      ),
    (client) => client.send(put('f', { expiresAt: { N: String(start / 1000) } })),
    (_client, engine) => engine.expire(),
    (client) => client.send(new DeleteTableCommand({ TableName: 'gone' })),
  ]
  async function change(engine: LocalEngine, each: () => unknown = () => {}): Promise<void> {
    const client = engine.client()
    for (const make of changes) {
      engine.clock.advance(1000)
      await make(client, engine)
      await each()
    }
  }

  it('is all there again after closing', async () => {
    const engine = await open()
    await change(engine)
    const content = await contentOf(engine)
    await engine.close()
    const again = await open(undefined, { clock: engine.clock.now() })
    expect(await contentOf(again)).to.deep.equal(content)
  })

  it('is all there again after a kill', async () => {
    const engine = await open()
    await change(engine)
    const again = await open(killed(), { clock: engine.clock.now() })
    expect(await contentOf(again)).to.deep.equal(await contentOf(engine))
  })

  it('goes on from there, over kills and closings', async () => {
    const engine = await open()
    await change(engine)
    const copy = killed()
    for (let run = 0; run < 3; run++) {
      const again = await open(copy)
      await again.client().send(new UpdateItemCommand(count('counter')))
      if (run === 1) cpSync(copy, join(folder, 'second'), { recursive: true })
      await again.close()
    }
    rmSync(join(folder, 'second', 'lock'))
    for (const [path, visits] of [
      [copy, '3'],
      [join(folder, 'second'), '2'],
    ] as const) {
      const { Items } = await (await open(path)).client().send(new ScanCommand({ TableName: tableName }))
      expect(Items?.find(({ sk }) => sk?.S === 'counter')?.visits?.N).to.equal(visits)
    }
  })

  for (const ending of ['a kill', 'closing'] as const) {
    it(`does not repeat a transaction whose answer was lost by ${ending}`, async () => {
      const engine = await open()
      await change(engine)
      const copy = killed()
      if (ending === 'closing') await engine.close()
      const again = await open(ending === 'closing' ? undefined : copy, { clock: engine.clock.now() })
      const repetition = new TransactWriteItemsCommand({
        ClientRequestToken: 'token',
        TransactItems: [{ Update: count('d') }, { Put: { TableName: tableName, Item: itemOf('e') } }, { Update: count('c') }],
      })
      const before = await contentOf(again)
      await again.client().send(repetition)
      expect(await contentOf(again)).to.deep.equal(before)
    })
  }

  it('loses only what was being written when the process ended, wherever that was cut', async () => {
    const engine = await open()
    const file = journalOf(join(folder, 'data'))
    const states: { bytes: number; content: unknown }[] = [{ bytes: 0, content: await contentOf(engine) }]
    await change(engine, async () => states.push({ bytes: statSync(file).size, content: await contentOf(engine) }))
    const source = killed()
    const cut = fc.oneof(fc.nat(statSync(file).size), fc.constantFrom(...states.map(({ bytes }) => bytes)))
    let run = 0
    await fc.assert(
      fc.asyncProperty(cut, fc.constantFrom('', '\0\0\0\0', 'torn\n'), async (bytes, tail) => {
        const copy = join(folder, `cut-${++run}`)
        cpSync(source, copy, { recursive: true })
        truncateSync(journalOf(copy), bytes)
        writeFileSync(journalOf(copy), tail, { flag: 'a' })
        const again = await startLocal({ path: copy, clock: engine.clock.now() })
        const expected = states.filter((state) => state.bytes <= bytes).at(-1)
        expect(await contentOf(again)).to.deep.equal(expected?.content)
        await again.close()
        rmSync(copy, { recursive: true })
      }),
      { numRuns: Math.min(propertyRuns, 100) },
    )
  })

  it('has no torn entry in the way of the next', async () => {
    const engine = await open()
    await change(engine)
    const copy = killed()
    truncateSync(journalOf(copy), statSync(journalOf(copy)).size - 3)
    const again = await open(copy)
    await again.client().send(put('after'))
    cpSync(copy, join(folder, 'second'), { recursive: true })
    rmSync(join(folder, 'second', 'lock'))
    expect(await contentOf(await open(join(folder, 'second')))).to.deep.equal(await contentOf(again))
  })

  it('keeps exactly what faults let happen', async () => {
    const engine = await open()
    const client = engine.client({ maxAttempts: 1 })
    await client.send(new CreateTableCommand(tableInput))
    engine.faults.add({ kind: 'unprocessed', share: 0.5, times: 1 })
    const puts = Array.from({ length: 25 }, (_, at) => ({ PutRequest: { Item: itemOf(String(at)) } }))
    await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: puts } }))
    engine.faults.add({ kind: 'disconnect', times: 1 })
    await failureOf(client.send(put('before')))
    engine.faults.add({ kind: 'disconnect', when: 'after', times: 1 })
    await failureOf(client.send(put('after')))
    expect(await contentOf(await open(killed()))).to.deep.equal(await contentOf(engine))
  })

  it('writes nothing down of reads and refusals', async () => {
    const engine = await open()
    await change(engine)
    const bytes = readFileSync(journalOf(join(folder, 'data')))
    await contentOf(engine)
    await failureOf(engine.client().send(new PutItemCommand({ ...put('a').input, ConditionExpression: 'g = pk' })))
    await failureOf(engine.client().send(new CreateTableCommand(tableInput)))
    expect(readFileSync(journalOf(join(folder, 'data'))).equals(bytes)).to.equal(true)
  })

  it('takes a last entry that was written down but then refused for one that was not', async () => {
    const engine = await open()
    await change(engine)
    const copy = killed()
    const journal = readFileSync(journalOf(copy))
    const first = journal.subarray(0, journal.indexOf('\n') + 1) // creates a table that is there by the end
    writeFileSync(journalOf(copy), first, { flag: 'a' })
    const again = await open(copy, { clock: engine.clock.now() })
    expect(await contentOf(again)).to.deep.equal(await contentOf(engine))
  })

  it('replaces a long journal by a snapshot', async () => {
    const path = join(folder, 'data')
    const engine = await open()
    const client = engine.client()
    await client.send(new CreateTableCommand(tableInput))
    for (let at = 0; at < 45; at++) await client.send(put(String(at % 3), { data: { S: `${at}`.padStart(390_000) } }))
    expect(readdirSync(path).sort()).to.deep.equal(['journal-1', 'lock', 'snapshot'])
    expect(statSync(journalOf(path)).size).to.be.lessThan(16 * 1024 * 1024)
    expect(await contentOf(await open(killed()))).to.deep.equal(await contentOf(engine))
  })

  it('ignores and removes a journal that its snapshot contains', async () => {
    const engine = await open()
    await change(engine)
    const copy = killed()
    const old = readFileSync(journalOf(copy))
    await (await open(copy)).close()
    writeFileSync(join(copy, 'journal-0'), old)
    const again = await open(copy, { clock: engine.clock.now() })
    expect(await contentOf(again)).to.deep.equal(await contentOf(engine))
    expect(existsSync(join(copy, 'journal-0'))).to.equal(false)
  })

  it('follows the clock of the system, or the one it is given, from then on', async () => {
    const engine = await open()
    await change(engine)
    const copy = killed()
    expect((await open(copy, { clock: 5 })).clock.now()).to.equal(5)
    await running.at(-1)?.close()
    expect((await open(copy, {})).clock.now()).to.be.lessThan(start)
  })

  it('is refused when it is damaged before its end', async () => {
    const engine = await open()
    await change(engine)
    const copy = killed()
    const journal = readFileSync(journalOf(copy))
    journal[200] = (journal[200] ?? 0) ^ 1
    writeFileSync(journalOf(copy), journal)
    expect((await failureOf(open(copy))).message).to.match(/journal-0 is damaged after 0 bytes, and goes on after that/)
  })

  it('is refused when its snapshot is damaged, or of another kind', async () => {
    const engine = await open()
    await change(engine)
    await engine.close()
    const file = join(folder, 'data', 'snapshot')
    const snapshot = readFileSync(file)
    const at = snapshot.length - 10
    snapshot[at] = (snapshot[at] ?? 0) ^ 1
    writeFileSync(file, snapshot)
    expect((await failureOf(open())).message).to.match(/snapshot is damaged/)
    writeFileSync(file, 'something else\n')
    expect((await failureOf(open())).message).to.match(/snapshot is not a snapshot of this version of the engine/)
    expect(existsSync(join(folder, 'data', 'lock'))).to.equal(false)
  })

  it('belongs to one engine at a time', async () => {
    const engine = await open()
    expect((await failureOf(open())).message).to.match(/uses this folder already/)
    await engine.close()
    await open()
  })

  const dead: [name: string, holder: string][] = [
    ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, startedAt: 1 })],
    ['an earlier process of the same id', JSON.stringify({ pid: process.pid, startedAt: 1 })],
    ['a process that ended before it had said its name', ''],
  ]
  for (const [name, holder] of dead) {
    it(`is taken over from ${name}`, async () => {
      await (await open()).close()
      writeFileSync(join(folder, 'data', 'lock'), holder)
      await open()
    })
  }

  it('is left alone by an engine whose port is taken', async () => {
    const engine = await open()
    await engine.close()
    await using other = await startLocal()
    const port = Number(new URL(other.endpoint).port)
    expect(await failureOf(open(undefined, { port }))).to.include({ code: 'EADDRINUSE' })
    await open()
  })

  it('takes bodies with line breaks', async () => {
    const engine = await open()
    await engine.client().send(new CreateTableCommand(tableInput))
    const body = JSON.stringify({ TableName: tableName, Item: itemOf('a') }, undefined, 2).replaceAll('\n', '\r\n')
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.PutItem' }
    expect((await fetch(engine.endpoint, { method: 'POST', headers, body })).status).to.equal(200)
    expect(await contentOf(await open(killed()))).to.deep.equal(await contentOf(engine))
  })
})
