// The operations on one entity: create, put, update, delete, get, and the check of a condition. Each answers a lazy operation.
import type { Condition } from '../model/condition.ts'
import type { AnyEntity, CreateInput, Item, Key } from '../model/entity.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import type { UpdateInput, UpsertInput } from '../model/update-value.ts'
import type { FlagOf, OutputOf } from '../schema/attribute.ts'
import { companionsOf } from './companions.ts'
import type { Connection, OnMisfit } from './connection.ts'
import { type GetOperation, getOperation } from './get.ts'
import { moveWrite } from './move.ts'
import { LazyOperation, type Operation } from './operation.ts'
import { createWrite, putWholeWrite } from './put-write.ts'
import { transactItem } from './transact-item.ts'
import { updateWrite } from './update-write.ts'
import { conditionCheckWrite, deleteWrite, runWrite } from './write.ts'
import type { Write, WriteKind } from './write-request.ts'

/** A condition for a write: without it the write is refused with a `ConditionFailedError`. */
export interface WriteOptions<E extends AnyEntity> {
  readonly if?: Condition<Item<E>>
}

export interface DeleteOptions<E extends AnyEntity> extends WriteOptions<E> {
  /** The version that was read; refused with a `VersionConflictError` when the item has another one. */
  readonly version?: number
}

export interface UpdateOptions<E extends AnyEntity> extends DeleteOptions<E> {
  /**
   * Values that you know the item to have. Where index keys depend on them, the update is one request, conditioned on them, instead of a
   * read and a write.
   */
  readonly known?: Partial<Item<E>>
}

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
export interface EntityOperations<E extends AnyEntity> {
  /**
   * Writes an item that must not exist.
   * @throws ItemExistsError, ConditionFailedError, UniqueConstraintError, ValidationError
   */
  create(input: CreateInput<E>, options?: WriteOptions<E>): WriteOperation<Item<E>, 'create'>
  /**
   * Writes an item, replacing whatever is there. With `version()`: pass the version that was read, or none for an item that must not exist.
   * @throws ConditionFailedError, VersionConflictError, UniqueConstraintError, ValidationError
   */
  put(input: PutInput<E>, options?: WriteOptions<E>): WriteOperation<Item<E>, 'put'>
  /**
   * Changes an item, and with it all index keys that depend on what changes. Answers the item as it is then.
   * @throws ItemNotFoundError, ConditionFailedError, VersionConflictError, UniqueConstraintError, ContentionError,
   * ValidationError
   */
  update(
    key: Key<E>,
    changes: UpdateInput<E>,
    options?: UpdateOptions<E> & { readonly upsert?: false },
  ): WriteOperation<Item<E>, 'update'>
  /** Changes an item or makes it: the changes carry everything that a create needs. */
  update(
    key: Key<E>,
    changes: UpsertInput<E>,
    options: UpdateOptions<E> & { readonly upsert: true },
  ): WriteOperation<Item<E>, 'update'>
  /**
   * Deletes an item and answers it, or undefined when there was none.
   * @throws ConditionFailedError, VersionConflictError
   */
  delete(key: Key<E>, options?: DeleteOptions<E>): WriteOperation<Item<E> | undefined, 'delete'>
  /**
   * Gives an item another primary key, and changes it on the way: the old one is deleted and the new one put in one transaction, with index
   * keys and guards. `createdAt` stays, `version` counts on. Refused when there is an item under the new key. Reads first, and is tried
   * again when the item has changed in between.
   * @throws ItemNotFoundError, ItemExistsError, ConditionFailedError, VersionConflictError, UniqueConstraintError, ContentionError
   *
   * @example
   * await Task.move({ list: 'inbox', taskId }, { list: 'done', taskId }, { finishedAt: new Date() })
   */
  move(key: Key<E>, newKey: Key<E>, changes?: UpdateInput<E>, options?: DeleteOptions<E>): WriteOperation<Item<E>, 'move'>
  /** Reads an item, or undefined when there is none or it has expired. */
  get(key: Key<E>, options?: GetOptions<E>): GetOperation<Item<E> | undefined>
  /**
   * Part of a transaction: keeps it from being done unless the condition holds, and writes nothing. It can't be awaited by itself.
   *
   * @example
   * await shop.transactWrite([User.conditionCheck({ userId }, { status: 'active' }), Order.create({ userId, total: 20 })])
   */
  conditionCheck(key: Key<E>, condition: Condition<Item<E>>): WriteOperation<never, 'conditionCheck'>
}

/** What `put` accepts: what `create` does, and the version that was read. */
export type PutInput<E extends AnyEntity> = CreateInput<E> & VersionInput<E['attributes']>
type VersionInput<A> = {
  readonly [N in keyof A as 'generated' extends FlagOf<A[N]> ? (OutputOf<A[N]> extends number ? N : never) : never]?: number
}

/** A write that runs when it is awaited, or as part of a batch or transaction. */
export interface WriteOperation<out O, out K extends WriteKind = WriteKind> extends Operation<O> {
  readonly kind: K
  params(): object
}

export class LazyWrite<O> extends LazyOperation<O> implements WriteOperation<O> {
  readonly kind: WriteKind
  readonly write: Write<O>

  constructor(connection: Connection, write: Write<O>) {
    super(
      () => runWrite(connection, write),
      () => paramsOf(connection, write),
    )
    this.kind = write.kind
    this.write = write
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
  }
  // The types that callers see are derived from the entity; at run time every entity has the same operations.
  return Object.freeze(operations) as unknown as EntityOperations<AnyEntity>
}
