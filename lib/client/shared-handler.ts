// Requests of one kind that are sent together have one handler. The SDK puts its middleware together anew for each command, which takes a seventh
// of what a query costs the client, and for the shards of a page comes to the same each time.
import type { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { answerParsed } from './parse-response.ts'

type Resolve = GetItemCommand['resolveMiddleware']

/** The handler of requests to one operation of one client that leave in one round. */
export interface SharedHandler {
  handler?: ReturnType<Resolve>
}

/** Gives a command the handler of those before it, or theirs its own. The client's `send` asks for it, so what stands in for `send` is not passed by. */
export function shareHandler(command: GetItemCommand, client: DynamoDBClient, share: SharedHandler): void {
  if (share.handler === undefined) answerParsed(command, client)
  const resolve = command.resolveMiddleware.bind(command)
  command.resolveMiddleware = (...given: Parameters<Resolve>) => {
    share.handler ??= resolve(...given)
    return share.handler
  }
}
