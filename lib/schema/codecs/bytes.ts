// The codec of bytes (B), and the copying that keeps an item apart from its caller's buffers.
import type { AttributeDefinition } from '../attribute.ts'
import { storedMisfit, wrongType } from '../misfit.ts'
import type { Codec } from './codec.ts'
import { checkLength, lengthBounds } from './lengths.ts'

/** `Uint8Array` and its subclasses such as `Buffer`; the bytes are copied on writing, and read back as a plain `Uint8Array`. */
export function binaryCodec(definition: AttributeDefinition): Codec {
  const bounds = lengthBounds(definition)
  return {
    encode(value, path) {
      if (!(value instanceof Uint8Array)) throw wrongType(path, 'a Uint8Array', value)
      if (bounds !== undefined) checkLength(value.byteLength, bounds, path, 'bytes')
      return { B: copyBytes(value) }
    },
    decode(stored, path) {
      if (!(stored.B instanceof Uint8Array)) throw storedMisfit(path, 'B (binary)', stored)
      return plainBytes(stored.B)
    },
  }
}

/** A copy: an operation may be sent long after it was made, and must send what it was given. */
export function copyBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}

/** The same bytes as a plain `Uint8Array`. Bytes that were read are nobody else's, so they need no copy. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
