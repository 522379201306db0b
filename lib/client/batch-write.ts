// batchWrite: puts and deletes of any entities, in as few requests as DynamoDB allows. A batch is no transaction and has no conditions.
import type { WriteRequest as BatchRequest, BatchWriteItemInput } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import { UnprocessedError } from '../errors-of-several.ts'
import type { WriteOperation, WriteResults } from '../model/entity-writes.ts'
import type { Operation } from '../model/operation.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import type { StoredItem } from '../requests/index-keys.ts'
import { itemIdentity } from '../requests/item-identity.ts'
import { chunksOf, performChunks } from './chunks.ts'
import { type Connection, originOf } from './connection.ts'
import { LazyOperation } from './operation.ts'
import { send } from './send.ts'
import { writeResults, writesOf } from './write-list.ts'
import type { Write, WriteRequest } from './write-request.ts'

/** DynamoDB's limit on the requests of a BatchWriteItem. */
const maxRequests = 25

/** One put or delete of a batch. */
interface Entry {
  readonly index: number
  readonly entity: ResolvedEntity
  readonly identity: string
  readonly request: BatchRequest
}

/** Writes items. The results stand where their operations stood: the items of puts, undefined for deletes. */
export function batchWrite<const T extends readonly WriteOperation<unknown, 'put' | 'delete'>[]>(
  connection: Connection,
  operations: T,
): Operation<WriteResults<T>> {
  const writes = writesOf(connection, operations)
  writes.forEach(checkUnconditional)
  return new LazyOperation(
    // Each write gives what its operation gives.
    async () => (await run(connection, operations, writes)) as WriteResults<T>,
    () => {
      const entries = entriesOf(connection, writes, (write) => write.request())
      const requests = chunksOf(entries, maxRequests).map((chunk) => batchRequest(connection, chunk))
      return requests.length === 1 ? requests[0] : requests
    },
  )
}

async function run(
  connection: Connection,
  operations: readonly unknown[],
  writes: readonly Write<unknown>[],
): Promise<unknown[]> {
  const { table } = connection.model
  const attempts = await Promise.all(writes.map((write) => write.attempt()))
  const entries = entriesOf(connection, writes, (_, index) => attempts[index]?.request)
  const unfinished = await performChunks(chunksOf(entries, maxRequests), async (chunk) => {
    const { UnprocessedItems } = await send(connection, 'BatchWriteItem', batchRequest(connection, chunk), originOf(chunk))
    const left = new Set(
      Object.values(UnprocessedItems ?? {}).flatMap((all) => all.map((one) => itemIdentity(table, storedIn(one)))),
    )
    const unprocessed = chunk.filter(({ identity }) => left.has(identity))
    if (unprocessed.length < left.size) throw new TypeError('BatchWriteItem leaves what it was not asked for.')
    return unprocessed
  })
  if (unfinished === undefined) return writeResults(writes, attempts)
  const { left, attempts: tries, cause } = unfinished
  throw new UnprocessedError(
    left.map(({ index }) => operations[index]),
    tries,
    { cause },
  )
}

function checkUnconditional({ kind, entity }: Write<unknown>, index: number): void {
  const why = kindsWithConditions[kind] ?? entityWithConditions(entity)
  if (why !== undefined) throw conditional(index, why)
}

const kindsWithConditions: Readonly<Record<string, string>> = {
  create: 'a create must find no item, and a batch checks nothing. Use put() to replace what is there',
  update: 'a batch puts and deletes whole items',
  move: 'a move deletes and puts together or not at all',
  conditionCheck: 'a batch checks nothing',
}

function entityWithConditions({ name, version, unique, copies }: ResolvedEntity): string | undefined {
  if (version !== undefined)
    return `${name} has a version(), which each of its writes checks and counts, and a batch checks nothing`
  if (unique.length > 0) return `${name} has unique values, whose guards are written with it or not at all`
  return copies.length === 0 ? undefined : `${name} has copies, which are written with it or not at all`
}

function conditional(index: number, why: string): ValidationError {
  return new ValidationError('not-allowed', `[${index}]`, `${why}. Give it to transactWrite(), or await it by itself.`)
}

function entriesOf(
  connection: Connection,
  writes: readonly Write<unknown>[],
  requestOf: (write: Write<unknown>, index: number) => WriteRequest | undefined,
): Entry[] {
  const seen = new Map<string, number>()
  return writes.map((write, index) => {
    const request = unconditional(connection, requestOf(write, index), index)
    const identity = itemIdentity(connection.model.table, storedIn(request))
    const earlier = seen.get(identity)
    if (earlier !== undefined)
      throw new ValidationError(
        'not-allowed',
        `[${index}]`,
        `writes the same item as operation ${earlier}. A batch has no order, so only one of the two can be in it.`,
      )
    seen.set(identity, index)
    return { index, entity: write.entity, identity, request }
  })
}

/** The request as a batch has it. */
function unconditional({ tableName }: Connection, request: WriteRequest | undefined, index: number): BatchRequest {
  if (request === undefined || 'Update' in request || 'ConditionCheck' in request)
    throw new TypeError(`Operation ${index} is neither a put nor a delete.`)
  const { TableName, ConditionExpression } = 'Put' in request ? request.Put : request.Delete
  if (TableName !== tableName)
    throw new ValidationError('not-allowed', `[${index}]`, `writes to the table ${TableName}, not to ${tableName}.`)
  if (ConditionExpression !== undefined) throw conditional(index, 'it has a condition, and a batch checks nothing')
  return 'Put' in request ? { PutRequest: { Item: request.Put.Item } } : { DeleteRequest: { Key: request.Delete.Key } }
}

function storedIn({ PutRequest, DeleteRequest }: BatchRequest): StoredItem {
  return PutRequest?.Item ?? DeleteRequest?.Key ?? {}
}

function batchRequest({ tableName }: Connection, chunk: readonly Entry[]): BatchWriteItemInput {
  return { RequestItems: { [tableName]: chunk.map(({ request }) => request) } }
}
