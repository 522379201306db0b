// A client some of whose answers are replaced, for the states that an embedded engine passes through too fast to be seen.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** Gives an answer in place of the engine's, which it may ask for. */
export type Answer = (engine: () => Promise<object>) => Promise<object> | object

/** Replaces the first answers to each operation; the engine gives those that follow. Returns the operations that are sent. */
export function script(client: DynamoDBClient, answers: Readonly<Record<string, readonly Answer[]>>): string[] {
  const sent: string[] = []
  const left = new Map(Object.entries(answers).map(([operation, list]) => [operation, [...list]]))
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const operation = String(context.commandName).replace(/Command$/, '')
      sent.push(operation)
      const answer = left.get(operation)?.shift()
      if (answer === undefined) return next(args)
      const output = await answer(async () => (await next(args)).output)
      return { response: undefined, output: { $metadata: {}, ...output } }
    },
    { step: 'initialize' },
  )
  return sent
}

/** An answer that is an error of DynamoDB. */
export const fails =
  (name: string, message = name): Answer =>
  () => {
    throw Object.assign(new Error(message), { name })
  }

/** What a promise rejects with; fails when it does not. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('Expected a rejection.')
}
