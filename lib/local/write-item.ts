// PutItem, UpdateItem, DeleteItem and BatchWriteItem: dynalite's actions, with conditions, limits and capacity of our own.
import { reportAll, reportOne, writeConsumption } from './capacity.ts'
import type { Parsed } from './dynalite.ts'
import { type LegacyCondition, satisfies, satisfiesLegacy } from './expression.ts'
import { reportCollection, reportCollections, type TouchedItem } from './item-collections.ts'
import { checkItem, checkPrimaryKey } from './item-rules.ts'
import { conditionalCheckFailed } from './service-error.ts'
import { commit, type EngineState, type Operation, parse } from './state.ts'
import type { ItemChange } from './store.ts'
import { Turn } from './turn.ts'
import type { Item, Params, TableDescription } from './wire.ts'

/** What dynalite does not know of the single writes. */
export const conditionFailureRules = { ReturnValuesOnConditionCheckFailure: { type: 'String', enum: ['ALL_OLD', 'NONE'] } }

/** The parsed parameters of a write, as far as the engine reads them. */
export interface WriteParams extends Params, Parsed {
  TableName: string
  Item?: Item
  Key?: Item
  Expected?: { [attribute: string]: LegacyCondition }
  ConditionalOperator?: string
  ReturnValuesOnConditionCheckFailure?: string
  ReturnConsumedCapacity?: string
}

/** The single writes, by the name of their operation. */
export type WriteOperation = 'PutItem' | 'UpdateItem' | 'DeleteItem'

/** Evaluates a write without making it: its changes and its reply, or the error it fails with. */
export function stageWrite(
  state: EngineState,
  operation: WriteOperation,
  parsed: WriteParams,
): { changes: readonly ItemChange[]; reply: Params } {
  const { _condition, Expected, ConditionalOperator, ReturnConsumedCapacity, ...data } = parsed
  if (data._updates !== undefined) data._updates = { ...data._updates, sections: independentSections(data._updates.sections) }
  const turn = new Turn(state.dynalite, state.store, {
    onRead: (table, existing) => {
      if (data.Item !== undefined) checkItem(table, data.Item, 'put')
      if (data.Key !== undefined) checkPrimaryKey(table, data.Key)
      checkCondition(parsed, existing)
    },
    onPut: (table, item) => {
      if (operation === 'UpdateItem') checkItem(table, item, 'update')
    },
  })
  const reply = turn.run((store, callback) => state.dynalite.action(operation)(store, data, callback)) as Params
  return { changes: turn.changes, reply }
}

/** Throws when the condition of a write, of either kind, does not hold of the item that is there. */
export function checkCondition(data: WriteParams, existing: Item | undefined): void {
  const item = existing ?? {}
  const holds =
    (data._condition === undefined || satisfies(item, data._condition.expression)) &&
    (data.Expected === undefined || satisfiesLegacy(item, data.Expected, data.ConditionalOperator))
  if (holds) return
  throw conditionalCheckFailed(data.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? existing : undefined)
}

type Sections = NonNullable<Parsed['_updates']>['sections']

/**
 * Every clause of an update sees the item as it was. dynalite shares values between attributes (`SET previous = n ADD n :one` would change
 * both) and shifts a list under the next REMOVE. So values are copied as they are resolved, and removals go last, from the end of lists.
 */
function independentSections(sections: Sections): Sections {
  const position = (path: readonly (string | number)[]) => Number(path.at(-1))
  const removals = sections.filter(({ type }) => type === 'remove')
  removals.sort((left, right) => (position(right.path) || 0) - (position(left.path) || 0))
  const others = sections.filter(({ type }) => type !== 'remove')
  return [...others.map(withCopiedValue), ...removals]
}

function withCopiedValue(section: Sections[number]): Sections[number] {
  let value = section.val
  return Object.defineProperty({ ...section }, 'val', {
    get: () => value,
    set: (resolved: unknown) => {
      value = structuredClone(resolved)
    },
  })
}

/** PutItem, UpdateItem or DeleteItem. */
export function writeItem(operation: WriteOperation): Operation {
  return (state, params) => {
    const data = parse(state, operation, params, conditionFailureRules) as WriteParams
    const { changes, reply } = stageWrite(state, operation, data)
    commit(state, changes)
    return {
      ...reply,
      ...reportOne(data.ReturnConsumedCapacity, changes.map(writeConsumption)),
      ...reportCollection(state, data.ReturnItemCollectionMetrics, { table: data.TableName, item: data.Item ?? data.Key ?? {} }),
    }
  }
}

/** BatchWriteItem. What is refused is refused as a whole; nothing is left unprocessed unless a fault is injected. */
export const batchWriteItem: Operation = (state, params) => {
  const { ReturnConsumedCapacity, ...data } = parse(state, 'BatchWriteItem', params)
  const turn = new Turn(state.dynalite, state.store, {
    onPut: (table: TableDescription, item: Item) => checkItem(table, item, 'put'),
  })
  const reply = turn.run((store, callback) => state.dynalite.action('BatchWriteItem')(store, data, callback)) as Params
  commit(state, turn.changes)
  return {
    ...reply,
    ...reportAll(ReturnConsumedCapacity, turn.changes.map(writeConsumption)),
    ...reportCollections(state, data.ReturnItemCollectionMetrics, touchedBy(data.RequestItems as BatchRequests)),
  }
}

interface BatchRequests {
  [table: string]: { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } }[]
}

function touchedBy(requests: BatchRequests): TouchedItem[] {
  return Object.entries(requests).flatMap(([table, writes]) =>
    writes.map(({ PutRequest, DeleteRequest }) => ({ table, item: PutRequest?.Item ?? DeleteRequest?.Key ?? {} })),
  )
}
