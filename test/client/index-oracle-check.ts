// Compares a table with what it should hold: the items' attributes put anew into a second table, and the keys worked out by hand.
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { encodeItem } from '../../lib/requests/item.ts'
import { type Attributes, type KeyEncoding, keyAttributes, noteKeys, type oracleModel, taskKeys } from './index-oracle-model.ts'
import type { EntityName, Writable } from './index-oracle-operations.ts'

export type StoredItem = Record<string, AttributeValue>

export interface Oracle {
  readonly client: DynamoDBClient
  readonly model: ReturnType<typeof oracleModel>
  readonly encoding: KeyEncoding
  readonly tableName: string
  /** The table that is filled by fresh puts. */
  readonly freshName: string
}

const indexNames = [undefined, 'GSI1', 'GSI2', 'GSI3', 'Natural', 'GSI5', 'GSI6', 'GSI7', 'Inverted', 'Local']
export const keys = ['a', 'b$c d'].flatMap((tenant) => ['1', '2'].map((id) => ({ tenant, id })))

/** Takes all items out of both tables. */
export async function clearTables({ client, tableName, freshName }: Oracle): Promise<void> {
  for (const name of [tableName, freshName]) {
    const items = await rawItems(client, name)
    await writeAll(
      client,
      name,
      items.map(({ PK, SK }) => ({ DeleteRequest: { Key: { PK, SK } as StoredItem } })),
    )
  }
}

/** Every index of the table holds what fresh puts of the items' attributes give, and their keys are those worked out by hand. */
export async function checkIndexes(oracle: Oracle, entities: Readonly<Record<EntityName, Writable>>): Promise<void> {
  const { client, model, encoding, tableName, freshName } = oracle
  const fresh: StoredItem[] = []
  const byHand: object[] = []
  for (const name of ['Task', 'Note'] as const) {
    for (const key of keys) {
      const item = await entities[name].get(key, { consistent: true, includeExpired: true })
      if (item === undefined) continue
      // What put() does, but for the version and the times, which are to be those of the item.
      fresh.push(encodeItem(model.resolved.entities[name] as never, item))
      const attributes = item as unknown as Attributes
      byHand.push(name === 'Task' ? taskKeys(attributes, encoding) : noteKeys(attributes, encoding))
    }
  }
  await writeAll(
    client,
    freshName,
    fresh.map((Item) => ({ PutRequest: { Item } })),
  )
  for (const index of indexNames)
    expect(await rawItems(client, tableName, index), index ?? 'the table').to.deep.equal(await rawItems(client, freshName, index))
  const stored = (await rawItems(client, tableName)).map((item) => keysOf((name) => item[name]?.S ?? number(item[name]?.N)))
  expect(stored).to.have.deep.members(byHand.map((item) => keysOf((name) => item[name as keyof typeof item])))
}

function keysOf(value: (name: string) => string | undefined): Record<string, string | undefined> {
  return Object.fromEntries(keyAttributes.map((name) => [name, value(name)]))
}

function number(text: string | undefined): string | undefined {
  return text === undefined ? undefined : String(Number(text))
}

/** All items of a table or index, in one order, with their values in one form: sets in one order, no zeros that a sum left behind. */
export async function rawItems(client: DynamoDBClient, tableName: string, index?: string): Promise<StoredItem[]> {
  const request = new ScanCommand({ TableName: tableName, ...(index !== undefined && { IndexName: index }) })
  const { Items = [] } = await client.send(request)
  const items = Items.map((item) =>
    Object.fromEntries(Object.entries(item).map(([name, value]) => [name, oneForm(name === 'GSI6PK' ? anyShard(value) : value)])),
  )
  const order = (item: StoredItem) => `${item.PK?.S}\n${item.SK?.S}`
  return items.sort((a, b) => (order(a) < order(b) ? -1 : 1))
}

async function writeAll(client: DynamoDBClient, tableName: string, requests: WriteRequest[]): Promise<void> {
  if (requests.length > 0) await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }))
}

/** A random shard of 1 to 7 is as good as any other. */
function anyShard({ S = '' }: AttributeValue): AttributeValue {
  return { S: S.replace(/^[1-7]#/, '*#') }
}

/** DynamoDB trims the zeros at the end of a number; DynamoDB Local keeps those of a sum (-3.75 - 3.75 = -7.50). */
function oneForm(value: AttributeValue): AttributeValue {
  if (value.SS !== undefined) return { SS: [...value.SS].sort() }
  return value.N?.includes('.') === true ? { N: value.N.replace(/\.?0+$/, '') } : value
}
