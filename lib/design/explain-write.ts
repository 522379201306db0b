// One write of a transaction as its plan has it: what it demands, what it changes, the guards and copies that go with it, and what it costs.
import { logicOf } from '../model/condition.ts'
import type { PlannedWrite } from '../model/planned-write.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { operandOf, operatorOf } from '../model/update-value.ts'
import { isPlainObject } from '../plain-object.ts'
import { withDefaults } from '../schema/defaults.ts'
import { conditionText } from './condition-text.ts'
import { exampleBytes } from './example-item.ts'
import type { OperationPlan } from './transaction-plan.ts'

/** The size in which DynamoDB counts writes. */
const unitBytes = 1024
/** What a write costs in a transaction: once to prepare, once to commit. */
const transactionFactor = 2

type Values = Readonly<Record<string, unknown>>

/** A write with its arguments told apart. What an operation does not take is empty. */
interface Write {
  readonly kind: PlannedWrite['kind']
  readonly entity: ResolvedEntity
  /** The whole item of a create or put. */
  readonly input: Values
  readonly key: Values
  readonly newKey: Values
  readonly changes: Values
  readonly options: Values
  readonly condition: unknown
}

/** Explains a planned write. `now` is when its defaults are told. */
export function explainWrite({ kind, arguments: given }: PlannedWrite, entity: ResolvedEntity, now: Date): OperationPlan {
  const write = writeOf(kind, given, entity)
  const guards = entity.unique
    .map(({ constraint, attributes }) => ({ name: constraint, units: 1, actions: companionActions(write, attributes) }))
    .filter(({ actions }) => actions > 0)
  const copies = entity.copies
    .map((copy) => ({ name: copy.name, units: Math.ceil(exampleBytes(copy) / unitBytes), actions: copyActions(write, copy) }))
    .filter(({ actions }) => actions > 0)
  const along = [...guards, ...copies]
  // A move deletes one item and puts another.
  const items = kind === 'move' ? 2 : 1
  return {
    kind,
    entity: entity.name,
    key: keyText(entity),
    conditions: conditionsOf(write),
    changes: Object.keys(write.changes),
    guards: guards.map(({ name }) => name),
    copies: copies.map(({ name }) => name),
    actions: along.reduce((sum, { actions }) => sum + actions, items),
    writeUnits:
      along.reduce((sum, { actions, units }) => sum + actions * units, items * Math.ceil(itemBytes(write, now) / unitBytes)) *
      transactionFactor,
  }
}

function writeOf(kind: Write['kind'], given: readonly unknown[], entity: ResolvedEntity): Write {
  const at = (position: number): Values => {
    const value = given[position]
    return isPlainObject(value) ? Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) : {}
  }
  const none = { kind, entity, input: {}, key: {}, newKey: {}, changes: {}, options: {}, condition: undefined }
  const optional = (options: Values) => ({ options, condition: options.if })
  switch (kind) {
    case 'create':
    case 'put':
      return { ...none, input: at(0), ...optional(at(1)) }
    case 'update':
      return { ...none, key: at(0), changes: at(1), ...optional(at(2)) }
    case 'move':
      return { ...none, key: at(0), newKey: at(1), changes: at(2), ...optional(at(3)) }
    case 'delete':
      return { ...none, key: at(0), ...optional(at(1)) }
    case 'conditionCheck':
      return { ...none, key: at(0), condition: given[1] }
  }
}

function keyText({ key: { partition, sort } }: ResolvedEntity): string {
  return [partition, sort]
    .flatMap((part) => (part === undefined ? [] : [`${part.attribute} = ${part.codec.template.text}`]))
    .join(' AND ')
}

/** What the operation demands by itself, and what the caller does. */
function conditionsOf(write: Write): string[] {
  const { condition, options } = write
  const demands = [...existence(write), ...versionDemand(write), ...sums(write), ...knowledge(options.known)]
  if (!isPlainObject(condition)) return demands
  const text = conditionText(condition)
  return [...demands, ...(text === '' ? [] : [logicOf(condition) === 'or' && demands.length > 0 ? `(${text})` : text])]
}

