// connect: the only place where a model meets a client. No request is sent until an operation is awaited.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { explainRead } from '../design/explain.ts'
import type { Plan } from '../design/plan.ts'
import { planRead, type ReadPlan } from '../design/read-plan.ts'
import { type Misfit, ValidationError } from '../errors.ts'
import type { AnyAccessPattern, PatternInput, PatternResult, PatternShape } from '../model/access-pattern.ts'
import type { AccessPatterns, Entities, Model } from '../model/define-model.ts'
import type { Unnamed } from '../schema/infer.ts'
import type { Connection, OnMisfit } from './connection.ts'
import { type EntityOperations, entityOperations, getOperation, type WriteOperation } from './entity-operations.ts'
import type { Operation } from './operation.ts'
import type { PageOptions } from './paging.ts'
import { collectionOperation, LazyPages, type OneOptions, oneOperation, type PageOperation } from './pattern-operations.ts'
import { transactWrite } from './transact.ts'

export interface ConnectOptions {
  /** The SDK's client; a document client is accepted too. Its retries, region and credentials apply. */
  readonly client: DynamoDBClient | DynamoDBDocumentClient
  /** The table's name in this environment. Default: that of `defineTable`. */
  readonly tableName?: string
  /** Encrypts and authenticates cursors (AES-256-GCM), so that callers can neither read nor forge the keys in them. */
  readonly cursorSecret?: string
  /**
   * What happens with stored items that do not fit their entity. By default pages arrive without them and list them in `page.misfits`,
   * while reads of a single item throw.
   */
  readonly onMisfit?: OnMisfit
  /** The clock for times, expiry and identifiers; tests give their own. */
  readonly now?: () => Date
}

/** A pattern, ready to be asked. One interface for all shapes, so that an exported pattern can be named in declarations. */
export interface PatternOperation<P extends AnyAccessPattern> {
  (input: PatternInput<P>, options?: Options[PatternShape<P>]): Answers<PatternResult<P>>[PatternShape<P>]
  /** The plan: key, index, filters, requests, entities in range and estimated cost. `String(plan)` prints it. */
  explain(): Plan
}

/** What a pattern of each shape answers, and how it may be asked. */
interface Answers<Result> {
  readonly page: PageOperation<Result>
  readonly one: Operation<Result | undefined>
  readonly collection: Operation<Unnamed<Result & CollectionExtras>>
}
interface Options {
  readonly page: PageOptions
  readonly one: OneOptions
  readonly collection: PageOptions
}

/** What an item collection has besides its members. */
export interface CollectionExtras {
  /** Where to go on, when a `limit` left something to read. */
  readonly cursor?: string
  /** Stored items in the range that do not fit, when there are any. */
  readonly misfits?: readonly Misfit[]
}

/** A model with a client: its entities and patterns, ready to run. */
export interface Connected<Es extends Entities, Ps extends AccessPatterns> {
  readonly entities: { readonly [N in keyof Es]: EntityOperations<Es[N]> }
  readonly patterns: { readonly [N in keyof Ps]: PatternOperation<Ps[N]> }
  /**
   * All writes or none, up to 100.
   * @throws TransactionCanceledError with a reason for each operation
   */
  transactWrite(operations: readonly WriteOperation<unknown>[]): Operation<void>
}

/**
 * Connects a model to DynamoDB.
 *
 * @example
 * const shop = connect(ecommerce, { client: new DynamoDBClient({}), tableName: 'ecommerce-production' })
 * const order = await shop.entities.Order.create({ customerId, total: 20 })
 */
export function connect<Es extends Entities, Ps extends AccessPatterns>(
  model: Model<Es, Ps>,
  options: ConnectOptions,
): Connected<Es, Ps> {
  const { resolved } = model
  checkOptions(options)
  const connection: Connection = Object.freeze({
    model: resolved,
    // A document client sends plain commands as they are.
    client: options.client as DynamoDBClient,
    tableName: options.tableName ?? model.table.name,
    now: options.now ?? (() => new Date()),
    onMisfit: options.onMisfit,
    cursorSecret: options.cursorSecret,
  })
  const entities = Object.entries(resolved.entities).map(([name, entity]) => [name, entityOperations(connection, entity)])
  const patterns = Object.values(resolved.patterns).map((pattern) => {
    const plan = planRead(resolved, pattern)
    const run = (input: object = {}, options: PageOptions = {}) => patternOperation(connection, plan, input, options)
    return [pattern.name, Object.freeze(Object.assign(run, { explain: () => explainRead(plan) }))]
  })
  return Object.freeze({
    entities: Object.freeze(Object.fromEntries(entities)),
    patterns: Object.freeze(Object.fromEntries(patterns)),
    transactWrite: (operations: readonly WriteOperation<unknown>[]) => transactWrite(connection, operations),
  })
}

function checkOptions({ client, cursorSecret }: ConnectOptions): void {
  if (typeof client?.send !== 'function')
    throw new ValidationError('wrong-type', 'client', 'expected a DynamoDBClient or a DynamoDBDocumentClient.')
  // Whoever knows the code knows an empty secret.
  if (cursorSecret !== undefined && (typeof cursorSecret !== 'string' || cursorSecret === ''))
    throw new ValidationError('wrong-type', 'cursorSecret', 'expected text that is not empty. Leave it out for plain cursors.')
}

function patternOperation(connection: Connection, plan: ReadPlan, input: object, options: PageOptions): Operation<unknown> {
  const { definition, name } = plan
  switch (definition.kind) {
    case 'get': {
      const [entity] = plan.wanted.values()
      if (entity === undefined) throw new TypeError(`${name} has no entity.`)
      const { consistent = definition.consistent, includeExpired, onMisfit } = options
      const { select } = definition
      const getOptions = {
        consistent,
        ...(select && { select }),
        ...(includeExpired && { includeExpired }),
        ...(onMisfit && { onMisfit }),
      }
      return getOperation(connection, entity, input as Record<string, unknown>, getOptions, name)
    }
    case 'itemCollection':
      return collectionOperation(connection, plan, input, options)
    case 'query':
      return definition.one ? oneOperation(connection, plan, input, options) : new LazyPages(connection, plan, input, options)
    case 'scan':
      return new LazyPages(connection, plan, input, options)
  }
}
