// An update operation carried out in memory, exactly as DynamoDB would: index keys are made of results, never of operands.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { addDecimals } from '../keys/decimal.ts'
import { sameValue } from '../schema/same-value.ts'
import type { Change } from './update-changes.ts'

/** The attribute's value after the change, given its value before; undefined is absent. */
export function applyChange(change: Change, before: AttributeValue | undefined): AttributeValue | undefined {
  const { value } = change
  switch (change.operator) {
    case 'set':
      return value
    case 'remove':
      return undefined
    case 'ifNotExists':
      return before ?? value
    case 'add':
      return { N: addDecimals(before?.N ?? '0', value?.N ?? '0') }
    case 'append':
      return { L: [...(before?.L ?? []), ...(value?.L ?? [])] }
    case 'prepend':
      return { L: [...(value?.L ?? []), ...(before?.L ?? [])] }
    case 'addToSet':
      return setOf(value, [...elements(before), ...elements(value).filter((element) => !holds(before, element))])
    case 'removeFromSet':
      return setOf(
        value,
        elements(before).filter((element) => !holds(value, element)),
      )
    default:
      // A patch of an absent map is refused by its condition, so the map stays what it was to any index: present.
      return before
  }
}

function elements(set: AttributeValue | undefined): AttributeValue[] {
  return [...(set?.SS ?? []).map((S) => ({ S })), ...(set?.NS ?? []).map((N) => ({ N })), ...(set?.BS ?? []).map((B) => ({ B }))]
}

function holds(set: AttributeValue | undefined, element: AttributeValue): boolean {
  return elements(set).some((one) => sameValue(one, element))
}

/** A set that loses its last element is no longer there. */
function setOf(like: AttributeValue | undefined, found: readonly AttributeValue[]): AttributeValue | undefined {
  if (found.length === 0) return undefined
  if (like?.SS !== undefined) return { SS: found.flatMap(({ S }) => S ?? []) }
  if (like?.NS !== undefined) return { NS: found.flatMap(({ N }) => N ?? []) }
  return { BS: found.flatMap(({ B }) => (B === undefined ? [] : [B])) }
}
