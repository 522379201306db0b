// The item that an update leaves, where DynamoDB does not tell: a transaction answers nothing.
import { setOwn } from '../plain-object.ts'
import { applyChange } from './apply-operation.ts'
import type { StoredItem } from './index-keys.ts'
import type { UpdatePlan } from './update.ts'

/** The item as an update leaves it, from the item before it. */
export function afterUpdate({ entity, key, changes }: UpdatePlan, before: StoredItem | undefined): StoredItem {
  const { typeAttribute } = entity.table
  const item: StoredItem = { ...before, ...key, ...(typeAttribute !== undefined && { [typeAttribute]: { S: entity.name } }) }
  for (const change of changes) {
    const value = applyChange(change, item[change.stored])
    if (value === undefined) delete item[change.stored]
    else setOwn(item, change.stored, value)
  }
  return item
}
