// Writes of one item: what is sent, what a refusal means, and the bounded retries of updates that had to read first.
import {
  ConditionalCheckFailedException,
  type ConditionCheck,
  type DeleteItemInput,
  type PutItemInput,
  TransactionConflictException,
  type UpdateItemInput,
} from '@aws-sdk/client-dynamodb'
import {
  ConditionFailedError,
  ContentionError,
  ItemExistsError,
  ItemNotFoundError,
  type SingletError,
  ValidationError,
} from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { isPlainObject } from '../plain-object.ts'
import { isExpired } from '../requests/decode.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import { completeInput, createRequest, type PutOptions, putRequest } from '../requests/item.ts'
import { conditionCheckRequest, type DeleteOptions, deleteRequest } from '../requests/single.ts'
import { planUpdate, type ReadyUpdate, type UpdateOptions, type UpdatePlan, updateRead, updateStep } from '../requests/update.ts'
import { applySchemasToChanges } from '../requests/validate-changes.ts'
import { applySchemas } from '../schema/standard-validation.ts'
import { backOff, maxAttempts } from './back-off.ts'
import type { Connection } from './connection.ts'
import { decodeOrMisfit, readable } from './misfit.ts'
import { expectedVersion, keyFields, refusal, updateRefusal } from './refusal.ts'
import { send } from './send.ts'

export type WriteRequest =
  | { readonly Put: PutItemInput }
  | { readonly Update: UpdateItemInput }
  | { readonly Delete: DeleteItemInput }
  | { readonly ConditionCheck: ConditionCheck }

/** The operation that a write is. */
export type WriteKind = 'create' | 'put' | 'update' | 'delete' | 'conditionCheck'

/** One try of a write: its request, and how to read the answer. */
export interface Attempt<O> {
  readonly request: WriteRequest
  /** What a failed condition means, given the item that is there: try again, or an error. */
  refused(item: StoredItem | undefined): 'retry' | SingletError
  /** What awaiting the write gives, from the attributes that DynamoDB returned. */
  result(attributes: StoredItem | undefined): O
}

/** A write that can be tried, alone or in a transaction. */
export interface Write<O> {
  readonly kind: WriteKind
  readonly entity: ResolvedEntity
  /** Reads where it must, unless that is not allowed: then it throws the `ValidationError` of `request()`. */
  attempt(options?: { readonly mayRead: boolean }): Promise<Attempt<O>>
  /** The request that the first attempt sends. Throws a `ValidationError` where only reading or waiting would tell. */
  request(): WriteRequest
}

type Input = Readonly<Record<string, unknown>>

/** Runs a write until it is done or refused. */
export async function runWrite<O>(connection: Connection, write: Write<O>): Promise<O> {
  for (let tries = 1; ; tries++) {
    const attempt = await write.attempt()
    try {
      return attempt.result(await sendAttempt(connection, write.entity, attempt))
    } catch (error) {
      const meaning = meaningOf(error, attempt)
      if (meaning !== 'retry') throw meaning
      if (tries === maxAttempts) throw contention(write, attempt, tries)
      await backOff(tries)
    }
  }
}

/** What a failed request means. Nothing is written while a transaction holds the item, so that is tried again. */
function meaningOf(error: unknown, attempt: Attempt<unknown>): unknown {
  if (error instanceof ConditionalCheckFailedException) return attempt.refused(error.Item)
  return error instanceof TransactionConflictException ? 'retry' : (tooLarge(error) ?? error)
}

/** Others were faster each time. */
export function contention({ entity }: Write<unknown>, { request }: Attempt<unknown>, tries: number): ContentionError {
  return new ContentionError(entity.name, keyFields(entity, readable(entity, storedKeyOf(request))), tries)
}

/** An item with the key that a request is for. */
export function storedKeyOf(request: WriteRequest): StoredItem {
  if ('Put' in request) return request.Put.Item ?? {}
  const { Key } = 'Update' in request ? request.Update : 'Delete' in request ? request.Delete : request.ConditionCheck
  return Key ?? {}
}

async function sendAttempt(
  connection: Connection,
  entity: ResolvedEntity,
  { request }: Attempt<unknown>,
): Promise<StoredItem | undefined> {
  const origin = { entity: entity.name }
  if ('Put' in request) return (await send(connection, 'PutItem', request.Put, origin)).Attributes
  if ('Update' in request) return (await send(connection, 'UpdateItem', request.Update, origin)).Attributes
  if ('Delete' in request) return (await send(connection, 'DeleteItem', request.Delete, origin)).Attributes
  throw new ValidationError('not-allowed', '', 'A condition check is part of a transaction: give it to transactWrite().')
}

/** An update can't know the item's size; DynamoDB tells, in one wording for single writes and for the reasons of transactions. */
export function tooLarge(cause: unknown): ValidationError | undefined {
  const { name, message } = cause instanceof Error ? cause : { name: '', message: '' }
  if (name !== 'ValidationException' || !/item size/i.test(message)) return undefined
  return new ValidationError('item-too-large', '', message, { cause })
}

/** The input of a create or put, complete and with its Standard Schemas applied; a promise only when one of them is asynchronous. */
function complete(connection: Connection, entity: ResolvedEntity, input: Input, version: number): Input | Promise<Input> {
  const values = completeInput(entity, input, connection.now(), version)
  return entity.hasSchemas ? applySchemas(entity.definitions, values, 'whole') : values
}

/** The changes of an update with the Standard Schemas of their values applied. */
function validated(entity: ResolvedEntity, changes: Input): Input | Promise<Input> {
  return entity.hasSchemas && isPlainObject(changes) ? applySchemasToChanges(entity.definitions, changes) : changes
}

