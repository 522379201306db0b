// Cursors as text: a payload with a checksum, or with a secret encrypted and authenticated (AES-256-GCM). Both are bound to what the
// cursor is for: opened for anything else, they are refused.
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

const plainMark = 'p'
const sealedMark = 's'
const tagBytes = 16
const ivBytes = 12

/** The text for a payload. `bound` is the fingerprint of what it is for. */
export function seal(payload: Buffer, bound: Buffer, secret: string | undefined): string {
  if (secret === undefined) return plainMark + Buffer.concat([checksum(bound, payload), payload]).toString('base64url')
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', keyFrom(secret), iv).setAAD(bound)
  const sealed = Buffer.concat([cipher.update(payload), cipher.final()])
  return sealedMark + Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** The payload of a text that `seal` made for the same thing with the same secret; otherwise why it is none. */
export function open(text: unknown, bound: Buffer, secret: string | undefined): Buffer | string {
  if (typeof text !== 'string' || text.length < 2) return 'it is not a cursor'
  const bytes = Buffer.from(text.slice(1), 'base64url')
  // Buffer skips what is not base64; a cursor has one spelling only.
  if (bytes.toString('base64url') !== text.slice(1)) return 'it is not a cursor'
  if (text[0] !== (secret === undefined ? plainMark : sealedMark))
    return secret === undefined ? 'it is not a plain cursor' : 'it is not encrypted'
  const payload = secret === undefined ? openPlain(bytes, bound) : openSealed(bytes, bound, secret)
  return payload ?? 'it is damaged, or of another pattern, input or table'
}

function openPlain(bytes: Buffer, bound: Buffer): Buffer | undefined {
  if (bytes.length <= tagBytes) return undefined
  const payload = bytes.subarray(tagBytes)
  return timingSafeEqual(bytes.subarray(0, tagBytes), checksum(bound, payload)) ? payload : undefined
}

/** Not a signature: it finds mistakes and mix-ups. What a forger could write is checked when the payload is unpacked. */
function checksum(bound: Buffer, payload: Buffer): Buffer {
  return createHash('sha256').update(bound).update(payload).digest().subarray(0, tagBytes)
}

function openSealed(bytes: Buffer, bound: Buffer, secret: string): Buffer | undefined {
  if (bytes.length <= ivBytes + tagBytes) return undefined
  const decipher = createDecipheriv('aes-256-gcm', keyFrom(secret), bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
  decipher.setAAD(bound).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
  } catch {
    // The authentication tag does not fit: not made with this secret, or for something else.
    return undefined
  }
}

function keyFrom(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'singlet cursor', 32))
}
