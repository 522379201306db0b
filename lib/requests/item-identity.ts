// Which item a key or an item is, as text: for telling items of one table apart, and for matching answers with what was asked.
import { decimalText, parseDecimal } from '../keys/decimal.ts'
import type { Table } from '../model/table.ts'
import type { StoredItem } from './index-keys.ts'

/** The primary key of a stored item. */
export function primaryKeyOf({ partitionKey, sortKey }: Table, stored: StoredItem): StoredItem {
  const key: StoredItem = {}
  for (const part of [partitionKey, sortKey]) {
    const value = part === undefined ? undefined : stored[part.name]
    if (part !== undefined && value !== undefined) key[part.name] = value
  }
  return key
}

/** Equal for two items of a table exactly when they have the same primary key. */
export function itemIdentity({ partitionKey, sortKey }: Table, stored: StoredItem): string {
  return JSON.stringify(
    [partitionKey, sortKey].map((part) => {
      const { S, N, B } = (part && stored[part.name]) ?? {}
      return S ?? (N === undefined ? B && Buffer.from(B).toString('base64') : canonical(N))
    }),
  )
}

/** DynamoDB answers numbers in a text of its own. */
function canonical(number: string): string {
  const decimal = parseDecimal(number)
  return decimal === undefined ? number : decimalText(decimal)
}
