// Why a pattern may not have found an example item, and what to do about it: the hint behind a failed sample.
import type { ModelDocumentation } from './model-documentation.ts'
import type { PatternDocumentation } from './pattern-documentation.ts'

/** The likeliest reason, as one sentence. */
export function missingAnswer(entityName: string, pattern: PatternDocumentation, documentation: ModelDocumentation): string {
  const { plan, example } = pattern
  const entity = documentation.entities.find(({ name }) => name === entityName)
  const values = entity?.example.values ?? {}
  const index = entity?.indexes.find((one) => one.index === plan.index)
  if (index !== undefined && index.partition.example === undefined)
    return `The example of ${entityName} is not in ${index.index}${index.when === undefined ? '' : `, which holds items while ${index.when}`}.`
  const differing = Object.keys(example.input).find(
    (name) => values[name] !== undefined && !isRange(example.input[name]) && String(values[name]) !== String(example.input[name]),
  )
  if (differing !== undefined)
    return `The examples of ${differing} differ: ${String(example.input[differing])} in ${plan.entities[0]}, ${String(values[differing])} in ${entityName}.`
  const expiry = values[entity?.attributes.find(({ kind }) => kind === 'expiresAt')?.path ?? '']
  if (expiry instanceof Date && expiry <= documentation.now)
    return `Its example has expired: the samples are taken at ${documentation.now.toISOString()}.`
  return plan.filter === undefined
    ? 'Check the examples of its attributes.'
    : `Check its examples against the filter, ${plan.filter}.`
}

function isRange(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
