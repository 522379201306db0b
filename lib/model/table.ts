// The table: its keys, its indexes and what all items in it have in common. Frozen data; creating it in DynamoDB is lib/provision.
import type { Problem } from '../errors.ts'
import type { KeyAttributeType } from '../keys/key-type.ts'
import { isPlainObject } from '../plain-object.ts'
import { objectOf, optionsOf, shown, textOf } from './options.ts'
import { Problems, suggestion } from './problems.ts'

/** A key attribute: its name (of type string), or its name and type. */
export type KeyAttributeInput = string | { readonly name: string; readonly type: 'string' | 'number' | 'binary' }

/** What an index holds besides keys: everything, nothing more, or the named attributes (names as stored in the table). */
export type ProjectionInput = 'ALL' | 'KEYS_ONLY' | readonly string[]

/** A global secondary index: keys of its own, eventually consistent. */
export interface GlobalIndexInput {
  readonly type?: 'global'
  readonly partitionKey: KeyAttributeInput
  readonly sortKey?: KeyAttributeInput
  /** Default: `ALL`. */
  readonly projection?: ProjectionInput
}

/** A local secondary index: the table's partition key with another sort key. Exists from the table's creation or never. */
export interface LocalIndexInput {
  readonly type: 'local'
  readonly sortKey: KeyAttributeInput
  readonly projection?: ProjectionInput
}

export interface TableInput {
  /** The table's name; `connect` may give another one per environment. */
  readonly name: string
  readonly partitionKey: KeyAttributeInput
  readonly sortKey?: KeyAttributeInput
  readonly indexes?: Readonly<Record<string, GlobalIndexInput | LocalIndexInput>>
  /** The attribute that holds the time of expiry, in epoch seconds. An entity takes part with an `expiresAt()` attribute. */
  readonly timeToLive?: string
  /** The attribute that holds the entity's name in each item. Default `_type`; `false` recognises items by their keys alone. */
  readonly typeAttribute?: string | false
  /** `escaped` (default): no value can look like another key. `verbatim` adopts a layout that exists: values are written as they are. */
  readonly keyEncoding?: 'escaped' | 'verbatim'
  /** What separates the segments of a key, one character. Default `#`; another one only with `keyEncoding: 'verbatim'`. */
  readonly delimiter?: string
  /**
   * The attribute that says whose an item is, in a table that several tenants share. Every entity declares it as `fromContext()`, and it
   * leads every partition key of the table and its indexes; `defineModel` refuses a model where it does not.
   */
  readonly tenant?: string
}

export interface KeyAttribute {
  readonly name: string
  readonly type: KeyAttributeType
}

export interface TableIndex {
  readonly name: string
  readonly type: 'global' | 'local'
  readonly partitionKey: KeyAttribute
  readonly sortKey?: KeyAttribute
  readonly projection: ProjectionInput
}

/** A table as `defineTable` answers it: all defaults filled in. */
export interface Table {
  readonly name: string
  readonly partitionKey: KeyAttribute
  readonly sortKey?: KeyAttribute
  readonly indexes: Readonly<Record<string, TableIndex>>
  readonly timeToLive?: string
  readonly typeAttribute: string | undefined
  readonly keyEncoding: 'escaped' | 'verbatim'
  readonly delimiter: string
  readonly tenant?: string
  /** What could not be read in the input; only there when something could not. `defineModel` reports it. */
  readonly faults?: readonly Problem[]
}

/**
 * Declares a table. Pure data: nothing is sent, and mistakes are reported together with the model's by `defineModel`.
 *
 * @example
 * const table = defineTable({
 *   name: 'shop',
 *   partitionKey: 'PK',
 *   sortKey: 'SK',
 *   indexes: {
 *     GSI1: { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' },
 *     Inverted: { partitionKey: 'SK', sortKey: 'PK' },
 *   },
 *   timeToLive: 'expiresAt',
 * })
 */
