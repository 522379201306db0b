// What batchWrite and transactWrite take and give: lists of writes, and the results of each at its place.
import { ValidationError } from '../errors.ts'
import { LazyWrite, type WriteOperation } from './entity-operations.ts'
import type { Attempt, Write } from './write-request.ts'

/**
 * The results of several writes, each at the place of its operation: the item of a create, put or move, as a read would give it. DynamoDB answers
 * neither batches nor transactions with attributes, so what an update made of its item is not known without reading it: undefined, as
 * for deletes and condition checks.
 */
export type WriteResults<T extends readonly WriteOperation<unknown>[]> = { -readonly [I in keyof T]: WriteResult<T[I]> }
type WriteResult<W> = W extends WriteOperation<infer O, 'create' | 'put' | 'move'> ? O : undefined

/** The writes of operations. One that has been awaited has run, and must not run again. */
export function writesOf(operations: readonly unknown[]): Write<unknown>[] {
  if (!Array.isArray(operations)) throw new ValidationError('wrong-type', '', 'expected a list of writes.')
  return operations.map((operation, index) => {
    if (!(operation instanceof LazyWrite))
      throw new ValidationError('wrong-type', `[${index}]`, 'expected an operation such as Order.put(…), not awaited.')
    if (operation.started)
      throw new ValidationError(
        'not-allowed',
        `[${index}]`,
        'has been awaited already, and would be done twice. Make another one.',
      )
    return operation.write as Write<unknown>
  })
}

/** The results of writes that are done. */
export function writeResults(writes: readonly Write<unknown>[], attempts: readonly Attempt<unknown>[]): unknown[] {
  return writes.map(({ kind }, index) =>
    kind === 'create' || kind === 'put' || kind === 'move' ? attempts[index]?.result(undefined) : undefined,
  )
}
