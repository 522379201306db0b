// DynamoDB's limit on the text of an expression, and how many attributes fit in it: placeholders say less where there are very many.

/** The most bytes that the text of one expression may have, before placeholders are resolved. */
const maxExpressionBytes = 4096
const expressions = [
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
  'UpdateExpression',
] as const

interface Expressed extends Partial<Record<(typeof expressions)[number], string | undefined>> {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined
  readonly ExpressionAttributeValues?: Record<string, unknown> | undefined
}

/** The request as it is, or with numbers for placeholders where one of its expressions would be too long with names. */
export function fitted<R extends Expressed>(request: R): R {
  // Placeholders have one byte for each character.
  if (expressions.every((name) => (request[name]?.length ?? 0) <= maxExpressionBytes)) return request
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = request
  const short = new Map([...shortened('#', Object.keys(names)), ...shortened(':', Object.keys(values))])
  const renamed = <V>(record: Record<string, V>) =>
    Object.fromEntries(Object.entries(record).map(([placeholder, value]) => [short.get(placeholder) ?? placeholder, value]))
  const changed: Record<string, unknown> = { ...(request as object) }
  for (const name of expressions)
    if (request[name] !== undefined)
      changed[name] = request[name].replace(/[#:]\w+/g, (placeholder) => short.get(placeholder) ?? placeholder)
  if (request.ExpressionAttributeNames !== undefined) changed.ExpressionAttributeNames = renamed(names)
  if (request.ExpressionAttributeValues !== undefined) changed.ExpressionAttributeValues = renamed(values)
  // The same parameters, with other text in them.
  return changed as R
}

/** A number for each placeholder that is longer than one. Short names, such as `:now`, stay. */
function shortened(sign: '#' | ':', placeholders: readonly string[]): [string, string][] {
  const long = placeholders.filter((placeholder) => placeholder.length > 4)
  const kept = new Set(placeholders.filter((placeholder) => placeholder.length <= 4))
  let next = 0
  return long.map((placeholder) => {
    let short = `${sign}${(next++).toString(36)}`
    while (kept.has(short)) short = `${sign}${(next++).toString(36)}`
    return [placeholder, short]
  })
}
