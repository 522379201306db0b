// Builders of identifiers that Singlet generates when an input lacks them.
import { type AttributeBuilder, attributeOf } from './modifiers.ts'

/** `generate: false` for identifiers that come from elsewhere, such as references to other entities. */
export interface IdentifierOptions<G extends boolean = boolean> {
  readonly generate?: G
}

/**
 * A ULID (https://github.com/ulid/spec), 26 characters in upper case that sort by time. Generated from the time of the write when absent.
 * References to other entities are given, not generated: `ulid({ generate: false })`.
 *
 * @example { orderId: ulid(), userId: ulid({ generate: false }) }
 */
export function ulid(options?: IdentifierOptions<true>): AttributeBuilder<string, 'default'>
export function ulid(options: IdentifierOptions<false>): AttributeBuilder<string>
export function ulid({ generate = true }: IdentifierOptions = {}): AttributeBuilder<string, 'default'> {
  return attributeOf('ulid', generate ? { default: 'generate' } : {})
}

/** A UUID (RFC 9562), 36 characters in lower case. A random one (version 4) is generated when absent, unless `generate: false`. */
export function uuid(options?: IdentifierOptions<true>): AttributeBuilder<string, 'default'>
export function uuid(options: IdentifierOptions<false>): AttributeBuilder<string>
export function uuid({ generate = true }: IdentifierOptions = {}): AttributeBuilder<string, 'default'> {
  return attributeOf('uuid', generate ? { default: 'generate' } : {})
}
