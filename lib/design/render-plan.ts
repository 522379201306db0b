// A plan as lines of text, for a terminal.
import type { Plan } from './plan.ts'
import type { OperationPlan, TransactionPlan } from './transaction-plan.ts'

/** The plan as text. */
export function renderPlan(plan: Omit<Plan, 'toString'>): string {
  const inputs = plan.inputs.map(({ attribute, required, type }) => `${attribute}${required ? '' : '?'}: ${type}`)
  const fields: [string, string | undefined][] = [
    ['input', inputs.length === 0 ? 'none' : inputs.join(', ')],
    ['context', plan.context?.join(', ')],
    [
      'operation',
      `${plan.operation}${plan.index === undefined ? '' : ` on ${plan.index}`}${plan.consistent ? ', consistent' : ''}`,
    ],
    ['key', plan.keyCondition],
    ['filter', plan.filter],
    ['order', plan.order === 'none' ? undefined : plan.order],
    ['requests', plan.requests],
    ['in range', plan.entitiesInRange.join(', ')],
    ['cost', costText(plan)],
    ...plan.notes.map((note): [string, string] => ['note', note]),
  ]
  return linesOf(plan, fields)
}

/** The plan of a transaction as text. */
export function renderTransactionPlan(plan: Omit<TransactionPlan, 'toString'>): string {
  const { actions, writeUnits } = plan.estimate
  return linesOf(plan, [
    [
      'input',
      plan.inputs.map(({ attribute, required, type }) => `${attribute}${required ? '' : '?'}: ${type}`).join(', ') || 'none',
    ],
    ['operation', plan.operation],
    ...plan.operations.map((operation): [string, string] => [operation.kind, operationText(operation)]),
    ['cost', `about ${writeUnits} write units for ${actions} ${actions === 1 ? 'action' : 'actions'}, and those of the indexes`],
    ...plan.notes.map((note): [string, string] => ['note', note]),
  ])
}

function operationText({ entity, key, conditions, changes, guards, copies }: OperationPlan): string {
  return [
    `${entity} ${key}`,
    ...(changes.length === 0 ? [] : [`changes ${changes.join(', ')}`]),
    ...(conditions.length === 0 ? [] : [`if ${conditions.join(' AND ')}`]),
    ...(guards.length === 0 ? [] : [`with the guard of ${guards.join(', ')}`]),
    ...(copies.length === 0 ? [] : [`with the copy ${copies.join(', ')}`]),
  ].join('; ')
}

function linesOf(
  { pattern, description }: Pick<Plan, 'pattern' | 'description'>,
  fields: [string, string | undefined][],
): string {
  const title = description === undefined ? pattern : `${pattern}: ${description}`
  const width = Math.max(10, ...fields.map(([name]) => name.length))
  return [title, ...fields.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(width)} ${text}`]))].join('\n')
}

function costText({ kind, consistent, estimate }: Omit<Plan, 'toString'>): string {
  const { readUnitsPerPage, itemBytes, itemsPerPage } = estimate
  if (kind === 'scan') return `${consistent ? '1 read unit' : 'half a read unit'} for each 4 KB of what is scanned`
  const units = readUnitsPerPage === 1 ? 'read unit' : 'read units'
  return `about ${readUnitsPerPage} ${units} for ${itemsPerPage} ${itemsPerPage === 1 ? 'item' : 'items'} of ${itemBytes} bytes`
}
