// A counter over several items, for more changes a second than one item takes.
import {
  type AccessPatterns,
  add,
  datetime,
  defineEntity,
  type Entities,
  expiresAt,
  ItemExistsError,
  number,
  query,
  string,
  TransactionCanceledError,
  transaction,
} from '../lib/index.ts'
import { crc32 } from '../lib/keys/crc32.ts'
import { type ConnectedModel, entityIn, patternIn } from './connected.ts'
import { keyUnder } from './key-prefix.ts'
import { checkDuration } from './pattern-problem.ts'

export interface ShardedCounterOptions<N, T> {
  /** The entity's name. Its keys begin with it, in upper case. */
  readonly name: N
  /** Over how many items each counter is spread, 1 to 1,000. It can be changed at any time. */
  readonly shards: number
  /** Remembers the tokens of increments for so many days, so that one that is repeated counts once. */
  readonly tokens?: T
}

/** What `shardedCounter` gives: parts of a model, and what its functions need. */
export interface ShardedCounter<N extends string, T> {
  readonly name: N
  readonly shards: number
  readonly tokenDays: number | undefined
  readonly entities: { readonly [E in N]: CounterShardEntity<E> } & ([T] extends [{ readonly days: number }]
    ? { readonly [E in `${N}Token`]: CounterTokenEntity<E> }
    : Record<never, never>)
  readonly accessPatterns: { readonly [P in `shardsOf${N}`]: ShardsPattern<N> } & ([T] extends [{ readonly days: number }]
    ? { readonly [P in `count${N}Once`]: OncePattern<N> }
    : Record<never, never>)
}

/**
 * A counter spread over items, whose value is their sum.
 *
 * **Problem.** Views of a post that everybody looks at: more changes than one item takes (some hundreds a second).
 *
 * **Layout.** For each counter up to `shards` items in one partition, which DynamoDB splits between them when it is hot; a guard for each
 * token, if increments have tokens.
 *
 * | | PK | SK | |
 * | --- | --- | --- | --- |
 * | Views | `VIEWS#{counter}` | `SHARD#{shard}` | value |
 * | ViewsToken | `VIEWS_TOKEN#{counter}#{token}` | `TOKEN` | until (TTL) |
 *
 * **Invariant.** Every increment is in exactly one item, and the value is the sum of all items of the partition, read in one query: no
 * reader can know another number of shards than the writers. An increment with a token counts once, however often it is done. A shard counts to
 * 9 × 10¹² at most, so that the sum is exact: increments beyond are refused.
 *
 * **Mistake.** Reading one shard. And a limit: between the read of the sum and the increment others count, so that **a sharded counter
 * enforces no maximum**; `aggregateCounter` does.
 *
 * Source: the guide's chapter on write sharding.
 *
 * @example
 * const views = shardedCounter({ name: 'Views', shards: 10 })
 * const blog = connect(defineModel({ table, entities: { ...views.entities }, accessPatterns: { ...views.accessPatterns } }), { client })
 * await incrementCounter(views, blog, { counter: postId })
 * await readCounter(views, blog, { counter: postId })
 */
export function shardedCounter<const N extends string, const T extends { readonly days: number } | undefined = undefined>({
  name,
  shards,
  tokens,
}: ShardedCounterOptions<N, T>): ShardedCounter<N, T> {
  if (!Number.isInteger(shards) || shards < 1 || shards > maxShards)
    throw new RangeError(`${name} has 1 to ${maxShards} shards, not ${shards}.`)
  if (tokens !== undefined) checkDuration(`${name}.tokens.days`, tokens.days)
  const shard = shardEntity(name)
  const entities: Record<string, Entities[string]> = { [name]: shard }
  const accessPatterns: Record<string, AccessPatterns[string]> = { [`shardsOf${name}`]: shardsPattern(shard) }
  if (tokens !== undefined) {
    const token = tokenEntity(`${name}Token`)
    entities[token.name] = token
    accessPatterns[`count${name}Once`] = oncePattern(shard, token)
  }
  return Object.freeze({
    name,
    shards,
    tokenDays: tokens?.days,
    // The names are those of the options, which the type has.
    entities: Object.freeze(entities),
    accessPatterns: Object.freeze(accessPatterns),
  }) as unknown as ShardedCounter<N, T>
}

const maxShards = 1000
/** What a shard counts to, up or down, so that the sum of as many shards as there can be is exact. */
const maxValue = Math.floor(Number.MAX_SAFE_INTEGER / maxShards)
const day = 86_400_000

