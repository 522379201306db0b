// The writes that a transaction pattern lists for an input, and its plan as data: what explain() answers and documentation is made from.
import { ValidationError } from '../errors.ts'
import { isPlannedWrite, type PlannedWrite, plannedWrites } from '../model/planned-write.ts'
import type { ResolvedTransaction } from '../model/resolved.ts'
import type { WriteKind } from '../model/write-kind.ts'
import { completeTransactionInput } from './transaction-input.ts'

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

/**
 * Asks a transaction pattern for its writes.
 *
 * @param input complete and checked
 * @param now by which the input of its parts is completed
 * @throws {ValidationError} when the function gives anything but a list of operations on the transaction's entities, or a part bad input
 */
export function planWrites(
  { name, definition, entities, parts }: ResolvedTransaction,
  input: Readonly<Record<string, unknown>>,
  now: Date,
): PlannedWrite[] {
  const writes = Object.entries(entities).map(([alias, { entity }]) => [alias, plannedWrites(entity)])
  const operations = Object.entries(parts).map(([alias, part]) => [alias, (given: object) => planPart(alias, part, given, now)])
  const listed = definition.operations(input, Object.freeze(Object.fromEntries([...writes, ...operations])))
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
    if (isPlannedWrite(operation)) return operation
    const way = Array.isArray(operation)
      ? `Spread the operations of a part: ...${Object.keys(parts)[0] ?? 'lines'}(…).`
      : `${name} lists operations of the entities that its function is given, such as ${Object.keys(entities)[0] ?? 'Order'}.create(…).`
    throw new ValidationError('wrong-type', `[${index}]`, `is no operation. ${way}`)
  })
}

/** The writes of a part. Where something is wrong with its input, the path begins with the part's name. */
function planPart(alias: string, part: ResolvedTransaction, given: object, now: Date): PlannedWrite[] {
  try {
    const input = completeTransactionInput(part, given, now)
    if (!(input instanceof Promise)) return planWrites(part, input, now)
    input.catch(() => undefined)
    throw new ValidationError(
      'async-schema',
      '',
      'a schema of its input is asynchronous, and a part does not wait. Leave it out of the part, and declare it in the input of the whole.',
    )
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    const { reason, path, message } = error
    const text = path === '' ? message : message.slice(`${path}: `.length)
    const whole = path === '' || path.startsWith('[') ? `${alias}${path}` : `${alias}.${path}`
    throw new ValidationError(reason, whole, text, { cause: error })
  }
}
