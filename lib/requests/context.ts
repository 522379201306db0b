// Inputs completed with what comes from the connection, which no input may give.
import { ValidationError } from '../errors.ts'
import { compileKeyValue } from '../keys/value-codec.ts'
import { suggestion } from '../model/problems.ts'
import type { ResolvedEntity, ResolvedModel } from '../model/resolved.ts'
import { isPlainObject, ownValue, setOwn } from '../plain-object.ts'
import { wrongType } from '../schema/misfit.ts'

/** The values of the attributes that come from a connection, by name. */
export type Context = Readonly<Record<string, string>>

type Values = Readonly<Record<string, unknown>>

/** The context of a connection, checked: a text for each attribute that entities of the model take from it, and nothing else. */
export function checkedContext({ entities, table }: ResolvedModel, given: unknown = {}): Context {
  const names = [...new Set(Object.values(entities).flatMap(({ context }) => context))]
  if (!isPlainObject(given)) throw wrongType('context', `an object with ${names.join(', ') || 'nothing'}`, given)
  for (const name of Object.keys(given))
    if (!names.includes(name))
      throw new ValidationError(
        'unknown-attribute',
        `context.${name}`,
        `no entity of the model takes it from the connection. ${suggestion(name, names)}`,
      )
  const { keyEncoding: encoding, delimiter } = table
  const text = compileKeyValue({ kind: 'text' }, { descending: false, encoding, delimiter })
  const context: Record<string, string> = {}
  for (const name of names) {
    const value = ownValue(given, name)
    if (value === undefined)
      throw new ValidationError('missing', `context.${name}`, 'entities of the model take it from the connection.')
    // What can't stand in a key is refused now, and not by each request.
    text.encode(value, `context.${name}`)
    setOwn(context, name, value)
  }
  return Object.freeze(context)
}

/** An input for an entity, with what the entity takes from the connection. */
export function withContext(entity: Pick<ResolvedEntity, 'context'>, context: Context, input: Values): Values {
  const { context: names } = entity
  // What is no input at all is refused where its shape is known.
  if (names.length === 0 || !isPlainObject(input)) return input
  const whole = { ...input }
  for (const name of names) {
    if (ownValue(input, name) !== undefined) throw fromConnection(name)
    setOwn(whole, name, ownValue(context, name))
  }
  return whole
}

/** The refusal of an attribute that is given where it comes from the connection. */
export function fromConnection(name: string): ValidationError {
  return new ValidationError(
    'not-allowed',
    name,
    'comes from the connection. Leave it out; with() gives a connection for another one.',
  )
}

/** The values that callers know: all but those from the connection. */
export function withoutContext({ context }: ResolvedEntity, values: Values): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !context.includes(name)))
}

/** The attributes of the primary key that are given: all but those from the connection. */
export function givenKey({ keyAttributes, context }: ResolvedEntity, values: Values): Record<string, unknown> {
  const names = keyAttributes.filter((name) => !context.includes(name))
  return Object.fromEntries(names.map((name) => [name, ownValue(values, name)]))
}

/** Whether two contexts are the same. */
export function sameContext(a: Context, b: Context): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => ownValue(a, name) === ownValue(b, name))
}
