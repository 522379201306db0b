// What the people write and like: posts with their hashtags, comments in threads, likes.
import { datasetNow, day, type Random, shifted } from '../../demo/random.ts'
import type { Comment } from '../comment.ts'
import { pathOf } from '../comment.ts'
import { slotOf } from '../counter-slot.ts'
import type { Like } from '../like.ts'
import { type HashtagPost, type Post, type PostCount, removalExpiry } from '../post.ts'
import { boardExpiry, boardOf, scoreOf, type trends } from '../trend.ts'
import type { views } from '../views.ts'
import { since } from './people.ts'
import type { Row, Rows } from './row.ts'
import { answers, openings, tags } from './vocabulary.ts'

type People = Rows<'User' | 'Follow' | 'Block'>

/** Of the last forty days, so that timelines, which reach back thirty, do not have all of them. */
const period = 40 * day

/** Everything about posts but the counts in it: those are made at last, from what was counted. */
export function makePosts(
  random: Random,
  people: People,
): Rows<'Post' | 'HashtagPost' | 'Comment' | 'Like' | 'PostCount' | 'Views' | 'Trend'> {
  const posts = people.User.flatMap(({ userId }) => Array.from({ length: random.int(0, 7) }, () => post(random, userId)))
  const shown = posts.filter(({ deletedAt }) => deletedAt === undefined)
  const blocked = new Set(people.Block.map(({ blockerId, blockedId }) => `${blockerId} ${blockedId}`))
  const reached = (authorId: string, userId: string) => !blocked.has(`${authorId} ${userId}`)
  const likes = shown.flatMap((one) =>
    random
      .some(people.User, 0, random.chance(0.05) ? 60 : 8)
      .filter(({ userId }) => reached(one.authorId, userId))
      .map(({ userId }): Row<typeof Like> => ({ userId, postId: one.postId, likedAt: since(random, one.postedAt) })),
  )
  const comments = shown.flatMap((one) => thread(random, one, people, reached))
  const counts = countsOf(likes, comments)
  return {
    // What lists show is a little behind.
    Post: posts.map((one) => ({
      ...one,
      likes: Math.floor(sumOf(counts, one.postId, 'likes') * 0.9),
      comments: sumOf(counts, one.postId, 'comments'),
    })),
    HashtagPost: shown.flatMap(({ postId, authorId, postedAt, hashtags }) =>
      hashtags.map((tag): Row<typeof HashtagPost> => ({ tag, postedAt, postId, authorId })),
    ),
    Comment: comments,
    Like: likes,
    PostCount: counts,
    Views: shown.flatMap(({ postId: counter }) =>
      [0, 4, 7].map((shard): Row<typeof views.entities.Views> => ({ counter, shard, value: random.int(1, 400) })),
    ),
    Trend: [...trendingPosts(shown, counts), ...trendingTags(shown)],
  }
}

function post(random: Random, authorId: string): Row<typeof Post> {
  const postedAt = random.before(datasetNow, 60_000, period)
  const hashtags = tags.filter(({ weight }) => random.chance(weight / 100)).map(({ tag }) => tag)
  const deletedAt = random.chance(0.04) ? since(random, postedAt) : undefined
  return {
    postId: random.ulid(postedAt),
    authorId,
    text: [random.pick(openings), ...hashtags.map((tag) => `#${tag}`)].join(' '),
    hashtags,
    ...(random.chance(0.4) && { images: [`posts/${random.faker.string.alphanumeric(8)}.webp`] }),
    likes: 0,
    comments: 0,
    postedAt,
    ...(deletedAt && { deletedAt, expiresAt: removalExpiry(deletedAt) }),
  }
}

/** Some comments, each of them an answer to the post or to one of those before it. */
function thread(
  random: Random,
  { postId, postedAt, authorId: author }: Row<typeof Post>,
  { User }: Pick<People, 'User'>,
  reached: (authorId: string, userId: string) => boolean,
): Row<typeof Comment>[] {
  const comments: Row<typeof Comment>[] = []
  for (const { userId } of random.some(User, 0, random.chance(0.1) ? 20 : 3)) {
    const before = comments.filter(({ text }) => text !== undefined)
    const parent = before.length > 0 && random.chance(0.5) ? random.pick(before) : undefined
    const at = since(random, parent?.postedAt ?? postedAt)
    if (![author, parent?.authorId ?? author].every((one) => reached(one, userId))) continue
    const commentId = random.ulid(at)
    const removed = random.chance(0.05)
    comments.push({
      postId,
      path: pathOf(commentId, parent?.path),
      commentId,
      authorId: userId,
      ...(!removed && { text: random.pick(answers) }),
      postedAt: at,
      ...(removed && { removedAt: since(random, at) }),
    })
  }
  return comments
}

function countsOf(likes: readonly Row<typeof Like>[], comments: readonly Row<typeof Comment>[]): Row<typeof PostCount>[] {
  const counts = new Map<string, Row<typeof PostCount>>()
  const count = (postId: string, by: string, what: 'likes' | 'comments', sign = 1) => {
    const slot = slotOf(by)
    const row = counts.get(`${postId} ${slot}`) ?? { postId, slot, likes: 0, comments: 0 }
    counts.set(`${postId} ${slot}`, { ...row, [what]: row[what] + sign })
  }
  for (const { postId, userId } of likes) count(postId, userId, 'likes')
  for (const { postId, authorId, removedAt } of comments) count(postId, authorId, 'comments', removedAt === undefined ? 1 : 0)
  return [...counts.values()]
}

function sumOf(counts: readonly Row<typeof PostCount>[], postId: string, what: 'likes' | 'comments'): number {
  return counts.reduce((sum, row) => (row.postId === postId ? sum + row[what] : sum), 0)
}

type TrendRow = Row<typeof trends.entities.Trend>

/** The boards of the last three days: by likes, and twice the comments. */
function trendingPosts(posts: readonly Row<typeof Post>[], counts: readonly Row<typeof PostCount>[]): TrendRow[] {
  return posts.filter(isRecent).map(({ postId, postedAt }) => {
    const score = scoreOf({ likes: sumOf(counts, postId, 'likes'), comments: sumOf(counts, postId, 'comments') })
    return trend('posts', postedAt, postId, score)
  })
}

/** By how many posts have the tag. */
function trendingTags(posts: readonly Row<typeof Post>[]): TrendRow[] {
  const boards = new Map<string, TrendRow>()
  for (const { hashtags, postedAt } of posts.filter(isRecent))
    for (const tag of hashtags) {
      const row = trend('tags', postedAt, tag, 1)
      const before = boards.get(`${row.board} ${tag}`)
      boards.set(`${row.board} ${tag}`, { ...row, score: row.score + (before?.score ?? 0) })
    }
  return [...boards.values()]
}

function isRecent({ postedAt }: Row<typeof Post>): boolean {
  return postedAt >= shifted(datasetNow, -3 * day)
}

function trend(kind: 'posts' | 'tags', at: Readonly<Date>, player: string, score: number): TrendRow {
  return { board: boardOf(kind, at), player, score, expiresAt: boardExpiry(at) }
}
