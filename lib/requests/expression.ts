// The names and values of one request's expressions. Every name is a placeholder, so that no reserved word ever gets in the way.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** Hands out placeholders: `#status` for a name, `:status` for a value; numbered where two would be the same. */
export class ExpressionAttributes {
  readonly #names = new Map<string, string>()
  readonly #taken = new Set<string>()
  /** The number to try next for each wanted placeholder, so that many values of one attribute do not count up from 2 each time. */
  readonly #next = new Map<string, number>()
  readonly #values: Record<string, AttributeValue> = {}

  /** The placeholder of an attribute's name in the table. */
  name(stored: string): string {
    let placeholder = this.#names.get(stored)
    if (placeholder === undefined) {
      placeholder = this.#free(`#${plain(stored)}`)
      this.#names.set(stored, placeholder)
    }
    return placeholder
  }

  /** The placeholder of a value, named after the attribute it is for. */
  value(value: AttributeValue, stored: string): string {
    const placeholder = this.#free(`:${plain(stored)}`)
    this.#values[placeholder] = value
    return placeholder
  }

  /** The parameters of the request; absent when nothing was used, as DynamoDB wants it. */
  params(): { ExpressionAttributeNames?: Record<string, string>; ExpressionAttributeValues?: Record<string, AttributeValue> } {
    const names = Object.fromEntries([...this.#names].map(([stored, placeholder]) => [placeholder, stored]))
    return {
      ...(this.#names.size > 0 && { ExpressionAttributeNames: names }),
      ...(Object.keys(this.#values).length > 0 && { ExpressionAttributeValues: this.#values }),
    }
  }

  #free(wanted: string): string {
    let placeholder = wanted
    let number = this.#next.get(wanted) ?? 2
    while (this.#taken.has(placeholder)) placeholder = `${wanted}${number++}`
    this.#next.set(wanted, number)
    this.#taken.add(placeholder)
    return placeholder
  }
}

/** A placeholder allows letters, digits and `_`, and 255 characters in all. */
function plain(stored: string): string {
  const text = stored.slice(0, 100).replace(/[^A-Za-z0-9_]/g, '_')
  return text === '' ? '_' : text
}

/** A condition as text, and whether it must stand in parentheses beside an AND. DynamoDB refuses parentheses that are not needed. */
export interface Clause {
  readonly text: string
  readonly alternatives: boolean
}

/** One test. */
export function clause(text: string): Clause {
  return { text, alternatives: false }
}

/** All clauses, joined by AND; undefined when there are none. */
export function allOf(clauses: readonly (Clause | undefined)[]): Clause | undefined {
  const present = clauses.filter((one) => one !== undefined)
  if (present.length < 2) return present[0]
  return clause(present.map(({ text, alternatives }) => (alternatives ? `(${text})` : text)).join(' AND '))
}

/** At least one of the clauses. */
export function anyOf(clauses: readonly Clause[]): Clause {
  return {
    text: clauses.map(({ text }) => text).join(' OR '),
    alternatives: clauses.length > 1 || clauses.some(({ alternatives }) => alternatives),
  }
}

/** The opposite of a clause. */
export function negated({ text }: Clause): Clause {
  return clause(`NOT (${text})`)
}
