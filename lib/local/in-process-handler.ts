// The transport of an engine's own clients: hands the SDK's request to the engine and the answer back, with no socket in between.
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { type Answered, answer } from './answer.ts'
import { lostConnection } from './fault-effects.ts'
import type { Service } from './service.ts'

/** The SDK's interface of a transport, as far as this one has it. */
export interface RequestHandler {
  handle(request: HandledRequest, options?: HandlerOptions): Promise<{ response: HandledResponse }>
  destroy(): void
}

interface HandledRequest {
  readonly headers: { readonly [name: string]: string }
  readonly body?: unknown
}

interface HandlerOptions {
  readonly abortSignal?: AbortSignal
}

interface HandledResponse {
  readonly statusCode: number
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array
}

/** A busy client gives timers and sockets a turn this often. */
const turnMilliseconds = 10

/** Makes the transport. `serviceOf` gives what answers, or throws when the engine is closed. */
export function inProcessHandler(serviceOf: () => Service): RequestHandler {
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
    async handle(request, { abortSignal } = {}) {
      if (pause !== undefined || performance.now() - lastPause > turnMilliseconds) await shareTurn()
      if (abortSignal?.aborted === true) throw aborted()
      const answered = answer(serviceOf(), request.headers['x-amz-target'], textOf(request.body))
      const response = answered instanceof Promise ? await unlessAborted(answered, abortSignal) : answered
      if (response === undefined) throw lostConnection()
      return { response: { ...response, body: Buffer.from(response.body) } }
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

/** What the SDK's own transports reject with when the caller gives up. */
const aborted = () => Object.assign(new Error('Request aborted'), { name: 'AbortError' })

/** Waits for an answer that is late, or until the caller gives up. */
async function unlessAborted(answered: Promise<Answered>, signal: AbortSignal | undefined): Promise<Answered> {
  if (signal === undefined) return answered
  let giveUp = () => {}
  const givenUp = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(aborted())
    signal.addEventListener('abort', giveUp)
  })
  try {
    return await Promise.race([answered, givenUp])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

function textOf(body: unknown): string {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  return typeof body === 'string' ? body : ''
}
