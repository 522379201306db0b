// The public API of `singlet`. Nothing else is public; `singlet/local` and `singlet/docs` are entry points of their own.

export {
  type CollectionExtras,
  type Connected,
  type ConnectOptions,
  type ContextOption,
  connect,
  type PatternOperation,
} from './client/connect.ts'
export type { OnMisfit } from './client/connection.ts'
export type { ConnectedEntity, EntityOperations, GetOptions } from './client/entity-operations.ts'
export type { GetOperation, GetResults } from './client/get.ts'
export type { Page, PageOptions } from './client/paging.ts'
export type { PageOperation } from './client/pattern-operations.ts'
export type { RequestEvent } from './client/send.ts'
export type { TransactWriteOptions } from './client/transact.ts'
export type { Plan, PlanInput } from './design/plan.ts'
export type { OperationPlan, TransactionInput, TransactionPlan, WriteEstimate } from './design/transaction-plan.ts'
export {
  ConditionFailedError,
  ContentionError,
  CopyConflictError,
  InvalidCursorError,
  ItemError,
  ItemExistsError,
  ItemNotFoundError,
  type Misfit,
  MisfitError,
  ModelError,
  OutcomeUnknownError,
  type Problem,
  SingletError,
  UniqueConstraintError,
  ValidationError,
  type ValidationReason,
  VersionConflictError,
} from './errors.ts'
export {
  type CancellationReason,
  TransactionCanceledError,
  TransactionOutcomeUnknownError,
  UnprocessedError,
  type UnprocessedOperation,
} from './errors-of-several.ts'
export type {
  AccessPattern,
  ClosedRange,
  Member,
  PartitionInput,
  PatternInput,
  PatternResult,
  QueryInput,
  RangeCondition,
  Rate,
} from './model/access-pattern.ts'
export { and, type Condition, type Logical, not, or } from './model/condition.ts'
export { type Copy, type CopyInput, copyOf } from './model/copy.ts'
export {
  type AccessPatterns,
  type ContextOf,
  defineModel,
  type Entities,
  type Model,
  type ModelInput,
} from './model/define-model.ts'
export {
  type AnyEntity,
  type CreateInput,
  defineEntity,
  type Entity,
  type IndexTemplates,
  type Inverted,
  type Item,
  inverted,
  type Key,
  type KeyTemplates,
  type ShardGeneration,
  type Shards,
  type UniqueTemplates,
} from './model/entity.ts'
export type {
  DeleteOptions,
  EntityWrites,
  PutInput,
  UpdateOptions,
  WriteOperation,
  WriteOptions,
  WriteResults,
  WritesOf,
} from './model/entity-writes.ts'
export { type Collection, type ItemCollectionPattern, itemCollection, many, one } from './model/item-collection.ts'
export type { Operation } from './model/operation.ts'
export { type GetPattern, get, type OnePattern, type QueryPattern, query } from './model/query.ts'
export { type ScanPattern, scan } from './model/scan.ts'
export { defineTable, type Table, type TableInput } from './model/table.ts'
export { type TransactionPattern, transaction, type Writes, type WrittenEntities } from './model/transaction.ts'
export {
  add,
  addToSet,
  append,
  ifNotExists,
  type Patch,
  patch,
  prepend,
  type Removal,
  remove,
  removeFromSet,
  type UpdateInput,
  type UpdateOperation,
  type UpsertInput,
} from './model/update-value.ts'
export type { WriteKind } from './model/write-kind.ts'
export { type CreateTableOptions, createTable } from './provision/create-table.ts'
export { deleteTable } from './provision/delete-table.ts'
export { leadingKeys } from './provision/leading-keys.ts'
export { TableMismatchError } from './provision/table-mismatch.ts'
export { TableNotReadyError } from './provision/table-not-ready.ts'
export type { Attribute, AttributeDefinition, Attributes } from './schema/attribute.ts'
export { binarySet, list, map, numberSet, record, stringSet, union } from './schema/collections.ts'
export { fromContext } from './schema/from-context.ts'
export { ulid, uuid } from './schema/identifiers.ts'
export type { AttributeBuilder } from './schema/modifiers.ts'
export { any, bigint, binary, boolean, decimal, json, literal, number, oneOf, string } from './schema/scalars.ts'
export type { StandardSchemaV1 } from './schema/standard-schema.ts'
export { createdAt, datetime, expiresAt, updatedAt, version } from './schema/times.ts'
export {
  type Change,
  type ChangeMisfit,
  type Changes,
  type ChangesOptions,
  changes,
  type EntityChange,
} from './streams/changes.ts'
export { type ReadStreamOptions, readStream } from './streams/read-stream.ts'
