// The operations on one entity: create, put, update, delete, get, and the check of a condition. Each answers a lazy operation.
import { refusedWrites } from '../model/copied-writes.ts'
import type { AnyEntity, Item, Key } from '../model/entity.ts'
import type { EntityWrites, WriteOperation } from '../model/entity-writes.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import type { WriteKind } from '../model/write-kind.ts'
import type { Context } from '../requests/context.ts'
import { companionsOf } from './companions.ts'
import type { Connection, OnMisfit } from './connection.ts'
import { type GetOperation, getOperation } from './get.ts'
import { moveWrite } from './move.ts'
import { LazyOperation } from './operation.ts'
import { createWrite, putWholeWrite } from './put-write.ts'
import { transactItem } from './transact-item.ts'
import { updateWrite } from './update-write.ts'
import { conditionCheckWrite, deleteWrite, runWrite } from './write.ts'
import type { Write } from './write-request.ts'

export interface GetOptions<E extends AnyEntity> {
  /** Sees every write that was acknowledged before, at twice the cost. */
  readonly consistent?: boolean
  /** Only these attributes; hidden ones may be named. */
  readonly select?: readonly (keyof E['attributes'] & string)[]
  /** An item that is past its expiry too. */
  readonly includeExpired?: boolean
  /** What happens when the stored item does not fit. Default: `throw`, since there is nothing else to give. */
  readonly onMisfit?: OnMisfit
}

/** What a connected model does with the items of one entity. */
export interface EntityOperations<E extends AnyEntity> extends EntityWrites<E> {
  /** Reads an item, or undefined when there is none or it has expired. */
  get(key: Key<E>, options?: GetOptions<E>): GetOperation<Item<E> | undefined>
}

/** What a connected model does with an entity. Copies are read as others are, and written with their source alone. */
export type ConnectedEntity<E extends AnyEntity> = undefined extends E['source']
  ? EntityOperations<E>
  : Pick<EntityOperations<E>, 'get' | 'conditionCheck'>

export class LazyWrite<O> extends LazyOperation<O> implements WriteOperation<O> {
  readonly kind: WriteKind
  readonly write: Write<O>
  readonly context: Context

  constructor(connection: Connection, write: Write<O>) {
    super(
      () => runWrite(connection, write),
      () => paramsOf(connection, write),
    )
    this.kind = write.kind
    this.write = write
    this.context = connection.context
  }

  override params(): object {
    return super.params() as object
  }
}

/** The request of a write, or the transaction that it is with what must be written along with it. */
function paramsOf(connection: Connection, write: Write<unknown>): object {
  const request = write.request()
  const companions = companionsOf(connection, [write.along?.() ?? {}])
  if (companions.length === 0) return Object.values(request)[0]
  return { TransactItems: [request, ...companions.map((companion) => companion.request)].map(transactItem) }
}

type Values = Readonly<Record<string, unknown>>

/** Binds an entity to a connection. */
export function entityOperations(connection: Connection, entity: ResolvedEntity): EntityOperations<AnyEntity> {
  const operations = {
    create: (input: Values, options = {}) => new LazyWrite(connection, createWrite(connection, entity, input, options)),
    put: (input: Values, options = {}) => new LazyWrite(connection, putWholeWrite(connection, entity, input, options)),
    update: (key: Values, changes: Values, options = {}) =>
      new LazyWrite(connection, updateWrite(connection, entity, key, changes, options)),
    delete: (key: Values, options = {}) => new LazyWrite(connection, deleteWrite(connection, entity, key, options)),
    move: (key: Values, newKey: Values, changes: Values = {}, options = {}) =>
      new LazyWrite(connection, moveWrite(connection, entity, key, newKey, changes, options)),
    get: (key: Values, options = {}) => getOperation(connection, entity, key, options),
    conditionCheck: (key: Values, condition: object) =>
      new LazyWrite(connection, conditionCheckWrite(connection, entity, key, condition)),
    ...refusedWrites(entity.entity),
  }
  // The types that callers see are derived from the entity; at run time every entity has the same operations.
  return Object.freeze(operations) as unknown as EntityOperations<AnyEntity>
}
