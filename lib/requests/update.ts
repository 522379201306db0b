// An update planned: one UpdateItem that changes attributes and index keys together, or what must be read before it can be told.
import type { AttributeValue, GetItemInput, UpdateItemInput } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import type { KeyCodec } from '../keys/key-codec.ts'
import { compareKeys } from '../keys/key-order.ts'
import { logicOf } from '../model/condition.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { operatorOf } from '../model/update-value.ts'
import { compileCodec } from '../schema/codec.ts'
import { defaultValue } from '../schema/defaults.ts'
import { sameValue } from '../schema/same-value.ts'
import { applyChange } from './apply-operation.ts'
import { compileCondition } from './condition.ts'
import { allOf, type Clause, clause, ExpressionAttributes } from './expression.ts'
import { primaryKey, type StoredItem } from './index-keys.ts'
import { type IndexChanges, indexChanges, type Knowledge } from './maintenance.ts'
import { checkedKey, versionIs } from './single.ts'
import { type Change, parseChanges } from './update-changes.ts'
import { UpdateClauses } from './update-expression.ts'

export interface UpdateOptions {
  readonly if?: object
  /** Values that the caller knows the item to have; the write is conditioned on them. */
  readonly known?: Readonly<Record<string, unknown>>
  /** The version that was read; another one refuses the write. */
  readonly version?: number
  readonly upsert?: boolean
}

/** An update, checked and encoded; nothing of it depends on the stored item. */
export interface UpdatePlan {
  readonly entity: ResolvedEntity
  readonly tableName: string
  readonly key: StoredItem
  readonly changes: readonly Change[]
  readonly options: UpdateOptions
  readonly now: Date
  /** What is known of the item without reading it: its key, `known`, and the equalities in `if`. */
  readonly known: ReadonlyMap<string, AttributeValue | undefined>
}

/** What a consistent read found of the named attributes; no item when there is none. */
export interface Reading {
  readonly names: readonly string[]
  readonly item: StoredItem | undefined
}

/** An UpdateItem that is ready, with the values it relies on; or the attributes that must be read first. */
export type UpdateStep =
  | {
      readonly request: UpdateItemInput
      readonly relies: ReadonlyMap<string, AttributeValue | undefined>
      /** Whether the request is conditioned on the item's existence. */
      readonly expects: 'present' | 'absent' | 'either'
    }
  | { readonly reads: readonly string[] }

/** Checks the input of an update. Throws a `ValidationError`. */
export function planUpdate(
  entity: ResolvedEntity,
  tableName: string,
  keyInput: Readonly<Record<string, unknown>>,
  changesInput: Readonly<Record<string, unknown>>,
  options: UpdateOptions,
  now: Date,
): UpdatePlan {
  const key = primaryKey(entity, checkedKey(entity, keyInput))
  const upsert = options.upsert === true
  const changes = parseChanges(entity, changesInput, upsert)
  for (const { codec } of entity.natural) checkNaturalKey(codec, changesInput)
  if (upsert) checkUpsert(entity, changes)
  const known = new Map<string, AttributeValue | undefined>()
  for (const name of entity.keyAttributes) known.set(name, entity.codec.encodeAttribute(name, keyInput[name], ''))
  learnFromCondition(entity, options.if, known)
  for (const [name, value] of Object.entries(options.known ?? {})) {
    const attribute = entity.attributes[name]
    if (attribute === undefined)
      throw new ValidationError('unknown-attribute', `known.${name}`, `not an attribute of ${entity.name}.`)
    known.set(name, value === undefined ? undefined : compileCodec(attribute.definition).encode(value, name))
  }
  return { entity, tableName, key, changes, options, now, known }
}

/** An attribute that is itself an index key can be neither empty nor too long. */
function checkNaturalKey({ attributes: [name = ''], encode }: KeyCodec, changes: Readonly<Record<string, unknown>>): void {
  const value = changes[name]
  if (value !== undefined && operatorOf(value) === undefined) encode({ [name]: value })
}

/** An upsert may have to make the whole item, so it carries all that a create needs. */
function checkUpsert(entity: ResolvedEntity, changes: readonly Change[]): void {
  for (const { name, operator } of changes)
    if (operator === 'patch')
      throw new ValidationError('not-allowed', name, 'an upsert can not patch what a new item lacks. Set the whole map.')
  const given = new Set(changes.map(({ name }) => name))
  for (const { name, definition } of Object.values(entity.attributes)) {
    const supplied =
      definition.optional || definition.default !== undefined || entity.keyAttributes.includes(name) || given.has(name)
    const generated = ['version', 'createdAt', 'updatedAt', 'ulid', 'uuid', 'stringSet', 'numberSet', 'binarySet'].includes(
      definition.type,
    )
    if (!supplied && !generated)
      throw new ValidationError('missing', name, 'is required: an upsert carries everything that a new item needs.')
  }
}

