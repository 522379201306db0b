// The trending boards: what is talked about, by day.
import { expiresAt, number, string } from '../../lib/index.ts'
import { leaderboard } from '../../patterns/index.ts'
import { exampleIds } from './attributes.ts'

/**
 * Written by the trending job every few minutes, and not with each like: a score is a key of the index, and moves the item there. A board is
 * read by everybody and written by one, so it has one partition, and readers cache it for some seconds.
 */
export const trends = leaderboard({
  name: 'Trend',
  index: 'GSI1',
  description: 'How much a post or a hashtag was talked about on a day.',
  board: string({ pattern: /^(posts|tags)-\d{4}-\d\d-\d\d$/ })
    .describe('Posts or hashtags, and the day in UTC')
    .example('posts-2030-03-12'),
  player: string({ max: 40 }).describe('Identifier of the post, or the hashtag').example(exampleIds.post),
  score: number({ min: 0, integer: true }).describe('Likes, and twice the comments; of a hashtag, its posts').example(3),
  attributes: {
    expiresAt: expiresAt().describe('Seven days after the day').example(new Date('2030-03-20T00:00:00Z')),
  },
})

/** What a post has on its board: likes, and twice the comments. */
export function scoreOf({ likes, comments }: { readonly likes: number; readonly comments: number }): number {
  return likes + 2 * comments
}
