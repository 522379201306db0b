// Text in DynamoDB's order, which is that of UTF-8 bytes, and the neighbours of a text in that order.
// The neighbours count with the key size limit, because DynamoDB refuses a bound that could not be a key itself.

const greatest = '\u{10FFFF}'
/** The greatest character of 0, 1, 2 and 3 bytes, for where U+10FFFF with its four bytes does not fit. */
const greatestOfBytes = ['', '\u007f', '\u07ff', '\uffff'] as const

/**
 * Compares as DynamoDB does: by UTF-8 bytes, which is by code points. JavaScript's `<` compares UTF-16 units and puts
 * everything above U+FFFF before U+E000.
 */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left !== right) return byCodePoint(left) - byCodePoint(right)
  }
  return a.length - b.length
}

/** Moves surrogates above the rest of the 16-bit units, as the code points that they form are. */
function byCodePoint(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

/** The size in UTF-8, in bytes. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

/**
 * The greatest text of at most `maxBytes` bytes that starts with `prefix`, which must fit itself.
 * With `fill` 'one' that is among texts without U+10FFFF, which holds for all template keys; with 'all' among all texts.
 */
export function lastWithPrefix(prefix: string, maxBytes: number, fill: 'one' | 'all' = 'one'): string {
  const room = maxBytes - byteLength(prefix)
  if (fill === 'one' && room >= 4) return prefix + greatest
  return prefix + greatest.repeat(Math.floor(room / 4)) + (greatestOfBytes[room % 4] ?? '')
}

/**
 * The least text above `text`, where what follows `text` inside a longer one is at least the one-byte character `least`.
 * Undefined when no text of at most `maxBytes` bytes is above it.
 */
export function textAfter(text: string, maxBytes: number, least: string): string | undefined {
  let rest = text
  if (byteLength(rest) < maxBytes) return rest + least
  // Nothing longer fits, so the next one has a higher last character, or the one before it, and so on.
  while (rest !== '') {
    const [base, code] = splitLast(rest)
    const above = code === 0xd7ff ? 0xe000 : code + 1
    if (above <= 0x10ffff) {
      const next = base + String.fromCodePoint(above)
      if (byteLength(next) <= maxBytes) return next
    }
    rest = base
  }
  return undefined
}

/** The greatest text below `text` of at most `maxBytes` bytes, `fill` as in `lastWithPrefix`. It is '' below U+0000. */
export function textBefore(text: string, maxBytes: number, fill: 'one' | 'all' = 'one'): string {
  const [base, code] = splitLast(text)
  if (code === 0) return base
  return lastWithPrefix(base + String.fromCodePoint(code === 0xe000 ? 0xd7ff : code - 1), maxBytes, fill)
}

function splitLast(text: string): [base: string, code: number] {
  const last = text.charCodeAt(text.length - 1)
  const size = last >= 0xdc00 && last <= 0xdfff && text.length > 1 ? 2 : 1
  return [text.slice(0, -size), text.codePointAt(text.length - size) ?? 0]
}
