// An embedded DynamoDB: in this process, in memory, on the loopback interface, ready in milliseconds.
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { createClock, type EngineClock } from './clock.ts'
import { loadDynalite } from './dynalite.ts'
import { FaultRules, type Faults } from './faults.ts'
import { type HttpListener, listen } from './http-listener.ts'
import { inProcessConfig, inProcessHandler } from './in-process-handler.ts'
import { defaultRequestLimit, type RequestLog, RequestLogWriter } from './request-log.ts'
import type { DataFolder, Service } from './service.ts'
import type { EngineState } from './state.ts'
import { makeStreamsClient, type StreamsClient } from './streams-client.ts'
import { sweepExpired } from './time-to-live.ts'

const closedMessage = 'This embedded engine is closed. Start another with startLocal().'

/** Options of `startLocal`. */
export interface LocalOptions {
  /** The port of the HTTP endpoint; any that is free by default. */
  port?: number
  /** Stops the engine's clock at this moment: a Date, or milliseconds since the epoch. By default it follows the system's. */
  clock?: Date | number
  /** How many requests `requests` keeps: 10,000 by default. With 0 there is no log. */
  requestLimit?: number
  /**
   * A folder to keep the data in, made when it is not there. Every change is written to it before its request is answered, so it outlives
   * the process, however that ends. By default the data is in memory only.
   */
  path?: string
}

/** A running engine. Tables are active as soon as they are created. */
export interface LocalEngine extends AsyncDisposable {
  /** Where any DynamoDB client can reach the engine: `http://127.0.0.1:port`. */
  readonly endpoint: string
  /** The clock that time to live and idempotency tokens are measured on. */
  readonly clock: EngineClock
  /** Faults on demand: throttling, partial batches, conflicts, errors, latency, lost connections. */
  readonly faults: Faults
  /** The requests that have been answered, and what they cost. */
  readonly requests: RequestLog
  /**
   * Makes a client of this engine. It talks to it in process, without HTTP; it is destroyed when the engine closes.
   * @param config Overrides, such as `maxAttempts`. With an `endpoint` or `requestHandler` of its own it uses that instead.
   */
  client(config?: DynamoDBClientConfig): DynamoDBClient
  /**
   * Makes a client of this engine's streams, in the same way. Needs the development dependency @aws-sdk/client-dynamodb-streams, and says
   * so when it is missing.
   */
  streamsClient(config?: DynamoDBClientConfig): StreamsClient
  /** Deletes every item whose time to live has passed on the engine's clock. Returns how many. */
  expire(): Promise<number>
  /** Stops the engine and forgets its data, unless it has a `path`. Requests fail from then on. Closing twice is closing once. */
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
  const closing = new AbortController()
  const state: EngineState = {
    dynalite: loadDynalite(),
    clock: createClock(options.clock),
    store: new Map(),
    tokens: new Map(),
    streams: new Map(),
  }
  const service: Service = {
    state,
    faults: new FaultRules(),
    requests: new RequestLogWriter(options.requestLimit ?? defaultRequestLimit),
    closing: closing.signal,
  }
  const folder = options.path === undefined ? undefined : await restore(service, options.path, options.clock)
  const kept: Service = { ...service, folder }
  try {
    return new Engine(kept, closing, await listen(kept, options.port ?? 0))
  } catch (error) {
    folder?.close()
    throw error
  }
}

/** Restores the data in a folder, and sets the clock again, which the restored changes have moved. */
async function restore(service: Service, path: string, start: Date | number | undefined): Promise<DataFolder> {
  const { openDataFolder } = await import('./data-folder.ts') // not needed to start in memory
  const folder = openDataFolder(path, service)
  if (start === undefined) service.state.clock.reset()
  else service.state.clock.set(start)
  return folder
}

class Engine implements LocalEngine {
  readonly endpoint: string
  readonly clock: EngineClock
  readonly faults: Faults
  readonly requests: RequestLog
  readonly #service: Service
  readonly #closing: AbortController
  readonly #listener: HttpListener
  readonly #clients: { destroy(): void }[] = []
  #closed: Promise<void> | undefined

  constructor(service: Service, closing: AbortController, listener: HttpListener) {
    this.#service = service
    this.#closing = closing
    this.#listener = listener
    this.endpoint = listener.endpoint
    this.clock = service.state.clock
    this.faults = service.faults
    this.requests = service.requests
  }

  client(config: DynamoDBClientConfig = {}): DynamoDBClient {
    const client = new DynamoDBClient(this.#config(config))
    this.#clients.push(client)
    return client
  }

  streamsClient(config: DynamoDBClientConfig = {}): StreamsClient {
    const client = makeStreamsClient(this.#config(config))
    this.#clients.push(client)
    return client
  }

  #config(config: DynamoDBClientConfig): DynamoDBClientConfig {
    this.#open()
    const own = inProcessConfig(
      this.endpoint,
      inProcessHandler(() => this.#open()),
    )
    if (config.endpoint !== undefined || config.requestHandler !== undefined) {
      delete own.requestHandler
      delete own.signer
    }
    return { ...own, ...config }
  }

  async expire(): Promise<number> {
    const { state, folder } = this.#open()
    const sweep = () => sweepExpired(state)
    return folder === undefined ? sweep() : folder.keep('expire', '', state.clock.now(), sweep)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#closing.abort(new Error(closedMessage))
    for (const client of this.#clients) client.destroy()
    await this.#listener.close()
    const { state, folder } = this.#service
    folder?.close()
    for (const data of [state.store, state.streams, state.tokens]) data.clear()
  }

  #open(): Service {
    if (this.#closing.signal.aborted) throw new Error(closedMessage)
    return this.#service
  }
}
