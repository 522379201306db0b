// From the bytes of a request to the bytes of its answer: what the HTTP listener and the in-process client have in common.
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { Latency } from './fault.ts'
import type { Strike } from './faults.ts'
import { type Effect, perform } from './perform.ts'
import { hideProto, showProto } from './proto-attribute.ts'
import type { ReceivedRequest, Service } from './service.ts'
import { type ErrorBody, protocolError, serviceAnswer } from './service-error.ts'
import type { Params } from './wire.ts'

export interface Answer {
  readonly statusCode: number
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

/** What a transport does next: it sends an answer or, for `undefined`, drops the connection. */
export type Answered = Answer | undefined

/**
 * Answers one request, read completely. `target` is the header `x-amz-target`. Never throws. A promise only when latency is injected;
 * it rejects when the engine closes meanwhile.
 */
export function answer(service: Service, target: string | undefined, body: string): Answered | Promise<Answered> {
  const operation = operationOf(target)
  const request = { operation: operation ?? '', body, params: {} }
  try {
    if (body !== '') request.params = parseBody(body)
    if (operation === undefined) throw protocolError('UnknownOperationException', `There is no operation ${target ?? ''}.`)
    if (body === '') throw protocolError('SerializationException', 'There is no body.')
    const strike = service.faults.strike(request.operation, request.params)
    if (strike?.fault.kind === 'latency') return answerLate(service, request, strike, strike.fault)
    return conclude(service, request, perform(service, request, strike), strike)
  } catch (error) {
    return conclude(service, request, { error, read: 0, write: 0 })
  }
}

async function answerLate(service: Service, request: ReceivedRequest, strike: Strike, { milliseconds, when }: Latency) {
  const wait = () =>
    setTimeout(milliseconds, undefined, { signal: service.closing }).catch(() => {
      throw service.closing.reason
    })
  if (when === 'before') await wait()
  const answered = conclude(service, request, perform(service, request, strike), strike)
  if (when !== 'before') await wait()
  return answered
}

/** Logs a request, and makes the answer to it of what it has come to. */
function conclude(service: Service, { operation, body }: ReceivedRequest, effect: Effect, strike?: Strike): Answered {
  const answered =
    effect.lost === true ? undefined : effect.error === undefined ? encode(200, effect.reply ?? {}) : errorAnswer(effect.error)
  const { read, write } = effect
  service.requests.add({ operation, body, read, write, outcome: outcomeOf(effect), fault: strike?.fault })
  return answered
}

function outcomeOf({ error, lost }: Effect): string {
  if (lost === true) return 'TimeoutError'
  return error === undefined ? 'ok' : (serviceAnswer(error)?.body.__type.split('#').at(-1) ?? 'InternalServerError')
}

/** The answer to a request that failed, with what DynamoDB would say or, for a fault of the engine, what went wrong. */
export function errorAnswer(error: unknown): Answer {
  const known = serviceAnswer(error)
  if (known !== undefined) return encode(known.statusCode, known.body)
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const body: ErrorBody = {
    __type: 'com.amazon.coral.service#InternalServerError',
    message: `The embedded engine failed: ${message}`,
  }
  return encode(500, body)
}

const operationOf = (target = '') => /^DynamoDB(?:Streams)?_20120810\.(\w+)$/.exec(target)?.[1]

/** The parameters in a body. Throws a SerializationException when there are none. */
export function parseBody(body: string): Params {
  let params: unknown
  try {
    params = JSON.parse(hideProto(body))
  } catch (error) {
    throw protocolError('SerializationException', `The body is not JSON: ${error instanceof Error ? error.message : error}`)
  }
  if (typeof params === 'object' && params !== null && !Array.isArray(params)) return params as Params
  throw protocolError('SerializationException', 'The body is not a JSON object.')
}

function encode(statusCode: number, reply: Params): Answer {
  const body = showProto(JSON.stringify(reply))
  return {
    statusCode,
    body,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': String(Buffer.byteLength(body)),
      'x-amzn-requestid': randomUUID(),
    },
  }
}
