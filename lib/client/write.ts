// Writes of one item: what is sent, what a refusal means, and the bounded retries of updates that had to read first.

import { setTimeout as delay } from 'node:timers/promises'
import {
  ConditionalCheckFailedException,
  type DeleteItemInput,
  type PutItemInput,
  type UpdateItemInput,
} from '@aws-sdk/client-dynamodb'
import {
  ConditionFailedError,
  ContentionError,
  ItemExistsError,
  ItemNotFoundError,
  type SingletError,
  ValidationError,
  VersionConflictError,
} from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { operatorOf } from '../model/update-value.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import { completeInput, createRequest, type PutOptions, putRequest } from '../requests/item.ts'
import { type DeleteOptions, deleteRequest } from '../requests/single.ts'
import { planUpdate, stillHolds, type UpdateOptions, type UpdatePlan, updateRead, updateStep } from '../requests/update.ts'
import { applySchemas } from '../schema/standard-validation.ts'
import type { Connection } from './connection.ts'
import { decodeOrMisfit, readable } from './misfit.ts'
import { send } from './send.ts'

/** One try of a write: its request, and how to read the answer. */
export interface Attempt<O> {
  readonly request: { readonly Put: PutItemInput } | { readonly Update: UpdateItemInput } | { readonly Delete: DeleteItemInput }
  /** What a failed condition means, given the item that is there: try again, or an error. */
  refused(item: StoredItem | undefined): 'retry' | SingletError
  /** What awaiting the write gives, from the attributes that DynamoDB returned. */
  result(attributes: StoredItem | undefined): O
}

/** A write that can be tried, alone or in a transaction. */
export interface Write<O> {
  readonly entity: ResolvedEntity
  attempt(): Promise<Attempt<O>>
  /** The first request, without reading or sending anything. */
  params(): unknown
}

type Input = Readonly<Record<string, unknown>>

/** How often an update that reads first is tried while others keep changing the item. */
const maxAttempts = 12

/** Runs a write until it is done or refused. */
export async function runWrite<O>(connection: Connection, write: Write<O>): Promise<O> {
  for (let tries = 1; ; tries++) {
    const attempt = await write.attempt()
    try {
      return attempt.result(await sendAttempt(connection, write.entity, attempt))
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw tooLarge(error)
      const meaning = attempt.refused(error.Item)
      if (meaning !== 'retry') throw meaning
      if (tries === maxAttempts) throw new ContentionError(write.entity.name, keyOf(write.entity, attempt), tries)
      await backOff(tries)
    }
  }
}

/** Full jitter: a random wait of up to 5 ms, doubled with each try, 200 ms at most. */
export function backOff(tries: number): Promise<void> {
  return delay(Math.random() * Math.min(200, 5 * 2 ** tries))
}

async function sendAttempt(
  connection: Connection,
  entity: ResolvedEntity,
  { request }: Attempt<unknown>,
): Promise<StoredItem | undefined> {
  const origin = { entity: entity.name }
  if ('Put' in request) return (await send(connection, 'PutItem', request.Put, origin)).Attributes
  if ('Update' in request) return (await send(connection, 'UpdateItem', request.Update, origin)).Attributes
  return (await send(connection, 'DeleteItem', request.Delete, origin)).Attributes
}

/** An update can't know the item's size; DynamoDB tells. */
function tooLarge(error: unknown): unknown {
  const message = error instanceof Error && error.name === 'ValidationException' ? error.message : ''
  return /item size/i.test(message) ? new ValidationError('item-too-large', '', message, { cause: error }) : error
}

function keyOf(entity: ResolvedEntity, { request }: Attempt<unknown>): Input {
  const stored = 'Put' in request ? request.Put.Item : 'Update' in request ? request.Update.Key : request.Delete.Key
  return readable(entity, stored ?? {})
}

/** The input of a create or put, complete and with its Standard Schemas applied; a promise only when one of them is asynchronous. */
function complete(connection: Connection, entity: ResolvedEntity, input: Input, version: number): Input | Promise<Input> {
  const values = completeInput(entity, input, connection.now(), version)
  return entity.hasSchemas ? applySchemas(entity.definitions, values, 'whole') : values
}

