// Inboxes, conversations and notifications.
import { add, datetime, get, query, transaction, ulid, ValidationError } from '../../../lib/index.ts'
import { exampleIds, otherUserReference, userReference } from '../attributes.ts'
import { Conversation, conversationOf, Message } from '../message.ts'
import { Notification } from '../notification.ts'
import { Block } from '../relation.ts'

const previewLength = 80

export const messagePatterns = {
  inbox: query(Conversation)
    .index('GSI1')
    .descending()
    .describe('A user’s conversations, the latest first')
    .rate({ perSecond: 60 }),

  unreadConversations: query(Conversation)
    .index('GSI2')
    .descending()
    .hydrate()
    .describe('Conversations with something unread, the latest first; their number is on the badge')
    .rate({ perSecond: 120 }),

  conversation: get(Conversation).describe('A conversation as one of the two sees it').rate({ perSecond: 40 }),

  messages: query(Message)
    .descending()
    .consistent()
    .describe('What two users wrote, newest first, with what was sent a moment ago')
    .rate({ perSecond: 100 }),

  /** Also refused when the sender has blocked the receiver: an answer could not reach them. */
  sendMessage: transaction(
    { Message, Conversation, Block },
    {
      from: otherUserReference().describe('Who writes'),
      to: userReference().describe('To whom'),
      messageId: ulid()
        .describe('Made by the sender’s device, so that what it sends twice is there once')
        .example(exampleIds.message),
      text: Message.attributes.text,
      sentAt: datetime().default('now').example(new Date('2030-03-12T15:07:44Z')),
    },
    ({ from, to, messageId, text, sentAt }, { Message, Conversation, Block }) => {
      if (from === to) throw new ValidationError('not-allowed', 'to', 'Nobody writes to themselves.')
      const last = { lastMessageId: messageId, lastMessageAt: sentAt, preview: text.slice(0, previewLength) }
      return [
        Message.create({ conversationId: conversationOf(from, to), messageId, senderId: from, text, sentAt }),
        Conversation.update({ userId: from, peerId: to }, last, { upsert: true }),
        Conversation.update({ userId: to, peerId: from }, { ...last, unread: add(1), unreadAt: sentAt }, { upsert: true }),
        Block.conditionCheck({ blockerId: to, blockedId: from }, { blockerId: { exists: false } }),
        Block.conditionCheck({ blockerId: from, blockedId: to }, { blockerId: { exists: false } }),
      ]
    },
  )
    .describe(
      'A message, at the head of the conversation in both inboxes, unread in one. Refused when either has blocked the other',
    )
    .rate({ perSecond: 25 }),

  notifications: query(Notification).descending().describe('What happened, newest first').rate({ perSecond: 50 }),

  unreadNotifications: query(Notification)
    .index('GSI2')
    .descending()
    .hydrate()
    .describe('What happened and was not seen; their number is on the badge')
    .rate({ perSecond: 150 }),
}
