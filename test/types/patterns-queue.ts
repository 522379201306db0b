// Type tests of the queue. They run by being compiled: a directive below without an error is an error itself.
import { type Connected, defineModel, defineTable, map, patch, string } from '../../lib/index.ts'
import { claimJob, completeJob, extendClaim, queue, retryJob } from '../../patterns/index.ts'

const table = defineTable({
  name: 'queue',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: { GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } },
})
const payload = map({ task: string(), at: string().optional() })
const model = defineModel({ table, ...queue({ name: 'Job', index: 'GSI1', payload }) })

/** What a claim is extended with: changes of what the caller declared, and none of what claims are made of. */
export async function extended({
  entities,
  patterns,
}: Connected<typeof model.entities, typeof model.accessPatterns>): Promise<string | undefined> {
  const connected = { jobs: entities.Job, queue: patterns.jobQueue }
  const job = await claimJob(connected, { worker: 'w', milliseconds: 1 })
  if (job === undefined) return undefined
  await extendClaim(connected, job, { milliseconds: 1 })
  await extendClaim(connected, job, { milliseconds: 1, changes: { payload: patch({ at: 'x' }) } })
  // @ts-expect-error the payload has no such value
  await extendClaim(connected, job, { milliseconds: 1, changes: { payload: { task: 1 } } })
  // @ts-expect-error a claim is not ended by extending it
  await extendClaim(connected, job, { milliseconds: 1, changes: { state: 'done' } })
  // @ts-expect-error jobs have no such attribute
  await extendClaim(connected, job, { milliseconds: 1, changes: { progress: 1 } })
  // @ts-expect-error how often its workers were lost is not the worker's to say
  await extendClaim(connected, job, { milliseconds: 1, changes: { losses: 0 } })
  await completeJob(connected, job, { changes: { payload: { task: 'x' } } })
  // @ts-expect-error the payload has no such value
  await completeJob(connected, job, { changes: { payload: { task: 1 } } })
  // @ts-expect-error how long it stays is the queue's
  await completeJob(connected, job, { changes: { expiresAt: new Date() } })
  for await (const failed of patterns.jobQueue({ state: 'failed', priority: 0 })) await retryJob(connected, failed)
  const next = await extendClaim(connected, job, { milliseconds: 1, changes: { payload: { task: 'x' } } })
  return next?.payload.at
}
