// The writes that a transaction pattern lists: what is to be done, as data, without a client that could do it.
import { SingletError } from '../errors.ts'
import { isPlainObject } from '../plain-object.ts'
import { refusedWrites } from './copied-writes.ts'
import type { AnyEntity } from './entity.ts'
import type { EntityWrites } from './entity-writes.ts'
import { type WriteKind, writeKinds } from './write-kind.ts'

/** One write: the method of `EntityWrites`, and what it was given. */
export interface PlannedWrite {
  readonly kind: WriteKind
  readonly entity: AnyEntity
  readonly arguments: readonly unknown[]
}

/** The writes of an entity, each of which answers what was asked of it. */
export function plannedWrites(entity: AnyEntity): EntityWrites<AnyEntity> {
  const writes = writeKinds.map((kind) => [kind, (...given: unknown[]) => plannedWrite(kind, entity, given)])
  // The types that a pattern's function sees are derived from its entities; at run time every entity has the same writes.
  return Object.freeze({ ...Object.fromEntries(writes), ...refusedWrites(entity) }) as EntityWrites<AnyEntity>
}

function plannedWrite(kind: WriteKind, entity: AnyEntity, given: readonly unknown[]): PlannedWrite {
  const refuse = () => {
    throw new SingletError(
      'NotAwaited',
      `${entity.name}.${kind}() stands in a transaction pattern, which lists operations: neither await it nor ask for its params().`,
    )
  }
  const write = { kind, entity, arguments: given }
  // Not enumerable: a planned write is data, and these keep a forgotten `await` from passing for nothing.
  Object.defineProperties(write, { then: { value: refuse }, params: { value: refuse } })
  return Object.freeze(write)
}

/** Whether a value was made by `plannedWrites`. */
export function isPlannedWrite(value: unknown): value is PlannedWrite {
  return isPlainObject(value) && writeKinds.includes(value.kind as WriteKind) && Array.isArray(value.arguments)
}
