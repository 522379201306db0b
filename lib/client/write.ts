// Writes of one item: what is sent, and what it means that it was refused or that its answer was lost.
import { randomUUID } from 'node:crypto'
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb'
import { ConditionFailedError, ContentionError, ItemExistsError, OutcomeUnknownError, ValidationError } from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { companionChanges, companionDependencies, companionItemsFound, hasCompanions } from '../requests/companion-items.ts'
import { withContext } from '../requests/context.ts'
import { isAsFound, type Reading } from '../requests/found.ts'
import { primaryKey, type StoredItem } from '../requests/index-keys.ts'
import { checkedKey, conditionCheckRequest, type DeleteOptions, deleteRequest } from '../requests/single.ts'
import { evaluated, verdicts } from './cancellation.ts'
import { type Companion, companionsOf, type OthersCompanions } from './companions.ts'
import type { Input } from './complete-input.ts'
import type { Connection } from './connection.ts'
import { Delivery } from './delivery.ts'
import { decodeOrMisfit, readable } from './misfit.ts'
import { type Meaning, persist } from './persist.ts'
import { comparedNames, readFound, readsFirst } from './read-found.ts'
import { expectedVersion, keyFields, refusal, tooLarge } from './refusal.ts'
import { send } from './send.ts'
import { transactItem } from './transact-item.ts'
import { type Attempt, storedKeyOf, type Write } from './write-request.ts'

/** A write that is ready to be sent, with the token that it is sent under when it is a transaction. */
interface Prepared<O> {
  readonly attempt: Attempt<O>
  readonly companions: readonly Companion[]
  readonly token: string
}

/** Runs a write until it is done or refused. What must be written with it makes it a transaction of its own. */
export async function runWrite<O>(connection: Connection, write: Write<O>): Promise<O> {
  const delivery = new Delivery()
  const ofOthers: OthersCompanions = new Set()
  const [{ attempt, companions }, attributes] = await persist<Prepared<O>, StoredItem | undefined>(delivery, {
    prepare: async () => {
      const attempt = await write.attempt({ alone: true })
      return { attempt, companions: companionsOf(connection, [attempt], ofOthers), token: randomUUID() }
    },
    send: (prepared) => sendPrepared(connection, write.entity, prepared, delivery),
    meaning: (error, prepared) => meaningOf(error, prepared, delivery),
    exhausted: (error, { attempt }, tries) => (isTraffic(error) ? error : contention(write, attempt, tries)),
    unknown: (error, { attempt }) => outcomeUnknown(error, write, attempt),
  })
  // There is no item now. Whether this write has deleted one, which it should answer, was in the answer that was lost.
  if (delivery.lost && attributes === undefined && companions.length === 0 && 'Delete' in attempt.request)
    throw outcomeUnknown(undefined, write, attempt)
  return attempt.result(attributes)
}

/** What a failed request means. Nothing is written while a transaction holds the item, so the same is tried again. */
function meaningOf(error: unknown, { attempt, companions }: Prepared<unknown>, delivery: Delivery): Meaning {
  if (error instanceof TransactionConflictException) return 'again'
  if (error instanceof ConditionalCheckFailedException) {
    const meaning = attempt.refused(error.Item)
    if (meaning !== 'retry') return { error: meaning }
    // What looks overtaken by others may be this write's own doing; to count from there would be to count twice.
    return delivery.lost && attempt.accumulates === true ? { error } : 'anew'
  }
  if (!(error instanceof TransactionCanceledException)) return { error: tooLarge(error) ?? error }
  if (evaluated(error)) delivery.settle()
  const [verdict] = verdicts(error.CancellationReasons ?? [], [attempt], companions)
  if (verdict?.meaning !== 'retry') return { error: verdict?.meaning ?? error }
  return evaluated(error) ? 'anew' : 'again'
}

