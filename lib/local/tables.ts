// CreateTable, DeleteTable, DescribeTable and ListTables: dynalite's actions, made effective at once instead of after a delay, with the
// streams, tags and deletion protection that it does not know. UpdateTable is in update-table.ts.
import type { MemberRules } from './dynalite.ts'
import { dynamoError, validationError } from './service-error.ts'
import { type EngineState, type Operation, type OperationTable, parse } from './state.ts'
import { indexRows, type StoredTable } from './store.ts'
import { checkStream, type StreamSpecification, streamSpecificationRule } from './stream-specification.ts'
import { closeStream, openStream } from './stream-writer.ts'
import { checkTags, type Tag, tagsRule } from './tags.ts'
import { Turn } from './turn.ts'
import type { Params, TableDescription } from './wire.ts'

/** What CreateTable and UpdateTable both have and dynalite does not know. */
export const tableSettingRules: MemberRules = {
  StreamSpecification: streamSpecificationRule,
  DeletionProtectionEnabled: { type: 'Boolean' },
}

interface TableParams extends Params {
  TableName: string
}

/** Runs an action of dynalite on tables. */
export function runTableAction(state: EngineState, operation: string, data: Params): Params {
  const turn = new Turn(state.dynalite, state.store)
  const reply = turn.run((store, callback) => state.dynalite.action(operation)(store, data, callback))
  turn.commitTables()
  return typeof reply === 'object' && reply !== null ? (reply as Params) : {}
}

/** The table of that name. Throws a ResourceNotFoundException when there is none. */
export function tableNamed({ store }: EngineState, name: string): StoredTable {
  const table = store.get(name)
  if (table !== undefined) return table
  throw dynamoError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`)
}

/** dynalite starts a change that it finishes some time later; here it is finished at once. */
export function activate(table: TableDescription, nowMilliseconds: number): void {
  table.TableStatus = 'ACTIVE'
  for (const index of table.GlobalSecondaryIndexes ?? []) index.IndexStatus = 'ACTIVE'
  const { BillingModeSummary: billing } = table
  if (billing?.BillingMode === 'PAY_PER_REQUEST') billing.LastUpdateToPayPerRequestDateTime ??= nowMilliseconds / 1000
}

interface CreateTableParams extends TableParams {
  StreamSpecification?: StreamSpecification
  DeletionProtectionEnabled?: boolean
  Tags?: Tag[]
}

const createTable: Operation = (state, params) => {
  const parsed = parse(state, 'CreateTable', params, { ...tableSettingRules, Tags: tagsRule }) as CreateTableParams
  const { StreamSpecification, DeletionProtectionEnabled = false, Tags = [], ...data } = parsed
  const viewType = StreamSpecification && checkStream(StreamSpecification)
  checkTags(Tags)
  runTableAction(state, 'CreateTable', data)
  const table = tableNamed(state, parsed.TableName)
  const now = state.clock.now()
  activate(table.description, now)
  table.description.DeletionProtectionEnabled = DeletionProtectionEnabled
  for (const { Key, Value } of Tags) table.tags.set(Key, Value)
  if (viewType !== undefined) openStream(state.streams, table, viewType, now)
  return { TableDescription: table.description }
}

const deleteTable: Operation = (state, params) => {
  const data = parse(state, 'DeleteTable', params) as TableParams
  const table = state.store.get(data.TableName)
  if (table?.description.DeletionProtectionEnabled) {
    throw validationError(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    )
  }
  const reply = runTableAction(state, 'DeleteTable', data)
  if (table !== undefined) closeStream(table, state.clock.now())
  return reply
}

/** DescribeTable, with the numbers of items as they are now rather than some hours ago. */
const describeTable: Operation = (state, params) => {
  const data = parse(state, 'DescribeTable', params) as TableParams
  runTableAction(state, 'DescribeTable', data)
  const table = tableNamed(state, data.TableName)
  const counted = (scope: 'Local' | 'Global') => {
    const indexes = table.description[`${scope}SecondaryIndexes`]
    return indexes?.map((index) => ({ ...index, ItemCount: indexRows(table, scope, index.IndexName).size }))
  }
  const locals = counted('Local')
  const globals = counted('Global')
  return {
    Table: {
      ...table.description,
      ItemCount: table.items.size,
      ...(locals && { LocalSecondaryIndexes: locals }),
      ...(globals && { GlobalSecondaryIndexes: globals }),
    },
  }
}

const listTables: Operation = (state, params) => runTableAction(state, 'ListTables', parse(state, 'ListTables', params))

export const tableOperations = Object.freeze({
  CreateTable: createTable,
  DeleteTable: deleteTable,
  DescribeTable: describeTable,
  ListTables: listTables,
} satisfies OperationTable)
