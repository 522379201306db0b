// Writes of one item: what is sent, what a refusal means, and the bounded retries of updates that had to read first.
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb'
import { ContentionError, OutcomeUnknownError, ValidationError } from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { isAsFound, type Reading } from '../requests/found.ts'
import { primaryKey, type StoredItem } from '../requests/index-keys.ts'
import { checkedKey, conditionCheckRequest, type DeleteOptions, deleteRequest } from '../requests/single.ts'
import { guardChanges, guardDependencies, guardsFound } from '../requests/unique.ts'
import { backOff, maxAttempts } from './back-off.ts'
import { verdicts } from './cancellation.ts'
import { type Companion, companionsOf } from './companions.ts'
import type { Input } from './complete-input.ts'
import type { Connection } from './connection.ts'
import { decodeOrMisfit, readable } from './misfit.ts'
import { readFound, readsFirst } from './read-found.ts'
import { expectedVersion, keyFields, refusal, tooLarge } from './refusal.ts'
import { send } from './send.ts'
import { transactItem } from './transact-item.ts'
import { type Attempt, storedKeyOf, type Write } from './write-request.ts'

/** Runs a write until it is done or refused. What must be written with it makes it a transaction of its own. */
export async function runWrite<O>(connection: Connection, write: Write<O>): Promise<O> {
  for (let tries = 1; ; tries++) {
    const attempt = await write.attempt({ alone: true })
    const companions = companionsOf(connection, [attempt])
    try {
      return attempt.result(await sendAttempt(connection, write.entity, attempt, companions))
    } catch (error) {
      const meaning = isAmbiguous(error, attempt) ? outcomeUnknown(error, write, attempt) : meaningOf(error, attempt, companions)
      if (meaning !== 'retry') throw meaning
      if (tries === maxAttempts) throw isTraffic(error) ? error : contention(write, attempt, tries)
      await backOff(tries)
    }
  }
}

/** What a failed request means. Nothing is written while a transaction holds the item, so that is tried again. */
function meaningOf(error: unknown, attempt: Attempt<unknown>, companions: readonly Companion[]): unknown {
  if (error instanceof ConditionalCheckFailedException) return attempt.refused(error.Item)
  if (error instanceof TransactionCanceledException)
    return verdicts(error.CancellationReasons ?? [], [attempt], companions)[0]?.meaning ?? error
  return error instanceof TransactionConflictException ? 'retry' : (tooLarge(error) ?? error)
}

/** A request that the SDK repeated may have met its own effect: what looks overtaken by others may be done. */
function isAmbiguous(error: unknown, attempt: Attempt<unknown>): error is ConditionalCheckFailedException {
  if (!(error instanceof ConditionalCheckFailedException) || attempt.accumulates !== true) return false
  return (error.$metadata.attempts ?? 1) > 1 && attempt.refused(error.Item) === 'retry'
}

function outcomeUnknown(
  error: ConditionalCheckFailedException,
  { entity }: Write<unknown>,
  { request }: Attempt<unknown>,
): OutcomeUnknownError {
  const key = keyFields(entity, readable(entity, storedKeyOf(request)))
  return new OutcomeUnknownError(entity.name, key, error.Item && readable(entity, error.Item), { cause: error })
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

async function sendAttempt(
  connection: Connection,
  entity: ResolvedEntity,
  { request }: Attempt<unknown>,
  companions: readonly Companion[],
): Promise<StoredItem | undefined> {
  const origin = { entity: entity.name }
  if (companions.length > 0) {
    const items = [request, ...companions.map((companion) => companion.request)].map(transactItem)
    await send(connection, 'TransactWriteItems', { TransactItems: items }, origin)
    return undefined
  }
  if ('Put' in request) return (await send(connection, 'PutItem', request.Put, origin)).Attributes
  if ('Update' in request) return (await send(connection, 'UpdateItem', request.Update, origin)).Attributes
  if ('Delete' in request) return (await send(connection, 'DeleteItem', request.Delete, origin)).Attributes
  throw new ValidationError('not-allowed', '', 'A condition check is part of a transaction: give it to transactWrite().')
}

/** `delete`: answers the item that was there. The guards that it had must be known, so that it is read first where there are any. */
export function deleteWrite(
  connection: Connection,
  entity: ResolvedEntity,
  key: Input,
  options: DeleteOptions,
): Write<object | undefined> {
  const guarded = entity.unique.length > 0
  const request = (found?: Reading) => ({ Delete: deleteRequest(entity, connection.tableName, key, options, found) })
  return {
    kind: 'delete',
    entity,
    request() {
      const whole = request()
      if (guarded) throw readsFirst(entity)
      return whole
    },
    async attempt({ alone = false, mayRead = true } = {}) {
      if (guarded && !mayRead) throw readsFirst(entity)
      // A transaction does not answer what it has deleted, so that it must be known in whole.
      const names = alone ? Object.keys(entity.attributes) : guardDependencies(entity)
      const found = guarded ? await readFound(connection, entity, primaryKey(entity, checkedKey(entity, key)), names) : undefined
      return {
        request: request(found),
        guards: guardChanges(guardsFound(entity, found?.item, connection.now()), []),
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
