// A network with few users, and everything that is in its table, for tests of what is written.

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { encodeTime } from 'ulid'
import { social } from '../../entities/social/index.ts'
import { type Refusal, refusalOf } from '../../entities/social/refusals.ts'
import { connect, createTable, SingletError, TransactionCanceledError } from '../../lib/index.ts'

/** The moment at which it plays. */
export const start = new Date('2030-03-15T12:00:00Z')

/** A ULID of that moment, with this number. */
export const numbered = (n: number, at = start) => `${encodeTime(at.getTime(), 10)}${String(n).padStart(16, '0')}`
/** Every second user counts in the same slot, so that a count off by one is not stopped by its lower bound. */
export const userId = (n: number) => numbered(10 * n + (n % 2))
export const postId = (n: number) => numbered(1_000 + n)

export interface NetworkOptions {
  readonly tableName: string
  readonly users: number
  readonly now?: () => Date
}

/** Makes the table, and users that are called `user_0` and so on. */
export async function networkOf(client: DynamoDBClient, { tableName, users, now = () => start }: NetworkOptions) {
  await createTable(social, client, { tableName })
  const network = connect(social, { client, tableName, now })
  for (let n = 0; n < users; n++) await network.patterns.register({ userId: userId(n), handle: `user_${n}`, name: `User ${n}` })
  return network
}

/** A network together with what is in its table. */
export async function watchedNetwork(client: DynamoDBClient, options: NetworkOptions) {
  return { ...(await networkOf(client, options)), table: () => itemsIn(client, options.tableName) }
}
export type WatchedNetwork = Awaited<ReturnType<typeof watchedNetwork>>

/** Refused for this reason, and nothing has changed. */
export async function expectRefused({ table }: WatchedNetwork, operation: PromiseLike<unknown>, reason: Refusal) {
  const before = await table()
  const error = await refusal(operation)
  expect(error).to.be.instanceOf(TransactionCanceledError)
  expect(refusalOf(error as TransactionCanceledError)).to.equal(reason)
  expect((await table()).items).to.deep.equal(before.items)
}

type StoredItem = Readonly<Record<string, unknown>>

/** Reads the whole table, without Singlet. */
export async function itemsIn(client: DynamoDBClient, tableName: string) {
  const items: StoredItem[] = []
  const documents = DynamoDBDocumentClient.from(client)
  for await (const page of paginateScan({ client: documents }, { TableName: tableName, ConsistentRead: true }))
    items.push(...(page.Items ?? []))
  return {
    items,
    of: (type: string) => items.filter(({ _type }) => _type === type),
    /** The sum of a count over the slots of its parent. */
    sum: (type: string, parent: object, count: string) =>
      items
        .filter((item) => item._type === type && Object.entries(parent).every(([name, value]) => item[name] === value))
        .reduce((sum, item) => sum + Number(item[count]), 0),
  }
}

/** What was refused, or undefined when it was done. Any other error is one of the test. */
export async function refusal(operation: PromiseLike<unknown>): Promise<SingletError | undefined> {
  try {
    await operation
    return undefined
  } catch (error) {
    if (error instanceof SingletError) return error
    throw error
  }
}
