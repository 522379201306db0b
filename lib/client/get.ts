// The get of one item: by itself when it is awaited, or as part of a batch or a transaction.
import type { GetItemInput } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import type { Operation } from '../model/operation.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { type Context, sameContext, withContext } from '../requests/context.ts'
import { isExpired } from '../requests/decode.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import { type GetOptions as GetRequestOptions, getRequest } from '../requests/single.ts'
import type { Connection, OnMisfit } from './connection.ts'
import { decodeOrMisfit, reportMisfit, tryDecode } from './misfit.ts'
import { LazyOperation } from './operation.ts'
import { send } from './send.ts'

/** A get, to be awaited, or to be given to `batchGet` or `transactGet`. */
export interface GetOperation<out O> extends Operation<O> {
  readonly kind: 'get'
  params(): object
}

/** The results of several gets, each at the place of its operation. */
export type GetResults<T extends readonly GetOperation<unknown>[]> = { -readonly [I in keyof T]: Awaited<T[I]> }

type Values = Readonly<Record<string, unknown>>
type Item = Record<string, unknown> | undefined

/** A read of one item, however it is sent. */
export interface Read {
  readonly entity: ResolvedEntity
  readonly context: Context
  request(): GetItemInput
  /** What the application gets for what is stored. A misfit is reported as the get's options say, or as it is said here. */
  result(stored: StoredItem | undefined, onMisfit?: OnMisfit): Item
}

export class LazyGet extends LazyOperation<Item> implements GetOperation<Item> {
  readonly kind = 'get'
  readonly read: Read

  constructor(read: Read, run: () => Promise<Item>) {
    super(run, () => read.request())
    this.read = read
  }

  override params(): object {
    return this.read.request()
  }
}

interface Options extends GetRequestOptions {
  readonly includeExpired?: boolean
  readonly onMisfit?: OnMisfit
}

/** A get of one item. */
export function getOperation(
  connection: Connection,
  entity: ResolvedEntity,
  key: Values,
  options: Options,
  pattern?: string,
): LazyGet {
  const read = readOf(connection, entity, key, options)
  return new LazyGet(read, async () => {
    const origin = { entity: entity.name, ...(pattern !== undefined && { pattern }) }
    const { Item } = await send(connection, 'GetItem', read.request(), origin)
    return read.result(Item)
  })
}

function readOf(connection: Connection, entity: ResolvedEntity, key: Values, options: Options): Read {
  const names = options.select === undefined ? {} : { names: options.select }
  return {
    entity,
    context: connection.context,
    request: () => getRequest(entity, connection.tableName, withContext(entity, connection.context, key), options),
    result(stored, onMisfit = options.onMisfit ?? connection.onMisfit) {
      if (stored === undefined || (options.includeExpired !== true && isExpired(entity, stored, connection.now())))
        return undefined
      if (onMisfit === undefined) return decodeOrMisfit(entity, stored, names)
      const decoded = tryDecode(entity, stored, names)
      if ('item' in decoded) return decoded.item
      reportMisfit(onMisfit, decoded.misfit)
      return undefined
    },
  }
}

/** The reads of operations that were given to `batchGet` or `transactGet`. */
export function readsOf(operations: readonly unknown[]): Read[] {
  if (!Array.isArray(operations)) throw new ValidationError('wrong-type', '', 'expected a list of gets.')
  return operations.map((operation, index) => {
    if (operation instanceof LazyGet) return operation.read
    throw new ValidationError('wrong-type', `[${index}]`, 'expected a get such as Order.get(key), not awaited.')
  })
}

/** The request of a read, checked to be for the table and the context of the connection: an operation of another one has others. */
export function requestOf({ tableName, context }: Connection, read: Read, index: number): GetItemInput {
  if (!sameContext(read.context, context)) throw otherContext(index, read.context)
  const request = read.request()
  if (request.TableName === tableName) return request
  throw new ValidationError('not-allowed', `[${index}]`, `reads from the table ${request.TableName}, not from ${tableName}.`)
}

/** An operation of another context belongs to another connection; a request that mixed the two would be of neither. */
export function otherContext(index: number, context: Context): ValidationError {
  return new ValidationError(
    'not-allowed',
    `[${index}]`,
    `is an operation of another connection, whose context is ${JSON.stringify(context)}.`,
  )
}
