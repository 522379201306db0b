// The trending boards: how the posts of a day do, and the hashtags in them.
import { expiresAt, number, string } from '../../lib/index.ts'
import { leaderboard } from '../../patterns/index.ts'
import { day, exampleIds } from './attributes.ts'

/**
 * A post is on one board, that of the day of the post, with all the likes and comments that it has had since. What is liked again
 * years later is on none.
 *
 * Written by the trending job every few minutes, and not with each like: a score is a key of the index, and moves the item there.
 * The job hears from the table's stream whose counts have changed, gathers these posts for five minutes, and reads the counts of
 * each once. A board is read by everybody and written by one, so it has one partition, and readers cache it for some seconds.
 */
export const trends = leaderboard({
  name: 'Trend',
  index: 'GSI1',
  description: 'How a post of a day does, or a hashtag in the posts of a day.',
  board: string({ pattern: /^(posts|tags)-\d{4}-\d\d-\d\d$/ })
    .describe('Posts or hashtags, and the day of the posts in UTC')
    .example('posts-2030-03-12'),
  player: string({ max: 40 }).describe('Identifier of the post, or the hashtag').example(exampleIds.post),
  score: number({ min: 0, integer: true })
    .describe('Likes, and twice the comments; of a hashtag, its posts on the day')
    .example(46),
  attributes: {
    expiresAt: expiresAt().describe('Seven days after the day').example(new Date('2030-03-20T00:00:00Z')),
  },
})

/** What a post has on its board: likes, and twice the comments. */
export function scoreOf({ likes, comments }: { readonly likes: number; readonly comments: number }): number {
  return likes + 2 * comments
}

/** The board for what was posted then. */
export function boardOf(kind: 'posts' | 'tags', postedAt: Readonly<Date>): string {
  return `${kind}-${postedAt.toISOString().slice(0, 10)}`
}

/** When that board is gone. */
export function boardExpiry(postedAt: Readonly<Date>): Date {
  return new Date((Math.floor(postedAt.getTime() / day) + 8) * day)
}
