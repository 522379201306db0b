// Direct messages between two users, and each one's view of their conversation.
import { datetime, defineEntity, type Item, remove, string, ulid } from '../../lib/index.ts'
import { count, exampleIds, otherUserReference, userReference } from './attributes.ts'

/** The conversation of two users: the same whoever asks. */
export function conversationOf(one: string, other: string): string {
  return one < other ? `${one}.${other}` : `${other}.${one}`
}

export const messageText = () => string({ min: 1, max: 4000 }).example('Same time on Thursday?')

/**
 * What is sent is not edited, and a removed message keeps its place: only `removeMessage` takes the text, here and in both
 * inboxes.
 */
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
    text: messageText().optional().describe('Absent when it was removed'),
    sentAt: datetime().default('now').readOnly().example(new Date('2030-03-12T15:07:44Z')),
    removedAt: datetime().optional().describe('When the text was removed; absent otherwise'),
  },
  key: { pk: 'CONVERSATION#{conversationId}', sk: 'MESSAGE#{messageId}' },
  onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
})

const previewLength = 80
const characters = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** How a text begins: whole characters as readers see them, counted in UTF-16 units as the length of an attribute is. */
export function previewOf(text: string): string {
  let end = 0
  for (const { index, segment } of characters.segment(text.slice(0, 2 * previewLength))) {
    if (index + segment.length > previewLength) break
    end = index + segment.length
  }
  return text.slice(0, end)
}

/**
 * The same conversation twice, once for each of the two: an inbox is one query, in the order of the last message. `unreadAt` is
 * there only while something is unread, and with it the item's place in the list of unread conversations.
 *
 * The last message is the one with the largest identifier, which its sender's device has made: the head only ever advances, in
 * both views at once. A message that arrives after later ones is unread, and changes nothing else. `arrivedId` tells of it all
 * the same, so that what was read before it came is not taken for all.
 */
export const Conversation = defineEntity('Conversation', {
  description: 'A conversation as one of its two users has it in the inbox.',
  attributes: {
    userId: userReference().describe('Whose inbox it is in'),
    peerId: otherUserReference().describe('Whom it is with'),
    lastMessageId: ulid({ generate: false })
      .onlyInTransactions()
      .describe('The last message, from either')
      .example(exampleIds.message),
    lastMessageAt: datetime().onlyInTransactions().example(new Date('2030-03-12T15:07:44Z')),
    preview: string({ max: previewLength })
      .optional()
      .onlyInTransactions()
      .describe('How the last message begins; absent when it was removed')
      .example('Same time on Thursday?'),
    arrivedId: ulid({ generate: false })
      .onlyInTransactions()
      .describe('The message that came last, an older one where a device was late')
      .example(exampleIds.message),
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
 * The arguments of the update that marks a conversation as read, as it was when its messages were read: read the conversation
 * first and the messages then. Refused with a ConditionFailedError when another message has come since, which nobody has seen.
 *
 * @example
 * const seen = await network.patterns.conversation({ userId, peerId })
 * const { items } = await network.patterns.messages({ conversationId: conversationOf(userId, peerId) })
 * await network.entities.Conversation.update(...readUpTo(seen))
 */
export function readUpTo({ userId, peerId, arrivedId }: Pick<Item<typeof Conversation>, 'userId' | 'peerId' | 'arrivedId'>) {
  return [{ userId, peerId }, { unread: 0, unreadAt: remove() }, { if: { arrivedId } }] as const
}
