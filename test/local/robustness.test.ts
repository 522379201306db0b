// What clients do to a server, on plain sockets: the engine answers as DynamoDB does, and goes on serving.
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { type LocalEngine, startLocal } from '../../lib/local/index.ts'
import { createTable, tableName } from './tables.ts'

const keyOf = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } })
const transaction = (...sks: string[]) =>
  JSON.stringify({ TransactItems: sks.map((sk) => ({ Put: { TableName: tableName, Item: keyOf(sk) } })) })
const json = 'application/x-amz-json-1.0'

/** The bytes of a request, up to the end of its headers. */
const head = (operation: string, length: number, more: readonly string[] = []) =>
  [
    'POST / HTTP/1.1',
    'host: localhost',
    `content-type: ${json}`,
    `content-length: ${length}`,
    `x-amz-target: DynamoDB_20120810.${operation}`,
    ...more,
    '',
    '',
  ].join('\r\n')
const message = (operation: string, body: string) => head(operation, Buffer.byteLength(body)) + body

describe('an engine, on plain sockets,', () => {
  let engine: LocalEngine
  let client: DynamoDBClient
  const sockets: Socket[] = []
  beforeEach(async () => {
    engine = await startLocal()
    client = engine.client()
    await createTable(client)
    engine.requests.clear()
  })
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await engine.close()
  })

  async function open(): Promise<Socket> {
    const socket = connect(Number(new URL(engine.endpoint).port), '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => {})
    await once(socket, 'connect')
    return socket
  }

  /** Reads until the text that has come satisfies, or the other side ends. */
  async function read(socket: Socket, satisfied: (text: string) => boolean = () => false): Promise<string> {
    let text = ''
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      text += String(chunk)
      if (satisfied(text)) break
    }
    return text
  }
  const answers = (count: number) => (text: string) =>
    (text.match(/HTTP\/1\.1 \d+[\s\S]*?\r\n\r\n\{[\s\S]*?\}/g) ?? []).length === count

  /** Whatever has happened, this works. */
  async function serves(): Promise<void> {
    const socket = await open()
    socket.write(message('ListTables', '{}'))
    expect(await read(socket, answers(1))).to.match(/^HTTP\/1\.1 200 OK[\s\S]*\{"TableNames":\["engine"\]\}$/)
  }
  const stored = async (sk: string) =>
    (await client.send(new GetItemCommand({ TableName: tableName, Key: keyOf(sk) }))).Item !== undefined

  it('does nothing of a transaction whose upload stalls, serves others meanwhile, and does it when the rest has come', async () => {
    const body = transaction('a', 'b')
    const stalled = await open()
    stalled.write(head('TransactWriteItems', body.length) + body.slice(0, -5))
    await serves()
    expect(await stored('a')).to.equal(false)
    stalled.write(body.slice(-5))
    expect(await read(stalled, answers(1))).to.match(/^HTTP\/1\.1 200 OK/)
    expect([await stored('a'), await stored('b')]).to.deep.equal([true, true])
  })

  it('does nothing of a transaction whose client disconnects in the middle of it', async () => {
    const body = transaction('a', 'b')
    const gone = await open()
    gone.write(head('TransactWriteItems', body.length) + body.slice(0, -5))
    gone.destroy()
    await once(gone, 'close')
    await serves()
    expect([await stored('a'), await stored('b')]).to.deep.equal([false, false])
    expect(engine.requests.of('TransactWriteItems')).to.deep.equal([])
  })

  it('does the whole of a transaction whose client does not wait for the answer', async () => {
    const gone = await open()
    gone.write(message('TransactWriteItems', transaction('a', 'b')))
    gone.end()
    gone.resume()
    await once(gone, 'close')
    await serves()
    expect([await stored('a'), await stored('b')]).to.deep.equal([true, true])
  })

  it('survives a client that resets its connection while the answer is on its way', async () => {
    const gone = await open()
    gone.write(message('TransactWriteItems', transaction('a')))
    gone.resetAndDestroy()
    await serves()
  })

  it('answers many requests on one connection, in their order', async () => {
    const socket = await open()
    socket.write(message('ListTables', '{}') + message('PutItem', '{') + message('ListTables', '{}'))
    const text = await read(socket, answers(3))
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).to.deep.equal(['200', '400', '200'])
  })

  it('keeps a connection for the next request, also after an error', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ports = new Set<number | undefined>()
    for (const body of ['{}', '{', '{}']) {
      const sent = request(engine.endpoint, {
        agent,
        method: 'POST',
        headers: { 'content-type': json, 'x-amz-target': 'DynamoDB_20120810.ListTables' },
      })
      sent.end(body)
      const [response] = await once(sent, 'response')
      ports.add(sent.socket?.localPort)
      response.resume()
      await once(response, 'end')
    }
    expect(ports.size).to.equal(1)
    agent.destroy()
  })

  it('takes a body in pieces of one byte, without a length', async () => {
    const socket = await open()
    const body = transaction('ä')
    socket.write(head('TransactWriteItems', 0).replace('content-length: 0', 'transfer-encoding: chunked'))
    for (const byte of Buffer.from(body))
      socket.write(Buffer.concat([Buffer.from('1\r\n'), Buffer.of(byte), Buffer.from('\r\n')]))
    socket.write('0\r\n\r\n')
    expect(await read(socket, answers(1))).to.match(/^HTTP\/1\.1 200 OK/)
    expect(await stored('ä')).to.equal(true)
  })

  it('invites a body that waits to be asked for', async () => {
    const socket = await open()
    socket.write(head('ListTables', 2, ['expect: 100-continue']))
    expect(await read(socket, (text) => text.includes('\r\n\r\n'))).to.match(/^HTTP\/1\.1 100 Continue/)
    socket.write('{}')
    expect(await read(socket, answers(1))).to.match(/^HTTP\/1\.1 200 OK/)
  })

  it('serves hundreds of connections at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 300 }, async (_, at) => {
        const socket = await open()
        socket.write(message('PutItem', JSON.stringify({ TableName: tableName, Item: keyOf(`socket-${at}`) })))
        return read(socket, answers(1))
      }),
    )
    expect(all.filter((text) => text.startsWith('HTTP/1.1 200 OK'))).to.have.length(300)
    expect(engine.requests.of('PutItem')).to.have.length(300)
  })

  it('closes while uploads stall', async () => {
    const socket = await open()
    socket.write(head('PutItem', 100))
    await serves()
    await engine.close()
    if (!socket.closed) await once(socket, 'close')
  })

  const odd: [name: string, text: string, answer: RegExp][] = [
    ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400 Bad Request/],
    ['a header without end', `GET / HTTP/1.1\r\nx: ${'x'.repeat(100_000)}`, /^HTTP\/1\.1 431 /],
    ['two different lengths', head('ListTables', 2, ['content-length: 3']), /^HTTP\/1\.1 400 Bad Request/],
  ]
  for (const [name, text, answer] of odd) {
    it(`refuses ${name}`, async () => {
      const socket = await open()
      socket.write(text)
      expect(await read(socket)).to.match(answer)
      await serves()
    })
  }

  const target = 'DynamoDB_20120810.ListTables'
  const deep = `{"TableName":"engine","Item":{"pk":{"S":"p"},"sk":{"S":"s"},"x":${'{"L":['.repeat(50_000)}${']}'.repeat(50_000)}}}`
  const refusals: [name: string, init: RequestInit & { headers: Record<string, string> }, status: number, answer: RegExp][] = [
    [
      'another content type',
      { body: '{}', headers: { 'content-type': 'text/plain', 'x-amz-target': target } },
      404,
      /^<UnknownOperationException\/>\n$/,
    ],
    [
      'no content type',
      { body: new Uint8Array([123, 125]), headers: { 'x-amz-target': target } },
      404,
      /^<UnknownOperationException\/>\n$/,
    ],
    [
      'another method',
      { method: 'PUT', body: '{}', headers: { 'content-type': json, 'x-amz-target': target } },
      404,
      /^<UnknownOperationException\/>\n$/,
    ],
    ['no target', { body: '{}', headers: { 'content-type': json } }, 400, /#UnknownOperationException/],
    [
      'an older version of the protocol',
      { body: '{}', headers: { 'content-type': json, 'x-amz-target': 'DynamoDB_20111205.ListTables' } },
      400,
      /#UnknownOperationException/,
    ],
    [
      'bytes that are no UTF-8',
      { body: new Uint8Array([0xff, 0xfe]), headers: { 'content-type': json, 'x-amz-target': target } },
      400,
      /#SerializationException/,
    ],
    [
      'brackets without end',
      { body: '['.repeat(1_000_000), headers: { 'content-type': json, 'x-amz-target': target } },
      400,
      /#SerializationException/,
    ],
    [
      'a value nested beyond reason',
      { body: deep, headers: { 'content-type': json, 'x-amz-target': 'DynamoDB_20120810.PutItem' } },
      400,
      /#ValidationException/,
    ],
  ]
  for (const [name, init, status, answer] of refusals) {
    it(`refuses ${name}`, async () => {
      const response = await fetch(engine.endpoint, { method: 'POST', ...init })
      expect([response.status, await response.text()]).to.satisfy(
        ([found, text]: [number, string]) => found === status && answer.test(text),
      )
      await serves()
    })
  }

  it('takes the content type of other tools, with a charset', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8', 'x-amz-target': target }
    expect((await fetch(engine.endpoint, { method: 'POST', body: '{}', headers })).status).to.equal(200)
  })

  it('says that it is well', async () => {
    const response = await fetch(engine.endpoint)
    expect([response.status, await response.text()]).to.deep.equal([200, 'healthy: dynamodb.us-east-1.amazonaws.com '])
  })
})
