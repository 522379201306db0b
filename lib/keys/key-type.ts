// What the keys layer needs to know of an attribute: which values it holds, so that they can be written in an order-preserving way.

/** The kind of values that a placeholder of a key template stands for. `lib/schema` derives it from an attribute. */
export type KeyType =
  | {
      readonly kind: 'text'
      /** The only values possible, for `oneOf` and `literal`. */
      readonly values?: readonly string[]
      /** All values have this many characters, none of them at or below `$` (ULID, UUID). */
      readonly width?: number
    }
  /** A JavaScript number. With both `min` and `max` it is zero-padded to the width of that range. */
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number; readonly integer?: boolean }
  | { readonly kind: 'bigint'; readonly min?: bigint; readonly max?: bigint }
  /** Decimal text, up to 38 significant digits. */
  | { readonly kind: 'decimal'; readonly min?: string; readonly max?: string }
  /** A `Date`, written as fixed-width ISO 8601 UTC with milliseconds. */
  | { readonly kind: 'datetime' }
  /** A `Date`, written as whole epoch seconds in 12 digits. */
  | { readonly kind: 'epochSeconds' }
  | { readonly kind: 'boolean' }
  /** Bytes (`Uint8Array`), written as lower-case hexadecimal. */
  | { readonly kind: 'binary' }

/** The attribute type of a key in the table: string, number or binary. */
export type KeyAttributeType = 'S' | 'N' | 'B'

/** The content of a key attribute: text for `S`, decimal text for `N`, bytes for `B`. */
export type KeyContent = string | Uint8Array

/** A condition on the sort key, in DynamoDB's own terms. `all` sends none; `none` is known to match nothing. */
export type KeyRange =
  | { readonly op: 'all' }
  | { readonly op: 'none' }
  | { readonly op: '=' | '<' | '<=' | '>' | '>='; readonly value: KeyContent }
  | { readonly op: 'begins_with'; readonly value: KeyContent }
  | { readonly op: 'between'; readonly lower: KeyContent; readonly upper: KeyContent }
