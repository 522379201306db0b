// A queue of jobs in the table: workers claim them in order, each job has one worker at a time, and what a dead worker held comes back.
import {
  type Attribute,
  datetime,
  defineEntity,
  type Entity,
  expiresAt,
  number,
  oneOf,
  query,
  type Shards,
  string,
  ulid,
} from '../lib/index.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { keyUnder } from './key-prefix.ts'
import { refusePattern } from './pattern-problem.ts'

export interface QueueOptions<N extends string, X extends string, P extends Attribute> {
  /** The entity of the jobs; its keys begin with the name, and `jobQueue` is what its pattern is called when the name is `Job`. */
  readonly name: N
  /** The index that holds the jobs which wait or are worked on. */
  readonly index: X
  /** What is to be done: one attribute, such as a `map({ … })`. */
  readonly payload: P
  /**
   * How many priorities there are, at most 10; 0 is done first. Default 1. A claim asks for those that it names: `priorities: [0, 1, 2]`. More
   * can be had at any time, fewer when no job waits in those that go.
   */
  readonly priorities?: number
  /** TTL deletes a job so many days after it was done, or failed for good. Default: it stays. In such a queue each job may have its own number. */
  readonly expiresAfterDays?: number
  /** For more jobs a second than a partition takes. */
  readonly shards?: Shards
  /** The job's identifier, with description and example: a text that is made when none is given. Default: `ulid()`. */
  readonly jobId?: Attribute<string, 'default'>
  /** One or two sentences for the documentation. */
  readonly description?: string
}

/** How long the text of a problem may be; `failJob` cuts what is longer. */
export const maxProblemLength = 1000

/**
 * A queue: jobs that are done once each, in the order of priority and time.
 *
 * **Problem.** Work that must not be lost and must not be done by two, without a second system that could disagree with the table.
 *
 * **Layout.** A sparse index holds what waits and what is being worked on, sorted by when somebody may take it, and what has failed.
 *
 * | PK | SK | index PK | index SK |
 * | --- | --- | --- | --- |
 * | `JOB#{jobId}` | `JOB#{jobId}` | `JOB_QUEUE#{state}#{priority}` | `{dueAt}` |
 *
 * `dueAt` is when a waiting job may be claimed, of a claimed one when its claim ends, and of a failed one when it failed. Done jobs are in no
 * index.
 *
 * **Invariant.** A job goes from `ready` to `claimed` to `done`, back to `ready`, or to `failed`, and from there to `ready` when it is told to,
 * and no other way; each step is a write on condition that the job is as it was read. One claim of a job is valid at a time; a worker whose
 * claim has ended can neither finish the job nor fail it once another has claimed it. Work is done at least once: a worker that dies before it
 * says so leaves the job to the next one. A job that loses its workers again and again, without progress, has failed and is listed as such:
 * `{ state: 'failed', priority: 0 }`.
 *
 * **Mistake.** Taking what the index shows without a condition: an index lags behind the table, and two workers see the same job.
 *
 * Source: common practice; the guide's chapter on sparse indexes.
 *
 * @throws {ModelError} when the priorities are more than 10, or jobs would have no identifier
 *
 * @example
 * const model = defineModel({ table, ...queue({ name: 'Job', index: 'GSI1', payload: map({ orderId: string() }) }) })
 * const job = await claimJob({ jobs: shop.entities.Job, queue: shop.patterns.jobQueue }, { worker: 'w1', milliseconds: 30_000 })
 */
export function queue<const N extends string, const X extends string, P extends Attribute>(options: QueueOptions<N, X, P>) {
  const { name, index, priorities = 1 } = options
  const Job = jobEntity(options)
  const jobs = query(Job)
    .index(index as unknown as 'queue')
    .hydrate()
    .describe(
      `Jobs that wait (ready), are in work (claimed) or have failed, of one of ${priorities} priorities, the one that is due first first`,
    )
  return Object.freeze({
    entities: Object.freeze({ [name]: Job }) as unknown as { readonly [K in N]: JobEntity<N, X, P> },
    accessPatterns: Object.freeze({ [queueName(name)]: jobs }) as unknown as {
      readonly [K in `${Uncapitalize<N>}Queue`]: typeof jobs
    },
  })
}

