// A leaderboard: the best players of a board, each with one score.
import {
  type AnyEntity,
  type Attribute,
  type Attributes,
  ConditionFailedError,
  type CreateInput,
  defineEntity,
  type Entity,
  type EntityOperations,
  type Item,
  number,
  or,
  type QueryPattern,
  query,
  type Shards,
  string,
} from '../lib/index.ts'
import { attributeDefinitions } from '../lib/schema/definitions.ts'
import { type KeyPrefix, keyUnder } from './key-prefix.ts'
import { refusePattern } from './pattern-problem.ts'

export interface LeaderboardOptions<Name, X, A> {
  /** The entity's name; the prefix of its keys, in capitals: `HIGH_SCORE` of `HighScore`. */
  readonly name: Name
  readonly index: X
  /** Spreads each board over several partitions. Without, a board takes 1,000 new scores a second. */
  readonly shards?: Shards
  /** What a score says besides board, player and score. */
  readonly attributes?: A
  /** What boards are called, with checks, description and example: a text that every item has. Default: `string()`. */
  readonly board?: Attribute<string, never>
  /** Who plays. Default: `string()`. */
  readonly player?: Attribute<string, never>
  /** What is compared. Default: `number()`. */
  readonly score?: Attribute<number, never>
  /** One or two sentences for the documentation. */
  readonly description?: string
}

type Own = {
  readonly board: Attribute<string, never>
  readonly player: Attribute<string, never>
  readonly score: Attribute<number, never>
}
type Flat<T> = { readonly [N in keyof T]: T[N] }

/** The entity of a leaderboard. */
export type ScoreEntity<Name extends string, X extends string, A> = Entity<
  Name,
  Flat<Own & A>,
  { readonly pk: `${KeyPrefix<Name>}#{player}`; readonly sk: 'BOARD#{board}' },
  { readonly [P in X]: { readonly pk: `${KeyPrefix<Name>}#{board}`; readonly sk: '{score:desc}#{player}' } }
>

export interface Leaderboard<Name extends string, X, E extends AnyEntity> {
  readonly entities: { readonly [N in Name]: E }
  readonly accessPatterns: {
    /** The best of a board first. */
    readonly top: QueryPattern<E, X, Item<E>>
    /** The worst of a board first; from a score on, those just above it. */
    readonly above: QueryPattern<E, X, Item<E>>
    /** The scores of a player on all boards. */
    readonly ofPlayer: QueryPattern<E, undefined, Item<E>>
  }
}

/**
 * A leaderboard: the top of many scores.
 *
 * **Problem.** The best ten of a million players, now.
 *
 * **Layout.** One item for each player and board, whose key never changes. The board is an index, sorted by the score as a number.
 *
 * | PK | SK | GSI PK | GSI SK |
 * | --- | --- | --- | --- |
 * | `SCORE#{player}` | `BOARD#{board}` | `SCORE#{board}` | `{score:desc}#{player}` |
 *
 * **Invariant.** A player has one place on a board, that of the present score. Those with the same score are in order of their names, in every
 * read and over all shards: their order means nothing else.
 *
 * **Mistake.** The score in the primary key, where a new score is a second item; scores as text, where 9 beats 10; the top ten of each shard taken for
 * the top ten.
 *
 * A rank (“you are 4,711th”) can't be read off an index: count with a materialised aggregate, or show those around. The index is some
 * milliseconds behind. Source: the guide's chapters on write sharding and on sort keys.
 *
 * @example
 * const scores = leaderboard({ name: 'Score', index: 'GSI1' })
 * await submitScore(game.entities.Score, { board: 'weekly', player: 'ada', score: 120 })
 * const { items } = await game.patterns.top({ board: 'weekly' }, { limit: 10 })
 */
