// A client whose transport answers at once with a prepared body, so that a benchmark measures client code and nothing else.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** A client that is given the same answer to each operation. Bodies are by operation name: `GetItem`, `Query` … */
export function stubClient(bodies: Readonly<Record<string, object>>): DynamoDBClient {
  const encoded = new Map(Object.entries(bodies).map(([operation, body]) => [operation, Buffer.from(JSON.stringify(body))]))
  const handler = {
    async handle(request: { headers: Record<string, string> }) {
      const operation = request.headers['x-amz-target']?.split('.')[1] ?? ''
      const body = encoded.get(operation) ?? Buffer.from('{}')
      return { response: { statusCode: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body } }
    },
    destroy() {},
  }
  return new DynamoDBClient({
    region: 'us-east-1',
    endpoint: 'http://localhost',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    requestHandler: handler as never,
  })
}
