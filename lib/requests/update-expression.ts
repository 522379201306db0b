// The clauses of an UpdateExpression, from changes that are checked and encoded.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { anyOf, type Clause, clause, type ExpressionAttributes } from './expression.ts'
import { sumBounds } from './sum-bounds.ts'
import type { Change } from './update-changes.ts'

/** Collects the clauses of one UpdateExpression, and the conditions without which they would not be safe. */
export class UpdateClauses {
  readonly #attributes: ExpressionAttributes
  readonly #set: string[] = []
  readonly #remove: string[] = []
  readonly #add: string[] = []
  readonly #delete: string[] = []
  readonly conditions: Clause[] = []

  constructor(attributes: ExpressionAttributes) {
    this.#attributes = attributes
  }

  set(stored: string, value: AttributeValue): void {
    this.#set.push(`${this.#attributes.name(stored)} = ${this.#attributes.value(value, stored)}`)
  }

  remove(stored: string): void {
    this.#remove.push(this.#attributes.name(stored))
  }

  change(change: Change): void {
    this.#change(change, this.#attributes.name(change.stored), true)
  }

  expression(): string | undefined {
    const clause = (name: string, parts: readonly string[]) => (parts.length === 0 ? [] : [`${name} ${parts.join(', ')}`])
    const clauses = [
      ...clause('SET', this.#set),
      ...clause('REMOVE', this.#remove),
      ...clause('ADD', this.#add),
      ...clause('DELETE', this.#delete),
    ]
    return clauses.length === 0 ? undefined : clauses.join(' ')
  }

  #change(change: Change, path: string, top: boolean): void {
    const { operator, stored, value, nested = [] } = change
    if (operator === 'remove') {
      this.#remove.push(path)
    } else if (operator === 'patch') {
      // Without the map there is nothing to patch, and DynamoDB would call the path invalid.
      this.conditions.push(clause(`attribute_exists(${path})`))
      for (const inner of nested) this.#change(inner, `${path}.${this.#attributes.name(inner.stored)}`, false)
    } else if (value !== undefined) {
      this.#write(change, path, value, (encoded) => this.#attributes.value(encoded, stored), top)
    }
  }

  #write(change: Change, path: string, value: AttributeValue, place: (encoded: AttributeValue) => string, top: boolean): void {
    switch (change.operator) {
      case 'set':
        this.#set.push(`${path} = ${place(value)}`)
        break
      case 'ifNotExists':
        this.#set.push(`${path} = if_not_exists(${path}, ${place(value)})`)
        break
      case 'append':
        this.#set.push(`${path} = list_append(if_not_exists(${path}, ${place({ L: [] })}), ${place(value)})`)
        break
      case 'prepend':
        this.#set.push(`${path} = list_append(${place(value)}, if_not_exists(${path}, ${place({ L: [] })}))`)
        break
      case 'addToSet':
        this.#add.push(`${path} ${place(value)}`)
        break
      case 'removeFromSet':
        this.#delete.push(`${path} ${place(value)}`)
        break
      default:
        this.#bound(change, path, place)
        // ADD works at the top level only.
        if (top) this.#add.push(`${path} ${place(value)}`)
        else this.#set.push(`${path} = if_not_exists(${path}, ${place({ N: '0' })}) + ${place(value)}`)
    }
  }

  /** A sum must stay within the attribute's declared range, which only DynamoDB can tell. */
  #bound(change: Change, path: string, place: (encoded: AttributeValue) => string): void {
    const bounds = sumBounds(change)
    if (bounds === undefined) return
    const { before, fromZero } = bounds
    const within = before && clause(`${path} ${before.comparator} ${place({ N: before.bound })}`)
    const absent = clause(`attribute_not_exists(${path})`)
    if (within !== undefined) this.conditions.push(fromZero ? anyOf([absent, within]) : within)
    else if (!fromZero) this.conditions.push(clause(`attribute_exists(${path})`))
  }
}
