// Writes that an entity leaves to the model's transaction patterns: on the connected entity they are refused, with the way to go.
import { ValidationError } from '../errors.ts'
import type { AnyEntity } from '../model/entity.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { isPlainObject } from '../plain-object.ts'
import type { Connection } from './connection.ts'
import { type EntityOperations, entityOperations } from './entity-operations.ts'

/** What an application does with an entity: everything but what `onlyInTransactions` leaves to others, whole writes and attributes. */
export function applicationOperations(connection: Connection, entity: ResolvedEntity): EntityOperations<AnyEntity> {
  const operations = entityOperations(connection, entity)
  // All writes of a copy are refused already, with the name of its source.
  if (entity.entity.source !== undefined) return operations
  const attributes = Object.values(entity.attributes).filter(({ definition }) => definition.onlyInTransactions === true)
  const kinds = new Set(entity.entity.onlyInTransactions)
  // It creates an item where there is none, and sets the attributes back where there is one.
  if (attributes.length > 0 || kinds.has('create')) kinds.add('put')
  if (kinds.size === 0) return operations
  // Where a transaction takes such an attribute away, the default of an upsert would bring it back.
  const removable = attributes.some(({ definition }) => definition.optional && definition.default !== undefined)
  const refuse = (what: string, path = '') => refuseWrite(what, path, entity, connection)
  const checked = <V>(values: V): V => {
    if (!isPlainObject(values)) return values
    for (const { name } of attributes) if (values[name] !== undefined) refuse(`${entity.name}.${name}`, name)
    return values
  }
  const upserts = (options: unknown) => isPlainObject(options) && options.upsert === true
  const application: EntityOperations<AnyEntity> = {
    ...operations,
    create: (input, options) => operations.create(checked(input), options),
    update: (key: object, changes: object, options?: object) => {
      if ((kinds.has('create') || removable) && upserts(options)) refuse(`An upsert of ${entity.name}`)
      return operations.update(key, checked(changes), options as { readonly upsert: true })
    },
    move: (key, newKey, changes, options) => operations.move(key, newKey, checked(changes), options),
  }
  const refusals = [...kinds].map((kind) => [kind, () => refuse(`${entity.name}.${kind}()`)])
  return Object.freeze({ ...application, ...Object.fromEntries(refusals) })
}

function refuseWrite(what: string, path: string, entity: ResolvedEntity, { model }: Connection): never {
  const patterns = Object.values(model.transactions)
    .filter(({ written }) => written.includes(entity))
    .map(({ name }) => name)
  const way = `is done only together with other writes. Use ${patterns.join(' or ')} of the model's access patterns.`
  throw new ValidationError('not-allowed', path, `${what} ${way}`)
}
