// A model as its documentation has it: plain data for every way of rendering. Nothing is sent; what patterns answer is samples.ts.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { connect } from '../client/connect.ts'
import { exampleContext } from '../design/example-item.ts'
import type { AnyPatterns, DocumentedModel } from './any-model.ts'
import { describeEntity, type EntityDocumentation } from './entity-documentation.ts'
import { type ExampleItem, exampleItem, exampleTime } from './example-items.ts'
import { describePattern, type PatternDocumentation } from './pattern-documentation.ts'
import { describeIndexes, describeTable, type IndexDocumentation, type TableDocumentation } from './table-documentation.ts'
import { describeTransaction, type TransactionDocumentation } from './transaction-documentation.ts'

/** Everything there is to say about a model. All of it comes from the model; the same model gives the same data. */
export interface ModelDocumentation {
  readonly table: TableDocumentation
  readonly indexes: readonly IndexDocumentation[]
  readonly entities: readonly EntityDocumentation[]
  /** The access patterns that read. */
  readonly patterns: readonly PatternDocumentation[]
  /** The access patterns that write. */
  readonly transactions: readonly TransactionDocumentation[]
  /** What the connected model is called in the example calls. */
  readonly connectedAs: string
  /** What the connection of the examples gives; empty for most models. */
  readonly context: Readonly<Record<string, string>>
  /** The moment at which the examples are told: requests and samples have it for the present. */
  readonly now: Date
}

export interface DescribeOptions {
  /** What to call the connected model in example calls. Default `db`. */
  readonly connectedAs?: string
}

/**
 * Describes a model: its table, its entities, and for each access pattern the plan, the request and an example call. The examples are
 * those that the attributes declare with `.example()`.
 *
 * @throws SingletError when the examples of an entity do not make an item, with the entity's or the pattern's name
 * @example
 * const documentation = describeModel(shop)
 * documentation.patterns[0].plan.keyCondition // 'PK = CUSTOMER#{customerId} AND begins_with(SK, ORDER#)'
 */
export function describeModel(model: DocumentedModel, { connectedAs = 'db' }: DescribeOptions = {}): ModelDocumentation {
  const { resolved, table } = model
  const now = exampleTime(resolved)
  const context = Object.freeze(exampleContext(Object.values(resolved.entities)))
  const examples = new Map<string, ExampleItem>(
    Object.values(resolved.entities).map((entity) => [entity.name, exampleItem(entity, context, now)]),
  )
  // Requests are made by the same code that sends them; this client never does.
  const client = new DynamoDBClient({ region: 'none' })
  const connected = connect(model, { client, context, now: () => now }).patterns as AnyPatterns
  const patterns = Object.values(resolved.patterns).map((pattern) =>
    describePattern(pattern, { model: resolved, connected, examples, connectedAs }),
  )
  const transactions = Object.values(resolved.transactions).map((transaction) =>
    describeTransaction(transaction, { model: resolved, connectedAs, given: context, now }),
  )
  return Object.freeze({
    table: describeTable(table),
    indexes: describeIndexes(resolved, patterns),
    entities: Object.entries(resolved.entities).map(([name, entity]) => {
      const readBy = patterns.filter(({ plan }) => plan.entities.includes(entity.name)).map((pattern) => pattern.name)
      const writtenBy = transactions.filter(({ plan }) => plan.entities.includes(entity.name)).map(({ name }) => name)
      return describeEntity(entity, { operations: name, example: examples.get(entity.name), readBy, writtenBy })
    }),
    patterns,
    transactions,
    connectedAs,
    context,
    now,
  })
}
