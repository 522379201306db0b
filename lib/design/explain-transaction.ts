// A transaction pattern's plan: the writes that it lists for an example of its input, what they demand and what they cost.
import { ValidationError } from '../errors.ts'
import type { PlannedWrite } from '../model/planned-write.ts'
import type { ResolvedEntity, ResolvedTransaction } from '../model/resolved.ts'
import { isPlainObject } from '../plain-object.ts'
import type { AttributeDefinition } from '../schema/attribute.ts'
import { withDefaults } from '../schema/defaults.ts'
import { conditionText } from './condition-text.ts'
import { exampleBytes, exampleNow, exampleValue } from './example-item.ts'
import { renderTransactionPlan } from './render-plan.ts'
import { type OperationPlan, planWrites, type TransactionInput, type TransactionPlan } from './transaction-plan.ts'

/** The size in which DynamoDB counts writes. */
const unitBytes = 1024
/** What a write costs in a transaction: once to prepare, once to commit. */
const transactionFactor = 2

/**
 * Explains what a transaction writes.
 *
 * @param input default: the pattern's own example, or one made of the examples of the input's attributes
 * @throws {ValidationError} when the input is none, or the pattern's function cannot do with it
 */
export function explainTransaction(transaction: ResolvedTransaction, input?: object): TransactionPlan {
  const { name, definition, entities } = transaction
  const { description } = definition
  const example = Object.freeze(completeExample(transaction, input))
  const writes = planWrites(transaction, example)
  const operations = writes.map((write) => operationPlan(write, entityOf(write, transaction)))
  const data = {
    pattern: name,
    ...(description !== undefined && { description }),
    kind: 'transaction',
    operation: 'TransactWriteItems',
    entities: Object.values(entities).map((entity) => entity.name),
    inputs: Object.entries(transaction.input.definitions).map(inputOf),
    example,
    operations,
    estimate: {
      actions: operations.reduce((sum, { kind, guards }) => sum + actionsOf(kind) + guards.length, 0),
      writeUnits: writes.reduce((sum, write) => sum + writeUnits(write, entityOf(write, transaction)), 0),
    },
    notes: notesOf(operations),
  } as const
  return Object.freeze({ ...data, toString: () => renderTransactionPlan(data) })
}

/** An input with which a transaction can be told: what was given, or made of examples, with the defaults of what is absent. */
export function completeExample(transaction: ResolvedTransaction, given?: object): Record<string, unknown> {
  const { definition, input, name } = transaction
  const example = given ?? definition.example ?? exampleOf(input.definitions)
  const values = withDefaults(input.definitions, example as Record<string, unknown>, exampleNow)
  try {
    input.codec.encode(values, '')
  } catch (error) {
    if (!(error instanceof ValidationError) || given !== undefined) throw error
    throw new ValidationError(
      error.reason,
      error.path,
      `The example of ${name} is no input. ${error.message} Give .example({ … }).`,
    )
  }
  return values
}

function exampleOf(definitions: Readonly<Record<string, AttributeDefinition>>): Record<string, unknown> {
  const values = Object.entries(definitions).map(([name, definition]) => [name, exampleValue(name, definition)])
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

function inputOf([attribute, { optional, type, default: fallback }]: [string, AttributeDefinition]): TransactionInput {
  return { attribute, required: !optional && fallback === undefined, type }
}

function entityOf({ entity }: PlannedWrite, { entities, name }: ResolvedTransaction): ResolvedEntity {
  const found = Object.values(entities).find((one) => one.entity === entity)
  if (found === undefined) throw new TypeError(`${name} does not write ${entity.name}.`)
  return found
}

function operationPlan({ kind, arguments: given }: PlannedWrite, entity: ResolvedEntity): OperationPlan {
  const options = optionsOf(kind, given)
  const changes = kind === 'update' || kind === 'move' ? namesIn(given[kind === 'update' ? 1 : 2]) : []
  const condition = kind === 'conditionCheck' ? given[1] : options.if
  return {
    kind,
    entity: entity.name,
    key: keyText(entity),
    conditions: [
      ...demands(kind, options, entity),
      ...(isPlainObject(condition) || Array.isArray(condition) ? [conditionText(condition)] : []),
    ],
    changes,
    guards: guardsOf(kind, changes, entity),
  }
}

/** Where an operation has its options: after its input, key or changes. */
function optionsOf(kind: PlannedWrite['kind'], given: readonly unknown[]): Readonly<Record<string, unknown>> {
  const options = given[kind === 'move' ? 3 : kind === 'update' ? 2 : 1]
  return kind !== 'conditionCheck' && isPlainObject(options) ? options : {}
}

function namesIn(changes: unknown): string[] {
  return isPlainObject(changes) ? Object.keys(changes).filter((name) => changes[name] !== undefined) : []
}

function keyText({ key: { partition, sort } }: ResolvedEntity): string {
  return [partition, sort]
    .flatMap((part) => (part === undefined ? [] : [`${part.attribute} = ${part.codec.template.text}`]))
    .join(' AND ')
}

/** What an operation demands by itself. */
function demands(
  kind: PlannedWrite['kind'],
  { upsert, version }: Readonly<Record<string, unknown>>,
  entity: ResolvedEntity,
): string[] {
  if (kind === 'create') return ['the item does not exist']
  const read = typeof version === 'number' && entity.version !== undefined ? [`${entity.version} = ${version}`] : []
  if (kind === 'update' && upsert !== true) return ['the item exists', ...read]
  return kind === 'move' ? ['the item exists', 'none exists under the new key', ...read] : read
}

function guardsOf(kind: PlannedWrite['kind'], changes: readonly string[], { unique }: ResolvedEntity): string[] {
  if (kind === 'conditionCheck') return []
  const concerned =
    kind === 'update' || kind === 'move'
      ? unique.filter(({ attributes }) => attributes.some((attribute) => changes.includes(attribute)))
      : unique
  return concerned.map(({ constraint }) => constraint)
}

/** A move deletes one item and puts another. */
function actionsOf(kind: PlannedWrite['kind']): number {
  return kind === 'move' ? 2 : 1
}

function writeUnits({ kind, arguments: given }: PlannedWrite, entity: ResolvedEntity): number {
  const item = Math.ceil(exampleBytes(entity) / unitBytes) * actionsOf(kind)
  const changes = kind === 'update' ? namesIn(given[1]) : kind === 'move' ? namesIn(given[2]) : []
  return (item + guardsOf(kind, changes, entity).length) * transactionFactor
}

function notesOf(operations: readonly OperationPlan[]): string[] {
  const guarded = [...new Set(operations.filter(({ guards }) => guards.length > 0).map(({ entity }) => entity))]
  return [
    'All of it is written or nothing; a failed condition refuses the whole with a reason for each operation.',
    ...(guarded.length === 0 ? [] : [`Guards of unique values of ${guarded.join(', ')} are written along, each an action.`]),
    ...(operations.some(({ kind }) => kind === 'move') ? ['A move reads the item first.'] : []),
  ]
}
