// connect: the only place where a model meets a client. No request is sent until an operation is awaited.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { explainRead } from '../design/explain.ts'
import { explainTransaction } from '../design/explain-transaction.ts'
import type { Plan } from '../design/plan.ts'
import { planRead, type ReadPlan } from '../design/read-plan.ts'
import type { TransactionPlan } from '../design/transaction-plan.ts'
import { type Misfit, ValidationError } from '../errors.ts'
import type { AnyAccessPattern, PatternInput, PatternResult, PatternShape } from '../model/access-pattern.ts'
import type { AccessPatterns, ContextOf, Entities, Model, PlainEntities } from '../model/define-model.ts'
import type { WriteOperation, WriteResults } from '../model/entity-writes.ts'
import type { Operation } from '../model/operation.ts'
import type { ResolvedModel, ResolvedPattern } from '../model/resolved.ts'
import { checkedContext } from '../requests/context.ts'
import type { Unnamed } from '../schema/infer.ts'
import { batchGet } from './batch-get.ts'
import { batchWrite } from './batch-write.ts'
import type { Connection, OnMisfit } from './connection.ts'
import type { ConnectedEntity } from './entity-operations.ts'
import { type GetOperation, type GetResults, getOperation } from './get.ts'
import type { PageOptions } from './paging.ts'
import { collectionOperation, LazyPages, type OneOptions, oneOperation, type PageOperation } from './pattern-operations.ts'
import { applicationOperations } from './reserved-writes.ts'
import { type TransactWriteOptions, transactWrite } from './transact.ts'
import { transactGet } from './transact-get.ts'
import { transactionOperation } from './transaction-operation.ts'

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
  /** Chooses random shards: numbers from 0 up to and without 1, as Math.random gives them. Tests give their own. */
  readonly random?: () => number
}

/** The context, demanded where entities of the model have attributes `fromContext()`. */
export type ContextOption<Es extends Entities> = Es extends PlainEntities
  ? { readonly context?: undefined }
  : string extends keyof Es
    ? { readonly context?: ContextOf<Es> }
    : { readonly context: ContextOf<Es> }

/** A pattern, ready to be asked. One interface for all shapes, so that an exported pattern can be named in declarations. */
export interface PatternOperation<P extends AnyAccessPattern> {
  (input: PatternInput<P>, options?: Options[PatternShape<P>]): Answers<PatternResult<P>>[PatternShape<P>]
  /**
   * The plan of a read: key, index, filters, requests, entities in range and estimated cost. That of a transaction: its writes for an
   * example of its input, or the one that is given. `String(plan)` prints it.
   */
  explain(...example: Examples<PatternInput<P>>[PatternShape<P>]): Plans[PatternShape<P>]
}

/** What a pattern of each shape answers, and how it may be asked. */
interface Answers<Result> {
  readonly get: GetOperation<Result | undefined>
  readonly page: PageOperation<Result>
  readonly one: Operation<Result | undefined>
  readonly collection: Operation<Unnamed<Result & CollectionExtras>>
  readonly transaction: Operation<Result>
}
interface Options {
  readonly get: OneOptions
  readonly page: PageOptions
  readonly one: OneOptions
  readonly collection: PageOptions
  readonly transaction: TransactWriteOptions
}
/** What a plan can be asked for. */
interface Examples<Input> {
  readonly page: []
  readonly one: []
  readonly get: []
  readonly collection: []
  readonly transaction: [input?: Input]
}
interface Plans {
  readonly get: Plan
  readonly page: Plan
  readonly one: Plan
  readonly collection: Plan
  readonly transaction: TransactionPlan
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
  readonly entities: { readonly [N in keyof Es]: ConnectedEntity<Es[N]> }
  readonly patterns: { readonly [N in keyof Ps]: PatternOperation<Ps[N]> }
  /**
   * Items by key, any number of any entities, 100 to a request. The results stand where their operations stood. It is no transaction:
   * items are read one after the other. A `get` access pattern makes such an operation too.
   * @throws UnprocessedError with the operations that are left, and what was read
   *
   * @example const [order, user] = await shop.batchGet([Order.get(orderKey), User.get({ userId })])
   */
  batchGet<const T extends readonly GetOperation<unknown>[]>(operations: T): Operation<GetResults<T>>
  /**
   * Puts and deletes, any number of any entities, 25 to a request. No transaction, and no conditions: entities with a `version()` and
   * operations with a condition are refused. Gives the items of puts.
   * @throws UnprocessedError with the operations that are left; ValidationError
   *
   * @example await shop.batchWrite([...lines.map((line) => OrderItem.put(line)), Cart.delete({ cartId })])
   */
  batchWrite<const T extends readonly WriteOperation<unknown, 'put' | 'delete'>[]>(operations: T): Operation<WriteResults<T>>
  /**
   * Items by key as they were at one moment, up to 100 and 4 MB. Costs twice a consistent read.
   * @throws TransactionCanceledError with a reason for each operation
   *
   * @example const [from, to] = await shop.transactGet([Stock.get(here), Stock.get(there)])
   */
  transactGet<const T extends readonly GetOperation<unknown>[]>(operations: T): Operation<GetResults<T>>
  /**
   * All writes or none, up to 100. Gives the items of creates and puts.
   * @throws TransactionCanceledError with a reason for each operation; ContentionError, ValidationError
   *
   * @example
   * const [order] = await shop.transactWrite([
   *   Order.create({ userId, total: 20 }),
   *   Product.update({ productId }, { stock: add(-1) }, { if: { stock: { gte: 1 } } }),
   * ])
   */
  transactWrite<const T extends readonly WriteOperation<unknown>[]>(
    operations: T,
    options?: TransactWriteOptions,
  ): Operation<WriteResults<T>>
  /**
   * The same for another context, as for a server that serves many tenants: nothing is planned again. Operations of the two can't be part
   * of one batch or transaction, and a cursor of one is refused by the other.
   * @throws ValidationError
   *
   * @example const { Order } = shop.with({ tenantId }).entities
   */
  with(context: ContextOf<Es>): Connected<Es, Ps>
}

