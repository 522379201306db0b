// Everything the demo prints. Colours and progress only on a terminal.
import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import type { Plan } from '../../lib/index.ts'
import type { Answer } from './answer.ts'
import { rowsTable, valueText } from './rows.ts'

/** How many items of each list are shown. */
const shownItems = 3
const narrowest = 80
const widest = 140

export interface Screen {
  line(text?: string): void
  /** Shows progress on the current line; nothing when this is not a terminal. */
  progress(text: string): void
  pattern(number: number, plan: Plan, input: object, answer: Answer): void
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
  }
}

function answerText(itemCount: number, more: boolean, { requests, capacityUnits }: Answer['cost']): string {
  const items = `${count(itemCount, 'item')}${more ? ' and more to come' : ''}`
  return `${items}, ${count(requests, 'request')}, ${count(Number(capacityUnits.toFixed(2)), 'capacity unit')}`
}

function inputText(input: object): string {
  const parts = Object.entries(input).map(
    ([name, value]) => `${name} ${isRange(value) ? valueText(value) : `= ${valueText(value)}`}`,
  )
  return parts.length === 0 ? '-' : parts.join(', ')
}

function isRange(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Date)
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}
