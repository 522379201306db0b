// CRC-32 (ISO 3309, the one of gzip and PNG): the hash that chooses a shard. Every language has it, so others can find the shard too.

const polynomial = 0xedb88320

const table: readonly number[] = Object.freeze(
  Array.from({ length: 256 }, (_, byte) => {
    let value = byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
    return value | 0 // signed, as the bit operators have it: small integers to V8, which halves the time
  }),
)

/**
 * The CRC-32 of some bytes, as an unsigned 32-bit number.
 * @example crc32(new TextEncoder().encode('123456789')) // 0xcbf43926
 */
export function crc32(bytes: Uint8Array): number {
  let value = -1
  for (const byte of bytes) value = (value >>> 8) ^ (table[(value ^ byte) & 0xff] ?? 0)
  return ~value >>> 0
}
