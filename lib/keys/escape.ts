// The escaped form of text in keys: holds no delimiter, sorts as the text does in UTF-8 bytes, and decodes to exactly the text.
// U+0000–U+0024 become `$` and the character 0x30 higher; U+10FFFE and U+10FFFF become U+10FFFE and `0` or `1`, so that U+10FFFF
// stays free as an upper bound: everything that starts with a prefix sorts below prefix + U+10FFFF.

const escapeCode = 0x24 // `$`, the highest of the escaped characters: what follows a shorter value (`#` or the end) sorts below it
const shift = 0x30
const top = '\u{10FFFE}'

/**
 * Escapes text for a key. Returns undefined for text with half of a surrogate pair, which UTF-8 cannot hold.
 *
 * @example
 * escapeText('a#b') // 'a$Sb'
 */
export function escapeText(text: string): string | undefined {
  // Nearly every value is clean, so look before building anything.
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code <= escapeCode || (code >= 0xd800 && code <= 0xdfff)) return escapeFrom(text, index)
  }
  return text
}

function escapeFrom(text: string, start: number): string | undefined {
  let escaped = text.slice(0, start)
  for (let index = start; index < text.length; index++) {
    const code = text.codePointAt(index) ?? 0
    if (code <= escapeCode) escaped += `$${String.fromCharCode(code + shift)}`
    else if (code >= 0xd800 && code <= 0xdfff) return undefined
    else if (code >= 0x10fffe) escaped += top + (code === 0x10fffe ? '0' : '1')
    else escaped += String.fromCodePoint(code)
    if (code > 0xffff) index++
  }
  return escaped
}

/**
 * The text that an escaped form stands for, or undefined when `escapeText` could not have made it.
 *
 * @example
 * unescapeText('a$Sb') // 'a#b'
 * unescapeText('a#b')  // undefined
 */
export function unescapeText(escaped: string): string | undefined {
  let text = ''
  for (let index = 0; index < escaped.length; index++) {
    const code = escaped.codePointAt(index) ?? 0
    if (code < escapeCode || (code >= 0xd800 && code <= 0xdfff) || code === 0x10ffff) return undefined
    if (code === escapeCode) {
      index++
      const original = escaped.charCodeAt(index) - shift
      if (!(original >= 0 && original <= escapeCode)) return undefined
      text += String.fromCharCode(original)
    } else if (code === 0x10fffe) {
      index += 2
      const which = escaped[index]
      if (which !== '0' && which !== '1') return undefined
      text += which === '0' ? top : '\u{10FFFF}'
    } else {
      text += String.fromCodePoint(code)
      if (code > 0xffff) index++
    }
  }
  return text
}
