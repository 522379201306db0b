// Reads what was given to a definition as options, for those who write JavaScript: a misspelt name is a problem, not silence.
import { isPlainObject } from '../plain-object.ts'
import { type Problems, suggestion } from './problems.ts'

export type Options = Readonly<Record<string, unknown>>

/** The options in `value`; undefined when it is no object with options. Reports names that are not options. */
export function optionsOf(value: unknown, names: readonly string[], place: string, problems: Problems): Options | undefined {
  const object = objectOf(value, place, `{ ${names.join(', ')} }`, problems)
  for (const name of Object.keys(object ?? {}))
    if (!names.includes(name))
      problems.add('unknown-option', `${place}.${name}`, `${name} is not an option.`, suggestion(name, names))
  return object
}

/** The object that was given where one is needed; undefined, and a problem, when it is something else. */
export function objectOf(value: unknown, place: string, expected: string, problems: Problems): Options | undefined {
  if (isPlainObject(value)) return value
  problems.add('not-an-object', place, `${shown(value)} is no object.`, `Give ${expected}.`)
  return undefined
}

/** The text that was given; undefined, and a problem, when something else was. */
export function textOf(value: unknown, place: string, problems: Problems): string | undefined {
  if (typeof value === 'string') return value
  if (value !== undefined) problems.add('not-text', place, `${shown(value)} is no text.`, 'Give a text.')
  return undefined
}

/** What was thrown, as a message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A wrong value in a message, cut short. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80))
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
