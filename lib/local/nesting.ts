// How deep values may be nested: 32 levels, the attribute itself being the first.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-attributes
import { validationError } from './service-error.ts'
import type { AttributeValue, Item, Params } from './wire.ts'

const maxLevels = 32
const exceeded = 'Nesting Levels have exceeded supported limits'
const inItem = `${exceeded}: Attributes in the item have nested levels beyond supported limit`

/** The parameters that bring values along, at the top of a request or in the action of a transaction. */
interface ValueParams {
  Item?: Item
  ExpressionAttributeValues?: Item
  RequestItems?: { [table: string]: unknown }
  TransactItems?: (ValueParams | null)[]
}

/** Throws when a request brings a value that is nested too deep, stored or compared with. */
export function checkNesting(params: Params): void {
  const { Item: item, ExpressionAttributeValues: values, RequestItems, TransactItems } = params as ValueParams
  if (item && deepAttribute(item) !== undefined) throw validationError(inItem)
  const deepValue = values && deepAttribute(values)
  if (deepValue !== undefined) {
    throw validationError(`ExpressionAttributeValues contains invalid value: ${inItem} for key ${deepValue}`)
  }
  for (const requests of Object.values(RequestItems ?? {})) {
    if (Array.isArray(requests)) for (const request of requests) checkNesting(request?.PutRequest ?? {})
  }
  for (const actions of TransactItems ?? []) for (const action of Object.values(actions ?? {})) checkNesting(action ?? {})
}

/** Throws when an update has made an item that is nested too deep. */
export function checkUpdatedNesting(item: Item): void {
  if (deepAttribute(item) !== undefined) throw validationError(exceeded)
}

function deepAttribute(item: Item): string | undefined {
  for (const name in item) if (deeperThan(item[name], maxLevels)) return name
  return undefined
}

/** Whether a value, empty containers included, has more levels. Goes no deeper than that, however deep the value is. */
function deeperThan(value: AttributeValue | undefined, levels: number): boolean {
  if (value?.L === undefined && value?.M === undefined) return false
  if (levels === 1) return true // what a container holds is a level below it, also when it holds nothing
  if (value.L) return value.L.some((element) => deeperThan(element, levels - 1))
  for (const name in value.M) if (deeperThan(value.M[name], levels - 1)) return true
  return false
}
