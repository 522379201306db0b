// What a codec is. Those of the attribute types are the other files of this folder; ../codec.ts chooses among them.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** Between the values of one attribute and what the table holds. `path` is where the value stands, for errors. */
export interface Codec {
  /** Throws `ValidationError` when the value does not fit. `undefined`: an empty set, which DynamoDB cannot hold. */
  encode(value: unknown, path: string): AttributeValue | undefined
  /** Throws `ValidationError` when what is stored does not fit. Bounds, patterns and checks are not applied: what is stored can be read. */
  decode(stored: AttributeValue, path: string): unknown
}
