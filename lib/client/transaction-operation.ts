// What `shop.patterns.placeOrder(input)` does: completes and checks the input, asks the pattern for its writes, and sends them as one.

import { completeTransactionInput } from '../design/transaction-input.ts'
import { planWrites } from '../design/transaction-plan.ts'
import type { Operation } from '../model/operation.ts'
import type { PlannedWrite } from '../model/planned-write.ts'
import type { ResolvedTransaction } from '../model/resolved.ts'
import { type Input, inTime } from './complete-input.ts'
import type { Connection } from './connection.ts'
import { entityOperations, type LazyWrite } from './entity-operations.ts'
import { LazyOperation } from './operation.ts'
import { type TransactWriteOptions, transactWrite } from './transact.ts'

/** A lazy operation that runs the transaction with this input. */
export function transactionOperation(
  connection: Connection,
  transaction: ResolvedTransaction,
  input: object,
  options: TransactWriteOptions,
): Operation<unknown> {
  let completed: Input | Promise<Input> | undefined
  // Completed once: what was generated for params() is what is sent.
  const complete = () => {
    completed ??= completeTransactionInput(transaction, input, connection.now())
    return completed
  }
  let made: Operation<unknown> | undefined
  // And so are the writes, which generate what the input does not give.
  const operationOf = (values: Input) => {
    made ??= transactWrite(connection, writesOf(connection, transaction, values), options, transaction.name)
    return made
  }
  return new LazyOperation(
    async () => operationOf(await complete()),
    () => operationOf(inTime(complete())).params(),
  )
}

function writesOf(connection: Connection, transaction: ResolvedTransaction, values: Input): LazyWrite<unknown>[] {
  return planWrites(transaction, values, connection.now()).map((planned) => connectedWrite(connection, transaction, planned))
}

function connectedWrite(connection: Connection, { written }: ResolvedTransaction, planned: PlannedWrite): LazyWrite<unknown> {
  const entity = written.find((one) => one.entity === planned.entity)
  if (entity === undefined) throw new TypeError(`${planned.entity.name} is not among the transaction's entities.`)
  // The method was called by its name, with these arguments, in the pattern's function.
  const operations = entityOperations(connection, entity) as unknown as Record<string, (...given: readonly unknown[]) => unknown>
  return operations[planned.kind]?.(...planned.arguments) as LazyWrite<unknown>
}
