// Plain objects as data: what counts as one, and how any key, `__proto__` included, is read and written as the object's own.

/** An object that holds data only: made by `{}`, by JSON or with no prototype, not by a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** The object's own value of that name; never one that it inherits, such as `constructor`. */
export function ownValue(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** Sets a value of the object's own. Plain assignment to `__proto__` would replace the prototype instead. */
export function setOwn<V>(object: Record<string, V>, name: string, value: V): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
  else object[name] = value
}
