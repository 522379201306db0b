// Bytes in keys, as lower-case hexadecimal, and booleans, as `false` and `true`.
import { noPrefixes } from './prefixes.ts'
import { emptyKey, wrongType } from './refusals.ts'
import type { ValueForm } from './value-form.ts'

/** `false` sorts below `true` as it is; descending, each is written as the other. */
export function booleanForm(descending: boolean): ValueForm {
  const encode = (value: unknown, attribute: string): string => {
    if (typeof value !== 'boolean') throw wrongType(attribute, 'true or false', value)
    return String(value !== descending)
  }
  return {
    encode,
    encodeBound: encode,
    encodePrefix: noPrefixes,
    decode: (text) => (text === 'true' || text === 'false' ? (text === 'true') !== descending : undefined),
    ordered: true,
    prefixFree: true,
    texts: Object.freeze(['false', 'true']),
  }
}

function hexOf(value: unknown, attribute: string): string {
  if (!(value instanceof Uint8Array)) throw wrongType(attribute, 'bytes (Uint8Array)', value)
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
}

function encodeBytes(value: unknown, attribute: string): string {
  const hex = hexOf(value, attribute)
  if (hex === '') throw emptyKey(attribute)
  return hex
}

/** Two digits for each byte, so the text sorts as the bytes do. */
export const binaryForm: ValueForm = Object.freeze({
  encode: encodeBytes,
  encodeBound: encodeBytes,
  encodePrefix: (prefix: unknown, attribute: string) => (prefix === '' ? '' : hexOf(prefix, attribute)),
  decode: (text: string) => (/^(?:[0-9a-f]{2})+$/.test(text) ? Uint8Array.from(Buffer.from(text, 'hex')) : undefined),
  ordered: true,
  prefixFree: false,
  characters: '0123456789abcdef',
})
