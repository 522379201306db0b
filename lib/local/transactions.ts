// TransactWriteItems and TransactGetItems. Every action is evaluated without being made; if none fails, all are made at once.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
import { createHash } from 'node:crypto'
import { type Consumption, reportAll, writeConsumption } from './capacity.ts'
import { reportCollections } from './item-collections.ts'
import { checkPrimaryKey } from './item-rules.ts'
import { itemBytes } from './item-size.ts'
import { stageGet } from './read-item.ts'
import { type CancellationReason, dynamoError, serviceAnswer, transactionCanceled, validationError } from './service-error.ts'
import { commit, type EngineState, type Operation } from './state.ts'
import type { ItemChange } from './store.ts'
import { parseTransaction, type TransactAction } from './transaction-parameters.ts'
import type { Item, Params } from './wire.ts'
import { checkCondition, stageWrite } from './write-item.ts'

const maxBytes = 4 * 1024 * 1024
const tokenMilliseconds = 10 * 60 * 1000

/** Evaluates every action and returns the results; throws the cancellation with a reason for each when any fails. */
function evaluateAll<Result>(actions: readonly TransactAction[], evaluate: (action: TransactAction) => Result): Result[] {
  const results: Result[] = []
  const reasons = actions.map((action): CancellationReason => {
    try {
      if (action.keyError !== undefined) throw action.keyError
      results.push(evaluate(action))
      return { Code: 'None' }
    } catch (error) {
      return reasonOf(error)
    }
  })
  if (reasons.every(({ Code }) => Code === 'None')) return results
  throw transactionCanceled(reasons)
}

function reasonOf(error: unknown): CancellationReason {
  const answer = serviceAnswer(error)
  if (answer === undefined) throw error
  const { __type, message = '', Item: item } = answer.body
  const Code = __type.endsWith('#ConditionalCheckFailedException') ? 'ConditionalCheckFailed' : 'ValidationError'
  return { Code, Message: message, ...(item !== undefined && { Item: item as Item }) }
}

/** What an action writes; a condition check writes nothing, and costs what a write of its item would. */
interface Staged {
  readonly changes: readonly ItemChange[]
  readonly consumption: readonly Consumption[]
}

function stage(state: EngineState, { kind, data }: TransactAction): Staged {
  if (kind === 'ConditionCheck') return stageConditionCheck(state, data)
  if (kind === 'Get') throw new Error('A Get is no write.')
  const { changes } = stageWrite(state, kind === 'Put' ? 'PutItem' : kind === 'Update' ? 'UpdateItem' : 'DeleteItem', data)
  return { changes, consumption: changes.map(writeConsumption) }
}

function stageConditionCheck({ dynalite, store }: EngineState, data: TransactAction['data']): Staged {
  const table = store.get(data.TableName)
  if (table === undefined || data.Key === undefined) throw new Error('A condition check without a table or key was not refused.')
  checkPrimaryKey(table.description, data.Key)
  const key = dynalite.db.createKey(data.Key, table.description)
  const item = table.items.get(key)
  checkCondition(data, item)
  const unchanged = { table: table.description, key, before: item, after: item, indexes: [] }
  return { changes: [], consumption: [writeConsumption(unchanged)] }
}

export const transactWriteItems: Operation = (state, params) => {
  const digest = digestOf(params.TransactItems) // before parsing, which takes the parameters apart
  const data = parseTransaction(state, params, ['ConditionCheck', 'Put', 'Update', 'Delete'])
  const token = data.ClientRequestToken
  const earlier = token === undefined ? undefined : tokenAnswer(state, token, digest)
  if (earlier !== undefined) return earlier

  const staged = evaluateAll(data.actions, (action) => stage(state, action))
  const changes = staged.flatMap((each) => each.changes)
  checkSize(changes.reduce((sum, { after }) => sum + (after === undefined ? 0 : itemBytes(after)), 0))
  commit(state, changes)

  const consumption = staged.flatMap((each) => each.consumption)
  const report = (kind: 'ReadCapacityUnits' | 'WriteCapacityUnits', of: readonly Consumption[]) =>
    reportAll(data.ReturnConsumedCapacity, of, { kind, factor: 2 })
  if (token !== undefined) {
    // A repetition is charged for reading the items.
    const reading = consumption.map(({ table }) => ({ table, tableUnits: 1, indexes: [] }))
    state.tokens.set(token, { at: state.clock.now(), digest, repeatedReply: report('ReadCapacityUnits', reading) })
  }
  const touched = data.actions
    .filter(({ kind }) => kind !== 'ConditionCheck')
    .map((action) => ({ table: action.data.TableName, item: action.data.Item ?? action.data.Key ?? {} }))
  return {
    ...report('WriteCapacityUnits', consumption),
    ...reportCollections(state, data.ReturnItemCollectionMetrics, touched),
  }
}

export const transactGetItems: Operation = (state, params) => {
  const data = parseTransaction(state, params, ['Get'])
  const results = evaluateAll(data.actions, (action) => stageGet(state, { ...action.data, ConsistentRead: true }))
  checkSize(results.reduce((sum, { bytes }) => sum + bytes, 0))
  const report = reportAll(
    data.ReturnConsumedCapacity,
    results.map(({ consumption }) => consumption),
    { kind: 'ReadCapacityUnits', factor: 2 },
  )
  return { Responses: results.map(({ reply }) => (reply.Item === undefined ? {} : { Item: reply.Item })), ...report }
}

function checkSize(bytes: number): void {
  if (bytes > maxBytes) throw validationError(`Transaction payload size cannot exceed 4MB. Payload Size: ${bytes}`)
}

/** The answer to a token that has been seen within the window, and what to do when the request is another. */
function tokenAnswer({ clock, tokens }: EngineState, token: string, digest: string): Params | undefined {
  const now = clock.now()
  for (const [seen, { at }] of tokens) if (now - at >= tokenMilliseconds) tokens.delete(seen)
  const past = tokens.get(token)
  if (past === undefined || past.digest === digest) return past?.repeatedReply
  throw dynamoError(
    'IdempotentParameterMismatchException',
    'The request uses the same client token as a previous, but non-identical request.',
  )
}

/** A digest of a request that does not depend on the order of members. */
function digestOf(value: unknown): string {
  const sorted = (_member: string, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    const members = Object.entries(part)
    return members.length < 2 ? part : Object.fromEntries(members.sort(([left], [right]) => (left < right ? -1 : 1)))
  }
  return createHash('sha256')
    .update(JSON.stringify(value ?? null, sorted))
    .digest('hex')
}
