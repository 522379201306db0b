// The home timeline as a user sees it: what was delivered, merged with the posts of those whose posts are read and not delivered.
import type { Item } from '../../lib/index.ts'
import type { Social } from './index.ts'
import type { Post } from './post.ts'

export interface HomeTimelineRequest {
  readonly userId: string
  /** Those among the followed whose posts are read: `authorsToRead`. Of those who are not followed any more, nothing is shown. */
  readonly authorIds: readonly string[]
  /**
   * Whose posts are left out: whom the user has blocked. Deliveries take care of that by themselves but for one case, a worker that was away
   * for longer than its claim and is lost between its writing and its looking.
   */
  readonly hidden?: ReadonlySet<string>
  /** The last post of the page before; absent for the newest. */
  readonly before?: string
  /** How many posts. Default 20. */
  readonly limit?: number
}

export interface HomeTimeline {
  readonly posts: readonly Item<typeof Post>[]
  /** `before` of the next page; absent at the end. */
  readonly before?: string
}

/**
 * Whom a user follows of those whose posts are read. An application keeps the answer with the session: authors that are missing
 * from it, and are followed since, are seen when it is made anew.
 *
 * Which way, when: delivering costs a write for each follower of each post, and a reader finds everything in one query. Reading
 * costs nothing when a post is written, and a query for each such author whenever somebody opens the timeline. Most have few
 * followers: theirs are delivered. An author with a million followers would be a million writes for each post, late for those who
 * are last; there are few such authors, and all of their followers ask for the same page of posts, which a cache holds.
 *
 * @param readAuthors the users of `fanOutOnRead`, which every server keeps in memory
 */
export async function authorsToRead(network: Social, userId: string, readAuthors: ReadonlySet<string>): Promise<string[]> {
  const followed: string[] = []
  for await (const { followeeId } of network.patterns.following({ followerId: userId }))
    if (readAuthors.has(followeeId)) followed.push(followeeId)
  return followed
}

/**
 * A page of the home timeline, newest post first. Identifiers of posts hold their time, so both sources are in one order and one
 * `before` goes on in all of them. A page may be shorter than `limit`, since posts that were removed are left out; it is the last
 * one when it has no `before`.
 *
 * Whether the user still follows those whose posts are read is asked with each page, in one batch beside the queries: a block
 * ends the edges, and what is kept with a session does not hear of it.
 */
export async function homeTimeline(network: Social, request: HomeTimelineRequest): Promise<HomeTimeline> {
  const { userId, authorIds, hidden, before, limit = 20 } = request
  const { patterns, entities } = network
  const range = before === undefined ? {} : { postId: { lt: before } }
  const [delivered, edges, ...pages] = await Promise.all([
    patterns.timeline({ userId, ...range }, { limit }),
    network.batchGet(authorIds.map((authorId) => entities.Follow.get({ followerId: userId, followeeId: authorId }))),
    ...authorIds.map((authorId) => patterns.postsOfUser({ authorId, ...range }, { limit })),
  ])
  const read = pages.filter((_, position) => edges[position] !== undefined)
  const found = new Map(read.flatMap(({ items }) => items.map((post) => [post.postId, post])))
  const all = new Set([...delivered.items.map(({ postId }) => postId), ...found.keys()])
  const page = [...all].sort().reverse().slice(0, limit)
  const missing = page.filter((postId) => !found.has(postId))
  for (const post of await network.batchGet(missing.map((postId) => entities.Post.get({ postId }))))
    if (post !== undefined) found.set(post.postId, post)
  const posts = page
    .flatMap((postId) => found.get(postId) ?? [])
    .filter(({ authorId, deletedAt }) => deletedAt === undefined && hidden?.has(authorId) !== true)
  const last = page.at(-1)
  const more = all.size > page.length || [delivered, ...read].some(({ cursor }) => cursor !== undefined)
  return { posts, ...(more && last !== undefined && { before: last }) }
}
