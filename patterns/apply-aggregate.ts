// Brings the totals of a stream aggregate up to date: with changes from the stream, and anew from the items as they are.
import { type AnyEntity, ConditionFailedError, ContentionError, type Operation, TransactionCanceledError } from '../lib/index.ts'
import { type ConnectedModel, connectedFor, entityIn, patternIn } from './connected.ts'
import { type AnyContribution, differences, identity, readContributions } from './contributions.ts'
import { keyNames } from './key-names.ts'

type Values = Readonly<Record<string, unknown>>

type AnyStreamAggregate = {
  readonly name: string
  readonly source: AnyEntity
  readonly aggregate: AnyEntity
  readonly contribution: (item: never) => readonly { readonly key: object; readonly add: object }[]
}
/** A change of any item, as `changes()` gives it. */
interface AnyChange {
  readonly entity: string
  readonly type: 'insert' | 'modify' | 'remove'
  readonly key: object
  /** Whose item it is, where that is not in the key. */
  readonly context?: object | undefined
  readonly new?: object | undefined
  readonly sequenceNumber: string
}

export interface ApplyOptions {
  /** The time. Default: the machine's. */
  readonly now?: () => Date
}

/**
 * Applies changes from the stream, each for the tenant whose it is; those of other entities are left alone. Of several of one item only the
 * last counts. When it throws, some are applied and others not: give the whole batch again, as Lambda does.
 */
export async function applyToAggregate(
  aggregate: AnyStreamAggregate,
  connected: ConnectedModel,
  changes: readonly AnyChange[],
  { now = () => new Date() }: ApplyOptions = {},
): Promise<void> {
  const newest = new Map<string, AnyChange>()
  for (const change of changes) {
    if (change.entity !== aggregate.source.name) continue
    const of = identity({ ...change.key, ...change.context })
    const known = newest.get(of)
    if (known === undefined || sequence(known.sequenceNumber) < sequence(change.sequenceNumber)) newest.set(of, change)
  }
  for (const { type, key, context, new: item, sequenceNumber } of newest.values()) {
    if (type !== 'remove' && item === undefined)
      throw new TypeError(
        `The stream has no new images, which ${aggregate.name} is made from: use NEW_IMAGE or NEW_AND_OLD_IMAGES.`,
      )
    const own = connectedFor(connected, context)
    await applyState(aggregate, own, key as Values, sequence(sequenceNumber), async () => item, now)
  }
}

/**
 * Makes the totals those of the items as they are, whatever happened before: for items that were there first, for changes that the stream
 * lost, for another `contribution`. Writers and the consumer go on meanwhile. Give it all source items, and then all markers
 * (`scan(marker)`), among which are those of items that are gone.
 */
export async function rebuildAggregate(
  aggregate: AnyStreamAggregate,
  connected: ConnectedModel,
  items: AsyncIterable<object> | Iterable<object>,
  { now = () => new Date() }: ApplyOptions = {},
): Promise<void> {
  const names = keyNames(aggregate.source)
  for await (const item of items) {
    const key = Object.fromEntries(names.map((name) => [name, (item as Values)[name]]))
    const read = async () => entityIn(connected, aggregate.source.name).get(key, whole)
    await applyState(aggregate, connected, key, undefined, read, now)
  }
}

const maxTries = 12
/** What does not fit is there, whatever the connection does with misfits: to pass it over would be to take it for deleted. */
const whole = { consistent: true, onMisfit: 'throw' } as const
const week = 7 * 86_400_000

/** Brings one item's marker, and with it the totals, to a state: that of a change, or one that is read after the marker. */
async function applyState(
  { name, aggregate, contribution }: AnyStreamAggregate,
  connected: ConnectedModel,
  key: Values,
  sequenceNumber: string | undefined,
  state: () => Promise<object | undefined>,
  now: () => Date,
): Promise<void> {
  for (let tries = 1; tries <= maxTries; tries++) {
    const found = (await entityIn(connected, name).get(key, { ...whole, includeExpired: true })) as Marker | undefined
    if (sequenceNumber !== undefined && found !== undefined && found.last >= sequenceNumber) return
    const item = await state()
    const after = item === undefined ? [] : readContributions(aggregate, contribution(item as never), `${name}.contribution`)
    const { revision = 0, contributions: before = [], last = sequence('0') } = found ?? {}
    if (sequenceNumber === undefined && found !== undefined && differences(before, after).length === 0) return
    const until = item === undefined ? { until: new Date(now().getTime() + week) } : {}
    const input = { ...key, last: sequenceNumber ?? last, revision, before, after, ...until }
    try {
      await (patternIn(connected, `apply${name}`)(input) as unknown as Operation<unknown>)
      return
    } catch (error) {
      const overtaken = error instanceof TransactionCanceledError && error.reasons[0]?.error instanceof ConditionFailedError
      if (!overtaken) throw error
    }
  }
  throw new ContentionError(name, key, maxTries)
}

interface Marker {
  readonly last: string
  readonly revision: number
  readonly contributions: readonly AnyContribution[]
}

/** Sequence numbers have up to 40 digits; with as many they compare as text. */
const sequence = (sequenceNumber: string) => sequenceNumber.padStart(40, '0')
