// Users, and how many follow them. Both live in the user's partition, so that a profile is one read.
import { createdAt, defineEntity, oneOf, string, ulid, updatedAt, version } from '../../lib/index.ts'
import { sparseIndex } from '../../patterns/index.ts'
import { count, exampleIds, userReference } from './attributes.ts'
import { slot } from './counter-slot.ts'

/**
 * How an author's posts reach followers. From one way to the other an author goes through `both`, in which posts are delivered
 * and read, and nobody sees one twice: without it, posts that were only to be read would vanish from all timelines on the way
 * back, so it lasts the `timelineDays` that these can be in one; and on the way there it lasts until every session has the new
 * list of authors to read.
 */
export const fanOut = () => oneOf('write', 'both', 'read')

/**
 * Counts are items of their own: a profile is written when somebody edits it and read all the time; counts are written all the time.
 *
 * Few users have their posts read and not delivered, and they rarely change: the sparse list of them fits into the memory of every server.
 */
export const User = defineEntity('User', {
  description:
    'Somebody with an account. Accounts are closed and not deleted, so that what refers to them stays readable. Nobody else gets the handle, and a closed account publishes nothing; that it can’t sign in is the application’s to see to.',
  attributes: {
    userId: ulid().example(exampleIds.ada),
    handle: string({ pattern: /^[a-z0-9_]{2,20}$/ })
      .describe('Unique, in lower case: @Ada and @ada are one')
      .example('ada'),
    name: string({ min: 1, max: 80 }).example('Ada Keller'),
    bio: string({ max: 300 }).optional().example('Rows on the lake before the ferries do'),
    avatar: string({ max: 200 }).optional().describe('Path of the picture').example('avatars/01NJMC.webp'),
    fanOut: fanOut()
      .default('write')
      .describe(
        'How posts reach followers: written into their timelines, or, beyond some ten thousand followers, read by them, or both on the way from one to the other',
      )
      .example('read'),
    status: oneOf('active', 'closed').default('active').onlyInTransactions().example('active'),
    version: version().describe('Optimistic locking: two open profile forms cannot overwrite each other').example(2),
    createdAt: createdAt().example(new Date('2028-05-04T18:22:10Z')),
    updatedAt: updatedAt().example(new Date('2030-01-20T07:45:00Z')),
  },
  key: { pk: 'USER#{userId}', sk: 'PROFILE#{userId}' },
  indexes: {
    GSI1: { pk: 'HANDLE#{handle}', sk: 'PROFILE#{userId}' },
    ...sparseIndex({ index: 'GSI2', name: 'FanOutOnRead', by: 'userId', when: { fanOut: ['both', 'read'], status: 'active' } }),
  },
  unique: { handle: 'USER_HANDLE#{handle}' },
  onlyInTransactions: ['create', 'put', 'delete', 'move'],
})

/**
 * In slots, since everybody follows a celebrity on the same evening: DynamoDB refuses one of two transactions that write the same item at the
 * same moment. The slots are neighbours under one partition key, for the profile to be one query; DynamoDB splits between them when they are
 * hot. They are made by the first who counts.
 */
export const UserCount = defineEntity('UserCount', {
  description: 'A part of a user’s counts. The counts are the sums over all parts.',
  attributes: {
    userId: userReference().describe('Whose counts these are'),
    slot: slot(),
    followers: count().example(12),
    following: count().example(7),
    posts: count().example(3),
  },
  key: { pk: 'USER#{userId}', sk: 'COUNT#{slot}' },
  onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
})
