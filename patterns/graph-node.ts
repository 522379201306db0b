// The nodes of adjacency lists: what they must declare, and how one is removed with all its edges while others go on adding some.
import { backOff } from '../lib/client/back-off.ts'
import { exampleValue } from '../lib/design/example-item.ts'
import {
  type AnyEntity,
  boolean,
  ConditionFailedError,
  ItemNotFoundError,
  type Key,
  number,
  string,
  TransactionCanceledError,
  type TransactionPattern,
  transaction,
  ValidationError,
} from '../lib/index.ts'
import { parseTemplate } from '../lib/keys/template.ts'
import type { KeyNames } from '../lib/model/entity.ts'
import type { Attribute, AttributeDefinition, Attributes, OutputOf } from '../lib/schema/attribute.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { keyUnder } from './key-prefix.ts'
import { refusePattern } from './pattern-problem.ts'

/** The name of the one attribute that identifies a node. */
export type NodeIdName<N extends AnyEntity> = KeyNames<N> & keyof N['attributes'] & string
/** A node's identifier. */
export type NodeId<N extends AnyEntity> = OutputOf<N['attributes'][NodeIdName<N>]>

/** An attribute of a node that can hold a count: a number. */
export type NodeCount<N extends AnyEntity> = {
  [A in keyof N['attributes']]: OutputOf<N['attributes'][A]> extends number ? A : never
}[keyof N['attributes']] &
  string

/**
 * The attributes of every node: how many edges of any kind it has, and whether it is being removed, which keeps edges from being made.
 *
 * @example
 * attributes: { userId: ulid(), name: string(), ...nodeAttributes() }
 */
export function nodeAttributes() {
  return {
    edgeCount: number({ min: 0, integer: true }).default(0).onlyInTransactions().describe('How many edges there are here'),
    removing: boolean().optional().onlyInTransactions().describe('It is being removed: no new edge begins or ends here'),
  }
}

/** The `onlyInTransactions` of every node: writes that would leave edges behind, or forget their number. */
export const nodeWrites = Object.freeze(['put', 'delete', 'move'] as const)

export interface NodeRemovalPatterns<N extends AnyEntity> {
  /** First: from here on no new edge is made here. */
  readonly close: TransactionPattern<Key<N>, undefined[]>
  /** Last: deletes a closed node that has no edges, and on which nothing else is counted. */
  readonly drop: TransactionPattern<Key<N>, undefined[]>
}

/**
 * The two ends of the removal of a node, for `removeNode`. `counts` are what a node counts besides edges, such as `aggregateCounter`'s: it is
 * not deleted before they are 0 as well.
 *
 * @example
 * const { close: closeUser, drop: dropUser } = nodeRemoval(User).accessPatterns
 * @example
 * const { close: closeAuthor, drop: dropAuthor } = nodeRemoval(Author, 'photos').accessPatterns
 */
export function nodeRemoval<N extends AnyEntity>(
  node: N,
  ...counts: readonly NodeCount<N>[]
): { readonly accessPatterns: NodeRemovalPatterns<N> } {
  const { name, attribute } = checkNode(node, `nodeRemoval(${node.name})`)
  for (const count of counts) checkCount(node, count)
  const entities: { readonly node: AnyEntity } = { node }
  const input = { [name]: attribute }
  const empty = { removing: true, edgeCount: 0, ...Object.fromEntries(counts.map((count) => [count, 0])) }
  const nothing = ['edges', ...counts].join(', ')
  const accessPatterns = Object.freeze({
    close: transaction(entities, input, (key, { node }) => [node.update(key, { removing: true })]).describe(
      `Keeps new edges from a ${node.name} that is to be removed`,
    ),
    drop: transaction(entities, input, (key, { node }) => [node.delete(key, { if: empty })]).describe(
      `Deletes a ${node.name} that is closed and has no ${nothing}`,
    ),
  })
  return Object.freeze({ accessPatterns: accessPatterns as unknown as NodeRemovalPatterns<N> })
}

/** What `removeNode` needs, from a connected model. */
export interface NodeRemoval<K> {
  readonly close: (key: K) => PromiseLike<unknown>
  readonly drop: (key: K) => PromiseLike<unknown>
  /** For each kind of edge that can begin or end here. */
  readonly edges: readonly NodeEdges[]
}

export interface NodeEdges {
  /** The edge entity, of which the key is known. */
  readonly edge: AnyEntity
  /** All edges at the node, from both ends: `() => [follows({ follower: id }), followers({ followee: id })]`. */
  readonly at: () => readonly AsyncIterable<object>[]
  readonly unlinkMany: (input: { readonly edges: never }) => PromiseLike<unknown>
}

