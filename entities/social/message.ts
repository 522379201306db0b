// Direct messages between two users, and each one's view of their conversation.
import { datetime, defineEntity, remove, string, ulid } from '../../lib/index.ts'
import { count, exampleIds, otherUserReference, userReference } from './attributes.ts'

/** The conversation of two users: the same whoever asks. */
export function conversationOf(one: string, other: string): string {
  return one < other ? `${one}.${other}` : `${other}.${one}`
}

export const Message = defineEntity('Message', {
  description: 'What one user wrote to another.',
  attributes: {
    conversationId: string({ pattern: /^[0-9A-Z]{26}\.[0-9A-Z]{26}$/ })
      .describe('Both users, the smaller identifier first')
      .example(conversationOf(exampleIds.ada, exampleIds.ben)),
    messageId: ulid({ generate: false })
      .describe('Made by the sender’s device, so that what it sends twice is there once')
      .example(exampleIds.message),
    senderId: otherUserReference().readOnly().describe('Who wrote it'),
    text: string({ min: 1, max: 4000 }).example('Same time on Thursday?'),
    sentAt: datetime().default('now').readOnly().example(new Date('2030-03-12T15:07:44Z')),
  },
  key: { pk: 'CONVERSATION#{conversationId}', sk: 'MESSAGE#{messageId}' },
  onlyInTransactions: ['create', 'put', 'move'],
})

/**
 * The same conversation twice, once for each of the two: an inbox is one query, in the order of the last message. `unreadAt` is there only
 * while something is unread, and with it the item's place in the list of unread conversations.
 */
export const Conversation = defineEntity('Conversation', {
  description: 'A conversation as one of its two users has it in the inbox.',
  attributes: {
    userId: userReference().describe('Whose inbox it is in'),
    peerId: otherUserReference().describe('Whom it is with'),
    lastMessageId: ulid({ generate: false }).describe('The last message, from either').example(exampleIds.message),
    lastMessageAt: datetime().example(new Date('2030-03-12T15:07:44Z')),
    preview: string({ max: 80 }).describe('How the last message begins').example('Same time on Thursday?'),
    unread: count().describe('Messages of the other that were not read').example(1),
    unreadAt: datetime()
      .optional()
      .describe('When the last unread one came; absent when all are read')
      .example(new Date('2030-03-12T15:07:44Z')),
  },
  key: { pk: 'INBOX#{userId}', sk: 'PEER#{peerId}' },
  indexes: {
    GSI1: { pk: 'RECENT#{userId}', sk: '{lastMessageAt}' },
    GSI2: { pk: 'UNREAD_CONVERSATIONS#{userId}', sk: '{unreadAt}' },
  },
  onlyInTransactions: ['create', 'put', 'delete', 'move'],
})

/**
 * The arguments of the update that marks a conversation as read, up to the message that was shown. Refused with a ConditionFailedError when another
 * has come since, which nobody has seen.
 *
 * @example
 * await network.entities.Conversation.update(...readUpTo(userId, peerId, lastMessageId))
 */
export function readUpTo(userId: string, peerId: string, lastMessageId: string) {
  return [{ userId, peerId }, { unread: 0, unreadAt: remove() }, { if: { lastMessageId } }] as const
}
