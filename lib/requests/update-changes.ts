// The input of an update, checked and encoded: what happens to each attribute.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import { suggestion } from '../model/problems.ts'
import type { ResolvedAttribute, ResolvedEntity } from '../model/resolved.ts'
import { operandOf, operatorOf, type UpdateOperator } from '../model/update-value.ts'
import { isPlainObject } from '../plain-object.ts'
import type { AttributeDefinition } from '../schema/attribute.ts'
import { compileCodec } from '../schema/codec.ts'
import { withNestedDefaults } from '../schema/defaults.ts'
import { wrongType } from '../schema/misfit.ts'
import { fromConnection } from './context.ts'

/** What happens to one attribute, or by `patch` to the attributes of a map. */
export interface Change {
  readonly name: string
  /** Its name in the table; of a nested attribute, its name in the map. */
  readonly stored: string
  readonly definition: AttributeDefinition
  readonly operator: 'set' | UpdateOperator
  /** The value or operand; absent for `remove` and `patch`. */
  readonly value?: AttributeValue
  readonly nested?: readonly Change[]
}

const numeric: readonly string[] = ['number', 'bigint', 'decimal']
const sets: readonly string[] = ['stringSet', 'numberSet', 'binarySet']
/** The types that each operation works on; those not named work on all. */
const operandTypes: Readonly<Partial<Record<UpdateOperator, readonly string[]>>> = {
  add: numeric,
  append: ['list'],
  prepend: ['list'],
  addToSet: sets,
  removeFromSet: sets,
  patch: ['map', 'record'],
}

/** What is changed: an attribute of the entity, or one inside a map. */
interface Target {
  readonly name: string
  readonly stored: string
  readonly definition: AttributeDefinition
  readonly path: string
  /** Encodes a whole value of it. */
  readonly encode: (value: unknown, path: string) => AttributeValue | undefined
}

/** Checks and encodes the changes of an update; `undefined` leaves an attribute as it is. */
export function parseChanges(
  entity: ResolvedEntity,
  changes: Readonly<Record<string, unknown>>,
  upsert: boolean,
  now: Date,
): Change[] {
  if (!isPlainObject(changes)) throw wrongType('', `an object with the changes to the ${entity.name}`, changes)
  const parsed: Change[] = []
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) continue
    const attribute = entity.attributes[name]
    if (attribute === undefined)
      throw new ValidationError(
        'unknown-attribute',
        name,
        `not an attribute of ${entity.name}. ${suggestion(name, Object.keys(entity.attributes))}`,
      )
    checkChangeable(entity, attribute, upsert)
    const { stored, definition } = attribute
    const encode = (whole: unknown) => entity.codec.encodeAttribute(name, whole, '')
    const change = parseChange({ name, stored, definition, path: name, encode }, value, now)
    if (change !== undefined) parsed.push(change)
  }
  return parsed
}

function checkChangeable(entity: ResolvedEntity, { name, definition }: ResolvedAttribute, upsert: boolean): void {
  const refuse = (message: string) => new ValidationError('not-allowed', name, message)
  if (entity.context.includes(name)) throw fromConnection(name)
  if (entity.keyAttributes.includes(name))
    throw refuse('is part of the primary key, which can not be updated. Use move() to give the item another key.')
  if (definition.type === 'version')
    throw refuse('is counted by every write. Give the version you have read as an option: { version }.')
  if (definition.type === 'createdAt' || definition.type === 'updatedAt') throw refuse('is written by Singlet itself.')
  if (definition.readOnly && !upsert) throw refuse('is read-only: it is set on create and stays.')
}

function parseChange({ name, stored, definition, path, encode }: Target, value: unknown, now: Date): Change | undefined {
  const operator = operatorOf(value)
  const change = (operator: Change['operator'], encoded?: AttributeValue): Change => ({
    name,
    stored,
    definition,
    operator,
    ...(encoded !== undefined && { value: encoded }),
  })
  if (operator === undefined) {
    const encoded = encode(withNestedDefaults(definition, value, now), path)
    return encoded === undefined ? change('remove') : change('set', encoded)
  }
  const types = operandTypes[operator]
  if (types !== undefined && !types.includes(definition.type))
    throw new ValidationError('wrong-type', path, `${operator}() works on ${types.join(', ')}, and this is a ${definition.type}.`)
  const operand = operandOf(value)
  switch (operator) {
    case 'remove':
      if (!definition.optional)
        throw new ValidationError('not-allowed', path, 'is required, so it can not be removed. Make it optional().')
      return change('remove')
    case 'patch':
      return { ...change('patch'), nested: parsePatch(definition, operand, path, now) }
    case 'ifNotExists': {
      const encoded = encode(withNestedDefaults(definition, operand, now), path)
      return encoded === undefined ? undefined : change('ifNotExists', encoded)
    }
    default: {
      // Bounds and checks are those of the whole value, not of what is added to it or taken from it.
      const part = compileCodec({ ...definition, min: undefined, max: undefined, checks: [] })
      const encoded = part.encode(withNestedDefaults(definition, operand, now), path)
      const nothing = encoded === undefined || encoded.L?.length === 0
      return nothing ? undefined : change(operator, encoded)
    }
  }
}

function parsePatch(definition: AttributeDefinition, operand: unknown, path: string, now: Date): Change[] {
  if (!isPlainObject(operand)) throw wrongType(path, 'an object in patch()', operand)
  const nested: Change[] = []
  for (const [name, value] of Object.entries(operand)) {
    if (value === undefined) continue
    const own =
      definition.attributes !== undefined && Object.hasOwn(definition.attributes, name) ? definition.attributes[name] : undefined
    // Entries of a record come and go.
    const element =
      own ??
      (definition.type === 'record' && definition.element !== undefined ? { ...definition.element, optional: true } : undefined)
    const at = `${path}.${name}`
    if (element === undefined)
      throw new ValidationError(
        'unknown-attribute',
        at,
        `not an attribute. ${suggestion(name, Object.keys(definition.attributes ?? {}))}`,
      )
    const operator = operatorOf(value)
    if (operator === 'addToSet' || operator === 'removeFromSet')
      throw new ValidationError('not-allowed', at, `DynamoDB has no ${operator} inside a map. Set the whole set.`)
    const encode = (whole: unknown, where: string) => compileCodec(element).encode(whole, where)
    const change = parseChange({ name, stored: element.storedAs ?? name, definition: element, path: at, encode }, value, now)
    if (change !== undefined) nested.push(change)
  }
  return nested
}