/**
 * Removes a node and all its edges. Others may go on linking and unlinking meanwhile; after a crash, or an error, call it again. False when
 * there was no such node.
 *
 * The node is closed first, so that no edge is added. Then its edges are removed, as many of them as are seen; and it is deleted only when it
 * counts none, for an index may show an edge later than it was made. When the count does not come down to 0, the last refusal is thrown: an end of
 * some kind of edge is missing in `edges`. It is thrown at once when no edge is left and another of the node's counts is not 0: delete what that
 * counts, and call it again.
 *
 * @example
 * await removeNode({ userId }, {
 *   close: shop.patterns.closeUser,
 *   drop: shop.patterns.dropUser,
 *   edges: [{
 *     edge: Follow,
 *     at: () => [shop.patterns.following({ follower: userId }), shop.patterns.followers({ followee: userId })],
 *     unlinkMany: shop.patterns.unfollowMany,
 *   }],
 * })
 */
export async function removeNode<K>(key: K, { close, drop, edges }: NodeRemoval<K>): Promise<boolean> {
  const refusal = await refusalOf(close(key))
  if (refusal instanceof ItemNotFoundError) return false
  if (refusal !== undefined) throw refusal
  let idle = 0
  for (;;) {
    let removed = 0
    for (const kind of edges) for (const iterable of kind.at()) removed += await removeEdges(iterable, kind)
    const left = await refusalOf(drop(key))
    // Somebody else has finished the removal.
    if (left === undefined || left instanceof ItemNotFoundError || left.item === undefined) return true
    idle = removed === 0 ? idle + 1 : 0
    // Waiting is for edges that are not seen yet.
    if (idle === triesWithoutProgress || (left.item as { edgeCount?: unknown } | null)?.edgeCount === 0) throw left
    await backOff(idle, 1000)
  }
}

/** With the waits between them some four seconds, in which an index has long caught up. */
const triesWithoutProgress = 12
/** Transactions on one item get in each other's way the more the larger they are. */
const edgesAtOnce = 25

type Edge = Readonly<Record<string, unknown>>

async function removeEdges(edges: AsyncIterable<object>, kind: NodeEdges): Promise<number> {
  let removed = 0
  let chunk: Edge[] = []
  const flush = async () => {
    removed += await unlinkAll(chunk, kind)
    chunk = []
  }
  for await (const edge of edges) {
    chunk.push(edge as Edge)
    if (chunk.length === edgesAtOnce) await flush()
  }
  await flush()
  return removed
}

/** Removes some edges at once, in halves when that is too much for a transaction, or one by one when one of them is gone. Answers how many. */
async function unlinkAll(edges: readonly Edge[], kind: NodeEdges): Promise<number> {
  if (edges.length === 0) return 0
  const names = keyNamesOf(kind.edge)
  const pairs = edges.map((edge) => Object.fromEntries(names.map((name) => [name, edge[name]])))
  try {
    const refusal = await refusalOf(kind.unlinkMany({ edges: pairs as never }))
    if (refusal === undefined) return edges.length
  } catch (error) {
    // Copies and guards of the nodes are actions too.
    if (!(error instanceof ValidationError) || edges.length === 1) throw error
    const half = edges.length >> 1
    return (await unlinkAll(edges.slice(0, half), kind)) + (await unlinkAll(edges.slice(half), kind))
  }
  if (edges.length === 1) return 0
  let removed = 0
  for (const edge of edges) removed += await unlinkAll([edge], kind)
  return removed
}

/** The error of the condition that cancelled a transaction; undefined when the transaction was done. Other errors are thrown. */
async function refusalOf(transaction: PromiseLike<unknown>): Promise<ConditionFailedError | ItemNotFoundError | undefined> {
  try {
    await transaction
    return undefined
  } catch (error) {
    if (!(error instanceof TransactionCanceledError)) throw error
    const errors = error.reasons.map((reason) => reason.error)
    const refusal = errors.find((one) => one instanceof ConditionFailedError || one instanceof ItemNotFoundError)
    if (refusal === undefined) throw error
    return refusal
  }
}

function keyNamesOf({ key }: AnyEntity): readonly string[] {
  return [key.pk, key.sk ?? ''].flatMap(placeholdersOf)
}

function placeholdersOf(text: string): readonly string[] {
  const parsed = parseTemplate(text)
  return 'template' in parsed ? parsed.template.placeholders : []
}