export function leaderboard<const Name extends string, const X extends string, const A extends Attributes = Record<never, never>>(
  options: LeaderboardOptions<Name, X, A>,
): Leaderboard<Name, X, ScoreEntity<Name, X, A>> {
  const { name, index, attributes, shards, description = 'The score of a player on a board.' } = options
  const taken = ['board', 'player', 'score'].find((own) => Object.hasOwn(attributes ?? {}, own))
  if (taken !== undefined)
    refusePattern('twice', `${name}.attributes`, `${taken} is an attribute of every leaderboard.`, 'Give yours another name.')
  const own: Attributes = {
    board: options.board ?? string().describe('What is compared on it').example('weekly'),
    player: options.player ?? string().describe('Whose score it is').example('ada'),
    score: options.score ?? number().describe('The higher, the better').example(120),
  }
  for (const [part, { type, optional }] of Object.entries(attributeDefinitions(own)))
    if (optional || (part === 'score') !== (type === 'number'))
      refusePattern(
        'bad-attribute',
        `${name}.${part}`,
        `it is ${optional ? 'optional' : `a ${type}`}, and every score has ${part === 'score' ? 'a number' : 'a text'} there.`,
        `Declare it as ${part === 'score' ? 'number()' : 'string()'}.`,
      )
  const entity: AnyEntity = defineEntity(name, {
    description,
    attributes: { ...own, ...(attributes as Attributes | undefined) },
    key: { pk: keyUnder(name, '#{player}'), sk: 'BOARD#{board}' },
    indexes: { [index]: { pk: keyUnder(name, '#{board}'), sk: '{score:desc}#{player}', ...(shards && { shards }) } } as Readonly<
      Record<string, { readonly pk: string; readonly sk: string }>
    >,
  })
  const accessPatterns = Object.freeze({
    top: query(entity).index(index).describe('The best of a board'),
    above: query(entity).index(index).descending().describe('Those above a score, the nearest first'),
    ofPlayer: query(entity).describe('The scores of a player'),
  })
  // Made of the same names that the type is made of.
  return Object.freeze({ entities: Object.freeze({ [name]: entity }), accessPatterns }) as unknown as ReturnType<
    typeof leaderboard<Name, X, A>
  >
}

interface Entry {
  readonly board: string
  readonly player: string
  readonly score: number
}

/**
 * Enters a score if it is the player's best on the board; false when it is not. Late and repeated entries do no harm: after an
 * `OutcomeUnknownError`, enter it again.
 */
export async function submitScore<E extends AnyEntity>(
  scores: Pick<EntityOperations<E>, 'update'>,
  entry: CreateInput<E> & Entry,
): Promise<boolean> {
  const { board, player, ...changes } = entry
  // Every leaderboard has these attributes, whatever else an entity has.
  const update = scores.update as unknown as (key: object, changes: object, options: object) => PromiseLike<unknown>
  const better = or({ score: { exists: false } }, { score: { lt: entry.score } })
  try {
    await update({ board, player }, changes, { upsert: true, if: better })
    return true
  } catch (error) {
    if (error instanceof ConditionFailedError) return false
    throw error
  }
}

/** A query that gives pages of scores. */
type ScoreQuery<R> = (
  input: { readonly board: string; readonly score: number | ScoreRange; readonly player?: PlayerRange },
  options: { readonly limit: number },
) => PromiseLike<{ readonly items: readonly R[] }>
type ScoreRange = { readonly gt: number } | { readonly lt: number }
type PlayerRange = { readonly gt: string } | { readonly lt: string }

/** The nearest above and below an entry, the best first, up to `count` on each side. At most four queries. */
export async function aroundScore<R extends Entry>(
  { top, above }: { readonly top: ScoreQuery<R>; readonly above: ScoreQuery<R> },
  { board, player, score }: Entry,
  count: number,
): Promise<{ readonly above: readonly R[]; readonly below: readonly R[] }> {
  const side = async (pattern: ScoreQuery<R>, name: PlayerRange, others: ScoreRange) => {
    const { items: equals } = await pattern({ board, score, player: name }, { limit: count })
    const left = count - equals.length
    return left === 0 ? equals : [...equals, ...(await pattern({ board, score: others }, { limit: left })).items]
  }
  const [before, below] = await Promise.all([
    side(above, { lt: player }, { gt: score }),
    side(top, { gt: player }, { lt: score }),
  ])
  return { above: [...before].reverse(), below }
}
