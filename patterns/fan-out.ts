// Fan-out: carries changes of a source from the stream over to the copies (derived-copies.ts) that many other items have of it.
import { isDeepStrictEqual } from 'node:util'
import {
  type AnyEntity,
  ConditionFailedError,
  type Item,
  ItemNotFoundError,
  type Key,
  TransactionCanceledError,
} from '../lib/index.ts'
import { type ConnectedModel, connectedFor, entityIn, patternIn } from './connected.ts'
import { type DerivedCopies, versionOf } from './derived-copies.ts'
import { keyNames } from './key-names.ts'

type Values = Readonly<Record<string, unknown>>
/** How often a source is carried over for one change, while it changes meanwhile. */
const maxRounds = 12
type AnyDerivedCopies<S extends AnyEntity, T extends AnyEntity> = Omit<
  DerivedCopies<S, T, string, string>,
  'accessPatterns' | 'check'
>
/** A change of any item, as `changes()` gives it. */
interface AnyChange {
  readonly entity: string
  readonly type: 'insert' | 'modify' | 'remove'
  /** What differs: all attributes where the stream does not tell. */
  readonly changed?: readonly string[]
  /** Whose item it is, where that is not in the key. */
  readonly context?: object | undefined
  readonly new?: object | undefined
}

/**
 * Carries changes of the source over to the targets; those of other entities, deletions, and changes of nothing that is copied are left
 * alone. The last are known only where the stream has old images as well (`NEW_AND_OLD_IMAGES`): without, each write of the source costs a
 * write of each target. Costs besides one read of the source for each change that it carries over.
 *
 * May be done again, and in any order: older values never take the place of newer ones for good. When it throws, give the whole batch again.
 *
 * @param targets the items with copies of the source with this key. Read them from the table with `.consistent()`, not from an index, or an
 * item that was written a moment ago is missed for good. In a table of many tenants the context says whose they are:
 * `({ userId }, context) => blog.with(context).patterns.postsOf({ authorId: userId })`.
 */
export async function fanOut<S extends AnyEntity, T extends AnyEntity>(
  copies: AnyDerivedCopies<S, T>,
  connected: ConnectedModel,
  changes: readonly AnyChange[],
  targets: (key: Key<S>, context: never) => AsyncIterable<Item<T>>,
): Promise<void> {
  const values = Object.values(copies.values)
  for (const { entity, type, changed, context, new: item } of changes) {
    if (entity !== copies.source.name || type === 'remove') continue
    if (type === 'modify' && changed?.some((name) => values.includes(name)) === false) continue
    if (item === undefined) throw new TypeError('The stream has no new images, which copies are made from.')
    const own = connectedFor(connected, context)
    let carried: Values | undefined = item as Values
    // A source that goes on changing has newer records, which carry it on.
    for (let round = 1; carried !== undefined && round <= maxRounds; round++) {
      await refreshCopies(copies, own, carried as Item<S>, (key) => targets(key, context as never))
      carried = await movedOn(copies, own, carried)
    }
  }
}

/**
 * The source, when it has other values by now than those that were carried over. A target that was created with its present values has them
 * under the version that its writer has read, which may be older than what was carried over; and no other change may be left to put it right.
 */
async function movedOn(
  { source, values }: AnyDerivedCopies<AnyEntity, AnyEntity>,
  connected: ConnectedModel,
  carried: Values,
): Promise<Values | undefined> {
  const key = Object.fromEntries(keyNames(source).map((name) => [name, carried[name]]))
  const current = await entityIn(connected, source.name).get(key, { consistent: true, onMisfit: 'skip' })
  if (current === undefined || Object.values(values).every((name) => isDeepStrictEqual(current[name], carried[name])))
    return undefined
  return current
}

/** Brings all copies of one source item up to date: what `fanOut` does for each change. Repairs what was missed. */
export async function refreshCopies<S extends AnyEntity, T extends AnyEntity>(
  { source, target, values, version, refresh }: AnyDerivedCopies<S, T>,
  connected: ConnectedModel,
  item: Item<S>,
  targets: (key: Key<S>) => AsyncIterable<Item<T>>,
): Promise<void> {
  const from = item as Values
  const current = from[versionOf(source) ?? '']
  const copies = Object.fromEntries(Object.entries(values).map(([copy, name]) => [copy, from[name]]))
  const key = Object.fromEntries(keyNames(source).map((name) => [name, from[name]]))
  for await (const found of targets(key as Key<S>)) {
    const stored = found as Values
    if (Number(stored[version]) >= Number(current)) continue
    const itemKey = Object.fromEntries(keyNames(target).map((name) => [name, stored[name]]))
    try {
      await patternIn(connected, refresh)({ ...itemKey, ...copies, [version]: current })
    } catch (error) {
      if (!isOvertaken(error)) throw error
    }
  }
}

/** The target is gone, or has newer copies by now. */
function isOvertaken(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledError)) return false
  const reason = error.reasons[0]?.error
  return reason instanceof ConditionFailedError || reason instanceof ItemNotFoundError
}
