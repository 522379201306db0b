// What workers do with a queue (queue.ts): claim the next job, hold it, and say what became of it. Every step is one conditional write.
import {
  ConditionFailedError,
  ItemNotFoundError,
  type Misfit,
  MisfitError,
  OutcomeUnknownError,
  remove,
  ValidationError,
} from '../lib/index.ts'
import { maxProblemLength } from './queue.ts'

/** A job as its queue's entity has it. */
export interface Job {
  readonly jobId: string
  readonly state: 'ready' | 'claimed' | 'done' | 'failed'
  readonly priority: number
  readonly dueAt: Date
  readonly attempts: number
  readonly losses?: number | undefined
  readonly worker?: string | undefined
  readonly problem?: string | undefined
  readonly expiresAfterDays?: number | undefined
  readonly expiresAt?: Date | undefined
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
    options: { readonly limit: number; readonly cursor?: string },
  ) => PromiseLike<{ readonly items: readonly J[]; readonly misfits: readonly Misfit[]; readonly cursor?: string }>
}

export interface ClaimOptions {
  readonly worker: string
  /** How long the claim lasts unless it is extended. */
  readonly milliseconds: number
  /** The priorities to look at, in this order. Default: 0 alone. */
  readonly priorities?: readonly number[]
  /**
   * A job that has lost so many workers, one after the other, has failed. Default 5. Lost is a worker whose claim another takes over when it
   * has ended; one that notes progress, or says that it failed, begins the count anew.
   */
  readonly maxLosses?: number
  /** How many candidates are read at a time: about as many as there are workers. Default 10. */
  readonly candidates?: number
  /** The worker's clock. Default: the system's. */
  readonly now?: () => Date
}

/** How many pages of candidates a claim reads of one priority. */
const maxPages = 10

/**
 * Claims the job that is due first, or one whose worker was lost; undefined when there is none. Of jobs that others claim at the same moment it
 * takes the next, and reads on up to ten times `candidates`: where more than so many workers ask at once, some may be told that there is none.
 *
 * @throws ValidationError when the claim is for no time, or `maxLosses` below 1
 * @throws MisfitError when nothing could be claimed and there are jobs that do not fit the queue as it is declared now: they wait until they do
 */
export async function claimJob<J extends Job>(connected: ConnectedQueue<J>, options: ClaimOptions): Promise<J | undefined> {
  const { priorities = [0], candidates = 10, maxLosses = 5, now = () => new Date() } = options
  checkClaim(options.milliseconds)
  if (!(maxLosses >= 1)) throw new ValidationError('out-of-range', 'maxLosses', `is at least 1, not ${maxLosses}.`)
  let misfit: Misfit | undefined
  for (const priority of priorities) {
    for (const state of ['claimed', 'ready'] as const) {
      const due = { state, priority, dueAt: { lte: now() } }
      let cursor: string | undefined
      for (let pages = 0; pages === 0 || (pages < maxPages && cursor !== undefined); pages++) {
        const page = await connected.queue(due, { limit: candidates, ...(cursor !== undefined && { cursor }) })
        for (const job of page.items) {
          const claimed = await claimCandidate(connected, job, options)
          if (claimed !== undefined) return claimed
        }
        misfit ??= page.misfits[0]
        cursor = page.cursor
      }
    }
  }
  if (misfit !== undefined) throw new MisfitError(misfit)
  return undefined
}

/** Claims a job as it was read, or fails it when it has lost enough workers; undefined when it is not claimed. */
async function claimCandidate<J extends Job>(
  connected: ConnectedQueue<J>,
  job: J,
  { worker, milliseconds, maxLosses = 5, now = () => new Date() }: ClaimOptions,
): Promise<J | undefined> {
  const { state, attempts, dueAt } = job
  const present = now()
  // The row may be older than the item: its worker has extended the claim or finished, or it waits for another attempt.
  if ((state !== 'ready' && state !== 'claimed') || dueAt > present) return undefined
  const losses = state === 'claimed' ? (job.losses ?? 0) + 1 : 0
  const asRead = { state, attempts, dueAt }
  if (losses < maxLosses) {
    const end = new Date(present.getTime() + milliseconds)
    const claim = { state: 'claimed', attempts: attempts + 1, worker, dueAt: end } as const
    return step(connected, job, asRead, claim, losses > 0 ? { losses } : {})
  }
  const problem = `It lost ${losses} workers, one after the other.`
  await step(connected, job, asRead, { state: 'failed', attempts, dueAt: present }, { ...ending(job, present), losses, problem })
  return undefined
}

/** A claim that has ended already would give the job to two. */
function checkClaim(milliseconds: number): void {
  if (!(Number.isFinite(milliseconds) && milliseconds > 0))
    throw new ValidationError('out-of-range', 'milliseconds', `is a finite number above 0, not ${milliseconds}.`)
}

/** How a queue's jobs may be changed while they are worked on: all but what claims are made of. An entity's `update` has a second form, the upsert. */
type Progress<Q> = Q extends {
  readonly jobs: { update: { (key: never, changes: infer C, options: never): unknown; (...upsert: never): unknown } }
}
  ? { readonly [K in Exclude<keyof C, keyof Job>]?: C[K] }
  : never

export interface CompleteOptions<P = object> extends Pick<ClaimOptions, 'now'> {
  /** What is written with it, on the same condition: how far the work has come, `{ payload: { … } }`. */
  readonly changes?: P
}

export interface ExtendOptions<P = object> extends CompleteOptions<P>, Pick<ClaimOptions, 'milliseconds'> {}

