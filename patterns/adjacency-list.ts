// Many-to-many: one edge item for each pair of nodes, read from either end, only between nodes that exist.
import {
  type AnyEntity,
  type Attribute,
  type Attributes,
  add,
  defineEntity,
  type Entity,
  type GetPattern,
  get,
  type IndexTemplates,
  type Inverted,
  type Item,
  inverted,
  type Key,
  list,
  map,
  type QueryPattern,
  query,
  type TransactionPattern,
  transaction,
} from '../lib/index.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import type { CreateInputOf } from '../lib/schema/infer.ts'
import { createInput } from './create-input.ts'
import { anotherNode, checkCount, checkNode, type NodeCount, type NodeId, nodeIdOf } from './graph-node.ts'
import { type KeyPrefix, keyUnder } from './key-prefix.ts'
import { refusePattern } from './pattern-problem.ts'

/** One end of the edges: the entity that stands there, and the edge's attribute with its identifier. */
export interface EdgeEnd<N extends AnyEntity, As extends string> {
  readonly node: N
  readonly as: As
  /** An attribute of the node that counts these edges: `'followers'`. A `counter()`. */
  readonly counter?: NodeCount<N>
}

export interface AdjacencyListOptions<Name, From, FromAs, To, ToAs, X, A, I> {
  /** The edge entity's name; the prefix of its keys, in capitals: `COURSE_VISIT` of `CourseVisit`. */
  readonly name: Name
  readonly from: From & { readonly as: FromAs }
  readonly to: To & { readonly as: ToAs }
  /** An index made of the table's keys, swapped: the edges from their other end. */
  readonly index: X
  /** What an edge says besides its ends. No `expiresAt()`: what expires is not counted off. */
  readonly attributes?: A
  /** Further indexes of the edge, such as one by time. */
  readonly indexes?: I
  /** `false`: A with B is B with A. Both ends are then of one entity, and the edge has the smaller identifier in `from`. */
  readonly directed?: boolean
}

type Flat<T> = { readonly [N in keyof T]: T[N] }
type Ends<F extends AnyEntity, FA extends string, T extends AnyEntity, TA extends string> = {
  readonly [N in FA]: Attribute<NodeId<F>, never>
} & { readonly [N in TA]: Attribute<NodeId<T>, never> }
/** A template of one placeholder, with another name in it. */
type Renamed<S, As extends string> = S extends `${infer Head}{${string}}${infer Tail}` ? `${Head}{${As}}${Tail}` : never

/** The edge entity of an adjacency list. */
export type EdgeEntity<
  Name extends string,
  F extends AnyEntity,
  FA extends string,
  T extends AnyEntity,
  TA extends string,
  X extends string,
  A,
  I,
> = Entity<
  Name,
  Flat<Ends<F, FA, T, TA> & A>,
  { readonly pk: Renamed<F['key']['pk'], FA>; readonly sk: `${KeyPrefix<Name>}#{${TA}}` },
  { readonly [P in keyof I | X]: P extends X ? Inverted : P extends keyof I ? I[P] : never }
>

export interface AdjacencyList<Name extends string, E extends AnyEntity, X> {
  readonly entities: { readonly [N in Name]: E }
  readonly accessPatterns: {
    /** Makes an edge, if both nodes exist and there is none yet. */
    readonly link: TransactionPattern<CreateInputOf<E['attributes']>, [Item<E>, ...undefined[]]>
    /** Removes an edge. */
    readonly unlink: TransactionPattern<Key<E>, undefined[]>
    /**
     * Removes up to 33 edges, all or none. Copies of the nodes, and guards of unique values that change with the counts, are actions of the same
     * transaction, which takes 100: where nodes have some, fewer edges.
     */
    readonly unlinkMany: TransactionPattern<{ readonly edges: readonly Key<E>[] }, undefined[]>
    /** The edge of a pair. */
    readonly edge: GetPattern<E, Item<E>>
    /** The edges that begin at a node. */
    readonly outgoing: QueryPattern<E, undefined, Item<E>>
    /** The edges that end at a node. */
    readonly incoming: QueryPattern<E, X, Item<E>>
  }
}

