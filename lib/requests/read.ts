// The requests of an access pattern for one input: a Query for each partition, or a Scan for each segment.
import type { AttributeValue, QueryInput, ScanInput } from '@aws-sdk/client-dynamodb'
import type { ReadPlan } from '../design/read-plan.ts'
import { ValidationError } from '../errors.ts'
import type { KeyRange } from '../keys/key-type.ts'
import { keyRange } from '../keys/range.ts'
import { conditionNames } from '../model/condition.ts'
import { suggestion } from '../model/problems.ts'
import { projectionOf } from '../model/projection.ts'
import type { KeyPart, ResolvedEntity } from '../model/resolved.ts'
import { isPlainObject, ownValue } from '../plain-object.ts'
import { wrongType } from '../schema/misfit.ts'
import { bucketTimes } from './bucket-times.ts'
import { compileCondition } from './condition.ts'
import { allOf, anyOf, type Clause, clause, ExpressionAttributes, negated } from './expression.ts'
import { fitted } from './expression-limit.ts'
import { storedKey } from './index-keys.ts'
import { shardFilter, shardsToAsk, withShard } from './shard-input.ts'
import { projectionExpression, withExpiry } from './single.ts'

export interface ReadOptions {
  readonly consistent?: boolean
  readonly descending?: boolean
  /** A further filter, over the pattern's own. */
  readonly where?: object
  /** Items past their expiry too. */
  readonly includeExpired?: boolean
}

/** What the placeholder of the present time is called. It is the first to be made, so it has no number. */
const nowName = 'now'

/** One partition, or one segment of a scan, to read from. */
export interface ReadSource {
  readonly operation: 'Query' | 'Scan'
  readonly request: QueryInput & ScanInput
  /** The partition key that all items have; none in a scan. */
  readonly partition?: { readonly attribute: string; readonly value: AttributeValue }
  readonly range?: KeyRange
  /** Sources of a later group have later keys, or in a descending read earlier ones: they are read when those before are done with. */
  readonly group: number
  /** The placeholder of the present time, which alone changes between two calls for the same input. */
  readonly nowPlaceholder?: string
}

/** All sources to read for an input; none when the input's range is known to be empty. Throws a `ValidationError`. */
export function readSources(plan: ReadPlan, tableName: string, input: object, options: ReadOptions, now: Date): ReadSource[] {
  if (!isPlainObject(input)) throw wrongType('', `an object with the input of ${plan.name}`, input)
  const entity = [...plan.wanted.values()][0] as ResolvedEntity
  const attributes = new ExpressionAttributes()
  const shared = sharedParams(plan, entity, tableName, options, now, attributes, input)
  const varying = plan.filtersExpired && options.includeExpired !== true ? { nowPlaceholder: `:${nowName}` } : {}
  if (plan.definition.kind === 'scan') {
    checkNames(plan, entity, input, [])
    return scanSegments(plan.definition.segments, fitted({ ...shared, ...attributes.params() }), varying)
  }
  const range = sortRange(plan, entity, input)
  const shards = shardsToAsk(plan, input)
  const times = bucketTimes(plan, input, options.descending === true) ?? [undefined]
  const partitions = times.flatMap((time, group) =>
    shards.map((shard) => {
      const values = {
        ...input,
        ...(shard !== undefined && { shard }),
        ...(time && plan.bucket && { [plan.bucket.attribute]: time }),
      }
      return { group, value: storedKey(plan.partition, plan.partition.codec.encode(values)) }
    }),
  )
  if (range.op === 'none') return []
  const partitionName = attributes.name(plan.partition.attribute)
  const sortCondition = plan.sort === undefined ? undefined : rangeCondition(plan.sort, range, attributes)
  const placeholder = attributes.value({ S: '' }, plan.partition.attribute)
  const { ExpressionAttributeNames, ExpressionAttributeValues } = attributes.params()
  return partitions.map(({ group, value }) => ({
    operation: 'Query',
    group,
    partition: { attribute: plan.partition.attribute, value },
    range,
    ...varying,
    request: fitted({
      ...shared,
      KeyConditionExpression: `${partitionName} = ${placeholder}${sortCondition === undefined ? '' : ` AND ${sortCondition}`}`,
      ...(options.descending === true && { ScanIndexForward: false }),
      ExpressionAttributeNames,
      ExpressionAttributeValues: { ...ExpressionAttributeValues, [placeholder]: value },
    }),
  }))
}

