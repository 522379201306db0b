// Which shard something belongs to. The rules are part of the layout of keys, documented with test vectors in docs/sharding.md; other
// languages follow them too, so they can never change.
import { crc32 } from './crc32.ts'

/**
 * The shard of a text, from 0: the CRC-32 of its UTF-8 bytes, modulo the number of shards.
 *
 * @example hashShard('123456789', 10) // 2, for the CRC-32 is 3421780262
 */
export function hashShard(text: string, count: number): number {
  return crc32(Buffer.from(text)) % count
}

/**
 * The shard of a whole number, from 0: the remainder that is never negative.
 *
 * @example moduloShard(-1n, 10) // 9
 */
export function moduloShard(value: bigint, count: number): number {
  const modulus = BigInt(count)
  return Number(((value % modulus) + modulus) % modulus)
}

/** The shard for a random number from 0 up to and without 1. */
export function randomShard(chance: number, count: number): number {
  return Math.min(count - 1, Math.floor(chance * count))
}
