// The values inside an update's changes, put through the Standard Schemas of their attributes before anything is encoded.
import { append, ifNotExists, operandOf, operatorOf, patch, prepend } from '../model/update-value.ts'
import { isPlainObject, ownValue, setOwn } from '../plain-object.ts'
import type { AttributeDefinition } from '../schema/attribute.ts'
import { applySchemas, hasSchemas } from '../schema/standard-validation.ts'

type Changes = Readonly<Record<string, unknown>>

/** The changes with what schemas make of their values; a promise only when one of them is asynchronous. */
export function applySchemasToChanges(
  definitions: Readonly<Record<string, AttributeDefinition>>,
  changes: Changes,
): Changes | Promise<Changes> {
  const names = Object.keys(changes)
  const values = names.map((name) => {
    const definition = ownValue(definitions, name) as AttributeDefinition | undefined
    const value = changes[name]
    return value === undefined || definition === undefined || !hasSchemas(definition) ? value : validated(name, definition, value)
  })
  const complete = (results: readonly unknown[]) => {
    const all: Record<string, unknown> = {}
    for (const [index, name] of names.entries()) setOwn(all, name, results[index])
    return all
  }
  return values.some((value) => value instanceof Promise) ? Promise.all(values).then(complete) : complete(values)
}

function validated(name: string, definition: AttributeDefinition, value: unknown): unknown {
  const operator = operatorOf(value)
  if (operator === undefined) return apply(name, definition, value, (output) => output)
  const operand = operandOf(value)
  switch (operator) {
    case 'ifNotExists':
      return apply(name, definition, operand, ifNotExists)
    // The list's own checks are for the whole list, which is not known.
    case 'append':
      return apply(name, { ...definition, checks: [] }, operand, (output) => append(output as unknown[]))
    case 'prepend':
      return apply(name, { ...definition, checks: [] }, operand, (output) => prepend(output as unknown[]))
    case 'patch': {
      if (!isPlainObject(operand)) return value
      const { attributes, element } = definition
      const inside = attributes ?? Object.fromEntries(Object.keys(operand).flatMap((key) => (element ? [[key, element]] : [])))
      const nested = applySchemasToChanges(inside, operand)
      return nested instanceof Promise ? nested.then(patch) : patch(nested)
    }
    default:
      return value
  }
}

function apply(name: string, definition: AttributeDefinition, value: unknown, wrap: (output: unknown) => unknown): unknown {
  const applied = applySchemas({ [name]: definition }, { [name]: value }, 'partial')
  return applied instanceof Promise ? applied.then((values) => wrap(values[name])) : wrap(applied[name])
}
