// Makes definitions data of their own: what the caller does to an object after giving it to a definition changes nothing.
import { isPlainObject } from '../plain-object.ts'

/** A copy of plain data, frozen at every level. What is not a plain object or a list (an attribute's schema, a function) is kept as it is. */
export function frozenCopy<V>(value: V): V {
  return copy(value) as V
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(copy))
  if (value instanceof Date) return new Date(value)
  if (value instanceof Set) return new Set(value)
  if (value instanceof Uint8Array) return value.slice()
  if (!isPlainObject(value)) return value
  const copied = {}
  // Symbols too: they tell joined conditions from tests.
  for (const name of Reflect.ownKeys(value)) {
    const { enumerable, value: content } = Object.getOwnPropertyDescriptor(value, name) ?? {}
    if (enumerable) Object.defineProperty(copied, name, { value: copy(content), enumerable })
  }
  return Object.freeze(copied)
}
