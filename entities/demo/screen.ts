// Everything the demo prints. Colours and progress only on a terminal.
import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import type { Plan, TransactionPlan } from '../../lib/index.ts'
import type { Answer } from './answer.ts'
import { rowsTable, valueText } from './rows.ts'
import type { Outcome, Step } from './step.ts'

/** How many items of each list are shown. */
const shownItems = 3
const narrowest = 80
const widest = 140

export interface Screen {
  line(text?: string): void
  /** Shows progress on the current line; nothing when this is not a terminal. */
  progress(text: string): void
  pattern(number: number, plan: Plan, input: object, answer: Answer): void
  /** What a transaction writes, before the first step that does it. */
  transaction(plan: TransactionPlan): void
  step(step: Step, outcome: Outcome): void
  failure(text: string): void
  success(text: string): void
}

type Style = Parameters<typeof styleText>[0]

export function createScreen(stream: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>): Screen {
  const terminal = stream.isTTY === true
  const coloured = terminal && process.env.NO_COLOR === undefined
  const width = Math.min(widest, Math.max(narrowest, stream.columns ?? widest))
  const paint = (style: Style, text: string) => (coloured ? styleText(style, text) : text)
  const line = (text = '') => void stream.write(`${terminal ? '\r\x1b[K' : ''}${text}\n`)
  const field = (name: string, text: string) => line(`   ${paint('dim', name.padEnd(9))} ${text}`)

  function table(name: string, items: readonly object[]): void {
    if (name !== '') line(`   ${paint('bold', name)} (${items.length})`)
    if (items.length === 0) return
    const text = rowsTable(items.slice(0, shownItems), { width: width - 3, heading: (text) => paint('cyan', text) })
    for (const row of text.split('\n')) line(`   ${row}`)
  }

  return {
    line,
    progress: (text) => void (terminal && stream.write(`\r\x1b[K${text}`)),
    failure: (text) => line(paint('red', text)),
    success: (text) => line(paint('green', text)),
    pattern: (number, plan, input, { groups, itemCount, more, cost, keyCondition }) => {
      line()
      line(`${paint('dim', String(number).padStart(2))} ${paint(['bold', 'yellow'], plan.pattern)}`)
      if (plan.description !== undefined) line(`   ${plan.description}`)
      field('input', inputText(input))
      field(plan.operation, `${plan.keyCondition}${plan.index === undefined ? '' : paint('dim', `  on ${plan.index}`)}`)
      if (keyCondition !== undefined) field('sent', keyCondition)
      field('filter', plan.filter ?? '-')
      field('answer', answerText(itemCount, more, cost))
      for (const { name, items } of groups) table(name, items)
    },
    transaction: (plan) => {
      line()
      line(paint(['bold', 'yellow'], plan.pattern))
      if (plan.description !== undefined) line(`   ${plan.description}`)
      // The first line of a plan is its title.
      for (const text of String(plan).split('\n').slice(1)) line(` ${text}`)
    },
    step: ({ title, write, input, refused }, { cost, observed, table, meaning, wrong }) => {
      line()
      line(`   ${paint('bold', title)} ${paint('dim', 'pattern' in write ? write.pattern : `create ${write.create}`)}`)
      field('input', shortened(inputText(input), 3 * width))
      if (refused === undefined) field('written', `${changesText(table)}, ${costText(cost)}`)
      else field('refused', `${paint('yellow', meaning ?? '-')}; ${changesText(table)}`)
      for (const { item, attribute, before, after } of observed)
        field('', `${item}: ${attribute} ${valueText(before) || '-'} → ${valueText(after) || '-'}`)
      for (const problem of wrong) field('wrong', paint('red', problem))
    },
  }
}

function answerText(itemCount: number, more: boolean, { requests, capacityUnits }: Answer['cost']): string {
  const items = `${count(itemCount, 'item')}${more ? ' and more to come' : ''}`
  return `${items}, ${costText({ requests, capacityUnits })}`
}

function costText({ requests, capacityUnits }: Answer['cost']): string {
  return `${count(requests, 'request')}, ${count(Number(capacityUnits.toFixed(2)), 'capacity unit')}`
}

function changesText({ created, changed, deleted }: Outcome['table']): string {
  const parts = [`${created} new`, `${changed} changed`, `${deleted} gone`].filter((text) => !text.startsWith('0'))
  return parts.length === 0 ? 'nothing in the table has changed' : `items: ${parts.join(', ')}`
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}

function inputText(input: object): string {
  const given = Object.entries(input).filter(([, value]) => value !== undefined)
  const parts = given.map(([name, value]) => `${name} ${isRange(value) ? valueText(value) : `= ${valueText(value)}`}`)
  return parts.length === 0 ? '-' : parts.join(', ')
}

function isRange(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Date)
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}
