// Writes that an entity leaves to the model's transaction patterns: on the connected entity they are refused, with the way to go.
import { ValidationError } from '../errors.ts'
import type { AnyEntity } from '../model/entity.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import type { WriteKind } from '../model/write-kind.ts'
import type { Connection } from './connection.ts'
import { type EntityOperations, entityOperations } from './entity-operations.ts'

/** What an application does with an entity: everything but the writes in its `onlyInTransactions`. */
export function applicationOperations(connection: Connection, entity: ResolvedEntity): EntityOperations<AnyEntity> {
  const operations = entityOperations(connection, entity)
  const { onlyInTransactions: reserved = [] } = entity.entity
  if (reserved.length === 0) return operations
  const refusals = reserved.map((kind) => [kind, () => refuse(kind, entity, connection)])
  return Object.freeze({ ...operations, ...Object.fromEntries(refusals) })
}

function refuse(kind: WriteKind, entity: ResolvedEntity, { model }: Connection): never {
  const patterns = Object.values(model.transactions)
    .filter(({ entities }) => Object.values(entities).includes(entity))
    .map(({ name }) => name)
  throw new ValidationError(
    'not-allowed',
    '',
    `${entity.name}.${kind}() is done only together with other writes. Use ${patterns.join(' or ')} of the model's access patterns.`,
  )
}