function scanSegments(count: number, request: ScanInput, varying: Pick<ReadSource, 'nowPlaceholder'>): ReadSource[] {
  if (count === 1) return [{ operation: 'Scan', group: 0, request, ...varying }]
  return Array.from({ length: count }, (_, segment) => ({
    operation: 'Scan',
    group: 0,
    request: { ...request, Segment: segment, TotalSegments: count },
    ...varying,
  }))
}

function sharedParams(
  plan: ReadPlan,
  entity: ResolvedEntity,
  tableName: string,
  options: ReadOptions,
  now: Date,
  attributes: ExpressionAttributes,
  input: Readonly<Record<string, unknown>>,
): ScanInput {
  const { definition, index } = plan
  if (options.consistent === true && index?.type === 'global')
    throw new ValidationError('not-allowed', 'consistent', `${index.name} is a global index, which has no consistent reads.`)
  const conditions = ['where' in definition ? definition.where : undefined, options.where].filter((where) => where !== undefined)
  const filter = allOf([
    plan.filtersExpired && options.includeExpired !== true ? notExpired(entity, now, attributes) : undefined,
    plan.separation === 'filter' ? typeCondition(plan, attributes) : undefined,
    shardFilter(plan, entity, input, attributes),
    ...conditions.map((where) => filterCondition(plan, entity, where, attributes)),
  ])
  const projection = projected(plan, entity, attributes)
  return {
    TableName: tableName,
    ...(index !== undefined && { IndexName: index.name }),
    ...(filter !== undefined && { FilterExpression: filter.text }),
    ...projection,
    ...(options.consistent === true && { ConsistentRead: true }),
  }
}

/** An item without a type is recognised by its key after reading, so it must come through. */
function typeCondition({ wanted }: ReadPlan, attributes: ExpressionAttributes): Clause | undefined {
  const entities = [...wanted.values()]
  const stored = entities[0]?.table.typeAttribute
  if (stored === undefined) return undefined
  const name = attributes.name(stored)
  const values = entities.map((entity) => attributes.value({ S: entity.name }, stored))
  const isWanted = values.length === 1 ? `${name} = ${values[0]}` : `${name} IN (${values.join(', ')})`
  return anyOf([clause(isWanted), clause(`attribute_not_exists(${name})`)])
}

/** What is absent or no number has not expired: it comes through, and is reported when it does not fit. */
function notExpired({ table }: ResolvedEntity, now: Date, attributes: ExpressionAttributes): Clause {
  const seconds = String(Math.floor(now.getTime() / 1000))
  return negated(clause(`${attributes.name(table.timeToLive ?? '')} <= ${attributes.value({ N: seconds }, nowName)}`))
}

/**
 * DynamoDB filters neither by the keys of a query, which belong in its key condition, nor by what an index does not hold, not even where it
 * fetches that.
 */
function filterCondition(
  plan: ReadPlan,
  entity: ResolvedEntity,
  where: object,
  attributes: ExpressionAttributes,
): Clause | undefined {
  const { definition, index, partition, sort } = plan
  if (definition.kind === 'itemCollection')
    throw new ValidationError('not-allowed', 'where', 'an item collection has no filter. Query one entity, or filter what comes.')
  if (typeof where !== 'object' || where === null) throw wrongType('where', 'a condition', where)
  const keys = definition.kind === 'scan' ? [] : [partition, sort].filter((part) => part?.derived === false)
  const held = projectionOf(entity, index).stored
  for (const name of conditionNames(where)) {
    const stored = entity.attributes[name]?.stored
    if (keys.some((part) => part?.attribute === stored))
      throw new ValidationError('not-allowed', name, 'is a key of what is read, which a filter can not test. Give it as input.')
    if (stored !== undefined && !held.includes(name))
      throw new ValidationError('not-allowed', name, `is not held by ${index?.name}, so it can not be filtered by there.`)
  }
  return compileCondition(entity, where, attributes)
}

