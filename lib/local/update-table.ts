// UpdateTable: one index created or deleted, the stream enabled or disabled, deletion protection; throughput and billing are dynalite's.
// Everything is checked before anything is changed, and everything is done when the answer is given: an index is active and complete.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
import type { MemberRule, MemberRules } from './dynalite.ts'
import { dynamoError, validationError } from './service-error.ts'
import { check, type EngineState, type Operation } from './state.ts'
import type { StoredTable } from './store.ts'
import { checkStream, type StreamSpecification } from './stream-specification.ts'
import { closeStream, openStream } from './stream-writer.ts'
import { activate, runTableAction, tableNamed, tableSettingRules } from './tables.ts'
import { type AttributeDefinition, createIndex, deleteIndex, type NewIndex } from './update-table-index.ts'
import type { Params, Throughput } from './wire.ts'

interface IndexUpdate {
  Create?: NewIndex
  Update?: { IndexName: string; ProvisionedThroughput: Throughput }
  Delete?: { IndexName: string }
}

interface UpdateTableParams extends Params {
  TableName: string
  AttributeDefinitions?: AttributeDefinition[]
  BillingMode?: string
  ProvisionedThroughput?: Throughput
  GlobalSecondaryIndexUpdates?: IndexUpdate[]
  StreamSpecification?: StreamSpecification
  DeletionProtectionEnabled?: boolean
}

export const updateTable: Operation = (state, params) => {
  const data = check(state, params, rulesOf(state), (parsed, store) => {
    const ours = parsed.StreamSpecification !== undefined || parsed.DeletionProtectionEnabled !== undefined
    // dynalite wants one of the members that it knows; BillingMode stands in for those that it does not.
    const { custom } = state.dynalite.rules('UpdateTable')
    return custom?.(ours && parsed.BillingMode === undefined ? { ...parsed, BillingMode: 'PAY_PER_REQUEST' } : parsed, store)
  }) as UpdateTableParams
  const table = tableNamed(state, data.TableName)
  const now = state.clock.now()
  const updates = data.GlobalSecondaryIndexUpdates ?? []
  const stream = data.StreamSpecification
  const viewType = stream && checkStream(stream, table)
  const hasThroughput = data.BillingMode !== undefined || data.ProvisionedThroughput !== undefined
  if (stream !== undefined && hasThroughput) throw validationError('Cannot change IOPS and Streams at the same time.')
  checkIndexThroughput(table, data, updates)
  const change = onlyIndexChange(updates)
  const changeIndex =
    change?.Create !== undefined
      ? createIndex(state.dynalite, table, change.Create, data.AttributeDefinitions)
      : change?.Delete && deleteIndex(table, change.Delete.IndexName)

  if (hasThroughput || updates.some(({ Update }) => Update !== undefined)) changeThroughput(state, table, data)
  changeIndex?.()
  if (stream !== undefined) {
    if (viewType === undefined) closeStream(table, now)
    else openStream(state.streams, table, viewType, now)
  }
  const { DeletionProtectionEnabled } = data
  if (DeletionProtectionEnabled !== undefined) table.description.DeletionProtectionEnabled = DeletionProtectionEnabled
  activate(table.description, now)
  return { TableDescription: table.description }
}

/** dynalite's rules, without the throughput that it demands of new indexes. Definitions of attributes are those of CreateTable. */
function rulesOf({ dynalite }: EngineState): MemberRules {
  const { types } = dynalite.rules('UpdateTable')
  const updates = structuredClone(types.GlobalSecondaryIndexUpdates) as Nested
  delete updates.children?.children?.Create?.children?.ProvisionedThroughput?.notNull
  const { notNull: _, ...definitions } = dynalite.rules('CreateTable').types.AttributeDefinitions as Nested
  return {
    ...types,
    ...tableSettingRules,
    GlobalSecondaryIndexUpdates: updates as MemberRule,
    AttributeDefinitions: definitions as MemberRule,
  }
}

interface Nested {
  notNull?: boolean
  children?: { [member: string]: Nested } & { children?: { [member: string]: Nested } }
}

function onlyIndexChange(updates: readonly IndexUpdate[]): IndexUpdate | undefined {
  const changes = updates.flatMap(({ Create, Delete }) => [...(Create ? [{ Create }] : []), ...(Delete ? [{ Delete }] : [])])
  if (changes.length <= 1) return changes[0]
  throw dynamoError(
    'LimitExceededException',
    'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
  )
}

/** Whether the throughput of indexes goes with how the table is, or will be, billed. */
function checkIndexThroughput({ description }: StoredTable, data: UpdateTableParams, updates: readonly IndexUpdate[]): void {
  const billingMode = data.BillingMode ?? description.BillingModeSummary?.BillingMode ?? 'PROVISIONED'
  for (const { Create, Update } of updates) {
    if (Update && !description.GlobalSecondaryIndexes?.some(({ IndexName }) => IndexName === Update.IndexName)) {
      throw validationError('Invalid global secondary index name')
    }
    const throughput = (Create ?? Update)?.ProvisionedThroughput
    if (billingMode === 'PAY_PER_REQUEST' && throughput !== undefined) {
      throw invalid('Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST')
    }
    if (billingMode === 'PROVISIONED' && Create !== undefined && throughput === undefined) {
      throw invalid(`ProvisionedThroughput must be specified for index: ${Create.IndexName}`)
    }
  }
}

function changeThroughput(state: EngineState, table: StoredTable, data: UpdateTableParams): void {
  runTableAction(state, 'UpdateTable', data)
  const { description } = table
  if (data.ProvisionedThroughput !== undefined) Object.assign(throughputOf(description), data.ProvisionedThroughput)
  for (const index of description.GlobalSecondaryIndexes ?? []) {
    const update = data.GlobalSecondaryIndexUpdates?.find(({ Update }) => Update?.IndexName === index.IndexName)?.Update
    if (update !== undefined) Object.assign(throughputOf(index), update.ProvisionedThroughput)
  }
}

function throughputOf(described: { ProvisionedThroughput?: Throughput }): Throughput {
  described.ProvisionedThroughput ??= { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 }
  return described.ProvisionedThroughput
}

const invalid = (message: string) => validationError(`One or more parameter values were invalid: ${message}`)
