// An access pattern as documentation: plan, an example call, and the requests that the call sends.
import type { PageOptions } from '../client/paging.ts'
import { explainRead } from '../design/explain.ts'
import type { Plan, PlanInput } from '../design/plan.ts'
import { planRead, type ReadPlan } from '../design/read-plan.ts'
import { SingletError } from '../errors.ts'
import type { PatternDefinition, Rate } from '../model/access-pattern.ts'
import type { ResolvedModel, ResolvedPattern } from '../model/resolved.ts'
import type { AnyPatterns } from './any-model.ts'
import { typeText } from './attribute-type.ts'
import { exampleCall, exampleCallInput } from './example-call.ts'
import { type ExampleItem, messageOf } from './example-items.ts'

export interface PatternDocumentation {
  readonly name: string
  readonly description?: string
  readonly rate?: Rate
  /** How the answer comes: one item, pages of items, or a collection of several entities. */
  readonly shape: 'one' | 'page' | 'collection'
  /** The entities of the answer; in a collection by the names that it has them under. */
  readonly answers: readonly AnswerDocumentation[]
  /** What a call gives, with the types and bounds in words. */
  readonly inputs: readonly InputDocumentation[]
  readonly plan: Plan
  /** What the items come sorted by: the sort key's template, or in a collection of several the key attribute. */
  readonly sortedBy?: string
  /** Answers have all visible attributes of their entities. */
  readonly whole: boolean
  readonly example: CallDocumentation
}

export interface InputDocumentation extends PlanInput {
  /** A range of values may stand in place of a value, when it is the last of the sort key's that is given. */
  readonly range: boolean
}

export interface AnswerDocumentation {
  readonly entity: string
  readonly cardinality: 'one' | 'many'
  /** The name in a collection. */
  readonly member?: string
}

/** A call with an input made of the examples. */
export interface CallDocumentation {
  readonly input: Readonly<Record<string, unknown>>
  readonly options: PageOptions
  /** The call in TypeScript. */
  readonly code: string
  /** The requests of the first round: one, or one for each shard or segment. */
  readonly requests: readonly object[]
}

interface Context {
  readonly model: ResolvedModel
  readonly connected: AnyPatterns
  /** By entity. */
  readonly examples: ReadonlyMap<string, ExampleItem>
  readonly connectedAs: string
}

/** Items on a page of an example call. */
const exampleLimit = 20

export function describePattern(pattern: ResolvedPattern, context: Context): PatternDocumentation {
  const { name, definition } = pattern
  const readPlan = planRead(context.model, pattern)
  const plan = explainRead(readPlan)
  const shape = shapeOf(definition)
  const visible = [...readPlan.wanted.values()].flatMap((entity) => entity.visible)
  return Object.freeze({
    name,
    ...(definition.description !== undefined && { description: definition.description }),
    ...(definition.rate !== undefined && { rate: definition.rate }),
    shape,
    answers: answersOf(definition),
    inputs: inputsOf(plan, readPlan),
    plan,
    ...(plan.order !== 'none' && readPlan.sort !== undefined && { sortedBy: sortedBy(readPlan) }),
    whole: visible.every((attribute) => plan.returns.includes(attribute)),
    example: describeCall(name, plan, shape, context),
  })
}

function shapeOf(definition: PatternDefinition): PatternDocumentation['shape'] {
  if (definition.kind === 'itemCollection') return 'collection'
  return definition.kind === 'get' || (definition.kind === 'query' && definition.one) ? 'one' : 'page'
}

function inputsOf(plan: Plan, { wanted }: ReadPlan): InputDocumentation[] {
  const [entity] = wanted.values()
  return plan.inputs.map((input) => {
    const definition = entity?.attributes[input.attribute]?.definition
    return {
      ...input,
      type: definition === undefined ? input.type : typeText(definition),
      range: (!input.required && input.key !== 'shard') || input.bucket !== undefined,
    }
  })
}

function sortedBy({ sort, wanted }: ReadPlan): string {
  return (wanted.size === 1 ? sort?.codec.template.text : sort?.attribute) ?? ''
}

function answersOf(definition: PatternDefinition): AnswerDocumentation[] {
  if (definition.kind === 'itemCollection')
    return Object.entries(definition.members).map(([member, { entity, cardinality }]) => ({
      entity: entity.name,
      cardinality,
      member,
    }))
  return [{ entity: definition.entity.name, cardinality: shapeOf(definition) === 'one' ? 'one' : 'many' }]
}

function describeCall(
  name: string,
  plan: Plan,
  shape: PatternDocumentation['shape'],
  { connected, examples, connectedAs }: Context,
): CallDocumentation {
  const [entity = ''] = plan.entities
  try {
    const input = exampleCallInput(plan, examples.get(entity)?.values ?? {})
    const options = shape === 'page' ? { limit: exampleLimit } : {}
    const params = connected[name]?.(input, options).params()
    const requests = [params].flat().filter((request) => typeof request === 'object' && request !== null)
    return Object.freeze({ input, options, code: exampleCall(connectedAs, name, input, options), requests })
  } catch (cause) {
    throw new SingletError('DocumentationError', `${name}: the examples of ${entity} do not make an input. ${messageOf(cause)}`, {
      cause,
    })
  }
}
