// The access patterns `query` and `get`: immutable builders whose result is plain data.
import {
  type AnyAccessPattern,
  accessPattern,
  type GetDefinition,
  type QueryDefinition,
  type QueryInput,
  type Rate,
  type signature,
} from './access-pattern.ts'
import type { Condition } from './condition.ts'
import type { AnyEntity, Item, Key } from './entity.ts'

/** A query of one entity in one partition of the table or, where `X` is a name, of that index. */
export interface QueryPattern<E extends AnyEntity, X, R> extends AnyAccessPattern {
  readonly [signature]: { readonly shape: 'page'; readonly input: QueryInput<E, X>; readonly result: R }
  /** Reads through an index; the input becomes the attributes of the index's templates. */
  index<Name extends keyof E['indexes'] & string>(name: Name): QueryPattern<E, Name, R>
  /** Answers the first item, or undefined, in place of pages. */
  one(): OnePattern<E, X, R>
  /** Largest sort key first. */
  descending(): QueryPattern<E, X, R>
  /** Reads that see every write that was acknowledged before, at twice the cost. Not possible on a global index. */
  consistent(): QueryPattern<E, X, R>
  /** Only items for which the condition holds. DynamoDB reads, and charges for, the others too. */
  where(condition: Condition<Item<E>>): QueryPattern<E, X, R>
  /** Only these attributes. */
  select<const N extends readonly (keyof E['attributes'] & keyof R & string)[]>(
    ...names: N
  ): QueryPattern<E, X, Pick<R, N[number]>>
  /** Fetches the items whole when the index does not project all attributes: one BatchGetItem for each 100 items. */
  hydrate(): QueryPattern<E, X, R>
  /** What the pattern is for, for the documentation. */
  describe(text: string): QueryPattern<E, X, R>
  /** How often it is asked, for estimates. */
  rate(rate: Rate): QueryPattern<E, X, R>
}

/** A pattern that answers at most one item. */
export interface OnePattern<E extends AnyEntity, X, R> extends AnyAccessPattern {
  readonly [signature]: { readonly shape: 'one'; readonly input: QueryInput<E, X>; readonly result: R }
  describe(text: string): OnePattern<E, X, R>
  rate(rate: Rate): OnePattern<E, X, R>
}

/**
 * A query of one entity's items: in the table, or with `.index()` in an index. The attributes of the partition key are required; those
 * of the sort key are optional, equality from the left, the last one possibly a range.
 *
 * @example
 * query(Order).index('GSI1').descending().describe('Orders in a state, newest first')
 */
export function query<E extends AnyEntity>(entity: E): QueryPattern<E, undefined, Item<E>> {
  return queryPattern({ kind: 'query', entity, one: false, descending: false, consistent: false, hydrate: false })
}

function queryPattern<P extends AnyAccessPattern>(definition: QueryDefinition): P {
  const having = (change: Partial<QueryDefinition>) => queryPattern({ ...definition, ...change })
  return accessPattern<P>(definition, {
    // What is forgotten (`undefined`, in JavaScript) must not pass for what was never asked.
    index: (index: string) => having({ index: index ?? 'undefined' }),
    one: () => having({ one: true }),
    descending: () => having({ descending: true }),
    consistent: () => having({ consistent: true }),
    where: (where: object) => having({ where: where ?? null }),
    select: (...select: string[]) => having({ select }),
    hydrate: () => having({ hydrate: true }),
    describe: (description: string) => having({ description }),
    rate: (rate: Rate) => having({ rate }),
  })
}

/** A get of one item by its primary key. */
export interface GetPattern<E extends AnyEntity, R> extends AnyAccessPattern {
  readonly [signature]: { readonly shape: 'get'; readonly input: Key<E>; readonly result: R }
  consistent(): GetPattern<E, R>
  select<const N extends readonly (keyof E['attributes'] & keyof R & string)[]>(...names: N): GetPattern<E, Pick<R, N[number]>>
  describe(text: string): GetPattern<E, R>
  rate(rate: Rate): GetPattern<E, R>
}

/**
 * A get of one item by its primary key.
 *
 * @example
 * get(Order).consistent().describe('One order')
 */
export function get<E extends AnyEntity>(entity: E): GetPattern<E, Item<E>> {
  return getPattern({ kind: 'get', entity, consistent: false })
}

function getPattern<P extends AnyAccessPattern>(definition: GetDefinition): P {
  const having = (change: Partial<GetDefinition>) => getPattern({ ...definition, ...change })
  return accessPattern<P>(definition, {
    consistent: () => having({ consistent: true }),
    select: (...select: string[]) => having({ select }),
    describe: (description: string) => having({ description }),
    rate: (rate: Rate) => having({ rate }),
  })
}