/** The types of identifiers: those that can be compared. */
const identifying: readonly string[] = ['string', 'ulid', 'uuid', 'number', 'bigint', 'oneOf', 'literal']

/** The attribute that identifies a node, as the edges have it: given and not generated. */
export function nodeIdOf(node: AnyEntity): { readonly name: string; readonly attribute: Attribute } {
  const [name = ''] = placeholdersOf(node.key.pk)
  const attribute = (node.attributes as Attributes)[name]
  if (attribute === undefined || !('definition' in attribute)) return { name, attribute: string() }
  // What concerns stored items only is left out.
  const { default: _, storedAs: __, onlyInTransactions: ___, ...definition } = attribute.definition
  return { name, attribute: attributeWith({ ...definition, optional: false, readOnly: false, hidden: false }) }
}

/** An identifier with another example than that of the node: the plan of a link is one of two nodes. */
export function anotherNode({ definition }: Attribute): Attribute {
  const example = exampleValue('node', definition)
  if (typeof example === 'number' || typeof example === 'bigint') {
    const next = Number(example) + 1
    const other = definition.max === undefined || next <= Number(definition.max) ? next : Number(example) - 1
    return attributeWith({ ...definition, example: typeof example === 'bigint' ? BigInt(other) : other })
  }
  const sign = String(example).slice(-1)
  const next = /[0-8]/.test(sign) ? String(Number(sign) + 1) : /[b-z]/.test(sign) ? 'a' : /[B-Z]/.test(sign) ? 'A' : '0'
  const other = `${String(example).slice(0, -1)}${next}`
  if (typeof example === 'string' && definition.values === undefined) return attributeWith({ ...definition, example: other })
  return attributeWith({ ...definition, ...(definition.values?.[1] !== undefined && { example: definition.values[1] }) })
}

function attributeWith(definition: AttributeDefinition): Attribute {
  // The types of an attribute exist at compile time only.
  return Object.freeze({ definition: Object.freeze(definition) }) as unknown as Attribute
}

/** Refuses a count that other writes could change. */
export function checkCount(node: AnyEntity, count: string): void {
  const { type, onlyInTransactions } = attributeDefinitions(node.attributes)[count] ?? {}
  if (type !== 'number' || onlyInTransactions !== true)
    refusePattern(
      'bad-counter',
      `${node.name}.attributes.${count}`,
      'it is no number that only transactions write.',
      'Declare it as counter().',
    )
}

/** Refuses an entity that can't be a node, and gives its identifier. */
export function checkNode(node: AnyEntity, place: string): { readonly name: string; readonly attribute: Attribute } {
  const id = nodeIdOf(node)
  const names = keyNamesOf(node)
  const definition = (node.attributes as Record<string, Partial<Attribute> | undefined>)[id.name]?.definition
  if (new Set(names).size !== 1 || definition === undefined || !identifying.includes(definition.type))
    refusePattern(
      'not-a-node',
      place,
      `the primary key of ${node.name} is not made of one text or number.`,
      `Edges know a node by one identifier: pk: '${keyUnder(node.name, '#{id}')}'.`,
    )
  if (/[:}].*\}/.test(node.key.pk.slice(node.key.pk.indexOf('{'))))
    refusePattern('not-a-node', place, `{${id.name}} has a modifier in the key of ${node.name}.`, 'Name it plainly.')
  if (node.key.shards !== undefined)
    refusePattern('not-a-node', place, `the key of ${node.name} is sharded.`, 'A node has a partition of its own already.')
  const attributes = Object.keys(node.attributes)
  const missing = Object.keys(nodeAttributes()).filter((name) => !attributes.includes(name))
  if (missing.length > 0)
    refusePattern(
      'not-a-node',
      place,
      `${node.name} has no ${missing.join(' and no ')}.`,
      'Add ...nodeAttributes() to its attributes.',
    )
  const open = nodeWrites.filter((kind) => !node.onlyInTransactions?.includes(kind))
  if (open.length > 0)
    refusePattern(
      'not-a-node',
      place,
      `${open.join(', ')} of a ${node.name} would leave its edges behind.`,
      'Declare onlyInTransactions: nodeWrites, and remove nodes with removeNode().',
    )
  if (Object.values(node.attributes).some((one) => 'definition' in one && one.definition.type === 'expiresAt'))
    refusePattern('not-a-node', place, `a ${node.name} expires, and its edges would stay.`, 'Remove nodes with removeNode().')
  return id
}
