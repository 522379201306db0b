// The table of the social network: one table for all entities, and what each of its indexes is there for.
import { defineTable } from '../../lib/index.ts'

/**
 * - `GSI1` finds users by handle and lists things by another parent or in another order (an author's posts, a user's followers, who liked a
 *   post). It holds whole items, so one query answers.
 * - `GSI2` is sparse and KEYS_ONLY: what is unread, what is still to be delivered, whose posts are read and not delivered. Its lists drain.
 *
 * There is no inverted index. Every item would be in it, and with the relations it would gather, in one partition and at the moment when it
 * hurts, all likes of the post that everybody likes. `GSI1` has the same lists, each sized for what can be written to it.
 *
 * There is no local index either: with one, no partition key can hold more than 10 GB or be split for heat, and timelines and conversations
 * grow for years.
 *
 * What DynamoDB writes most often here, timeline entries, is in no index: each index would double the price of fan-out.
 */
export const table = defineTable({
  name: 'social',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
    GSI2: { partitionKey: 'GSI2PK', sortKey: 'GSI2SK', projection: 'KEYS_ONLY' },
  },
  timeToLive: 'expiresAt',
})
