// Answers one access pattern as an application would: an item, a collection, or the first page.
import type { Operation, PageOperation } from '../../lib/index.ts'
import { type Cost, metered } from './meter.ts'
import { sentKeyCondition } from './request-text.ts'

/** A connected pattern of any shape. */
type Ask = (input: never) => Operation<unknown> | PageOperation<unknown>

/** The shape of pattern, as its plan says. */
type Kind = 'get' | 'query' | 'itemCollection' | 'scan'

export interface Answer {
  /** Lists of items by member of an item collection; other patterns have one list, without a name. */
  readonly groups: readonly { readonly name: string; readonly items: readonly object[] }[]
  readonly itemCount: number
  /** There is more than this page. */
  readonly more: boolean
  readonly cost: Cost
  /** The key condition with this input's keys; none for a scan. */
  readonly keyCondition: string | undefined
}

export async function answer(ask: Ask, kind: Kind, input: object): Promise<Answer> {
  // The inputs come with the model's data set, where they are typed by pattern.
  const operation = ask(input as never)
  const keyCondition = sentKeyCondition(operation.params())
  // A scan is there to read everything.
  const { result, cost } = await metered(() => (kind === 'scan' && 'all' in operation ? operation.all() : operation))
  if (kind === 'itemCollection') {
    const { cursor, ...members } = result as Readonly<Record<string, unknown>>
    const groups = Object.entries(members).map(([name, value]) => ({ name, items: itemsOf(value) }))
    return answerOf(groups, cursor !== undefined, cost, keyCondition)
  }
  const page = isPage(result) ? result : { items: itemsOf(result), cursor: undefined }
  return answerOf([{ name: '', items: page.items }], page.cursor !== undefined, cost, keyCondition)
}

function answerOf(groups: Answer['groups'], more: boolean, cost: Cost, keyCondition: string | undefined): Answer {
  return { groups, itemCount: groups.reduce((sum, { items }) => sum + items.length, 0), more, cost, keyCondition }
}

interface SomePage {
  readonly items: readonly object[]
  readonly cursor?: string
  readonly misfits: readonly unknown[]
}

function isPage(result: unknown): result is SomePage {
  return typeof result === 'object' && result !== null && 'misfits' in result
}

function itemsOf(value: unknown): readonly object[] {
  if (Array.isArray(value)) return value
  return typeof value === 'object' && value !== null ? [value] : []
}