function shardEntity<const N extends string>(name: N) {
  return defineEntity(name, {
    description: 'One part of a counter. The value is the sum of all of them.',
    attributes: {
      counter: string().describe('What is counted'),
      shard: number({ min: 0, max: maxShards - 1, integer: true }),
      value: number({ min: -maxValue, max: maxValue, integer: true }).default(0).describe('What this part has counted'),
    },
    key: { pk: keyUnder(name, '#{counter}'), sk: 'SHARD#{shard}' },
  })
}
export type CounterShardEntity<N extends string> = ReturnType<typeof shardEntity<N>>

function tokenEntity<const N extends string>(name: N) {
  return defineEntity(name, {
    description: 'An increment that was counted, and is not counted again.',
    attributes: { counter: string(), token: string(), until: expiresAt() },
    key: { pk: keyUnder(name, '#{counter}#{token}'), sk: 'TOKEN' },
    onlyInTransactions: ['create', 'put', 'update', 'delete', 'move'],
  })
}
export type CounterTokenEntity<N extends string> = ReturnType<typeof tokenEntity<N>>

function shardsPattern<const N extends string>(shard: CounterShardEntity<N>) {
  return query(shard).describe('The parts of a counter')
}
type ShardsPattern<N extends string> = ReturnType<typeof shardsPattern<N>>

function oncePattern<const N extends string>(shard: CounterShardEntity<N>, token: CounterTokenEntity<`${N}Token`>) {
  const input = {
    counter: string(),
    shard: number({ min: 0, max: maxShards - 1, integer: true }),
    by: number({ integer: true }).default(1),
    token: string(),
    until: datetime(),
  }
  return transaction({ shard, token }, input, (given, writes) => [
    writes.token.create({ counter: given.counter, token: given.token, until: given.until }),
    writes.shard.update({ counter: given.counter, shard: given.shard }, { value: add(given.by) }, { upsert: true }),
  ]).describe('Counts once for a token')
}
type OncePattern<N extends string> = ReturnType<typeof oncePattern<N>>

/** Any sharded counter, as its functions need it. */
type AnyShardedCounter = Pick<ShardedCounter<string, unknown>, 'name' | 'shards' | 'tokenDays'>

export interface Increment {
  /** What is counted. */
  readonly counter: string
  /** By how much. Default 1; negative to count down. */
  readonly by?: number
  /** Makes the increment count once, however often it is done with this token. For counters with `tokens`. */
  readonly token?: string
  /** The caller's clock, from which tokens are remembered. Default: the system's. */
  readonly now?: () => Date
}

/**
 * Counts, in one of the shards: a random one, or with a token the one that the token's hash names. Answers false when the token has
 * counted before. Without a token, an answer that is lost is an `OutcomeUnknownError`: it may have been counted, and is never counted twice.
 */
export async function incrementCounter(
  { name, shards, tokenDays }: AnyShardedCounter,
  connected: ConnectedModel,
  { counter, by = 1, token, now = () => new Date() }: Increment,
): Promise<boolean> {
  if (token === undefined) {
    const shard = Math.floor(Math.random() * shards)
    await entityIn<CounterShardEntity<string>>(connected, name).update({ counter, shard }, { value: add(by) }, { upsert: true })
    return true
  }
  if (tokenDays === undefined) throw new TypeError(`${name} has no tokens. Give shardedCounter({ tokens: { days: 7 } }).`)
  const shard = crc32(new TextEncoder().encode(token)) % shards
  const until = new Date(now().getTime() + tokenDays * day)
  try {
    await patternIn(connected, `count${name}Once`)({ counter, shard, by, token, until })
    return true
  } catch (error) {
    if (error instanceof TransactionCanceledError && error.reasons[0]?.error instanceof ItemExistsError) return false
    throw error
  }
}

/**
 * The value of a counter: 0 when nothing has counted.
 * @throws MisfitError when a shard cannot be read, for without it the sum is another
 */
export async function readCounter(
  { name }: AnyShardedCounter,
  connected: ConnectedModel,
  { counter, consistent = false }: { readonly counter: string; readonly consistent?: boolean },
): Promise<number> {
  const parts = await patternIn(connected, `shardsOf${name}`)(
    { counter },
    { consistent, limit: maxShards, onMisfit: 'throw' },
  ).all()
  return parts.reduce((sum, { value }) => sum + Number(value), 0)
}
