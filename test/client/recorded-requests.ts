// The requests that a client is asked to send, on whatever engine; the request log of the embedded one says what they cost, too.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

export interface RecordedRequest {
  readonly operation: string
  readonly params: Readonly<Record<string, unknown>>
  /** `ok`, or the name of the error. */
  readonly outcome: string
}

/** Records what a client sends from now on: once each, however often the SDK tries. */
export function recordRequests(client: DynamoDBClient) {
  let recorded: RecordedRequest[] = []
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const request = { operation: commandName.replace(/Command$/, ''), params: { ...args.input }, outcome: 'ok' }
        recorded.push(request)
        try {
          return await next(args)
        } catch (error) {
          request.outcome = (error as Error).name
          throw error
        }
      },
    { step: 'initialize', priority: 'high', name: 'recordRequests' },
  )
  return {
    of: (operation: string): readonly RecordedRequest[] => recorded.filter((request) => request.operation === operation),
    get length() {
      return recorded.length
    },
    clear: () => {
      recorded = []
    },
  }
}
