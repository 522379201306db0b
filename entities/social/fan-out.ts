// Fan-out on write: brings a post into the timelines of all followers of its author, page by page, and can be taken up where it was left.
import type { Item } from '../../lib/index.ts'
import { type ClaimOptions, claimJob, completeJob, extendClaim, failJob } from '../../patterns/index.ts'
import type { Social } from './index.ts'
import type { Post } from './post.ts'
import { type deliveries, entryExpiry, maxPage } from './timeline.ts'

export type Delivery = Item<typeof deliveries.entities.Delivery>

export interface FanOutOptions {
  /** How long the claim lasts from each page on. It has to cover the time that one page takes. */
  readonly milliseconds: number
  /** Followers to a page, at most 100. Default 100. */
  readonly pageSize?: number
  /** The worker's clock. Default: the system's. */
  readonly now?: () => Date
}

/**
 * Takes the next delivery that is due, or that was left by a worker who is lost, and does it. Undefined when there is none. What fails is
 * thrown after its delivery has been put back (see `fanOut`): a worker reports it, and goes on with the next.
 *
 * @example
 * while ((await fanOutNext(network, { worker: hostname(), milliseconds: 30_000 })) !== undefined);
 */
export async function fanOutNext(
  network: Social,
  options: ClaimOptions & FanOutOptions,
): Promise<{ readonly postId: string; readonly delivered: number | undefined } | undefined> {
  const { entities, patterns } = network
  const job = await claimJob({ jobs: entities.Delivery, queue: patterns.deliveryQueue }, options)
  return job && { postId: job.jobId, delivered: await fanOut(network, job, options) }
}

/**
 * Brings a post to the followers of its author. Answers how many there were; undefined when another worker has claimed the delivery since.
 *
 * Each page of followers is written down in the job before it is delivered, and with it goes the claim. So a worker that takes over delivers the
 * page that may be half done once more; entries are put and not counted, and twice is once.
 *
 * A follower may unfollow, or be blocked, at any moment, also between the page and its delivery. So whether each still follows is read
 * after the entries have been written, consistently, and entries of those who do not are taken back. Whoever removes the edge first and
 * entries then (see `blockUser`) can rely on it: the entry is there to be removed, or its edge is seen to be gone.
 *
 * The list of followers is an index, which is a moment behind: a follower of the last second may miss the post.
 *
 * What fails is tried again after a pause, a second first and five minutes at most, for as long as the entries would be kept: the job says what it was,
 * and is due then. A worker that is lost says nothing, and its job is due when its claim ends.
 *
 * @throws what has failed, after the job has been put back
 */
export async function fanOut(network: Social, job: Delivery, options: FanOutOptions): Promise<number | undefined> {
  const { now = () => new Date() } = options
  const jobs = { jobs: network.entities.Delivery, queue: network.patterns.deliveryQueue }
  try {
    return await deliverPages(network, job, options)
  } catch (error) {
    const retryAt = new Date(now().getTime() + pauseAfter(job.attempts))
    // Where this fails too, as when the network is gone, the claim ends by itself.
    await failJob(jobs, job, { problem: String(error), retryAt, now }).catch(() => undefined)
    throw error
  }
}

/** Milliseconds until a delivery is tried again that has been claimed so many times. */
function pauseAfter(attempts: number): number {
  return Math.min(1_000 * 2 ** (attempts - 1), 300_000)
}

async function deliverPages(network: Social, job: Delivery, options: FanOutOptions): Promise<number | undefined> {
  const { milliseconds, now = () => new Date(), pageSize = maxPage } = options
  const { entities, patterns } = network
  const jobs = { jobs: entities.Delivery, queue: patterns.deliveryQueue }
  const post = await entities.Post.get({ postId: job.jobId }, { consistent: true })
  let current: Delivery | undefined = job
  if (post !== undefined && post.deletedAt === undefined && entryExpiry(post.postedAt) > now()) {
    // What a lost worker may have left half done.
    await deliver(network, post, job.payload.readers ?? [])
    while (current !== undefined && !isLastPage(current)) {
      const { cursor, delivered, readers = [] }: Delivery['payload'] = current.payload
      const followers = patterns.followers({ followeeId: post.authorId }, { limit: pageSize, ...(cursor && { cursor }) })
      const page = await followers
      const next = page.items.map(({ followerId }) => followerId)
      const payload: Delivery['payload'] = {
        authorId: post.authorId,
        readers: next,
        ...(page.cursor !== undefined && { cursor: page.cursor }),
        delivered: delivered + readers.length,
      }
      current = await extendClaim(jobs, current, { milliseconds, now, changes: { payload } })
      if (current !== undefined) await deliver(network, post, next)
    }
  }
  if (current === undefined) return undefined
  const { authorId, delivered, readers = [] }: Delivery['payload'] = current.payload
  // Whom the last page was for, and where the next would have begun, nobody asks any more.
  const payload = { authorId, delivered: delivered + readers.length }
  return (await completeJob(jobs, current, { now, changes: { payload } }))?.payload.delivered
}

/** A page is there, and nothing comes after it. */
function isLastPage({ payload: { readers, cursor } }: Delivery): boolean {
  return readers !== undefined && cursor === undefined
}

async function deliver(network: Social, post: Item<typeof Post>, readers: readonly string[]): Promise<void> {
  if (readers.length === 0) return
  const { TimelineEntry, Follow } = network.entities
  const { postId, authorId, postedAt } = post
  const expiresAt = entryExpiry(postedAt)
  await network.batchWrite(readers.map((userId) => TimelineEntry.put({ userId, postId, authorId, expiresAt })))
  const edges = await network.batchGet(
    readers.map((followerId) => Follow.get({ followerId, followeeId: authorId }, { consistent: true })),
  )
  const gone = readers.filter((_, position) => edges[position] === undefined)
  if (gone.length > 0) await network.batchWrite(gone.map((userId) => TimelineEntry.delete({ userId, postId })))
}
