// Items as a compact table: as many of their attributes, in the order they come, as fit the width.
import Table from 'cli-table3'

const longestCell = 28
/** A border and a space on either side. */
const cellPadding = 3

export interface RowOptions {
  readonly width: number
  readonly heading: (text: string) => string
}

export function rowsTable(items: readonly object[], { width, heading }: RowOptions): string {
  const names = [...new Set(items.flatMap((item) => Object.keys(item)))]
  const columns: { readonly name: string; readonly cells: readonly string[] }[] = []
  let used = 1
  for (const name of names) {
    const cells = items.map((item) => cellText((item as Readonly<Record<string, unknown>>)[name]))
    used += Math.max(name.length, ...cells.map((cell) => cell.length)) + cellPadding
    if (used > width && columns.length > 0) break
    columns.push({ name, cells })
  }
  const table = new Table({
    head: columns.map(({ name }) => heading(name)),
    style: { head: [], border: [], compact: true },
  })
  table.push(...items.map((_, row) => columns.map(({ cells }) => cells[row] ?? '')))
  return table.toString()
}

function cellText(value: unknown): string {
  const text = valueText(value)
  return text.length <= longestCell ? text : `${text.slice(0, longestCell - 1)}…`
}

/** A value as people write it, on one line. */
export function valueText(value: unknown): string {
  if (value === undefined) return ''
  if (value instanceof Date) return value.toISOString().slice(0, 19).replace('T', ' ')
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (value instanceof Set) return `{${[...value].map(valueText).join(', ')}}`
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value).replace(/\s+/g, ' ')
  return Object.entries(value)
    .map(([name, part]) => `${name} ${valueText(part)}`)
    .join(', ')
}
