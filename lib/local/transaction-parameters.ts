// What a transaction may contain, and the checks that refuse a request as a whole before anything of it is evaluated.
import type { MemberRules } from './dynalite.ts'
import { dynamoError, validationError } from './service-error.ts'
import { check, type EngineState } from './state.ts'
import { Turn } from './turn.ts'
import type { Item, Params, TableDescription } from './wire.ts'
import { conditionFailureRules, type WriteParams } from './write-item.ts'

const maxActions = 100

/** The kinds of action, and the operation whose rules and evaluation each has. */
export const actionKinds = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'DeleteItem',
  Get: 'GetItem',
} as const
export type ActionKind = keyof typeof actionKinds

/** One action of a transaction, checked as far as it can be without looking at items. */
export interface TransactAction {
  readonly kind: ActionKind
  readonly data: WriteParams
  /** A mistake in the key, which is reported through the cancellation reasons. */
  readonly keyError: Error | undefined
}

const condition = ['ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues']

/** The members of each kind of action; the last of a required one stands first. */
const members: { readonly [Kind in ActionKind]: { readonly names: readonly string[]; readonly required?: string } } = {
  Put: { names: ['TableName', 'Item', ...condition] },
  Update: { names: ['TableName', 'Key', 'UpdateExpression', ...condition], required: 'UpdateExpression' },
  Delete: { names: ['TableName', 'Key', ...condition] },
  ConditionCheck: { names: ['TableName', 'Key', ...condition], required: 'ConditionExpression' },
  Get: { names: ['TableName', 'Key', 'ProjectionExpression', 'ExpressionAttributeNames'] },
}

function rulesOf({ dynalite }: EngineState, kind: ActionKind): MemberRules {
  const { types } = dynalite.rules(actionKinds[kind])
  const { names, required } = members[kind]
  const rules = names.map((name) => {
    const rule = types[name]
    if (rule === undefined) throw new Error(`dynalite has no rule for ${name} of ${actionKinds[kind]}.`)
    return [name, name === required && typeof rule === 'object' ? { ...rule, notNull: true } : rule] as const
  })
  return { ...Object.fromEntries(rules), ...(kind !== 'Get' && conditionFailureRules) }
}

function requestRules(state: EngineState, kinds: readonly ActionKind[]): MemberRules {
  const { types } = state.dynalite.rules('PutItem')
  const children = Object.fromEntries(
    kinds.map((kind) => [kind, { type: `FieldStruct<${kind}>`, children: rulesOf(state, kind) }]),
  )
  return {
    ReturnConsumedCapacity: types.ReturnConsumedCapacity ?? 'String',
    ReturnItemCollectionMetrics: types.ReturnItemCollectionMetrics ?? 'String',
    ClientRequestToken: { type: 'String', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 36 },
    TransactItems: {
      type: 'List',
      notNull: true,
      lengthGreaterThanOrEqual: 1,
      lengthLessThanOrEqual: maxActions,
      children: { type: 'ValueStruct<TransactItem>', children },
    },
  }
}

/** A transaction's parameters, parsed. */
export interface TransactParams {
  readonly ReturnConsumedCapacity?: string
  readonly ReturnItemCollectionMetrics?: string
  readonly ClientRequestToken?: string
  readonly actions: readonly TransactAction[]
}

/** Parses the parameters of a transaction. Throws what refuses the request as a whole. */
export function parseTransaction(state: EngineState, params: Params, kinds: readonly ActionKind[]): TransactParams {
  const data = check(state, params, requestRules(state, kinds)) as {
    ReturnConsumedCapacity?: string
    ClientRequestToken?: string
    TransactItems: Partial<Record<ActionKind, WriteParams>>[]
  }
  const entries = data.TransactItems.map((item) => {
    const [entry, ...others] = Object.entries(item) as [ActionKind, WriteParams][]
    if (entry === undefined || others.length > 0) {
      throw validationError('TransactItems can only contain one of Check, Put, Update or Delete')
    }
    return entry
  })
  const rulesStore = new Turn(state.dynalite, state.store)
  for (const [kind, action] of entries) {
    const message = state.dynalite.rules(actionKinds[kind]).custom?.(action, rulesStore)
    if (message) throw validationError(message)
  }
  const seen = new Set<string>()
  const actions = entries.map(([kind, action]) => locate(state, kind, action, seen))
  return { ...data, actions }
}

function locate({ dynalite, store }: EngineState, kind: ActionKind, data: WriteParams, seen: Set<string>): TransactAction {
  const table = store.get(data.TableName)?.description
  if (table === undefined) throw dynamoError('ResourceNotFoundException', 'Requested resource not found')
  const keyError = keyErrorOf(dynalite.db, data, table) ?? undefined
  if (keyError === undefined) {
    const id = `${data.TableName}/${dynalite.db.createKey((data.Item ?? data.Key) as Item, table)}`
    if (seen.has(id)) throw validationError('Transaction request cannot include multiple operations on one item')
    seen.add(id)
  }
  return { kind, data, keyError }
}

function keyErrorOf(db: EngineState['dynalite']['db'], { Item, Key }: WriteParams, table: TableDescription) {
  if (Item !== undefined) return db.validateItem(Item, table)
  return db.validateKey(Key ?? {}, table)
}
