// The CRC-32 of lib/keys, for answers and files: from zlib where Node.js has it there (20.15, 22.2), which is many times as fast.
import * as zlib from 'node:zlib'
import { crc32 as portable } from '../keys/crc32.ts'

const native: typeof zlib.crc32 | undefined = zlib.crc32

/** The CRC-32 of bytes, or of a text in UTF-8, as an unsigned 32-bit number. */
export function crc32(data: string | Uint8Array): number {
  if (native !== undefined) return native(data)
  return portable(typeof data === 'string' ? Buffer.from(data) : data)
}
