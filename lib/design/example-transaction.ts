// A transaction as it is told: an example of its input, and examples in place of all that is generated, so that it is the same every day.
import { ValidationError } from '../errors.ts'
import type { ResolvedEntity, ResolvedTransaction } from '../model/resolved.ts'
import type { AttributeDefinition } from '../schema/attribute.ts'
import { withDefaults } from '../schema/defaults.ts'
import { applySchemas } from '../schema/standard-validation.ts'
import { exampleNow, exampleUlid, exampleUuid, exampleValue } from './example-item.ts'
import { checkTransactionInput } from './transaction-input.ts'

type Values = Readonly<Record<string, unknown>>
type Definitions = Readonly<Record<string, AttributeDefinition>>

/**
 * The transaction with fixed defaults where it and its entities generate values or call functions. What is generated twice is not the same
 * twice, as it may be part of keys; so every telling begins with a fresh one.
 */
export function toldByExamples(transaction: ResolvedTransaction): ResolvedTransaction {
  const counter = { count: 0 }
  const told = new Map(transaction.written.map((entity) => [entity, entityToldByExamples(entity, counter)]))
  return transactionToldByExamples(transaction, (entity) => told.get(entity) ?? entity, counter)
}

/** An entity that two parts write is told once. */
function transactionToldByExamples(
  transaction: ResolvedTransaction,
  told: (entity: ResolvedEntity) => ResolvedEntity,
  counter: Counter,
): ResolvedTransaction {
  const { entities, parts, written, input } = transaction
  return {
    ...transaction,
    entities: mapped(entities, told),
    parts: mapped(parts, (part) => transactionToldByExamples(part, told, counter)),
    written: written.map(told),
    input: { ...input, definitions: fixedDefaults(input.definitions, counter) },
  }
}

function entityToldByExamples(entity: ResolvedEntity, counter: Counter): ResolvedEntity {
  const definitions = fixedDefaults(entity.definitions, counter)
  const attributes = Object.entries(entity.attributes).map(([name, attribute]) => {
    const definition = definitions[name] ?? attribute.definition
    return [name, { ...attribute, definition }]
  })
  return { ...entity, definitions, attributes: Object.fromEntries(attributes) }
}

function mapped<V>(values: Readonly<Record<string, V>>, change: (value: V) => V): Record<string, V> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]))
}

/** What an example call gives: the pattern's own example, or one of what must be given and of what has an example of its own. */
export function exampleInput({ definition, input }: ResolvedTransaction): Values {
  if (definition.example !== undefined) return definition.example as Values
  const values = Object.entries(input.definitions)
    .filter(([, attribute]) => attribute.example !== undefined || attribute.default === undefined)
    .map(([name, attribute]) => [name, exampleValue(name, attribute)])
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

/**
 * The example input as the pattern's function sees it. What an asynchronous schema would make of it is not waited for.
 *
 * @throws {ValidationError} when the example does not fit
 */
export function completeExample(transaction: ResolvedTransaction, now: Date = exampleNow): Values {
  const { input, name } = transaction
  try {
    const values = withDefaults(input.definitions, exampleInput(transaction), now)
    const complete = input.hasSchemas ? inTime(applySchemas(input.definitions, values, 'whole'), values) : values
    input.codec.encode(complete, '')
    checkTransactionInput(transaction, complete)
    return Object.freeze(complete)
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    const { reason, path, message } = error
    throw new ValidationError(reason, path, `The example of ${name} is no input. ${message} Give .example({ … }).`, {
      cause: error,
    })
  }
}

function inTime(applied: Values | Promise<Values>, otherwise: Values): Values {
  if (!(applied instanceof Promise)) return applied
  applied.catch(() => undefined)
  return otherwise
}

interface Counter {
  count: number
}

function fixedDefaults(definitions: Definitions, counter: Counter): Record<string, AttributeDefinition> {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [name, withFixedDefault(name, definition, counter)]),
  )
}

function withFixedDefault(name: string, definition: AttributeDefinition, counter: Counter): AttributeDefinition {
  const { attributes, element, default: fallback } = definition
  const made = fallback === 'generate' || (typeof fallback === 'object' && 'make' in fallback)
  return {
    ...definition,
    ...(made && { default: { make: exampleMaker(name, definition, counter) } }),
    ...(attributes !== undefined && { attributes: fixedDefaults(attributes, counter) }),
    ...(element !== undefined && { element: withFixedDefault(name, element, counter) }),
  }
}

/** The example of an attribute, and numbered ones after it where values are generated. */
function exampleMaker(name: string, definition: AttributeDefinition, counter: Counter): () => unknown {
  if (definition.default !== 'generate') return () => exampleValue(name, definition)
  let used = definition.example === undefined
  return () => {
    if (used) return numbered(definition.type === 'uuid' ? exampleUuid : exampleUlid, ++counter.count)
    used = true
    return definition.example
  }
}

/** Decimal digits are among those of both kinds of identifiers. */
function numbered(identifier: string, count: number): string {
  const digits = String(count).padStart(4, '0')
  return identifier.slice(0, -digits.length) + digits
}
