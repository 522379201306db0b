// The engine's HTTP endpoint: a thin shell that reads a request completely before it is looked at, on the loopback interface only.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32 } from '../keys/crc32.ts'
import { type Answer, answer, errorAnswer } from './answer.ts'
import { protocolError } from './service-error.ts'
import type { EngineState } from './state.ts'

const host = '127.0.0.1'
const maxBodyBytes = 16 * 1024 * 1024

export interface HttpListener {
  readonly endpoint: string
  close(): Promise<void>
}

/** Listens on a port, or on any that is free for 0. Rejects when the port is taken. */
export async function listen(state: EngineState, port: number): Promise<HttpListener> {
  const server = createServer((request, response) => {
    readBody(request).then(
      (text) => respond(response, text === undefined ? tooLarge() : reply(state, request, text)),
      () => response.destroy(), // the client is gone
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: actual } = server.address() as AddressInfo
  return { endpoint: `http://${host}:${actual}`, close: () => closeServer(server) }
}

function reply(state: EngineState, request: IncomingMessage, text: string): Answer {
  if (request.method !== 'POST') return errorAnswer(protocolError('UnknownOperationException', 'Requests are POSTed.', 404))
  const target = request.headers['x-amz-target']
  return answer(state, Array.isArray(target) ? target[0] : target, text)
}

/** The body as text, or `undefined` when it is too large; what is too much is read and dropped, so that the answer can be received. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= maxBodyBytes) chunks.push(chunk)
    else chunks.length = 0
  }
  return bytes <= maxBodyBytes ? Buffer.concat(chunks).toString('utf8') : undefined
}

const tooLarge = () => errorAnswer(protocolError('RequestEntityTooLargeException', 'A request is limited to 16 MB.', 413))

function respond(response: ServerResponse, { statusCode, headers, body }: Answer): void {
  response.writeHead(statusCode, { ...headers, 'x-amz-crc32': String(crc32(body)) }).end(body)
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
