// The access patterns' part of the page: the table of all, and for each one its plan, an example call, its request and its answer.
import type { Rate } from '../model/access-pattern.ts'
import { anchor, anchorOf, code, codeBlock, codes, details, link, paragraph, table, text } from './markdown-text.ts'
import type { AnswerDocumentation, InputDocumentation, PatternDocumentation } from './pattern-documentation.ts'
import type { Samples } from './samples.ts'
import { jsonText, typescriptText } from './value-text.ts'

/** All patterns on one screen. Few columns, for a page on GitHub is narrow. */
export function renderPatternTable(patterns: readonly PatternDocumentation[], entityCount: number): string {
  return table(
    ['Pattern', 'Inputs', 'Index', 'Key condition, filter', 'Requests', 'Entities in range'],
    patterns.map((pattern) => {
      const { name, description, plan } = pattern
      return [
        link(text(name), anchorOf('pattern', name)) + (description === undefined ? '' : `<br>${text(description)}`),
        pattern.inputs.map(inputName).map(code).join('<br>'),
        plan.index === undefined ? (plan.kind === 'scan' ? 'whole table' : 'table') : code(plan.index),
        keyConditionText(pattern) + (plan.filter === undefined ? '' : `<br>filter: ${code(plan.filter)}`),
        text(plan.requests),
        rangeText(pattern, entityCount),
      ]
    }),
  )
}

function keyConditionText({ plan }: PatternDocumentation): string {
  return plan.kind === 'scan' ? text(plan.keyCondition) : code(plan.keyCondition)
}

interface Context {
  /** How many entities the model has. */
  readonly entityCount: number
  readonly samples: Samples | undefined
}

export function renderPattern(pattern: PatternDocumentation, { samples, entityCount }: Context): string[] {
  const { name, description, plan, example } = pattern
  return [
    anchor(anchorOf('pattern', name)),
    `### ${text(name)}`,
    description === undefined ? '' : paragraph(description),
    renderPlan(pattern, entityCount),
    plan.notes.map((note) => `- ${paragraph(note)}`).join('\n'),
    codeBlock('ts', example.code),
    samples?.has(name) ? details('Answer', codeBlock('ts', typescriptText(samples.get(name)))) : '',
    renderRequest(pattern),
  ]
}

function renderPlan(pattern: PatternDocumentation, entityCount: number): string {
  const { plan, inputs, rate } = pattern
  const rows: [string, string][] = [
    ['Answers', answersText(pattern)],
    ['Input', inputs.length === 0 ? 'none' : inputs.map(inputText).join('<br>')],
    ['Read', readText(pattern)],
    ['Key condition', keyConditionText(pattern)],
    ['Filter', plan.filter === undefined ? 'none' : code(plan.filter)],
    ['Requests', text(plan.requests)],
    ['Entities in range', rangeText(pattern, entityCount)],
    ...(rate === undefined ? [] : [['Rate', rateText(rate)] as [string, string]]),
    ['Cost', costText(pattern)],
  ]
  return table(
    ['', ''],
    rows.map(([name, content]) => [`**${name}**`, content]),
  )
}

function answersText(pattern: PatternDocumentation): string {
  const { shape, answers, plan, whole } = pattern
  const parts = whole || shape === 'collection' ? '' : `: ${codes(plan.returns)}`
  const [first] = answers
  if (shape === 'collection') return `${answers.map(memberText).join('<br>')}`
  if (first === undefined) return ''
  const entity = link(text(first.entity), anchorOf('entity', first.entity))
  return shape === 'one' ? `one ${entity}, or \`undefined\`${parts}` : `pages of ${entity}${parts}`
}

function memberText({ member = '', entity, cardinality }: AnswerDocumentation): string {
  const target = link(text(entity), anchorOf('entity', entity))
  return `${code(member)}: ${cardinality === 'one' ? `one ${target}, or \`undefined\`` : `all ${target} items`}`
}

function readText({ plan, sortedBy }: PatternDocumentation): string {
  const where = plan.index === undefined ? 'the table' : link(code(plan.index), anchorOf('index', plan.index))
  const order = sortedBy === undefined ? '' : `, ${plan.order} by ${code(sortedBy)}`
  return `${plan.operation} on ${where}${order}, ${plan.consistent ? 'consistent' : 'eventually consistent'}`
}

function costText({ plan, rate }: PatternDocumentation): string {
  // What a scan costs is decided by the size of the table, which the model does not know.
  if (plan.kind === 'scan') return `${plan.consistent ? 'a' : 'half a'} read unit for every 4 KB in what is scanned`
  const { readUnitsPerPage, itemsPerPage, itemBytes } = plan.estimate
  const items = itemsPerPage === 1 ? `an item of ${itemBytes} bytes` : `${itemsPerPage} items of ${itemBytes} bytes`
  const perSecond = rate === undefined ? '' : `; ${rounded(readUnitsPerPage * rate.perSecond)} a second at that rate`
  return `about ${readUnitsPerPage} read ${readUnitsPerPage === 1 ? 'unit' : 'units'} for ${items}${perSecond}`
}

export function rateText({ perSecond }: Rate): string {
  if (perSecond >= 1) return `${rounded(perSecond)} a second`
  return perSecond >= 1 / 60 ? `${rounded(perSecond * 60)} a minute` : `${rounded(perSecond * 3600)} an hour`
}

export function rounded(number: number): string {
  return String(Number(number.toPrecision(3)))
}

function inputName({ attribute, required }: InputDocumentation): string {
  return required ? attribute : `${attribute}?`
}

function inputText(input: InputDocumentation): string {
  const place = input.key === 'shard' ? ', which tells the shard' : ` in the ${input.key} key`
  return `${code(inputName(input))}${place}: ${text(input.type)}${input.range ? ', or a range' : ''}`
}

function rangeText({ plan }: PatternDocumentation, entityCount: number): string {
  const names = plan.entitiesInRange
  if (names.length === entityCount && entityCount > 1) return 'all'
  return names.map((name) => link(text(name), anchorOf('entity', name))).join(', ')
}

function renderRequest({ plan, example }: PatternDocumentation): string {
  const [first, ...others] = example.requests
  if (first === undefined) return ''
  const more = others.length === 0 ? '' : `, the first of ${others.length + 1}`
  return details(`Request: ${plan.operation}${more}`, codeBlock('json', jsonText(first)))
}
