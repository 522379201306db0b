// move: an item under a new primary key. What was there is deleted and what is to be there is put, together, or neither.
import { ConditionFailedError, ItemExistsError, ItemNotFoundError, type SingletError, ValidationError } from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { setOwn } from '../plain-object.ts'
import { afterUpdate } from '../requests/after-update.ts'
import { companionChanges, companionItems, companionItemsFound } from '../requests/companion-items.ts'
import { withContext } from '../requests/context.ts'
import { isAsFound, type Reading } from '../requests/found.ts'
import { primaryKey, type StoredItem } from '../requests/index-keys.ts'
import { putNewRequest } from '../requests/item.ts'
import { checkedKey, deleteRequest } from '../requests/single.ts'
import { impossibleChange, planUpdate, type UpdatePlan } from '../requests/update.ts'
import { sameValue } from '../schema/same-value.ts'
import { type Input, validated } from './complete-input.ts'
import type { Connection } from './connection.ts'
import { impossibleAttempt } from './impossible-write.ts'
import { decodeOrMisfit, readable } from './misfit.ts'
import { expectedVersion, keyFields, refusal } from './refusal.ts'
import { send } from './send.ts'
import type { Attempt, Write } from './write-request.ts'

export interface MoveOptions {
  readonly if?: object
  readonly version?: number
}

/** `move`: reads the item, and writes on condition that it is still as it was read, and that there is none under the new key. */
export function moveWrite(
  connection: Connection,
  entity: ResolvedEntity,
  key: Input,
  newKey: Input,
  changes: Input,
  options: MoveOptions,
): Write<object> {
  const whole = (given: Input) => withContext(entity, connection.context, given)
  let plan: UpdatePlan | undefined
  const chance = connection.random()
  const planned = (values: Input) => {
    plan ??= planMove(connection, entity, whole(key), whole(newKey), values, options, chance)
    return plan
  }
  return {
    kind: 'move',
    entity,
    request() {
      throw readsFirst()
    },
    async attempt({ alone = false, mayRead = true } = {}): Promise<Attempt<object>> {
      if (!mayRead) throw readsFirst()
      const current = plan ?? planned(await validated(entity, changes))
      const found = await readWhole(connection, entity, current.key)
      const oldKey = keyFields(entity, key)
      const impossible = impossibleMove(current, found.item, oldKey)
      if (impossible !== undefined && alone) throw impossible
      if (impossible !== undefined || found.item === undefined)
        return impossibleAttempt(connection, current.key, (item) => (isAsFound(entity, found, item) && impossible) || 'retry')
      const values = movedValues(current, found.item, whole(newKey))
      const foreign = foreignAttributes(entity, found.item)
      const Put = putNewRequest(entity, connection.tableName, values, foreign, connection.now(), chance)
      const item = Put.Item ?? {}
      const now = connection.now()
      return {
        request: { Put },
        companions: companionChanges(companionItemsFound(entity, found.item, now), companionItems(entity, item, now)),
        other: {
          request: { Delete: deleteRequest(entity, connection.tableName, whole(key), options, found) },
          refused: (old) => (isAsFound(entity, found, old) ? refusal(entity, oldKey, old, expectedVersion(options)) : 'retry'),
        },
        refused: (there) => new ItemExistsError(entity.name, keyFields(entity, newKey), there && readable(entity, there)),
        result: () => decodeOrMisfit(entity, item),
      }
    },
  }
}

/** Why what was read can't be moved; undefined when it can. */
function impossibleMove(plan: UpdatePlan, item: StoredItem | undefined, key: Input): SingletError | undefined {
  const { entity } = plan
  if (item === undefined) return new ItemNotFoundError(entity.name, key)
  const reason = impossibleChange(plan, item)
  return reason === undefined ? undefined : new ConditionFailedError(entity.name, key, readable(entity, item), reason)
}

function readsFirst(): ValidationError {
  return new ValidationError('reads-first', '', 'A move reads the item first, so it has no params() before it is awaited.')
}

function planMove(
  connection: Connection,
  entity: ResolvedEntity,
  key: Input,
  newKey: Input,
  changes: Input,
  options: MoveOptions,
  chance: number,
): UpdatePlan {
  const target = primaryKey(entity, checkedKey(entity, newKey))
  const plan = planUpdate(entity, connection.tableName, key, changes, options, connection.now(), chance)
  const same = Object.entries(target).every(([name, value]) => {
    const old = plan.key[name]
    return old !== undefined && sameValue(value, old)
  })
  if (same) throw new ValidationError('not-allowed', entity.keyAttributes.join(', '), 'The new key is the old one. Use update().')
  return plan
}

/** The item with all that the entity knows of it, and whatever else is there. */
async function readWhole(connection: Connection, entity: ResolvedEntity, key: StoredItem): Promise<Reading> {
  const request = { TableName: connection.tableName, Key: key, ConsistentRead: true }
  const { Item } = await send(connection, 'GetItem', request, { entity: entity.name })
  return { names: Object.keys(entity.attributes), item: Item }
}

/** All values of the item under its new key, hidden ones and those that Singlet generates included. */
function movedValues(plan: UpdatePlan, item: StoredItem, newKey: Input): Record<string, unknown> {
  const { entity } = plan
  const values = decodeOrMisfit(entity, afterUpdate(plan, item), { names: Object.keys(entity.attributes) })
  for (const name of entity.keyAttributes) setOwn(values, name, newKey[name])
  return values
}

/** What others have stored with the item goes with it. */
function foreignAttributes({ attributes, table, indexes, key }: ResolvedEntity, item: StoredItem): StoredItem {
  const parts = [key.partition, key.sort, ...Object.values(indexes).flatMap(({ owned }) => owned)]
  const own = new Set([
    ...Object.values(attributes).map(({ stored }) => stored),
    ...parts.flatMap((part) => part?.attribute ?? []),
    table.typeAttribute,
  ])
  return Object.fromEntries(Object.entries(item).filter(([name]) => !own.has(name)))
}
