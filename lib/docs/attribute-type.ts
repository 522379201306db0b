// An attribute's type in words, `string, 1 to 80 characters`, and what DynamoDB calls what is stored.
import type { AttributeDefinition, AttributeTypeName } from '../schema/attribute.ts'

/** The type with its bounds, in words; a pattern is not words. */
export function typeText(definition: AttributeDefinition): string {
  return [typeName(definition), ...bounds({ ...definition, pattern: undefined })].join(', ')
}

function typeName({ type, values = [], element, attributes, alternatives = [], integer, schema }: AttributeDefinition): string {
  switch (type) {
    case 'number':
      return integer === true ? 'whole number' : 'number'
    case 'oneOf':
      return `one of ${values.join(', ')}`
    case 'literal':
      return `always ${values.join()}`
    case 'list':
    case 'record':
      return element === undefined ? type : `${type} of ${elementText(element)}`
    case 'map':
      return attributes === undefined ? 'map' : `map of ${Object.keys(attributes).join(', ')}`
    case 'union':
      return alternatives.map(alternativeText).join(' or ')
    case 'stringSet':
      return 'set of strings'
    case 'numberSet':
      return 'set of numbers'
    case 'binarySet':
      return 'set of binaries'
    case 'createdAt':
    case 'updatedAt':
      return `datetime of ${type === 'createdAt' ? 'creation' : 'the last write'}`
    case 'expiresAt':
      return 'datetime of expiry'
    case 'version':
      return 'number of writes'
    case 'fromContext':
      return 'string'
    case 'json':
      return 'JSON'
    case 'schema':
      return `what its schema ${schema === undefined ? '' : `(${schema['~standard'].vendor}) `}accepts`
    default:
      return type
  }
}

/** Bounds of an element are its own, so they are kept apart from those of the whole. */
function elementText(element: AttributeDefinition): string {
  const own = bounds(element)
  return own.length === 0 ? typeName(element) : `${typeName(element)} (${own.join(', ')})`
}

function alternativeText(alternative: AttributeDefinition): string {
  if (alternative.type !== 'map') return elementText(alternative)
  const parts = Object.entries(alternative.attributes ?? {}).map(
    ([name, one]) => `${name}${one.optional ? '?' : ''}: ${one.type === 'literal' ? one.values?.join() : elementText(one)}`,
  )
  return `{ ${parts.join('; ')} }`
}

/** What bounds are made of. */
interface Bounded {
  readonly type: AttributeTypeName
  readonly min?: Bound
  readonly max?: Bound
  readonly pattern?: RegExp | undefined
}

function bounds({ type, min, max, pattern }: Bounded): string[] {
  const unit = units[type]
  const counted = type !== 'version' && (min !== undefined || max !== undefined)
  return [...(counted ? [rangeText(min, max, unit)] : []), ...(pattern !== undefined ? [`matching ${String(pattern)}`] : [])]
}

const units: Readonly<Partial<Record<AttributeTypeName, string>>> = Object.freeze({
  string: 'character',
  binary: 'byte',
  list: 'element',
  stringSet: 'element',
  numberSet: 'element',
  binarySet: 'element',
})

type Bound = AttributeDefinition['min']

function rangeText(min: Bound, max: Bound, unit: string | undefined): string {
  const last = max ?? min
  const counted = unit === undefined ? '' : ` ${unit}${String(last) === '1' ? '' : 's'}`
  if (min === undefined) return unit === undefined ? `at most ${grouped(max)}` : `up to ${grouped(max)}${counted}`
  if (max === undefined) return `at least ${grouped(min)}${counted}`
  return min === max ? `${grouped(min)}${counted}` : `${grouped(min)} to ${grouped(max)}${counted}`
}

/** Whole numbers with commas, everything else as it is. */
function grouped(bound: Bound): string {
  const text = String(bound)
  return /^-?\d+$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, ',') : text
}

const storedTypes: Readonly<Record<AttributeTypeName, string>> = Object.freeze({
  string: 'S',
  number: 'N',
  boolean: 'BOOL',
  binary: 'B',
  ulid: 'S',
  uuid: 'S',
  datetime: 'S',
  oneOf: 'S',
  literal: 'S',
  list: 'L',
  map: 'M',
  record: 'M',
  stringSet: 'SS',
  numberSet: 'NS',
  binarySet: 'BS',
  json: 'S',
  bigint: 'N',
  decimal: 'N',
  any: 'any',
  union: 'any',
  version: 'N',
  createdAt: 'S',
  updatedAt: 'S',
  expiresAt: 'N',
  fromContext: 'S',
  schema: 'any',
})

/** DynamoDB's type of what is stored: `S`, `N`, `M` …; several for a union, `any` when the value decides. */
export function storedTypeOf({ type, values = [], alternatives = [] }: AttributeDefinition): string {
  if (type === 'union') return [...new Set(alternatives.map(storedTypeOf))].join(' or ')
  if (type !== 'oneOf' && type !== 'literal') return storedTypes[type]
  const [value] = values
  return typeof value === 'number' ? 'N' : typeof value === 'boolean' ? 'BOOL' : 'S'
}
