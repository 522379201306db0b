// The key condition of a request as DynamoDB gets it, with names and values filled in.
import type { AttributeValue, GetItemInput, QueryInput } from '@aws-sdk/client-dynamodb'

/** Of several requests, as of a sharded pattern, the first; undefined for a scan, which has no key condition. */
export function sentKeyCondition(params: unknown): string | undefined {
  const request: Partial<QueryInput & GetItemInput> = Array.isArray(params) ? params[0] : params
  const { Key, KeyConditionExpression, ExpressionAttributeNames: names, ExpressionAttributeValues: values } = request
  if (Key !== undefined) {
    const parts = Object.entries(Key).map(([name, value]) => `${name} = ${text(value)}`)
    return parts.join(' AND ')
  }
  return KeyConditionExpression?.replace(/#\w+/g, (name) => names?.[name] ?? name).replace(/:\w+/g, (name) =>
    text(values?.[name]),
  )
}

/** The character that bounds a range from above has no shape in any font. */
function text(value: AttributeValue | undefined): string {
  return (value?.S ?? value?.N ?? '?').replaceAll('\u{10FFFF}', '…')
}
