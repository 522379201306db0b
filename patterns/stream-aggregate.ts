// Totals made from a table's stream: each change of an item counted exactly once, in whatever order and however often it is delivered.
import {
  type AnyEntity,
  type Attribute,
  type AttributeBuilder,
  type Attributes,
  datetime,
  decimal,
  defineEntity,
  type Entity,
  expiresAt,
  type Item,
  type Key,
  type KeyTemplates,
  list,
  ModelError,
  map,
  number,
  type Problem,
  string,
  type TransactionPattern,
  transaction,
} from '../lib/index.ts'
import type { KeyNames } from '../lib/model/entity.ts'
import type { AttributeFlag, OutputOf } from '../lib/schema/attribute.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { type AnyContribution, differences, totalsOf } from './contributions.ts'
import { givenInput } from './create-input.ts'
import { addExactly } from './exact-sums.ts'
import { keyNames } from './key-names.ts'
import { keyUnder } from './key-prefix.ts'

/** For `onlyInTransactions` of an entity that holds totals. */
export const aggregated = Object.freeze(['create', 'put', 'delete', 'move'] as const)

declare const isTotal: unique symbol

/** An attribute that holds a total, refined as others are. */
export interface Total<V extends number | string, F extends AttributeFlag = 'default'> extends AttributeBuilder<V, F> {
  /** Exists at compile time only, so that nothing else passes for a total. */
  readonly [isTotal]: true
  hidden(): Total<V, F | 'hidden'>
  storedAs(name: string): Total<V, F>
  describe(text: string): Total<V, F>
  example(value: V): Total<V, F>
}

/**
 * An attribute that holds a total: 0 at first, written by the aggregate alone. Of whole numbers, such as cents; with `'decimal'` of fractions
 * too, as text of up to 38 digits. Both are exact: a JavaScript number would not hold the sums of fractions.
 *
 * @example attributes: { shop: string(), orders: total(), cents: total(), hours: total('decimal') }
 */
export function total(): Total<number>
export function total(type: 'decimal'): Total<string>
export function total(type?: 'decimal'): unknown {
  return (type === 'decimal' ? decimal().default('0') : number({ integer: true }).default(0)).onlyInTransactions()
}

type TotalNames<A> = { [N in keyof A]: A[N] extends { readonly [isTotal]: true } ? N : never }[keyof A]
type Amount<X> = OutputOf<X> extends number ? number : number | string

/** What an item counts for in one aggregate: the key of that, and the amounts. An absent amount is 0. */
export interface Contribution<G extends AnyEntity> {
  readonly key: Key<G>
  readonly add: { readonly [N in TotalNames<G['attributes']>]?: Amount<G['attributes'][N]> | undefined }
}

export interface StreamAggregateOptions<N, S extends AnyEntity, G extends AnyEntity> {
  /** The name of the entity that remembers what each item has counted for. */
  readonly name: N
  /** Whose changes are counted. */
  readonly source: S
  /** Where the totals are: attributes `total()`, `onlyInTransactions: aggregated`. */
  readonly aggregate: G
  /** What an item counts for, in up to 40 aggregates. The same for the same item, always. */
  readonly contribution: (item: Item<S>) => readonly Contribution<G>[]
}

type AsEntity<E> = E extends AnyEntity ? E : never
type MarkerAttributes<S extends AnyEntity, G extends AnyEntity> = Pick<S['attributes'], KeyNames<S> & keyof S['attributes']> & {
  readonly last: AttributeBuilder<string>
  readonly revision: AttributeBuilder<number>
  readonly contributions: AttributeBuilder<Contribution<G>[]>
  readonly until: AttributeBuilder<Date, 'optional'>
}
type Flat<A> = { readonly [P in keyof A]: A[P] }
type MarkerEntity<N extends string, S extends AnyEntity, G extends AnyEntity> = AsEntity<
  Entity<N, Flat<MarkerAttributes<S, G>>, S['key'], Record<never, never>>
>

/** What `streamAggregate` gives: parts of a model, and what its functions need. */
export interface StreamAggregate<N extends string, S extends AnyEntity, G extends AnyEntity> {
  readonly name: N
  readonly source: S
  readonly aggregate: G
  readonly contribution: (item: Item<S>) => readonly Contribution<G>[]
  readonly entities: { readonly [E in N]: MarkerEntity<E, S, G> }
  readonly accessPatterns: { readonly [P in `apply${N}`]: TransactionPattern<Readonly<Record<string, unknown>>, undefined[]> }
}

