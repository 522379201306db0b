// The SDK's client of DynamoDB Streams for an engine. The package is loaded only for those who ask for such a client, and its types are
// not named here: whoever does without the package must be able to compile against this one.
import { createRequire } from 'node:module'
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'

/** A command of `@aws-sdk/client-dynamodb-streams`, as far as it says what it answers. */
interface StreamsCommand<Output> {
  resolveMiddleware(...parameters: never[]): (parameters: never) => Promise<{ output: Output }>
}

/** A `DynamoDBStreamsClient`, by what it does. */
export interface StreamsClient {
  send<Output>(command: StreamsCommand<Output>): Promise<Output>
  destroy(): void
}

interface StreamsPackage {
  readonly DynamoDBStreamsClient: new (config: DynamoDBClientConfig) => StreamsClient
}

const packageName = '@aws-sdk/client-dynamodb-streams'

/** Makes the client. Throws an error that says what to install when the package is missing. */
export function makeStreamsClient(
  config: DynamoDBClientConfig,
  require: (id: string) => unknown = createRequire(import.meta.url),
): StreamsClient {
  let loaded: StreamsPackage
  try {
    loaded = require(packageName) as StreamsPackage
  } catch (cause) {
    throw new Error(`A client of DynamoDB Streams needs ${packageName}. Run: npm install --save-dev ${packageName}`, { cause })
  }
  return new loaded.DynamoDBStreamsClient(config)
}
