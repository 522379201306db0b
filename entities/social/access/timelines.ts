// Home timelines and what is still on its way to them; and the trending boards.
import { get, query, transaction } from '../../../lib/index.ts'
import { count, postReference } from '../attributes.ts'
import { Post } from '../post.ts'
import { deliveries, TimelineEntry } from '../timeline.ts'
import { scoreOf, trends } from '../trend.ts'

const { Trend } = trends.entities

export const timelinePatterns = {
  timeline: query(TimelineEntry)
    .descending()
    .describe('What was delivered to a user, newest post first. homeTimeline() adds what is read, and the posts themselves')
    .rate({ perSecond: 300 }),

  latestEntries: query(TimelineEntry)
    .descending()
    .consistent()
    .describe('The same with what was delivered a moment ago: to take out of it the posts of somebody whom the user has blocked')
    .rate({ perSecond: 1 }),

  deliveryQueue: deliveries.accessPatterns.deliveryQueue
    .describe(
      'Posts that are to be delivered, or are being delivered, by when a worker may take them; and those that were given up',
    )
    .rate({ perSecond: 10 }),

  trending: trends.accessPatterns.top
    .describe('The board of a day, highest score first; every server asks once in a few seconds')
    .rate({ perSecond: 20 }),

  standing: get(Trend).describe('How a post or hashtag stands on a board').rate({ perSecond: 2 }),

  standings: trends.accessPatterns.ofPlayer
    .describe('How a post or hashtag stands on the boards of all days, newest last')
    .rate({ perSecond: 1 }),

  recordTrend: transaction(
    { Trend, Post },
    {
      postId: postReference(),
      board: Trend.attributes.board,
      likes: count().describe('The sum of its PostCounts').example(38),
      comments: count().describe('The sum of its PostCounts').example(4),
      expiresAt: Trend.attributes.expiresAt,
    },
    ({ postId, likes, comments, ...row }, { Trend, Post }) => [
      Trend.put({ ...row, player: postId, score: scoreOf({ likes, comments }) }),
      Post.update({ postId }, { likes, comments }, { if: { deletedAt: { exists: false } } }),
    ],
  )
    .describe('What the trending job has counted: on the board and in the post')
    .rate({ perSecond: 5 }),
}
