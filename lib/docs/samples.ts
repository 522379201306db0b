// What the access patterns answer, tried: the example items are written through a client, and every pattern is asked for them.
import { isDeepStrictEqual } from 'node:util'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { connect, connectionOf } from '../client/connect.ts'
import { entityOperations } from '../client/entity-operations.ts'
import { SingletError } from '../errors.ts'
import type { Operation } from '../model/operation.ts'
import type { AnyPatterns, DocumentedModel } from './any-model.ts'
import type { EntityDocumentation } from './entity-documentation.ts'
import { messageOf } from './example-items.ts'
import { missingAnswer } from './missing-answer.ts'
import { describeModel, type ModelDocumentation } from './model-documentation.ts'
import type { PatternDocumentation } from './pattern-documentation.ts'
import { typescriptText } from './value-text.ts'

export interface SampleOptions {
  /** Of an engine whose clock stands at the documentation's `now`, with the model's table, empty. */
  readonly client: DynamoDBClient
  /** The table's name there. Default: the model's. */
  readonly tableName?: string
  /** What `describeModel` answered for the model. */
  readonly documentation?: ModelDocumentation
}

/** What each pattern answered to its example call, by the pattern's name. */
export type Samples = ReadonlyMap<string, unknown>

type Operations = Readonly<Record<string, { create(input: object): Operation<unknown>; get(key: object): Operation<unknown> }>>
type Values = Readonly<Record<string, unknown>>

/**
 * Writes the example item of every entity, then runs every pattern's example call. Transactions are not tried: the example of one creates
 * what is an example already, or takes for granted what the example items are not, and it answers little but what it was given. Their
 * documentation has the request, which is made and checked by the code that would send it.
 *
 * @throws SingletError that names every entity whose example is refused, or every pattern that does not answer with the example item
 * @example
 * const engine = await startLocal({ clock: documentation.now })
 * await createTable(shop, engine.client())
 * const samples = await collectSamples(shop, { client: engine.client(), documentation })
 */
export async function collectSamples(model: DocumentedModel, options: SampleOptions): Promise<Samples> {
  const { client, tableName, documentation = describeModel(model) } = options
  const now = () => documentation.now
  const connectOptions = { client, now, context: documentation.context, ...(tableName !== undefined && { tableName }) }
  const connected = connect(model, connectOptions)
  const items = await createExamples(unreserved(model, connectOptions), model, documentation)
  const samples = new Map<string, unknown>()
  const failures: string[] = []
  for (const pattern of documentation.patterns) {
    try {
      const answer = await ask(connected.patterns as AnyPatterns, pattern)
      samples.set(pattern.name, answer)
      failures.push(...lackingIn(answer, pattern, items, documentation))
    } catch (error) {
      failures.push(`${pattern.name}: ${messageOf(error)}`)
    }
  }
  report('Access patterns that do not answer with the example items', failures)
  return samples
}

/** The operations of the entities, with those that the model leaves to its transactions: examples are written one by one. */
function unreserved(model: DocumentedModel, options: Parameters<typeof connectionOf>[1]): Operations {
  const connection = connectionOf(model, options)
  const entities = Object.entries(model.resolved.entities)
  return Object.fromEntries(
    entities.map(([name, entity]) => [name, entityOperations(connection, entity)]),
  ) as unknown as Operations
}

/** The example items as reads give them. Copies come with the item that they copy, and so are read when all others are there. */
async function createExamples(
  entities: Operations,
  { resolved }: DocumentedModel,
  documentation: ModelDocumentation,
): Promise<ReadonlyMap<string, Values>> {
  const items = new Map<string, Values>()
  const failures: string[] = []
  const isCopy = ({ copyOf }: EntityDocumentation) => copyOf !== undefined
  const sorted = [...documentation.entities].sort((a, b) => Number(isCopy(a)) - Number(isCopy(b)))
  for (const { name, operations, example, copyOf } of sorted) {
    try {
      const keyNames = resolved.entities[operations]?.keyAttributes ?? []
      const item =
        copyOf === undefined
          ? entities[operations]?.create(example.input)
          : entities[operations]?.get(selected(example.values, keyNames))
      items.set(name, (await item) as Values)
    } catch (error) {
      failures.push(`${name}: ${messageOf(error)}`)
    }
  }
  report('Entities whose example items can not be created', failures)
  return items
}

async function ask(patterns: AnyPatterns, { name, example }: PatternDocumentation): Promise<unknown> {
  return patterns[name]?.(example.input, example.options)
}

function report(what: string, failures: readonly string[]): void {
  if (failures.length === 0) return
  throw new SingletError('SampleError', `${what}:\n${failures.map((failure) => `  ${failure}`).join('\n')}`)
}

/** What is wrong with an answer: nothing when it has the example item of every entity that it should. */
function lackingIn(
  answer: unknown,
  pattern: PatternDocumentation,
  items: ReadonlyMap<string, Values>,
  documentation: ModelDocumentation,
): string[] {
  const problems: string[] = []
  for (const { entity, member } of pattern.answers) {
    const wanted = selected(items.get(entity) ?? {}, pattern.plan.returns)
    const found = itemsIn(answer, pattern.shape, member)
    if (found.some((item) => isDeepStrictEqual(item, wanted))) continue
    const instead = found.length === 0 ? 'nothing' : typescriptText(found, Number.POSITIVE_INFINITY)
    problems.push(
      `${pattern.name}: answers ${member ?? entity} with ${instead} where ${typescriptText(wanted, Number.POSITIVE_INFINITY)} is expected.` +
        ` ${missingAnswer(entity, pattern, documentation)}`,
    )
  }
  const misfits = (answer as { misfits?: readonly { message?: string }[] } | undefined)?.misfits ?? []
  return [...problems, ...misfits.map((misfit) => `${pattern.name}: an item does not fit. ${misfit.message ?? ''}`)]
}

function itemsIn(answer: unknown, shape: PatternDocumentation['shape'], member: string | undefined): unknown[] {
  if (answer === undefined) return []
  if (shape === 'one') return [answer]
  const part = shape === 'page' ? (answer as { items: unknown }).items : (answer as Values)[member ?? '']
  return part === undefined ? [] : [part].flat()
}

function selected(item: Values, names: readonly string[]): Values {
  return Object.fromEntries(names.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]))
}
