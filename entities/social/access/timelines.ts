// Home timelines and what is still on its way to them; and the trending boards.
import { datetime, get, query, transaction } from '../../../lib/index.ts'
import { count, postReference } from '../attributes.ts'
import { Post } from '../post.ts'
import { deliveries, TimelineEntry } from '../timeline.ts'
import { boardExpiry, boardOf, scoreOf, trends } from '../trend.ts'

const { Trend } = trends.entities

const counted = {
  postId: postReference(),
  postedAt: datetime().describe('As in the post').example(new Date('2030-03-12T09:41:07Z')),
  likes: count().describe('The sum of its PostCounts').example(38),
  comments: count().describe('The sum of its PostCounts').example(4),
}

const recordCounts = transaction({ Post }, counted, ({ postId, postedAt, likes, comments }, { Post }) => [
  Post.update({ postId }, { likes, comments }, { if: { postedAt, deletedAt: { exists: false } } }),
])
  .describe('What the trending job has counted of an older post, for the lists that show it')
  .rate({ perSecond: 3 })

export const timelinePatterns = {
  timeline: query(TimelineEntry)
    .descending()
    .describe('What was delivered to a user, newest post first. homeTimeline() adds what is read, and the posts themselves')
    .rate({ perSecond: 300 }),

  latestEntries: query(TimelineEntry)
    .descending()
    .consistent()
    .describe(
      'The same with what was delivered a moment ago: to take out of it the posts of somebody who was blocked or is followed no more',
    )
    .rate({ perSecond: 1 }),

  deliveryQueue: deliveries.accessPatterns.deliveryQueue
    .describe(
      'Posts that are to be delivered, or are being delivered, by when a worker may take them; and those that were given up',
    )
    .rate({ perSecond: 10 }),

  trending: trends.accessPatterns.top
    .describe(
      'The board of the posts of a day, or of their hashtags, highest score first; every server asks once in a few seconds',
    )
    .rate({ perSecond: 20 }),

  standing: get(Trend).describe('How a post or hashtag stands on a board').rate({ perSecond: 2 }),

  standings: trends.accessPatterns.ofPlayer
    .describe('How a hashtag stands on the boards of all days, newest last; a post is on one')
    .rate({ perSecond: 1 }),

  recordCounts,

  /** Rows of hashtags are put by the job itself: they are in no transaction with anything. */
  recordTrend: transaction({ recordCounts, Trend }, counted, (counts, { recordCounts, Trend }) => [
    ...recordCounts(counts),
    Trend.put({
      board: boardOf('posts', counts.postedAt),
      player: counts.postId,
      score: scoreOf(counts),
      expiresAt: boardExpiry(counts.postedAt),
    }),
  ])
    .describe('What the trending job has counted of a post of the last seven days: in the post, and on the board of its day')
    .rate({ perSecond: 15 }),
}
