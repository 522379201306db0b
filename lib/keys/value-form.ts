// What every way of writing values into keys must say of itself. The forms are in text-value.ts, number-value.ts, date-value.ts, byte-value.ts.

/** How a table writes values into keys. `escaped` needs the delimiter `#`; `verbatim` adopts an existing layout. */
export type KeyEncoding = 'escaped' | 'verbatim'

/** The encodings of values: `native` is that of a key attribute which is an entity's own attribute, with nothing around it. */
export type ValueEncoding = KeyEncoding | 'native'

/** How the values of one kind become text, and what is certain about that text. */
export interface ValueForm {
  /** Throws ValidationError when the value cannot be part of a key. */
  encode(value: unknown, attribute: string): string
  /** As `encode`, for the end of a range, which need not be a value that the attribute could have. */
  encodeBound(value: unknown, attribute: string): string
  /** The text that the encoded form of every value beginning with `prefix` begins with, and no other. */
  encodePrefix(prefix: unknown, attribute: string): string
  /** The value, or undefined for text that `encode` never gives. */
  decode(text: string): unknown
  /** The encoded texts sort as the values do, so ranges can be asked for. */
  readonly ordered: boolean
  /** No encoded text is the beginning of another, so their order holds in the middle of a key, whatever the delimiter. */
  readonly prefixFree: boolean
  /** All characters that can occur, when that is few. */
  readonly characters?: string
  /** The number of UTF-16 units of every encoded text, when it is fixed. */
  readonly length?: number
  /** Every text that `encode` can give, when that is few. */
  readonly texts?: readonly string[]
}