/**
 * Connects a model to DynamoDB.
 *
 * @example
 * const shop = connect(ecommerce, { client: new DynamoDBClient({}), tableName: 'ecommerce-production' })
 * const order = await shop.entities.Order.create({ customerId, total: 20 })
 *
 * const tenant = connect(platform, { client, context: { tenantId: 't1' } }) // where entities have tenantId: fromContext()
 */
export function connect<Es extends Entities, Ps extends AccessPatterns>(
  model: Model<Es, Ps>,
  options: NoInfer<ConnectOptions & ContextOption<Es>>,
): Connected<Es, Ps> {
  const { resolved } = model
  const settings = settingsOf(model, options)
  const planned = Object.keys(model.accessPatterns).map((name) => [name, plannedPattern(resolved, name)] as const)
  return connected(settings, planned, options.context)
}

type Settings = Omit<Connection, 'context'>

function settingsOf(model: Pick<Model, 'table' | 'resolved'>, options: ConnectOptions): Settings {
  checkOptions(options)
  return Object.freeze({
    model: model.resolved,
    // A document client sends plain commands as they are.
    client: options.client as DynamoDBClient,
    tableName: options.tableName ?? model.table.name,
    now: options.now ?? (() => new Date()),
    onMisfit: options.onMisfit,
    cursorSecret: options.cursorSecret,
    random: options.random ?? Math.random,
  })
}

/** What the operations of a model share when it is connected so. */
export function connectionOf(
  model: Pick<Model, 'table' | 'resolved'>,
  options: ConnectOptions & { readonly context?: object },
): Connection {
  return inContext(settingsOf(model, options), options.context)
}

function inContext(settings: Settings, context: object | undefined): Connection {
  return Object.freeze({ ...settings, context: checkedContext(settings.model, context) })
}

/** A pattern, planned for connections of any context. */
interface PlannedPattern {
  explain(example?: object): object
  run(connection: Connection, input: object, options: object): object
}

/** The model with its patterns planned, for a context. */
function connected<Es extends Entities, Ps extends AccessPatterns>(
  settings: Settings,
  planned: readonly (readonly [string, PlannedPattern])[],
  context: object | undefined,
): Connected<Es, Ps> {
  const connection = inContext(settings, context)
  const entities = Object.entries(settings.model.entities).map(([name, entity]) => [
    name,
    applicationOperations(connection, entity),
  ])
  const patterns = planned.map(([name, { explain, run }]) => {
    const ask = (input: object = {}, options: object = {}) => run(connection, input, options)
    return [name, Object.freeze(Object.assign(ask, { explain }))]
  })
  const operations: Omit<Connected<Es, Ps>, 'entities' | 'patterns'> = {
    batchGet: (operations) => batchGet(connection, operations),
    batchWrite: (operations) => batchWrite(connection, operations),
    transactGet: (operations) => transactGet(connection, operations),
    transactWrite: (operations, options) => transactWrite(connection, operations, options),
    with: (other) => connected(settings, planned, other),
  }
  return Object.freeze({
    entities: Object.freeze(Object.fromEntries(entities)),
    // Each pattern has the operation of its definition, from which its type is derived.
    patterns: Object.freeze(Object.fromEntries(patterns)) as Connected<Es, Ps>['patterns'],
    ...operations,
  })
}

function plannedPattern(model: ResolvedModel, name: string): PlannedPattern {
  const transaction = model.transactions[name]
  if (transaction !== undefined)
    return {
      explain: (example) =>
        explainTransaction(
          example === undefined ? transaction : { ...transaction, definition: { ...transaction.definition, example } },
        ),
      run: (connection, input, options) => transactionOperation(connection, transaction, input, options),
    }
  const plan = planRead(model, model.patterns[name] as ResolvedPattern)
  return {
    explain: () => explainRead(plan),
    run: (connection, input, options) => patternOperation(connection, plan, input, options),
  }
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
