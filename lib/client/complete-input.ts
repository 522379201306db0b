// The input of writes made complete: defaults, what Singlet generates, and what Standard Schemas make of it.
import { ValidationError } from '../errors.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { isPlainObject } from '../plain-object.ts'
import { withContext } from '../requests/context.ts'
import { completeInput } from '../requests/item.ts'
import { applySchemasToChanges } from '../requests/validate-changes.ts'
import { applySchemas } from '../schema/standard-validation.ts'
import type { Connection } from './connection.ts'

export type Input = Readonly<Record<string, unknown>>

/** The input of a create or put, complete and with its Standard Schemas applied; a promise only when one of them is asynchronous. */
export function complete(connection: Connection, entity: ResolvedEntity, input: Input, version: number): Input | Promise<Input> {
  const values = completeInput(entity, withContext(entity, connection.context, input), connection.now(), version)
  return entity.hasSchemas ? applySchemas(entity.definitions, values, 'whole') : values
}

/** The changes of an update with the Standard Schemas of their values applied. */
export function validated(entity: ResolvedEntity, changes: Input): Input | Promise<Input> {
  return entity.hasSchemas && isPlainObject(changes) ? applySchemasToChanges(entity.definitions, changes) : changes
}

/** What is known without waiting. */
export function inTime(input: Input | Promise<Input>): Input {
  if (input instanceof Promise) {
    input.catch(() => undefined)
    throw new ValidationError(
      'async-schema',
      '',
      'A schema of this entity is asynchronous, so there are no params() before it is awaited.',
    )
  }
  return input
}
