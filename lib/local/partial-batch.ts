// Batches of which a part is left undone, as DynamoDB leaves what it has no throughput for.
import type { Unprocessed } from './fault.ts'
import type { Strike } from './faults.ts'
import { checkItem } from './item-rules.ts'
import { isObject } from './request-tables.ts'
import { type EngineState, parse } from './state.ts'
import { Turn } from './turn.ts'
import type { Params } from './wire.ts'

/** The entries of a batch by table: write requests, or a structure with `Keys`. */
type RequestItems = { readonly [table: string]: unknown }

/** A batch in two: what is to be done, if anything, and what comes back. */
export interface SplitBatch {
  readonly rest: Params | undefined
  readonly left: RequestItems
}

/**
 * Splits a batch at random. Throws what the whole of it would be refused with: DynamoDB does nothing of a batch of which any part is
 * invalid, so no part may be hidden from the checks.
 */
export function splitBatch(
  state: EngineState,
  operation: string,
  params: Params,
  { fault, random }: Strike,
  { share = 1 }: Unprocessed,
): SplitBatch {
  checkBatch(state, operation, structuredClone(params))
  const requests = params.RequestItems as RequestItems
  const open = Object.entries(requests).flatMap(([table, request]) =>
    fault.table === undefined || fault.table === table ? entriesOf(request) : [],
  )
  const chosen = open.filter(() => random() < share)
  const left = new Set(chosen.length > 0 ? chosen : [open[Math.floor(random() * open.length)]])
  const rest = select(requests, (entry) => !left.has(entry))
  return {
    left: select(requests, (entry) => left.has(entry)),
    rest: Object.keys(rest).length === 0 ? undefined : { ...params, RequestItems: rest },
  }
}

/** The reply to a batch: that to the part that was done, and what is left. */
export function joinReply(operation: string, { left }: SplitBatch, reply: Params | undefined): Params {
  if (operation === 'BatchWriteItem') return { ...reply, UnprocessedItems: left }
  const none = Object.fromEntries(Object.keys(left).map((table) => [table, []]))
  return { ...reply, Responses: { ...none, ...(isObject(reply?.Responses) && reply.Responses) }, UnprocessedKeys: left }
}

/** Runs a batch without making its changes. */
function checkBatch(state: EngineState, operation: string, params: Params): void {
  const data = parse(state, operation, params)
  const turn = new Turn(state.dynalite, state.store, { onPut: (table, item) => checkItem(table, item, 'put') })
  turn.run((store, callback) => state.dynalite.action(operation)(store, data, callback))
}

const entriesOf = (request: unknown): readonly unknown[] => {
  const entries = isObject(request) ? request.Keys : request
  return Array.isArray(entries) ? entries : []
}

/** The entries that are wanted, under their tables and with what else is said of those; no table without entries. */
function select(requests: RequestItems, wanted: (entry: unknown) => boolean): RequestItems {
  return Object.fromEntries(
    Object.entries(requests).flatMap(([table, request]) => {
      const entries = entriesOf(request).filter(wanted)
      if (entries.length === 0) return []
      return [[table, isObject(request) ? { ...request, Keys: entries } : entries]]
    }),
  )
}
