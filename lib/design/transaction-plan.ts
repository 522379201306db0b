// The writes that a transaction pattern lists for an input, and its plan as data: what explain() answers and documentation is made from.
import { ValidationError } from '../errors.ts'
import { isPlannedWrite, type PlannedWrite, plannedWrites } from '../model/planned-write.ts'
import type { ResolvedTransaction } from '../model/resolved.ts'
import type { WriteKind } from '../model/write-kind.ts'

/** How a transaction is written, for an example of its input. Plain data, the same for `explain()` and for the documentation. */
export interface TransactionPlan {
  readonly pattern: string
  readonly description?: string
  readonly kind: 'transaction'
  readonly operation: 'TransactWriteItems'
  /** The entities that it may write. */
  readonly entities: readonly string[]
  readonly inputs: readonly TransactionInput[]
  /** The input for which the operations are told. */
  readonly example: Readonly<Record<string, unknown>>
  readonly operations: readonly OperationPlan[]
  readonly estimate: WriteEstimate
  /** What to know before relying on it. */
  readonly notes: readonly string[]
  /** The plan as text, for a terminal. */
  toString(): string
}

/** One attribute that a transaction is given. */
export interface TransactionInput {
  readonly attribute: string
  /** False where it is optional, has a default or is generated. */
  readonly required: boolean
  readonly type: string
}

/** One write of a transaction. */
export interface OperationPlan {
  readonly kind: WriteKind
  readonly entity: string
  /** With the key attributes' names and the templates: `PK = PRODUCT#{sku} AND SK = PRODUCT`. */
  readonly key: string
  /** What must hold, or nothing is written: the `if` of the operation, and what the operation itself demands. */
  readonly conditions: readonly string[]
  /** The attributes that an update or move changes. */
  readonly changes: readonly string[]
  /** The unique constraints whose guards are written along, one action each, or two where a value is given up for another. */
  readonly guards: readonly string[]
  /** The copies that are written along, one action each, or two where one gets another key. */
  readonly copies: readonly string[]
  /** Actions of the transaction that this can take, its guards and copies included. */
  readonly actions: number
  /** Write capacity units, as in the estimate of the whole. */
  readonly writeUnits: number
}

export interface WriteEstimate {
  /** The most actions that the transaction can take, guards and copies included. DynamoDB takes 100. */
  readonly actions: number
  /** Write capacity units: two per KB of each item, as transactions cost. What indexes cost comes on top. */
  readonly writeUnits: number
}

/** Judges an input as a whole, by the pattern's own checks. Throws a `ValidationError`. */
export function checkTransactionInput({ name, definition }: ResolvedTransaction, input: Readonly<Record<string, unknown>>): void {
  for (const check of definition.checks) {
    const answer = check(input)
    if (answer !== true)
      throw new ValidationError(
        'check-failed',
        '',
        `${name}: ${answer === false ? 'the input does not pass its check.' : answer}`,
      )
  }
}

/**
 * Asks a transaction pattern for its writes.
 *
 * @param input complete and checked
 * @throws {ValidationError} when the function gives anything but a list of operations on the transaction's entities
 */
export function planWrites(
  { name, definition, entities }: ResolvedTransaction,
  input: Readonly<Record<string, unknown>>,
): PlannedWrite[] {
  const writes = Object.entries(entities).map(([alias, { entity }]) => [alias, plannedWrites(entity)])
  const listed = definition.operations(input, Object.freeze(Object.fromEntries(writes)))
  if (listed instanceof Promise) {
    listed.catch(() => undefined)
    throw new ValidationError(
      'wrong-type',
      '',
      `${name} is asynchronous. A transaction pattern lists its operations: read first, and give what was read as input.`,
    )
  }
  if (!Array.isArray(listed))
    throw new ValidationError('wrong-type', '', `${name} gave no list of operations. Return [Order.create(…), …].`)
  return listed.map((operation, index) => {
    if (!isPlannedWrite(operation))
      throw new ValidationError(
        'wrong-type',
        `[${index}]`,
        `is no operation. ${name} lists operations of the entities that its function is given, such as ${Object.keys(entities)[0]}.create(…).`,
      )
    return operation
  })
}
