// What a table must hold, judged from its raw items alone: keys of indexes and companions are what the items' attributes give, nothing else.
import { type AttributeValue, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import type { Model } from '../../lib/index.ts'
import { sourceAttribute } from '../../lib/model/companion-names.ts'
import { companionItems } from '../../lib/requests/companion-items.ts'
import { entityOf, itemDecoder } from '../../lib/requests/decode.ts'
import { encodeItem } from '../../lib/requests/item.ts'
import { isGuard } from '../../lib/requests/unique.ts'

export type StoredItem = Record<string, AttributeValue>

/** All items of a table or index, page after page. */
export async function rawItems(client: DynamoDBClient, tableName: string, index?: string): Promise<StoredItem[]> {
  const items: StoredItem[] = []
  let start: StoredItem | undefined
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: tableName,
        IndexName: index,
        ExclusiveStartKey: start,
        ...(index === undefined && { ConsistentRead: true }),
      }),
    )
    items.push(...(page.Items ?? []))
    start = page.LastEvaluatedKey
  } while (start !== undefined)
  return items
}

/**
 * Every key attribute of every item is what encoding its attributes afresh gives; every index holds exactly the items that have its key; guards
 * and copies are exactly those that the items are to have.
 */
export async function checkTable(
  model: Pick<Model, 'table' | 'resolved'>,
  client: DynamoDBClient,
  now: Date,
): Promise<StoredItem[]> {
  const { table, resolved } = model
  const items = await rawItems(client, table.name)
  const indexes = Object.values(table.indexes)
  const keyNames = new Set(
    [table, ...indexes].flatMap(({ partitionKey, sortKey }) => [partitionKey.name, sortKey?.name ?? partitionKey.name]),
  )
  const wanted: StoredItem[] = []
  const companions: StoredItem[] = []
  for (const item of items) {
    if (isGuard(resolved, item) || item[sourceAttribute] !== undefined) companions.push(item)
    if (isGuard(resolved, item)) continue
    const entity = entityOf(resolved, item)
    if (entity === undefined) throw new Error(`An item of no entity: ${JSON.stringify(item)}`)
    const values = itemDecoder(entity, { names: Object.keys(entity.attributes) })(item)
    const fresh = encodeItem(entity, values)
    for (const name of keyNames)
      expect(item[name], `${entity.name}.${name} of ${JSON.stringify(values)}`).to.deep.equal(fresh[name])
    wanted.push(...companionItems(entity, item, now).map((companion) => companion.item))
  }
  expect(companions.map(identity), 'guards and copies').to.have.members(wanted.map(identity))
  for (const copy of wanted.filter((one) => table.typeAttribute !== undefined && one[sourceAttribute] !== undefined))
    expect(companions.find((one) => identity(one) === identity(copy))).to.deep.equal(copy)
  for (const { name, partitionKey, sortKey } of indexes) {
    const present = items.filter(
      (item) => item[partitionKey.name] !== undefined && (sortKey === undefined || item[sortKey.name] !== undefined),
    )
    expect((await rawItems(client, table.name, name)).map(identity), name).to.have.members(present.map(identity))
  }
  return items
}

function identity({ PK, SK }: StoredItem): string {
  return `${PK?.S}\n${SK?.S}`
}
