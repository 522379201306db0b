// Text in keys: escaped, or as it is.
import { ValidationError } from '../errors.ts'
import { escapeText, unescapeText } from './escape.ts'
import type { KeyType } from './key-type.ts'
import { emptyKey, loneSurrogate, wrongType } from './refusals.ts'
import type { ValueEncoding, ValueForm } from './value-form.ts'

const notUnicode = /\p{Cs}/u

/** The form of a text attribute. With `values` only these are accepted, with `width` only text of that length. */
export function textForm(keyType: Extract<KeyType, { kind: 'text' }>, encoding: ValueEncoding): ValueForm {
  const { values, width } = keyType
  const allowed = values === undefined ? undefined : new Set(values)

  const write = (value: unknown, attribute: string): string => {
    if (typeof value !== 'string') throw wrongType(attribute, 'text', value)
    const text = encoding === 'escaped' ? escapeText(value) : notUnicode.test(value) ? undefined : value
    if (text === undefined) throw loneSurrogate(attribute)
    if (encoding === 'verbatim' && text.includes('\u{10FFFF}')) {
      throw new ValidationError('delimiter-in-key', attribute, 'U+10FFFF cannot be part of a verbatim key: it bounds ranges.')
    }
    return text
  }
  const encodeBound = (value: unknown, attribute: string): string => {
    if (value === '') throw emptyKey(attribute)
    return write(value, attribute)
  }
  const decode = (text: string): string | undefined => {
    const value = encoding === 'escaped' ? unescapeText(text) : notUnicode.test(text) ? undefined : text
    if (value === undefined || value === '' || (width !== undefined && text.length !== width)) return undefined
    if (encoding === 'verbatim' && text.includes('\u{10FFFF}')) return undefined
    return allowed === undefined || allowed.has(value) ? value : undefined
  }
  const encode = (value: unknown, attribute: string): string => {
    const text = encodeBound(value, attribute)
    if (allowed !== undefined && !allowed.has(value as string)) {
      const list = [...allowed].map((each) => JSON.stringify(each)).join(', ')
      throw new ValidationError('not-allowed', attribute, `${JSON.stringify(value)} is not one of ${list}.`)
    }
    if (width !== undefined && text.length !== width) throw wrongType(attribute, `text of ${width} plain characters`, value)
    return text
  }

  // What `decode` refuses, such as '' or an odd surrogate among the values, `encode` refuses as well: it is never in a key.
  const texts = values
    ?.map((value) => (encoding === 'escaped' ? escapeText(value) : value))
    .filter((text): text is string => text !== undefined && decode(text) !== undefined)
  return {
    encode,
    encodeBound,
    encodePrefix: write,
    decode,
    ordered: true,
    prefixFree: width !== undefined,
    ...(width === undefined ? {} : { length: width }),
    ...(texts === undefined ? {} : { texts: Object.freeze(texts) }),
  }
}