/**
 * Totals over other items, kept by a consumer of the table's stream.
 *
 * **Problem.** Revenue by month, posts by hashtag: the writers should neither wait for the total nor fight for it.
 *
 * **Layout.** The aggregate is an entity of yours, with any indexes. Beside it one marker for each source item, with what that counts for now.
 *
 * | | PK | SK | |
 * | --- | --- | --- | --- |
 * | aggregate | its own | its own | `revenue: total()` |
 * | marker | `ORDER_SALES#` and the source's | the source's | last, revision, contributions |
 *
 * **Invariant.** A total is the sum of what the markers hold, and a marker holds what its item counted for after the last change that was
 * applied. Both are written in one transaction, on condition that the marker is as it was read, and only for a change with a higher sequence
 * number than the marker's. So a record that comes again, late, or after its batch failed half-way changes nothing, and once every record
 * has come the totals are those of the items.
 *
 * **Mistake.** Adding what a record says: streams deliver at least once, and a batch that fails is delivered again from its beginning.
 *
 * Totals are exact: a `total()` counts whole numbers, so money in cents, and refuses fractions with a `ValidationError`; `total('decimal')`
 * takes fractions, as the table holds them. An aggregate does not expire, and has no other attribute that must be given.
 *
 * Costs a read and a transaction for each changed item. The stream must have new images. Markers of deleted items go by TTL after a
 * week, when the stream (a day) has forgotten them.
 * Source: the guide's chapter on global secondary indexes for materialised aggregation queries.
 *
 * @example
 * const sales = streamAggregate({
 *   name: 'OrderSales',
 *   source: Order,
 *   aggregate: Sales,
 *   contribution: ({ month, cents }) => [{ key: { month }, add: { orders: 1, revenue: cents } }],
 * })
 * export const handler = (event: DynamoDBStreamEvent) => applyToAggregate(sales, shop, changes(model, event.Records))
 * @throws {ModelError} when something else could write the totals
 */
export function streamAggregate<const N extends string, S extends AnyEntity, G extends AnyEntity>(
  options: StreamAggregateOptions<N, S, G>,
): StreamAggregate<N, S, G> {
  const { name, source, aggregate, contribution } = options
  checkOptions(source, aggregate)
  const key = givenInput(source, keyNames(source))
  const totals = totalsOf(aggregate)
  const amounts = [...totals].map(([one, { type }]): [string, Attribute] => [
    one,
    (type === 'decimal' ? decimal() : number({ integer: true })).optional(),
  ])
  const contributions = () =>
    list(map({ key: map(givenInput(aggregate, keyNames(aggregate))), add: map(Object.fromEntries(amounts)) }))
  const adding = (added: readonly (readonly [string, string])[]) =>
    Object.fromEntries(added.map(([one, amount]) => [one, addExactly(totals.get(one) ?? {}, amount, `${aggregate.name}.${one}`)]))
  const last = string().describe('The sequence number of the last change that was applied')
  const marker: AnyEntity = defineEntity<string, Attributes, KeyTemplates>(name, {
    description: `What each ${source.name} counts for.`,
    attributes: {
      ...key,
      last,
      revision: number({ min: 1, integer: true }),
      contributions: contributions(),
      until: expiresAt().optional(),
    },
    key: { ...source.key, pk: keyUnder<string>(name, `#${source.key.pk}`) },
    onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
    writtenBy: 'streamAggregate',
  })
  const input = {
    ...key,
    last,
    revision: number({ min: 0, integer: true }),
    before: contributions(),
    after: contributions(),
    until: datetime().optional(),
  }
  const apply = transaction<{ marker: AnyEntity; aggregate: AnyEntity }, typeof input, Operations>(
    { marker, aggregate },
    input,
    (given, writes) => {
      const { before, after, revision, ...state } = given as ApplyInput
      const condition = { revision: revision === 0 ? { exists: false } : { eq: revision } }
      return [
        writes.marker.put({ ...state, contributions: after, revision: revision + 1 }, { if: condition as object }),
        ...differences(before, after).map((one) => writes.aggregate.update(one.key, adding(one.add), { upsert: true })),
      ] as unknown as Operations
    },
  ).describe(`Applies a change of a ${source.name}`)
  // The types are those of the options.
  return Object.freeze({
    name,
    source,
    aggregate,
    contribution,
    entities: Object.freeze({ [name]: marker }),
    accessPatterns: Object.freeze({ [`apply${name}`]: apply }),
  }) as never
}

type Values = Readonly<Record<string, unknown>>
interface ApplyInput extends Values {
  readonly before: readonly AnyContribution[]
  readonly after: readonly AnyContribution[]
  readonly revision: number
}
type Operations = never[]

/** What an item has without being given it. */
const suppliedTypes: readonly string[] = [
  'version',
  'createdAt',
  'updatedAt',
  'fromContext',
  'stringSet',
  'numberSet',
  'binarySet',
]

function checkOptions(source: AnyEntity, aggregate: AnyEntity): void {
  const problems: Problem[] = []
  const report = (place: string, message: string, hint: string) => problems.push({ code: 'bad-aggregate', place, message, hint })
  if (!aggregated.every((kind) => aggregate.onlyInTransactions?.includes(kind)))
    report(`${aggregate.name}.onlyInTransactions`, 'other writes could change the totals.', 'Set it to aggregated.')
  if (totalsOf(aggregate).size === 0) report(aggregate.name, 'it has no total.', 'Declare one as total().')
  for (const [name, definition] of Object.entries(attributeDefinitions(aggregate.attributes))) {
    const place = `${aggregate.name}.attributes.${name}`
    const { type, optional, default: fallback } = definition
    if (type === 'expiresAt') report(place, 'a total that expires begins anew, and loses what was counted.', 'Leave it out.')
    else if (!optional && fallback === undefined && !keyNames(aggregate).includes(name) && !suppliedTypes.includes(type))
      report(place, 'an aggregate is made of its key and totals alone.', 'Make it optional(), or give it a default().')
  }
  const own = keyNames(source).filter((name) => ['last', 'revision', 'contributions', 'until', 'before', 'after'].includes(name))
  for (const name of own)
    report(`${source.name}.attributes.${name}`, 'the marker has an attribute of this name.', 'Use another name.')
  if (problems.length > 0) throw new ModelError(Object.freeze(problems))
}