export function defineTable(input: TableInput): Table {
  const problems = new Problems()
  const names = [
    'name',
    'partitionKey',
    'sortKey',
    'indexes',
    'timeToLive',
    'typeAttribute',
    'keyEncoding',
    'delimiter',
    'tenant',
  ]
  const options = optionsOf(input, names, 'table', problems) ?? {}
  const name = textOf(options.name, 'table.name', problems) ?? ''
  const partitionKey = requiredKey(options.partitionKey, 'table.partitionKey', problems)
  const sortKey = optionalKey(options.sortKey, 'table.sortKey', problems)
  const timeToLive = textOf(options.timeToLive, 'table.timeToLive', problems)
  const tenant = textOf(options.tenant, 'table.tenant', problems)
  const table = {
    name,
    partitionKey,
    ...(sortKey !== undefined && { sortKey }),
    indexes: readIndexes(options.indexes, partitionKey, problems),
    ...(timeToLive !== undefined && { timeToLive }),
    typeAttribute:
      options.typeAttribute === false ? undefined : (textOf(options.typeAttribute, 'table.typeAttribute', problems) ?? '_type'),
    keyEncoding: oneOf(options.keyEncoding, ['escaped', 'verbatim'] as const, 'table.keyEncoding', problems),
    delimiter: textOf(options.delimiter, 'table.delimiter', problems) ?? '#',
    ...(tenant !== undefined && { tenant }),
  }
  return Object.freeze({ ...table, ...(problems.found.length > 0 && { faults: Object.freeze(problems.found) }) })
}

/** Whether a value is what `defineTable` answers. */
export function isTable(value: unknown): value is Table {
  return isPlainObject(value) && isPlainObject(value.partitionKey) && isPlainObject(value.indexes) && 'keyEncoding' in value
}

const attributeTypes = { string: 'S', number: 'N', binary: 'B' } as const
const projections = ['ALL', 'KEYS_ONLY'] as const

function readIndexes(input: unknown, tableKey: KeyAttribute, problems: Problems): Readonly<Record<string, TableIndex>> {
  // Without a prototype, so that an index may be named `constructor`.
  const indexes: Record<string, TableIndex> = Object.create(null)
  if (input === undefined) return Object.freeze(indexes)
  for (const [name, index] of Object.entries(objectOf(input, 'table.indexes', '{ name: index }', problems) ?? {})) {
    const place = `table.indexes.${name}`
    const local = typeof index === 'object' && index !== null && 'type' in index && index.type === 'local'
    const names = ['type', ...(local ? [] : ['partitionKey']), 'sortKey', 'projection']
    const options = optionsOf(index, names, place, problems)
    if (options === undefined) continue
    if (local && options.sortKey === undefined)
      problems.add('missing', `${place}.sortKey`, 'a local index needs a sort key.', "It sorts the table's partitions by it.")
    const sortKey = optionalKey(options.sortKey, `${place}.sortKey`, problems)
    indexes[name] = Object.freeze({
      name,
      type: oneOf(options.type, ['global', 'local'] as const, `${place}.type`, problems),
      partitionKey: local ? tableKey : requiredKey(options.partitionKey, `${place}.partitionKey`, problems),
      ...(sortKey !== undefined && { sortKey }),
      projection: readProjection(options.projection, `${place}.projection`, problems),
    })
  }
  return Object.freeze(indexes)
}

/** What stands in for a key that is missing, so that the rest can be checked. */
function requiredKey(input: unknown, place: string, problems: Problems): KeyAttribute {
  if (input === undefined) problems.add('missing', place, 'a partition key is needed.', "Name its attribute: partitionKey: 'PK'.")
  return optionalKey(input, place, problems) ?? Object.freeze({ name: place, type: 'S' })
}

function optionalKey(input: unknown, place: string, problems: Problems): KeyAttribute | undefined {
  if (input === undefined) return undefined
  if (typeof input === 'string') return Object.freeze({ name: input, type: 'S' })
  const options = optionsOf(input, ['name', 'type'], place, problems)
  if (options === undefined) return undefined
  if (options.name === undefined) problems.add('missing', `${place}.name`, 'a key attribute needs a name.', 'Name it.')
  const type = oneOf(options.type, ['string', 'number', 'binary'] as const, `${place}.type`, problems)
  return Object.freeze({ name: textOf(options.name, `${place}.name`, problems) ?? place, type: attributeTypes[type] })
}

function readProjection(input: unknown, place: string, problems: Problems): ProjectionInput {
  if (!Array.isArray(input)) return oneOf(input, projections, place, problems)
  const wrong = input.findIndex((name) => typeof name !== 'string' || name === '')
  if (wrong >= 0)
    problems.add(
      'bad-projection',
      place,
      `${shown(input[wrong])} is not the name of an attribute.`,
      'Name attributes as the table stores them.',
    )
  return Object.freeze(input.filter((name) => typeof name === 'string'))
}

/** The choice that was made; the first when none was. */
function oneOf<const C extends string>(input: unknown, choices: readonly [C, ...C[]], place: string, problems: Problems): C {
  const chosen = input === undefined ? choices[0] : choices.find((choice) => choice === input)
  if (chosen !== undefined) return chosen
  problems.add(
    'unknown-choice',
    place,
    `${shown(input)} is not one of the choices.`,
    suggestion(typeof input === 'string' ? input : '', choices),
  )
  return choices[0]
}
