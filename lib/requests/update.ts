// An update planned: one UpdateItem that changes attributes and index keys together, or what must be read before it can be told.
import type { AttributeValue, GetItemInput, UpdateItemInput } from '@aws-sdk/client-dynamodb'
import { ValidationError } from '../errors.ts'
import type { KeyCodec } from '../keys/key-codec.ts'
import { logicOf } from '../model/condition.ts'
import { suggestion } from '../model/problems.ts'
import type { ResolvedEntity } from '../model/resolved.ts'
import { operandOf, operatorOf } from '../model/update-value.ts'
import { isPlainObject } from '../plain-object.ts'
import { applyChange } from './apply-operation.ts'
import { type CompanionChange, type UpdateCompanions, updateCompanions } from './companion-items.ts'
import { compileCondition, encodeEqual } from './condition.ts'
import { allOf, type Clause, clause, ExpressionAttributes, negated } from './expression.ts'
import { fitted } from './expression-limit.ts'
import { existence, type Reading, sameOrAbsent, storedName, unchanged } from './found.ts'
import { primaryKey, type StoredItem } from './index-keys.ts'
import { type IndexChanges, indexChanges, type Knowledge } from './maintenance.ts'
import { checkedKey, versionIs } from './single.ts'
import { leavesRange } from './sum-bounds.ts'
import { type Change, parseChanges } from './update-changes.ts'
import { UpdateClauses } from './update-expression.ts'
import { changesWhatItRequires, isOutOfRange, knowledgeAfter } from './update-knowledge.ts'
import { checkUpsert, identity, upsertChanges } from './upsert.ts'

export interface UpdateOptions {
  readonly if?: object
  /** Values that the caller knows the item to have; the write is conditioned on them. */
  readonly known?: Readonly<Record<string, unknown>>
  /** The version that was read; another one refuses the write. */
  readonly version?: number
  readonly upsert?: boolean
  /** It may be sent again after a lost answer though it may then be done twice. */
  readonly mayRepeat?: boolean
}

/** An update, checked and encoded; nothing of it depends on the stored item. */
export interface UpdatePlan {
  readonly entity: ResolvedEntity
  readonly tableName: string
  readonly key: StoredItem
  /** All that is to happen: what the caller asks for, an upsert's defaults, time and version. */
  readonly changes: readonly Change[]
  readonly options: UpdateOptions
  /** What is known of the item without reading it: its key, `known`, and the equalities in `if`. */
  readonly known: ReadonlyMap<string, AttributeValue | undefined>
  /** The values given as `known`; the write is conditioned on them. */
  readonly given: ReadonlyMap<string, AttributeValue | undefined>
  readonly now: Date
  /** Chooses random shards: from 0 up to and without 1. */
  readonly chance: number
}

/** An UpdateItem that is ready; or the attributes that must be read first. */
export type UpdateStep = ReadyUpdate | UpdateReads

export interface UpdateReads {
  readonly reads: readonly string[]
  /** Guards of unique values or copies depend on what is read. */
  readonly accompanied: boolean
}

export interface ReadyUpdate {
  readonly request: UpdateItemInput
  /** What was read and relied on; the request is conditioned on its being the same still. */
  readonly read: ReadonlyMap<string, AttributeValue | undefined>
  /** Whether the request is conditioned on the item's existence. */
  readonly expects: 'present' | 'absent' | 'either'
  /** The guards of unique values and the copies to be written with it. */
  readonly companions: readonly CompanionChange[]
  /** Once it is done its own condition does not hold any more, so that it cannot be done twice. */
  readonly once: boolean
}

/** Checks the input of an update. Throws a `ValidationError`. */
export function planUpdate(
  entity: ResolvedEntity,
  tableName: string,
  keyInput: Readonly<Record<string, unknown>>,
  changesInput: Readonly<Record<string, unknown>>,
  options: UpdateOptions,
  now: Date,
  chance: number,
): UpdatePlan {
  const key = primaryKey(entity, checkedKey(entity, keyInput))
  const upsert = options.upsert === true
  const changes = parseChanges(entity, changesInput, upsert, now)
  for (const { codec } of entity.natural) checkNaturalKey(codec, changesInput)
  if (upsert) checkUpsert(entity, changes)
  const keyValues = new Map(entity.keyAttributes.map((name) => [name, entity.codec.encodeAttribute(name, keyInput[name], '')]))
  const given = givenValues(entity, options.known ?? {}, keyValues)
  return {
    entity,
    tableName,
    key,
    changes: [...(upsert ? upsertChanges(entity, changes, now) : changes), ...automaticChanges(entity, now)],
    options,
    known: new Map([...valuesInCondition(entity, options.if), ...given, ...keyValues]),
    given,
    now,
    chance,
  }
}