/**
 * An adjacency list: a many-to-many relation, read from both ends.
 *
 * **Problem.** Students have courses, and courses students; users follow users.
 *
 * **Layout.** One item for each edge, in the partition of the node where it begins. The inverted index has it in a partition of its other end,
 * which holds nothing else.
 *
 * | | PK | SK |
 * | --- | --- | --- |
 * | node | `STUDENT#{studentId}` | any |
 * | edge | `STUDENT#{studentId}` | `ENROLMENT#{courseId}` |
 *
 * **Invariant.** At most one edge for each ordered pair (each pair, with `directed: false`), and only while both nodes exist. Each node counts its
 * edges, in the transactions that write them; `removeNode` takes a node out with all its edges, while others go on adding some.
 *
 * **Mistake.** An edge put over another, which loses its attributes; edges whose node is gone; a node deleted when the index did not yet show
 * its newest edge.
 *
 * A link writes both of its nodes, so a node takes some tens of new edges a second: a transactional write costs 2 of the 1,000 write units
 * that an item has in a second, and transactions that meet on an item conflict and are tried again.
 * Source: the guide's chapter on adjacency lists.
 *
 * @example
 * const enrolments = adjacencyList({
 *   name: 'Enrolment',
 *   from: { node: Student, as: 'studentId' },
 *   to: { node: Course, as: 'courseId', counter: 'students' },
 *   index: 'Inverted',
 *   attributes: { grade: number().optional() },
 * })
 * const { link: enrol, outgoing: coursesOf, incoming: studentsOf } = enrolments.accessPatterns
 */
export function adjacencyList<
  const Name extends string,
  F extends AnyEntity,
  const FA extends string,
  T extends AnyEntity,
  const TA extends string,
  const X extends string,
  const A extends Attributes = Record<never, never>,
  const I extends Readonly<Record<string, IndexTemplates>> = Record<never, never>,
>(
  options: AdjacencyListOptions<Name, EdgeEnd<F, FA>, FA, EdgeEnd<T, TA>, TA, X, A, I>,
): AdjacencyList<Name, EdgeEntity<Name, F, FA, T, TA, X, A, I>, X> {
  const { name, index, directed = true } = options
  const ends: AnyEnds = { from: options.from, to: options.to, directed }
  checkEnds(name, ends, options.attributes)
  const attributes = { ...endAttributes(ends), ...options.attributes } as Attributes
  const edge: AnyEntity = defineEntity(name, {
    description: `Joins ${ends.from.node.name} and ${ends.to.node.name}.`,
    attributes,
    key: { pk: partitionOf(ends.from), sk: keyUnder(name, `#{${ends.to.as}}`) } as {
      readonly pk: string
      readonly sk: string
    },
    indexes: { ...options.indexes, [index]: inverted() } as Readonly<Record<string, Inverted>>,
    onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
    writtenBy: 'adjacencyList',
  })
  const entities = Object.freeze({ [name]: edge })
  const accessPatterns = Object.freeze({
    ...edgeWrites(edge, ends),
    edge: get(edge).describe(`The ${name} of a pair`),
    outgoing: query(edge).describe(`Each ${name} from a ${ends.from.node.name}`),
    incoming: query(edge).index(index).describe(`Each ${name} to a ${ends.to.node.name}`),
  })
  // Made of the same names that the type is made of.
  return Object.freeze({ entities, accessPatterns }) as unknown as ReturnType<typeof adjacencyList<Name, F, FA, T, TA, X, A, I>>
}

interface AnyEnd {
  readonly node: AnyEntity
  readonly as: string
  readonly counter?: string
}
interface AnyEnds {
  readonly from: AnyEnd
  readonly to: AnyEnd
  readonly directed: boolean
}
type Pair = Readonly<Record<string, unknown>>

