// The trending boards: what is talked about, by day.
import { expiresAt } from '../../lib/index.ts'
import { leaderboard } from '../../patterns/index.ts'

/**
 * Boards are `posts-2030-03-12` and `tags-2030-03-12`, by UTC day; their players are identifiers of posts, and hashtags.
 *
 * Written by the trending job every few minutes, and not with each like: a score is a key of the index, and moves the item there. A board is
 * read by everybody and written by one, so it has one partition, and readers cache it for some seconds.
 */
export const trends = leaderboard({
  name: 'Trend',
  index: 'GSI1',
  attributes: {
    expiresAt: expiresAt().describe('Seven days after the day').example(new Date('2030-03-20T00:00:00Z')),
  },
})

/** What a post has on its board: likes, and twice the comments. */
export function scoreOf({ likes, comments }: { readonly likes: number; readonly comments: number }): number {
  return likes + 2 * comments
}
