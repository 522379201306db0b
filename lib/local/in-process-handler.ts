// The transport of an engine's own clients: hands the SDK's request to the engine and the answer back, with no socket in between.

import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { answer } from './answer.ts'
import type { EngineState } from './state.ts'

/** The SDK's interface of a transport, as far as this one has it. */
export interface RequestHandler {
  handle(request: HandledRequest): Promise<{ response: HandledResponse }>
  destroy(): void
}

interface HandledRequest {
  readonly headers: { readonly [name: string]: string }
  readonly body?: unknown
}

interface HandledResponse {
  readonly statusCode: number
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array
}

/** A busy client gives timers and sockets a turn this often. */
const turnMilliseconds = 10

/** Makes the transport. `stateOf` gives the engine's state, or throws when the engine is closed. */
export function inProcessHandler(stateOf: () => EngineState): RequestHandler {
  let lastPause = performance.now()
  let pause: Promise<void> | undefined
  // All that arrive meanwhile wait for the same pause and go on in their order; one each would run their successors one after another.
  const shareTurn = () => {
    pause ??= new Promise((resolve) => {
      setImmediate(() => {
        lastPause = performance.now()
        pause = undefined
        resolve()
      })
    })
    return pause
  }
  return {
    async handle(request) {
      if (pause !== undefined || performance.now() - lastPause > turnMilliseconds) await shareTurn()
      return { response: answer(stateOf(), request.headers['x-amz-target'], textOf(request.body)) }
    },
    destroy() {},
  }
}

/** What makes a client talk to the engine in process. Requests are not signed: nobody would check. */
export function inProcessConfig(endpoint: string, handler: RequestHandler): DynamoDBClientConfig {
  return {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    accountIdEndpointMode: 'disabled',
    defaultsMode: 'standard',
    requestHandler: handler as NonNullable<DynamoDBClientConfig['requestHandler']>,
    signer: { sign: async (request) => request },
  }
}

function textOf(body: unknown): string {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  return typeof body === 'string' ? body : ''
}
