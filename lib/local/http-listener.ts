// The engine's HTTP endpoint: a thin shell that reads a request completely before it is looked at, on the loopback interface only.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Answered, answer, errorAnswer } from './answer.ts'
import { crc32 } from './crc32.ts'
import type { Service } from './service.ts'
import { protocolError } from './service-error.ts'

const host = '127.0.0.1'
const maxBodyBytes = 16 * 1024 * 1024
/** Longer than clients keep idle sockets, so that none is closed under a request. */
const keepAliveMilliseconds = 65_000

export interface HttpListener {
  readonly endpoint: string
  close(): Promise<void>
}

/** Listens on a port, or on any that is free for 0. Rejects when the port is taken. */
export async function listen(service: Service, port: number): Promise<HttpListener> {
  const server = createServer({ keepAliveTimeout: keepAliveMilliseconds }, (request, response) => {
    const drop = () => response.destroy() // the client is gone, or the engine closes
    request.on('error', drop)
    readBody(request, (body) => serve(service, request, response, body).catch(drop))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: actual } = server.address() as AddressInfo
  return { endpoint: `http://${host}:${actual}`, close: () => closeServer(server) }
}

async function serve(service: Service, request: IncomingMessage, response: ServerResponse, body?: string): Promise<void> {
  if (body === undefined) return respond(response, tooLarge())
  if (request.method === 'GET') return respondText(response, 200, 'healthy: dynamodb.us-east-1.amazonaws.com ')
  if (request.method !== 'POST' || (body !== '' && !isJson(request))) {
    return respondText(response, 404, '<UnknownOperationException/>\n')
  }
  const target = request.headers['x-amz-target']
  const answered = answer(service, Array.isArray(target) ? target[0] : target, body)
  respond(response, answered instanceof Promise ? await answered : answered)
}

/** Requiring this also keeps web pages out: a browser asks first before it sends such a type to another origin. */
function isJson({ headers }: IncomingMessage): boolean {
  const type = headers['content-type']?.split(';')[0]?.trim()
  return type === 'application/x-amz-json-1.0' || type === 'application/json'
}

/**
 * Passes the body on as text, or `undefined` when it is too large; what is too much is read and dropped, so that the answer can be
 * received. By events: to iterate over the request would cost as much as to answer it.
 */
function readBody(request: IncomingMessage, done: (body?: string) => void): void {
  const chunks: Buffer[] = []
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= maxBodyBytes) chunks.push(chunk)
    else chunks.length = 0
  })
  request.on('end', () => done(bytes <= maxBodyBytes ? Buffer.concat(chunks).toString('utf8') : undefined))
}

const tooLarge = () => errorAnswer(protocolError('RequestEntityTooLargeException', 'A request is limited to 16 MB.', 413))

/** Text, not bytes: Node.js then sends it in one piece with the headers. */
function respond(response: ServerResponse, answered: Answered): void {
  if (answered === undefined) response.destroy()
  else {
    const { statusCode, headers, body } = answered
    response.writeHead(statusCode, { ...headers, 'x-amz-crc32': String(crc32(body)) }).end(body)
  }
}

/** What DynamoDB says below its protocol is no JSON. */
function respondText(response: ServerResponse, statusCode: number, text: string): void {
  response.writeHead(statusCode, { 'content-length': Buffer.byteLength(text), 'x-amz-crc32': String(crc32(text)) }).end(text)
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
