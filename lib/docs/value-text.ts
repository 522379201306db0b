// Values as text: in TypeScript, as code has them, and in JSON, as DynamoDB's API has them. Laid out within a width.
import { isPlainObject } from '../plain-object.ts'

/** How a notation writes what is not an array or an object. */
interface Notation {
  readonly scalar: (value: unknown) => string
  readonly key: (name: string) => string
  /** What a set or a class instance is written as: text before and after an array. */
  readonly set: readonly [string, string]
}

const defaultWidth = 100

/**
 * The value as TypeScript: `{ placedAt: new Date('2026-01-15T09:30:00.000Z') }`. `column` is where its first line begins.
 */
export function typescriptText(value: unknown, width: number = defaultWidth, column = 0): string {
  return valueText(value, typescript, { width, column, indent: 0 })
}

/** The value as JSON; bytes as base64, as in DynamoDB's API. */
export function jsonText(value: unknown, width: number = defaultWidth): string {
  return valueText(value, json, { width, column: 0, indent: 0 })
}

const typescript: Notation = Object.freeze({
  scalar: (value: unknown) => {
    if (typeof value === 'string') return quoted(value, "'")
    if (typeof value === 'bigint') return `${value}n`
    if (value instanceof Date) return `new Date('${value.toISOString()}')`
    if (value instanceof Uint8Array)
      return value.length <= 8
        ? `Uint8Array.of(${[...value].join(', ')})`
        : `Buffer.from('${Buffer.from(value).toString('base64')}', 'base64')`
    return Object.is(value, -0) ? '-0' : String(value)
  },
  key: (name: string) => (name === '__proto__' ? "['__proto__']" : /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name, "'")),
  set: ['new Set(', ')'],
} as const)

const json: Notation = Object.freeze({
  scalar: (value: unknown) => {
    if (typeof value === 'string') return quoted(value, '"')
    if (value instanceof Uint8Array) return quoted(Buffer.from(value).toString('base64'), '"')
    return JSON.stringify(value) ?? 'null'
  },
  key: (name: string) => quoted(name, '"'),
  set: ['', ''],
} as const)

/** Characters without a form of their own: controls, half surrogates, and the noncharacters that bound ranges. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Co}\p{Zl}\p{Zp}]/gu

function quoted(text: string, quote: "'" | '"'): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replace(invisible, (character) =>
      Array.from({ length: character.length }, (_, unit) => `\\u${hexadecimal(character.charCodeAt(unit))}`).join(''),
    )
  return `${quote}${escaped}${quote}`
}

function hexadecimal(code: number): string {
  return code.toString(16).padStart(4, '0')
}

interface Layout {
  readonly width: number
  /** Where the value begins. */
  readonly column: number
  /** Of the line it begins on. */
  readonly indent: number
}

function valueText(value: unknown, notation: Notation, { width, column, indent }: Layout): string {
  const parts = partsOf(value, notation)
  if (parts === undefined) return notation.scalar(value)
  const { open, close, entries, padding } = parts
  if (entries.length === 0) return `${open}${close}`
  const written = (room: Layout) =>
    entries.map(({ label, value: part }) => label + valueText(part, notation, { ...room, column: room.column + label.length }))
  const line = written({ width: Number.POSITIVE_INFINITY, column: 0, indent: 0 }).join(', ')
  const inOneLine = `${open}${padding}${line}${padding}${close}`
  if (column + inOneLine.length <= width) return inOneLine
  const inner = indent + 2
  const lines = written({ width, column: inner, indent: inner }).map((text) => `${' '.repeat(inner)}${text}`)
  return `${open}\n${lines.join(',\n')}${notation === typescript ? ',' : ''}\n${' '.repeat(indent)}${close}`
}

interface Parts {
  readonly open: string
  readonly close: string
  /** Inside the brackets of what stands on one line. */
  readonly padding: string
  readonly entries: readonly { readonly label: string; readonly value: unknown }[]
}

/** The parts of an array, a set or an object; undefined for values without parts. */
function partsOf(value: unknown, notation: Notation): Parts | undefined {
  if (Array.isArray(value))
    return { open: '[', close: ']', padding: '', entries: value.map((part) => ({ label: '', value: part })) }
  if (value instanceof Set) {
    const [before, after] = notation.set
    const entries = [...value].map((part) => ({ label: '', value: part }))
    return { open: `${before}[`, close: `]${after}`, padding: '', entries }
  }
  if (!isPlainObject(value)) return undefined
  const entries = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([name, part]) => ({ label: `${notation.key(name)}: `, value: part }))
  return { open: '{', close: '}', padding: ' ', entries }
}