/** An equality in `if` says what the item has when the write succeeds. */
function learnFromCondition(
  entity: ResolvedEntity,
  condition: object | undefined,
  known: Map<string, AttributeValue | undefined>,
): void {
  if (condition === undefined || logicOf(condition) !== undefined) return
  for (const [name, test] of Object.entries(condition)) {
    const attribute = entity.attributes[name]
    if (attribute?.keyType === undefined || test === undefined) continue
    if (typeof test !== 'object' || test === null || test instanceof Date || test instanceof Uint8Array)
      known.set(name, compileCodec({ ...attribute.definition, checks: [] }).encode(test, name))
    else if (test.exists === false) known.set(name, undefined)
    else if (test.eq !== undefined) known.set(name, compileCodec({ ...attribute.definition, checks: [] }).encode(test.eq, name))
  }
}

/** The next step of an update: without a reading at first, and with what was read when the first step asked for it. */
export function updateStep(plan: UpdatePlan, read?: Reading): UpdateStep {
  const { entity, changes, options, now } = plan
  const upsert = options.upsert === true
  const before = knowledgeBefore(plan, read)
  const all = [...(upsert ? withDefaults(entity, changes, now) : changes), ...automaticChanges(entity, now)]
  const byName = new Map(all.map((change) => [change.name, change]))
  // An upsert may make the item, so every attribute counts as changed.
  const changed = new Set(upsert ? Object.keys(entity.attributes) : byName.keys())
  const after = (name: string) => knowledgeAfter(byName.get(name), before(name))
  // A sum out of range is refused by its own condition; its index keys could not even be written.
  const refused = all.some((change) => leavesRange(change, before(change.name)))
  const { set, remove, needs } = refused ? noIndexChanges : indexChanges(entity, { before, after, changed })
  if (needs.size > 0) return { reads: [...needs] }
  const attributes = new ExpressionAttributes()
  const clauses = new UpdateClauses(attributes)
  for (const change of all) writeChange(entity, change, before(change.name), clauses)
  if (upsert) writeIdentity(plan, clauses)
  for (const [attribute, value] of Object.entries(set)) clauses.set(attribute, value)
  for (const attribute of remove) clauses.remove(attribute)
  const relies = reliedOn(plan, read)
  const expects = expectation(plan, read)
  const expression = clauses.expression()
  const condition = allOf([
    expects === 'either'
      ? undefined
      : clause(
          `${expects === 'present' ? 'attribute_exists' : 'attribute_not_exists'}(${attributes.name(entity.key.partition.attribute)})`,
        ),
    options.if === undefined ? undefined : compileCondition(entity, options.if, attributes),
    versionIs(entity, options.version, attributes),
    ...[...relies].map(([name, value]) => unchanged(storedName(entity, name), value, attributes)),
    ...clauses.conditions,
  ])
  return {
    relies,
    expects,
    request: {
      TableName: plan.tableName,
      Key: plan.key,
      ...(expression !== undefined && { UpdateExpression: expression }),
      ...(condition !== undefined && { ConditionExpression: condition.text, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      ...attributes.params(),
      ReturnValues: 'ALL_NEW',
    },
  }
}

/** The consistent read that a step asks for: only those attributes, and the key to tell an item without them from none. */
export function updateRead(plan: UpdatePlan, reads: readonly string[]): GetItemInput {
  const attributes = new ExpressionAttributes()
  const stored = new Set([...Object.keys(plan.key), ...reads.map((name) => storedName(plan.entity, name))])
  return {
    TableName: plan.tableName,
    Key: plan.key,
    ConsistentRead: true,
    ProjectionExpression: [...stored].map((name) => attributes.name(name)).join(', '),
    ...attributes.params(),
  }
}

/** Whether an item still has all values that a step relied on. */
export function stillHolds(
  { entity }: UpdatePlan,
  relies: ReadonlyMap<string, AttributeValue | undefined>,
  item: StoredItem,
): boolean {
  return [...relies].every(([name, value]) => {
    const now = item[storedName(entity, name)]
    return value === undefined || now === undefined ? value === now : sameValue(value, now)
  })
}

function storedName(entity: ResolvedEntity, name: string): string {
  return entity.attributes[name]?.stored ?? name
}

function knowledgeBefore({ entity, known }: UpdatePlan, read: Reading | undefined): (name: string) => Knowledge {
  return (name) => {
    if (read?.names.includes(name)) return { known: true, stored: read.item?.[storedName(entity, name)] }
    if (known.has(name)) return { known: true, stored: known.get(name) }
    return read !== undefined && read.item === undefined ? { known: true, stored: undefined } : { known: false }
  }
}

function knowledgeAfter(change: Change | undefined, before: Knowledge): Knowledge {
  if (change === undefined) return before
  if (change.operator === 'set') return { known: true, stored: change.value }
  if (change.operator === 'remove') return { known: true, stored: undefined }
  return before.known ? { known: true, stored: applyChange(change, before.stored) } : { known: false }
}

const noIndexChanges: IndexChanges = Object.freeze({ set: {}, remove: [], needs: new Set<string>() })

/** What every update does by itself: time and version. */
function automaticChanges(entity: ResolvedEntity, now: Date): Change[] {
  const changes: Change[] = []
  const add = (name: string, operator: 'set' | 'add', value: AttributeValue | undefined) => {
    const attribute = entity.attributes[name]
    if (attribute !== undefined && value !== undefined)
      changes.push({ name, stored: attribute.stored, definition: attribute.definition, operator, value })
  }
  for (const name of entity.updatedAt) add(name, 'set', entity.codec.encodeAttribute(name, now, ''))
  if (entity.version !== undefined) add(entity.version, 'add', { N: '1' })
  return changes
}

function leavesRange(change: Change, before: Knowledge): boolean {
  const { min, max } = change.definition
  if (change.operator !== 'add' || !before.known || (min === undefined && max === undefined)) return false
  const sum = applyChange(change, before.stored)?.N ?? '0'
  return (
    (min !== undefined && compareKeys('N', sum, String(min)) < 0) || (max !== undefined && compareKeys('N', sum, String(max)) > 0)
  )
}

/** An upsert's changes, with defaults for what a new item would lack. What exists keeps its value, and read-only attributes theirs. */
function withDefaults(entity: ResolvedEntity, changes: readonly Change[], now: Date): Change[] {
  const all = changes.map(
    (change): Change =>
      change.definition.readOnly && change.operator === 'set' ? { ...change, operator: 'ifNotExists' } : change,
  )
  const given = new Set(changes.map(({ name }) => name))
  for (const { name, stored, definition } of Object.values(entity.attributes)) {
    if (
      given.has(name) ||
      entity.keyAttributes.includes(name) ||
      definition.type === 'version' ||
      definition.type === 'updatedAt'
    )
      continue
    const value = definition.type === 'createdAt' ? now : defaultValue(definition, now)
    const encoded = value === undefined ? undefined : entity.codec.encodeAttribute(name, value, '')
    if (encoded !== undefined) all.push({ name, stored, definition, operator: 'ifNotExists', value: encoded })
  }
  return all
}

/** Where the value before is known, what an index depends on is written as a result, so that key and attribute can't differ. */
function writeChange(entity: ResolvedEntity, change: Change, before: Knowledge, clauses: UpdateClauses): void {
  const depends = Object.values(entity.indexes).some(({ dependencies }) => dependencies.has(change.name))
  const computable = change.operator === 'add' || change.operator === 'ifNotExists'
  const result =
    depends && computable && before.known && !leavesRange(change, before) ? applyChange(change, before.stored) : undefined
  if (result === undefined) clauses.change(change)
  else clauses.set(change.stored, result)
}

/** What identifies a new item: its key's attributes and the entity's name. */
function writeIdentity({ entity, known }: UpdatePlan, clauses: UpdateClauses): void {
  for (const name of entity.keyAttributes) {
    const [stored, value] = [storedName(entity, name), known.get(name)]
    const isKey = stored === entity.key.partition.attribute || stored === entity.key.sort?.attribute
    if (value !== undefined && !isKey) clauses.set(stored, value)
  }
  const { typeAttribute } = entity.table
  if (typeAttribute !== undefined) clauses.set(typeAttribute, { S: entity.name })
}

/** The values that the request is conditioned on: all that were read or given as known. */
function reliedOn(plan: UpdatePlan, read: Reading | undefined): Map<string, AttributeValue | undefined> {
  const { entity, options, known } = plan
  const relies = new Map<string, AttributeValue | undefined>()
  for (const name of Object.keys(options.known ?? {})) if (!entity.keyAttributes.includes(name)) relies.set(name, known.get(name))
  if (read?.item !== undefined) for (const name of read.names) relies.set(name, read.item[storedName(entity, name)])
  return relies
}

function unchanged(stored: string, value: AttributeValue | undefined, attributes: ExpressionAttributes): Clause {
  const name = attributes.name(stored)
  return clause(value === undefined ? `attribute_not_exists(${name})` : `${name} = ${attributes.value(value, stored)}`)
}

/** An update needs its item; an upsert that has read goes by what it found. */
function expectation({ options }: UpdatePlan, read: Reading | undefined): 'present' | 'absent' | 'either' {
  if (options.upsert !== true) return 'present'
  if (read === undefined) return 'either'
  return read.item === undefined ? 'absent' : 'present'
}
