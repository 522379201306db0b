// Sending and removing messages: for each two forms of a transaction, of which the one that fits is found by trying.
import { ConditionFailedError, ItemNotFoundError, type PatternInput, TransactionCanceledError } from '../../lib/index.ts'
import type { Social, social } from './index.ts'
import { Conversation } from './message.ts'

type Patterns = typeof social.accessPatterns

/** A message. The device that sends it makes its identifier and its time. */
export type SendRequest = Required<PatternInput<Patterns['sendMessage']>>
export type RemoveRequest = Omit<PatternInput<Patterns['removeMessage']>, 'isLast'>

/**
 * Sends a message. Nearly all are the last of their conversation when they arrive. One that is not, since another device was
 * faster, gets its place among those before, and does not rewind what both inboxes show.
 *
 * @throws TransactionCanceledError when either has blocked the other, and when it was sent before; see `refusalOf`
 * @example
 * await sendMessage(network, { from, to, messageId, text: 'Same time on Thursday?', sentAt })
 */
export async function sendMessage({ patterns }: Social, message: SendRequest): Promise<void> {
  await firstOf(
    () => patterns.sendMessage(message),
    () => patterns.sendLateMessage(message),
  )
}

/**
 * Removes a message, for both. The inboxes lose how it begins when it was the last.
 *
 * @throws TransactionCanceledError when there is no such message of this sender, or no more
 */
export async function removeMessage({ patterns }: Social, message: RemoveRequest): Promise<void> {
  await firstOf(
    () => patterns.removeMessage({ ...message, isLast: true }),
    () => patterns.removeMessage({ ...message, isLast: false }),
  )
}

/** What is not at the head of its conversation never will be: heads only advance. So a second attempt is the last. */
async function firstOf(atHead: () => PromiseLike<unknown>, behind: () => PromiseLike<unknown>): Promise<void> {
  try {
    await atHead()
  } catch (error) {
    if (!isBehind(error)) throw error
    await behind()
  }
}

/** Nothing but the heads was in the way. */
function isBehind(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledError)) return false
  const failed = error.reasons.filter(({ code }) => code === 'ConditionalCheckFailed')
  return failed.length > 0 && failed.every(({ error }) => isHead(error))
}

function isHead(error: unknown): boolean {
  return (error instanceof ConditionFailedError || error instanceof ItemNotFoundError) && error.entity === Conversation.name
}
