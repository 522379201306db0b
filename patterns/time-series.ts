// A time series: a partition for each period of each series, with everything that happened in it in order of time.
import {
  type AnyEntity,
  type Attributes,
  defineEntity,
  type Entity,
  type Item,
  type KeyTemplates,
  type QueryPattern,
  query,
  type Shards,
  type WriteKind,
} from '../lib/index.ts'
import type { Bucket } from '../lib/keys/time-bucket.ts'
import { type KeyPrefix, keyUnder } from './key-prefix.ts'
import { refusePattern } from './pattern-problem.ts'

export interface TimeSeriesOptions<Name, A, Of, At, Period, Tie> {
  /** The entity's name; the prefix of its keys, in capitals: `DOOR_EVENT` of `DoorEvent`. */
  readonly name: Name
  readonly attributes: A
  /** The attribute that says which series an item belongs to. */
  readonly of: Of
  /** The attribute with the time, a `datetime()`. */
  readonly at: At
  /** How long a partition lasts, in UTC: long enough that something happens in it, short enough that it does not grow past some GB. */
  readonly period: Period
  /** The attribute that tells items of the same millisecond apart. Default: a series has one item in a millisecond. */
  readonly tie?: Tie
  /** Spreads each partition over several, for a series that takes more than 1,000 write units a second. */
  readonly shards?: Shards
  /** Writes of the entity that only the model's transaction patterns may do. */
  readonly onlyInTransactions?: readonly WriteKind[]
  /** One or two sentences for the documentation. */
  readonly description?: string
}

type SortKey<At extends string, Tie> = [Tie] extends [string] ? `{${At}}#{${Tie}}` : `{${At}}`

/** The entity of a time series. */
export type SeriesEntity<Name extends string, A, Of extends string, At extends string, Period extends Bucket, Tie> = Entity<
  Name,
  A,
  { readonly pk: `${KeyPrefix<Name>}#{${Of}}#{${At}:${Period}}`; readonly sk: SortKey<At, Tie> },
  Record<never, never>
>

export interface TimeSeries<Name extends string, E extends AnyEntity> {
  readonly entities: { readonly [N in Name]: E }
  readonly accessPatterns: {
    /** A series between two times, in order. */
    readonly during: QueryPattern<E, undefined, Item<E>>
    /** The same, newest first. */
    readonly latest: QueryPattern<E, undefined, Item<E>>
  }
}

/**
 * A time series: readings of a device, events of an account.
 *
 * **Problem.** Much is added and never changed, at the end of a partition that would grow without bound.
 *
 * **Layout.** A partition for each period, which is made of the very time that the sort key has.
 *
 * | PK | SK |
 * | --- | --- |
 * | `READING#{sensor}#{at:day}` | `{at}` |
 *
 * **Invariant.** A query between two times gives exactly the items in between, whichever periods they lie in: bucket and order come from one
 * instant, in UTC. Both ends are required, and inclusive or exclusive as you say.
 *
 * **Mistake.** Local time zones; an upper bound that is a date, which drops the last day; a range without an end, which asks empty periods for ever.
 *
 * Each period of the range costs a request. Old periods go with an `expiresAt()` attribute. Source: the guide's chapter on time series.
 *
 * @example
 * const readings = timeSeries({
 *   name: 'Reading',
 *   attributes: { sensor: string(), at: datetime(), celsius: number() },
 *   of: 'sensor',
 *   at: 'at',
 *   period: 'day',
 * })
 */
export function timeSeries<
  const Name extends string,
  const A extends Attributes,
  const Of extends keyof A & string,
  const At extends keyof A & string,
  const Period extends Bucket,
  const Tie extends (keyof A & string) | undefined = undefined,
>(options: TimeSeriesOptions<Name, A, Of, At, Period, Tie>): TimeSeries<Name, SeriesEntity<Name, A, Of, At, Period, Tie>> {
  const { name, attributes, of, at, period, tie, shards, onlyInTransactions = [] } = options
  const time = attributes[at]
  if (time === undefined || !('definition' in time) || time.definition.type !== 'datetime' || time.definition.optional)
    refusePattern('not-a-time', `${name}.at`, `${at} is no datetime() that every item has.`, `Declare ${at}: datetime().`)
  const entity: AnyEntity = defineEntity(name, {
    description: options.description ?? `What happened in a series, by the ${period}.`,
    onlyInTransactions,
    attributes: attributes as Attributes,
    key: {
      pk: keyUnder(name, `#{${of}}#{${at}:${period}}`),
      sk: tie === undefined ? `{${at}}` : `{${at}}#{${tie}}`,
      ...(shards && { shards }),
    } as KeyTemplates,
  })
  const accessPatterns = Object.freeze({
    during: query(entity).describe(`Each ${name} of a series between two times`),
    latest: query(entity).descending().describe(`Each ${name} of a series between two times, newest first`),
  })
  // Made of the same names that the type is made of.
  return Object.freeze({ entities: Object.freeze({ [name]: entity }), accessPatterns }) as unknown as ReturnType<
    typeof timeSeries<Name, A, Of, At, Period, Tie>
  >
}
