// Notifications: what happened while a user was away.
import { datetime, defineEntity, expiresAt, oneOf, ulid } from '../../lib/index.ts'
import { sparseIndex } from '../../patterns/index.ts'
import { day, exampleIds, otherUserReference, userReference } from './attributes.ts'

/** When a notification expires: whole seconds, as the table keeps them. */
export function notificationExpiry(at: Readonly<Date>): Date {
  return new Date(Math.floor(at.getTime() / 1000) * 1000 + 90 * day)
}

/**
 * Unread ones are in a sparse index, which reading takes them out of: the badge is a query of what is in it, of keys alone. Likes
 * make none: the author of a post that everybody likes would be the hottest partition of all. The application tells authors of
 * likes by what the trending job has counted.
 */
export const Notification = defineEntity('Notification', {
  description: 'Somebody followed, commented or answered. Gone after ninety days, read or not.',
  attributes: {
    userId: userReference().describe('Who is told'),
    notificationId: ulid().example(exampleIds.notification),
    kind: oneOf('follow', 'comment', 'reply').example('comment'),
    actorId: otherUserReference().describe('Who did it'),
    postId: ulid({ generate: false }).optional().describe('The post it is about').example(exampleIds.post),
    readAt: datetime().optional().describe('Absent while unread'),
    expiresAt: expiresAt().describe('Ninety days later').example(new Date('2030-06-10T09:42:33Z')),
  },
  key: { pk: 'NOTIFICATIONS#{userId}', sk: 'NOTIFICATION#{notificationId}' },
  indexes: sparseIndex({
    index: 'GSI2',
    name: 'Unread',
    of: 'userId',
    by: 'notificationId',
    when: { readAt: { exists: false } },
  }),
})
