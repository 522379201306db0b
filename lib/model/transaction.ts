// The access pattern `transaction`: several writes, of any entities, as one named and typed operation.
import type { Attributes } from '../schema/attribute.ts'
import type { CreateInputOf, ItemOf } from '../schema/infer.ts'
import {
  type AnyAccessPattern,
  accessPattern,
  isAccessPattern,
  type Rate,
  type signature,
  type TransactionDefinition,
} from './access-pattern.ts'
import type { AnyEntity } from './entity.ts'
import type { WriteOperation, WriteResults, WritesOf } from './entity-writes.ts'

/** The entities that a transaction writes, and the transactions that are parts of it, by the name under which it has them. */
export type WrittenEntities = { readonly [name: string]: AnyEntity | AnyTransaction }

/** Any transaction pattern. */
export interface AnyTransaction extends AnyAccessPattern {
  readonly [signature]: { readonly shape: 'transaction'; readonly input: unknown; readonly result: unknown }
}

/** The writes of each entity, to list and not to await; and for each transaction what gives its operations for an input. */
export type Writes<Es extends WrittenEntities> = {
  readonly [N in keyof Es]: Es[N] extends AnyTransaction
    ? Part<Es[N]>
    : Es[N] extends infer E extends AnyEntity
      ? WritesOf<E>
      : never
}
type Part<P extends AnyTransaction> = (input: P[typeof signature]['input']) => PartOperations<P[typeof signature]['result']>

/** Operations with these results. */
type PartOperations<R> = R extends readonly unknown[] ? { readonly [I in keyof R]: PartOperation<R[I]> } : never
type PartOperation<R> = [R] extends [undefined] ? WriteOperation<unknown, 'update'> : WriteOperation<R, 'create'>

export interface TransactionPattern<Input, R, Values = Input> extends AnyAccessPattern {
  readonly [signature]: { readonly shape: 'transaction'; readonly input: Input; readonly result: R }
  /**
   * A condition on the input as a whole, which no attribute can judge by itself: a function that answers `true`, or `false` or a message.
   *
   * @example .check(({ from, to }) => from !== to || 'the stock lies there already')
   */
  check(check: (input: Values) => boolean | string): TransactionPattern<Input, R, Values>
  /** An input for `explain()` and the documentation. Default: made of the examples of the input's attributes. */
  example(input: Input): TransactionPattern<Input, R, Values>
  /** What the transaction is for, for the documentation. */
  describe(text: string): TransactionPattern<Input, R, Values>
  /** How often it is done, for estimates. */
  rate(rate: Rate): TransactionPattern<Input, R, Values>
}

/**
 * All of several writes or none, up to 100 items. The input is declared as attributes are, and so it is typed, checked and documented, and
 * what it lacks is filled in (`ulid()`, `.default(…)`) before `operations` sees it. `operations` lists the writes: it reads nothing, awaits
 * nothing, and gives the same list for the same input.
 *
 * A transaction may have others as parts: the function gets them by their names and spreads their operations among its own. Their input is checked
 * and completed as in a call of their own, so what such a pattern keeps true it keeps true here.
 *
 * @param entities those that are written, by any name, and the transactions that are parts
 * @param input what a call is given
 * @param operations the writes of one call; they stand in the result where they stand in the list
 * @example
 * const placeOrder = transaction(
 *   { Order, Product },
 *   { orderId: ulid(), customerId: ulid({ generate: false }), sku: string(), quantity: number({ min: 1, integer: true }) },
 *   ({ orderId, customerId, sku, quantity }, { Order, Product }) => [
 *     Order.create({ orderId, customerId, sku, quantity }),
 *     Product.update({ sku }, { stock: add(-quantity) }, { if: { stock: { gte: quantity } } }),
 *   ],
 * ).describe('Takes the goods and writes the order, or neither')
 *
 * const [order] = await shop.patterns.placeOrder({ customerId, sku: 'mug', quantity: 2 })
 * @example
 * const placeOrderOnce = transaction({ placeOrder, Request }, { requestId: string(), … }, ({ requestId, ...order }, { placeOrder, Request }) => [
 *   Request.create({ requestId }),
 *   ...placeOrder(order),
 * ])
 */
export function transaction<
  const Es extends WrittenEntities,
  const A extends Attributes,
  const T extends readonly WriteOperation<unknown>[],
>(
  entities: Es,
  input: A,
  operations: (input: ItemOf<A>, entities: Writes<Es>) => T,
): TransactionPattern<CreateInputOf<A>, WriteResults<T>, ItemOf<A>> {
  const given = Object.entries(entities)
  return transactionPattern({
    kind: 'transaction',
    entities: Object.freeze(
      Object.fromEntries(given.filter(([, one]) => !isTransaction(one))),
    ) as TransactionDefinition['entities'],
    parts: Object.freeze(
      Object.fromEntries(given.flatMap(([name, one]) => (isTransaction(one) ? [[name, one.definition]] : []))),
    ),
    input: Object.freeze({ ...input }),
    // What the function is given is derived from the same declarations as its type.
    operations: operations as unknown as TransactionDefinition['operations'],
    checks: [],
  })
}

function isTransaction(value: unknown): value is { readonly definition: TransactionDefinition } {
  return isAccessPattern(value) && value.definition.kind === 'transaction'
}

function transactionPattern<P extends AnyAccessPattern>(definition: TransactionDefinition): P {
  const having = (change: Partial<TransactionDefinition>) => transactionPattern({ ...definition, ...change })
  return accessPattern<P>(definition, {
    check: (check: TransactionDefinition['checks'][number]) => having({ checks: [...definition.checks, check] }),
    example: (example: object) => having({ example }),
    describe: (description: string) => having({ description }),
    rate: (rate: Rate) => having({ rate }),
  })
}
