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

/** The connection for what a change belongs to: in a table of many tenants, a batch of the stream has changes of several. */
export function connectedFor(connected: ConnectedModel, context: object | undefined): ConnectedModel {
  if (context === undefined) return connected
  const { with: other } = connected as { readonly with?: (context: object) => ConnectedModel }
  if (other === undefined) throw new TypeError('Changes of several tenants take the connected model, with its with().')
  return other(context)
}

function part(parts: object, name: string, kind: string): unknown {
  const found = Object.hasOwn(parts, name) ? (parts as Readonly<Record<string, unknown>>)[name] : undefined
  if (found === undefined)
    throw new TypeError(`The model has no ${kind} ${name}. Spread what the pattern gives into defineModel, under its names.`)
  return found
}