function inTime(input: Input | Promise<Input>): Input {
  if (input instanceof Promise) {
    input.catch(() => undefined)
    throw new ValidationError(
      'async-schema',
      '',
      'A schema of this entity is asynchronous, so there are no params() before it is awaited.',
    )
  }
  return input
}

/** `create`: refuses when the item exists. */
export function createWrite(connection: Connection, entity: ResolvedEntity, input: Input, options: PutOptions): Write<object> {
  return putWrite(
    'create',
    entity,
    () => complete(connection, entity, input, 1),
    (values) => createRequest(entity, connection.tableName, values, options, connection.now()),
    (item, key) =>
      options.if !== undefined && (item === undefined || isExpired(entity, item, connection.now()))
        ? new ConditionFailedError(entity.name, key, item && readable(entity, item))
        : new ItemExistsError(entity.name, key, item && readable(entity, item)),
  )
}

/** `put`: replaces whatever is there. */
export function putWholeWrite(connection: Connection, entity: ResolvedEntity, input: Input, options: PutOptions): Write<object> {
  const { version: name } = entity
  const read = (name === undefined ? undefined : input?.[name]) as number | undefined
  const others = name === undefined ? input : { ...input, [name]: undefined }
  return putWrite(
    'put',
    entity,
    () => complete(connection, entity, others, read === undefined ? 1 : read + 1),
    (values) => putRequest(entity, connection.tableName, values, options, read, connection.now()),
    (item, key) => refusal(entity, key, item, name === undefined ? undefined : { version: read }),
  )
}

function putWrite(
  kind: WriteKind,
  entity: ResolvedEntity,
  values: () => Input | Promise<Input>,
  request: (values: Input) => PutItemInput,
  refused: (item: StoredItem | undefined, key: Input) => SingletError,
): Write<object> {
  // Made once, so that what params() shows is what is sent: identifiers and times are generated with it.
  let made: PutItemInput | undefined
  const make = (values: Input) => {
    made ??= request(values)
    return made
  }
  return {
    kind,
    entity,
    request: () => ({ Put: made ?? make(inTime(values())) }),
    async attempt() {
      const Put = made ?? make(await values())
      const item = Put.Item ?? {}
      return {
        request: { Put },
        refused: (found) => refused(found, keyFields(entity, readable(entity, item))),
        result: () => decodeOrMisfit(entity, item),
      }
    },
  }
}

/** `delete`: answers the item that was there. */
export function deleteWrite(
  connection: Connection,
  entity: ResolvedEntity,
  key: Input,
  options: DeleteOptions,
): Write<object | undefined> {
  const request = () => ({ Delete: deleteRequest(entity, connection.tableName, key, options) })
  return {
    kind: 'delete',
    entity,
    request,
    async attempt() {
      return {
        request: request(),
        refused: (item) => refusal(entity, keyFields(entity, key), item, expectedVersion(options)),
        result: (attributes) => (attributes === undefined ? undefined : decodeOrMisfit(entity, attributes)),
      }
    },
  }
}

/** `conditionCheck`: writes nothing, and keeps a transaction from being done. */
export function conditionCheckWrite(
  connection: Connection,
  entity: ResolvedEntity,
  key: Input,
  condition: object,
): Write<undefined> {
  const request = () => ({ ConditionCheck: conditionCheckRequest(entity, connection.tableName, key, condition) })
  return {
    kind: 'conditionCheck',
    entity,
    request,
    async attempt() {
      return {
        request: request(),
        refused: (item) => refusal(entity, keyFields(entity, key), item, undefined),
        result: () => undefined,
      }
    },
  }
}

/** `update`: reads first where index keys depend on what is not known. */
export function updateWrite(
  connection: Connection,
  entity: ResolvedEntity,
  key: Input,
  changes: Input,
  options: UpdateOptions,
): Write<object> {
  // Made once, as in putWrite; an attempt after the first goes by the same input, time and defaults.
  let plan: UpdatePlan | undefined
  const planned = (values: Input) => {
    plan ??= planUpdate(entity, connection.tableName, key, values, options, connection.now())
    return plan
  }
  return {
    kind: 'update',
    entity,
    request: () => ({ Update: withoutReading(plan ?? planned(inTime(validated(entity, changes)))).request }),
    async attempt({ mayRead } = { mayRead: true }) {
      const current = plan ?? planned(await validated(entity, changes))
      const ready = mayRead ? await readyUpdate(connection, current) : withoutReading(current)
      return {
        request: { Update: ready.request },
        refused: (item) => updateRefusal(current, ready, keyFields(entity, key), item),
        result: (attributes) => decodeOrMisfit(entity, attributes ?? {}),
      }
    },
  }
}

/** The UpdateItem of an update that need not read. */
function withoutReading(plan: UpdatePlan): ReadyUpdate {
  const step = updateStep(plan)
  if ('request' in step) return step
  throw new ValidationError(
    'not-allowed',
    step.reads.join(', '),
    'index keys depend on values that are not known, so this update reads before it writes. Pass them as { known } to have one request.',
  )
}

/** The UpdateItem, after a consistent read where one is needed. */
async function readyUpdate(connection: Connection, plan: UpdatePlan): Promise<ReadyUpdate> {
  const step = updateStep(plan)
  if ('request' in step) return step
  const { Item } = await send(connection, 'GetItem', updateRead(plan, step.reads), { entity: plan.entity.name })
  if (Item === undefined && plan.options.upsert !== true)
    throw new ItemNotFoundError(plan.entity.name, readable(plan.entity, plan.key))
  const next = updateStep(plan, { names: step.reads, item: Item })
  if ('request' in next) return next
  throw new TypeError(
    `The update of ${plan.entity.name} asks for ${next.reads.join(', ')} after it has read ${step.reads.join(', ')}.`,
  )
}
