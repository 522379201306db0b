// Home timelines and what is still on its way to them; and the trending boards.
import { get, query, transaction } from '../../../lib/index.ts'
import { count, postReference } from '../attributes.ts'
import { Post } from '../post.ts'
import { deliveries, TimelineEntry } from '../timeline.ts'
import { board, score, Trend } from '../trend.ts'

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
    .describe('Posts that are to be delivered, or are being delivered, by when a worker may take them')
    .rate({ perSecond: 10 }),

  trending: query(Trend)
    .index('GSI1')
    .descending()
    .describe('The board of a day, highest score first; every server asks once in a few seconds')
    .rate({ perSecond: 20 }),

  scoreOf: get(Trend).describe('How a post or hashtag stands on a board').rate({ perSecond: 2 }),

  recordTrend: transaction(
    { Trend, Post },
    {
      postId: postReference(),
      board: board(),
      likes: count().describe('The sum of its PostCounts').example(38),
      comments: count().describe('The sum of its PostCounts').example(4),
      score: score().describe('Likes, and twice the comments').example(46),
      expiresAt: Trend.attributes.expiresAt,
    },
    ({ postId, likes, comments, ...row }, { Trend, Post }) => [
      Trend.put({ ...row, subject: postId }),
      Post.update({ postId }, { likes, comments }, { if: { deletedAt: { exists: false } } }),
    ],
  )
    .describe('What the trending job has counted: on the board and in the post')
    .rate({ perSecond: 5 }),
}
