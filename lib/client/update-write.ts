// Updates: one UpdateItem where all that it takes is known, and what is read before it otherwise.
import { ConditionFailedError, ItemNotFoundError, MisfitError, OutcomeUnknownError, ValidationError } from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { afterUpdate } from '../requests/after-update.ts'
import type { CompanionChange } from '../requests/companion-items.ts'
import { withContext } from '../requests/context.ts'
import { isExpired } from '../requests/decode.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import { planUpdate, type ReadyUpdate, type UpdateOptions, type UpdatePlan, updateStep } from '../requests/update.ts'
import type { Change } from '../requests/update-changes.ts'
import { type Input, inTime, validated } from './complete-input.ts'
import type { Connection } from './connection.ts'
import { impossibleAttempt } from './impossible-write.ts'
import { decodeOrMisfit } from './misfit.ts'
import { comparedNames, readFound } from './read-found.ts'
import { keyFields, updateRefusal } from './refusal.ts'
import { deleteWrite, runWrite } from './write.ts'
import type { Attempt, Write } from './write-request.ts'

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
  const chance = connection.random()
  const planned = (values: Input) => {
    plan ??= planUpdate(
      entity,
      connection.tableName,
      withContext(entity, connection.context, key),
      values,
      options,
      connection.now(),
      chance,
    )
    return plan
  }
  let companions: readonly CompanionChange[] = []
  let expired = false
  return {
    kind: 'update',
    entity,
    along: () => ({ companions }),
    request() {
      const ready = withoutReading(plan ?? planned(inTime(validated(entity, changes))))
      companions = ready.companions
      return { Update: ready.request }
    },
    async attempt({ alone = false, mayRead = true } = {}): Promise<Attempt<object>> {
      const current = plan ?? planned(await validated(entity, changes))
      if (expired) await deleteExpired(connection, current, key)
      expired = false
      const readied = mayRead ? await readyUpdate(connection, current, alone) : { ready: withoutReading(current) }
      if (readied === undefined) {
        const missing = new ItemNotFoundError(entity.name, keyFields(entity, key))
        if (alone) throw missing
        return impossibleAttempt(connection, current.key, (item) => (item === undefined ? missing : 'retry'))
      }
      const { ready, after }: Readied = readied
      const counts =
        options.mayRepeat !== true && current.changes.some((change) => change.name !== entity.version && accumulates(change))
      return {
        request: { Update: ready.request },
        companions: ready.companions,
        accumulates: counts,
        repeatable: !counts || ready.once,
        refused: (item) => {
          expired = options.upsert === true && item !== undefined && isExpired(entity, item, current.now)
          return updateRefusal(current, ready, keyFields(entity, key), item)
        },
        result: (attributes) => decodeOrMisfit(entity, attributes ?? after ?? {}),
      }
    },
  }
}

/** Deletes an item that has expired before DynamoDB does, with its guards and copies; unless others have done so, or made a new one. */
async function deleteExpired(connection: Connection, { entity, now }: UpdatePlan, key: Input): Promise<void> {
  const seconds = new Date(Math.floor(now.getTime() / 1000) * 1000)
  const condition = { [entity.expiresAt ?? '']: { lte: seconds } }
  try {
    await runWrite(connection, deleteWrite(connection, entity, key, { if: condition }))
  } catch (error) {
    // It did not fit what a delete answers, or the answer was lost: the next attempt finds what is there.
    const passes = [ConditionFailedError, MisfitError, OutcomeUnknownError].some((known) => error instanceof known)
    if (!passes) throw error
  }
}

/** Whether a change, other than that of a version, counts from what is there, so that doing it again changes the item again. */
function accumulates({ operator, nested = [] }: Change): boolean {
  return operator === 'add' || operator === 'append' || operator === 'prepend' || nested.some(accumulates)
}

/** The UpdateItem of an update that need not read. */
function withoutReading(plan: UpdatePlan): ReadyUpdate {
  const step = updateStep(plan)
  if ('request' in step) return step
  const known = step.reads.every((name) => plan.entity.attributes[name] !== undefined)
  const hint = known ? 'Pass them as { known } to have one request.' : 'Where a random shard is, only the table knows.'
  throw new ValidationError(
    'reads-first',
    step.reads.join(', '),
    `index keys, guards or copies depend on values that are not known, so this update reads before it writes. ${hint}`,
  )
}

/** An update that can be sent; and the item as it leaves it, where DynamoDB will not tell. */
interface Readied {
  readonly ready: ReadyUpdate
  readonly after?: StoredItem
}

/**
 * The UpdateItem, after a consistent read where one is needed: of the whole item when its answer must be made of it. Undefined where there is no
 * item to update.
 */
async function readyUpdate(connection: Connection, plan: UpdatePlan, alone: boolean): Promise<Readied | undefined> {
  const { entity } = plan
  const step = updateStep(plan)
  const whole = alone && ('request' in step ? step.companions.length > 0 : step.accompanied)
  if ('request' in step && !whole) return { ready: step }
  const reads = 'reads' in step ? step.reads : []
  const found = await readFound(connection, entity, plan.key, whole ? [...Object.keys(entity.attributes), ...reads] : reads)
  const { item } = found
  if (item === undefined && plan.options.upsert !== true) return undefined
  const next = updateStep(plan, { names: reads, item })
  if ('reads' in next)
    throw new TypeError(`The update of ${entity.name} asks for ${next.reads.join(', ')} after it has read ${reads.join(', ')}.`)
  if (!whole || next.companions.length === 0) return { ready: next }
  const all = updateStep(plan, { item, names: [...comparedNames(entity), ...reads] })
  return 'reads' in all ? { ready: next } : { ready: all, after: afterUpdate(plan, item) }
}
