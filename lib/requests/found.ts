// What was found of an item before it is written: the condition that it is so still, and whether it was.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { ResolvedEntity } from '../model/resolved.ts'
import { sameValue } from '../schema/same-value.ts'
import { allOf, type Clause, clause, type ExpressionAttributes } from './expression.ts'
import type { StoredItem } from './index-keys.ts'

/** What a consistent read found of the named attributes; no item when there is none. */
export interface Reading {
  readonly names: readonly string[]
  readonly item: StoredItem | undefined
}

/** The condition that an item still has what was found of some of its attributes; or that there is still none. */
export function asFound(entity: ResolvedEntity, { names, item }: Reading, attributes: ExpressionAttributes): Clause | undefined {
  if (item === undefined) return existence(entity, 'absent', attributes)
  const present = existence(entity, 'present', attributes)
  return allOf([present, ...names.map((name) => unchanged(storedName(entity, name), item[storedName(entity, name)], attributes))])
}

/** Whether an item is still as `asFound` demands. */
export function isAsFound(entity: ResolvedEntity, { names, item }: Reading, now: StoredItem | undefined): boolean {
  if (item === undefined || now === undefined) return item === now
  return names.every((name) => sameOrAbsent(item[storedName(entity, name)], now[storedName(entity, name)]))
}

/** The condition that an attribute has this value; undefined: that it is absent. */
export function unchanged(stored: string, value: AttributeValue | undefined, attributes: ExpressionAttributes): Clause {
  const name = attributes.name(stored)
  return clause(value === undefined ? `attribute_not_exists(${name})` : `${name} = ${attributes.value(value, stored)}`)
}

/** The condition that an item is there, or is not. */
export function existence(
  { key }: ResolvedEntity,
  expects: 'present' | 'absent' | 'either',
  attributes: ExpressionAttributes,
): Clause | undefined {
  if (expects === 'either') return undefined
  const test = expects === 'present' ? 'attribute_exists' : 'attribute_not_exists'
  return clause(`${test}(${attributes.name(key.partition.attribute)})`)
}

export function sameOrAbsent(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameValue(a, b)
}

/** An attribute's name in the table. */
export function storedName(entity: ResolvedEntity, name: string): string {
  return entity.attributes[name]?.stored ?? name
}