function queueName(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}Queue`
}

type StandIn<N extends string, P extends Attribute> = ReturnType<typeof jobEntity<N, string, P>>

/** The entity of a queue's jobs. */
export type JobEntity<N extends string, X extends string, P extends Attribute> = Entity<
  N,
  StandIn<N, P>['attributes'],
  StandIn<N, P>['key'],
  { readonly [K in X]: StandIn<N, P>['indexes']['queue'] }
>

/** The types know the index as `queue`, and the templates by their placeholders; the names are the caller's. */
function jobEntity<const N extends string, const X extends string, P extends Attribute>(options: QueueOptions<N, X, P>) {
  const { name, index, payload, priorities = 1, shards, expiresAfterDays, description = 'Something to do, once.' } = options
  const jobId = options.jobId ?? ulid().describe('Which job it is')
  checkOptions(options)
  const key = keyUnder(name, '#{jobId}')
  const entry = {
    pk: keyUnder(name, '_QUEUE#{state}#{priority}'),
    sk: '{dueAt}',
    when: { state: ['ready', 'claimed', 'failed'] },
    ...(shards !== undefined && { shards }),
  } as const
  return defineEntity(name, {
    description,
    writtenBy: 'queue',
    attributes: {
      jobId,
      state: oneOf('ready', 'claimed', 'done', 'failed').default('ready').describe('Where it stands').example('claimed'),
      priority: number({ min: 0, max: priorities - 1, integer: true })
        .default(0)
        .readOnly()
        .describe('0 is done first')
        .example(0),
      dueAt: datetime()
        .default('now')
        .describe('When it may be claimed; while claimed, when the claim ends; of a failed one, when it failed'),
      attempts: number({ min: 0, integer: true }).default(0).describe('How often it has been claimed').example(1),
      losses: number({ min: 0, integer: true })
        .optional()
        .describe('How many workers were lost with it, one after the other and without progress; absent when none was'),
      worker: string().optional().describe('Who has claimed it').example('worker-1'),
      problem: string({ max: maxProblemLength }).optional().describe('Why the last attempt failed'),
      payload,
      ...expiryAttributes(expiresAfterDays),
    },
    key: { pk: key, sk: key },
    indexes: { [index]: entry } as unknown as { readonly queue: typeof entry },
  })
}

/** In the types always, as optional; in the queue when its jobs expire. The number is in the job, where the steps that end it find it. */
function expiryAttributes(days: number | undefined) {
  if (days === undefined) return {} as never
  return {
    expiresAfterDays: number({ min: 0 })
      .optional()
      .default(days)
      .describe('How many days it stays when it is done or has failed for good'),
    expiresAt: expiresAt().optional().describe('When it is deleted; absent while it is to be done'),
  }
}

function checkOptions({ name, jobId, priorities = 1, expiresAfterDays }: QueueOptions<string, string, Attribute>): void {
  if (jobId !== undefined && attributeDefinitions({ jobId }).jobId?.default === undefined)
    refusePattern(
      'bad-attribute',
      `${name}.jobId`,
      'jobs without an identifier are given one.',
      'Declare it as ulid() or uuid().',
    )
  // A second digit would change the width of all, and with it the keys of the jobs that wait.
  if (!Number.isInteger(priorities) || priorities < 1 || priorities > 10)
    refusePattern(
      'bad-queue',
      `${name}.priorities`,
      `there are 1 to 10 of them, not ${priorities}.`,
      'Use another queue for more.',
    )
  if (expiresAfterDays !== undefined && !(expiresAfterDays > 0))
    refusePattern('bad-queue', `${name}.expiresAfterDays`, `${expiresAfterDays} is no number of days.`, 'Give a positive one.')
}
