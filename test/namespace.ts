// Keeps the tables of one test apart from those of others on an engine that is shared: their names get a prefix on the wire, which the
// test does not see.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

interface Handler {
  handle(request: unknown, options?: unknown): Promise<{ response: Response }>
}
interface Response {
  body: unknown
  headers: Record<string, string>
}

/** What a middleware is given. The SDK's serialisers make text or bytes. */
interface Sending {
  readonly request: { body: string | Uint8Array; readonly headers: Readonly<Record<string, string>> }
}

/** A client of tables, or of streams, as far as a namespace changes it. */
interface Client {
  readonly middlewareStack: { add(middleware: never, options: { step: 'build'; priority: 'high'; name: string }): void }
  readonly config: Pick<DynamoDBClient['config'], 'streamCollector'> & { readonly requestHandler: unknown }
}

/** Puts everything that a client does under a prefix. Table names inside stream and table ARNs stay what they are. */
export function useNamespace(client: Client, prefix: string): void {
  const rename = (next: (args: Sending) => Promise<unknown>) => (args: Sending) => {
    const { request } = args
    const params = withPrefix(JSON.parse(textOf(request.body)), prefix) as object
    // A page of tables begins with those of the namespace, or they might not be on it.
    const start = request.headers['x-amz-target']?.endsWith('.ListTables') && { ExclusiveStartTableName: prefix }
    request.body = JSON.stringify({ ...start, ...params })
    return next(args)
  }
  // Before the length of the body is taken and the request is signed.
  client.middlewareStack.add(rename as never, { step: 'build', priority: 'high', name: 'testNamespace' })
  const { requestHandler, streamCollector } = client.config
  const inner = requestHandler as Handler
  const handle = inner.handle.bind(inner)
  inner.handle = async (request, options) => {
    const answered = await handle(request, options)
    const { response } = answered
    const text = Buffer.from(await streamCollector(response.body)).toString('utf8')
    response.body = Buffer.from(withoutPrefix(text, prefix))
    delete response.headers['x-amz-crc32']
    return answered
  }
}

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
}

/** The request with prefixes. Attribute values are objects, so a member of such a name that is text is never one of them. */
function withPrefix(value: unknown, prefix: string, member = ''): unknown {
  if (typeof value === 'string')
    return /^(?:ExclusiveStart)?TableName$/.test(member) && !value.startsWith('arn:') ? prefix + value : value
  if (Array.isArray(value)) return value.map((one) => withPrefix(one, prefix))
  if (typeof value !== 'object' || value === null) return value
  const nameOf = (name: string) => (member === 'RequestItems' ? prefix + name : name)
  // From entries: an attribute may be called __proto__.
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [nameOf(name), withPrefix(one, prefix, name)]))
}

/** A list of tables has those of others, too. */
function withoutPrefix(text: string, prefix: string): string {
  const own = text.replaceAll(new RegExp(`(?<!table/)${prefix}`, 'g'), '')
  if (!text.startsWith('{"TableNames"')) return own
  const { TableNames, ...more } = JSON.parse(text) as { TableNames: string[] }
  const names = TableNames.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
  return JSON.stringify({ TableNames: names, ...more })
}
