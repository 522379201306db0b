// Which tables a request is about, read from its parameters before they are checked.
import type { Params } from './wire.ts'

/** The names of the tables in a request, each once; none when it names none, or is malformed. */
export function tablesOf(params: Params): readonly string[] {
  if (typeof params.TableName === 'string') return [params.TableName]
  if (isObject(params.RequestItems)) return Object.keys(params.RequestItems)
  if (Array.isArray(params.TransactItems)) return [...new Set(params.TransactItems.flatMap(actionTables))]
  const arn = params.ResourceArn ?? params.StreamArn
  const name = typeof arn === 'string' ? /:table\/([^/]+)/.exec(arn)?.[1] : undefined
  return name === undefined ? [] : [name]
}

/** The table of one action of a transaction, as a list of one or none. */
export function actionTables(action: unknown): string[] {
  if (!isObject(action)) return []
  return Object.values(action).flatMap((data) => (isObject(data) && typeof data.TableName === 'string' ? [data.TableName] : []))
}

export const isObject = (value: unknown): value is Params => typeof value === 'object' && value !== null && !Array.isArray(value)
