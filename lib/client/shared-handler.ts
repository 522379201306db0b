// Requests of one kind that leave in one round: one after the other, and with one handler. The SDK puts its middleware together anew for each
// command, which takes a seventh of what a query costs the client, and for the shards of a page comes to the same each time.
import type { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { answerParsed } from './parse-response.ts'

type Resolve = GetItemCommand['resolveMiddleware']

/** The handler of requests to one operation of one client that leave in one round. */
export interface SharedHandler {
  handler?: ReturnType<Resolve>
  /** Is told when a request has been given to the transport. */
  leaves?: () => void
}

/**
 * Does what sends one request each, all at once for the table, and for the client each when the one before has left: begun together, they would
 * go through the SDK's middleware step by step beside each other, and the first would leave no sooner than the last.
 */
export async function sendInTurn<S>(
  senders: readonly S[],
  share: SharedHandler,
  send: (sender: S) => Promise<void>,
): Promise<void> {
  const sent: Promise<void>[] = []
  for (const sender of senders) {
    let leave = () => {}
    const left = new Promise<void>((resolve) => {
      leave = resolve
    })
    share.leaves = leave
    const sending = send(sender)
    sent.push(sending)
    // Nobody is kept waiting by one that waits itself, as for credentials, nor by one that never comes to a transport.
    setImmediate(leave)
    // What fails before all have left is reported with all.
    sending.then(leave, leave)
    if (sent.length < senders.length) await left
  }
  await Promise.all(sent)
}

/** Gives a command the handler of those before it, or theirs its own. The client's `send` asks for it, so what stands in for `send` is not passed by. */
export function shareHandler(command: GetItemCommand, client: DynamoDBClient, share: SharedHandler): void {
  if (share.handler === undefined) answerParsed(command, client, () => share.leaves?.())
  const resolve = command.resolveMiddleware.bind(command)
  command.resolveMiddleware = (...given: Parameters<Resolve>) => {
    share.handler ??= resolve(...given)
    return share.handler
  }
}
