// The steps of a demonstration: something is written, or must be refused, and either is checked in the table.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type Operation, SingletError, type Table, TransactionCanceledError } from '../../lib/index.ts'
import { type Cost, metered } from './meter.ts'
import { readTable, type TableChanges, type TableState, tableChanges } from './table-state.ts'

/** Something to write, and what must come of it. */
export interface Step {
  /** For the reader: what happens. */
  readonly title: string
  /** A transaction among the model's access patterns, or an entity of which an item is created. */
  readonly write: { readonly pattern: string } | { readonly create: string }
  readonly input: object
  /** Items that change, and how. What is refused changes nothing in the whole table. */
  readonly changes?: readonly ItemChange[]
  /** What must refuse it; absent when it must succeed. */
  readonly refused?: Refusal
}

export interface ItemChange {
  readonly entity: string
  readonly key: object
  /** By attribute: a number that is added, or the text that it becomes. */
  readonly attributes: Readonly<Record<string, number | string>>
}

export interface Refusal {
  /** The code of the error, or of one among the reasons of a cancelled transaction. */
  readonly code: string
  /** What the error means to the application; undefined when it is not the refusal that was to come. */
  readonly meaning: (error: SingletError) => string | undefined
}

/** How an attribute of an item changed. */
export interface Observed {
  readonly item: string
  readonly attribute: string
  readonly before: unknown
  readonly after: unknown
}

export interface Outcome {
  readonly cost: Cost
  readonly observed: readonly Observed[]
  readonly table: TableChanges
  /** Why it was refused, in the application's words. */
  readonly meaning?: string
  /** What is not as the step says; a demonstration with any fails. */
  readonly wrong: readonly string[]
}

type Item = Readonly<Record<string, unknown>>

/** A connected model, as far as steps use it. */
export interface Writable {
  readonly entities: Readonly<
    Record<
      string,
      {
        readonly create: (input: never) => PromiseLike<unknown>
        readonly get: (key: never, options: { readonly consistent: true }) => PromiseLike<object | undefined>
      }
    >
  >
  readonly patterns: Readonly<Record<string, (input: never) => Operation<unknown>>>
}

/** Where a demonstration takes place. */
export interface Stage {
  readonly model: Writable
  readonly table: Table
  readonly client: DynamoDBClient
  readonly tableName: string
}

/** Does one step. Its outcome says what is wrong; it throws only what is no refusal. */
export async function perform(stage: Stage, step: Step, before: TableState): Promise<{ outcome: Outcome; after: TableState }> {
  const { changes = [], refused } = step
  const watched = changes.map((change) => ({ change, operations: stage.model.entities[change.entity] }))
  const look = () =>
    Promise.all(watched.map(({ change, operations }) => operations?.get(change.key as never, { consistent: true })))
  const earlier = await look()
  const { result: error, cost } = await metered(() => refusalOf(write(stage.model, step)))
  const later = await look()
  const after = await readTable(stage.client, stage.table, stage.tableName)
  const table = tableChanges(before, after)
  const observed = changes.flatMap((change, position) => observe(change, earlier[position], later[position]))
  const meaning = error === undefined ? undefined : refused?.meaning(error)
  const wrong =
    refused === undefined
      ? [...(error === undefined ? [] : [`was refused: ${error.message}`]), ...observed.flatMap(unexpected)]
      : refusalProblems(refused, error, meaning, table)
  return {
    outcome: {
      cost,
      observed: observed.map(({ expected: _, ...one }) => one),
      table,
      ...(meaning !== undefined && { meaning }),
      wrong,
    },
    after,
  }
}

function write({ entities, patterns }: Writable, { write, input }: Step): PromiseLike<unknown> {
  const run = 'pattern' in write ? patterns[write.pattern] : entities[write.create]?.create
  if (run === undefined) throw new Error(`The model has no ${'pattern' in write ? write.pattern : write.create}.`)
  // The inputs come with the model's data set, where they are typed.
  return run(input as never)
}

/** What Singlet refused it with. Any other error is the demo's own. */
async function refusalOf(operation: PromiseLike<unknown>): Promise<SingletError | undefined> {
  try {
    await operation
    return undefined
  } catch (error) {
    if (error instanceof SingletError) return error
    throw error
  }
}

function refusalProblems(
  { code }: Refusal,
  error: SingletError | undefined,
  meaning: string | undefined,
  { created, changed, deleted }: TableChanges,
): string[] {
  if (error === undefined) return ['was not refused']
  const codes = error instanceof TransactionCanceledError ? error.reasons.map((reason) => reason.error?.code) : [error.code]
  return [
    ...(codes.includes(code) && meaning !== undefined ? [] : [`was to be refused with ${code}, not: ${error.message}`]),
    ...(created + changed + deleted === 0 ? [] : ['was refused, and yet something in the table has changed']),
  ]
}

type Expected = Observed & { readonly expected: number | string }

function observe({ entity, key, attributes }: ItemChange, before: object | undefined, after: object | undefined): Expected[] {
  const item = `${entity} ${Object.values(key).join(' ')}`
  return Object.entries(attributes).map(([attribute, expected]) => ({
    item,
    attribute,
    expected,
    before: (before as Item | undefined)?.[attribute],
    after: (after as Item | undefined)?.[attribute],
  }))
}

function unexpected({ item, attribute, before, after, expected }: Expected): string[] {
  const wanted = typeof expected === 'number' ? Number(before) + expected : expected
  return after === wanted ? [] : [`${item}: ${attribute} was to become ${wanted}, and is ${String(after)}`]
}
