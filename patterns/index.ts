// The design patterns: what `singlet/patterns` exports. Each is a file of its own beside this one.
export {
  type AdjacencyList,
  type AdjacencyListOptions,
  adjacencyList,
  type EdgeEnd,
  type EdgeEntity,
  inOrder,
} from './adjacency-list.ts'
export {
  type AggregateCounterOptions,
  aggregateCounter,
  counter,
  deleteWhenEmpty,
} from './aggregate-counter.ts'
export { type ApplyOptions, applyToAggregate, rebuildAggregate } from './apply-aggregate.ts'
export type { ConnectedModel } from './connected.ts'
export { counted } from './counter-checks.ts'
export {
  copied,
  type DerivedCopies,
  type DerivedCopiesOptions,
  derivedCopies,
} from './derived-copies.ts'
export { fanOut, refreshCopies } from './fan-out.ts'
export {
  type NodeCount,
  type NodeEdges,
  type NodeId,
  type NodeRemoval,
  type NodeRemovalPatterns,
  nodeAttributes,
  nodeRemoval,
  nodeWrites,
  removeNode,
} from './graph-node.ts'
export { type HierarchyInput, type HierarchyOptions, hierarchy } from './hierarchy.ts'
export { type IdempotencyGuardOptions, idempotencyGuard, type Once, onlyOnce } from './idempotency-guard.ts'
export { type InvertedIndexOptions, invertedIndex } from './inverted-index.ts'
export {
  type ChunkEntity,
  type GenerationEntity,
  type LargeItem,
  type LargeItemOptions,
  largeItem,
  type PointerEntity,
} from './large-item.ts'
export {
  type ConnectedLargeItem,
  type Content,
  type ContentInput,
  type LargeItems,
  type LargeItemsOptions,
  largeItems,
  type SweepOptions,
  type WriteContentOptions,
} from './large-item-content.ts'
export type { Read } from './large-item-parts.ts'
export {
  aroundScore,
  type Leaderboard,
  type LeaderboardOptions,
  leaderboard,
  type ScoreEntity,
  submitScore,
} from './leaderboard.ts'
export { acquireLease, type HeldLease, type LeaseEntity, type LeaseRequest, lease, releaseLease, renewLease } from './lease.ts'
export type { Counter } from './parent-updates.ts'
export { type JobEntity, type QueueOptions, queue } from './queue.ts'
export {
  type ClaimOptions,
  type CompleteOptions,
  type ConnectedQueue,
  claimJob,
  completeJob,
  type ExtendOptions,
  extendClaim,
  type FailureOptions,
  failJob,
  type Job,
  retryJob,
} from './queue-claims.ts'
export {
  type ConnectedSessions,
  revokeSessions,
  type SessionEntity,
  type SessionKey,
  type SessionList,
  type SessionOptions,
  type Sessions,
  session,
  type UseSessionOptions,
  useSession,
} from './session.ts'
export {
  type Increment,
  incrementCounter,
  readCounter,
  type ShardedCounter,
  type ShardedCounterOptions,
  shardedCounter,
} from './sharded-counter.ts'
export {
  type Creatable,
  createIfAbsent,
  type Singleton,
  type SingletonEntity,
  type SingletonOptions,
  singleton,
} from './singleton.ts'
export { adoptItems, type SoftDelete, type SoftDeleteOptions, softDelete } from './soft-delete.ts'
export { type SparseIndexOptions, sparseIndex } from './sparse-index.ts'
export {
  aggregated,
  type Contribution,
  type StreamAggregate,
  type StreamAggregateOptions,
  streamAggregate,
  type Total,
  total,
} from './stream-aggregate.ts'
export { type TenantEntities, type TenantIsolationOptions, tenantIsolation } from './tenant-isolation.ts'
export { type SeriesEntity, type TimeSeries, type TimeSeriesOptions, timeSeries } from './time-series.ts'
export { type TypeListEntry, type TypeListOptions, typeList } from './type-list.ts'
export { normaliseText, type UniqueValue, type UniqueValueOptions, uniqueValue } from './unique-value.ts'
export { type VersionHistory, type VersionHistoryOptions, versionHistory } from './version-history.ts'
export {
  type PartEntity,
  type RecordPart,
  type VerticalPartitioning,
  type VerticalPartitioningOptions,
  verticalPartitioning,
} from './vertical-partitioning.ts'
export { type ShardingOf, type WriteShardingOptions, writeSharding } from './write-sharding.ts'
