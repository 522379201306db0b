// The trending boards: what is talked about, by day.
import { defineEntity, expiresAt, number, string } from '../../lib/index.ts'
import { exampleIds } from './attributes.ts'

/** What a board ranks, and of which UTC day: `posts-2030-03-12`. */
export const board = () =>
  string({ pattern: /^(posts|tags)-\d{4}-\d\d-\d\d$/ })
    .describe('What is ranked, and of which UTC day')
    .example('posts-2030-03-12')

export const score = () => number({ min: 0, max: 999_999_999, integer: true })

/**
 * Written by the trending job every few minutes, and not with each like: a score is a key of the index, and moves the item there. A board is
 * read by everybody and written by one, so it has one partition, and readers cache it for some seconds.
 */
export const Trend = defineEntity('Trend', {
  description: 'A post or hashtag on the board of a day.',
  attributes: {
    board: board(),
    subject: string({ min: 1, max: 40 }).describe('The post’s identifier, or the tag').example(exampleIds.post),
    score: score().describe('Likes, and twice the comments').example(46),
    expiresAt: expiresAt().describe('Seven days after the day').example(new Date('2030-03-20T00:00:00Z')),
  },
  key: { pk: 'TREND#{board}#{subject}', sk: 'TREND#{board}#{subject}' },
  indexes: {
    GSI1: { pk: 'TRENDING#{board}', sk: '{score}' },
  },
})