/** An attribute that is itself an index key can be neither empty nor too long. */
function checkNaturalKey({ attributes: [name = ''], encode }: KeyCodec, changes: Readonly<Record<string, unknown>>): void {
  const value = changes[name]
  const operator = operatorOf(value)
  if (value !== undefined && operator === undefined) encode({ [name]: value })
  else if (operator === 'ifNotExists') encode({ [name]: operandOf(value) })
}

/** The values given as `known`, encoded. The primary key's are known anyway, and must not say otherwise. */
function givenValues(
  entity: ResolvedEntity,
  known: Readonly<Record<string, unknown>>,
  keyValues: ReadonlyMap<string, AttributeValue | undefined>,
): Map<string, AttributeValue | undefined> {
  const given = new Map<string, AttributeValue | undefined>()
  for (const [name, value] of Object.entries(known)) {
    const attribute = entity.attributes[name]
    if (attribute === undefined)
      throw new ValidationError(
        'unknown-attribute',
        `known.${name}`,
        `not an attribute of ${entity.name}. ${suggestion(name, Object.keys(entity.attributes))}`,
      )
    // An optional attribute may be known to be absent; of a required one nothing is said.
    if (value === undefined && !attribute.definition.optional) continue
    const encoded = value === undefined ? undefined : entity.codec.encodeAttribute(name, value, 'known')
    if (!keyValues.has(name)) given.set(name, encoded)
    else if (!sameOrAbsent(encoded, keyValues.get(name)))
      throw new ValidationError(
        'not-allowed',
        `known.${name}`,
        'is part of the primary key, and the key given has another value.',
      )
  }
  return given
}

/** An equality in `if` says what the item has when the write succeeds. */
function valuesInCondition(entity: ResolvedEntity, condition: object | undefined): Map<string, AttributeValue | undefined> {
  const values = new Map<string, AttributeValue | undefined>()
  if (!isPlainObject(condition) || logicOf(condition) !== undefined) return values
  for (const [name, test] of Object.entries(condition)) {
    const attribute = entity.attributes[name]
    if (attribute?.keyType === undefined || test === undefined || Array.isArray(test)) continue
    if (!isPlainObject(test)) values.set(name, encodeEqual(attribute, test))
    else if (test.exists === false) values.set(name, undefined)
    else if (test.eq !== undefined) values.set(name, encodeEqual(attribute, test.eq))
  }
  return values
}

/** What every update does by itself: time and version. */
function automaticChanges(entity: ResolvedEntity, now: Date): Change[] {
  const changes: Change[] = []
  const push = (name: string, operator: 'set' | 'add', value: AttributeValue | undefined) => {
    const attribute = entity.attributes[name]
    if (attribute !== undefined && value !== undefined)
      changes.push({ name, stored: attribute.stored, definition: attribute.definition, operator, value })
  }
  for (const name of entity.updatedAt) push(name, 'set', entity.codec.encodeAttribute(name, now, ''))
  if (entity.version !== undefined) push(entity.version, 'add', { N: '1' })
  return changes
}

