// An update operation carried out in memory, exactly as DynamoDB would: index keys are made of results, never of operands.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { addDecimals } from '../keys/decimal.ts'
import { setOwn } from '../plain-object.ts'
import { setElements } from '../schema/same-value.ts'
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
      return setOf([...new Map([...setElements(before), ...setElements(value)]).values()])
    case 'removeFromSet': {
      const removed = setElements(value)
      return setOf([...setElements(before)].filter(([key]) => !removed.has(key)).map(([, element]) => element))
    }
    default:
      return patched(change, before)
  }
}

/** A patch of an absent map is refused by its condition, so that there is nothing to apply it to. */
function patched({ nested = [] }: Change, before: AttributeValue | undefined): AttributeValue | undefined {
  if (before?.M === undefined) return before
  const map: Record<string, AttributeValue> = { ...before.M }
  for (const inner of nested) {
    const value = applyChange(inner, map[inner.stored])
    if (value === undefined) delete map[inner.stored]
    else setOwn(map, inner.stored, value)
  }
  return { M: map }
}

/** The set of these elements. One that loses its last element is no longer there. */
function setOf(elements: readonly AttributeValue[]): AttributeValue | undefined {
  const [first] = elements
  if (first === undefined) return undefined
  if (first.S !== undefined) return { SS: elements.flatMap(({ S }) => S ?? []) }
  if (first.N !== undefined) return { NS: elements.flatMap(({ N }) => N ?? []) }
  return { BS: elements.flatMap(({ B }) => (B === undefined ? [] : [B])) }
}
