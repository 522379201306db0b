// What the creation or deletion of children changes on their parents: one update of each, exact sums in it.
import type { AnyEntity, EntityWrites, WriteOperation } from '../lib/index.ts'
import { addDecimals } from '../lib/keys/decimal.ts'
import type { AttributeDefinition } from '../lib/schema/attribute.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { identity } from './contributions.ts'
import { addExactly, amountText } from './exact-sums.ts'
import { keyNames } from './key-names.ts'

type Values = Readonly<Record<string, unknown>>

/** What a child counts for on one parent. At least one of `count` and `sum`. */
export interface Counter {
  readonly parent: AnyEntity
  /** Which attribute of the child holds each attribute of the parent's key. Default: those of the same names. */
  readonly key?: Readonly<Record<string, string>>
  /** The attribute of the parent that holds the number of children. */
  readonly count?: string
  /** Attributes of the parent, and of which attribute of its children they are the sum. */
  readonly sum?: Readonly<Record<string, string>>
}

/** A counter with all that is left out in it. */
export interface ReadCounter {
  readonly parent: AnyEntity
  readonly key: Readonly<Record<string, string>>
  readonly count: string | undefined
  readonly sum: Readonly<Record<string, string>>
  /** Of the parent's attributes. */
  readonly definitions: Readonly<Record<string, AttributeDefinition>>
}

export function readCounter({ parent, key, count, sum = {} }: Counter): ReadCounter {
  const definitions = attributeDefinitions(parent.attributes)
  return { parent, key: key ?? Object.fromEntries(keyNames(parent).map((name) => [name, name])), count, sum, definitions }
}

/** The attributes of a child that tell where and what it counts. */
export function countedNames(counters: readonly ReadCounter[]): string[] {
  return [...new Set(counters.flatMap(({ key, sum }) => [...Object.values(key), ...Object.values(sum)]))]
}

/** A child that is created (1) or deleted (-1). */
export interface CountedChange {
  readonly values: Values
  readonly sign: 1 | -1
}

/** The name of a counter's parent among the entities of a transaction: a child may be its own parent. */
export const parentAlias = (at: number) => `parent${at}`

/** One change of each parent that the children name, also when they name one twice: a transaction writes an item once. */
export function parentUpdates(
  counters: readonly ReadCounter[],
  changes: readonly CountedChange[],
  writes: Readonly<Record<string, EntityWrites<AnyEntity> | undefined>>,
): WriteOperation<unknown>[] {
  const updates = new Map<string, { readonly at: number; readonly key: Values; readonly add: Map<string, string> }>()
  for (const { values, sign } of changes)
    for (const [at, { parent, key, count, sum }] of counters.entries()) {
      const parentKey = Object.fromEntries(Object.entries(key).map(([name, from]) => [name, values[from]]))
      if (Object.values(parentKey).includes(undefined)) continue
      const place = `${parent.name} ${identity(parentKey)}`
      const update = updates.get(place) ?? { at, key: parentKey, add: new Map<string, string>() }
      updates.set(place, update)
      const amounts = Object.entries(sum).map(([name, from]) => [name, amountText((values[from] ?? 0) as number, sign)] as const)
      const all = count === undefined ? amounts : [...amounts, [count, String(sign)] as const]
      for (const [name, amount] of all) update.add.set(name, addDecimals(update.add.get(name) ?? '0', amount))
    }
  return [...updates.values()].flatMap(({ at, key, add: amounts }) => {
    const { definitions = {}, parent } = counters[at] ?? {}
    const changed = [...amounts].map(([name, amount]) => [
      name,
      addExactly(definitions[name] ?? {}, amount, `${parent?.name}.${name}`),
    ])
    return writes[parentAlias(at)]?.update(key, Object.fromEntries(changed)) ?? []
  })
}
