// What a failed condition means, from the item that DynamoDB found there.
import { ConditionFailedError, ItemNotFoundError, type SingletError, ValidationError, VersionConflictError } from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { givenKey } from '../requests/context.ts'
import { isExpired } from '../requests/decode.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import { impossibleChange, type ReadyUpdate, stillHolds, type UpdatePlan } from '../requests/update.ts'
import { readable } from './misfit.ts'

type Input = Readonly<Record<string, unknown>>

/** What it means that an update was refused: others were faster than its reading, or an error. */
export function updateRefusal(
  plan: UpdatePlan,
  ready: ReadyUpdate,
  key: Input,
  item: StoredItem | undefined,
): 'retry' | SingletError {
  const { entity, options } = plan
  const expected = expectedVersion(options)
  if (item === undefined) {
    if (options.upsert !== true) return new ItemNotFoundError(entity.name, key)
    return ready.expects === 'present' ? 'retry' : refusal(entity, key, item, expected)
  }
  // What has expired is cleared away, and the next attempt finds no item.
  if (options.upsert === true && isExpired(entity, item, plan.now)) return 'retry'
  const overtaken = ready.expects === 'absent' || !stillHolds(plan, ready.read, item)
  // An item of another version stays so, however often it is read again.
  if (overtaken && !isConflict(entity, item, expected)) return 'retry'
  return refusal(entity, key, item, expected, impossibleChange(plan, item))
}

/** The version that was read; undefined in it means that no item was expected. */
interface ExpectedVersion {
  readonly version: number | undefined
}

export function expectedVersion({ version }: { readonly version?: number }): ExpectedVersion | undefined {
  return version === undefined ? undefined : { version }
}

function isConflict(entity: ResolvedEntity, item: StoredItem | undefined, expected: ExpectedVersion | undefined): boolean {
  if (expected === undefined) return false
  return expected.version === undefined ? item !== undefined : storedVersion(entity, item) !== expected.version
}

/** Which error a failed condition is. */
export function refusal(
  entity: ResolvedEntity,
  key: Input,
  item: StoredItem | undefined,
  expected: ExpectedVersion | undefined,
  reason?: string,
): SingletError {
  const found = item && readable(entity, item)
  return isConflict(entity, item, expected)
    ? new VersionConflictError(entity.name, key, found, expected?.version)
    : new ConditionFailedError(entity.name, key, found, reason)
}

/** Straight from the stored item: the rest of it may not fit, and the attribute may be hidden. */
function storedVersion({ attributes, version }: ResolvedEntity, item: StoredItem | undefined): number | undefined {
  const stored = version === undefined ? undefined : item?.[attributes[version]?.stored ?? version]?.N
  return stored === undefined ? undefined : Number(stored)
}

/** The attributes of an input that the primary key is made of, as a key is given: without what comes from the connection. */
export function keyFields(entity: ResolvedEntity, input: Input): Input {
  return givenKey(entity, input)
}

/** An update can't know the item's size; DynamoDB tells, in one wording for single writes and for the reasons of transactions. */
export function tooLarge(cause: unknown): ValidationError | undefined {
  const { name, message } = cause instanceof Error ? cause : { name: '', message: '' }
  if (name !== 'ValidationException' || !/item size/i.test(message)) return undefined
  return new ValidationError('item-too-large', '', message, { cause })
}
