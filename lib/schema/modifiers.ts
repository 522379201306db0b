// What every attribute builder is made of: the attribute with its chainable modifiers, and the checks that a definition makes sense.
import type { Attribute, AttributeDefinition, AttributeFlag, AttributeTypeName, Check } from './attribute.ts'
import { compileCodec } from './codec.ts'
import { withNestedDefaults } from './defaults.ts'
import { isStandardSchema, type StandardSchemaV1 } from './standard-schema.ts'
import { hasSchemas } from './standard-validation.ts'

/** `'now'` for dates: the time of the write. */
type NowOf<I> = [I] extends [Date] ? 'now' : never

/**
 * An attribute whose definition can be refined. Each modifier answers a new, frozen attribute.
 *
 * @example string({ max: 80 }).optional().describe('What the customer calls it')
 */
export interface AttributeBuilder<O, F extends AttributeFlag = never, I = O> extends Attribute<O, F, I> {
  /** Items may lack the attribute. */
  optional(): AttributeBuilder<O, F | 'optional', I>
  /** What stands in when an input lacks the attribute: a value, a function that makes one each time, or `'now'` for dates. */
  default(value: I | (() => I) | NowOf<I>): AttributeBuilder<O, F | 'default', I>
  /** Set on create, refused in updates. */
  readOnly(): AttributeBuilder<O, F | 'readOnly', I>
  /** Stored, and usable in keys and conditions, but not part of the items that are given back. */
  hidden(): AttributeBuilder<O, F | 'hidden', I>
  /**
   * Only the model's transaction patterns write it, because something else must be written with it: a count with what it counts. A create
   * gives it its default; given to a write of the connected entity it is refused, and so is `put`, which would set it back.
   */
  onlyInTransactions(): AttributeBuilder<O, F, I>
  /** The name in the table, when it differs from the name in code. */
  storedAs(name: string): AttributeBuilder<O, F, I>
  /** A further condition on values that are written: a function that answers `true`, or `false` or a message; or a Standard Schema. */
  check(check: StandardSchemaV1<unknown, unknown> | ((value: O) => boolean | string)): AttributeBuilder<O, F, I>
  /** What the attribute means, for the documentation. */
  describe(text: string): AttributeBuilder<O, F, I>
  /** A typical value, for the documentation. */
  example(value: I): AttributeBuilder<O, F, I>
}

/** What a builder says of its type; modifiers add the rest. */
export type TypeDetails = Omit<AttributeDefinition, 'type' | 'optional' | 'readOnly' | 'hidden' | 'checks'>

/** A new attribute of a type, without modifiers. The types are the builder's promise. */
export function attributeOf<O, F extends AttributeFlag = never, I = O>(
  type: AttributeTypeName,
  details: TypeDetails = {},
): AttributeBuilder<O, F, I> {
  return builder<O, F, I>({ type, optional: false, readOnly: false, hidden: false, checks: Object.freeze([]), ...details })
}

function builder<O, F extends AttributeFlag, I>(definition: AttributeDefinition): AttributeBuilder<O, F, I> {
  Object.freeze(definition)
  checkSamples(definition)
  const { type } = definition

  function having<G extends AttributeFlag>(changes: Partial<AttributeDefinition>): AttributeBuilder<O, F | G, I> {
    return builder<O, F | G, I>({ ...definition, ...changes })
  }

  const attribute = {
    definition,
    optional: () => having<'optional'>({ optional: true }),
    default: (value: unknown) => having<'default'>({ default: defaultOf(type, value) }),
    readOnly: () => having<'readOnly'>({ readOnly: true }),
    hidden: () => having<'hidden'>({ hidden: true }),
    onlyInTransactions: () => having<never>({ onlyInTransactions: true }),
    storedAs: (name: string) => having<never>({ storedAs: textOf('storedAs', name) }),
    check: (check: Check<never>) => having<never>({ checks: Object.freeze([...definition.checks, checkOf(check)]) }),
    describe: (text: string) => having<never>({ description: textOf('describe', text) }),
    example: (value: unknown) => having<never>({ example: copyOf('example', value) }),
  }
  // The types of an attribute exist at compile time only, so that no value can have them.
  return Object.freeze(attribute) as unknown as AttributeBuilder<O, F, I>
}

/** A fixed default or an example that does not fit would fail at the first write; it fails here instead. */
function checkSamples(definition: AttributeDefinition): void {
  const { default: fallback, example } = definition
  const fixed = typeof fallback === 'object' && 'value' in fallback ? fallback.value : undefined
  // Values under a schema are accepted as the schema's input, which only the schema can judge.
  if ((fixed === undefined && example === undefined) || hasSchemas(definition)) return
  const codec = compileCodec(definition)
  const now = new Date(0)
  if (fixed !== undefined) codec.encode(withNestedDefaults(definition, fixed, now), 'default')
  if (example !== undefined) codec.encode(withNestedDefaults(definition, example, now), 'example')
}

function defaultOf(type: AttributeTypeName, value: unknown): NonNullable<AttributeDefinition['default']> {
  if (type === 'version' || type === 'createdAt' || type === 'updatedAt')
    throw new TypeError(`${type}() is written by Singlet and cannot have a default.`)
  if (type === 'fromContext') throw new TypeError('fromContext() comes from the connection and cannot have a default.')
  if (value === undefined)
    throw new TypeError('default(undefined) says nothing. Use optional() for attributes that may be absent.')
  if (typeof value === 'function') return Object.freeze({ make: value as () => unknown })
  if (value === 'now' && (type === 'datetime' || type === 'expiresAt')) return 'now'
  return Object.freeze({ value: copyOf('default', value) })
}

function checkOf(check: Check<never>): Check<never> {
  if (typeof check !== 'function' && !isStandardSchema(check))
    throw new TypeError('check() takes a function that answers true, false or a message, or a Standard Schema.')
  return check
}

/** A copy, so that changing the original later does not change the definition. */
function copyOf(what: string, value: unknown): unknown {
  try {
    return structuredClone(value)
  } catch (cause) {
    throw new TypeError(`${what}() takes plain data; this value cannot be copied.`, { cause })
  }
}

function textOf(what: string, text: string): string {
  if (typeof text !== 'string' || text === '') throw new TypeError(`${what}() takes a text that is not empty.`)
  return text
}
