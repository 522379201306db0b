// A hierarchy in a sort key: one query for everything in a country, a state or a city, and no level can be skipped.
import { type AccessPattern, type AnyEntity, type Attributes, type Item, query, type RangeCondition } from '../lib/index.ts'
import { parseTemplate } from '../lib/keys/template.ts'
import type { PartitionInput } from '../lib/model/access-pattern.ts'
import type { Inverted, Plain } from '../lib/model/entity.ts'
import type { OutputOf } from '../lib/schema/attribute.ts'
import { refusePattern } from './pattern-problem.ts'

/** The placeholders of a template, from left to right. */
type Levels<S> = S extends `${string}{${infer Name}}${infer Rest}` ? readonly [Plain<Name>, ...Levels<Rest>] : readonly []

type SortTemplate<E extends AnyEntity, X> = X extends keyof E['indexes']
  ? E['indexes'][X] extends Inverted
    ? E['key']['pk']
    : E['indexes'][X] extends { readonly sk: infer S }
      ? S
      : E['key']['sk']
  : E['key']['sk']

type ValueOf<A, N> = N extends keyof A ? OutputOf<A[N]> : never
type None<L extends readonly unknown[]> = { readonly [N in L[number] & string]?: never }
type One<N, V> = { readonly [P in N & string]: V }
/** No level, or the first, or the first two …, of which the last may be a range. */
type FromTheTop<A, L> = L extends readonly [infer First, ...infer Rest]
  ? None<L> | (One<First, RangeCondition<ValueOf<A, First>>> & None<Rest>) | (One<First, ValueOf<A, First>> & FromTheTop<A, Rest>)
  : unknown

/** What a query of a hierarchy is given: the partition, and levels from the top. */
export type HierarchyInput<E extends AnyEntity, X> = PartitionInput<E, X> &
  FromTheTop<E['attributes'], Levels<SortTemplate<E, X>>>

export interface HierarchyOptions<E, X> {
  readonly entity: E
  /** The index whose sort key holds the levels. Default: the table's own. */
  readonly index?: X
}

/**
 * A hierarchy: a sort key whose placeholders are its levels, from the largest to the smallest, asked for at any level.
 *
 * **Problem.** All shops of a country, of a state in it, of a city in that, with one key.
 *
 * **Layout.** The entity's own sort key, of the table or of an index.
 *
 * | PK | SK |
 * | --- | --- |
 * | `CHAIN#{chain}` | `SHOP#{country}#{state}#{city}#{shopId}` |
 *
 * **Invariant.** A query gives exactly the items with the given levels. Levels are given from the top; each is escaped, so that none can hold a
 * delimiter, and ends with one, so that `US#NEW` does not find `US#NEWARK`. Only the last may be a range, such as `{ beginsWith: 'New' }`.
 *
 * **Mistake.** A level skipped (a compile error here, and a `ValidationError`); a neighbour found by its prefix; an item without one of its levels,
 * which no query would find.
 *
 * Values are compared as they stand: agree on upper or lower case, and check it with `.check()`. A query of the lower level without the upper is
 * another access pattern, and needs an index of its own. Source: the guide's chapter on sort keys.
 *
 * @example
 * const { within } = hierarchy({ entity: Shop }).accessPatterns
 * await shop.patterns.within({ chain: 'acme', country: 'US', state: 'NY' })
 */
export function hierarchy<E extends AnyEntity, const X extends (keyof E['indexes'] & string) | undefined = undefined>(
  options: HierarchyOptions<E, X>,
): { readonly accessPatterns: { readonly within: AccessPattern<'page', HierarchyInput<E, X>, Item<E>> } } {
  const { entity, index } = options
  const levels = levelsOf(entity, index)
  const any: AnyEntity = entity
  const pattern = index === undefined ? query(any) : query(any).index(index)
  const within = pattern.describe(`Each ${entity.name} within some ${levels.join(', or ')}`)
  // The same query, of which the input is told more exactly.
  return Object.freeze({ accessPatterns: Object.freeze({ within }) }) as unknown as ReturnType<typeof hierarchy<E, X>>
}

function levelsOf(entity: AnyEntity, index: string | undefined): readonly string[] {
  const place = index === undefined ? `${entity.name}.key` : `${entity.name}.indexes.${index}`
  const entry = index === undefined ? entity.key : entity.indexes[index]
  if (entry === undefined) refusePattern('unknown-index', place, 'there is no such index.', 'Name one of the entity.')
  const text = 'inverted' in entry ? entity.key.pk : (entry.sk ?? entity.key.sk ?? '')
  const parsed = parseTemplate(text)
  const levels = 'template' in parsed ? parsed.template.placeholders : []
  if (levels.length < 2)
    refusePattern(
      'no-levels',
      place,
      `the sort key ${JSON.stringify(text)} has no two levels.`,
      'Write them from the largest to the smallest: {country}#{state}#{city}.',
    )
  const attributes: Attributes = entity.attributes
  for (const level of levels) {
    const attribute = attributes[level]
    if (attribute !== undefined && 'definition' in attribute && attribute.definition.optional)
      refusePattern('optional-level', place, `items without {${level}} would be nowhere.`, `Make ${level} required.`)
  }
  return levels
}
