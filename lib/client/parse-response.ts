// Parses the bodies of answers once, straight into attribute values. The SDK's own deserialiser walks every value by its schema, which
// costs more than all the rest of a query; it still reads errors and metadata.
import type { AttributeValue, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'

interface Response {
  readonly statusCode: number
  body: unknown
}

/** A handler of the SDK's, as far as those here look into it. */
type Handler = (args: unknown) => Promise<{ readonly response: Response }>

const emptyBody = Buffer.from('{}')

/**
 * Makes a command answer the parsed body of a successful answer, and hides that body from the SDK's deserialiser. A command that never comes to a
 * transport, as with a client that is stubbed in tests, answers what it would. Nothing of it belongs to one request: what is resolved from the
 * command's middleware serves others too.
 *
 * @param leaves is told when a request has been given to the transport
 */
export function answerParsed(command: GetItemCommand, client: DynamoDBClient, leaves?: () => void): void {
  const bodies = new WeakMap<object, object>()
  const parse = (next: Handler) => async (args: unknown) => {
    const answering = next(args)
    leaves?.()
    const result = await answering
    const { response } = result
    const bytes = response.statusCode === 200 ? await bytesOf(response.body, client) : undefined
    if (bytes !== undefined) {
      const parsed = parseBody(bytes)
      // What can't be parsed is left to the SDK, which says so in its own way.
      response.body = parsed === undefined ? bytes : emptyBody
      if (parsed !== undefined) bodies.set(response, parsed)
    }
    return result
  }
  const answer = (next: Handler) => async (args: unknown) => {
    const result = await next(args)
    const body = typeof result?.response === 'object' ? bodies.get(result.response) : undefined
    return body === undefined ? result : { ...result, output: body }
  }
  const place = { relation: 'after', toMiddleware: 'deserializerMiddleware', name: 'singletParseResponse' } as const
  // The SDK's type of a handler depends on its step, which a relative place does not name.
  command.middlewareStack.addRelativeTo(parse as never, place)
  command.middlewareStack.add(answer as never, { step: 'initialize', priority: 'high', name: 'singletAnswer' })
}

/** Transports differ in how they give a body; the client knows how to collect its own. */
async function bytesOf(body: unknown, { config }: DynamoDBClient): Promise<Uint8Array | undefined> {
  if (body instanceof Uint8Array) return body
  return body === undefined || body === null ? undefined : config.streamCollector(body)
}

function parseBody(bytes: Uint8Array): object | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body !== 'object' || body === null) return undefined
    // A key named B or BS can only be found in the text where there is one: quotes inside values are escaped. To look for the names is
    // cheaper than to look for keys, and most answers have neither.
    const named = text.includes('"B"') || text.includes('"BS"')
    if (named && /"BS?"\s*:/.test(text)) for (const part of attributeParts(body)) decodeBinary(part)
    return body
  } catch {
    return undefined
  }
}

/** What answers hold attribute values in. */
interface Body {
  readonly Item?: Attributes
  readonly Attributes?: Attributes
  readonly LastEvaluatedKey?: Attributes
  readonly Items?: readonly Attributes[]
  /** By table in a batch, one for each get in a transaction. */
  readonly Responses?: Readonly<Record<string, readonly Attributes[]>> | readonly { readonly Item?: Attributes }[]
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys?: readonly Attributes[] }>>
  readonly UnprocessedItems?: Readonly<Record<string, readonly UnprocessedItem[]>>
}
interface UnprocessedItem {
  readonly PutRequest?: { readonly Item?: Attributes }
  readonly DeleteRequest?: { readonly Key?: Attributes }
}
type Attributes = Record<string, AttributeValue>

/** The parts of an answer that hold attribute values by name. */
function attributeParts(body: Body): Attributes[] {
  const { Responses = {}, UnprocessedKeys = {}, UnprocessedItems = {} } = body
  const parts = [
    ...[body.Item, body.Attributes, body.LastEvaluatedKey],
    ...(body.Items ?? []),
    ...(isList(Responses) ? Responses.map(({ Item }) => Item) : Object.values(Responses).flat()),
    ...Object.values(UnprocessedKeys).flatMap(({ Keys = [] }) => Keys),
    ...Object.values(UnprocessedItems).flatMap((items) =>
      items.map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key),
    ),
  ]
  return parts.filter((part) => part !== undefined)
}

/** `Array.isArray` does not tell a read-only array from an object. */
function isList(responses: NonNullable<Body['Responses']>): responses is readonly { readonly Item?: Attributes }[] {
  return Array.isArray(responses)
}

/** Bytes travel as base64. */
function decodeBinary(attributes: Record<string, AttributeValue>): void {
  for (const value of Object.values(attributes)) decodeValue(value)
}

function decodeValue(value: AttributeValue): void {
  if (value.B !== undefined) value.B = Buffer.from(value.B as unknown as string, 'base64')
  else if (value.BS !== undefined) value.BS = value.BS.map((one) => Buffer.from(one as unknown as string, 'base64'))
  else if (value.L !== undefined) value.L.forEach(decodeValue)
  else if (value.M !== undefined) decodeBinary(value.M)
}
