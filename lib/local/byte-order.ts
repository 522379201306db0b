// DynamoDB's order and length of text: UTF-8 bytes, where JavaScript compares and counts UTF-16 units.

/** Compares as DynamoDB sorts strings. Differs from `<` only where surrogate pairs meet U+E000–U+FFFF. */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at++) {
    const a = left.charCodeAt(at)
    const b = right.charCodeAt(at)
    if (a === b) continue
    // A surrogate stands for a code point above U+FFFF, so it sorts after every unit that is not one.
    return surrogateLast(a) - surrogateLast(b)
  }
  return left.length - right.length
}

function surrogateLast(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

export const utf8Length = (text: string): number => Buffer.byteLength(text, 'utf8')
