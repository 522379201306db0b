// A transaction pattern in its model: its entities found, its input compiled, and what is wrong with either reported.
import type { AttributeDefinition } from '../schema/attribute.ts'
import { compileObject } from '../schema/codec.ts'
import { nestedDefinitions } from '../schema/definitions.ts'
import { hasSchemas } from '../schema/standard-validation.ts'
import type { TransactionDefinition } from './access-pattern.ts'
import { checkDescribed, findEntity, type PatternContext } from './check-patterns.ts'
import { messageOf, objectOf, shown } from './options.ts'
import type { ResolvedEntity, ResolvedTransaction } from './resolved.ts'

/** Resolves a transaction; undefined when something is wrong with it, which goes to `problems`. */
export function resolveTransaction(
  name: string,
  definition: TransactionDefinition,
  context: PatternContext,
): ResolvedTransaction | undefined {
  const { problems } = context
  const before = problems.found.length
  const place = `accessPatterns.${name}`
  checkDescribed(place, definition, problems)
  const { operations, checks, example } = definition
  const entities = resolveWritten(`${place}.entities`, definition, context)
  const parts = resolveParts(name, definition, context)
  const input = resolveInput(`${place}.input`, definition, context)
  if (typeof operations !== 'function')
    problems.add('not-a-function', place, `${shown(operations)} is no function.`, 'Give (input, entities) => [operations].')
  for (const check of checks)
    if (typeof check !== 'function')
      problems.add('not-a-function', `${place}.check`, `${shown(check)} is no function.`, 'Give (input) => true or a message.')
  if (example !== undefined) objectOf(example, `${place}.example`, 'an input', problems)
  if (input === undefined || problems.found.length > before) return undefined
  const written = new Set([...Object.values(entities), ...Object.values(parts).flatMap((part) => part.written)])
  return Object.freeze({
    name,
    definition,
    entities: Object.freeze(entities),
    parts: Object.freeze(parts),
    written: Object.freeze([...written]),
    input,
  })
}

function resolveWritten(
  place: string,
  { entities, parts }: TransactionDefinition,
  context: PatternContext,
): Record<string, ResolvedEntity> {
  const resolved: Record<string, ResolvedEntity> = Object.create(null)
  const given = Object.entries(entities)
  if (given.length === 0 && Object.keys(parts).length === 0)
    context.problems.add('no-entity', place, 'a transaction writes to some entity.', 'Give it as { Order }.')
  for (const [name, entity] of given) {
    const found = findEntity(entity, `${place}.${name}`, context)
    if (found !== undefined) resolved[name] = found
  }
  return resolved
}

function resolveParts(
  name: string,
  { parts }: TransactionDefinition,
  context: PatternContext,
): Record<string, ResolvedTransaction> {
  const resolved: Record<string, ResolvedTransaction> = Object.create(null)
  for (const [part, definition] of Object.entries(parts)) {
    const found = resolveTransaction(`${name}.${part}`, definition, context)
    if (found !== undefined) resolved[part] = found
  }
  return resolved
}

function resolveInput(
  place: string,
  { input }: TransactionDefinition,
  { problems }: PatternContext,
): ResolvedTransaction['input'] | undefined {
  try {
    const definitions = nestedDefinitions(input, "a transaction's input")
    return Object.freeze({
      definitions,
      codec: compileObject(definitions),
      hasSchemas: Object.values<AttributeDefinition>(definitions).some(hasSchemas),
    })
  } catch (error) {
    problems.add('bad-attributes', place, messageOf(error), 'Declare the input as attributes: { sku: string() }.')
    return undefined
  }
}
