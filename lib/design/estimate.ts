// What a read costs, estimated from the size of an example item. An estimate: real items differ, and DynamoDB's answer counts.
import { exampleBytes } from './example-item.ts'
import type { ReadPlan } from './read-plan.ts'

export interface Estimate {
  /** The size of an example item, in bytes. */
  readonly itemBytes: number
  readonly itemsPerPage: number
  /** Read capacity units for a page: half a unit per 4 KB read, one when consistent; each request is rounded up by itself. */
  readonly readUnitsPerPage: number
}

/** The size in which DynamoDB counts reads. */
const unitBytes = 4096
const itemsPerPage = 25

/** How many shards a page asks when the input gives no more than it must. */
export function shardsAsked({ shards, narrowing }: ReadPlan): number {
  if (shards === undefined) return 1
  return narrowing?.optional.length === 0 ? narrowing.shards : shards.count
}

/** Estimates what a page of 25 items (or one item) costs. */
export function estimateRead(plan: ReadPlan): Estimate {
  const { definition, wanted } = plan
  const sizes = [...wanted.values()].map((entity) => exampleBytes(entity))
  const itemBytes = Math.max(...sizes)
  const single = definition.kind === 'get' || (definition.kind === 'query' && definition.one)
  const items = single ? 1 : itemsPerPage
  const factor = definition.consistent ? 1 : 0.5
  const units = (bytes: number) => Math.max(1, Math.ceil(bytes / unitBytes)) * factor
  // Every shard that is asked is asked for a whole page, since all of it may lie there.
  const read = units(items * itemBytes) * shardsAsked(plan)
  const hydrated = plan.hydrates ? items * units(itemBytes) : 0
  return { itemBytes, itemsPerPage: items, readUnitsPerPage: read + hydrated }
}
