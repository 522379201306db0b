// The shard of an item, from its attributes; and the shards in which items with some value can be.
import { decodeTime } from 'ulid'
import { ValidationError } from '../errors.ts'
import { hashShard, moduloShard, randomShard } from '../keys/shard.ts'
import type { ResolvedShards } from '../model/resolved.ts'

type Values = Readonly<Record<string, unknown>>

/** The shard of an item as it stands in its key. A random one is chosen by `chance`, from 0 up to and without 1. */
export function shardOf(shards: ResolvedShards, values: Values, chance: number): string {
  return shardAmong(shards, countAt(shards, values), values, chance)
}

/**
 * The shards in which an item with these values can be: one, unless it is not known when it was created and the number has changed since.
 */
export function shardsFor(shards: ResolvedShards, values: Values): string[] {
  const told = shards.time !== undefined && values[shards.time] !== undefined
  const counts = told ? [countAt(shards, values)] : shards.generations.map(({ count }) => count)
  return [...new Set(counts.map((count) => shardAmong(shards, count, values, 0)))]
}

function shardAmong(shards: ResolvedShards, count: number, values: Values, chance: number): string {
  return String(shards.from + numberAmong(shards, count, values, chance))
}

function numberAmong({ by, of = '', hashed }: ResolvedShards, count: number, values: Values, chance: number): number {
  if (by === 'random') return randomShard(chance, count)
  if (by === 'modulo') return moduloShard(wholeNumber(of, values[of]), count)
  const texts = hashed.map((codec) => {
    const content = codec?.encode(values) ?? ''
    return typeof content === 'string' ? content : Buffer.from(content).toString('hex')
  })
  return hashShard(texts.join('\u0000'), count)
}

function wholeNumber(name: string, value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  throw new ValidationError(value === undefined ? 'missing' : 'wrong-type', name, 'tells the shard, and must be a whole number.')
}

/** How many shards there were when the item was created. */
function countAt({ generations, time }: ResolvedShards, values: Values): number {
  const [first] = generations
  if (time === undefined) return first?.count ?? 1
  const created = instantOf(time, values[time])
  return generations.findLast(({ since }) => since <= created)?.count ?? 1
}

function instantOf(name: string, value: unknown): number {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.getTime()
  if (typeof value === 'string' && /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(value)) return decodeTime(value)
  throw new ValidationError(
    value === undefined ? 'missing' : 'wrong-type',
    name,
    'tells how many shards there were when the item was created.',
  )
}
