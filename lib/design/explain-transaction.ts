// A transaction pattern's plan: the writes that it lists for an example of its input, what they demand and what they cost.
import type { PlannedWrite } from '../model/planned-write.ts'
import type { ResolvedEntity, ResolvedTransaction } from '../model/resolved.ts'
import type { AttributeDefinition } from '../schema/attribute.ts'
import { exampleNow } from './example-item.ts'
import { completeExample, toldByExamples } from './example-transaction.ts'
import { explainWrite } from './explain-write.ts'
import { renderTransactionPlan } from './render-plan.ts'
import { type OperationPlan, planWrites, type TransactionInput, type TransactionPlan } from './transaction-plan.ts'

/**
 * Explains what a transaction writes, for the pattern's own example or one made of the examples of the input's attributes.
 *
 * @param now when the example is told
 * @throws {ValidationError} when the example is no input, or the pattern's function cannot do with it
 */
export function explainTransaction(transaction: ResolvedTransaction, now: Date = exampleNow): TransactionPlan {
  const { name, definition, written } = transaction
  const { description } = definition
  const told = toldByExamples(transaction)
  const example = completeExample(told, now)
  const operations = planWrites(told, example, now).map((write) => explainWrite(write, entityOf(write, told), now))
  const data = {
    pattern: name,
    ...(description !== undefined && { description }),
    kind: 'transaction',
    operation: 'TransactWriteItems',
    entities: written.map((entity) => entity.name),
    inputs: Object.entries(transaction.input.definitions).map(inputOf),
    example,
    operations,
    estimate: {
      actions: operations.reduce((sum, { actions }) => sum + actions, 0),
      writeUnits: operations.reduce((sum, { writeUnits }) => sum + writeUnits, 0),
    },
    notes: notesOf(operations),
  } as const
  return Object.freeze({ ...data, toString: () => renderTransactionPlan(data) })
}

function inputOf([attribute, { optional, type, default: fallback }]: [string, AttributeDefinition]): TransactionInput {
  return { attribute, required: !optional && fallback === undefined, type }
}

function entityOf({ entity }: PlannedWrite, { written, name }: ResolvedTransaction): ResolvedEntity {
  const found = written.find((one) => one.entity === entity)
  if (found === undefined) throw new TypeError(`${name} does not write ${entity.name}.`)
  return found
}

function notesOf(operations: readonly OperationPlan[]): string[] {
  const withAny = (part: 'guards' | 'copies') => operations.filter((operation) => operation[part].length > 0)
  const namesOf = (part: 'guards' | 'copies') => [...new Set(withAny(part).map(({ entity }) => entity))].join(', ')
  const replaced = (part: 'guards' | 'copies') => withAny(part).some(({ kind }) => kind === 'put' || kind === 'delete')
  const [guarded, copied] = [namesOf('guards'), namesOf('copies')]
  return [
    'All of it is written or nothing; a failed condition refuses the whole with a reason for each operation.',
    ...(guarded === '' ? [] : [`Guards of unique values of ${guarded} are written along, each an action.`]),
    ...(copied === '' ? [] : [`Copies of ${copied} are written along, each an action.`]),
    ...(operations.some(({ kind }) => kind === 'move') ? ['A move reads the item first.'] : []),
    ...(replaced('guards') ? ['What is put or deleted with unique values is read first, for the guards that it has.'] : []),
    ...(replaced('copies') ? ['What is put or deleted with copies is read first, for the copies that it has.'] : []),
  ]
}
