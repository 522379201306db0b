// What batchWrite and transactWrite take and give: lists of writes, and the results of each at its place.
import { ValidationError } from '../errors.ts'
import { sameContext } from '../requests/context.ts'
import type { Connection } from './connection.ts'
import { LazyWrite } from './entity-operations.ts'
import { otherContext } from './get.ts'
import type { Attempt, Write } from './write-request.ts'

/** The writes of operations. One that has been awaited has run, and must not run again. */
export function writesOf({ context }: Connection, operations: readonly unknown[]): Write<unknown>[] {
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
    if (!sameContext(operation.context, context)) throw otherContext(index, operation.context)
    return operation.write as Write<unknown>
  })
}

/** The results of writes that are done. */
export function writeResults(writes: readonly Write<unknown>[], attempts: readonly Attempt<unknown>[]): unknown[] {
  return writes.map(({ kind }, index) =>
    kind === 'create' || kind === 'put' || kind === 'move' ? attempts[index]?.result(undefined) : undefined,
  )
}
