// What a refused transaction means to the user who asked for it.
import {
  ConditionFailedError,
  ContentionError,
  ItemExistsError,
  ItemNotFoundError,
  TransactionCanceledError,
  UniqueConstraintError,
} from '../../lib/index.ts'
import { Block } from './relation.ts'
import { User } from './user.ts'

/**
 * - `handle-taken`: somebody else has the handle.
 * - `repeated`: it is there already, and nothing is wrong when a device sent it twice.
 * - `blocked`: one of the two users has blocked the other; say no more than that it is not possible.
 * - `account`: the author's account is closed, or its posts reach followers in another way by now; read the user again.
 * - `gone`: what it is about is not there any more, never was, or is not as it was given.
 * - `busy`: nothing is wrong with it; others were in the way, or there was no throughput. Try again later.
 */
export type Refusal = 'handle-taken' | 'repeated' | 'blocked' | 'account' | 'gone' | 'busy'

/**
 * Why a write of the network was refused. An error that is no refusal is thrown again: bad input, or an outcome that is not
 * known.
 *
 * @example
 * await network.patterns.like(input).catch((error) => refusalOf(error))
 */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof ContentionError) return 'busy'
  if (error instanceof UniqueConstraintError) return 'handle-taken'
  if (!(error instanceof TransactionCanceledError)) throw error
  const reasons = error.reasons.flatMap((reason) => (reason.error === undefined ? [] : [reason.error]))
  if (reasons.some((reason) => reason instanceof UniqueConstraintError)) return 'handle-taken'
  const failed = reasons.filter((reason) => reason instanceof ConditionFailedError || reason instanceof ItemNotFoundError)
  if (failed.some(({ entity }) => entity === Block.name)) return 'blocked'
  if (reasons.some((reason) => reason instanceof ItemExistsError)) return 'repeated'
  if (failed.some(({ entity }) => entity === User.name)) return 'account'
  if (failed.length > 0) return 'gone'
  // With a reason of another kind, an item that became too large, say, trying again would not help.
  if (reasons.length > 0) throw error
  return 'busy'
}
