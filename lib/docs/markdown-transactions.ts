// The transactions' part of the page: the table of all, and for each one its input, its writes, an example call and its request.
import type { OperationPlan } from '../design/transaction-plan.ts'
import type { ValueDocumentation } from './attribute-documentation.ts'
import { exampleText, hasRows, typeCell } from './markdown-entities.ts'
import { rateText, rounded } from './markdown-patterns.ts'
import { anchor, anchorOf, code, codeBlock, codes, details, link, paragraph, table, text } from './markdown-text.ts'
import type { TransactionDocumentation } from './transaction-documentation.ts'
import { jsonText } from './value-text.ts'

/** All transactions on one screen. */
export function renderTransactionTable(transactions: readonly TransactionDocumentation[]): string {
  return table(
    ['Transaction', 'Inputs', 'Writes', 'Actions', 'Write units'],
    transactions.map(({ name, description, plan }) => [
      link(text(name), anchorOf('transaction', name)) + (description === undefined ? '' : `<br>${text(description)}`),
      plan.inputs.map(({ attribute, required }) => code(required ? attribute : `${attribute}?`)).join('<br>'),
      plan.operations.map(operationName).join('<br>'),
      String(plan.estimate.actions),
      String(plan.estimate.writeUnits),
    ]),
  )
}

export function renderTransaction(transaction: TransactionDocumentation): string[] {
  const { name, description, inputs, plan, example } = transaction
  return [
    anchor(anchorOf('transaction', name)),
    `### ${text(name)}`,
    description === undefined ? '' : paragraph(description),
    renderFacts(transaction),
    inputs.length === 0 ? '' : renderInputs(inputs),
    renderOperations(plan.operations),
    plan.notes.map((note) => `- ${paragraph(note)}`).join('\n'),
    codeBlock('ts', example.code),
    example.request === undefined
      ? 'What it sends depends on what it reads first.'
      : details(`Request: ${plan.operation}`, codeBlock('json', jsonText(example.request))),
  ]
}

function renderFacts({ inputs, plan, rate }: TransactionDocumentation): string {
  const { actions, writeUnits } = plan.estimate
  const perSecond = rate === undefined ? '' : `; ${rounded(writeUnits * rate.perSecond)} a second at that rate`
  const rows: [string, string][] = [
    ['Answers', `a list with what each write answers: ${plan.operations.map(answerText).join(', ')}`],
    ...(inputs.length === 0 ? [['Input', 'none'] as [string, string]] : []),
    ...(rate === undefined ? [] : [['Rate', rateText(rate)] as [string, string]]),
    ['Cost', `about ${writeUnits} write units for ${actions} ${actions === 1 ? 'action' : 'actions'}${perSecond}`],
  ]
  return table(
    ['', ''],
    rows.map(([name, content]) => [`**${name}**`, content]),
  )
}

/** DynamoDB answers a transaction nothing of its items, so that only those are known that were given whole. */
function answerText({ kind, entity }: OperationPlan): string {
  return kind === 'create' || kind === 'put' || kind === 'move' ? entityLink(entity) : '`undefined`'
}

function entityLink(name: string): string {
  return link(text(name), anchorOf('entity', name))
}

function renderInputs(inputs: readonly ValueDocumentation[]): string {
  return table(
    ['Input', 'Type', 'On calling', 'Description', 'Example'],
    inputs.map((input) => [
      code(input.path),
      typeCell(input),
      presenceText(input),
      input.description === undefined ? '' : text(input.description),
      hasRows(input, inputs) ? '' : exampleText(input.example),
    ]),
  )
}

function presenceText({ presence, default: fallback, checked }: ValueDocumentation): string {
  return `${fallback === undefined ? presence : `default: ${text(fallback)}`}${checked ? '; checked further' : ''}`
}

function renderOperations(operations: readonly OperationPlan[]): string {
  return table(
    ['Write', 'Key', 'Only if', 'Changes', 'Guards of', 'Actions', 'Write units'],
    operations.map((operation) => [
      operationName(operation),
      code(operation.key),
      operation.conditions.map((condition) => text(condition)).join('<br>and '),
      codes(operation.changes),
      codes(operation.guards),
      String(operation.actions),
      String(operation.writeUnits),
    ]),
  )
}

function operationName({ kind, entity }: OperationPlan): string {
  return `${kind === 'conditionCheck' ? 'check' : kind} ${entityLink(entity)}`
}
