// The table's keys the other way round: one index that answers "who points here?" for every entity whose sort key says where it points.
import { type Inverted, inverted } from '../lib/index.ts'
import { parseTemplate } from '../lib/keys/template.ts'
import { refusePattern } from './pattern-problem.ts'

export interface InvertedIndexOptions<X, K> {
  /** The index: its partition key is the table's sort key, and the reverse. */
  readonly index: X
  /** The entity's own key. */
  readonly key: K
}

/**
 * An inverted index: the same items, found by their sort key.
 *
 * **Problem.** Which orders contain this product, when order lines lie with their order?
 *
 * **Layout.** No attribute more than the primary key, and one index for all entities.
 *
 * | PK | SK | Inverted PK | Inverted SK |
 * | --- | --- | --- | --- |
 * | `ORDER#{orderId}` | `PRODUCT#{productId}` | `PRODUCT#{productId}` | `ORDER#{orderId}` |
 *
 * **Invariant.** The sort key says of itself what it points at: it begins with a literal, and it has a placeholder. Every item with a primary key is
 * in the index, so it can't disagree with the table.
 *
 * **Mistake.** A constant sort key, which puts all items of the entity into one partition of the index, where the writes of the whole table
 * then wait; a sort key without a prefix, where identifiers of two kinds meet.
 *
 * The library does it all by itself: this is `inverted()` with those two checks. Other entities, such as an `ORDER#{orderId}` with the sort key
 * `ORDER`, are in the index too; a read never gives them, but give them a sort key with a placeholder when there are many.
 * Source: the guide's chapter on adjacency lists.
 *
 * @example
 * const key = { pk: 'ORDER#{orderId}', sk: 'PRODUCT#{productId}' } as const
 * const Line = defineEntity('Line', { attributes, key, indexes: invertedIndex({ index: 'Inverted', key }) })
 * const ordersOfProduct = query(Line).index('Inverted')
 */
export function invertedIndex<const X extends string, const K extends { readonly pk: string; readonly sk: string }>({
  index,
  key,
}: InvertedIndexOptions<X, K>): { readonly [P in X]: Inverted } {
  const parsed = parseTemplate(key.sk)
  // What is wrong with the template itself, defineModel says.
  if ('template' in parsed) {
    const { placeholders, segments } = parsed.template
    if (placeholders.length === 0)
      refusePattern(
        'one-partition',
        `${index}.pk`,
        `${key.sk} is the same for all items: they would be one partition of ${index}.`,
        'Put an identifier into the sort key, or leave the entity out of this index.',
      )
    if (segments[0]?.literal === '')
      refusePattern(
        'no-prefix',
        `${index}.pk`,
        `${key.sk} does not say what it identifies, and could be the key of something else.`,
        `Begin it with a literal: THING#${key.sk}.`,
      )
  }
  return Object.freeze({ [index]: inverted() }) as { readonly [P in X]: Inverted }
}
