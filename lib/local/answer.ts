// From the bytes of a request to the bytes of its answer: what the HTTP listener and the in-process client have in common.

import { randomUUID } from 'node:crypto'
import { dispatch } from './operations.ts'
import { hideProto, showProto } from './proto-attribute.ts'
import { type ErrorBody, protocolError, serviceAnswer } from './service-error.ts'
import type { EngineState } from './state.ts'
import type { Params } from './wire.ts'

export interface Answer {
  readonly statusCode: number
  readonly headers: { readonly [name: string]: string }
  readonly body: Buffer
}

/** Answers one request, read completely. `target` is the header `x-amz-target`. Never throws. */
export function answer(state: EngineState, target: string | undefined, text: string): Answer {
  try {
    const operation = /^DynamoDB(?:Streams)?_20120810\.(\w+)$/.exec(target ?? '')?.[1]
    if (operation === undefined) throw protocolError('UnknownOperationException', `There is no operation ${target ?? ''}.`)
    return encode(200, dispatch(state, operation, parseBody(text)))
  } catch (error) {
    return errorAnswer(error)
  }
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

function parseBody(text: string): Params {
  let params: unknown
  try {
    params = JSON.parse(hideProto(text))
  } catch (error) {
    throw protocolError('SerializationException', `The body is not JSON: ${error instanceof Error ? error.message : error}`)
  }
  if (typeof params === 'object' && params !== null && !Array.isArray(params)) return params as Params
  throw protocolError('SerializationException', 'The body is not a JSON object.')
}

function encode(statusCode: number, reply: Params): Answer {
  const body = Buffer.from(showProto(JSON.stringify(reply)))
  return {
    statusCode,
    body,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': String(body.length),
      'x-amzn-requestid': randomUUID(),
    },
  }
}
