// What workers do with a queue (queue.ts): claim the next job, hold it, and say what became of it. Every step is one conditional write.
import { add, ConditionFailedError, ItemNotFoundError, remove } from '../lib/index.ts'

/** A job as its queue's entity has it. */
export interface Job {
  readonly jobId: string
  readonly state: 'ready' | 'claimed' | 'done' | 'failed'
  readonly priority: number
  readonly dueAt: Date
  readonly attempts: number
  readonly worker?: string | undefined
  readonly problem?: string | undefined
}

/** The connected entity and pattern of a queue: `{ jobs: shop.entities.Job, queue: shop.patterns.jobQueue }`. */
export interface ConnectedQueue<J extends Job> {
  readonly jobs: {
    update(
      key: { readonly jobId: string },
      changes: object,
      options: { readonly if: object; readonly known?: object },
    ): PromiseLike<J>
  }
  readonly queue: (
    input: { readonly state: 'ready' | 'claimed'; readonly priority: number; readonly dueAt: { readonly lte: Date } },
    options: { readonly limit: number },
  ) => PromiseLike<{ readonly items: readonly J[] }>
}

export interface ClaimOptions {
  readonly worker: string
  /** How long the claim lasts unless it is extended. */
  readonly milliseconds: number
  /** The priorities to look at, in this order. Default: 0 alone. */
  readonly priorities?: readonly number[]
  /** A job whose worker was lost so many times is failed. Default 5. */
  readonly maxAttempts?: number
  /** How many candidates are read at a time: about as many as there are workers. Default 10. */
  readonly candidates?: number
  /** The worker's clock. Default: the system's. */
  readonly now?: () => Date
}

/**
 * Claims the job that is due first, or one whose worker was lost; undefined when there is none. Of jobs that others claim at the same moment it
 * takes the next.
 */
export async function claimJob<J extends Job>(connected: ConnectedQueue<J>, options: ClaimOptions): Promise<J | undefined> {
  const { worker, milliseconds, priorities = [0], maxAttempts = 5, candidates = 10, now = () => new Date() } = options
  for (const priority of priorities) {
    for (const state of ['claimed', 'ready'] as const) {
      const present = now()
      const { items } = await connected.queue({ state, priority, dueAt: { lte: present } }, { limit: candidates })
      for (const job of items) {
        // The row may be older than the item: its worker has extended the claim, or it waits for another attempt.
        if (job.dueAt > present) continue
        const lost = state === 'claimed' && job.attempts >= maxAttempts
        const claim = lost
          ? { state: 'failed', worker: remove(), problem: `No worker finished it in ${job.attempts} attempts.` }
          : { state: 'claimed', worker, attempts: add(1), dueAt: new Date(present.getTime() + milliseconds) }
        const claimed = await step(connected, job, claim, { state: job.state, attempts: job.attempts, dueAt: job.dueAt })
        if (claimed !== undefined && !lost) return claimed
      }
    }
  }
  return undefined
}

/** How a queue's jobs may be changed while they are worked on: all but what claims are made of. An entity's `update` has a second form, the upsert. */
type Progress<Q> = Q extends {
  readonly jobs: { update: { (key: never, changes: infer C, options: never): unknown; (...upsert: never): unknown } }
}
  ? { readonly [K in Exclude<keyof C, keyof Job>]?: C[K] }
  : never

export interface ExtendOptions<P = object> extends Pick<ClaimOptions, 'milliseconds' | 'now'> {
  /** What is written with it, on the same condition: how far the work has come, `{ payload: { … } }`. */
  readonly changes?: P
}

/**
 * Makes a claim longer, from now on, and notes what has been done; undefined, and nothing noted, when the job has been claimed by another since.
 *
 * @example
 * const next = await extendClaim(connected, job, { milliseconds: 30_000, changes: { payload: { ...job.payload, cursor } } })
 */
export function extendClaim<J extends Job, Q extends ConnectedQueue<J>>(
  connected: Q & ConnectedQueue<J>,
  job: J,
  { milliseconds, now = () => new Date(), changes }: ExtendOptions<Progress<Q>>,
): Promise<J | undefined> {
  return stepOfHolder(connected, job, { ...changes, dueAt: new Date(now().getTime() + milliseconds) })
}

/** The job is done. Undefined when it has been claimed by another since, whose answer counts. */
export function completeJob<J extends Job>(connected: ConnectedQueue<J>, job: J): Promise<J | undefined> {
  return stepOfHolder(connected, job, { state: 'done', worker: remove(), problem: remove() })
}

export interface FailureOptions {
  readonly problem: string
  /** When the job may be tried again. Without it, it has failed for good. */
  readonly retryAt?: Date
}

/** The attempt failed: the job waits for another, or has failed for good. Undefined when it has been claimed by another since. */
export function failJob<J extends Job>(
  connected: ConnectedQueue<J>,
  job: J,
  { problem, retryAt }: FailureOptions,
): Promise<J | undefined> {
  const next = retryAt === undefined ? { state: 'failed' } : { state: 'ready', dueAt: retryAt }
  return stepOfHolder(connected, job, { ...next, worker: remove(), problem })
}

/** A step of who has the claim. Each claim has a number of its own in `attempts`; extended, it is the same claim with another end. */
function stepOfHolder<J extends Job>(connected: ConnectedQueue<J>, job: J, changes: object): Promise<J | undefined> {
  return step(connected, job, changes, { state: 'claimed', attempts: job.attempts })
}

/** A change of a job that is as expected; undefined when it is not. */
async function step<J extends Job>(
  { jobs }: ConnectedQueue<J>,
  job: J,
  changes: object,
  expected: object,
): Promise<J | undefined> {
  const { jobId, priority } = job
  try {
    return await jobs.update({ jobId }, changes, { if: expected, known: { priority } })
  } catch (error) {
    if (error instanceof ConditionFailedError || error instanceof ItemNotFoundError) return undefined
    throw error
  }
}