/** What each item brings: what is asked for, and always the keys, by which items are recognised and cursors made. */
function projected(
  plan: ReadPlan,
  entity: ResolvedEntity,
  attributes: ExpressionAttributes,
): Pick<ScanInput, 'ProjectionExpression' | 'Select'> {
  const { definition, index } = plan
  const select = 'select' in definition ? definition.select : undefined
  if (index?.projection === 'KEYS_ONLY' && index.type === 'global') return {}
  const type = entity.table.typeAttribute
  if (plan.hydrates)
    return { ProjectionExpression: projectionExpression(entity, [...keyNames(plan, entity), type], [], attributes) }
  if (select !== undefined) {
    const held = index?.type === 'global' ? projectionOf(entity, index).stored : Object.keys(entity.attributes)
    const names = [...entity.keyAttributes, ...withExpiry(entity, select)].filter((name) => held.includes(name))
    return { ProjectionExpression: projectionExpression(entity, [...keyNames(plan, entity), type], names, attributes) }
  }
  // Without this, a local index gives only what it projects.
  return index?.type === 'local' && index.projection !== 'ALL' ? { Select: 'ALL_ATTRIBUTES' } : {}
}

function keyNames({ partition, sort }: ReadPlan, { table }: ResolvedEntity): (string | undefined)[] {
  return [table.partitionKey.name, table.sortKey?.name, partition.attribute, sort?.attribute]
}

/** What is not part of the key is refused: a filter that is mistaken for input would silently not be applied. */
function checkNames(plan: ReadPlan, entity: ResolvedEntity, input: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || names.includes(name)) continue
    const hint =
      plan.shards?.of === name && plan.index !== undefined
        ? `It tells the shard, but ${plan.index.name} does not hold it, so that others could not be kept out. Project it.`
        : entity.attributes[name] === undefined
          ? suggestion(name, names)
          : `${names.length === 0 ? 'A scan has no input' : `The key is made of ${names.join(', ')}`}; filter other attributes with where.`
    throw new ValidationError('unknown-attribute', name, `not part of the key that ${plan.name} reads. ${hint}`)
  }
}

/** The sort key's range for an input. */
function sortRange(plan: ReadPlan, entity: ResolvedEntity, input: Readonly<Record<string, unknown>>): KeyRange {
  const partition = plan.partition.attributes
  const sort = plan.definition.kind === 'itemCollection' ? [] : (plan.sort?.attributes ?? [])
  checkNames(plan, entity, input, [
    ...partition,
    ...sort,
    ...(plan.narrowing?.filtered === undefined ? [] : [plan.narrowing.filtered]),
  ])
  if (plan.fixedRange !== undefined) return plan.fixedRange
  if (plan.sort === undefined) return { op: 'all' }
  const conditions = sortConditions(sort, partition, plan.bucket?.attribute, input)
  return keyRange(plan.sort.codec, plan.sort.sharded ? withShard(entity, plan.sort, conditions, input) : conditions)
}

/**
 * The conditions on the sort key. An attribute that is in the partition key too has its value in any case: it narrows the range where all
 * before it have theirs, and elsewhere it says nothing that the partition does not.
 */
function sortConditions(
  sort: readonly string[],
  partition: readonly string[],
  bucketed: string | undefined,
  input: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const conditions: [string, unknown][] = []
  let exact = true
  for (const name of sort) {
    const value = ownValue(input, name)
    // Of a time bucket the partition says less than the value does.
    if (value !== undefined && (exact || name === bucketed || !partition.includes(name))) conditions.push([name, value])
    if (value === undefined || (isPlainObject(value) && value.eq === undefined)) exact = false
  }
  return Object.fromEntries(conditions)
}

function rangeCondition(part: KeyPart, range: KeyRange, attributes: ExpressionAttributes): string | undefined {
  if (range.op === 'all' || range.op === 'none') return undefined
  const name = attributes.name(part.attribute)
  const value = (content: string | Uint8Array) => attributes.value(storedKey(part, content), part.attribute)
  if (range.op === 'between') return `${name} BETWEEN ${value(range.lower)} AND ${value(range.upper)}`
  return range.op === 'begins_with' ? `begins_with(${name}, ${value(range.value)})` : `${name} ${range.op} ${value(range.value)}`
}