function existence({ kind, entity, options }: Write): string[] {
  const absent = entity.expiresAt === undefined ? 'does not exist' : 'does not exist or has expired'
  if (kind === 'create') return [`the item ${absent}`]
  if (kind === 'update') return options.upsert === true ? [] : ['the item exists']
  return kind === 'move' ? ['the item exists', `that under the new key ${absent}`] : []
}

/** A put has the version among its input, and without one makes a new item. */
function versionDemand({ kind, entity: { version: name }, input, options }: Write): string[] {
  if (name === undefined) return []
  const version = kind === 'put' ? input[name] : options.version
  if (typeof version === 'number') return [`${name} = ${version}`]
  return kind === 'put' ? ['the item does not exist'] : []
}

/** A sum is kept within what its attribute declares. */
function sums({ changes, entity }: Write): string[] {
  return Object.entries(changes).flatMap(([name, change]) => {
    const { min, max } = entity.attributes[name]?.definition ?? {}
    if (operatorOf(change) !== 'add' || (min === undefined && max === undefined)) return []
    const bound = String(operandOf(change)).startsWith('-') ? min : max
    if (bound === undefined) return []
    return [`${name} stays ${bound === min ? 'at least' : 'at most'} ${bound}`]
  })
}

function knowledge(known: unknown): string[] {
  if (!isPlainObject(known)) return []
  return Object.entries(known).map(([name, value]) => conditionText({ [name]: value === undefined ? { exists: false } : value }))
}

/** The most actions that a guard or copy with a key of these attributes can take: two where one key is given up for another. */
function companionActions(write: Write, attributes: readonly string[]): number {
  const { kind, entity, input, changes } = write
  switch (kind) {
    case 'conditionCheck':
      return 0
    case 'delete':
      return 1
    case 'create':
      return isComplete(attributes, input, entity) ? 1 : 0
    case 'put': {
      const isNew = entity.version !== undefined && input[entity.version] === undefined
      return (isComplete(attributes, input, entity) ? 1 : 0) + (isNew ? 0 : 1)
    }
    case 'move': {
      // The guard of a value that stays goes to the new key.
      if (attributes.some((name) => operatorOf(changes[name]) === 'remove')) return 1
      return attributes.some((name) => changes[name] !== undefined || isMoved(write, name)) ? 2 : 1
    }
    case 'update':
      return updatedCompanions(write, attributes)
  }
}

function isMoved({ key, newKey, entity }: Write, name: string): boolean {
  return entity.keyAttributes.includes(name) && String(key[name]) !== String(newKey[name])
}

function updatedCompanions({ entity, key, changes, options }: Write, attributes: readonly string[]): number {
  const changed = attributes.flatMap((name) => (changes[name] === undefined ? [] : [operatorOf(changes[name])]))
  if (changed.length > 0) return changed.every((operator) => operator === 'remove' || operator === 'ifNotExists') ? 1 : 2
  // They expire with their owner; and an upsert may make the item, with its guards and copies.
  if (entity.expiresAt !== undefined && changes[entity.expiresAt] !== undefined) return 1
  return options.upsert === true && isComplete(attributes, key, entity) ? 1 : 0
}

/** A copy is written too when it keeps its key and gets other content; version and time change with each update. */
function copyActions(write: Write, copy: ResolvedEntity): number {
  const actions = companionActions(write, copy.keyAttributes)
  if (actions > 0 || write.kind !== 'update') return actions
  const { entity, changes } = write
  const changing = [...Object.keys(changes), ...entity.updatedAt, ...(entity.version === undefined ? [] : [entity.version])]
  return changing.some((name) => name in copy.attributes) ? 1 : 0
}

/** Whether a new item made of this, and of what comes from the connection, has all attributes of the key of its guard or copy. */
function isComplete(attributes: readonly string[], given: Values, entity: ResolvedEntity): boolean {
  const supplied = [...entity.generated, ...entity.context]
  return attributes.every(
    (name) => given[name] !== undefined || supplied.includes(name) || entity.definitions[name]?.default !== undefined,
  )
}

/** The size of the item that a create or put writes; of others the entity's example tells. */
function itemBytes({ kind, input, entity }: Write, now: Date): number {
  return kind === 'create' || kind === 'put'
    ? exampleBytes(entity, withDefaults(entity.definitions, input, now))
    : exampleBytes(entity)
}