/**
 * Makes a claim longer, from now on, and notes what has been done; undefined, and nothing noted, when the claim is not the worker's any more:
 * another has claimed the job since, or it was ended.
 *
 * @example
 * const next = await extendClaim(connected, job, { milliseconds: 30_000, changes: { payload: { ...job.payload, cursor } } })
 */
export async function extendClaim<J extends Job, Q extends ConnectedQueue<J>>(
  connected: Q & ConnectedQueue<J>,
  job: J,
  { milliseconds, now = () => new Date(), changes }: ExtendOptions<Progress<Q>>,
): Promise<J | undefined> {
  checkClaim(milliseconds)
  const dueAt = new Date(now().getTime() + milliseconds)
  return stepOfHolder(connected, job, { state: 'claimed', dueAt }, changes && { ...changes, losses: remove() })
}

/**
 * The job is done. Undefined when the claim is not the worker's any more: another has claimed the job since, whose answer counts, or it was
 * ended, also by this worker. With `changes` it leaves out what the work alone
 * needed.
 */
export function completeJob<J extends Job, Q extends ConnectedQueue<J>>(
  connected: Q & ConnectedQueue<J>,
  job: J,
  { now = () => new Date(), changes }: CompleteOptions<Progress<Q>> = {},
): Promise<J | undefined> {
  const more = { ...changes, ...ending(job, now()), losses: remove(), problem: remove() }
  return stepOfHolder(connected, job, { state: 'done' }, more)
}

export interface FailureOptions extends Pick<ClaimOptions, 'now'> {
  /** Any text; the job keeps its first 1,000 characters. */
  readonly problem: string
  /** When the job may be tried again. Without it, it has failed for good. */
  readonly retryAt?: Date
}

/**
 * The attempt failed: the job waits for another, or has failed for good, until `retryJob`. Undefined when the claim is
 * not the worker's any more.
 */
export function failJob<J extends Job>(
  connected: ConnectedQueue<J>,
  job: J,
  { problem, retryAt, now = () => new Date() }: FailureOptions,
): Promise<J | undefined> {
  const present = now()
  const failed = { problem: shortened(problem), losses: remove() }
  return retryAt === undefined
    ? stepOfHolder(connected, job, { state: 'failed', dueAt: present }, { ...failed, ...ending(job, present) })
    : stepOfHolder(connected, job, { state: 'ready', dueAt: retryAt }, { ...failed, worker: remove() })
}

/**
 * Puts a job that has failed for good back into the queue, due at once. Undefined when it is not as it was read: somebody has put it back already.
 *
 * @example
 * for await (const job of shop.patterns.jobQueue({ state: 'failed', priority: 0 })) await retryJob(connected, job)
 */
export function retryJob<J extends Job>(
  connected: ConnectedQueue<J>,
  job: J,
  { now = () => new Date() }: Pick<ClaimOptions, 'now'> = {},
): Promise<J | undefined> {
  const { attempts, dueAt, expiresAfterDays } = job
  const more = { losses: remove(), ...(expiresAfterDays !== undefined && { expiresAt: remove() }) }
  return step(connected, job, { state: 'failed', attempts, dueAt }, { state: 'ready', attempts, dueAt: now() }, more)
}

const day = 86_400_000

/** What goes with the last step of a job. */
function ending({ expiresAfterDays }: Job, present: Date): object {
  const expires = expiresAfterDays !== undefined && { expiresAt: new Date(present.getTime() + expiresAfterDays * day) }
  return { worker: remove(), ...expires }
}

/** As much of a text as a job takes, in whole characters: whoever reports a problem must not have another one by it. */
function shortened(problem: string): string {
  // In Node.js since 20; TypeScript has it in the library of ES2024 only.
  const text = (problem as string & { toWellFormed(): string }).toWellFormed()
  return text.slice(0, maxProblemLength).replace(/[\uD800-\uDBFF]$/, '')
}

/** What a step leaves; and what tells it from what other steps leave, for no two claims of a job have the same number in `attempts`. */
type Left = Pick<Job, 'state' | 'attempts' | 'worker'> & { readonly dueAt?: Date }

/** A step of who has the claim. Extended, it is the same claim with another end. */
function stepOfHolder<J extends Job>(
  connected: ConnectedQueue<J>,
  job: J,
  left: Omit<Left, 'attempts'>,
  more: object = {},
): Promise<J | undefined> {
  const { attempts } = job
  return step(connected, job, { state: 'claimed', attempts }, { ...left, attempts }, more)
}

/** A change of a job that is as expected; undefined when it is not. A step whose answer was lost is done when the job is as it leaves it. */
async function step<J extends Job>(
  { jobs }: ConnectedQueue<J>,
  { jobId, priority }: J,
  expected: object,
  left: Left,
  more: object,
): Promise<J | undefined> {
  try {
    return await jobs.update({ jobId }, { ...left, ...more }, { if: expected, known: { priority } })
  } catch (error) {
    if (error instanceof ConditionFailedError || error instanceof ItemNotFoundError) return undefined
    if (!(error instanceof OutcomeUnknownError) || error.item === undefined) throw error
    const found = error.item as J
    return isLeftBy(left, found) ? found : undefined
  }
}

function isLeftBy({ state, attempts, worker, dueAt }: Left, job: Job): boolean {
  return (
    job.state === state &&
    job.attempts === attempts &&
    (worker === undefined || job.worker === worker) &&
    (dueAt === undefined || job.dueAt?.getTime() === dueAt.getTime())
  )
}
