// The operations on one entity: create, put, update, delete, get. Each answers a lazy operation.
import type { Condition } from '../model/condition.ts'
import type { AnyEntity, CreateInput, Item, Key } from '../model/entity.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import type { UpdateInput, UpsertInput } from '../model/update-value.ts'
import { isExpired } from '../requests/decode.ts'
import { getRequest } from '../requests/single.ts'
import type { FlagOf, OutputOf } from '../schema/attribute.ts'
import type { Connection, OnMisfit } from './connection.ts'
import { decodeOrMisfit, reportMisfit, tryDecode } from './misfit.ts'
import { LazyOperation, type Operation } from './operation.ts'
import { send } from './send.ts'
import { createWrite, deleteWrite, putWholeWrite, runWrite, updateWrite, type Write } from './write.ts'

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
   * @throws ItemExistsError, ConditionFailedError, ValidationError
   */
  create(input: CreateInput<E>, options?: WriteOptions<E>): WriteOperation<Item<E>>
  /**
   * Writes an item, replacing whatever is there. With `version()`: pass the version that was read, or none for an item that must not exist.
   * @throws ConditionFailedError, VersionConflictError, ValidationError
   */
  put(input: PutInput<E>, options?: WriteOptions<E>): WriteOperation<Item<E>>
  /**
   * Changes an item, and with it all index keys that depend on what changes. Answers the item as it is then.
   * @throws ItemNotFoundError, ConditionFailedError, VersionConflictError, ContentionError, ValidationError
   */
  update(key: Key<E>, changes: UpdateInput<E>, options?: UpdateOptions<E> & { readonly upsert?: false }): WriteOperation<Item<E>>
  /** Changes an item or makes it: the changes carry everything that a create needs. */
  update(key: Key<E>, changes: UpsertInput<E>, options: UpdateOptions<E> & { readonly upsert: true }): WriteOperation<Item<E>>
  /**
   * Deletes an item and answers it, or undefined when there was none.
   * @throws ConditionFailedError, VersionConflictError
   */
  delete(key: Key<E>, options?: DeleteOptions<E>): WriteOperation<Item<E> | undefined>
  /** Reads an item, or undefined when there is none or it has expired. */
  get(key: Key<E>, options?: GetOptions<E>): Operation<Item<E> | undefined>
}

/** What `put` accepts: what `create` does, and the version that was read. */
export type PutInput<E extends AnyEntity> = CreateInput<E> & VersionInput<E['attributes']>
type VersionInput<A> = {
  readonly [N in keyof A as 'generated' extends FlagOf<A[N]> ? (OutputOf<A[N]> extends number ? N : never) : never]?: number
}

/** A write that runs when it is awaited, or as part of a transaction. */
export interface WriteOperation<out O> extends Operation<O> {
  params(): object
}

export class LazyWrite<O> extends LazyOperation<O> implements WriteOperation<O> {
  readonly write: Write<O>

  constructor(connection: Connection, write: Write<O>) {
    super(
      () => runWrite(connection, write),
      () => Object.values(write.request())[0],
    )
    this.write = write
  }

  override params(): object {
    return super.params() as object
  }
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
    get: (key: Values, options = {}) => getOperation(connection, entity, key, options),
  }
  // The types that callers see are derived from the entity; at run time every entity has the same operations.
  return Object.freeze(operations) as unknown as EntityOperations<AnyEntity>
}

/** A get of one item. */
export function getOperation(
  connection: Connection,
  entity: ResolvedEntity,
  key: Values,
  options: GetOptions<AnyEntity>,
  pattern?: string,
): Operation<Record<string, unknown> | undefined> {
  const request = () => getRequest(entity, connection.tableName, key, options)
  return new LazyOperation(async () => {
    const origin = { entity: entity.name, ...(pattern !== undefined && { pattern }) }
    const { Item } = await send(connection, 'GetItem', request(), origin)
    if (Item === undefined || (options.includeExpired !== true && isExpired(entity, Item, connection.now()))) return undefined
    const names = options.select === undefined ? {} : { names: options.select }
    const onMisfit = options.onMisfit ?? connection.onMisfit
    if (onMisfit === undefined) return decodeOrMisfit(entity, Item, names)
    const decoded = tryDecode(entity, Item, names)
    if ('item' in decoded) return decoded.item
    reportMisfit(onMisfit, decoded.misfit)
    return undefined
  }, request)
}
