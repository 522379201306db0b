// `singlet local` as it is used: a process of its own, told by its output and by signals.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { DynamoDBClient, PutItemCommand, ScanCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { createTable, tableName } from '../local/tables.ts'

const main = fileURLToPath(new URL('../../lib/cli/main.ts', import.meta.url))
const itemOf = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } })

describe('the command singlet local', () => {
  let folder: string
  const children: ChildProcess[] = []
  const clients: DynamoDBClient[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'singlet-'))
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy()
    for (const child of children.splice(0)) if (child.exitCode === null && child.signalCode === null) await end(child, 'SIGKILL')
    rmSync(folder, { recursive: true })
  })

  function run(...args: string[]) {
    const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    return child
  }

  /** Runs to the end. */
  async function result(...args: string[]) {
    const child = run(...args)
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    return { output, errors, code }
  }

  /** Starts a server and waits for what it says. */
  async function serve(...args: string[]) {
    const child = run('local', '--port', '0', ...args)
    let line = ''
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      line += String(chunk)
      if (line.endsWith('\n')) break
    }
    const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
    const client = new DynamoDBClient({ region: 'us-east-1', credentials, ...(endpoint !== undefined && { endpoint }) })
    clients.push(client)
    return { child, client, line }
  }

  async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown[]> {
    const exited = once(child, 'exit')
    child.kill(signal)
    return exited
  }
  const stored = async (client: DynamoDBClient) =>
    (await client.send(new ScanCommand({ TableName: tableName }))).Items?.map(({ sk }) => sk?.S).sort()

  it('says in one line where it is and how it is used, and serves', async () => {
    const { line, client } = await serve()
    expect(line).to.match(
      /^DynamoDB at (http:\/\/127\.0\.0\.1:\d+), data in memory\. Set AWS_ENDPOINT_URL_DYNAMODB=\1, .*Ctrl\+C stops it\.\n$/,
    )
    await createTable(client)
    await client.send(new PutItemCommand({ TableName: tableName, Item: itemOf('a') }))
    expect(await stored(client)).to.deep.equal(['a'])
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`closes cleanly on ${signal}, connections or not, and has its data again`, async () => {
      const path = join(folder, 'data')
      const first = await serve('--path', path)
      expect(first.line).to.include(`data in ${path}.`)
      await createTable(first.client)
      await first.client.send(new PutItemCommand({ TableName: tableName, Item: itemOf('a') }))
      expect(await end(first.child, signal)).to.deep.equal([0, null])
      const second = await serve('--path', path)
      expect(await stored(second.client)).to.deep.equal(['a'])
    })
  }

  it('has every answered write again after a kill in the middle of many, and every transaction whole', async () => {
    const path = join(folder, 'data')
    const { child, client } = await serve('--path', path)
    await createTable(client)
    const answered: string[] = []
    const write = async (writer: number) => {
      for (let at = 0; ; at++) {
        const sks = ['x', 'y'].map((half) => `${writer}.${at}.${half}`)
        const TransactItems = sks.map((sk) => ({ Put: { TableName: tableName, Item: itemOf(sk) } }))
        await client.send(new TransactWriteItemsCommand({ TransactItems }))
        if (answered.push(...sks) > 200) child.kill('SIGKILL')
      }
    }
    const exited = once(child, 'exit')
    await Promise.allSettled([0, 1, 2, 3].map(write))
    await exited
    const items = (await stored((await serve('--path', path)).client)) ?? []
    expect(items).to.include.members(answered)
    for (const sk of items) expect(items).to.include(sk?.replace(/.$/, (half) => (half === 'x' ? 'y' : 'x')))
  })

  it('refuses a folder that is in use, and a port', async () => {
    const path = join(folder, 'data')
    await serve('--path', path)
    const inUse = await result('local', '--port', '0', '--path', path)
    expect(inUse).to.include({ code: 1, output: '' })
    expect(inUse.errors).to.match(/error: Process \d+ uses this folder already\./)

    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const port = String((server.address() as { port: number }).port)
    const taken = await result('local', '--port', port)
    server.close()
    expect(taken).to.include({ code: 1, output: '' })
    expect(taken.errors).to.include(`error: port ${port} is taken. Choose another with --port.`)
  })

  for (const port of ['x', '-1', '65536', '80.5', '']) {
    it(`refuses the port ${JSON.stringify(port)}`, async () => {
      const { code, errors } = await result('local', `--port=${port}`)
      expect(code).to.equal(1)
      expect(errors).to.include('A port is a number from 0 to 65535.')
    })
  }

  it('is found in the help, and has help of its own', async () => {
    const { output, code } = await result('--help')
    expect(code).to.equal(0)
    expect(output).to.match(/Commands:\s+local /)
    expect((await result('local', '--help')).output).to.include('--path <folder>')
  })

  it('refuses verbs that there are not', async () => {
    const { code, errors } = await result('lcoal')
    expect(code).to.equal(1)
    expect(errors).to.match(/unknown command 'lcoal'[\s\S]*Did you mean local\?/)
  })

  it('has a version', async () => {
    expect((await result('--version')).output).to.match(/^\d+\.\d+\.\d+\S*\n$/)
  })
})