/** The changes of an update with the Standard Schemas of their plain values applied. */
function validated(entity: ResolvedEntity, changes: Input): Input | Promise<Input> {
  if (!entity.hasSchemas) return changes
  const plain = Object.fromEntries(Object.entries(changes).filter(([, value]) => operatorOf(value) === undefined))
  const applied = applySchemas(entity.definitions, plain, 'partial')
  return applied instanceof Promise ? applied.then((values) => ({ ...changes, ...values })) : { ...changes, ...applied }
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
    entity,
    () => complete(connection, entity, input, 1),
    (values) => createRequest(entity, connection.tableName, values, options),
    (item, key) =>
      item === undefined && options.if !== undefined
        ? new ConditionFailedError(entity.name, key, undefined)
        : new ItemExistsError(entity.name, key, item && readable(entity, item)),
  )
}

/** `put`: replaces whatever is there. */
export function putWholeWrite(connection: Connection, entity: ResolvedEntity, input: Input, options: PutOptions): Write<object> {
  const { version: name } = entity
  const read = (name === undefined ? undefined : input?.[name]) as number | undefined
  const others = name === undefined ? input : { ...input, [name]: undefined }
  return putWrite(
    entity,
    () => complete(connection, entity, others, read === undefined ? 1 : read + 1),
    (values) => putRequest(entity, connection.tableName, values, options, read),
    (item, key) => refusal(entity, key, item, { version: read, versioned: name !== undefined }),
  )
}

function putWrite(
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
    entity,
    params: () => made ?? make(inTime(values())),
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
  const request = () => deleteRequest(entity, connection.tableName, key, options)
  return {
    entity,
    params: request,
    async attempt() {
      return {
        request: { Delete: request() },
        refused: (item) =>
          refusal(entity, keyFields(entity, key), item, { version: options.version, versioned: options.version !== undefined }),
        result: (attributes) => (attributes === undefined ? undefined : decodeOrMisfit(entity, attributes)),
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
  const planned = (values: Input) => planUpdate(entity, connection.tableName, key, values, options, connection.now())
  return {
    entity,
    params() {
      const step = updateStep(planned(inTime(validated(entity, changes))))
      if ('request' in step) return step.request
      throw new ValidationError(
        'not-allowed',
        step.reads.join(', '),
        'index keys depend on values that are not known, so this update reads before it writes. Pass them as { known } to have one request.',
      )
    },
    async attempt() {
      const plan = planned(await validated(entity, changes))
      const { request: Update, relies, expects } = await readStep(connection, plan)
      return {
        request: { Update },
        refused(item) {
          const given = Object.keys(options.known ?? {})
          const read = new Map([...relies].filter(([name]) => !given.includes(name)))
          const exists = item !== undefined
          if (read.size > 0 && exists && !stillHolds(plan, read, item)) return 'retry'
          if (options.upsert === true && expects !== 'either' && (expects === 'present') !== exists) return 'retry'
          if (!exists && options.upsert !== true) return new ItemNotFoundError(entity.name, keyFields(entity, key))
          return refusal(entity, keyFields(entity, key), item, {
            version: options.version,
            versioned: options.version !== undefined,
          })
        },
        result: (attributes) => decodeOrMisfit(entity, attributes ?? {}),
      }
    },
  }
}

async function readStep(
  connection: Connection,
  plan: UpdatePlan,
): Promise<Extract<ReturnType<typeof updateStep>, { request: unknown }>> {
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

function refusal(
  entity: ResolvedEntity,
  key: Input,
  item: StoredItem | undefined,
  { version, versioned }: { version: number | undefined; versioned: boolean },
): SingletError {
  const found = item && readable(entity, item)
  const current = entity.version === undefined ? undefined : found?.[entity.version]
  if (versioned && current !== version) return new VersionConflictError(entity.name, key, found, version)
  return new ConditionFailedError(entity.name, key, found)
}

function keyFields(entity: ResolvedEntity, input: Input): Input {
  return Object.fromEntries(entity.keyAttributes.map((name) => [name, input[name]]))
}