/** The next step of an update: without a reading at first, and with what was read when the first step asked for it. */
export function updateStep(plan: UpdatePlan, reading?: Reading): UpdateStep {
  const { entity, changes, options } = plan
  const before = knowledgeBefore(plan, reading)
  const byName = new Map(changes.map((change) => [change.name, change]))
  const after = (name: string) => knowledgeAfter(byName.get(name), before(name))
  const mayBeNew = options.upsert === true && reading?.item === undefined
  // A sum out of range is refused by its own condition; its index keys could not even be written.
  const refused = changes.some((change) => isOutOfRange(change, before(change.name)))
  const around = { before, after, changed: new Set(byName.keys()), mayBeNew, chance: plan.chance }
  const { set, remove, needs } = refused ? noIndexChanges : indexChanges(entity, around)
  const companions = refused ? noCompanions : updateCompanions(entity, plan.key, around, reading === undefined, plan.now)
  if (needs.size + companions.needs.length > 0)
    return { reads: [...new Set([...needs, ...companions.needs])], accompanied: companions.needs.length > 0 }
  const attributes = new ExpressionAttributes()
  const clauses = new UpdateClauses(attributes)
  for (const change of changes) writeChange(entity, change, before(change.name), clauses)
  const written = options.upsert === true ? { ...identity(entity, plan.known), ...set } : set
  for (const [attribute, value] of Object.entries(written)) clauses.set(attribute, value)
  for (const attribute of remove) clauses.remove(attribute)
  const read = valuesRead(plan, reading)
  const expects = expectation(plan, reading)
  const expression = clauses.expression()
  const condition = allOf([
    existence(entity, expects, attributes),
    options.upsert === true ? notExpired(entity, plan.now, attributes) : undefined,
    options.if === undefined ? undefined : compileCondition(entity, options.if, attributes),
    versionIs(entity, options.version, attributes),
    ...[...plan.given, ...read].map(([name, value]) => unchanged(storedName(entity, name), value, attributes)),
    ...clauses.conditions,
  ])
  return {
    read,
    expects,
    companions: companions.changes,
    once: expects === 'absent' || options.version !== undefined || changesWhatItRequires(changes, before),
    request: fitted({
      TableName: plan.tableName,
      Key: plan.key,
      ...(expression !== undefined && { UpdateExpression: expression }),
      ...(condition !== undefined && { ConditionExpression: condition.text, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      ...attributes.params(),
      ReturnValues: 'ALL_NEW',
    }),
  }
}

/** An upsert would bring values of an item back that has expired, and be deleted with it. */
function notExpired(entity: ResolvedEntity, now: Date, attributes: ExpressionAttributes): Clause | undefined {
  if (entity.expiresAt === undefined) return undefined
  const stored = storedName(entity, entity.expiresAt)
  const seconds = { N: String(Math.floor(now.getTime() / 1000)) }
  return negated(clause(`${attributes.name(stored)} <= ${attributes.value(seconds, 'now')}`))
}

/** The consistent read that a step asks for: only those attributes, and the key to tell an item without them from none. */
export function updateRead(plan: Pick<UpdatePlan, 'entity' | 'tableName' | 'key'>, reads: readonly string[]): GetItemInput {
  const attributes = new ExpressionAttributes()
  const stored = new Set([...Object.keys(plan.key), ...reads.map((name) => storedName(plan.entity, name))])
  return fitted({
    TableName: plan.tableName,
    Key: plan.key,
    ConsistentRead: true,
    ProjectionExpression: [...stored].map((name) => attributes.name(name)).join(', '),
    ...attributes.params(),
  })
}

/** Whether an item still has all values that a step has read. */
export function stillHolds(
  { entity }: UpdatePlan,
  read: ReadonlyMap<string, AttributeValue | undefined>,
  item: StoredItem,
): boolean {
  return [...read].every(([name, value]) => sameOrAbsent(value, item[storedName(entity, name)]))
}

/** What it is about an update that this item refuses, beyond the conditions that were asked for; undefined when nothing. */
export function impossibleChange({ changes }: UpdatePlan, item: StoredItem): string | undefined {
  for (const change of changes) {
    const { name, definition, value } = change
    const before = item[change.stored]
    if (change.operator === 'patch' && before === undefined) return `${name} is not there to be patched. Set the whole map.`
    if (leavesRange(change, before?.N)) {
      const { min = '…', max = '…' } = definition
      return `${name} is ${before?.N ?? 'absent'}, and adding ${value?.N} would leave its range from ${min} to ${max}.`
    }
  }
  return undefined
}

function knowledgeBefore({ entity, known }: UpdatePlan, reading: Reading | undefined): (name: string) => Knowledge {
  return (name) => {
    // The key's values are those of a new item too, of which a reading finds nothing.
    if (entity.keyAttributes.includes(name)) return { known: true, stored: known.get(name) }
    if (reading?.names.includes(name)) return { known: true, stored: reading.item?.[storedName(entity, name)] }
    if (known.has(name)) return { known: true, stored: known.get(name) }
    return reading !== undefined && reading.item === undefined ? { known: true, stored: undefined } : { known: false }
  }
}

const noIndexChanges: IndexChanges = Object.freeze({ set: {}, remove: [], needs: new Set<string>() })

const noCompanions: UpdateCompanions = Object.freeze({ changes: [], needs: [] })

/** Where the value before is known, what an index, guard or copy depends on is written as a result, so that key and attribute can't differ. */
function writeChange(entity: ResolvedEntity, change: Change, before: Knowledge, clauses: UpdateClauses): void {
  const depends =
    Object.values(entity.indexes).some(({ dependencies }) => dependencies.has(change.name)) ||
    entity.unique.some(({ attributes }) => attributes.includes(change.name)) ||
    entity.copies.some(({ attributes }) => change.name in attributes)
  const computable = change.operator === 'add' || change.operator === 'ifNotExists'
  const result =
    depends && computable && before.known && !isOutOfRange(change, before) ? applyChange(change, before.stored) : undefined
  if (result === undefined) clauses.change(change)
  else clauses.set(change.stored, result)
}

/** The values that were read of an item that is there, and that the request must find unchanged. */
function valuesRead({ entity }: UpdatePlan, reading: Reading | undefined): Map<string, AttributeValue | undefined> {
  if (reading?.item === undefined) return new Map()
  const { item, names } = reading
  return new Map(names.map((name) => [name, item[storedName(entity, name)]]))
}

/** An update needs its item; an upsert that has read goes by what it found. */
function expectation({ options }: UpdatePlan, reading: Reading | undefined): ReadyUpdate['expects'] {
  if (options.upsert !== true) return 'present'
  if (reading === undefined) return 'either'
  return reading.item === undefined ? 'absent' : 'present'
}
