// The writes of one entity, as types: what a connected entity does, and what a transaction pattern lists. Running them is lib/client.
import type { FlagOf, OutputOf } from '../schema/attribute.ts'
import type { Condition } from './condition.ts'
import type { AnyEntity, CreateInput, Item, Key } from './entity.ts'
import type { Operation } from './operation.ts'
import type { UpdateInput, UpsertInput } from './update-value.ts'
import type { WriteKind } from './write-kind.ts'

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
  /**
   * Lets the SDK send an update that counts (`add`, `append`, `prepend`) again after its answer was lost, though it may then count twice: for
   * counters that may be off. By default it ends with an `OutcomeUnknownError`.
   */
  readonly mayRepeat?: boolean
}

/** What can be written to the items of one entity. */
export interface EntityWrites<E extends AnyEntity> {
  /**
   * Writes an item that must not exist.
   * @throws ItemExistsError, ConditionFailedError, UniqueConstraintError, OutcomeUnknownError, ValidationError
   */
  create(input: CreateInput<E>, options?: WriteOptions<E>): WriteOperation<Item<E>, 'create'>
  /**
   * Writes an item, replacing whatever is there. With `version()`: pass the version that was read, or none for an item that must not exist.
   * @throws ConditionFailedError, VersionConflictError, UniqueConstraintError, OutcomeUnknownError, ValidationError
   */
  put(input: PutInput<E>, options?: WriteOptions<E>): WriteOperation<Item<E>, 'put'>
  /**
   * Changes an item, and with it all index keys that depend on what changes. Answers the item as it is then.
   * @throws ItemNotFoundError, ConditionFailedError, VersionConflictError, UniqueConstraintError, ContentionError,
   * OutcomeUnknownError, ValidationError
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
   * @throws ConditionFailedError, VersionConflictError, OutcomeUnknownError
   */
  delete(key: Key<E>, options?: DeleteOptions<E>): WriteOperation<Item<E> | undefined, 'delete'>
  /**
   * Gives an item another primary key, and changes it on the way: the old one is deleted and the new one put in one transaction, with index
   * keys and guards. `createdAt` stays, `version` counts on. Refused when there is an item under the new key. Reads first, and is tried
   * again when the item has changed in between.
   * @throws ItemNotFoundError, ItemExistsError, ConditionFailedError, VersionConflictError, UniqueConstraintError, ContentionError,
   * OutcomeUnknownError
   *
   * @example
   * await Task.move({ list: 'inbox', taskId }, { list: 'done', taskId }, { finishedAt: new Date() })
   */
  move(key: Key<E>, newKey: Key<E>, changes?: UpdateInput<E>, options?: DeleteOptions<E>): WriteOperation<Item<E>, 'move'>
  /**
   * Part of a transaction: keeps it from being done unless the condition holds, and writes nothing. It can't be awaited by itself.
   *
   * @example
   * await shop.transactWrite([User.conditionCheck({ userId }, { status: 'active' }), Order.create({ userId, total: 20 })])
   */
  conditionCheck(key: Key<E>, condition: Condition<Item<E>>): WriteOperation<never, 'conditionCheck'>
}

/** What can be done to the items of an entity. Copies are written with their source alone. */
export type WritesOf<E extends AnyEntity> = undefined extends E['source']
  ? EntityWrites<E>
  : Pick<EntityWrites<E>, 'conditionCheck'>

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

/**
 * The results of several writes, each at the place of its operation: the item of a create, put or move, as a read would give it. DynamoDB answers
 * neither batches nor transactions with attributes, so what an update made of its item is not known without reading it: undefined, as
 * for deletes and condition checks.
 */
export type WriteResults<T extends readonly WriteOperation<unknown>[]> = { -readonly [I in keyof T]: WriteResult<T[I]> }
type WriteResult<W> = W extends WriteOperation<infer O, 'create' | 'put' | 'move'> ? O : undefined