function outcomeUnknown(cause: unknown, { entity }: Write<unknown>, { request }: Attempt<unknown>): OutcomeUnknownError {
  const key = keyFields(entity, readable(entity, storedKeyOf(request)))
  const item =
    cause instanceof ConditionalCheckFailedException
      ? cause.Item && readable(entity, cause.Item)
      : cause instanceof ConditionFailedError || cause instanceof ItemExistsError
        ? cause.item
        : undefined
  return new OutcomeUnknownError(entity.name, key, item, cause === undefined ? undefined : { cause })
}

/** Whether a transaction was cancelled for nothing but too much traffic. */
function isTraffic(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false
  return !error.CancellationReasons?.some(({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict')
}

/** Others were faster each time. */
export function contention({ entity }: Write<unknown>, { request }: Attempt<unknown>, tries: number): ContentionError {
  return new ContentionError(entity.name, keyFields(entity, readable(entity, storedKeyOf(request))), tries)
}

async function sendPrepared(
  connection: Connection,
  entity: ResolvedEntity,
  { attempt, companions, token }: Prepared<unknown>,
  delivery: Delivery,
): Promise<StoredItem | undefined> {
  const origin = { entity: entity.name }
  const { request } = attempt
  if (companions.length > 0) {
    const items = [request, ...companions.map((companion) => companion.request)].map(transactItem)
    const transaction = { TransactItems: items, ClientRequestToken: token }
    await send(connection, 'TransactWriteItems', transaction, origin, { delivery, repeatable: true })
    return undefined
  }
  const sending = { delivery, repeatable: attempt.repeatable ?? attempt.accumulates !== true }
  if ('Update' in request) return (await send(connection, 'UpdateItem', request.Update, origin, sending)).Attributes
  if ('Delete' in request) return (await send(connection, 'DeleteItem', request.Delete, origin, sending)).Attributes
  if ('ConditionCheck' in request)
    throw new ValidationError('not-allowed', '', 'A condition check is part of a transaction: give it to transactWrite().')
  try {
    return (await send(connection, 'PutItem', request.Put, origin, sending)).Attributes
  } catch (error) {
    // Sent again after a lost answer, it has met its own effect.
    if (delivery.lost && error instanceof ConditionalCheckFailedException && isOwn(attempt, error.Item)) return undefined
    throw error
  }
}

function isOwn(attempt: Attempt<unknown>, item: StoredItem | undefined): boolean {
  return item !== undefined && attempt.isOwn?.(item) === true
}

/** `delete`: answers the item that was there. The guards and copies that it had must be known, so that it is read first where there are any. */
export function deleteWrite(
  connection: Connection,
  entity: ResolvedEntity,
  key: Input,
  options: DeleteOptions,
): Write<object | undefined> {
  const whole = () => withContext(entity, connection.context, key)
  const accompanied = hasCompanions(entity)
  const request = (found?: Reading) => ({ Delete: deleteRequest(entity, connection.tableName, whole(), options, found) })
  return {
    kind: 'delete',
    entity,
    request() {
      const whole = request()
      if (accompanied) throw readsFirst(entity)
      return whole
    },
    async attempt({ alone = false, mayRead = true } = {}) {
      if (accompanied && !mayRead) throw readsFirst(entity)
      // A transaction does not answer what it has deleted, so that it must be known in whole.
      const names = alone ? Object.keys(entity.attributes) : companionDependencies(entity)
      const read = accompanied
        ? await readFound(connection, entity, primaryKey(entity, checkedKey(entity, whole())), names)
        : undefined
      const found = read && alone ? { ...read, names: comparedNames(entity) } : read
      return {
        request: request(found),
        companions: companionChanges(companionItemsFound(entity, found?.item, connection.now()), []),
        refused: (item) =>
          found !== undefined && !isAsFound(entity, found, item)
            ? 'retry'
            : refusal(entity, keyFields(entity, key), item, expectedVersion(options)),
        result: (attributes) => {
          const item = attributes ?? found?.item
          return item === undefined ? undefined : decodeOrMisfit(entity, item)
        },
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
  const whole = () => withContext(entity, connection.context, key)
  const request = () => ({ ConditionCheck: conditionCheckRequest(entity, connection.tableName, whole(), condition) })
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
