// What procedures of patterns need of a connected model, whatever else is in it: the operations of a pattern's own entities, by name.
import type { AnyEntity, EntityOperations } from '../lib/index.ts'

/** A connected model, as `connect` gives it. */
export interface ConnectedModel {
  readonly entities: object
  readonly patterns: object
}

/** A pattern that was asked: awaited, or read page by page. */
type Asked = PromiseLike<unknown> & { all(): Promise<readonly Readonly<Record<string, unknown>>[]> }

export function entityIn<E extends AnyEntity>({ entities }: ConnectedModel, name: string): EntityOperations<E> {
  return part(entities, name, 'entity') as EntityOperations<E>
}

export function patternIn({ patterns }: ConnectedModel, name: string): (input: object, options?: object) => Asked {
  return part(patterns, name, 'access pattern') as (input: object, options?: object) => Asked
}

function part(parts: object, name: string, kind: string): unknown {
  const found = Object.hasOwn(parts, name) ? (parts as Readonly<Record<string, unknown>>)[name] : undefined
  if (found === undefined)
    throw new TypeError(`The model has no ${kind} ${name}. Spread what the pattern gives into defineModel, under its names.`)
  return found
}
