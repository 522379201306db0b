// The access patterns `query` and `get`: immutable builders whose result is plain data.
import {
  type AccessPattern,
  accessPattern,
  type GetDefinition,
  type IndexKeys,
  type QueryDefinition,
  type QueryInput,
  type Rate,
} from './access-pattern.ts'
import type { Condition } from './condition.ts'
import type { AnyEntity, Item, Key } from './entity.ts'

/** A query of one entity in one partition of the table or of an index. */
export interface QueryPattern<E extends AnyEntity, K, R> extends AccessPattern<'page', QueryInput<E['attributes'], K>, R> {
  /** Reads through an index; the input becomes the attributes of the index's templates. */
  index<X extends keyof E['indexes'] & string>(name: X): QueryPattern<E, IndexKeys<E, X>, R>
  /** Answers the first item, or undefined, in place of pages. */
  one(): OnePattern<QueryInput<E['attributes'], K>, R>
  /** Largest sort key first. */
  descending(): QueryPattern<E, K, R>
  /** Reads that see every write that was acknowledged before, at twice the cost. Not possible on a global index. */
  consistent(): QueryPattern<E, K, R>
  /** Only items for which the condition holds. DynamoDB reads, and charges for, the others too. */
  where(condition: Condition<Item<E>>): QueryPattern<E, K, R>
  /** Only these attributes. */
  select<const N extends readonly (keyof E['attributes'] & keyof R & string)[]>(
    ...names: N
  ): QueryPattern<E, K, Pick<R, N[number]>>
  /** Fetches the items whole when the index does not project all attributes: one BatchGetItem for each 100 items. */
  hydrate(): QueryPattern<E, K, R>
  /** What the pattern is for, for the documentation. */
  describe(text: string): QueryPattern<E, K, R>
  /** How often it is asked, for estimates. */
  rate(rate: Rate): QueryPattern<E, K, R>
}

/** A pattern that answers at most one item. */
export interface OnePattern<I, R> extends AccessPattern<'one', I, R> {
  describe(text: string): OnePattern<I, R>
  rate(rate: Rate): OnePattern<I, R>
}

/**
 * A query of one entity's items: in the table, or with `.index()` in an index. The attributes of the partition key are required; those
 * of the sort key are optional, equality from the left, the last one possibly a range.
 *
 * @example
 * query(Order).index('GSI1').descending().describe('Orders in a state, newest first')
 */
export function query<E extends AnyEntity>(entity: E): QueryPattern<E, E['key'], Item<E>> {
  return queryPattern({ kind: 'query', entity, one: false, descending: false, consistent: false, hydrate: false })
}

function queryPattern<P extends AccessPattern>(definition: QueryDefinition): P {
  const having = (change: Partial<QueryDefinition>) => queryPattern({ ...definition, ...change })
  return accessPattern<P>(definition, {
    index: (index: string) => having({ index }),
    one: () => having({ one: true }),
    descending: () => having({ descending: true }),
    consistent: () => having({ consistent: true }),
    where: (where: object) => having({ where }),
    select: (...select: string[]) => having({ select }),
    hydrate: () => having({ hydrate: true }),
    describe: (description: string) => having({ description }),
    rate: (rate: Rate) => having({ rate }),
  })
}

/** A get of one item by its primary key. */
export interface GetPattern<E extends AnyEntity, R> extends AccessPattern<'one', Key<E>, R> {
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

function getPattern<P extends AccessPattern>(definition: GetDefinition): P {
  const having = (change: Partial<GetDefinition>) => getPattern({ ...definition, ...change })
  return accessPattern<P>(definition, {
    consistent: () => having({ consistent: true }),
    select: (...select: string[]) => having({ select }),
    describe: (description: string) => having({ description }),
    rate: (rate: Rate) => having({ rate }),
  })
}
