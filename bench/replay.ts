// A client that costs next to nothing: it records the bytes that the SDK would send, and sends them again over plain sockets kept open.
import { once } from 'node:events'
import { connect } from 'node:net'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

interface SentRequest {
  readonly method: string
  readonly headers: { readonly [name: string]: string }
  readonly body: string | Uint8Array
}

/** Records the requests that a client sends, headers and signature included. Each gets no answer, and so fails. */
export async function record(send: (client: DynamoDBClient) => Promise<unknown>): Promise<Buffer> {
  let recorded: Buffer | undefined
  const requestHandler = {
    async handle({ method, headers, body }: SentRequest) {
      const head = [`${method} / HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', '']
      recorded = Buffer.concat([Buffer.from(head.join('\r\n')), typeof body === 'string' ? Buffer.from(body) : body])
      throw new Error('recorded')
    },
  }
  const client = new DynamoDBClient({
    endpoint: 'http://127.0.0.1',
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts: 1,
    requestHandler: requestHandler as never,
  })
  await send(client).catch(() => undefined)
  if (recorded === undefined) throw new Error('Nothing was sent.')
  return recorded
}

export interface Connection {
  /** Sends one request and waits for the whole of the answer. Throws when that is an error. */
  exchange(request: Buffer): Promise<void>
  close(): void
}

/** Opens a connection. Answers are looked at only as far as it takes to find their end. */
export async function openConnection(endpoint: string): Promise<Connection> {
  const { hostname, port } = new URL(endpoint)
  const socket = connect(Number(port || 80), hostname)
  socket.setNoDelay(true)
  await once(socket, 'connect')
  let head = ''
  /** Bytes of the answer's body that have not come, once its head has. */
  let missing: number | undefined
  let waiting: { resolve(): void; reject(error: Error): void } | undefined
  socket.on('error', (error) => waiting?.reject(error))
  socket.on('close', () => waiting?.reject(new Error('The server has closed the connection.')))
  socket.on('data', (chunk) => {
    if (missing === undefined) {
      head += chunk.toString('latin1')
      const end = head.indexOf('\r\n\r\n') + 4
      if (end < 4) return
      const length = /\r\ncontent-length: (\d+)\r/i.exec(head)?.[1]
      if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) return waiting?.reject(new Error(head))
      missing = end + Number(length) - head.length
    } else missing -= chunk.length
    if (missing > 0) return
    head = ''
    missing = undefined
    waiting?.resolve()
  })
  return {
    exchange: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(request)
      }),
    close: () => socket.destroy(),
  }
}
