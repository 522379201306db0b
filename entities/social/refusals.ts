// What a refused transaction means to the user who asked for it.
import { ItemExistsError, type TransactionCanceledError, UniqueConstraintError } from '../../lib/index.ts'
import { Block } from './relation.ts'

/**
 * - `handle-taken`: somebody else has the handle.
 * - `repeated`: it is there already, and nothing is wrong when a device sent it twice.
 * - `blocked`: one of the two users has blocked the other; say no more than that it is not possible.
 * - `gone`: what it is about is not there any more, or never was.
 */
export type Refusal = 'handle-taken' | 'repeated' | 'blocked' | 'gone'

/**
 * Why a transaction of the network was refused.
 *
 * @example
 * await network.patterns.like(input).catch((error) => refusalOf(error))
 */
export function refusalOf({ reasons }: TransactionCanceledError): Refusal {
  const errors = reasons.flatMap(({ error }) => (error === undefined ? [] : [error]))
  if (errors.some((error) => error instanceof UniqueConstraintError)) return 'handle-taken'
  if (errors.some((error) => 'entity' in error && error.entity === Block.name && !(error instanceof ItemExistsError)))
    return 'blocked'
  return errors.some((error) => error instanceof ItemExistsError) ? 'repeated' : 'gone'
}
