// An embedded DynamoDB: in this process, in memory, on the loopback interface, ready in milliseconds.

import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { createClock, type EngineClock } from './clock.ts'
import { loadDynalite } from './dynalite.ts'
import { type HttpListener, listen } from './http-listener.ts'
import { inProcessConfig, inProcessHandler } from './in-process-handler.ts'
import type { EngineState } from './state.ts'
import { sweepExpired } from './time-to-live.ts'

/** Options of `startLocal`. */
export interface LocalOptions {
  /** The port of the HTTP endpoint; any that is free by default. */
  port?: number
  /** Stops the engine's clock at this moment: a Date, or milliseconds since the epoch. By default it follows the system's. */
  clock?: Date | number
}

/** A running engine. Tables are active as soon as they are created. */
export interface LocalEngine extends AsyncDisposable {
  /** Where any DynamoDB client can reach the engine: `http://127.0.0.1:port`. */
  readonly endpoint: string
  /** The clock that time to live and idempotency tokens are measured on. */
  readonly clock: EngineClock
  /**
   * Makes a client of this engine. It talks to it in process, without HTTP; it is destroyed when the engine closes.
   * @param config Overrides, such as `maxAttempts`. With an `endpoint` or `requestHandler` of its own it uses that instead.
   */
  client(config?: DynamoDBClientConfig): DynamoDBClient
  /** Deletes every item whose time to live has passed on the engine's clock. Returns how many. */
  expire(): Promise<number>
  /** Stops the engine and forgets its data. Requests fail from then on. Closing twice is closing once. */
  close(): Promise<void>
}

/**
 * Starts an embedded DynamoDB. Needs the development dependency dynalite 4.0.0, and says so when it is missing.
 *
 * @example
 * const engine = await startLocal()
 * const client = engine.client()
 * // … CreateTable, PutItem, Query, TransactWriteItems, …
 * await engine.close()
 */
export async function startLocal(options: LocalOptions = {}): Promise<LocalEngine> {
  const state: EngineState = {
    dynalite: loadDynalite(),
    clock: createClock(options.clock),
    store: new Map(),
    tokens: new Map(),
  }
  return new Engine(state, await listen(state, options.port ?? 0))
}

class Engine implements LocalEngine {
  readonly endpoint: string
  readonly clock: EngineClock
  readonly #listener: HttpListener
  readonly #clients: DynamoDBClient[] = []
  #state: EngineState | undefined
  #closing: Promise<void> | undefined

  constructor(state: EngineState, listener: HttpListener) {
    this.#state = state
    this.#listener = listener
    this.endpoint = listener.endpoint
    this.clock = state.clock
  }

  client(config: DynamoDBClientConfig = {}): DynamoDBClient {
    this.#open()
    const own = inProcessConfig(
      this.endpoint,
      inProcessHandler(() => this.#open()),
    )
    if (config.endpoint !== undefined || config.requestHandler !== undefined) {
      delete own.requestHandler
      delete own.signer
    }
    const client = new DynamoDBClient({ ...own, ...config })
    this.#clients.push(client)
    return client
  }

  async expire(): Promise<number> {
    return sweepExpired(this.#open())
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#state = undefined
    for (const client of this.#clients) client.destroy()
    await this.#listener.close()
  }

  #open(): EngineState {
    if (this.#state === undefined) throw new Error('This embedded engine is closed. Start another with startLocal().')
    return this.#state
  }
}