function edgeWrites(edge: AnyEntity, ends: AnyEnds) {
  // As identifiers also where they have schemas: the ends are compared before the edge is written.
  const pairAttributes = endAttributes(ends)
  const { from, to } = ends
  // By the nodes' own names; both ends may be of one entity.
  const entities = { [edge.name]: edge, [from.node.name]: from.node, [to.node.name]: to.node }
  const unlink = (pairs: readonly Pair[], writes: AnyWrites) => [
    // Without a condition, an edge that is gone would be counted off again.
    ...pairs.map((pair) => writes[edge.name]?.delete(ordered(ends, pair), { if: { [from.as]: { exists: true } } })),
    ...nodeUpdates(ends, pairs, -1, writes, undefined),
  ]
  const listed = (operations: unknown) => operations as []
  return {
    link: transaction(entities, { ...createInput(edge), ...pairAttributes }, (input, writes) =>
      listed([
        writes[edge.name]?.create(ordered(ends, input)),
        ...nodeUpdates(ends, [ordered(ends, input)], 1, writes, { removing: { exists: false } }),
      ]),
    ).describe(`Makes a ${edge.name} between two that exist`),
    unlink: transaction(entities, pairAttributes, (pair, writes) => listed(unlink([pair], writes))).describe(
      `Removes a ${edge.name}`,
    ),
    unlinkMany: transaction(entities, { edges: list(map(pairAttributes), { min: 1, max: 33 }) }, ({ edges }, writes) =>
      listed(unlink(edges as readonly Pair[], writes)),
    ).describe(`Removes up to 33 of ${edge.name}, all or none`),
  }
}

interface AnyWrites {
  readonly [name: string]: {
    create(input: object): unknown
    update(key: object, changes: object, options?: object): unknown
    delete(key: object, options?: object): unknown
  }
}

/** One update for each node among the ends of some edges, since a transaction takes each item once. */
function nodeUpdates(ends: AnyEnds, pairs: readonly Pair[], sign: 1 | -1, writes: AnyWrites, condition: object | undefined) {
  const nodes = new Map<string, { end: AnyEnd; id: unknown; counts: Record<string, number> }>()
  for (const pair of pairs.map((given) => ordered(ends, given)))
    for (const end of [ends.from, ends.to]) {
      const id = pair[end.as]
      const place = `${end.node.name} ${typeof id} ${String(id)}`
      const node = nodes.get(place) ?? { end, id, counts: {} }
      nodes.set(place, node)
      for (const counter of ['edgeCount', ...(end.counter === undefined ? [] : [end.counter])])
        node.counts[counter] = (node.counts[counter] ?? 0) + sign
    }
  return [...nodes.values()].map(({ end, id, counts }) => {
    const changes = Object.fromEntries(Object.entries(counts).map(([counter, by]) => [counter, add(by)]))
    return writes[end.node.name]?.update({ [nodeIdOf(end.node).name]: id }, changes, condition && { if: condition })
  })
}

/** The edge's ends as they are stored: where direction says nothing, the smaller identifier comes first. */
function ordered({ from, to, directed }: AnyEnds, pair: Pair): Pair {
  const [a, b] = [pair[from.as], pair[to.as]]
  return directed || (a as string) <= (b as string) ? pair : { ...pair, [from.as]: b, [to.as]: a }
}

/** The pair of an undirected edge in the order in which it is stored: the smaller identifier first. */
export function inOrder<V extends string | number | bigint>(a: V, b: V): readonly [V, V] {
  return a <= b ? [a, b] : [b, a]
}

function endAttributes({ from, to }: AnyEnds): Readonly<Record<string, Attribute>> {
  const [begin, end] = [nodeIdOf(from.node).attribute, nodeIdOf(to.node).attribute]
  return { [from.as]: begin, [to.as]: from.node === to.node ? anotherNode(end) : end }
}

/** The template of a node's partition, with the edge's name for the node in it. */
function partitionOf({ node, as }: AnyEnd): string {
  return node.key.pk.replace(/\{[^}]*\}/, `{${as}}`)
}

function checkEnds(name: string, { from, to, directed }: AnyEnds, attributes: Attributes = {}): void {
  checkNode(from.node, `${name}.from`)
  checkNode(to.node, `${name}.to`)
  const taken = from.as === to.as ? from.as : [from.as, to.as].find((as) => Object.hasOwn(attributes, as))
  if (taken !== undefined)
    refusePattern('twice', `${name}.to`, `${taken} names two attributes of the edge.`, 'Give each end a name of its own.')
  for (const { node, counter } of [from, to]) if (counter !== undefined) checkCount(node, counter)
  if (Object.values(attributeDefinitions(attributes)).some(({ type }) => type === 'expiresAt'))
    refusePattern('bad-counter', name, 'what expires is deleted without being counted.', 'Leave expiresAt() out.')
  if (!directed && (from.node !== to.node || from.counter !== to.counter))
    refusePattern(
      'bad-direction',
      name,
      'an edge without direction joins two of one entity, which count it alike.',
      'Give both ends the same node and counter, or leave out directed: false.',
    )
}
