// A plan as lines of text, for a terminal.
import type { Plan } from './plan.ts'

/** The plan as text. */
export function renderPlan(plan: Omit<Plan, 'toString'>): string {
  const inputs = plan.inputs.map(({ attribute, required, type }) => `${attribute}${required ? '' : '?'}: ${type}`)
  const fields: [string, string | undefined][] = [
    ['input', inputs.length === 0 ? 'none' : inputs.join(', ')],
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
  const title = plan.description === undefined ? plan.pattern : `${plan.pattern}: ${plan.description}`
  return [title, ...fields.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(10)} ${text}`]))].join('\n')
}

function costText({ kind, consistent, estimate }: Omit<Plan, 'toString'>): string {
  const { readUnitsPerPage, itemBytes, itemsPerPage } = estimate
  if (kind === 'scan') return `${consistent ? '1 read unit' : 'half a read unit'} for each 4 KB of what is scanned`
  const units = readUnitsPerPage === 1 ? 'read unit' : 'read units'
  return `about ${readUnitsPerPage} ${units} for ${itemsPerPage} ${itemsPerPage === 1 ? 'item' : 'items'} of ${itemBytes} bytes`
}
