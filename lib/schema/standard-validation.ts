// Applies the Standard Schemas (zod, valibot …) that stand for attributes or in checks, before the codecs see a value.
import { ValidationError } from '../errors.ts'
import { isPlainObject, ownValue, setOwn } from '../plain-object.ts'
import type { AttributeDefinition } from './attribute.ts'
import { compileCodec } from './codec.ts'
import { childPath, describeValue, wrongType } from './misfit.ts'
import { isStandardSchema, type SchemaIssue, type SchemaResult, type StandardSchemaV1 } from './standard-schema.ts'

/** `whole`: absent attributes are validated too, as `undefined`, so that schemas can give defaults. `partial`: they are left alone. */
export type ValidationMode = 'whole' | 'partial'

/** Whether a Standard Schema stands somewhere in the attribute. Entities without any skip `applySchemas`. */
export function hasSchemas({ type, checks, element, attributes, alternatives }: AttributeDefinition): boolean {
  if (type === 'schema' || checks.some(isStandardSchema)) return true
  if (element !== undefined) return hasSchemas(element)
  if (attributes !== undefined) return Object.values(attributes).some(hasSchemas)
  return alternatives?.some(hasSchemas) ?? false
}

/**
 * The input with each value under a Standard Schema replaced by what the schema makes of it, at any depth. A schema in `check()` only
 * judges: its value is kept. Answers a Promise when a schema is asynchronous. The input is not changed; without schemas it is answered as it is.
 *
 * @throws {ValidationError} (also by rejection) `check-failed` at the path of the first issue, with all issues in the message
 */
export function applySchemas(
  definitions: Readonly<Record<string, AttributeDefinition>>,
  input: Readonly<Record<string, unknown>>,
  mode: ValidationMode,
): Record<string, unknown> | Promise<Record<string, unknown>> {
  return applyToAttributes(definitions, input, '', mode) as Record<string, unknown> | Promise<Record<string, unknown>>
}

/** Every step below answers its value, or a Promise of it once a schema is asynchronous. Values that are Promises themselves are refused. */
type Step = unknown

function applyTo(definition: AttributeDefinition, value: unknown, path: string): Step {
  if (value instanceof Promise) throw wrongType(path, 'a value', value)
  if (definition.schema !== undefined) return after(validate(definition.schema, value, path), (output) => output)
  // Checks see the value as it will be written, so that they follow what stands inside it.
  return after(applyInside(definition, value, path), (inner) => {
    const checks = definition.checks.filter(isStandardSchema)
    if (checks.length === 0) return inner
    return together(
      checks,
      (check) => validate(check, inner, path),
      () => inner,
    )
  })
}

function applyInside(definition: AttributeDefinition, value: unknown, path: string): Step {
  const { attributes, element, alternatives } = definition
  if (attributes !== undefined && isPlainObject(value)) return applyToAttributes(attributes, value, path, 'whole')
  if (alternatives?.some(hasSchemas)) return applyToUnion(alternatives, value, path)
  if (element === undefined || !hasSchemas(element)) return value
  if (Array.isArray(value)) {
    const indexes = [...value.keys()]
    return together(
      indexes,
      (index) => applyTo(element, value[index], `${path}[${index}]`),
      (parts) => parts,
    )
  }
  if (!isPlainObject(value)) return value
  const names = Object.keys(value).filter((name) => value[name] !== undefined)
  return together(
    names,
    (name) => applyTo(element, value[name], childPath(path, name)),
    (parts) => replaced(value, names, parts),
  )
}

function applyToAttributes(
  definitions: Readonly<Record<string, AttributeDefinition>>,
  input: Readonly<Record<string, unknown>>,
  path: string,
  mode: ValidationMode,
): Step {
  const names = Object.keys(definitions).filter((name) => {
    const definition = ownValue(definitions, name) as AttributeDefinition
    if (!hasSchemas(definition)) return false
    // What is absent is for a schema to judge; other attributes have nothing to judge then.
    return ownValue(input, name) !== undefined || (definition.type === 'schema' && mode === 'whole')
  })
  return together(
    names,
    (name) => applyTo(ownValue(definitions, name) as AttributeDefinition, ownValue(input, name), childPath(path, name)),
    (parts) => replaced(input, names, parts),
  )
}

/** The first alternative that the value fits, its schemas included. */
function applyToUnion(
  alternatives: readonly AttributeDefinition[],
  value: unknown,
  path: string,
  problems: readonly string[] = [],
): Step {
  const [first, ...others] = alternatives
  if (first === undefined)
    throw new ValidationError(
      'check-failed',
      path,
      `${describeValue(value)} fits none of the alternatives (${problems.join('; ')}).`,
    )
  const next = (error: unknown): Step => {
    if (!(error instanceof ValidationError)) throw error
    return applyToUnion(others, value, path, [...problems, `${first.type}: ${error.message}`])
  }
  const fitting = (output: unknown): Step => {
    compileCodec(first).encode(output, path)
    return output
  }
  try {
    const output = applyTo(first, value, path)
    return output instanceof Promise ? output.then(fitting).catch(next) : fitting(output)
  } catch (error) {
    return next(error)
  }
}

function validate(schema: StandardSchemaV1, value: unknown, path: string): Step {
  return after(schema['~standard'].validate(value), (result) => {
    const { issues, value: output } = result as SchemaResult<unknown> & { value?: unknown }
    if (issues === undefined) return output
    throw issuesError(issues, path)
  })
}

function issuesError(issues: readonly SchemaIssue[], path: string): ValidationError {
  const [first, ...others] = issues.map((issue) => ({ path: issuePath(path, issue), message: issue.message }))
  const also = others.map((issue) => `${issue.path}: ${issue.message}`).join('; ')
  return new ValidationError(
    'check-failed',
    first?.path ?? path,
    `${first?.message ?? 'invalid.'}${also === '' ? '' : ` (also ${also})`}`,
  )
}

function issuePath(path: string, { path: inner = [] }: SchemaIssue): string {
  let full = path
  for (const segment of inner) {
    const key = typeof segment === 'object' ? segment.key : segment
    full = typeof key === 'number' ? `${full}[${key}]` : childPath(full, String(key))
  }
  return full
}

/** Goes on with a value, now or once its Promise is fulfilled. */
function after(value: Step, next: (value: unknown) => Step): Step {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Takes a step for each part, and goes on with all results. */
function together<P>(parts: readonly P[], step: (part: P) => Step, next: (results: unknown[]) => Step): Step {
  const results: unknown[] = []
  try {
    for (const part of parts) results.push(step(part))
  } catch (error) {
    // What has begun is not waited for any more; its failure must not end the process.
    for (const result of results) if (result instanceof Promise) result.catch(() => undefined)
    throw error
  }
  return results.some((result) => result instanceof Promise) ? Promise.all(results).then(next) : next(results)
}

/** A copy of the object with these values; `undefined` is left out. */
function replaced(object: Readonly<Record<string, unknown>>, names: readonly string[], values: readonly unknown[]): unknown {
  if (names.length === 0) return object
  const copy = { ...object }
  for (const [index, name] of names.entries()) {
    const value = values[index]
    if (value !== undefined) setOwn(copy, name, value)
    else delete copy[name]
  }
  return copy
}
