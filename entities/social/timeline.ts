// Home timelines, as they are written by fan-out, and the jobs that do it.
import { defineEntity, expiresAt, list, map, number, string, ulid } from '../../lib/index.ts'
import { queue } from '../../patterns/index.ts'
import { day, exampleIds, otherUserReference, postReference, userReference } from './attributes.ts'

/** Nobody scrolls further back; those who do are shown the profiles they came for. */
export const timelineDays = 30

/** When an entry of a post expires: whole seconds, as the table keeps them. */
export function entryExpiry(postedAt: Readonly<Date>): Date {
  return new Date(Math.floor(postedAt.getTime() / 1000) * 1000 + timelineDays * day)
}

/**
 * Written once for each follower of each post: small, in no index, and gone by itself. A put of the same entry changes nothing, so fan-out can be
 * repeated. It holds no text, so that an edited or removed post is so in all timelines at once.
 *
 * What one author has in a timeline is found by reading that timeline, which is short; an index for it would be paid for with every entry.
 */
export const TimelineEntry = defineEntity('TimelineEntry', {
  description: 'A post is in somebody’s home timeline.',
  attributes: {
    userId: otherUserReference().describe('Whose timeline it is'),
    postId: postReference(),
    authorId: userReference().describe('Who wrote the post'),
    expiresAt: expiresAt().describe('Thirty days after the post').example(new Date('2030-04-11T09:41:07Z')),
  },
  key: { pk: 'TIMELINE#{userId}', sk: 'ENTRY#{postId}' },
})

/** A delivery that is done is kept for a while, for whoever asks what became of a post; one that was given up, to be taken back. */
export const deliveryDays = 7

/** Followers that are delivered to before progress is written down: four batches. */
export const maxPage = 100

/**
 * The deliveries that are under way. The job's identifier is the post's, and it is made in the transaction that publishes the post: a post
 * without delivery can't be. Progress is in the job, so that another worker goes on where one was lost.
 *
 * A delivery that loses worker after worker on the same page is given up. `deliveryQueue` lists these, `{ state: 'failed', priority: 0 }`; once the
 * cause is mended, `retryJob` takes one back, and it goes on where it was.
 */
export const deliveries = queue({
  name: 'Delivery',
  index: 'GSI2',
  description: 'A post is on its way to those who follow its author.',
  jobId: ulid().describe('The post').example(exampleIds.post),
  payload: map({
    authorId: userReference().describe('Whose followers get it').example(exampleIds.ada),
    readers: list(ulid({ generate: false }), { max: maxPage })
      .optional()
      .describe('The page of followers that is being delivered to')
      .example([exampleIds.ben]),
    cursor: string({ max: 4000 }).optional().describe('Where the next page begins; absent before the first and at the last'),
    delivered: number({ min: 0, integer: true }).default(0).describe('Followers on the pages that are done').example(0),
  })
    .describe('Whose post it is, and how far it has been delivered')
    .example({ authorId: exampleIds.ada, readers: [exampleIds.ben], delivered: 0 }),
  shards: { count: 4 },
  expiresAfterDays: deliveryDays,
})
