// Inboxes, conversations and notifications.
import { add, boolean, datetime, get, ifNotExists, or, query, remove, transaction, ulid } from '../../../lib/index.ts'
import { exampleIds, otherUserReference, userReference } from '../attributes.ts'
import { isOfTime } from '../device-time.ts'
import { Conversation, conversationOf, Message, messageText, previewOf } from '../message.ts'
import { Notification } from '../notification.ts'
import { Block } from '../relation.ts'

const sent = {
  from: otherUserReference().describe('Who writes'),
  to: userReference().describe('To whom'),
  messageId: ulid()
    .describe('Made by the sender’s device, so that what it sends twice is there once')
    .example(exampleIds.message),
  text: messageText(),
  sentAt: datetime()
    .default('now')
    .describe('As in the identifier, to ten minutes; that it is in no time to come is the application’s to check')
    .example(new Date('2030-03-12T15:07:44Z')),
}

const notToOneself = ({ from, to }: { readonly from: string; readonly to: string }) =>
  from !== to || 'nobody writes to themselves.'

const sentThen = ({ messageId, sentAt }: { readonly messageId: string; readonly sentAt: Readonly<Date> }) =>
  isOfTime(messageId, sentAt) || 'messageId: its time is not that of sentAt.'

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
    .describe('Conversations with something unread, the latest first')
    .rate({ perSecond: 20 }),

  /**
   * From the keys in the index alone, where a hundred are two read units: whole items would be more than twenty times as much.
   * More than “99+” no badge says.
   */
  conversationBadge: query(Conversation)
    .index('GSI2')
    .descending()
    .select('peerId')
    .describe('How many conversations have something unread, for the badge; ask with a limit of 100, and say 99+ at a hundred')
    .rate({ perSecond: 120 }),

  conversation: get(Conversation).describe('A conversation as one of the two sees it').rate({ perSecond: 40 }),

  messages: query(Message)
    .descending()
    .consistent()
    .describe('What two users wrote, newest first, with what was sent a moment ago')
    .rate({ perSecond: 100 }),

  /**
   * Also refused when the sender has blocked the receiver: an answer could not reach them. And refused when a later message is at
   * the head already, which happens when two devices send at once, or one is late: sendMessage() in messaging.ts sends it as late
   * then.
   */
  sendMessage: transaction(
    { Message, Conversation, Block },
    sent,
    ({ from, to, messageId, text, sentAt }, { Message, Conversation, Block }) => {
      const head = { lastMessageId: messageId, lastMessageAt: sentAt, preview: previewOf(text), arrivedId: messageId }
      const ahead = { upsert: true, if: or({ lastMessageId: { exists: false } }, { lastMessageId: { lt: messageId } }) } as const
      return [
        Message.create({ conversationId: conversationOf(from, to), messageId, senderId: from, text, sentAt }),
        Conversation.update({ userId: from, peerId: to }, head, ahead),
        Conversation.update({ userId: to, peerId: from }, { ...head, unread: add(1), unreadAt: sentAt }, ahead),
        Block.conditionCheck({ blockerId: to, blockedId: from }, { blockerId: { exists: false } }),
        Block.conditionCheck({ blockerId: from, blockedId: to }, { blockerId: { exists: false } }),
      ]
    },
  )
    .check(notToOneself)
    .check(sentThen)
    .describe(
      'A message, at the head of the conversation in both inboxes, unread in one. Refused when either has blocked the other, and when a later message is there',
    )
    .rate({ perSecond: 25 }),

  sendLateMessage: transaction(
    { Message, Conversation, Block },
    sent,
    ({ from, to, messageId, text, sentAt }, { Message, Conversation, Block }) => {
      const behind = { if: { lastMessageId: { gt: messageId } } } as const
      return [
        Message.create({ conversationId: conversationOf(from, to), messageId, senderId: from, text, sentAt }),
        Conversation.update({ userId: from, peerId: to }, { arrivedId: messageId }, behind),
        Conversation.update(
          { userId: to, peerId: from },
          { arrivedId: messageId, unread: add(1), unreadAt: ifNotExists(sentAt) },
          behind,
        ),
        Block.conditionCheck({ blockerId: to, blockedId: from }, { blockerId: { exists: false } }),
        Block.conditionCheck({ blockerId: from, blockedId: to }, { blockerId: { exists: false } }),
      ]
    },
  )
    .check(notToOneself)
    .check(sentThen)
    .describe('A message that comes after later ones: unread, and not at the head of the conversation')
    .rate({ perSecond: 0.5 }),

  /** Whether it is the last must be known, and is a condition: removeMessage() in messaging.ts tries. */
  removeMessage: transaction(
    { Message, Conversation },
    {
      from: otherUserReference().describe('Who wrote it'),
      to: userReference().describe('To whom'),
      messageId: ulid({ generate: false }).example(exampleIds.message),
      isLast: boolean().describe('Whether it is the last of the conversation').example(true),
      removedAt: datetime().default('now').example(new Date('2030-03-12T15:10:00Z')),
    },
    ({ from, to, messageId, isLast, removedAt }, { Message, Conversation }) => [
      Message.update(
        { conversationId: conversationOf(from, to), messageId },
        { removedAt, text: remove() },
        { if: { senderId: from, removedAt: { exists: false } } },
      ),
      ...(isLast
        ? [
            Conversation.update({ userId: from, peerId: to }, { preview: remove() }, { if: { lastMessageId: messageId } }),
            Conversation.update({ userId: to, peerId: from }, { preview: remove() }, { if: { lastMessageId: messageId } }),
          ]
        : // Both views have the same head.
          [Conversation.conditionCheck({ userId: from, peerId: to }, { lastMessageId: { gt: messageId } })]),
    ],
  )
    .describe('Removes a message’s text, and in both inboxes how it begins; its place stays')
    .rate({ perSecond: 0.5 }),

  notifications: query(Notification).descending().describe('What happened, newest first').rate({ perSecond: 50 }),

  unreadNotifications: query(Notification)
    .index('GSI2')
    .descending()
    .hydrate()
    .describe('What happened and was not seen, newest first')
    .rate({ perSecond: 10 }),

  /**
   * As `conversationBadge`. The index does not know when they expire: one that nobody has seen in ninety days counts until
   * DynamoDB has deleted it, a day or two later.
   */
  notificationBadge: query(Notification)
    .index('GSI2')
    .descending()
    .select('notificationId')
    .describe('How many notifications were not seen, for the badge; ask with a limit of 100, and say 99+ at a hundred')
    .rate({ perSecond: 150 }),
}
